//! The audit as a document: one HTML file that needs nothing else, and the same as Markdown.

pub mod block;
mod excerpt;
mod html;
mod markdown;
mod sections;

use block::Section;

use super::figure::counted;
use crate::audit::{Audit, Conclusion, Record, System};
use crate::finding::Verdict;

/// The forms that a document can be read back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Html,
    Markdown,
}

/// What a document says of itself: its form, and the record in it. None where there is none that can be read.
pub fn record(text: &str) -> Option<(Form, Record)> {
    let (form, start, end) = if text.trim_start().starts_with("<!DOCTYPE html>") {
        (Form::Html, html::RECORD, "</script>")
    } else {
        (Form::Markdown, markdown::RECORD, "\n```")
    };
    // The last one: what stands before may quote a report.
    let (_, rest) = text.rsplit_once(start)?;
    let record: Record = serde_json::from_str(rest.split(end).next()?).ok()?;
    (record.schema == crate::audit::record::SCHEMA).then_some((form, record))
}

/// The audit as one HTML file: no network, no fonts or scripts from elsewhere; scripts only add sorting and filtering.
pub fn html(audit: &Audit) -> String {
    html::page(audit, &sections::all(audit))
}

/// The same as Markdown.
pub fn markdown(audit: &Audit) -> String {
    markdown::page(audit, &sections::all(audit))
}

/// What the document says in one line.
fn headline(audit: &Audit) -> String {
    let summary = audit.report.summary();
    let count = |verdict| summary.verdicts.get(&verdict).copied().unwrap_or_default();
    let fails = |system: &&System| audit.conclusion_of(system) == Conclusion::Fails;
    let failing = audit.systems.iter().filter(fails).count() + audit.unread();
    let what = match (audit.is_portfolio(), audit.conclusion()) {
        (true, Conclusion::Fails) => format!("{failing} of {} manifests do not pass", audit.manifests()),
        (true, Conclusion::Passes) => format!("All {} manifests pass", audit.manifests()),
        (false, Conclusion::Fails) => "The system does not pass".to_owned(),
        (false, Conclusion::Passes) => "The system passes".to_owned(),
        // What nobody could decide is not passed.
        (_, Conclusion::Undecided) => "Nothing that could be decided fails".to_owned(),
    };
    format!(
        "{what}: {}, {} that cannot be decided, {} accepted.",
        counted(count(Verdict::Violation), "violation"),
        count(Verdict::Unknown),
        summary.suppressed.values().sum::<usize>()
    )
}

/// The id of a rule in the document. Codes are letters and digits.
fn rule_id(code: &str) -> String {
    format!("rule-{}", code.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

/// Every section of a document, with how deep it is, in their order.
fn outline(sections: &[Section]) -> Vec<(usize, &Section)> {
    fn visit<'s>(section: &'s Section, depth: usize, found: &mut Vec<(usize, &'s Section)>) {
        found.push((depth, section));
        for block in &section.blocks {
            if let block::Block::Section(inner) = block {
                visit(inner, depth + 1, found);
            }
        }
    }
    let mut found = Vec::new();
    for section in sections {
        visit(section, 0, &mut found);
    }
    found
}
