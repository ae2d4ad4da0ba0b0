//! `caveat baseline write|update|show`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;

use super::Status;
use super::args::{BaselineArgs, BaselineCommand, BaselineFile, BaselineScope, PageFormat, ThresholdArgs};
use super::configured::here;
use super::output::{self, Failed};
use super::run::{self, BASELINE, Prepared};
use crate::finding::Verdict;
use crate::policy::baseline::Baseline;
use crate::render::text::mask;
use crate::report::Report;
use crate::source::shown;

/// Runs a subcommand.
pub fn run(args: &BaselineArgs) -> Result<Status, Failed> {
    match &args.command {
        BaselineCommand::Write(scope) => write(scope),
        BaselineCommand::Update(scope) => update(scope),
        BaselineCommand::Show { scope, format } => show(scope, *format),
    }
}

/// The manifests of a scope, checked, and the baselines that are for them.
struct Looked {
    prepared: Prepared,
    report: Report,
    file: BaselineFile,
}

fn look(args: &BaselineScope, otherwise: Option<&str>) -> Result<Option<Looked>, Failed> {
    let Some(prepared) = run::prepare(&args.scope, &ThresholdArgs::default(), None)? else { return Ok(None) };
    let report = prepared.check();
    let named = args.baseline.clone().or_else(|| {
        // Nothing is configured: one name for all.
        prepared.baselines.iter().all(Option::is_none).then(|| otherwise.map(PathBuf::from)).flatten()
    });
    let file = BaselineFile { baseline: named, no_baseline: false };
    Ok(Some(Looked { prepared, report, file }))
}

/// Whether something kept the run from seeing everything; it has been printed.
fn blind(report: &Report) -> bool {
    for failure in &report.failures {
        output::complain(&format!("{}: {}", mask(&failure.path), mask(&failure.message)));
    }
    run::say_exceeded(report, "") || !report.failures.is_empty()
}

fn write(args: &BaselineScope) -> Result<Status, Failed> {
    let Some(Looked { prepared, report, file }) = look(args, Some(BASELINE))? else { return Ok(Status::Nothing) };
    if blind(&report) {
        return Ok(Status::Failed);
    }
    let mut text = String::new();
    for (path, files) in prepared.baselines(&report, &file) {
        let baseline = Baseline::of(&report, &files);
        output::write(&path, &baseline.write())?;
        let _ = writeln!(text, "{}: {} findings are left for later", shown(&here(&path)), baseline.entries.len());
    }
    if let Some(path) = &file.baseline
        && prepared.baselines.iter().all(Option::is_none)
    {
        let _ = writeln!(text, "name it in .caveat.yaml, or with --baseline: `baseline: {}`", shown(&here(path)));
    }
    let errors = report.findings.iter().filter(|finding| finding.verdict == Verdict::Error).count();
    if errors > 0 {
        let _ =
            writeln!(text, "{errors} mistakes in the manifests themselves cannot be left for later; `caveat check` shows them");
    }
    output::print(&text)?;
    Ok(if errors > 0 { Status::Findings } else { Status::Clean })
}

fn update(args: &BaselineScope) -> Result<Status, Failed> {
    let Some(Looked { prepared, mut report, file }) = look(args, Some(BASELINE))? else { return Ok(Status::Nothing) };
    if blind(&report) {
        return Ok(Status::Failed);
    }
    let before: BTreeMap<PathBuf, usize> = prepared
        .baselines(&report, &file)
        .into_iter()
        .map(|(path, _)| run::read_baseline(&prepared, &path).map(|baseline| (path, baseline.entries.len())))
        .collect::<Result<_, _>>()?;
    let shorter: BTreeMap<PathBuf, Baseline> = run::apply_baselines(&prepared, &file, &mut report)?.into_iter().collect();
    let mut text = String::new();
    for (path, before) in before {
        let name = shown(&here(&path));
        let now = match shorter.get(&path) {
            Some(baseline) => {
                output::write(&path, &baseline.write())?;
                baseline.entries.len()
            }
            None => before,
        };
        let _ = writeln!(text, "{name}: {now} findings are left for later, {} were taken out", before - now);
    }
    output::print(&text)?;
    Ok(Status::Clean)
}

fn show(args: &BaselineScope, format: PageFormat) -> Result<Status, Failed> {
    let Some(Looked { prepared, mut report, file }) = look(args, Some(BASELINE))? else { return Ok(Status::Nothing) };
    let mut baselines = Vec::new();
    for (path, _) in prepared.baselines(&report, &file) {
        baselines.push((shown(&here(&path)), run::read_baseline(&prepared, &path)?));
    }
    run::apply_baselines(&prepared, &file, &mut report)?;
    let found = |fingerprint: &str| !report.stale.iter().any(|stale| stale.fingerprint == fingerprint);
    match format {
        PageFormat::Json => {
            let entries: Vec<_> = baselines
                .iter()
                .flat_map(|(name, baseline)| baseline.entries.iter().map(move |entry| (name, entry)))
                .map(|(name, entry)| {
                    let mut shown = entry.json();
                    shown["baseline"] = json!(name);
                    shown["found"] = json!(found(&entry.fingerprint));
                    shown
                })
                .collect();
            output::print(&format!("{:#}\n", serde_json::Value::from(entries)))?;
        }
        PageFormat::Text => {
            let mut text = String::new();
            for (name, baseline) in &baselines {
                let _ = writeln!(text, "{name}: {} findings are left for later", baseline.entries.len());
                for entry in &baseline.entries {
                    let gone = if found(&entry.fingerprint) { "" } else { " (no longer found)" };
                    let (rule, severity, manifest) = (&entry.rule, entry.severity, mask(&entry.manifest));
                    let _ = writeln!(text, "  {rule} [{severity}] {manifest}: {}{gone}", mask(&entry.message));
                }
            }
            output::print(&text)?;
        }
    }
    Ok(Status::Clean)
}
