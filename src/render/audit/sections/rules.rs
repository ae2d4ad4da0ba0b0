//! The rules that were asked, and those that were not.

use super::super::super::framework::titled;
use super::super::block::{Block, Section, Table, Text, Tone, badge, code, inline, join, plain};
use super::super::counted;
use super::{number_or_dash, rule_id, rule_link};
use crate::audit::{Audit, RuleEntry};
use crate::knowledge::references;
use crate::report::Outcome;

/// Every rule with what it came to; those that found something, or could not be decided, with their pages.
pub fn section(audit: &Audit) -> Section {
    let (asked, not): (Vec<&RuleEntry>, Vec<&RuleEntry>) = audit.rules.iter().partition(|entry| entry.asked);
    let heads = ["rule", "what it looks for", "severity", ">violated", ">passed", ">undecided", ">did not apply"];
    // Codes of the program itself are no rules that are asked; what they found stands in the same table.
    let rules = asked.iter().filter(|entry| !entry.info.is_engine()).count();
    let mut table =
        Table::new(format!("{} that were asked, and codes of mistakes that were found", counted(rules, "rule")), heads);
    for entry in &asked {
        let of = |outcome| number_or_dash(entry.outcomes.get(&outcome).copied().unwrap_or_default());
        let cells = [
            name(entry),
            inline(&entry.info.summary),
            badge(Tone::of(entry.severity()), entry.severity().as_str()),
            of(Outcome::Violation),
            of(Outcome::Passed),
            of(Outcome::Unknown),
            of(Outcome::NotApplicable),
        ];
        table.named(if has_page(entry) { String::new() } else { rule_id(&entry.info.code) }, cells);
    }
    let mut blocks = vec![Block::Note(inline("Any rule at any time, with its examples: `caveat explain CODE`."))];
    blocks.push(Block::Table(table));
    if !not.is_empty() {
        let caption = format!("{} that were not asked: the selection leaves them out", counted(not.len(), "rule"));
        let mut table = Table::new(caption, ["rule", "what it looks for"]);
        for entry in &not {
            table.named(rule_id(&entry.info.code), [name(entry), inline(&entry.info.summary)]);
        }
        blocks.push(Block::Table(table));
    }
    let pages: Vec<Block> = asked.iter().filter(|entry| has_page(entry)).map(|entry| Block::Section(page(entry))).collect();
    if !pages.is_empty() {
        blocks.push(Block::More {
            summary: plain("The rules that found something or could not be decided"),
            blocks: pages,
            paper: false,
        });
    }
    Section::new("rules", "Rules", blocks)
}

fn has_page(entry: &RuleEntry) -> bool {
    entry.findings > 0
}

fn name(entry: &RuleEntry) -> Text {
    let code = if has_page(entry) { rule_link(&entry.info.code) } else { code(entry.info.code.as_ref()) };
    [code, plain(format!(" {}", entry.info.name))].concat()
}

fn page(entry: &RuleEntry) -> Section {
    let mut terms: Vec<(String, Text)> = vec![("looks for".to_owned(), inline(&entry.info.summary))];
    let mut add = |what: &str, text: Text| {
        if !text.is_empty() {
            terms.push((what.to_owned(), text));
        }
    };
    add("why", inline(entry.page.why.trim()));
    add("wrong when", inline(entry.page.wrong_when.trim()));
    add("what to do", inline(&entry.info.help));
    for (key, condition) in &entry.page.logic {
        add(key, code(condition));
    }
    for (key, ids) in entry.info.references.iter() {
        let framework = references::framework(key);
        let name = framework.map_or(key, |framework| framework.name.as_ref());
        add(name, join(ids.map(|id| plain(titled(framework, id))), "; "));
    }
    let title = format!("{} {}", entry.info.code, entry.info.name);
    Section { listed: false, ..Section::new(rule_id(&entry.info.code), title, vec![Block::Terms(terms)]) }
}
