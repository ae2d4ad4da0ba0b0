//! Which legal duties apply, since when or from when, and what would decide the others.

use super::super::super::timeline::status;
use super::super::block::{Block, Section, Table, Text, Tone, badge, code, inline, join, link, plain};
use super::super::counted;
use crate::audit::System;
use crate::timeline::{Applies, Entry, Standing, Timeline};

/// The duties of a system.
pub fn section(id: &str, system: &System) -> Section {
    let timeline = &system.timeline;
    let mut blocks = vec![Block::Note(plain(format!(
        "Selected from a table of {} by what the manifest says of role, class of risk, places and use. Dates are as of {}; where a date \
         or an application was not read in the law itself, that is said. This is not legal advice.",
        counted(timeline.entries.len(), "duty"),
        timeline.table
    )))];
    let applies = |entry: &&Entry| matches!(entry.applies, Applies::Yes);
    let upcoming = |entry: &&Entry| entry.standing == Standing::Upcoming;
    blocks.push(
        table("Begin later", timeline.entries.iter().filter(applies).filter(upcoming)).or("No duty that applies begins later."),
    );
    let ended = |entry: &&Entry| entry.standing == Standing::Ended;
    let current = timeline.entries.iter().filter(applies).filter(|entry| !upcoming(entry) && !ended(entry));
    blocks.push(table("In force, or without a known date", current).or("No duty is known to apply."));
    let past = table("Have ended", timeline.entries.iter().filter(applies).filter(ended));
    if !past.rows.is_empty() {
        blocks.push(Block::Table(past));
    }
    blocks.extend(undecided(timeline));
    blocks.extend(others(timeline));
    Section::new(format!("{id}-timeline"), "Legal duties and their dates", blocks)
}

fn table<'e>(caption: &str, entries: impl Iterator<Item = &'e Entry>) -> Table {
    let heads = ["=from", "duty", "law", "binds", "selected by", "verified"];
    let mut table = Table::new(caption, heads);
    for entry in entries {
        table.row([date(entry), duty(entry), law(entry), plain(entry.binds), selected(entry), verified(entry)]);
    }
    table
}

fn undecided(timeline: &Timeline) -> Option<Block> {
    let mut table = Table::new("May apply: what would decide it", ["=from", "duty", "law", "would be decided by", "verified"]);
    for entry in &timeline.entries {
        let Applies::Undecided { missing, only_if } = &entry.applies else { continue };
        let mut by = join(missing.iter().map(code), ", ");
        if let Some(only_if) = only_if {
            let text = if by.is_empty() { format!("only if {only_if}") } else { format!("; only if {only_if}") };
            by.extend(plain(text));
        }
        table.row([date(entry), duty(entry), law(entry), by, verified(entry)]);
    }
    let summary = plain(format!("{} that may apply", table.rows.len()));
    (!table.rows.is_empty()).then(|| Block::More { summary, blocks: vec![Block::Table(table)], paper: true })
}

fn others(timeline: &Timeline) -> Option<Block> {
    let mut table = Table::new("Do not apply, and why", ["duty", "law", "why not"]);
    for entry in &timeline.entries {
        if let Applies::No { why } = &entry.applies {
            table.row([plain(entry.title), law(entry), inline(why)]);
        }
    }
    let summary = plain(format!("{} that do not apply", table.rows.len()));
    (!table.rows.is_empty()).then(|| Block::More { summary, blocks: vec![Block::Table(table)], paper: true })
}

/// The first day; what it means stands below it.
fn date(entry: &Entry) -> Text {
    let Some(from) = entry.from else {
        let launch = |missing: &[String]| missing.iter().any(|path| path == "system.launch");
        let decides = matches!(&entry.applies, Applies::Undecided { missing, .. } if launch(missing));
        return badge(Tone::Unknown, if decides { "depends on the launch" } else { "date not known" });
    };
    let mut text = plain(from.to_string());
    if let (Standing::Upcoming, Some(days)) = (&entry.standing, entry.days) {
        text.extend(plain(format!(" (in {})", counted(usize::try_from(days).unwrap_or(0), "day"))));
    }
    if let Some(until) = entry.until {
        text.extend(plain(format!(" to {until}")));
    }
    text
}

fn duty(entry: &Entry) -> Text {
    let mut text = plain(entry.title);
    for (what, more) in [("Breach: ", entry.penalty), ("", entry.note)] {
        if let Some(more) = more {
            text.extend(plain(format!(". {what}{more}")));
        }
    }
    text
}

fn law(entry: &Entry) -> Text {
    [plain(format!("{}, ", entry.law)), link(entry.source, entry.reference)].concat()
}

fn selected(entry: &Entry) -> Text {
    join(entry.selected_by.iter().map(|by| [code(&by.path), plain(format!(" line {}", by.line))].concat()), ", ")
}

fn verified(entry: &Entry) -> Text {
    plain(format!("{}: {}", status(entry.verified), entry.seen))
}
