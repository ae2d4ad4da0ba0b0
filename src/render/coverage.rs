//! How rules cover frameworks: as text, Markdown, JSON and CSV.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::csv;
use super::framework::named;
use super::table::Table;
use super::terminal;
use super::text::Style;
use crate::coverage::{Coverage, Covered, Extent, Standing};
use crate::knowledge::references::Reference;
use crate::report::{Outcome, Report};

/// What the columns of the summary mean.
const LEGEND: &str = "Counted are the controls without parts. What is partly covered says what no manifest shows of it; what is unseen cannot be \
     seen in a manifest, and no rule refers to it. Of a framework of which a part is listed, the rest is not counted.\n\n\
     `caveat frameworks KEY` goes through the controls.";

/// A framework, and those of its controls that were asked for.
#[derive(Debug)]
pub struct Selected<'c> {
    pub coverage: &'c Coverage,
    pub controls: Vec<&'c Covered>,
}

/// The frameworks and controls of these references; a control comes with its parts. None selects everything.
pub fn select<'c>(all: &'c [Coverage], references: Option<&[Reference]>) -> Vec<Selected<'c>> {
    let whole = |coverage: &'c Coverage| Selected { coverage, controls: coverage.controls.iter().collect() };
    let Some(references) = references else { return all.iter().map(whole).collect() };
    let one = |reference: &Reference| {
        let coverage = all.iter().find(|coverage| coverage.framework.key == reference.framework.key)?;
        let Some(id) = &reference.control else { return Some(whole(coverage)) };
        let below = |covered: &&Covered| coverage.framework.ancestry(&covered.control.id).iter().any(|part| part.id == *id);
        Some(Selected { coverage, controls: coverage.controls.iter().filter(below).collect() })
    };
    references.iter().filter_map(one).collect()
}

/// All frameworks in one table.
pub fn summary(all: &[Coverage], report: Option<&Report>) -> String {
    let standings = if report.is_some() { &Standing::ALL[..] } else { &[] };
    let mut head = vec!["framework".to_owned(), ">controls".to_owned()];
    head.extend(Extent::ALL.iter().map(|extent| format!(">{}", extent.key())));
    head.push(">rules".to_owned());
    head.extend(standings.iter().map(|standing| format!(">{}", standing.as_str())));
    let mut table = Table::new(head.iter().map(String::as_str));
    for coverage in all {
        let mut rules: Vec<&String> = coverage.controls.iter().flat_map(|covered| &covered.rules).collect();
        rules.sort();
        rules.dedup();
        let part = if coverage.framework.complete { "" } else { " (a part)" };
        let mut row = vec![format!("{}{part}", coverage.framework.key), coverage.leaves().count().to_string()];
        row.extend(coverage.extents().values().map(ToString::to_string));
        row.push(rules.len().to_string());
        let counts = coverage.standings();
        row.extend(standings.iter().map(|standing| counts.get(standing).copied().unwrap_or(0).to_string()));
        table.row(row);
    }
    let run = report.map(|report| format!("\n{}.\n", ran(report))).unwrap_or_default();
    format!("{}\n{LEGEND}\n{run}", table.markdown())
}

/// The same for a terminal.
pub fn summary_text(all: &[Coverage], report: Option<&Report>, style: Style) -> String {
    terminal::page(&summary(all, report), style)
}

fn ran(report: &Report) -> String {
    let manifests = report.manifests().count();
    let what = if manifests == 1 { "manifest" } else { "manifests" };
    format!("Outcomes of {manifests} {what} as of {}", report.as_of)
}

/// Control by control, for a terminal.
pub fn text(selected: &[Selected<'_>], report: Option<&Report>, style: Style) -> String {
    let mut page = String::new();
    for Selected { coverage, controls } in selected {
        let _ = writeln!(page, "{}", head(coverage, report));
        for covered in controls {
            let _ = writeln!(page, "## {}\n", named(covered.control));
            let _ = writeln!(page, "- {}{}", covered.extent.as_str(), rules(covered, report.is_some()));
            if let Some(beyond) = covered.beyond.filter(|_| !covered.whole || covered.control.beyond.is_some()) {
                let _ = writeln!(page, "- {}: {beyond}", beyond_label(covered));
            }
            page.push('\n');
        }
    }
    terminal::page(page.trim_end(), style)
}

/// What the remainder of a control is to it.
pub fn beyond_label(covered: &Covered) -> &'static str {
    if covered.extent == Extent::Unseen { "why" } else { "no manifest shows" }
}

fn head(coverage: &Coverage, report: Option<&Report>) -> String {
    let framework = coverage.framework;
    let version = framework.version.as_deref().map(|version| format!(", {version}")).unwrap_or_default();
    let mut text = format!("# {}{version} ({})\n\n{}\n", framework.name, framework.key, totals(coverage));
    if let Some(report) = report {
        let counts = coverage.standings();
        let counts: Vec<String> = counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(standing, count)| format!("{count} {}", standing.as_str()))
            .collect();
        let _ = writeln!(text, "{}: {}.", ran(report), counts.join(", "));
    }
    text
}

