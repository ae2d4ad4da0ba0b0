//! The spanned tree: an arena of nodes over one text, and how to walk it.
//!
//! Aliases stay links, so an alias bomb is as small as its text. Merge keys are resolved when the
//! tree is built (see [`load`](mod@super::load)). The tree knows no field of any vocabulary.

use std::borrow::Cow;

use super::scalar::Scalar;
use crate::span::{NodePath, Span, Step};

/// Index of a node in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// What a node is. Collections hold ranges into the tree's lists.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A scalar; `owned` indexes the texts that differ from their source (escapes, folding).
    Scalar { style: Style, owned: Option<u32>, text_tag: bool },
    /// A sequence.
    Sequence { first: u32, len: u32 },
    /// A mapping.
    Mapping { first: u32, len: u32 },
    /// A use of an anchor: `*name`.
    Alias(NodeId),
    /// A node that could not be read; an error about it exists already.
    Broken,
}

/// A node, where it is written and what it belongs to.
#[derive(Debug, Clone)]
pub struct Node {
    pub kind: Kind,
    /// The node's own text, without its key, anchor or tag.
    pub span: Span,
    /// The collection that holds it, and its key where that is a mapping.
    pub(super) parent: Option<NodeId>,
    pub(super) key: Option<NodeId>,
}

/// A key and its value. Entries that a merge key brought in keep the alias they came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub key: NodeId,
    pub value: NodeId,
    /// The `*name` after `<<` that brought the entry into this mapping.
    pub merged: Option<NodeId>,
    /// Bytes of the key's text: most keys are told apart by it.
    pub(super) length: usize,
}

/// A comment: its span includes the `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    pub span: Span,
}

/// A node as it was reached: the node itself, and the outermost alias passed on the way.
///
/// Findings point at the use of an anchor, not at its definition; the alias is that use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The node that holds the value; never an alias.
    pub node: NodeId,
    /// The alias through which it was reached.
    pub via: Option<NodeId>,
}

/// One text, parsed once.
#[derive(Debug, Default)]
pub struct Tree {
    pub(super) source: String,
    pub(super) nodes: Vec<Node>,
    pub(super) items: Vec<NodeId>,
    pub(super) entries: Vec<Entry>,
    pub(super) owned: Vec<String>,
    pub(super) documents: Vec<NodeId>,
    pub(super) comments: Vec<Comment>,
    pub(super) anchors: Vec<(NodeId, Span)>,
}

impl Tree {
    /// The text the tree was made from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The roots of the documents, in order.
    pub fn documents(&self) -> &[NodeId] {
        &self.documents
    }

    /// The comments, in order.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the text held no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node as written; an alias is returned as itself.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The place of a node, following aliases.
    pub fn place(&self, id: NodeId) -> Place {
        self.below(id, None)
    }

    /// The place of an element or value of a collection that was reached through `via`.
    pub fn below(&self, id: NodeId, via: Option<NodeId>) -> Place {
        match self.node(id).kind {
            // An alias never points at an alias: anchors name nodes.
            Kind::Alias(target) => Place { node: target, via: via.or(Some(id)) },
            _ => Place { node: id, via },
        }
    }

