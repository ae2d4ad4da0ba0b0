//! `caveat frameworks`.

use std::path::Path;

use super::Status;
use super::args::{BaselineFile, FrameworksArgs, Scope, TableFormat, ThresholdArgs};
use super::configured::pattern_here;
use super::output::{self, Failed};
use super::{run, select};
use crate::coverage::coverage;
use crate::engine::rule_info;
use crate::finding::Verdict;
use crate::knowledge::references::Reference;
use crate::render::coverage as render;
use crate::render::text::mask;
use crate::report::{Report, RuleInfo};

/// Prints how rules cover frameworks, and how manifests stand against them.
pub fn run(args: &FrameworksArgs) -> Result<Status, Failed> {
    let references = args.name.as_deref().map(named).transpose()?;
    let pattern = pattern_here(&args.config.choice, &args.config.rules.rules)?;
    let mut rules: Vec<RuleInfo> = select::available(&args.config.rules.rules, pattern)?.iter().map(rule_info).collect();
    let report = if args.manifest.is_empty() { None } else { checked(args)? };
    if report.is_none() && !args.manifest.is_empty() {
        return Ok(Status::Nothing);
    }
    if report.is_none() && !(args.config.rules.select.is_empty() && args.config.rules.ignore.is_empty()) {
        return Err(Failed(
            "`--select` and `--ignore` choose the rules that a manifest is asked; name one with `--manifest`".to_owned(),
        ));
    }
    // Rules of one's own may come from a configuration, too.
    for rule in report.iter().flat_map(|report| &report.rules).filter(|rule| !rule.is_engine()) {
        if !rules.iter().any(|known| known.code == rule.code) {
            rules.push(rule.clone());
        }
    }
    let report = report.as_ref();
    let all = coverage(&rules, report);
    let selected = render::select(&all, references.as_deref());
    let style = output::style(args.color);
    output::print(&match (args.format, &references) {
        (TableFormat::Json, _) => format!("{:#}\n", render::json(&selected, report)),
        (TableFormat::Csv, _) => render::csv(&selected, report),
        (TableFormat::Text, None) => render::summary_text(&all, report, style),
        (TableFormat::Text, Some(_)) => render::text(&selected, report, style),
        (TableFormat::Markdown, None) => render::summary(&all, report),
        (TableFormat::Markdown, Some(_)) => render::markdown(&selected, report),
    })?;
    Ok(report.map_or(Status::Clean, status))
}

fn named(name: &str) -> Result<Vec<Reference>, Failed> {
    Reference::named(name).map_err(|message| {
        let path = Path::new(name);
        let path = path.exists() || path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json");
        let hint = if path { format!("; a manifest is named with `--manifest {name}`") } else { String::new() };
        Failed(message + &hint)
    })
}

/// The report of the manifests, with what stands in the way of reading it as a whole.
fn checked(args: &FrameworksArgs) -> Result<Option<Report>, Failed> {
    let scope = Scope {
        paths: args.manifest.clone(),
        stdin_filename: args.stdin_filename.clone(),
        config: args.config.clone(),
        no_suppressions: args.no_suppressions,
    };
    let Some(prepared) = run::prepare(&scope, &ThresholdArgs::default(), None)? else { return Ok(None) };
    let mut report = prepared.check();
    let baseline = BaselineFile { baseline: None, no_baseline: args.no_suppressions };
    run::apply_baselines(&prepared, &baseline, &mut report)?;
    for failure in &report.failures {
        output::complain(&format!("{}: {}", mask(&failure.path), mask(&failure.message)));
    }
    for (file, known) in report.manifests() {
        let mistakes =
            report.findings.iter().filter(|finding| finding.verdict == Verdict::Error && finding.file() == file).count();
        if mistakes > 0 {
            let name = mask(&known.name);
            let what = if mistakes == 1 { "mistake" } else { "mistakes" };
            output::complain(&format!("{name}: {mistakes} {what} in the file; `caveat check {name}` shows them"));
        }
    }
    Ok(Some(report))
}

/// A manifest that is not as it should be was not judged as a whole.
fn status(report: &Report) -> Status {
    if !report.failures.is_empty() || report.exceeded() {
        return Status::Failed;
    }
    let wrong = report.findings.iter().any(|finding| finding.verdict == Verdict::Error);
    if wrong { Status::Findings } else { Status::Clean }
}
