//! One run over the manifests of a command line: found, configured, checked, held against baselines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::{BaselineFile, Scope, ThresholdArgs, When};
use super::check::today;
use super::configured::{Asked, Configurations, absolute, here, relative};
use super::output::{self, Failed};
use crate::engine::{self, Beside, Configuration, Job, Plan};
use crate::finding::Severity;
use crate::policy::baseline::Baseline;
use crate::policy::limit::widest;
use crate::render::text;
use crate::report::{Failure, Report};
use crate::source::{self, Input, PATTERNS, shown};
use crate::syntax::Limits;

/// The baseline that is written where none is named.
pub const BASELINE: &str = ".caveat-baseline.json";

/// What there is to check, and how.
#[derive(Debug)]
pub struct Prepared {
    /// The day that governs every expiry.
    pub day: Date,
    pub plans: Vec<Plan>,
    pub configurations: Vec<Configuration>,
    pub jobs: Vec<Job>,
    pub failures: Vec<Failure>,
    /// Rules and tables of one's own, wherever they are named.
    pub rule_files: Vec<PathBuf>,
    pub table_files: Vec<PathBuf>,
    /// The baseline that the configuration names for each job.
    pub baselines: Vec<Option<PathBuf>>,
}

/// Finds manifests and what applies to each. None where there is nothing to check; the reason has been printed.
pub fn prepare(scope: &Scope, thresholds: &ThresholdArgs, min_severity: Option<Severity>) -> Result<Option<Prepared>, Failed> {
    prepare_asking(Asked::Alone, scope, thresholds, min_severity)
}

/// The same for other rules.
pub fn prepare_asking(
    asked: Asked,
    scope: &Scope,
    thresholds: &ThresholdArgs,
    min_severity: Option<Severity>,
) -> Result<Option<Prepared>, Failed> {
    let found = source::find(&scope.paths, scope.stdin_filename.as_deref());
    for note in &found.notes {
        output::complain(&text::mask(note));
    }
    let day = scope.config.as_of.unwrap_or_else(today);
    let mut configurations = Configurations::new(&scope.config, thresholds, min_severity, day).asking(asked);
    // Mistakes in a configuration show even where it has nothing to say yet.
    configurations.chain(&Path::new(".").join(PATTERNS[0]))?;
    let (mut plans, mut jobs, mut baselines, mut excluded) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut failures: Vec<Failure> = found.failures.into_iter().map(|(path, message)| Failure { path, message }).collect();
    for input in found.inputs {
        let path = input.path.clone().unwrap_or_else(|| PathBuf::from(scope.stdin_filename.as_deref().unwrap_or(PATTERNS[0])));
        if source::is_configuration(&path) {
            let message = "this is a configuration file; `caveat config show` says what it comes to".to_owned();
            failures.push(Failure { path: input.name, message });
            continue;
        }
        let chain = configurations.chain(&path)?;
        if input.walked && configurations.excludes(chain, &path) {
            excluded += 1;
            continue;
        }
        let plan = configurations.plan(&path, !scope.no_suppressions, &mut plans)?;
        baselines.push(configurations.chains[chain].baseline.clone());
        jobs.push(Job { input, plan, exhibits: Vec::new(), others: Vec::new() });
    }
    if jobs.is_empty() && failures.is_empty() {
        nothing(scope, &found.folders, excluded);
        return Ok(None);
    }
    if !jobs.is_empty() && jobs.iter().all(|job| plans[job.plan].rules.is_empty()) {
        output::complain("no rule is selected, so nothing was checked");
        return Ok(None);
    }
    let (rule_files, table_files) = configurations.own_files();
    let configurations = configurations.texts();
    Ok(Some(Prepared { day, plans, configurations, jobs, failures, rule_files, table_files, baselines }))
}

/// Says why there is nothing to check: what was looked for, and what took it away.
fn nothing(scope: &Scope, folders: &[String], excluded: usize) {
    let mut message = format!("nothing was checked: no file named {} in {}", PATTERNS.join(", "), folders.join(", "));
    if excluded > 0 {
        message = format!(
            "nothing was checked: `exclude` in the configuration leaves out {excluded} of {excluded} manifests in {}",
            folders.join(", ")
        );
    }
    let walked: Vec<PathBuf> = scope.paths.iter().filter(|path| path.is_dir()).cloned().collect();
    let ignored = source::ignored(&walked);
    for (path, by) in ignored.iter().take(3) {
        message.push_str(&format!("\n  {} is left out by {}", text::mask(path), text::mask(by)));
    }
    if ignored.is_empty() && excluded == 0 {
        message.push_str(" (files that git ignores are left out)");
    }
    if ignored.len() > 3 {
        message.push_str(&format!("\n  and {} more", ignored.len() - 3));
    }
    output::complain(&message);
}

