//! Documents of a file, and a cursor over them that always knows where in the file it is.
//!
//! A document may stand inside another one: a configuration in a block scalar, JSON in a flag. Its places are places
//! of the outer file all the same.

use crate::finding::Fault;
use crate::span::{NodePath, Span};
use crate::syntax::scalar::Scalar;
use crate::syntax::tree::{Entry, Kind, NodeId, Place, Tree};
use crate::syntax::{Limits, load_foreign};

/// A text that was parsed, and where each of its bytes stands in the file.
#[derive(Debug)]
pub struct Parsed {
    pub tree: Tree,
    map: Option<Map>,
}

/// Offsets in the file of the bytes of a text that is written inside another one.
#[derive(Debug, Clone)]
pub struct Map(Vec<u32>);

impl Map {
    /// The same for a word of the text, whose quotes and escapes are gone.
    #[must_use]
    pub fn word(&self, text: &str, word: &str, span: Span) -> Self {
        let mut raw = text.get(span.range()).unwrap_or_default().char_indices().peekable();
        let at = |offset: usize| self.span(Span::at(span.start as usize + offset)).start;
        let mut offsets = Vec::with_capacity(word.len() + 1);
        for c in word.chars() {
            while raw.next_if(|(_, other)| *other != c).is_some() {}
            let place = raw.next().map_or(span.len(), |(offset, _)| offset);
            offsets.extend((0..c.len_utf8()).map(|byte| at((place + byte).min(span.len()))));
        }
        offsets.push(raw.next().map_or(at(span.len()), |(offset, _)| at(offset)));
        Self(offsets)
    }

    /// The span in the file of a span of the text.
    pub fn span(&self, span: Span) -> Span {
        let last = self.0.last().copied().unwrap_or_default();
        let at = |offset: u32| self.0.get(offset as usize).copied().unwrap_or(last) as usize;
        if span.is_empty() {
            return Span::at(at(span.start));
        }
        // The last byte decides where the span ends: what follows it may stand on another line.
        Span::new(at(span.start), (at(span.end - 1) + 1).min(last as usize))
    }
}

impl Parsed {
    /// Parses the text of a file. Documents that are not valid are left out, with what is wrong with them; a key that
    /// stands twice is a fault, and the first is kept.
    pub fn new(text: &str, limits: &Limits) -> (Self, Vec<Fault>) {
        let loaded = load_foreign(text.as_bytes().to_vec(), limits);
        (Self { tree: loaded.tree, map: None }, loaded.faults)
    }

    /// Parses a part of a file's text, which begins at an offset.
    pub fn part(text: &str, start: usize, limits: &Limits) -> (Self, Vec<Fault>) {
        let map = Map((0..=text.len()).map(|at| Span::at(start + at).start).collect());
        let mut loaded = load_foreign(text.as_bytes().to_vec(), limits);
        for label in loaded.faults.iter_mut().flat_map(|fault| &mut fault.labels) {
            label.0 = map.span(label.0);
        }
        (Self { tree: loaded.tree, map: Some(map) }, loaded.faults)
    }

    /// The roots of the documents.
    pub fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        self.tree.documents().iter().map(|root| Node { parsed: self, place: self.tree.place(*root) })
    }
}

/// A node of a document.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    parsed: &'d Parsed,
    place: Place,
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path(), self.parsed.tree.describe(self.place.node))
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.parsed, other.parsed) && self.place == other.place
    }
}

impl<'d> Node<'d> {
    /// The value under a key. `null` is not there. Of equal keys, which are a fault, the first counts.
    pub fn get(self, key: &str) -> Option<Self> {
        let tree = &self.parsed.tree;
        let entries = tree.entries(self.place.node).iter();
        let entry = entries.copied().find(|entry| tree.text(entry.key).is_some_and(|text| text.trim_end() == key))?;
        self.value(entry)
    }

    fn value(self, entry: Entry) -> Option<Self> {
        let place = self.parsed.tree.value(self.place, entry);
        let node = Self { place, ..self };
        (!node.is_null()).then_some(node)
    }

