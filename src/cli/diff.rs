//! `caveat diff`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::args::{DiffArgs, SheetFormat};
use super::check::today;
use super::configured::{Configurations, absolute, relative};
use super::output::{self, Failed};
use super::run::say_exceeded;
use super::{Status, git};
use crate::diff::{Change, Difference, difference};
use crate::engine::{self, Plan};
use crate::render::diff::{Shown, json, markdown, text};
use crate::render::text::mask;
use crate::report::{File, Report};
use crate::source::{self, Input, PATTERNS};

/// One manifest, as it was and as it is. What is not there is none.
struct Pair {
    name: String,
    old: Option<Vec<u8>>,
    new: Option<Vec<u8>>,
    /// The path whose configuration applies to both.
    path: PathBuf,
}

/// Compares, and fails where something is new or worse.
pub fn run(args: &DiffArgs) -> Result<Status, Failed> {
    let mut configurations = Configurations::new(&args.config, &args.thresholds, None, args.config.as_of.unwrap_or_else(today));
    let (pairs, names) = match &args.git {
        Some(revision) => {
            (of_revision(&args.paths, revision, &mut configurations)?, (revision.clone(), "the working tree".to_owned()))
        }
        None => of_files(&args.paths, &mut configurations)?,
    };
    if pairs.is_empty() {
        output::complain(&format!("nothing was compared: no file named {} on either side", PATTERNS.join(", ")));
        return Ok(Status::Nothing);
    }
    let mut plans = Vec::new();
    let mut sides = [Report::default(), Report::default()];
    let mut places = Vec::new();
    for pair in &pairs {
        let plan = configurations.plan(&pair.path, true, &mut plans)?;
        let mut place = [None, None];
        for (at, bytes) in [&pair.old, &pair.new].into_iter().enumerate() {
            if let Some(bytes) = bytes {
                place[at] = Some(add(&mut sides[at], &plans[plan], pair, bytes.clone()));
            }
        }
        places.push((place, plan));
    }
    let [old, new] = &sides;
    let differences: Vec<Difference<'_>> = pairs
        .iter()
        .zip(&places)
        .map(|(pair, (place, plan))| {
            difference(&pair.name, place[0].map(|at| (old, at)), place[1].map(|at| (new, at)), &plans[*plan].limits)
        })
        .collect();
    let shown = Shown { differences: &differences, old, new, names: (&names.0, &names.1) };
    output::print(&match args.format {
        SheetFormat::Text => text(shown),
        SheetFormat::Markdown => markdown(shown),
        SheetFormat::Json => format!("{:#}\n", json(shown)),
    })?;
    // Both sides are said.
    let exceeded = [(&names.0, old), (&names.1, new)].map(|(side, report)| say_exceeded(report, &format!(" ({side})")));
    if exceeded.contains(&true) {
        return Ok(Status::Failed);
    }
    let mut changed = differences.iter().flat_map(|difference| &difference.changed);
    let fails = changed.any(|changed| {
        matches!(changed.change, Change::New | Change::Worse) && changed.new.is_some_and(|finding| new.fails(finding))
    });
    Ok(if fails { Status::Findings } else { Status::Clean })
}

/// Checks one text and adds it to a report; gives the index of its file.
fn add(side: &mut Report, plan: &Plan, pair: &Pair, bytes: Vec<u8>) -> usize {
    let mut report = engine::check_text(plan, &pair.name, bytes);
    let at = side.files.len();
    for label in report.findings.iter_mut().flat_map(|finding| &mut finding.labels) {
        // Configuration files are not compared.
        label.file = if label.file == 0 { at } else { usize::MAX };
    }
    side.as_of = report.as_of;
    side.files.append(&mut report.files.drain(..1).collect::<Vec<File>>());
    side.findings.append(&mut report.findings);
    at
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failed> {
    let stdin = path.as_os_str() == "-";
    let name = if stdin { "<stdin>".to_owned() } else { source::shown(path) };
    let input = Input { name: name.clone(), path: (!stdin).then(|| path.to_owned()), walked: false };
    source::read(&input, limit).map_err(|message| Failed(format!("{}: {}", mask(&name), mask(&message))))
}

fn of_files(paths: &[PathBuf], configurations: &mut Configurations<'_>) -> Result<(Vec<Pair>, (String, String)), Failed> {
    let [old, new] = paths else {
        return Err(Failed("name the old manifest and the new one, or a revision with --git".to_owned()));
    };
    let names = (source::shown(old), source::shown(new));
    let limit = configurations.limits(new)?.bytes;
    let pair = Pair { name: names.1.clone(), old: Some(read(old, limit)?), new: Some(read(new, limit)?), path: new.clone() };
    Ok((vec![pair], names))
}

/// Every manifest below the paths, at the revision and in the working tree.
fn of_revision(paths: &[PathBuf], revision: &str, configurations: &mut Configurations<'_>) -> Result<Vec<Pair>, Failed> {
    let mut read = |name: &str| read(Path::new(name), configurations.limits(Path::new(name))?.bytes);
    let here = PathBuf::from(".");
    let commit = git::commit(&here, revision)?;
    let paths = if paths.is_empty() { vec![here.clone()] } else { paths.to_vec() };
    let found = source::find(&paths.iter().filter(|path| path.exists()).cloned().collect::<Vec<_>>(), None);
    if let Some((path, message)) = found.failures.first() {
        return Err(Failed(format!("{}: {}", mask(path), mask(message))));
    }
    let now: BTreeSet<String> =
        found.inputs.iter().filter_map(|input| input.path.as_deref()).map(|path| relative(&absolute(&here), path)).collect();
    let mut before = BTreeSet::new();
    for path in &paths {
        let below = relative(&absolute(&here), path);
        let below = if below.is_empty() { ".".to_owned() } else { below };
        let named = !path.is_dir();
        before.extend(
            git::files(&here, &commit, &below)?
                .into_iter()
                .filter(|file| named && *file == below || source::is_manifest_name(file)),
        );
    }
    let mut pairs = Vec::new();
    for name in now.union(&before) {
        let old = if before.contains(name) { Some(git::show(&here, &commit, name)?) } else { None };
        let new = if now.contains(name) { Some(read(name)?) } else { None };
        if let (Some(old), Some(new)) = (&old, &new)
            && old == new
        {
            continue;
        }
        pairs.push(Pair { name: name.clone(), old, new, path: PathBuf::from(name) });
    }
    if pairs.is_empty() && !(now.is_empty() && before.is_empty()) {
        let name = now.iter().next().cloned().unwrap_or_default();
        let text = read(&name)?;
        pairs.push(Pair { path: PathBuf::from(&name), name, old: Some(text.clone()), new: Some(text) });
    }
    Ok(pairs)
}
