//! Where a fact that nobody has declared belongs, as an edit: the key with `unknown`, what it means and what it can say.
//!
//! `unknown` states that somebody was asked, which only a person can know; so the edit is never a safe one. It says
//! nothing new of the deployment, and the finding stays until a person fills it in.

use crate::finding::{Edit, Fix, Safety};
use crate::manifest::describe::{FieldDesc, RecordDesc, Type};
use crate::manifest::schema::one_line;
use crate::manifest::value::{Gap, View};
use crate::manifest::vocabulary::Manifest;
use crate::span::{Span, Step};
use crate::syntax::edit::{line_end, line_start, line_stop};
use crate::syntax::tree::{Kind, Place, Tree};

/// Characters of an explanation beside a key.
const LONG: usize = 100;

/// The edits that put missing facts where they belong; none where none of them can be put anywhere.
pub fn skeletons(view: &View<'_>, gaps: &[Gap]) -> Option<Fix> {
    let mut edits: Vec<Edit> = gaps.iter().filter_map(|gap| skeleton(view, gap)).collect();
    edits.sort();
    edits.dedup();
    let [first, ..] = gaps else { return None };
    let more = if edits.len() > 1 { format!(" and {} more", edits.len() - 1) } else { String::new() };
    let title = format!("put `{}`{more} where it belongs, as unknown", view.gap_path(first));
    (!edits.is_empty()).then_some(Fix { title, safety: Safety::Unsafe, edits })
}

fn skeleton(view: &View<'_>, gap: &Gap) -> Option<Edit> {
    let tree = view.tree;
    // What stands behind an alias has other uses.
    if gap.stated_unknown || gap.rest().is_empty() || gap.at.via.is_some() {
        return None;
    }
    let keys: Vec<&str> = gap.rest().iter().map(AsRef::as_ref).collect();
    let field = described(tree, gap.at, &keys)?;
    match tree.node(gap.at.node).kind {
        Kind::Mapping { .. } => insert(tree, gap.at, &keys, field),
        _ => None,
    }
}

/// The field at the end of keys below a node, by the vocabulary.
fn described(tree: &Tree, at: Place, keys: &[&str]) -> Option<&'static FieldDesc> {
    let path = tree.path(at);
    let above = path.0.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    let mut record: Option<&'static RecordDesc> = Some(Manifest::DESC);
    let mut found = None;
    for key in above.chain(keys.iter().copied()) {
        let (_, field) = record?.field(key)?;
        record = below(&field.ty);
        found = Some(field);
    }
    found
}

fn below(ty: &'static Type) -> Option<&'static RecordDesc> {
    match ty {
        Type::Record(desc) => Some(desc),
        Type::List(item) | Type::OneOrMany(item) => below(item),
        Type::Either(first, second) => below(first).or_else(|| below(second)),
        _ => None,
    }
}

fn insert(tree: &Tree, at: Place, keys: &[&str], field: &FieldDesc) -> Option<Edit> {
    let text = tree.source();
    let span = tree.node(at.node).span;
    let (start, end) = (span.start as usize, span.end as usize);
    if text[start..].starts_with('{') {
        let mut value = "unknown".to_owned();
        for key in keys[1..].iter().rev() {
            value = format!("{{{key}: {value}}}");
        }
        let last = text[..end].strip_suffix('}')?.trim_end().len();
        let comma = if tree.entries(at.node).is_empty() { "" } else { ", " };
        return Some(Edit { span: Span::at(last), text: format!("{comma}{}: {value}", keys[0]) });
    }
    let column = start - line_start(text, start);
    // A key that follows a dash or `? ` stands in the column after it; tabs do not indent.
    if text[line_start(text, start)..start].contains('\t') {
        return None;
    }
    let stop = line_stop(text, end);
    let (before, after) = if text[..stop].ends_with(['\n', '\r']) { ("", line_end(text)) } else { (line_end(text), "") };
    let mut lines = Vec::new();
    for (depth, key) in keys.iter().enumerate() {
        let indent = " ".repeat(column + 2 * depth);
        lines.push(if depth + 1 == keys.len() {
            format!("{indent}{key}: unknown  # {}", meaning(field))
        } else {
            format!("{indent}{key}:")
        });
    }
    Some(Edit { span: Span::at(stop), text: format!("{before}{}{after}", lines.join(line_end(text))) })
}

/// What a field means and what it can say, on one line.
fn meaning(field: &FieldDesc) -> String {
    let doc = one_line(field.doc);
    let doc = first_sentence(&doc).trim_end_matches('.');
    let words = words(&field.ty);
    let said = if words.is_empty() { doc.to_owned() } else { format!("{doc}; {words}") };
    if said.chars().count() <= LONG { said } else { format!("{}…", said.chars().take(LONG).collect::<String>().trim_end()) }
}

/// Up to the first full stop after which a sentence begins: `e.g. this` is in one.
fn first_sentence(text: &str) -> &str {
    let ends = text.match_indices(". ").map(|(at, _)| at);
    let end = ends.filter(|at| text[at + 2..].starts_with(|c: char| c.is_uppercase() || c == '`')).map(|at| at + 1).next();
    &text[..end.unwrap_or(text.len())]
}

fn words(ty: &Type) -> String {
    match ty {
        Type::Enum(desc) => desc.words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" | "),
        Type::Bool => "true | false".to_owned(),
        Type::Evidenced(item) | Type::List(item) | Type::OneOrMany(item) => words(item),
        Type::Either(first, _) => words(first),
        _ => String::new(),
    }
}
