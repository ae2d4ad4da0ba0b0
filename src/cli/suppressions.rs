//! `caveat suppressions`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Status;
use super::args::{BaselineFile, SheetFormat, SuppressionsArgs, ThresholdArgs};
use super::output::{self, Failed};
use super::{git, run};
use crate::finding::SuppressionKind;
use crate::manifest::leaf;
use crate::policy::baseline::held;
use crate::render::suppressions::{Row, render};
use crate::render::text::mask;

/// Lists every exception, whatever became of it.
pub fn run(args: &SuppressionsArgs) -> Result<Status, Failed> {
    let Some(prepared) = run::prepare(&args.scope, &ThresholdArgs::default(), None)? else { return Ok(Status::Nothing) };
    let mut report = prepared.check();
    run::apply_baselines(&prepared, &BaselineFile::default(), &mut report)?;
    let today = prepared.day;
    let mut ages: BTreeMap<usize, Vec<Option<Date>>> = BTreeMap::new();
    let mut rows = Vec::new();
    for (file, listed) in &report.suppressions {
        let known = &report.files[*file];
        let position = known.lines.position(&known.text, listed.span.start as usize);
        let lines = ages.entry(*file).or_insert_with(|| {
            let job = prepared.jobs.iter().find(|job| job.input.name == known.name);
            job.and_then(|job| job.input.path.as_deref()).map(git::ages).unwrap_or_default()
        });
        let stated = listed.since.as_deref().and_then(|since| leaf::date(since).ok());
        let since = stated.or_else(|| lines.get(position.line - 1).copied().flatten());
        rows.push(Row {
            place: format!("{}:{position}", known.name),
            rule: listed.rule.clone(),
            scope: listed.scope.clone(),
            kind: listed.kind.as_str(),
            owner: listed.owner.clone(),
            ticket: listed.ticket.clone(),
            since,
            age: since.and_then(|since| since.until(today).ok()).map(|age| age.get_days()),
            until: listed.until.clone(),
            state: listed.state.as_str(),
            findings: listed.findings,
            reason: listed.reason.clone(),
        });
    }
    // A baseline is one exception for many findings.
    rows.extend(held(&report).into_iter().map(|((place, rule), findings)| Row {
        place: place.to_owned(),
        rule: rule.to_owned(),
        scope: None,
        kind: SuppressionKind::Baseline.as_str(),
        owner: None,
        ticket: None,
        since: None,
        age: None,
        until: None,
        state: "in force",
        findings,
        reason: None,
    }));
    for failure in &report.failures {
        output::complain(&format!("{}: {}", mask(&failure.path), mask(&failure.message)));
    }
    let beyond = run::say_exceeded(&report, "");
    output::print(&match args.format {
        SheetFormat::Json => format!("{:#}\n", serde_json::Value::from(rows.iter().map(Row::json).collect::<Vec<_>>())),
        SheetFormat::Text => render(&rows, false),
        SheetFormat::Markdown => render(&rows, true),
    })?;
    let whole = report.failures.is_empty() && !beyond;
    Ok(if whole { Status::Clean } else { Status::Failed })
}
