//! The licences in force, with what they ask for and in which clause.

use super::super::block::{Block, Section, Table, Text, Tone, badge, code, inline, plain};
use crate::audit::System;
use crate::audit::licences::{InForce, Term};

/// The licences behind the models of a system.
pub fn section(id: &str, system: &System) -> Section {
    let mut blocks = vec![Block::Note(plain(
        "A model is bound by its own licence and by those of what it was made from. Terms are as the table of licences has them; this \
         is not legal advice.",
    ))];
    let heads = ["model", "bound through", "licence", "commercial use", "text read"];
    let mut table = Table::new("Licences in force", heads);
    for row in &system.licences {
        let through = if row.model == row.node {
            plain("itself")
        } else {
            [code(&row.node), plain(format!(" ({})", words(&row.relation)))].concat()
        };
        table.row([code(&row.model), through, licence(row), plain(words(&row.commercial)), verified(row)]);
    }
    blocks.push(table.or("No model is declared, so no licence is known to be in force."));
    let mut seen: Vec<&str> = Vec::new();
    for row in system.licences.iter().filter(|row| !row.terms.is_empty()) {
        if !seen.contains(&row.licence.as_str()) {
            seen.push(&row.licence);
            blocks.push(terms(row));
        }
    }
    Section::new(format!("{id}-licences"), "Licences in force", blocks)
}

fn licence(row: &InForce) -> Text {
    let mut text = match (row.name.is_empty(), row.licence.is_empty()) {
        (false, _) => [plain(format!("{} ", row.name)), code(&row.licence)].concat(),
        (true, false) => code(&row.licence),
        (true, true) => [badge(Tone::Unknown, "not declared"), plain(format!(" {}", row.missing.join(", ")))].concat(),
    };
    if row.covered == Some(true) {
        text.extend(plain(" (an agreement takes its place)"));
    }
    text
}

fn verified(row: &InForce) -> Text {
    match row.verified {
        Some(true) => plain(row.unverified.as_ref().map_or_else(|| "yes".to_owned(), |not| format!("yes, except: {not}"))),
        Some(false) => plain(row.unverified.as_ref().map_or_else(|| "no".to_owned(), |not| format!("no: {not}"))),
        None => plain("–"),
    }
}

fn terms(row: &InForce) -> Block {
    let name = if row.name.is_empty() { &row.licence } else { &row.name };
    let mut table = Table::new(format!("What {name} asks for"), ["kind", "what", "when", "clause", "in its words or ours"]);
    let mut sorted: Vec<&Term> = row.terms.iter().collect();
    sorted.sort_by_key(|term| term.kind);
    for term in sorted {
        let what = if term.what.is_empty() { "not known to the table".to_owned() } else { words(&term.what) };
        let holds = if term.holds.is_none() { " (cannot be told)" } else { "" };
        table.row([
            plain(term.kind.as_str()),
            plain(format!("{what}{holds}")),
            plain(words(&term.when)),
            plain(&term.clause),
            inline(&term.says),
        ]);
    }
    Block::More {
        summary: plain(format!("{name}: duties, thresholds and what is not allowed")),
        blocks: vec![Block::Table(table)],
        paper: true,
    }
}

/// A word of a table as people write it.
fn words(word: &str) -> String {
    word.replace('_', " ")
}
