//! `caveat verify`.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::Status;
use super::args::{Threshold, ThresholdArgs, VerifyArgs};
use super::check::{outputs, status, today, write};
use super::configured::{Configurations, absolute, relative};
use super::output::{self, Failed};
use crate::engine::{self, Beside, Job, Plan};
use crate::evidence::{self, Reading, backing};
use crate::facts::drift;
use crate::finding::Severity;
use crate::manifest::vocabulary::Manifest;
use crate::render::text;
use crate::report::Failure;
use crate::source::{self, Input};
use crate::syntax::{Limits, load};

/// Holds manifests against what deploys them, writes every output, and says how it went.
pub fn run(args: &VerifyArgs) -> Result<Status, Failed> {
    let outputs = outputs(&args.report)?;
    let sorted = Sorted::new(args);
    let mut failures: Vec<Failure> = Vec::new();
    let manifests = sorted.manifests(&mut failures);
    if manifests.is_empty() && failures.is_empty() {
        output::complain(&format!("nothing was compared: there is no manifest in {}", sorted.looked()));
        return Ok(Status::Nothing);
    }
    let (mut plans, mut jobs) = (Vec::new(), Vec::new());
    let day = args.config.as_of.unwrap_or_else(today);
    let thresholds =
        ThresholdArgs { fail_on: args.thresholds.fail_on.or(Some(Threshold(Some(Severity::Low)))), ..args.thresholds.clone() };
    let mut configurations = Configurations::new(&args.config, &thresholds, None, day).comparing();
    for input in manifests {
        let plan = configurations.plan(input.path.as_deref().unwrap_or(Path::new(".")), !args.no_suppressions, &mut plans)?;
        jobs.push(Job { input, plan, exhibits: Vec::new(), others: Vec::new() });
    }
    let readings = sorted.evidence(&plans, &mut jobs, &mut failures);
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
    report.findings.retain(|finding| !matches!(finding.rule.as_str(), "E005" | "E006" | "E008"));
    let status = status(&report, &args.report);
    write(&mut report, &outputs, &args.report, false)?;
    Ok(status)
}

/// The paths of a command line by what they are.
struct Sorted {
    manifests: Vec<PathBuf>,
    evidence: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    missing: Vec<PathBuf>,
}

impl Sorted {
    fn new(args: &VerifyArgs) -> Self {
        let mut sorted =
            Self { manifests: args.manifest.clone(), evidence: Vec::new(), folders: Vec::new(), missing: Vec::new() };
        for path in &args.paths {
            let list = match std::fs::metadata(path) {
                Ok(meta) if meta.is_dir() => &mut sorted.folders,
                Ok(_) if is_manifest(path) => &mut sorted.manifests,
                Ok(_) => &mut sorted.evidence,
                Err(_) => &mut sorted.missing,
            };
            list.push(path.clone());
        }
        sorted
    }

    /// Where was looked, for messages.
    fn looked(&self) -> String {
        let all = self.folders.iter().chain(&self.manifests).chain(&self.evidence);
        all.map(|path| text::mask(&source::shown(path))).collect::<Vec<_>>().join(", ")
    }

    fn manifests(&self, failures: &mut Vec<Failure>) -> Vec<Input> {
        let mut paths: Vec<PathBuf> = self.manifests.iter().chain(&self.missing).cloned().collect();
        // Who names a manifest means that one; a folder beside it is a place to look for evidence.
        if self.manifests.is_empty() {
            paths.extend(self.folders.iter().cloned());
        }
        if paths.is_empty() {
            paths.push(PathBuf::from("."));
        }
        let found = source::find(&paths, None);
        failures.extend(found.failures.into_iter().map(|(path, message)| Failure { path, message }));
        found.inputs
    }

