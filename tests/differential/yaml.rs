//! The tree against libyaml, on documents that are generated and on documents that are damaged.
//!
//! libyaml reads YAML 1.1, so the two differ where the versions do: which texts are accepted at the edges, and how plain
//! scalars become values. What is compared is what both versions say alike: the events of a document with their texts,
//! styles, anchors, aliases and `!!str`. Merge keys and keys that stand twice are judged above libyaml, and left out.

use caveat::syntax::tree::Style;
use caveat::syntax::{Kind, Limits, NodeId, Tree, load};
use libyaml_safer::{EventData, Parser, ScalarStyle};
use proptest::prelude::*;

/// Documents as one line each: `{` and `[` for collections, a letter for the style of a scalar.
fn by_caveat(text: &str) -> Result<Vec<String>, String> {
    let loaded = load(text.as_bytes().to_vec(), &Limits::default());
    match loaded.faults.first() {
        Some(fault) => Err(fault.message.clone()),
        None => Ok(loaded.tree.documents().iter().map(|root| node(&loaded.tree, *root)).collect()),
    }
}

fn node(tree: &Tree, id: NodeId) -> String {
    let anchor = tree.anchor(id).map(|(name, _)| format!("&{name} ")).unwrap_or_default();
    let shown = match tree.node(id).kind {
        Kind::Alias(target) => format!("*{}", tree.anchor(target).expect("an anchor").0),
        Kind::Sequence { .. } => {
            format!("[{}]", tree.items(id).iter().map(|item| node(tree, *item)).collect::<Vec<_>>().join(", "))
        }
        Kind::Mapping { .. } => {
            let entries = tree.entries(id).iter().map(|entry| format!("{}: {}", node(tree, entry.key), node(tree, entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Kind::Scalar { style, text_tag, .. } => {
            let style = match style {
                Style::Plain => 'p',
                Style::SingleQuoted => 's',
                Style::DoubleQuoted => 'd',
                Style::Literal => 'l',
                Style::Folded => 'f',
            };
            format!("{}{style}{:?}", if text_tag { "!" } else { "" }, tree.text(id).unwrap_or_default())
        }
        Kind::Broken => "broken".to_owned(),
    };
    format!("{anchor}{shown}")
}

/// What libyaml makes of a text. It panics at some that are damaged, which counts as refused.
fn by_libyaml(text: &str) -> Result<Vec<String>, String> {
    std::panic::catch_unwind(|| read_by_libyaml(text)).unwrap_or_else(|_| Err("it panicked".to_owned()))
}

fn read_by_libyaml(text: &str) -> Result<Vec<String>, String> {
    let mut bytes = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut bytes);
    let mut documents = Vec::new();
    // Open collections: whether a mapping, how it begins, and what is in it.
    let mut open: Vec<(bool, String, Vec<String>)> = Vec::new();
    loop {
        let event = parser.parse().map_err(|error| error.to_string())?;
        let done = match event.data {
            EventData::StreamEnd => return Ok(documents),
            EventData::SequenceStart { anchor, .. } => {
                open.push((false, named(anchor), Vec::new()));
                continue;
            }
            EventData::MappingStart { anchor, .. } => {
                open.push((true, named(anchor), Vec::new()));
                continue;
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                let (mapping, anchor, inside) = open.pop().expect("balanced events");
                if mapping {
                    let entries: Vec<String> = inside.chunks(2).map(|pair| pair.join(": ")).collect();
                    format!("{anchor}{{{}}}", entries.join(", "))
                } else {
                    format!("{anchor}[{}]", inside.join(", "))
                }
            }
            EventData::Alias { anchor } => format!("*{anchor}"),
            EventData::Scalar { anchor, tag, value, style, .. } => {
                let style = match style {
                    ScalarStyle::SingleQuoted => 's',
                    ScalarStyle::DoubleQuoted => 'd',
                    ScalarStyle::Literal => 'l',
                    ScalarStyle::Folded => 'f',
                    _ => 'p',
                };
                // A lone `!` says nothing of a value that is left out; so the test suite of YAML has it.
                let text = match tag.as_deref() {
                    Some("tag:yaml.org,2002:str") => true,
                    Some("!") => style != 'p' || !value.is_empty(),
                    _ => false,
                };
                format!("{}{}{style}{value:?}", named(anchor), if text { "!" } else { "" })
            }
            _ => continue,
        };
        match open.last_mut() {
            Some((_, _, inside)) => inside.push(done),
            None => documents.push(done),
        }
    }
}

fn named(anchor: Option<String>) -> String {
    anchor.map(|name| format!("&{name} ")).unwrap_or_default()
}

/// What is written, and how.
#[derive(Debug, Clone)]
enum Written {
    Plain(String),
    Single(String),
    Double(String),
    /// Lines of a block scalar, folded or not, and its chomping.
    Block(bool, &'static str, Vec<String>),
    /// On one line or not.
    List(bool, Vec<Written>),
    Mapping(bool, Vec<(String, Written)>),
    /// With `!!str`, an anchor, or a comment behind it.
    Marked(&'static str, Box<Written>),
    /// An alias to an anchor written before, if there is one.
    Alias(usize),
    Omitted,
}

fn scalar() -> impl Strategy<Value = Written> {
    let plain = prop_oneof![
        "[a-zA-Z0-9_./é-]{1,3}( [a-z0-9#:_.,?!&*-]{0,3}[a-z0-9]){0,3}".prop_filter("no indicator first", |text| {
            let begins = text.split(' ').next().unwrap_or_default();
            !["-", "---", "..."].contains(&begins) && (!text.starts_with(['-', '.']) || text.len() > 3)
        }),
        Just("12".to_owned()),
        Just("-1.5e3".to_owned()),
        Just("true".to_owned()),
        Just("~".to_owned()),
        Just("http://a/b#c".to_owned()),
        Just("2026-11-23".to_owned()),
    ];
    prop_oneof![
        4 => plain.prop_map(Written::Plain),
        2 => "[ -~é☺]{0,12}".prop_map(Written::Single),
        2 => "[ -~é☺\\n\\t]{0,12}".prop_map(Written::Double),
        1 => (any::<bool>(), prop_oneof![Just(""), Just("-"), Just("+")], prop::collection::vec("([a-z#:\\[{-][ -~]{0,8})?", 1..4))
            .prop_map(|(folded, chomping, lines)| Written::Block(folded, chomping, lines)),
        1 => (0_usize..4).prop_map(Written::Alias),
        1 => Just(Written::Omitted),
    ]
}

fn document() -> impl Strategy<Value = Written> {
    scalar().prop_recursive(4, 30, 5, |inner| {
        let marked = (prop_oneof![Just("!!str "), Just("&"), Just("#")], inner.clone());
        prop_oneof![
            3 => (any::<bool>(), prop::collection::vec(inner.clone(), 0..4)).prop_map(|(flow, list)| Written::List(flow, list)),
            3 => (any::<bool>(), prop::collection::vec(("[a-z]{1,3}", inner), 0..4)).prop_map(|(flow, list)| Written::Mapping(flow, list)),
            1 => marked.prop_map(|(mark, inner)| Written::Marked(mark, Box::new(inner))),
        ]
    })
}

/// Writes documents down.
#[derive(Default)]
struct Writer {
    out: String,
    /// Anchors whose values are closed; an alias inside the value it names is another test's.
    anchors: Vec<String>,
    made: usize,
}

impl Writer {
    /// A value behind `key:` or `-`, up to the end of its lines.
    fn value(&mut self, value: &Written, indent: usize) {
        let pad = " ".repeat(indent);
        match value {
            Written::List(false, items) if !items.is_empty() => {
                self.out.push('\n');
                for item in items {
                    self.out.push_str(&format!("{pad}-"));
                    self.value(item, indent + 2);
                }
            }
            Written::Mapping(false, entries) if !entries.is_empty() => {
                self.out.push('\n');
                for (at, (key, item)) in entries.iter().enumerate() {
                    self.out.push_str(&format!("{pad}{key}{at}:"));
                    self.value(item, indent + 2);
                }
            }
            Written::Block(folded, chomping, lines) if lines.iter().any(|line| !line.is_empty()) => {
                let sign = if *folded { '>' } else { '|' };
                // The first line tells the indentation, so it has to be one.
                // Without indentation libyaml takes a `#` in it for a comment.
                let pad = if indent == 0 { "  ".to_owned() } else { pad };
                self.out.push_str(&format!(" {sign}{chomping}\n{pad}first\n"));
                for line in lines {
                    let pad = if line.is_empty() { "" } else { &pad };
                    self.out.push_str(&format!("{pad}{line}\n"));
                }
            }
            Written::Marked("#", inner) => {
                self.out.push_str(" # note: [\n");
                self.out.push_str(&pad);
                self.flow(inner);
                self.out.push('\n');
            }
            Written::Marked("&", inner) => {
                let name = self.anchor();
                self.out.push_str(&format!(" &{name}"));
                self.value(
                    if matches!(**inner, Written::Alias(_) | Written::Marked(..)) { &Written::Omitted } else { inner },
                    indent,
                );
                self.anchors.push(name);
            }
            _ => {
                self.out.push(' ');
                self.flow(value);
                self.out.push_str(if self.out.len().is_multiple_of(3) { "  # {note\n" } else { "\n" });
            }
        }
    }

    fn anchor(&mut self) -> String {
        self.made += 1;
        format!("a{}", self.made)
    }

    /// A value on one line.
    fn flow(&mut self, value: &Written) {
        match value {
            // Some characters end a plain scalar in a flow collection.
            Written::Plain(text) => self.out.push_str(&text.replace([',', '[', ']', '{', '}', '?'], "_").replace(" #", " _")),
            Written::Single(text) => self.out.push_str(&format!("'{}'", text.replace('\'', "''"))),
            Written::Double(text) => {
                let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
                self.out.push_str(&format!("\"{}\"", text.replace('☺', "\\u263A")));
            }
            Written::Block(_, _, lines) => self.out.push_str(&format!("'{}'", lines.join(" ").replace('\'', "''"))),
            Written::List(_, items) => {
                self.out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { "" });
                    match item {
                        Written::Omitted => self.out.push_str("[]"),
                        Written::Marked(_, inner) if matches!(**inner, Written::Omitted) => self.out.push_str("[]"),
                        item => self.flow(item),
                    }
                }
                self.out.push(']');
            }
            Written::Mapping(_, entries) => {
                self.out.push('{');
                for (at, (key, item)) in entries.iter().enumerate() {
                    self.out.push_str(&format!("{}{key}{at}: ", if at > 0 { ", " } else { "" }));
                    self.flow(item);
                }
                self.out.push('}');
            }
            Written::Marked("!!str ", inner)
                if matches!(**inner, Written::Plain(_) | Written::Single(_) | Written::Double(_)) =>
            {
                self.out.push_str("!!str ");
                self.flow(inner);
            }
            Written::Marked(_, inner) => self.flow(inner),
            Written::Alias(at) => {
                let name = self.anchors.get(*at).cloned();
                self.out.push_str(&name.map_or("none".to_owned(), |name| format!("*{name} ")));
            }
            Written::Omitted => {}
        }
    }
}

proptest! {
    #![proptest_config(super::config(512))]

    /// Documents of every style are read alike.
    #[test]
    fn what_is_generated_is_read_alike(documents in prop::collection::vec(document(), 1..3)) {
        let mut text = String::new();
        for document in &documents {
            let mut writer = Writer::default();
            writer.value(document, 0);
            text.push_str(&format!("---{}", writer.out));
        }
        let (ours, theirs) = (by_caveat(&text), by_libyaml(&text));
        prop_assert!(ours.is_ok(), "{}\nis refused: {:?}; libyaml: {:?}", text, ours, theirs);
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    /// Where both accept a damaged text, it means the same to both.
    #[test]
    fn what_both_accept_is_read_alike(
        document in document(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), "[a-c:,\\[\\]{}#&*!|>'\"\\n -]{0,2}", 0_usize..3), 1..4),
    ) {
        let mut writer = Writer::default();
        writer.value(&document, 0);
        let mut text: Vec<char> = format!("---{}", writer.out).chars().collect();
        for (at, with, len) in damage {
            let from = at.index(text.len());
            let to = (from + len).min(text.len());
            text.splice(from..to, with.chars());
        }
        let text: String = text.into_iter().collect();
        // In YAML 1.2 nearly every character may stand in the name of an anchor, in 1.1 letters and digits.
        let other = |rest: &str| !rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with([' ', '\n']);
        prop_assume!(!text.split(['&', '*']).skip(1).any(other));
        if let (Ok(ours), Ok(theirs)) = (by_caveat(&text), by_libyaml(&text)) {
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }
}

/// The comparison compares: both refuse, both accept, and both see styles.
#[test]
fn the_comparison_sees_what_it_compares() {
    let text = "a: &x [1, 'b', \"c\", !!str 5]\nd: |\n  e\nf: *x\n---\n>-\n  g\n";
    let expected = ["{p\"a\": &x [p\"1\", s\"b\", d\"c\", !p\"5\"], p\"d\": l\"e\\n\", p\"f\": *x}", "f\"g\""];
    assert_eq!(by_caveat(text).expect("valid"), expected);
    assert_eq!(by_libyaml(text).expect("valid"), expected);
    assert!(by_caveat("a: [").is_err() && by_libyaml("a: [").is_err());
}
