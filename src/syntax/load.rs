//! Text → tree, through `granit-parser`; the only file that names it.
//!
//! The parser gives events; this file builds the arena, checks the budgets, reports duplicate keys
//! and unknown aliases, and resolves merge keys. A document with a syntax error is dropped, and the
//! documents after it are still read.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput};

use super::tree::{Comment, Entry, Kind, Node, NodeId, Style, Tree};
use crate::finding::Fault;
use crate::span::{LineIndex, Span};

/// How much a text may ask for. Every limit is inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: usize,
    /// Nested collections.
    pub depth: usize,
    /// Nodes of one file, merged entries included.
    pub nodes: usize,
    /// Nodes visited while reading the manifest, those behind aliases counted at every use.
    pub visits: usize,
    /// Manifests in one file; other files may hold as many documents as they have nodes.
    pub documents: usize,
    /// Findings and mistakes of one file.
    pub findings: usize,
    /// Operations that all rules together may take on one manifest.
    pub steps: usize,
    /// Pairs of a model and something it comes from, and of a sender and something its data reaches, each.
    pub ways: usize,
    /// Bytes of one regular expression of a rule file, compiled.
    pub pattern: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            depth: 128,
            nodes: 2_000_000,
            visits: 4_000_000,
            documents: 1_000,
            findings: 100_000,
            steps: 50_000_000,
            ways: 100_000,
            pattern: 1 << 20,
        }
    }
}

/// A tree and what was wrong with the text.
#[derive(Debug, Default)]
pub struct Loaded {
    pub tree: Tree,
    pub faults: Vec<Fault>,
}

/// Parses a whole text. A text that is not UTF-8, or exceeds a limit, gives an empty tree and the
/// fault that says so.
pub fn load(bytes: Vec<u8>, limits: &Limits) -> Loaded {
    load_as(bytes, limits, true)
}

/// The same for files that others wrote for other programs. What the parsers of those put up with beyond the standard is
/// taken too: a closing bracket that stands no deeper than its key, tabs where only white space may stand.
pub fn load_foreign(bytes: Vec<u8>, limits: &Limits) -> Loaded {
    load_as(bytes, limits, false)
}

fn load_as(bytes: Vec<u8>, limits: &Limits, strict: bool) -> Loaded {
    if bytes.len() > limits.bytes {
        return Loaded::failed(String::new(), over(limits.bytes, "bytes in one file", Span::default()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => load_text(text, limits, strict),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let fault = encoding(error.as_bytes(), valid, &text);
            Loaded::failed(text, fault)
        }
    }
}

impl Loaded {
    fn failed(source: String, fault: Fault) -> Self {
        Self { tree: Tree { source, ..Tree::default() }, faults: vec![fault] }
    }
}

fn encoding(bytes: &[u8], valid: usize, text: &str) -> Fault {
    let utf16 = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let position = LineIndex::new(text).position(text, valid);
    let byte = bytes.get(valid).copied().unwrap_or_default();
    let fault = Fault::new("E011", format!("the file is not UTF-8: byte 0x{byte:02x} at offset {valid} (line {position})"));
    // In the text that is kept, a replacement character stands for the byte.
    let end = valid + char::REPLACEMENT_CHARACTER.len_utf8();
    let fault = fault.label(Span::new(valid, end), "first byte that is not UTF-8");
    if utf16 { fault.help("the file looks like UTF-16; save it as UTF-8") } else { fault.help("save the file as UTF-8") }
}

fn over(limit: usize, what: &str, at: Span) -> Fault {
    Fault::new("E012", format!("more than {limit} {what}"))
        .label(at, "the limit is reached here")
        .help("split the manifest, or remove what repeats")
        .limit()
}

fn load_text(text: String, limits: &Limits, strict: bool) -> Loaded {
    // granit reports a NUL as a broken scalar at best; say what it is.
    if let Some(at) = text.find('\0') {
        let fault = Fault::new("E011", format!("the file holds a NUL byte at offset {at}"))
            .label(Span::new(at, at + 1), "NUL byte")
            .help("remove it; a manifest is text");
        return Loaded::failed(text, fault);
    }
    let mut build = Builder::new(limits);
    build.read(&text, strict);
    let Builder { mut tree, faults, .. } = build;
    tree.source = text;
    tree.anchors.sort_unstable_by_key(|(node, _)| *node);
    Loaded { tree, faults }
}

/// A collection whose end has not been seen.
struct Open {
    node: NodeId,
    mapping: bool,
    /// Children so far; in a mapping keys and values alternate.
    children: Vec<NodeId>,
}

/// Everything a document adds, so that a broken one can be taken back.
struct Mark {
    nodes: usize,
    items: usize,
    entries: usize,
    owned: usize,
    anchors: usize,
    documents: usize,
}

struct Builder<'l> {
    limits: &'l Limits,
    tree: Tree,
    faults: Vec<Fault>,
    open: Vec<Open>,
    anchored: HashMap<usize, NodeId>,
    /// The node that the next anchor event names.
    last: Option<NodeId>,
    /// Entries looked at for merge keys: many aliases to one large mapping add nothing and take long.
    merging: usize,
}

