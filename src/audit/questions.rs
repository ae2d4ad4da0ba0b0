//! What is not known, as questions to the person who knows.
//!
//! Rules that could not be decided name the facts that would decide them. Here these facts are gathered by the section
//! of the manifest that they belong to, each with what it means, how it is answered, and what waits for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::fields;
use crate::finding::{Finding, Verdict};
use crate::manifest::describe::{FieldDesc, Type};
use crate::manifest::schema::one_line;
use crate::report::Report;

/// The questions of one section of one manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The key of the section, such as `hosting`.
    pub section: String,
    pub questions: Vec<Question>,
}

/// One fact that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Where it belongs, such as `hosting[0].replicas.min`.
    pub path: String,
    /// The id of the entry that the path leads into; none where it is none, or has no id.
    pub entry: Option<String>,
    /// What the field states; empty where the path is of no field that is known.
    pub meaning: String,
    /// How it is answered: its type and, where there are some, its words.
    pub answer: String,
    /// Whether the manifest says `unknown`, rather than nothing.
    pub stated_unknown: bool,
    /// The line of the nearest thing that is there.
    pub line: usize,
    /// Codes of the rules that wait for it.
    pub rules: Vec<String>,
}

/// The questions that a manifest leaves open: those of the section that most rules wait for first.
///
/// `entries` are the ids of entries by their paths.
pub fn topics<'f>(
    report: &Report,
    findings: impl Iterator<Item = &'f Finding>,
    entries: &BTreeMap<String, String>,
) -> Vec<Topic> {
    let mut facts: BTreeMap<&str, (bool, usize, BTreeSet<&str>)> = BTreeMap::new();
    for finding in findings.filter(|finding| finding.verdict == Verdict::Unknown && finding.counts()) {
        let Some(file) = report.files.get(finding.file()) else { continue };
        for fact in &finding.missing {
            let line = file.lines.position(&file.text, fact.span.start as usize).line;
            let entry = facts.entry(&fact.path).or_insert((fact.stated_unknown, line, BTreeSet::new()));
            entry.2.insert(&finding.rule);
        }
    }
    let mut topics: BTreeMap<&str, (BTreeSet<&str>, Vec<Question>)> = BTreeMap::new();
    for (path, (stated_unknown, line, rules)) in &facts {
        let field = field(path);
        let topic = topics.entry(section(path)).or_default();
        topic.0.extend(rules);
        topic.1.push(Question {
            path: (*path).to_owned(),
            entry: path.split_once(']').and_then(|(entry, _)| entries.get(&format!("{entry}]"))).cloned(),
            meaning: field.map(|field| one_line(field.doc)).unwrap_or_default(),
            answer: field.map(|field| how(&field.ty)).unwrap_or_default(),
            stated_unknown: *stated_unknown,
            line: *line,
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        });
    }
    let mut sorted: Vec<_> = topics.into_iter().collect();
    sorted.sort_by_key(|(section, (rules, _))| (std::cmp::Reverse(rules.len()), *section));
    sorted.into_iter().map(|(section, (_, questions))| Topic { section: section.to_owned(), questions }).collect()
}

fn section(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// The field of the vocabulary at a path; none where it leads elsewhere.
fn field(path: &str) -> Option<&'static FieldDesc> {
    fields::at(&fields::plain(path)).map(|place| place.field)
}

/// How a value of a type is written; of a mapping its keys.
fn how(ty: &Type) -> String {
    match ty {
        Type::Record(record) => {
            let keys: Vec<&str> = record.fields.iter().map(|field| field.name).filter(|name| *name != "evidence").collect();
            format!("a mapping with {}", keys.join(", "))
        }
        Type::List(item) if fields::record(item).is_some() => format!("a list of entries, each {}", how(item)),
        _ => ty.to_string().replace('`', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_field() {
        let name = |path: &str| field(path).map(|field| (field.name, how(&field.ty)));
        assert_eq!(name("hosting[3].replicas.min").map(|(name, _)| name), Some("min"));
        assert_eq!(name("system.lifecycle").map(|(_, how)| how).as_deref(), Some("one of prototype, pilot, production, retired"));
        assert_eq!(name("system.no_such_field"), None);
    }
}
