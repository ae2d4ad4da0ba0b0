//! `caveat check`.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::Status;
use super::args::{BaselineFile, CheckArgs, Format, ReportArgs};
use super::configured::here;
use super::output::{self, Failed};
use super::streamed::{self, Outputs};
use super::{fix, run};
use crate::render::{compact, github, gitlab, json, jsonl, junit, markdown, page, sarif, text};
use crate::report::Report;
use crate::rule::builtin;
use crate::source::shown;

/// Checks, mends what it was asked to mend, writes every output, and says how it went.
pub fn run(args: &CheckArgs) -> Result<Status, Failed> {
    let outputs = outputs(&args.report)?;
    let prepared = run::prepare(&args.scope, &args.thresholds, args.min_severity)?;
    let Some(mut prepared) = prepared else { return Ok(Status::Nothing) };
    let wish = fix::wish(args);
    let drafts = wish.is_some() || outputs.iter().any(|(format, _)| shows_drafts(*format));
    prepared.plans.iter_mut().for_each(|plan| plan.drafts = drafts);
    let baseline = BaselineFile { no_baseline: args.baseline.no_baseline || args.scope.no_suppressions, ..args.baseline.clone() };
    // Edits are made file by file, and a baseline is held against all of a run.
    if wish.is_none()
        && prepared.baseline_free(&baseline)
        && let Some(outputs) = Outputs::begin(&outputs, &args.report, args.each_unknown)?
    {
        return streamed::run(prepared, outputs, &args.report);
    }
    let mut report = prepared.check();
    if let Some(wish) = wish {
        if args.diff {
            return fix::diff(&prepared, &report, wish);
        }
        report = fix::mend(&prepared, report, wish)?;
    }
    let shorter = run::apply_baselines(&prepared, &baseline, &mut report)?;
    let mut status = status(&report, args.report.exit_zero);
    if args.frozen_baseline {
        status = if report.stale.is_empty() || args.report.exit_zero { status } else { status.max(Status::Findings) };
    } else {
        for (path, baseline) in shorter {
            let name = shown(&here(&path));
            // Where it cannot be written, the report has said what is no longer found.
            match output::write(&path, &baseline.write()) {
                Ok(()) => output::complain(&format!("{name} is shorter now: what is no longer found was taken out of it")),
                Err(failed) => output::complain(&failed.0),
            }
        }
    }
    report.leave_out_below();
    write(&mut report, &outputs, &args.report, args.each_unknown)?;
    // The process ends here, and the system takes everything back at once.
    std::mem::forget((report, prepared));
    Ok(status)
}

/// Writes a report to where it goes.
pub fn write(
    report: &mut Report,
    outputs: &[(Format, Option<PathBuf>)],
    args: &ReportArgs,
    each_unknown: bool,
) -> Result<(), Failed> {
    if outputs.iter().any(|(format, _)| *format == Format::Sarif) {
        add_pages(report);
    }
    let report = &*report;
    let [plain, style] = [text::Style::PLAIN, output::style(args.color)].map(|style| text::Style { each_unknown, ..style });
    for (format, path) in outputs {
        match path {
            Some(path) => output::write(path, &render(*format, report, plain))?,
            None if *format == Format::Github => output::print_as_is(&render(*format, report, style))?,
            None => output::print(&render(*format, report, style))?,
        }
    }
    if outputs.iter().any(|(format, _)| *format == Format::Github)
        && let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
    {
        output::append(Path::new(&summary), &markdown::render(report))?;
    }
    if !outputs.contains(&(Format::Text, None)) {
        complain(report);
    }
    Ok(())
}

/// Says what could not be read, where no output on the terminal does.
pub fn complain(report: &Report) {
    for failure in &report.failures {
        output::complain(&format!("{}: {}", text::mask(&failure.path), text::mask(&failure.message)));
    }
}

fn render(format: Format, report: &Report, style: text::Style) -> String {
    match format {
        Format::Text => text::render(report, style),
        Format::Compact => compact::render(report),
        Format::Json => json::render(report),
        Format::Jsonl => jsonl::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
    }
}

/// Whether a format shows the edits of findings of what is missing; the summary of a GitHub run is Markdown.
fn shows_drafts(format: Format) -> bool {
    match format {
        Format::Json | Format::Jsonl | Format::Sarif | Format::Markdown | Format::Github => true,
        Format::Text | Format::Compact | Format::Gitlab | Format::Junit => false,
    }
}

/// SARIF shows the page of each rule; a check does not read them otherwise.
fn add_pages(report: &mut Report) {
    let rules = builtin::rules().into_iter().zip(builtin::pages());
    let pages = rules.map(|(rule, text)| (rule.code.to_string(), page::rule(&rule, &text)));
    let codes = builtin::codes().into_iter().map(|code| (code.code.to_string(), page::code(&code)));
    for (code, page) in pages.chain(codes) {
        if let Some(info) = report.rules.iter_mut().find(|info| info.code == code) {
            info.page = page;
        }
    }
}

/// What goes where; `None` is standard output, where one output goes unless it is said to go to a file.
pub fn outputs(args: &ReportArgs) -> Result<Vec<(Format, Option<PathBuf>)>, Failed> {
    let targets = output::targets(&args.output, args.format)?;
    let here = (!targets.redirected).then_some((args.format, None));
    Ok(here.into_iter().chain(targets.files.into_iter().map(|(format, path)| (format, Some(path)))).collect())
}

/// 2 outranks 1: what could not be read may hold anything.
pub fn status(report: &Report, exit_zero: bool) -> Status {
    if !report.failures.is_empty() || report.exceeded() {
        return Status::Failed;
    }
    if report.any_fails() && !exit_zero { Status::Findings } else { Status::Clean }
}

/// Today by the clock, in UTC: the only place that reads it.
pub fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let days = i64::try_from(seconds / 86_400).unwrap_or(0);
    date(1970, 1, 1).checked_add(days.days()).unwrap_or(Date::MAX)
}
