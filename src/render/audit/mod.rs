//! The audit as a document: one HTML file that needs nothing else, and the same as Markdown.

pub mod block;
mod excerpt;
mod html;
mod markdown;
mod sections;

use block::Section;

use crate::audit::{Audit, Record};

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
    let violations = count(crate::finding::Verdict::Violation);
    let suppressed: usize = summary.suppressed.values().sum();
    let failing = audit.systems.iter().filter(|system| audit.findings_of(system).any(|finding| audit.report.fails(finding)));
    let undecided = count(crate::finding::Verdict::Unknown);
    let what = match (audit.is_portfolio(), audit.fails()) {
        // What nobody could decide is not passed.
        (_, false) if undecided > 0 => "Nothing that could be decided fails".to_owned(),
        (true, true) => format!("{} of {} systems do not pass", failing.count(), audit.systems.len()),
        (true, false) => format!("All {} systems pass", audit.systems.len()),
        (false, true) => "The system does not pass".to_owned(),
        (false, false) => "The system passes".to_owned(),
    };
    format!("{what}: {}, {} that cannot be decided, {} accepted.", counted(violations, "violation"), undecided, suppressed)
}

/// A number of things.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
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
