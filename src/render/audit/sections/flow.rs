//! Where data flows, as a picture and in words.

use super::super::block::{Block, Section, Table, Tone, badge, code, plain};
use crate::audit::System;
use crate::facts::flow::{Fate, Line};

/// The flows of a system.
pub fn section(id: &str, system: &System) -> Section {
    let mut blocks = Vec::new();
    if system.picture.edges.is_empty() {
        blocks.push(Block::Paragraph(plain("The manifest declares no flow of data.")));
    } else {
        blocks.push(Block::Table(edges(&system.picture.edges)));
    }
    Section::new(format!("{id}-flow"), "Where data flows", blocks)
}

fn edges(lines: &[Line]) -> Table {
    let mut table = Table::new("Flows", ["from", "to", "purpose", "what travels", "controls"]);
    for line in lines {
        let mut travels = Vec::new();
        for tag in &line.labels {
            let sensitive = if tag.sensitive == Some(true) { " (sensitive)" } else { "" };
            let text = match tag.fate {
                Fate::Passes => format!("{}{sensitive}", tag.dataset),
                Fate::Redacted => format!("{}{sensitive}, redacted", tag.dataset),
                Fate::Stopped => continue,
                Fate::Undecided => format!("{}{sensitive}, perhaps", tag.dataset),
            };
            travels.push(plain(text));
        }
        travels.extend(line.memory.iter().map(|dataset| badge(Tone::High, format!("memory of {dataset}"))));
        table.row([
            code(&line.from),
            code(&line.to),
            plain(if line.declared { line.purpose.clone() } else { format!("{} (implied)", line.purpose) }),
            super::super::block::join(travels, ", "),
            plain(line.controls.join(", ")),
        ]);
    }
    table
}