    /// The value under keys one below the other.
    pub fn at(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The first of several keys that is there.
    pub fn any(self, keys: &[&str]) -> Option<Self> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// Whether nothing is written there.
    pub fn is_null(self) -> bool {
        matches!(self.parsed.tree.scalar(self.place.node), Some(Scalar::Null))
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.parsed.tree.node(self.place.node).kind, Kind::Mapping { .. })
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        matches!(self.parsed.tree.node(self.place.node).kind, Kind::Sequence { .. })
    }

    /// The elements of a list; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Self> {
        self.parsed.tree.elements(self.place).map(move |place| Self { place, ..self })
    }

    /// The elements of a list, or the node itself where it is none.
    pub fn each(self) -> Vec<Self> {
        if self.is_list() { self.items().collect() } else { vec![self] }
    }

    /// The entries of a mapping with their keys, in order; `null` values are left out.
    pub fn entries(self) -> impl Iterator<Item = (&'d str, Self)> {
        let tree = &self.parsed.tree;
        tree.entries(self.place.node).iter().filter_map(move |entry| Some((tree.text(entry.key)?, self.value(*entry)?)))
    }

    /// The keys of a mapping under which nothing is written, and where they stand.
    pub fn blanks(self) -> impl Iterator<Item = (&'d str, Span)> {
        let tree = &self.parsed.tree;
        let blank = move |entry: &&Entry| self.value(**entry).is_none();
        let entries = tree.entries(self.place.node).iter().filter(blank);
        entries.filter_map(move |entry| Some((tree.text(entry.key)?, self.map(tree.node(entry.key).span))))
    }

    /// The text of a scalar, whatever its type.
    pub fn text(self) -> Option<&'d str> {
        self.parsed.tree.text(self.place.node)
    }

    /// The text under a key.
    pub fn text_at(self, key: &str) -> Option<&'d str> {
        self.get(key)?.text()
    }

    /// A number, also where it is quoted or written with `_`.
    pub fn number(self) -> Option<f64> {
        let text = self.text()?.trim().replace('_', "");
        text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A flag, also where it is quoted or spelt as YAML 1.1, environment variables and Helm values spell it.
    pub fn flag(self) -> Option<bool> {
        flag(self.text()?)
    }

    /// Where it stands in the file: `key: value` for a scalar, with its quotes, the key for more.
    pub fn span(self) -> Span {
        let tree = &self.parsed.tree;
        let id = self.place.via.unwrap_or(self.place.node);
        let shown = tree.highlight(id);
        let value = tree.node(id).span;
        let quote = |at: usize| tree.source().as_bytes().get(at).copied().filter(|c| matches!(c, b'"' | b'\''));
        let opened = (value.start as usize).checked_sub(1).and_then(quote);
        if opened.is_some() && shown.end == value.end && quote(value.end as usize) == opened {
            return self.map(Span::new(shown.start as usize, value.end as usize + 1));
        }
        self.map(shown)
    }

    /// Where a value is written, without its key.
    pub fn value_span(self) -> Span {
        self.map(self.parsed.tree.node(self.place.node).span)
    }

    /// Where a part of a scalar's text stands in the file.
    pub fn part(self, range: std::ops::Range<usize>) -> Span {
        let tree = &self.parsed.tree;
        let id = self.place.node;
        let last = range.end.saturating_sub(1).max(range.start);
        let start = tree.offset_in(id, range.start);
        let end = tree.offset_in(id, last) + 1;
        self.map(Span::new(start, end.max(start + 1)))
    }

    fn map(self, span: Span) -> Span {
        self.parsed.map.as_ref().map_or(span, |map| map.span(span))
    }

    /// The document that is written in a scalar: a configuration in a block scalar, JSON in a flag.
    pub fn nested(self, limits: &Limits) -> Option<(Parsed, Vec<Fault>)> {
        let text = self.text()?;
        let map = self.offsets();
        let mut loaded = load_foreign(text.as_bytes().to_vec(), limits);
        for label in loaded.faults.iter_mut().flat_map(|fault| &mut fault.labels) {
            label.0 = map.span(label.0);
        }
        Some((Parsed { tree: loaded.tree, map: Some(map) }, loaded.faults))
    }

    /// Where each byte of a scalar's text stands in the file.
    pub fn offsets(self) -> Map {
        let tree = &self.parsed.tree;
        let span = tree.node(self.place.node).span;
        let text = self.text().unwrap_or_default();
        let raw = tree.source().get(span.range()).unwrap_or_default();
        // White space may be folded and block scalars are indented: align on what is visible, as `Tree::offset_in` does.
        let mut chars = raw.char_indices().peekable();
        let mut offsets = Vec::with_capacity(text.len() + 1);
        for c in text.chars() {
            if !c.is_whitespace() {
                while chars.peek().is_some_and(|(_, raw)| *raw != c) {
                    chars.next();
                }
            }
            let at = chars.peek().map_or(raw.len(), |(at, _)| *at);
            for byte in 0..c.len_utf8() {
                let within = span.start as usize + at + byte;
                offsets.push(self.map(Span::at(within.min(span.end as usize))).start);
            }
            if !c.is_whitespace() {
                chars.next();
            }
        }
        offsets.push(self.map(Span::at(span.end as usize)).start);
        Map(offsets)
    }

    /// The path in its document, for messages.
    pub fn path(self) -> NodePath<'d> {
        self.parsed.tree.path(self.place)
    }

    /// The node in its tree.
    pub fn id(self) -> NodeId {
        self.place.node
    }
}

