//! The pages of the vocabulary: a field, a word that a field takes, and several fields that a word may mean.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::evidence::fact::Attribute;
use crate::facts::fields::{Place, plain, record, words};
use crate::manifest::describe::{Absence, EnumDesc, Type};
use crate::manifest::schema::one_line;
use crate::rule::check::reads;
use crate::rule::{Page, Rule};

/// Examples longer than this show more than one field.
const EXAMPLE_LINES: usize = 12;

/// A rule and its page.
pub type Paged = (Rule<'static>, Page<'static>);

/// The rules that have to do with a field.
#[derive(Debug)]
pub struct Uses<'r> {
    /// Rules whose conditions name the field itself.
    pub read: Vec<&'r Paged>,
    /// Others that have an example which is undecided without the field: they depend on it through what is derived.
    pub depend: Vec<&'r Paged>,
}

/// The rules, and the fields that the conditions of each name.
#[derive(Debug)]
pub struct Book<'r> {
    pub rules: &'r [Paged],
    reads: Vec<BTreeSet<(&'static str, &'static str)>>,
}

impl<'r> Book<'r> {
    pub fn new(rules: &'r [Paged]) -> Self {
        Self { rules, reads: rules.iter().map(|(rule, _)| reads(rule)).collect() }
    }

    fn read(&self) -> impl Iterator<Item = (&'r Paged, &BTreeSet<(&'static str, &'static str)>)> {
        self.rules.iter().zip(&self.reads)
    }
}

/// The rules that read a field, worked out from their conditions and from their examples.
pub fn uses<'r>(place: &Place, book: &Book<'r>) -> Uses<'r> {
    let key = (place.record, place.field.name);
    let of = |wanted: bool| book.read().filter(move |(_, reads)| reads.contains(&key) == wanted).map(|(paged, _)| paged);
    let (read, others) = (of(true).collect(), of(false));
    let path = plain(&place.path);
    let missing = |(_, page): &&Paged| page.examples.iter().flat_map(|example| &example.missing).any(|gap| plain(gap) == path);
    Uses { read, depend: others.filter(missing).collect() }
}

/// The page of a field.
pub fn page(place: &Place, book: &Book<'_>) -> String {
    let field = place.field;
    let mut text = format!("# {}\n\n{}\n\n- type: {}\n", place.path, one_line(field.doc), kind(&field.ty));
    let _ = writeln!(
        text,
        "- {}",
        if place.derived {
            "derived from the manifest, for conditions; not written in one".to_owned()
        } else {
            absence(field.absence)
        }
    );
    if !place.derived {
        text.push_str("- also `unknown` (asked, and nobody knows) and `none` (explicitly not there)\n");
    }
    if let Some(desc) = words(&field.ty) {
        let order = if desc.ordered { ", from least to most" } else { "" };
        let _ = writeln!(text, "\n## Words{order}\n\n{}\n", one_line(desc.doc));
        desc.words.iter().for_each(|(word, doc)| item(&mut text, word, doc));
    }
    if let Some((desc, _)) = record(&field.ty) {
        let _ = writeln!(text, "\n## Fields\n\n{}\n", one_line(desc.doc));
        desc.fields.iter().for_each(|field| item(&mut text, field.name, field.doc));
    }
    let uses = uses(place, book);
    let _ = writeln!(text, "\n## Rules that read it\n");
    list(&mut text, &uses.read);
    if uses.read.is_empty() {
        text.push_str("None names it.\n");
    }
    if !uses.depend.is_empty() {
        let _ = writeln!(text, "\n## Rules that depend on it through what is derived, by their examples\n");
        list(&mut text, &uses.depend);
    }
    let seen = shown_by(place);
    if !seen.is_empty() {
        let _ = writeln!(text, "\n## What files show of it\n");
        for attribute in seen {
            item(&mut text, attribute.as_str(), attribute.meaning());
        }
    }
    if let Some(example) = example(place, &uses) {
        let _ = writeln!(text, "\n## Example\n\n```yaml\n{}\n```", example.trim_end());
    }
    text
}

/// Several fields that a word may mean, a line each.
pub fn candidates(word: &str, places: &[&Place]) -> String {
    let mut text = format!("# {word}\n\nThere are {} fields with this name; `caveat explain PATH` shows one.\n\n", places.len());
    for place in places {
        item(&mut text, &place.path, place.field.doc);
    }
    text
}

/// A field as data.
pub fn json(place: &Place, book: &Book<'_>) -> Value {
    let codes = |of: &[&Paged]| of.iter().map(|(rule, _)| rule.code.to_string()).collect::<Vec<_>>();
    let field = place.field;
    let uses = uses(place, book);
    let default = if let Absence::Default(number) = field.absence { Some(number) } else { None };
    let state = match field.absence {
        _ if place.derived => "derived",
        Absence::Undeclared => "fact",
        Absence::Claim => "claim",
        Absence::Default(_) => "default",
    };
    json!({
        "path": place.path,
        "meaning": one_line(field.doc),
        "type": kind(&field.ty),
        "kind": state,
        "default": default,
        "words": words(&field.ty).map(|desc| desc.words.iter().map(|(word, doc)| json!({"word": word, "meaning": one_line(doc)})).collect::<Vec<_>>()),
        "ordered": words(&field.ty).map(|desc| desc.ordered),
        "fields": record(&field.ty).map(|(desc, _)| desc.fields.iter().map(|field| field.name).collect::<Vec<_>>()),
        "rules": codes(&uses.read),
        "rules_through_facts": codes(&uses.depend),
        "evidence": shown_by(place).iter().map(|attribute| attribute.as_str()).collect::<Vec<_>>(),
    })
}

