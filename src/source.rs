//! Files and standard input: which manifests a run is about, and their bytes, each read once.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

/// What a folder is searched for.
pub const PATTERNS: [&str; 6] = ["caveat.yaml", "caveat.yml", "caveat.json", "*.caveat.yaml", "*.caveat.yml", "*.caveat.json"];

/// What a configuration file is called.
pub const CONFIGURATIONS: [&str; 2] = [".caveat.yaml", ".caveat.yml"];

/// A manifest to check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The name shown: as given or found, with forward slashes.
    pub name: String,
    /// Where to read it; `None` is standard input.
    pub path: Option<PathBuf>,
    /// Whether it was come upon in a folder, rather than named.
    pub walked: bool,
}

/// What came of looking for manifests.
#[derive(Debug, Default)]
pub struct Found {
    /// Sorted by name, each file once.
    pub inputs: Vec<Input>,
    /// Arguments that cannot be read, with the reason.
    pub failures: Vec<(String, String)>,
    /// Folders that were searched.
    pub folders: Vec<String>,
    /// What was passed over and may be missed: links that lead nowhere.
    pub notes: Vec<String>,
}

/// What evidence may be called: endings of names, in lower case. What it is, its content decides.
const EVIDENCE: [&str; 9] = [".yaml", ".yml", ".json", ".jsonld", ".md", ".env", "modelfile", "pyproject.toml", ".env.example"];

/// Whether a file may be evidence, by its name.
pub fn may_be_evidence(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let named = name.starts_with(".env") || name.starts_with("modelfile") || EVIDENCE.iter().any(|end| name.ends_with(end));
    named && !is_configuration(path)
}

/// Files below folders that may be evidence, as git sees them; manifests are left out.
pub fn evidence(folders: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut seen: BTreeMap<PathBuf, Input> = BTreeMap::new();
    for folder in folders {
        let patterns = patterns();
        found.folders.push(shown(folder));
        let walk = WalkBuilder::new(folder)
            .hidden(false)
            .require_git(false)
            .filter_entry(|entry| !is_of_the_forge(entry.file_name()))
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => {
                    let file = entry.file_type().is_some_and(|kind| kind.is_file());
                    if file && may_be_evidence(entry.path()) && !is_manifest(&patterns, entry.file_name()) {
                        add(entry.path(), true, &mut seen);
                    }
                }
                Err(error) => found.failures.push(unwalked(folder, &error)),
            }
        }
    }
    found.inputs.extend(seen.into_values());
    found.inputs.sort();
    found
}

/// Resolves the arguments of a run. A file given by name is taken whatever it is called; a folder is
/// walked as git would, without following links.
pub fn find(paths: &[PathBuf], stdin_name: Option<&str>) -> Found {
    let mut found = Found::default();
    // By the file itself, so that `a`, `./a` and a link to it are one.
    let mut seen: BTreeMap<PathBuf, Input> = BTreeMap::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.inputs.push(Input { name: stdin_name.unwrap_or("<stdin>").to_owned(), path: None, walked: false });
            continue;
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => walk(path, &mut seen, &mut found),
            Ok(_) => add(path, false, &mut seen),
            Err(error) => found.failures.push((shown(path), reason(&error))),
        }
    }
    found.inputs.extend(seen.into_values());
    found.inputs.sort();
    found
}

fn add(path: &Path, walked: bool, seen: &mut BTreeMap<PathBuf, Input>) {
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let input = Input { name: shown(path), path: Some(path.to_owned()), walked };
    // Of several names for one file, the first in order is shown, whatever the order of arguments.
    let kept = seen.entry(file).or_insert_with(|| input.clone());
    // Who names a file means it, whatever a walk would do with it.
    let walked = kept.walked && walked;
    if input.name < kept.name {
        *kept = input;
    }
    kept.walked = walked;
}

/// Folders in which no manifest lies: a workflow that runs caveat is likely to be called after it.
fn is_of_the_forge(name: &std::ffi::OsStr) -> bool {
    name == ".git" || name == ".github"
}

