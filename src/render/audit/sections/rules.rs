//! The rules that were asked, and those that were not.

use super::super::super::framework::titled;
use super::super::block::{Block, Section, Table, Text, Tone, badge, code, inline, join, plain};
use super::{number_or_dash, rule_id, rule_link};
use crate::audit::{Audit, RuleEntry};
use crate::knowledge::references;
use crate::report::Outcome;

/// Every rule with what it came to.
pub fn section(audit: &Audit) -> Section {
    let asked: Vec<&RuleEntry> = audit.rules.iter().filter(|entry| entry.asked).collect();
    let not: Vec<&RuleEntry> = audit.rules.iter().filter(|entry| !entry.asked).collect();
    let heads = ["rule", "name", "severity", ">violated", ">passed", ">undecided", ">did not apply"];
    let mut table = Table::new(format!("{} rules that were asked", asked.len()), heads);
    for entry in &asked {
        let of = |outcome| number_or_dash(entry.outcomes.get(&outcome).copied().unwrap_or_default());
        table.row([
            rule_link(&entry.info.code),
            plain(&entry.info.name),
            badge(Tone::of(entry.severity()), entry.severity().as_str()),
            of(Outcome::Violation),
            of(Outcome::Passed),
            of(Outcome::Unknown),
            of(Outcome::NotApplicable),
        ]);
    }
    let mut blocks = vec![Block::Table(table)];
    if !not.is_empty() {
        let mut table = Table::new(
            format!("{} rules that were not asked: the selection leaves them out", not.len()),
            ["rule", "name", "what it looks for"],
        );
        for entry in &not {
            table
                .named(rule_id(&entry.info.code), [code(&entry.info.code), plain(&entry.info.name), inline(&entry.info.summary)]);
        }
        blocks.push(Block::Table(table));
    }
    let pages = asked.iter().map(|entry| Block::Section(page(entry))).collect();
    blocks.push(Block::More { summary: plain("What each rule looks for, why, and when it is wrong"), blocks: pages, open: true });
    Section::new("rules", "Rules", blocks)
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
    for (key, ids) in &entry.info.references {
        let framework = references::framework(key);
        let name = framework.map_or(key.as_str(), |framework| framework.name.as_ref());
        add(name, join(ids.iter().map(|id| plain(titled(framework, id))), "; "));
    }
    let title = format!("{} {}", entry.info.code, entry.info.name);
    Section { listed: false, ..Section::new(rule_id(&entry.info.code), title, vec![Block::Terms(terms)]) }
}
