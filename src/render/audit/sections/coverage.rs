//! What frameworks ask for, how much of it a manifest can show, and how it stands here.

use super::super::super::framework::status;
use super::super::block::{Block, Section, Table, Text, Tone, badge, code, link, plain};
use super::{number, number_or_dash, rule_links};
use crate::audit::Audit;
use crate::coverage::{Coverage, Covered, Extent, Standing};

/// The coverage of every framework.
pub fn section(audit: &Audit) -> Section {
    let mut blocks = vec![Block::Note(plain(
        "A control is covered where rules refer to it and a manifest can show the whole of it, partly covered where something of it lies \
         outside, and cannot be seen where no rule can speak of it. What a control asks beyond a manifest has to be looked at elsewhere: \
         nothing here replaces that.",
    ))];
    blocks.push(Block::Table(overview(&audit.coverage)));
    blocks.extend(audit.coverage.iter().map(framework));
    Section::new("frameworks", "Framework coverage", blocks)
}

fn overview(all: &[Coverage]) -> Table {
    let heads =
        ["framework", ">controls", ">covered", ">partly", ">cannot be seen", ">violated", ">accepted", ">undecided", ">met"];
    let mut table = Table::new("Controls without parts of their own, by framework", heads);
    for coverage in all {
        let (extents, standings) = (coverage.extents(), coverage.standings());
        let extent = |extent| number_or_dash(extents.get(&extent).copied().unwrap_or_default());
        let standing = |standing| number_or_dash(standings.get(&standing).copied().unwrap_or_default());
        let version = coverage.framework.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        table.row([
            plain(format!("{}{version}", coverage.framework.name)),
            number(coverage.leaves().count()),
            extent(Extent::Covered),
            extent(Extent::Partly),
            extent(Extent::Unseen),
            standing(Standing::Violated),
            standing(Standing::Accepted),
            standing(Standing::Undecided),
            standing(Standing::Met),
        ]);
    }
    table
}

fn framework(coverage: &Coverage) -> Block {
    let framework = coverage.framework;
    let heads = ["control", "extent", "here", "rules", "what a manifest cannot show"];
    let mut table = Table::new(format!("{}: every control that is listed", framework.name), heads);
    for covered in &coverage.controls {
        table.row([
            control(covered),
            extent(covered.extent),
            standing(covered),
            // The parts of a whole say which rules cover them.
            if covered.whole {
                plain(format!("{} of its parts", covered.rules.len()))
            } else {
                rule_links(covered.rules.iter().map(String::as_str))
            },
            plain(covered.control.beyond.as_deref().unwrap_or_default()),
        ]);
    }
    let complete = if framework.complete { "every control" } else { "the controls that rules refer to" };
    let source = [
        plain(format!("Lists {complete}. {} ", status(framework))),
        link(framework.address.as_ref(), framework.address.as_ref()),
    ];
    let mut blocks = vec![Block::Note(source.concat())];
    blocks.extend(
        framework.beyond.as_ref().map(|beyond| Block::Note(plain(format!("Of every control, no manifest can show: {beyond}")))),
    );
    blocks.push(Block::Table(table));
    Block::More { summary: plain(framework.name.as_ref()), blocks, paper: true }
}

fn control(covered: &Covered) -> Text {
    let title = covered.control.title.as_deref().map(|title| format!(" {title}")).unwrap_or_default();
    [code(covered.control.id.as_ref()), plain(title)].concat()
}

fn extent(extent: Extent) -> Text {
    let tone = match extent {
        Extent::Covered => Tone::Good,
        Extent::Partly => Tone::Info,
        Extent::Unseen => Tone::Muted,
    };
    badge(tone, if extent == Extent::Unseen { "cannot be seen" } else { extent.as_str() })
}

fn standing(covered: &Covered) -> Text {
    let tone = match covered.standing {
        Standing::Violated => Tone::High,
        Standing::Accepted => Tone::Medium,
        Standing::Undecided => Tone::Unknown,
        Standing::Met => Tone::Good,
        Standing::NotApplicable | Standing::NotAsked => Tone::Muted,
    };
    if covered.extent == Extent::Unseen { plain("–") } else { badge(tone, covered.standing.as_str()) }
}
