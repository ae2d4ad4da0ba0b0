//! Where a fact that nobody has declared belongs, as an edit: the key with `unknown`, what it means and what it can say.
//!
//! `unknown` states that somebody was asked, which only a person can know; so the edit is never a safe one. It says
//! nothing new of the deployment, and the finding stays until a person fills it in.

use crate::finding::{Edit, Fix, Safety};
use crate::manifest::describe::{FieldDesc, RecordDesc, Type};
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
    let keys = gap.rest();
    let field = described(tree, gap.at, keys)?;
    match tree.node(gap.at.node).kind {
        Kind::Mapping { .. } => insert(tree, gap.at, keys, field),
        _ => None,
    }
}

/// The field at the end of keys below a node, by the vocabulary.
fn described(tree: &Tree, at: Place, keys: &[&str]) -> Option<&'static FieldDesc> {
    let path = tree.path(at);
    let above = path.0.iter().filter_map(|step| match step {
        Step::Key(key) => Some(*key),
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

fn insert(tree: &Tree, at: Place, keys: &[&str], field: &'static FieldDesc) -> Option<Edit> {
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
    let mut new = String::with_capacity(2 * LONG);
    new.push_str(before);
    for (depth, key) in keys.iter().enumerate() {
        new.extend(std::iter::repeat_n(' ', column + 2 * depth));
        new.push_str(key);
        new.push(':');
        if depth + 1 < keys.len() {
            new.push_str(line_end(text));
        }
    }
    new.push_str(" unknown  # ");
    add_meaning(field, &mut new);
    new.push_str(after);
    Some(Edit { span: Span::at(stop), text: new })
}

/// Adds what a field means and what it can say, on one line.
fn add_meaning(field: &'static FieldDesc, line: &mut String) {
    let start = line.len();
    add_first_sentence(field.doc, line);
    line.truncate(start + line[start..].trim_end_matches('.').len());
    for (at, word) in words(&field.ty).enumerate() {
        line.push_str(if at == 0 { "; " } else { " | " });
        line.push_str(word);
    }
    if let Some((cut, _)) = line[start..].char_indices().nth(LONG) {
        line.truncate(start + line[start..start + cut].trim_end().len());
        line.push('…');
    }
}

/// Up to the first full stop after which a sentence begins: `e.g. this` is in one. White space is one space.
fn add_first_sentence(doc: &str, line: &mut String) {
    let mut before = "";
    for word in doc.split_ascii_whitespace() {
        if before.ends_with('.') && word.starts_with(|c: char| c.is_uppercase() || c == '`') {
            return;
        }
        if !before.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        before = word;
    }
}

/// The words that a value of this type can be.
fn words(ty: &'static Type) -> impl Iterator<Item = &'static str> {
    let (named, plain): (&[(&str, &str)], &[&str]) = match enumerated(ty) {
        Some(Type::Enum(desc)) => (desc.words, &[]),
        Some(Type::Bool) => (&[], &["true", "false"]),
        _ => (&[], &[]),
    };
    named.iter().map(|(word, _)| *word).chain(plain.iter().copied())
}

fn enumerated(ty: &'static Type) -> Option<&'static Type> {
    match ty {
        Type::Enum(_) | Type::Bool => Some(ty),
        Type::Evidenced(item) | Type::List(item) | Type::OneOrMany(item) => enumerated(item),
        Type::Either(first, _) => enumerated(first),
        _ => None,
    }
}