    /// Reads every file of evidence once, and gives each manifest those that are about it.
    fn evidence(&self, plans: &[Plan<'_>], jobs: &mut [Job], failures: &mut Vec<Failure>) -> Vec<Reading> {
        let limits = plans.first().map(|plan| plan.limits).unwrap_or_default();
        let mut folders = self.folders.clone();
        if folders.is_empty() && self.evidence.is_empty() {
            folders = jobs.iter().map(|job| folder(&job.input)).collect();
        }
        let found = source::evidence(&folders);
        failures.extend(found.failures.into_iter().map(|(path, message)| Failure { path, message }));
        let mut inputs = found.inputs;
        let name = |path: &PathBuf| Input { name: source::shown(path), path: Some(path.clone()), walked: false };
        inputs.extend(self.evidence.iter().map(name));
        let (declared, models): (Vec<_>, Vec<_>) = jobs.iter().map(|job| declared(job, &limits)).unzip();
        inputs.extend(declared.iter().flatten().map(name));
        let own = |input: &Input| jobs.iter().any(|job| same_file(&job.input, input));
        inputs.retain(|input| !own(input));
        let mut seen = std::collections::HashSet::new();
        inputs.retain(|input| seen.insert(whole(input)));
        inputs.sort();
        let read = |input: &Input| source::read(input, limits.bytes).map(|bytes| evidence::read(&input.name, bytes, &limits));
        let all: Vec<Result<Reading, String>> = inputs.par_iter().map(read).collect();
        let mut readings = Vec::new();
        let homes: Vec<PathBuf> = jobs.iter().map(|job| absolute(&folder(&job.input))).collect();
        for (input, outcome) in inputs.iter().zip(all) {
            let named = !input.walked;
            match outcome {
                Ok(reading) if reading.is_recognised() || named && !reading.faults.is_empty() => {
                    let file = whole(input);
                    let names = |at: usize| declared[at].iter().any(|path| absolute(path) == file);
                    let asked = self.evidence.iter().any(|path| absolute(path) == file);
                    // What one manifest of a folder names is not about those beside it.
                    let taken = |at: usize| (0..homes.len()).any(|other| homes[other] == homes[at] && names(other));
                    for (at, job) in jobs.iter_mut().enumerate() {
                        if names(at) || asked || is_nearest(&homes, at, &file) && !taken(at) {
                            job.exhibits.push((readings.len(), relative(&homes[at], &file)));
                        }
                    }
                    readings.push(reading);
                }
                // Entries may be backed up by any kind of file; it is only those that a person names to compare with
                // that are missed.
                Ok(reading) if named && self.evidence.iter().any(|path| absolute(path) == whole(input)) => {
                    output::complain(&format!(
                        "{}: nothing is known of this kind of file, so nothing was compared with it",
                        text::mask(&reading.name)
                    ));
                }
                Ok(_) => {}
                Err(message) => failures.push(Failure { path: input.name.clone(), message }),
            }
        }
        acquaint(jobs, &models);
        readings
    }
}

/// Tells each manifest what the others call their models that are held against the same files.
fn acquaint(jobs: &mut [Job], models: &[Arc<[String]>]) {
    let mut readers: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, job) in jobs.iter().enumerate() {
        job.exhibits.iter().for_each(|(file, _)| readers.entry(*file).or_default().push(at));
    }
    for (at, job) in jobs.iter_mut().enumerate() {
        let beside = job.exhibits.iter().filter_map(|(file, _)| readers.get(file)).flatten().copied();
        let beside: BTreeSet<usize> = beside.filter(|other| *other != at).collect();
        job.others = beside.into_iter().filter_map(|other| models.get(other).cloned()).collect();
    }
}

/// Whether a manifest is the one whose folder is nearest above a file; manifests of one folder share its files.
fn is_nearest(homes: &[PathBuf], at: usize, file: &Path) -> bool {
    let depth = |home: &PathBuf| file.starts_with(home).then(|| home.components().count());
    let nearest = homes.iter().filter_map(depth).max();
    match nearest {
        Some(nearest) => depth(&homes[at]) == Some(nearest),
        // Below no manifest: it was looked for on purpose, and is about all of them.
        None => true,
    }
}

fn whole(input: &Input) -> PathBuf {
    input.path.as_deref().map(absolute).unwrap_or_default()
}

fn same_file(one: &Input, other: &Input) -> bool {
    whole(one) == whole(other)
}

fn folder(input: &Input) -> PathBuf {
    let parent = input.path.as_deref().and_then(Path::parent).filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The files that a manifest names as evidence, and what it calls its models.
fn declared(job: &Job, limits: &Limits) -> (Vec<PathBuf>, Arc<[String]>) {
    let Some(path) = &job.input.path else { return Default::default() };
    let Ok(bytes) = source::read(&job.input, limits.bytes) else { return Default::default() };
    let tree = load(bytes, limits).tree;
    let roots = || tree.documents().iter().map(|root| tree.place(*root));
    let files = roots().flat_map(|root| backing::files(&tree, root, path));
    let files = files.filter(|file| file.is_file()).map(|file| super::configured::here(&file)).collect::<Vec<_>>();
    (files, roots().flat_map(|root| drift::names(&tree, root).to_vec()).collect())
}

/// Whether a file is a manifest: by its name, else by the sections that it holds.
fn is_manifest(path: &Path) -> bool {
    if source::is_manifest_name(&path.to_string_lossy()) {
        return true;
    }
    let limits = Limits::default();
    let input = Input { name: String::new(), path: Some(path.to_owned()), walked: false };
    let Ok(bytes) = source::read(&input, limits.bytes) else { return false };
    let loaded = load(bytes, &limits);
    loaded.tree.documents().first().is_some_and(|root| {
        let keys: Vec<&str> = loaded.tree.entries(*root).iter().filter_map(|entry| loaded.tree.text(entry.key)).collect();
        let known = keys.iter().filter(|key| Manifest::DESC.field(key).is_some()).count();
        known >= 2 && known * 2 > keys.len() && (keys.contains(&"system") || keys.contains(&"hosting"))
    })
}
