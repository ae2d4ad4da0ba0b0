//! What is accepted: by whom, why, until when, and what became of it.

use super::super::block::{Block, Section, Table, Text, Tone, badge, code, plain};
use super::{number, rule_link};
use crate::audit::Audit;
use crate::policy::baseline::held;
use crate::report::State;

/// Every suppression.
pub fn section(audit: &Audit) -> Section {
    let heads = ["where", "rule", "by", "owner", "until", "state", ">findings", "reason"];
    let mut table = Table::new("Suppressions: comments and waivers", heads);
    let or_none = |text: &Option<String>| text.as_ref().map_or_else(|| badge(Tone::Medium, "not named"), plain);
    for (file, listed) in &audit.report.suppressions {
        let Some(file) = audit.report.files.get(*file) else { continue };
        let position = file.lines.position(&file.text, listed.span.start as usize);
        let mut reason = or_none(&listed.reason);
        if let Some(ticket) = &listed.ticket {
            reason.extend(plain(format!(" ({ticket})")));
        }
        table.row([
            code(format!("{}:{position}", file.name)),
            rule(audit, &listed.rule, listed.scope.as_deref()),
            plain(listed.kind.as_str().replace('-', " ")),
            or_none(&listed.owner),
            listed.until.as_ref().map_or_else(|| badge(Tone::Medium, "no end"), plain),
            state(listed.state),
            number(listed.findings),
            reason,
        ]);
    }
    let mut blocks = vec![table.or("Nothing is accepted by a comment or a waiver.")];
    let mut later = Table::new("Findings that a baseline leaves for later", ["baseline", "rule", ">findings"]);
    for ((baseline, code_of), count) in held(&audit.report) {
        later.row([code(baseline), rule(audit, code_of, None), number(count)]);
    }
    if !later.rows.is_empty() {
        blocks.push(Block::Table(later));
    }
    if !audit.report.stale.is_empty() {
        let mut table = Table::new("In a baseline, and no longer found", ["manifest", "rule", "what"]);
        for stale in &audit.report.stale {
            table.row([code(&stale.manifest), rule(audit, &stale.rule, None), plain(&stale.message)]);
        }
        blocks.push(Block::Table(table));
    }
    Section::new("exceptions", "Accepted risks", blocks)
}

/// A rule as it is named in a suppression, by code or by name.
fn rule(audit: &Audit, named: &str, scope: Option<&str>) -> Text {
    let known = audit.rules.iter().find(|entry| entry.info.code == named || entry.info.name == named);
    let mut text = known.map_or_else(|| code(named), |entry| rule_link(&entry.info.code));
    if let Some(scope) = scope {
        text.extend(plain(" of "));
        text.extend(code(scope));
    }
    text
}

fn state(state: State) -> Text {
    let tone = match state {
        State::InForce => Tone::Good,
        State::Expiring => Tone::Medium,
        State::NotAsked => Tone::Muted,
        State::Unused | State::Expired | State::UnknownRule | State::Malformed | State::Misplaced | State::Refused => Tone::High,
    };
    badge(tone, state.as_str())
}