impl Prepared {
    /// Checks everything.
    pub fn check(&self) -> Report {
        let beside = Beside { configurations: &self.configurations, evidence: &[] };
        let report = engine::check(&self.plans, beside, &self.jobs, self.failures.clone());
        // Where no manifest could be read there is no plan to know it.
        Report { as_of: self.day, ..report }
    }

    /// Whether nothing is held against a baseline.
    pub fn baseline_free(&self, args: &BaselineFile) -> bool {
        args.no_baseline || args.baseline.is_none() && self.baselines.iter().all(Option::is_none)
    }

    /// Each baseline with the files of a report that it is for, by their names in it.
    pub fn baselines(&self, report: &Report, args: &BaselineFile) -> Vec<(PathBuf, BTreeMap<usize, String>)> {
        let mut of: BTreeMap<PathBuf, BTreeMap<usize, String>> = BTreeMap::new();
        if args.no_baseline {
            return Vec::new();
        }
        for (file, known) in report.manifests() {
            let Some(at) = self.jobs.iter().position(|job| job.input.name == known.name) else { continue };
            let Some(path) = args.baseline.clone().or_else(|| self.baselines[at].clone()) else { continue };
            let name = name_in(&path, &self.jobs[at].input);
            of.entry(path).or_default().insert(file, name);
        }
        of.into_iter().collect()
    }
}

/// The name of a manifest in a baseline.
fn name_in(baseline: &Path, input: &Input) -> String {
    let folder = absolute(baseline).parent().map_or_else(|| PathBuf::from("/"), Path::to_owned);
    match &input.path {
        Some(path) => relative(&folder, path),
        None => relative(&folder, Path::new(&input.name)),
    }
}

/// Says what was not checked in full, for commands that show no findings; gives whether there is any. `side` follows the name.
pub fn say_exceeded(report: &Report, side: &str) -> bool {
    for finding in report.findings.iter().filter(|finding| finding.rule == "E012") {
        let name = report.files.get(finding.file()).map_or("", |file| &file.name);
        output::complain(&format!("{}{}: {}", text::mask(name), text::mask(side), text::mask(&finding.message)));
    }
    report.exceeded()
}

/// Reads a baseline that has to be there.
pub fn read_baseline(prepared: &Prepared, path: &Path) -> Result<Baseline, Failed> {
    let name = shown(&here(path));
    // It is as large as what its manifests may be found at fault for.
    // It may be larger than by default where manifests may, and is not smaller for their sake.
    let usual = Limits::default();
    let limits = widest(prepared.plans.iter().map(|plan| &plan.limits).chain([&usual])).unwrap_or(usual);
    let bytes = source::read_file(path, limits.bytes).map_err(|error| {
        let hint = if error.kind() == std::io::ErrorKind::NotFound { "; `caveat baseline write` makes it" } else { "" };
        Failed(format!("{name}: {}{hint}", source::reason(&error)))
    })?;
    Baseline::read(bytes, &limits).map_err(|(source, faults)| {
        for fault in &faults {
            output::complain_text(&text::fault(&name, &source, fault, output::error_style(When::Auto)));
        }
        Failed(format!("{name} is broken; nothing was done"))
    })
}

/// Holds a report against its baselines; gives those that could be shorter.
pub fn apply_baselines(
    prepared: &Prepared,
    args: &BaselineFile,
    report: &mut Report,
) -> Result<Vec<(PathBuf, Baseline)>, Failed> {
    let mut shorter = Vec::new();
    for (path, files) in prepared.baselines(report, args) {
        let baseline = read_baseline(prepared, &path)?;
        let folder = absolute(&path).parent().map_or_else(|| PathBuf::from("/"), Path::to_owned);
        let unread: BTreeSet<&str> = report.failures.iter().map(|failure| failure.path.as_str()).collect();
        let unread: BTreeSet<String> = unread.into_iter().map(|path| relative(&folder, Path::new(path))).collect();
        let gone = |name: &str| {
            !unread.contains(name)
                && fs::symlink_metadata(folder.join(name)).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        };
        let stale = baseline.apply(&shown(&here(&path)), report, &files, &gone);
        if !stale.is_empty() {
            shorter.push((path, baseline.without(&stale)));
        }
    }
    Ok(shorter)
}
