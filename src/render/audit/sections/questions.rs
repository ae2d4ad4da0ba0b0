//! What is not known, as a questionnaire to be handed to the person who knows.

use super::super::block::{Block, Section, Table, Text, code, plain};
use super::super::counted;
use super::rule_links;
use crate::audit::questions::topics;
use crate::audit::{Audit, System};
use crate::finding::Verdict;

/// The questions that a system leaves open.
pub fn section(audit: &Audit, id: &str, system: &System) -> Section {
    let topics = topics(&audit.report, audit.findings_of(system), &system.entries);
    let total: usize = topics.iter().map(|topic| topic.questions.len()).sum();
    let open = audit.findings_of(system).filter(|finding| finding.verdict == Verdict::Unknown);
    let others = open.filter(|finding| finding.missing.is_empty() || !finding.counts()).count();
    let left_out = audit.findings_of(system).any(|finding| finding.rule == "E012");
    let mut intro = match total {
        0 if others == 0 && !left_out => "Every rule that was asked and applies could be decided.".to_owned(),
        0 => "No fact is asked for.".to_owned(),
        _ => "These facts would decide what is open. Answer in the manifest at the path given; `unknown` says that it was asked and \
              nobody knows, `none` that there is no such thing."
            .to_owned(),
    };
    if others > 0 {
        intro.push_str(&format!(" {} for another reason, or accepted as such: see the findings.", undecided(others)));
    }
    if left_out {
        intro.push_str(" A limit was exceeded, so some rules were not asked to their end: see the findings.");
    }
    let mut blocks = vec![Block::Paragraph(super::super::block::inline(&intro))];
    for topic in topics {
        let caption = format!("{}: {}", topic.section, counted(topic.questions.len(), "question"));
        let mut table = Table::new(caption, ["fact", "what is asked", "how it is answered", "answer", "decides"]);
        for question in topic.questions {
            let stated = if question.stated_unknown { " (stated as unknown)" } else { "" };
            table.row([
                fact(&question.path, question.entry.as_deref(), &format!(" line {}{stated}", question.line)),
                super::super::block::inline(&question.meaning),
                plain(question.answer),
                plain(""),
                rule_links(question.rules.iter().map(String::as_str)),
            ]);
        }
        blocks.push(Block::Table(table));
    }
    Section::new(format!("{id}-questions"), format!("Open questions ({total})"), blocks)
}

/// A fact with the id of its entry, for those who do not count entries.
fn fact(path: &str, entry: Option<&str>, line: &str) -> Text {
    match entry {
        Some(entry) => [code(path), plain(" of "), code(entry), plain(line)].concat(),
        None => [code(path), plain(line)].concat(),
    }
}

fn undecided(rules: usize) -> String {
    format!("{} cannot be decided", counted(rules, "finding"))
}