impl<'l> Builder<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            tree: Tree::default(),
            faults: Vec::new(),
            open: Vec::new(),
            anchored: HashMap::new(),
            last: None,
            merging: 0,
        }
    }

    fn read(&mut self, text: &str, strict: bool) {
        let options = granit_parser::options! {
            strict_indentation: strict,
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            max_buffered_comment_events: 65_536,
            // One more than allowed, so that the limit is reported by us, at the node.
            block_nesting_limit: self.limits.depth + 1,
            flow_nesting_limit: self.limits.depth + 1,
        };
        let mut parser = Parser::new_from_str_with_options(text, options);
        let mut mark = self.mark();
        while let Some(event) = parser.next_event() {
            let outcome = match event {
                Ok((Event::StreamEnd, _)) => return,
                Ok((Event::DocumentStart(..), _)) => {
                    mark = self.mark();
                    self.anchored.clear();
                    Ok(())
                }
                Ok((event, span)) => self.event(event, &span, text),
                Err(error) => Err(self.syntax(&error, text)),
            };
            let fault = match outcome {
                Err(fault) => fault,
                Ok(()) if self.faults.len() > self.limits.findings => {
                    self.faults.truncate(self.limits.findings);
                    over(self.limits.findings, "mistakes in one file", Span::at(text.len()))
                }
                Ok(()) => continue,
            };
            let stop = fault.is_limit();
            self.faults.push(fault);
            self.take_back(&mark);
            if stop || !self.next_document(&mut parser, text) {
                return;
            }
        }
    }

    fn next_document<'t>(&mut self, parser: &mut Parser<'t, StrInput<'t>>, text: &str) -> bool {
        match parser.proceed_next_document() {
            Ok(more) => more,
            Err(error) => {
                let fault = self.syntax(&error, text);
                self.faults.push(fault);
                false
            }
        }
    }

    fn mark(&self) -> Mark {
        Mark {
            nodes: self.tree.nodes.len(),
            items: self.tree.items.len(),
            entries: self.tree.entries.len(),
            owned: self.tree.owned.len(),
            anchors: self.tree.anchors.len(),
            documents: self.tree.documents.len(),
        }
    }

    fn take_back(&mut self, mark: &Mark) {
        self.tree.nodes.truncate(mark.nodes);
        self.tree.items.truncate(mark.items);
        self.tree.entries.truncate(mark.entries);
        self.tree.owned.truncate(mark.owned);
        self.tree.anchors.truncate(mark.anchors);
        self.tree.documents.truncate(mark.documents);
        self.open.clear();
        self.last = None;
    }

    fn syntax(&self, error: &ScanError, text: &str) -> Fault {
        let at = error.marker().byte_offset().unwrap_or_else(|| error.marker().index()).min(text.len());
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            return over(self.limits.depth, "nested collections", Span::at(at));
        }
        let fault = Fault::new("E009", format!("not valid YAML: {}", plain_words(error)));
        let fault = fault.label(Span::at(at), "the parser stops here");
        match remedy(error.kind()) {
            Some(help) => fault.help(help),
            None => fault,
        }
    }

    fn event(&mut self, event: Event<'_>, span: &granit_parser::Span, text: &str) -> Result<(), Fault> {
        let range = span.byte_range().unwrap_or(0..0);
        let span = Span::new(range.start, range.end);
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                // `!!str`, and the non-specific tag `!`, make a text of anything (YAML 1.2 §6.9.1).
                let text_tag =
                    tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str") || tag.original() == "!" && !span.is_empty());
                let kind = self.scalar(value.as_ref(), style, text_tag, span, text);
                let span = content(span, style, text);
                let id = self.push(kind, span, anchor)?;
                self.close(id);
            }
            Event::SequenceStart(_, anchor, _) => self.start(false, span, anchor)?,
            Event::MappingStart(_, anchor, _) => self.start(true, span, anchor)?,
            Event::SequenceEnd | Event::MappingEnd => self.end(span, text)?,
            Event::Alias(target) => {
                let kind = self.alias(target, span);
                let id = self.push(kind, span, 0)?;
                self.close(id);
            }
            Event::UnresolvedAlias(name) => {
                self.faults.push(
                    Fault::new("E009", format!("the alias `*{name}` names no anchor"))
                        .label(span, "no `&` anchor of this name stands above")
                        .help(format!("define `&{name}` on the value that is meant, before it is used")),
                );
                let id = self.push(Kind::Broken, span, 0)?;
                self.close(id);
            }
            Event::Anchor(_, _) => {
                if let Some(node) = self.last {
                    self.tree.anchors.push((node, span));
                }
            }
            Event::Comment(..) => self.tree.comments.push(Comment { span }),
            _ => {}
        }
        Ok(())
    }

    /// An alias to a collection that is still open would make the tree endless.
    fn alias(&mut self, target: usize, span: Span) -> Kind {
        let node = self.anchored.get(&target).copied();
        match node {
            Some(node) if !self.open.iter().any(|open| open.node == node) => Kind::Alias(node),
            _ => {
                let fault = Fault::new("E009", "an alias inside the value that it names")
                    .label(span, "this value would contain itself")
                    .help("write the value out, or move the anchor");
                self.faults.push(fault);
                Kind::Broken
            }
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, text_tag: bool, span: Span, text: &str) -> Kind {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        // granit writes an omitted value as `~` with an empty span: the source says nothing.
        let omitted = style == Style::Plain && span.is_empty();
        let same = omitted || text.get(content(span, style_of(style), text).range()) == Some(value);
        let owned = (!same).then(|| {
            self.tree.owned.push(value.to_owned());
            u32::try_from(self.tree.owned.len() - 1).unwrap_or(u32::MAX)
        });
        Kind::Scalar { style, owned, text_tag }
    }

    fn push(&mut self, kind: Kind, span: Span, anchor: usize) -> Result<NodeId, Fault> {
        if self.tree.nodes.len() >= self.limits.nodes {
            return Err(over(self.limits.nodes, "nodes in one file", span));
        }
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        self.tree.nodes.push(Node { kind, span, parent: None, key: None });
        if anchor != 0 {
            self.anchored.insert(anchor, id);
        }
        self.last = Some(id);
        Ok(id)
    }

    fn start(&mut self, mapping: bool, span: Span, anchor: usize) -> Result<(), Fault> {
        if self.open.len() >= self.limits.depth {
            return Err(over(self.limits.depth, "nested collections", span));
        }
        let node = self.push(Kind::Broken, span, anchor)?;
        self.open.push(Open { node, mapping, children: Vec::new() });
        Ok(())
    }

    fn end(&mut self, end: Span, text: &str) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let id = open.node;
        let start = self.tree.nodes[id.index()].span;
        let whole = trim_end(start.to(end), text);
        self.tree.nodes[id.index()].span = whole;
        let kind = if open.mapping { self.mapping(id, &open.children, text)? } else { self.sequence(id, &open.children) };
        self.tree.nodes[id.index()].kind = kind;
        self.close(id);
        Ok(())
    }

    fn sequence(&mut self, id: NodeId, children: &[NodeId]) -> Kind {
        let first = count(self.tree.items.len());
        for child in children {
            self.tree.nodes[child.index()].parent = Some(id);
        }
        self.tree.items.extend_from_slice(children);
        Kind::Sequence { first, len: count(children.len()) }
    }

    fn mapping(&mut self, id: NodeId, children: &[NodeId], text: &str) -> Result<Kind, Fault> {
        let mut entries: Vec<Entry> = Vec::with_capacity(children.len() / 2);
        let mut merges = Vec::new();
        let mut seen: HashMap<String, NodeId> = HashMap::new();
        for pair in children.chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            self.tree.nodes[key.index()].parent = Some(id);
            let node = &mut self.tree.nodes[value.index()];
            node.parent = Some(id);
            node.key = Some(key);
            let name = self.key_text(key, text);
            if name.as_deref() == Some("<<")
                && matches!(self.tree.nodes[key.index()].kind, Kind::Scalar { style: Style::Plain, .. })
            {
                merges.push(value);
                continue;
            }
            let length = name.as_ref().map_or(0, String::len);
            if let Some(name) = name {
                if let Some(first) = seen.get(&name) {
                    let fault = self.duplicate(&name, *first, key);
                    self.faults.push(fault);
                    continue;
                }
                seen.insert(name, key);
            }
            entries.push(Entry { key, value, merged: None, length });
        }
        for merge in merges {
            self.merge(merge, &mut entries, &mut seen, text)?;
        }
        let first = count(self.tree.entries.len());
        let len = count(entries.len());
        self.tree.entries.append(&mut entries);
        Ok(Kind::Mapping { first, len })
    }

    fn duplicate(&self, name: &str, first: NodeId, second: NodeId) -> Fault {
        Fault::new("E010", format!("the key `{name}` stands twice in one mapping"))
            .label(self.tree.nodes[second.index()].span, "again here; this one is ignored")
            .label(self.tree.nodes[first.index()].span, "first here")
            .help("keep one of the two: readers disagree on which of them counts")
    }

    /// The text of a scalar key. The tree does not hold the source yet.
    fn key_text(&self, key: NodeId, text: &str) -> Option<String> {
        let node = &self.tree.nodes[key.index()];
        match node.kind {
            Kind::Scalar { owned: Some(at), .. } => Some(self.tree.owned[at as usize].clone()),
            Kind::Scalar { .. } => text.get(node.span.range()).map(str::to_owned),
            Kind::Alias(target) => self.key_text(target, text),
            _ => None,
        }
    }

    /// Adds the entries behind one `<<` value, which is a mapping or a list of mappings, without overriding what is there
    /// already (<https://yaml.org/type/merge.html>).
    fn merge(
        &mut self,
        value: NodeId,
        entries: &mut Vec<Entry>,
        seen: &mut HashMap<String, NodeId>,
        text: &str,
    ) -> Result<(), Fault> {
        let target = self.target(value);
        let Kind::Sequence { first, len } = self.tree.nodes[target.index()].kind else {
            return self.merge_one(value, entries, seen, text);
        };
        for at in first..first + len {
            let item = self.tree.items[at as usize];
            self.merge_one(item, entries, seen, text)?;
        }
        Ok(())
    }

    /// What an alias stands for, or the node itself.
    fn target(&self, node: NodeId) -> NodeId {
        match self.tree.nodes[node.index()].kind {
            Kind::Alias(target) => target,
            _ => node,
        }
    }

    /// Adds the entries of one mapping. A list here would be a list in a list: through aliases a few lines of them are
    /// more than anybody can read.
    fn merge_one(
        &mut self,
        value: NodeId,
        entries: &mut Vec<Entry>,
        seen: &mut HashMap<String, NodeId>,
        text: &str,
    ) -> Result<(), Fault> {
        let target = self.target(value);
        match self.tree.nodes[target.index()].kind {
            Kind::Mapping { first, len } => {
                self.merging += 1 + len as usize;
                if self.merging > self.limits.visits {
                    let span = self.tree.nodes[value.index()].span;
                    return Err(over(self.limits.visits, "entries when every merge key is followed", span));
                }
                for at in first..first + len {
                    let entry = self.tree.entries[at as usize];
                    let Some(name) = self.key_text(entry.key, text) else { continue };
                    if seen.insert(name, entry.key).is_none() {
                        entries.push(Entry { merged: (value != target).then_some(value).or(entry.merged), ..entry });
                    }
                }
                if self.tree.entries.len() + entries.len() > self.limits.nodes {
                    return Err(over(self.limits.nodes, "merged entries", self.tree.nodes[value.index()].span));
                }
            }
            Kind::Broken => {}
            _ => {
                let fault = Fault::new("E009", "`<<` merges a value that is not a mapping")
                    .label(self.tree.nodes[value.index()].span, "a mapping, or a list of mappings, belongs here")
                    .help("point it at the anchor of a mapping: `<<: *name`");
                self.faults.push(fault);
            }
        }
        Ok(())
    }

    /// Hands a finished node to the collection around it, or makes it the root of a document.
    fn close(&mut self, id: NodeId) {
        match self.open.last_mut() {
            Some(open) => open.children.push(id),
            None => self.tree.documents.push(id),
        }
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn style_of(style: Style) -> ScalarStyle {
    match style {
        Style::Plain => ScalarStyle::Plain,
        Style::SingleQuoted => ScalarStyle::SingleQuoted,
        Style::DoubleQuoted => ScalarStyle::DoubleQuoted,
        Style::Literal => ScalarStyle::Literal,
        Style::Folded => ScalarStyle::Folded,
    }
}

/// The span of a scalar without its quotes, so that a span can be read as its text where nothing is
/// escaped.
fn content(span: Span, style: ScalarStyle, text: &str) -> Span {
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        _ => return span,
    };
    let quoted = text.get(span.range()).is_some_and(|raw| raw.len() >= 2 && raw.starts_with(quote) && raw.ends_with(quote));
    if quoted { Span::new(span.start as usize + 1, span.end as usize - 1) } else { span }
}

/// Block collections end where the next token begins; their span ends with their last text.
fn trim_end(span: Span, text: &str) -> Span {
    let raw = text.get(span.range()).unwrap_or("");
    let mut end = raw.len();
    // Drop trailing blank and comment lines.
    loop {
        let trimmed = raw[..end].trim_end();
        let line = trimmed.rfind('\n').map_or(0, |at| at + 1);
        if line > 0 && trimmed[line..].trim_start().starts_with('#') {
            end = line;
        } else {
            return Span::new(span.start as usize, span.start as usize + trimmed.len());
        }
    }
}

fn plain_words(error: &ScanError) -> String {
    let words = error.info();
    words.strip_prefix("while parsing a node, ").unwrap_or(&words).to_owned()
}

fn remedy(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => "indent with spaces; YAML forbids tabs there",
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::MismatchedFlowCollectionEnd { .. } => "close every `[` and `{`, and separate entries with commas",
        ErrorKind::UnclosedQuotedScalar => "close the quote",
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => "quote a value that contains `: `",
        ErrorKind::InvalidIndentation | ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            "give entries of one mapping or list the same indentation"
        }
        _ => return None,
    })
}
