//! `caveat verify`.

use std::path::{Path, PathBuf};

use super::Status;
use super::args::{Threshold, ThresholdArgs, VerifyArgs};
use super::check::{outputs, status, today, write};
use super::configured::{Asked, Configurations};
use super::exhibits::Places;
use super::output::{self, Failed};
use crate::engine::{self, Beside, Job};
use crate::finding::Severity;
use crate::manifest::vocabulary::Manifest;
use crate::render::text;
use crate::report::Failure;
use crate::source::{self, Input};
use crate::syntax::{Limits, load};

/// Holds manifests against what deploys them, writes every output, and says how it went.
pub fn run(args: &VerifyArgs) -> Result<Status, Failed> {
    let outputs = outputs(&args.report)?;
    let day = args.config.as_of.unwrap_or_else(today);
    let thresholds =
        ThresholdArgs { fail_on: args.thresholds.fail_on.or(Some(Threshold(Some(Severity::Low)))), ..args.thresholds.clone() };
    let mut configurations = Configurations::new(&args.config, &thresholds, None, day).asking(Asked::Against);
    let sorted = Sorted::new(args);
    let mut failures: Vec<Failure> = Vec::new();
    let manifests = sorted.manifests(&mut failures);
    if manifests.is_empty() && failures.is_empty() {
        output::complain(&format!("nothing was compared: there is no manifest in {}", sorted.looked()));
        return Ok(Status::Nothing);
    }
    let (mut plans, mut jobs) = (Vec::new(), Vec::new());
    for input in manifests {
        let plan = configurations.plan(input.path.as_deref().unwrap_or(Path::new(".")), !args.no_suppressions, &mut plans)?;
        jobs.push(Job { input, plan, exhibits: Vec::new(), others: Vec::new() });
    }
    let readings = sorted.places.attach(&plans, &mut jobs, &mut failures);
    if readings.is_empty() && failures.is_empty() {
        let message = "nothing was compared: there is no file in {} that caveat can hold a manifest against (Kubernetes, Helm values, \
                       compose, gateways, model cards, bills of materials, …)";
        output::complain(&message.replace("{}", &sorted.looked()));
        return Ok(Status::Nothing);
    }
    let configurations = configurations.texts();
    let beside = Beside { configurations: &configurations, evidence: &readings };
    let mut report = engine::check(&plans, beside, &jobs, failures);
    // What a manifest lacks is what `caveat check` is for; it keeps nothing here from being compared.
    report.findings.retain(|finding| !matches!(finding.rule.as_ref(), "E005" | "E006" | "E008"));
    let status = status(&report, args.report.exit_zero);
    write(&mut report, &outputs, &args.report, false)?;
    Ok(status)
}

/// The paths of a command line by what they are.
struct Sorted {
    manifests: Vec<PathBuf>,
    places: Places,
    missing: Vec<PathBuf>,
}

impl Sorted {
    fn new(args: &VerifyArgs) -> Self {
        let mut sorted = Self { manifests: args.manifest.clone(), places: Places::default(), missing: Vec::new() };
        for path in &args.paths {
            let list = match std::fs::metadata(path) {
                Ok(meta) if meta.is_dir() => &mut sorted.places.folders,
                // A configuration is for manifests, and this is not known to be one.
                Ok(_) if is_manifest(path, &Limits::default()) => &mut sorted.manifests,
                Ok(_) => &mut sorted.places.files,
                Err(_) => &mut sorted.missing,
            };
            list.push(path.clone());
        }
        sorted
    }

    /// Where was looked, for messages.
    fn looked(&self) -> String {
        let all = self.places.folders.iter().chain(&self.manifests).chain(&self.places.files);
        all.map(|path| text::mask(&source::shown(path))).collect::<Vec<_>>().join(", ")
    }

    fn manifests(&self, failures: &mut Vec<Failure>) -> Vec<Input> {
        let mut paths: Vec<PathBuf> = self.manifests.iter().chain(&self.missing).cloned().collect();
        // Who names a manifest means that one; a folder beside it is a place to look for evidence.
        if self.manifests.is_empty() {
            paths.extend(self.places.folders.iter().cloned());
        }
        if paths.is_empty() {
            paths.push(PathBuf::from("."));
        }
        let found = source::find(&paths, None);
        failures.extend(found.failures.into_iter().map(|(path, message)| Failure { path, message }));
        found.inputs
    }
}

/// Whether a file is a manifest: by its name, else by the sections that it holds.
fn is_manifest(path: &Path, limits: &Limits) -> bool {
    if source::is_manifest_name(&path.to_string_lossy()) {
        return true;
    }
    let input = Input { name: String::new(), path: Some(path.to_owned()), walked: false };
    let Ok(bytes) = source::read(&input, limits.bytes) else { return false };
    let loaded = load(bytes, limits);
    loaded.tree.documents().first().is_some_and(|root| {
        let keys: Vec<&str> = loaded.tree.entries(*root).iter().filter_map(|entry| loaded.tree.text(entry.key)).collect();
        let known = keys.iter().filter(|key| Manifest::DESC.field(key).is_some()).count();
        known >= 2 && known * 2 > keys.len() && (keys.contains(&"system") || keys.contains(&"hosting"))
    })
}