/// How many controls are covered how far, in a sentence.
pub fn totals(coverage: &Coverage) -> String {
    let counts = coverage.extents();
    let counts: Vec<String> = counts.iter().map(|(extent, count)| format!("{count} {}", extent.as_str())).collect();
    let listed = if coverage.framework.complete { "" } else { " of those listed" };
    let controls = coverage.leaves().count();
    format!("{controls} controls without parts{listed}: {}.", counts.join(", "))
}

/// `, by LEAK020 HAL016`, or by how they stand, the gravest first: that is how the control stands.
fn rules(covered: &Covered, asked: bool) -> String {
    if covered.rules.is_empty() {
        return String::new();
    }
    if !asked {
        return format!(", by {}", covered.rules.join(" "));
    }
    let groups = Standing::ALL.iter().filter_map(|standing| {
        let codes: Vec<&str> = covered.standing_in(*standing).collect();
        (!codes.is_empty()).then(|| format!("{} {}", standing.as_str(), codes.join(" ")))
    });
    format!("; {}", groups.collect::<Vec<_>>().join("; "))
}

/// Control by control, as Markdown tables.
pub fn markdown(selected: &[Selected<'_>], report: Option<&Report>) -> String {
    let mut page = String::new();
    for Selected { coverage, controls } in selected {
        let _ = writeln!(page, "{}", head(coverage, report));
        let columns = ["control", "title", "extent", "rules", "outcome", "what no manifest shows"];
        let asked = report.is_some();
        let mut table = Table::new(columns.into_iter().filter(|column| asked || *column != "outcome"));
        for covered in controls {
            let title = covered.control.title.as_deref().unwrap_or_default().to_owned();
            let codes = if covered.rules.is_empty() { "none".to_owned() } else { covered.rules.join(", ") };
            let mut row = vec![covered.control.id.to_string(), title, covered.extent.as_str().to_owned(), codes];
            row.extend(asked.then(|| covered.standing.as_str().to_owned()));
            row.push(covered.beyond.unwrap_or_default().to_owned());
            table.row(row);
        }
        let _ = writeln!(page, "{}", table.markdown());
    }
    page.trim_end().to_owned() + "\n"
}

/// Everything as one document. Without a run, `standing` and `outcomes` are `null`.
pub fn json(selected: &[Selected<'_>], report: Option<&Report>) -> Value {
    let frameworks: Vec<Value> = selected
        .iter()
        .map(|Selected { coverage, controls }| {
            let framework = coverage.framework;
            let extents: Map<String, Value> =
                coverage.extents().into_iter().map(|(extent, count)| (extent.key().to_owned(), json!(count))).collect();
            let standings: Map<String, Value> =
                coverage.standings().into_iter().map(|(standing, count)| (standing.key().to_owned(), json!(count))).collect();
            json!({
                "key": framework.key,
                "name": framework.name,
                "version": framework.version,
                "complete": framework.complete,
                "extents": extents,
                "standings": report.map(|_| standings),
                "controls": controls.iter().map(|covered| control(covered, report.is_some())).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "as_of": report.map(|report| report.as_of.to_string()),
        "manifests": report.map(|report| report.manifests().map(|(_, file)| file.name.as_str()).collect::<Vec<_>>()),
        "frameworks": frameworks,
    })
}

/// One control as data.
pub fn control(covered: &Covered, asked: bool) -> Value {
    let rules: Vec<Value> = covered
        .by_rule
        .iter()
        .map(|(code, standing)| json!({ "code": code, "standing": asked.then(|| standing.key()) }))
        .collect();
    let outcomes: Map<String, Value> = Outcome::ALL
        .iter()
        .map(|outcome| (outcome.as_str().to_owned(), json!(covered.outcomes.get(outcome).copied().unwrap_or(0))))
        .collect();
    json!({
        "id": covered.control.id,
        "title": covered.control.title,
        "part_of": covered.control.parent,
        "has_parts": covered.whole,
        "extent": covered.extent.key(),
        "beyond": covered.beyond,
        "standing": asked.then(|| covered.standing.key()),
        "rules": rules,
        "outcomes": asked.then_some(outcomes),
    })
}

/// One line for each control. Without a run, the columns from `outcome` on are empty.
pub fn csv(selected: &[Selected<'_>], report: Option<&Report>) -> String {
    let mut head =
        vec!["framework", "control", "title", "part of", "has parts", "extent", "what no manifest shows", "rules", "outcome"];
    head.extend(Standing::ALL.iter().map(|standing| standing.as_str()));
    let rows = selected.iter().flat_map(|Selected { coverage, controls }| {
        controls.iter().map(|covered| {
            let control = covered.control;
            let mut row = vec![
                coverage.framework.key.clone(),
                control.id.clone(),
                control.title.clone().unwrap_or_default(),
                control.parent.clone().unwrap_or_default(),
                if covered.whole { "yes" } else { "no" }.into(),
                covered.extent.as_str().into(),
                covered.beyond.unwrap_or_default().into(),
                covered.rules.join(" ").into(),
                if report.is_some() { covered.standing.as_str() } else { "" }.into(),
            ];
            let codes = |standing: Standing| covered.standing_in(standing).collect::<Vec<_>>().join(" ");
            row.extend(Standing::ALL.map(|standing| report.map(|_| codes(standing)).unwrap_or_default().into()));
            row
        })
    });
    csv::table(&head, rows)
}