    /// The elements of a sequence, as written.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match self.node(id).kind {
            Kind::Sequence { first, len } => &self.items[first as usize..(first + len) as usize],
            _ => &[],
        }
    }

    /// The entries of a mapping: its own first, then merged ones.
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match self.node(id).kind {
            Kind::Mapping { first, len } => &self.entries[first as usize..(first + len) as usize],
            _ => &[],
        }
    }

    /// The elements of the sequence at `place`, as places.
    pub fn elements(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        self.items(place.node).iter().map(move |item| self.below(*item, place.via))
    }

    /// The entry of a mapping with this key.
    pub fn entry(&self, map: NodeId, key: &str) -> Option<Entry> {
        self.entries(map).iter().find(|entry| entry.length == key.len() && self.says(entry.key, key)).copied()
    }

    /// Whether this is the text of a scalar.
    fn says(&self, id: NodeId, text: &str) -> bool {
        let node = self.node(id);
        match node.kind {
            Kind::Scalar { owned: None, .. } => {
                node.span.len() == text.len() && self.source.as_bytes().get(node.span.range()) == Some(text.as_bytes())
            }
            _ => self.text(id) == Some(text),
        }
    }

    /// The value of an entry, as a place below `parent`.
    pub fn value(&self, parent: Place, entry: Entry) -> Place {
        self.below(entry.value, parent.via.or(entry.merged))
    }

    /// The value under `key` in the mapping at `place`.
    pub fn get(&self, place: Place, key: &str) -> Option<Place> {
        self.entry(place.node, key).map(|entry| self.value(place, entry))
    }

    /// The text of a scalar, escapes and folding resolved. An empty value has the text ``.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        let node = self.node(id);
        match node.kind {
            Kind::Scalar { owned: Some(at), .. } => Some(&self.owned[at as usize]),
            Kind::Scalar { .. } => self.source.get(node.span.range()),
            Kind::Alias(target) => self.text(target),
            _ => None,
        }
    }

    /// The value of a scalar under the YAML 1.2 core schema.
    pub fn scalar(&self, id: NodeId) -> Option<Scalar<'_>> {
        let text = self.text(id)?;
        match self.node(id).kind {
            Kind::Scalar { style: Style::Plain, text_tag: false, .. } => Some(Scalar::plain(text)),
            Kind::Scalar { .. } => Some(Scalar::Text(text)),
            Kind::Alias(target) => self.scalar(target),
            _ => None,
        }
    }

    /// Whether a scalar is written without quotes.
    pub fn is_plain(&self, id: NodeId) -> bool {
        matches!(self.node(id).kind, Kind::Scalar { style: Style::Plain, .. })
    }

    /// The key under which a node hangs in its mapping.
    pub fn key_of(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).key
    }

    /// The collection that holds a node.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// The anchor defined on a node: its name and the span of `&name`.
    pub fn anchor(&self, id: NodeId) -> Option<(&str, Span)> {
        let at = self.anchors.binary_search_by_key(&id, |(node, _)| *node).ok()?;
        let span = self.anchors[at].1;
        Some((self.source.get(span.range())?.trim_start_matches('&'), span))
    }

    /// The path of a place: through the alias where it was reached by one.
    pub fn path(&self, place: Place) -> NodePath<'_> {
        let mut steps = Vec::with_capacity(8);
        let anchored = place.via.map(|alias| (alias, self.place(alias).node));
        let mut at = Some(place.node);
        while let Some(id) = at {
            let id = match anchored {
                Some((alias, target)) if target == id => alias,
                _ => id,
            };
            let node = self.node(id);
            if let Some(key) = node.key {
                // Through `<<: *base` the entries of the base are entries of the merging mapping.
                if self.text(key) != Some("<<") {
                    steps.push(Step::Key(self.text(key).unwrap_or("?")));
                }
            } else if let Some(parent) = node.parent {
                // Nodes are numbered in the order of the text.
                let index = self.items(parent).binary_search(&id).unwrap_or(0);
                steps.push(Step::Index(index));
            }
            at = node.parent;
        }
        steps.reverse();
        NodePath(steps)
    }

    /// The span people should look at for a node: `key: value` for a scalar on its key's line, the
    /// key alone for a larger value, the node itself where it has no key.
    pub fn highlight(&self, id: NodeId) -> Span {
        let node = self.node(id);
        let Some(key) = node.key else {
            return self.item_highlight(id);
        };
        let key = self.node(key).span;
        let small =
            matches!(node.kind, Kind::Scalar { .. } | Kind::Alias(_)) || self.items(id).is_empty() && self.entries(id).is_empty();
        let between = self.source.get(key.end as usize..node.span.start.max(key.end) as usize);
        if small || between.is_some_and(|text| !text.contains('\n') && node.span.len() <= 60) {
            let whole = key.to(node.span);
            if !self.source[whole.range()].trim_end().contains('\n') {
                let trimmed = self.source[whole.range()].trim_end().len();
                return Span::new(whole.start as usize, whole.start as usize + trimmed);
            }
        }
        key
    }

    /// A list item is named by its `id`, else by its first entry, else by its first line.
    fn item_highlight(&self, id: NodeId) -> Span {
        if let Some(entry) = self.entry(id, "id").or_else(|| self.entries(id).first().copied())
            && entry.merged.is_none()
            && self.node(entry.value).parent == Some(id)
        {
            return self.highlight(entry.value);
        }
        let span = self.node(id).span;
        let line = self.source[span.range()].split(['\n', '\r']).next().unwrap_or("");
        Span::new(span.start as usize, span.start as usize + line.trim_end().len())
    }

    /// Where the character at `offset` of a scalar's text stands in the source, for mistakes inside an
    /// expression. Folding and escapes are followed as far as text and source agree.
    pub fn offset_in(&self, id: NodeId, offset: usize) -> usize {
        let node = self.node(id);
        let (Some(text), Some(raw)) = (self.text(id), self.source.get(node.span.range())) else {
            return node.span.start as usize;
        };
        let mut raw_chars = raw.char_indices().peekable();
        for (at, c) in text.char_indices() {
            // White space may be folded, and block scalars are indented: align on what is visible.
            if !c.is_whitespace() {
                while raw_chars.peek().is_some_and(|(_, raw)| *raw != c) {
                    raw_chars.next();
                }
            }
            if at >= offset {
                break;
            }
            if !c.is_whitespace() {
                raw_chars.next();
            }
        }
        node.span.start as usize + raw_chars.peek().map_or(raw.len(), |(at, _)| *at)
    }

    /// The text of a scalar or, for messages, a short word for what else the node is.
    pub fn describe(&self, id: NodeId) -> Cow<'_, str> {
        match self.node(id).kind {
            Kind::Scalar { .. } => match self.text(id) {
                Some("") | None => Cow::Borrowed("nothing"),
                Some(text) if text.chars().count() > 40 => {
                    Cow::Owned(format!("`{}…`", text.chars().take(40).collect::<String>()))
                }
                Some(text) => Cow::Owned(format!("`{text}`")),
            },
            Kind::Sequence { .. } => Cow::Borrowed("a list"),
            Kind::Mapping { .. } => Cow::Borrowed("a mapping"),
            Kind::Alias(target) => self.describe(target),
            Kind::Broken => Cow::Borrowed("a broken value"),
        }
    }
}