fn walk(folder: &Path, seen: &mut BTreeMap<PathBuf, Input>, found: &mut Found) {
    let patterns = patterns();
    found.folders.push(shown(folder));
    for entry in WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| !is_of_the_forge(entry.file_name()))
        .build()
    {
        match entry {
            Ok(entry) => {
                if is_manifest(&patterns, entry.file_name()) {
                    match fs::metadata(entry.path()) {
                        Ok(meta) if meta.is_file() => add(entry.path(), true, seen),
                        Ok(_) => {}
                        Err(error) if entry.path_is_symlink() => {
                            found.notes.push(format!(
                                "{}: a link that leads nowhere was passed over ({})",
                                shown(entry.path()),
                                reason(&error)
                            ));
                        }
                        Err(error) => found.failures.push((shown(entry.path()), reason(&error))),
                    }
                }
            }
            Err(error) => found.failures.push(unwalked(folder, &error)),
        }
    }
}

/// Whether a folder is searched for files of this name. A configuration has a name of its own that fits, too.
fn is_manifest(patterns: &GlobSet, name: &std::ffi::OsStr) -> bool {
    patterns.is_match(name) && !is_configuration(Path::new(name))
}

/// Whether the last part of a path is what a folder is searched for.
pub fn is_manifest_name(path: &str) -> bool {
    Path::new(path).file_name().is_some_and(|name| is_manifest(&patterns(), name))
}

/// Whether a path is called like a configuration file.
pub fn is_configuration(path: &Path) -> bool {
    path.file_name().is_some_and(|name| CONFIGURATIONS.iter().any(|known| name == *known))
}

/// A part of a folder that could not be walked.
fn unwalked(folder: &Path, error: &ignore::Error) -> (String, String) {
    match error {
        ignore::Error::WithDepth { err, .. } => unwalked(folder, err),
        ignore::Error::WithPath { path, err } => unwalked(path, err),
        ignore::Error::Io(error) => (shown(folder), reason(error)),
        error => (shown(folder), error.to_string()),
    }
}

/// Manifests below folders that ignore files take away, with the ignore file; for the message when nothing is left.
pub fn ignored(folders: &[PathBuf]) -> Vec<(String, String)> {
    let patterns = patterns();
    let mut found = Vec::new();
    for folder in folders {
        let all =
            WalkBuilder::new(folder).standard_filters(false).filter_entry(|entry| !is_of_the_forge(entry.file_name())).build();
        let files = all.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        for entry in files.filter(|entry| is_manifest(&patterns, entry.file_name())) {
            let by = ignored_by(entry.path()).map_or_else(|| "an ignore file".to_owned(), |file| shown(&file));
            found.push((shown(entry.path()), by));
        }
    }
    found.sort();
    found
}

/// The ignore file that takes a path away.
fn ignored_by(path: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(path).ok()?;
    for folder in whole.ancestors().skip(1) {
        for name in [".ignore", ".gitignore", ".git/info/exclude"] {
            let file = folder.join(name);
            if file.is_file() {
                let (rules, _) = ignore::gitignore::Gitignore::new(&file);
                let below = whole.strip_prefix(folder).unwrap_or(&whole);
                if rules.matched_path_or_any_parents(below, false).is_ignore() {
                    let here = std::env::current_dir().ok();
                    return Some(here.and_then(|here| file.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or(file));
                }
            }
        }
    }
    None
}

fn patterns() -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in PATTERNS {
        set.add(Glob::new(pattern).expect("internal: the patterns are constants"));
    }
    set.build().expect("internal: the patterns are constants")
}

/// A path as formats show it: forward slashes, no leading `./`.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").filter(|rest| !rest.is_empty()).unwrap_or(&text).to_owned()
}

/// Reads a file that a command line or a configuration names; one byte more than the limit at most, so that the excess shows
/// and a device without an end does not fill the memory.
pub fn read_file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    read_some(fs::File::open(path)?, limit)
}

fn read_some(from: impl io::Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads an input; one byte more than the limit is read at most, so that the excess shows.
pub fn read(input: &Input, limit: usize) -> Result<Vec<u8>, String> {
    let outcome = match &input.path {
        Some(path) => read_file(path, limit),
        None => read_some(io::stdin().lock(), limit),
    };
    match outcome {
        Ok(bytes) if input.path.is_none() && bytes.is_empty() => Err("standard input is empty".to_owned()),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(reason(&error)),
    }
}

/// An error of the system in plain words, the same on every platform where that is possible.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
