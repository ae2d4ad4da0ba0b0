//! Where data flows, as a picture and in words.

use std::collections::BTreeMap;

use super::super::super::svg::{self, Numbered};
use super::super::block::{Block, Figure, Piece, Section, Table, Text, Tone, badge, code, join, plain};
use crate::audit::System;
use crate::facts::flow::Fate;

/// The flows of a system.
pub fn section(id: &str, system: &System) -> Section {
    let drawn = svg::flow(&system.picture, id);
    if drawn.edges.is_empty() {
        let text = "The manifest declares no flow of data.";
        return Section::new(format!("{id}-flow"), "Where data flows", vec![Block::Paragraph(plain(text))]);
    }
    let caption = "Numbers are those of the table beneath. A double red line is a way on which data reaches somebody who is not entitled \
                   to it.";
    let picture = Block::Figure(Figure { svg: drawn.svg.clone(), caption: plain(caption), words: mermaid(system) });
    let table = Block::Table(edges(&drawn.edges));
    Section::new(format!("{id}-flow"), "Where data flows", vec![picture, table])
}

/// The picture where there are no drawings.
fn mermaid(system: &System) -> Vec<Block> {
    vec![Block::Code { language: "mermaid", text: super::super::super::graph::mermaid(&system.picture) }]
}

fn edges(edges: &[Numbered]) -> Table {
    let mut table = Table::new("Ways that data takes", [">no.", "from", "to", "purpose", "what travels", "leaks", "controls"]);
    for edge in edges {
        let purpose = if edge.declared { edge.purpose.clone() } else { format!("{} (implied)", edge.purpose) };
        table.row([
            vec![Piece::Drawn { to: format!("#{}", edge.anchor), text: edge.number.to_string() }],
            code(&edge.from),
            code(&edge.to),
            plain(purpose.replace('_', " ")),
            travels(edge),
            leaks(edge),
            plain(edge.controls.join(", ")),
        ]);
    }
    table
}

fn travels(edge: &Numbered) -> Text {
    let carried = edge.carries.iter().map(|tag| {
        let sensitive = if tag.sensitive == Some(true) { ", sensitive" } else { "" };
        let fate = match tag.fate {
            Fate::Passes => "",
            Fate::Redacted => ", redacted",
            Fate::Stopped => ", stopped by a control",
            Fate::Undecided => ", perhaps",
        };
        let note = format!("{sensitive}{fate}");
        let note = note.strip_prefix(", ").map(|note| format!(" ({note})")).unwrap_or_default();
        [code(&tag.dataset), plain(note)].concat()
    });
    let remembered = edge.memory.iter().map(|dataset| [code(dataset), plain(" (remembered by a model)")].concat());
    join(carried.chain(remembered), ", ")
}

/// Whom data sets leak to; what is not certain says so.
fn leaks(edge: &Numbered) -> Text {
    let mut reached: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
    for leak in &edge.leaks {
        let actors = reached.entry((!leak.certain, &leak.dataset)).or_default();
        if !actors.contains(&leak.actor.as_str()) {
            actors.push(&leak.actor);
        }
    }
    let one = |((perhaps, dataset), actors): ((bool, &str), Vec<&str>)| {
        let mark = if perhaps { badge(Tone::Unknown, "perhaps") } else { badge(Tone::Critical, "leak") };
        [mark, plain(" "), code(dataset), plain(" to "), join(actors.into_iter().map(code), ", ")].concat()
    };
    join(reached.into_iter().map(one), "; ")
}