/// A flag as configurations spell it.
pub fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "y" | "t" => Some(true),
        "false" | "0" | "no" | "off" | "n" | "f" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_block_scalar_has_its_place_in_the_file() {
        let text = "data:\n  config.yaml: |\n    model_list:\n      - model_name: a\n        url: http://x\n";
        let (parsed, faults) = Parsed::new(text, &Limits::default());
        assert!(faults.is_empty());
        let scalar = parsed.documents().next().and_then(|root| root.at(&["data", "config.yaml"])).expect("the scalar");

        let (inner, faults) = scalar.nested(&Limits::default()).expect("a document");
        assert!(faults.is_empty(), "{faults:?}");
        let list = inner.documents().next().and_then(|root| root.get("model_list")).expect("the list");
        let first = list.items().next().expect("an item");
        let url = first.get("url").expect("the url");
        assert_eq!(&text[url.span().range()], "url: http://x");
        assert_eq!(&text[first.get("model_name").expect("the name").value_span().range()], "a");
    }

    #[test]
    fn a_quoted_value_is_shown_with_its_quotes() {
        let text = "a: \"x\"\nb: 'y'\nc: z\nd: it's\n";
        let (parsed, _) = Parsed::new(text, &Limits::default());
        let root = parsed.documents().next().expect("a document");
        let shown = ["a", "b", "c", "d"].map(|key| &text[root.get(key).expect("a value").span().range()]);
        assert_eq!(shown, ["a: \"x\"", "b: 'y'", "c: z", "d: it's"]);
    }

    #[test]
    fn what_common_parsers_put_up_with_is_read() {
        let text = "a:\n  args: [\n    x,\n    y\n  ]\n  b: {\n    c: 1\n  }\n";
        let (parsed, faults) = Parsed::new(text, &Limits::default());
        assert!(faults.is_empty(), "{faults:?}");
        let root = parsed.documents().next().and_then(|root| root.get("a")).expect("a document");
        assert_eq!(root.get("args").map(|list| list.items().count()), Some(2));
        assert_eq!(root.at(&["b", "c"]).and_then(Node::number), Some(1.0));
    }

    #[test]
    fn the_first_of_equal_keys_counts_and_null_is_not_there() {
        let (parsed, faults) = Parsed::new("a: 1\na: 2\nb: null\nc : 3\n", &Limits::default());
        assert_eq!(faults.len(), 1);
        let root = parsed.documents().next().expect("a document");
        assert_eq!(root.get("a").and_then(Node::number), Some(1.0));
        assert_eq!(root.get("b"), None);
        assert_eq!(root.get("c").and_then(Node::number), Some(3.0));
        assert_eq!(root.blanks().map(|(key, _)| key).collect::<Vec<_>>(), ["b"]);
    }
}