/// The page of a word of an enumeration.
pub fn word(word: &str, desc: &EnumDesc, places: &[&Place], book: &Book<'_>) -> String {
    let meaning = desc.index(word).map(|at| one_line(desc.words[at].1)).unwrap_or_default();
    let mut text = format!("# {word} ({})\n\n", desc.name);
    if !meaning.is_empty() {
        let _ = writeln!(text, "{meaning}\n");
    }
    let all: Vec<String> = desc.words.iter().map(|(word, _)| format!("`{word}`")).collect();
    let order = if desc.ordered { "The words, from least to most" } else { "The words" };
    let _ = writeln!(text, "A word for: {} {order}: {}.\n\n## Fields that take it\n", one_line(desc.doc), all.join(", "));
    for place in places {
        item(&mut text, &place.path, place.field.doc);
    }
    let naming = naming(word, places, book);
    let _ = writeln!(text, "\n## Rules that name it\n");
    list(&mut text, &naming);
    if naming.is_empty() {
        text.push_str("None does.\n");
    }
    text
}

/// A word as data.
pub fn word_json(word: &str, desc: &EnumDesc, places: &[&Place], book: &Book<'_>) -> Value {
    json!({
        "word": word,
        "of": desc.name,
        "meaning": desc.index(word).map(|at| one_line(desc.words[at].1)),
        "fields": places.iter().map(|place| place.path.as_str()).collect::<Vec<_>>(),
        "rules": naming(word, places, book).iter().map(|(rule, _)| rule.code.as_ref()).collect::<Vec<_>>(),
    })
}

/// Rules whose conditions read one of the fields and have the word in their text.
fn naming<'r>(word: &str, places: &[&Place], book: &Book<'r>) -> Vec<&'r Paged> {
    let quoted = [format!("'{word}'"), format!("\"{word}\"")];
    let named = |page: &Page<'_>| page.logic.iter().any(|(_, text)| quoted.iter().any(|quoted| text.contains(quoted)));
    let takes = |reads: &BTreeSet<_>| places.iter().any(|place| reads.contains(&(place.record, place.field.name)));
    book.read().filter(|((_, page), reads)| named(page) && takes(reads)).map(|(paged, _)| paged).collect()
}

fn item(text: &mut String, name: &str, doc: &str) {
    let doc = one_line(doc);
    let colon = if doc.is_empty() { "" } else { ": " };
    let _ = writeln!(text, "- `{name}`{colon}{doc}");
}

fn list(text: &mut String, rules: &[&Paged]) {
    for (rule, _) in rules {
        let _ = writeln!(text, "- {} {}: {}", rule.code, rule.name, rule.summary);
    }
}

fn absence(absence: Absence) -> String {
    let said = match absence {
        Absence::Undeclared => "left out, it is undeclared: what depends on it cannot be decided",
        Absence::Claim => "a claim: it can only clear a finding, so left out it claims nothing and reads as `none`",
        Absence::Default(number) => return format!("left out, it reads as {number}"),
    };
    said.to_owned()
}

/// A type without the words of its enumerations and the names of Rust types.
fn kind(ty: &Type) -> String {
    match ty {
        Type::Enum(_) => "a word".to_owned(),
        Type::Record(_) => "a mapping".to_owned(),
        Type::List(item) => format!("a list; each element {}", kind(item)),
        Type::OneOrMany(item) => format!("{}, or a list of them", kind(item)),
        Type::Evidenced(word) => format!("{}, or a mapping with its `kind` and `evidence`", kind(word)),
        Type::Either(first, second) => format!("{}, or {}", kind(first), kind(second)),
        other => other.to_string(),
    }
}

/// What is read from files and states the same.
fn shown_by(place: &Place) -> Vec<Attribute> {
    let path = plain(&place.path);
    Attribute::ALL.iter().copied().filter(|attribute| plain(attribute.field()) == path).collect()
}

/// The shortest example of a rule that reads the field and has its key in it.
fn example<'r>(place: &Place, uses: &Uses<'r>) -> Option<&'r str> {
    if place.derived {
        return None;
    }
    let key = format!("{}:", place.field.name);
    let section = plain(&place.path).split('.').next().map(|section| format!("{section}:")).unwrap_or_default();
    let pages = uses.read.iter().chain(&uses.depend).flat_map(|(_, page)| &page.examples);
    let fitting = pages.map(|example| example.manifest.as_ref()).filter(|text| {
        let word = |at: usize| at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric() && text.as_bytes()[at - 1] != b'_';
        text.contains(&section) && text.match_indices(&key).any(|(at, _)| word(at)) && text.lines().count() <= EXAMPLE_LINES
    });
    fitting.min_by_key(|text| text.len())
}
