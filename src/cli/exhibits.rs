//! The files that manifests are held against: found, read, and given to the manifests that they are about.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::configured::{absolute, relative};
use super::output;
use crate::engine::{Job, Plan};
use crate::evidence::{self, Reading, backing};
use crate::facts::drift;
use crate::finding::Fault;
use crate::policy::limit::widest;
use crate::render::text;
use crate::report::Failure;
use crate::source::{self, Input};
use crate::syntax::{Limits, load};

/// Where evidence is looked for, besides what manifests name.
#[derive(Debug, Default)]
pub struct Places {
    /// Files that are evidence because somebody says so.
    pub files: Vec<PathBuf>,
    /// Folders that are searched; those of the manifests where nothing is named at all.
    pub folders: Vec<PathBuf>,
}

impl Places {
    /// Reads every file of evidence once, and gives each manifest those that are about it.
    pub fn attach(&self, plans: &[Plan], jobs: &mut [Job], failures: &mut Vec<Failure>) -> Vec<Reading> {
        let limits = widest(plans.iter().map(|plan| &plan.limits)).unwrap_or_default();
        let mut folders = self.folders.clone();
        if folders.is_empty() && self.files.is_empty() {
            folders = jobs.iter().map(|job| folder(&job.input)).collect();
        }
        let found = source::evidence(&folders);
        failures.extend(found.failures.into_iter().map(|(path, message)| Failure { path, message }));
        let mut inputs = found.inputs;
        let name = |path: &PathBuf| Input { name: source::shown(path), path: Some(path.clone()), walked: false };
        inputs.extend(self.files.iter().map(name));
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
                // What was not read to its end may be evidence of anything.
                Ok(reading)
                    if reading.is_recognised()
                        || named && !reading.faults.is_empty()
                        || reading.faults.iter().any(Fault::is_limit) =>
                {
                    let file = whole(input);
                    let names = |at: usize| declared[at].iter().any(|path| absolute(path) == file);
                    let asked = self.files.iter().any(|path| absolute(path) == file);
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
                Ok(reading) if named && self.files.iter().any(|path| absolute(path) == whole(input)) => {
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
