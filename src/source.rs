//! Files and standard input: which manifests a run is about, and their bytes, each read once.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

/// What a folder is searched for.
pub const PATTERNS: [&str; 6] = ["caveat.yaml", "caveat.yml", "caveat.json", "*.caveat.yaml", "*.caveat.yml", "*.caveat.json"];

/// A manifest to check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The name shown: as given or found, with forward slashes.
    pub name: String,
    /// Where to read it; `None` is standard input.
    pub path: Option<PathBuf>,
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
}

/// Resolves the arguments of a run. A file given by name is taken whatever it is called; a folder is
/// walked as git would, without following links.
pub fn find(paths: &[PathBuf], stdin_name: Option<&str>) -> Found {
    let mut found = Found::default();
    // By the file itself, so that `a`, `./a` and a link to it are one.
    let mut seen: BTreeMap<PathBuf, Input> = BTreeMap::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.inputs.push(Input { name: stdin_name.unwrap_or("<stdin>").to_owned(), path: None });
            continue;
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => walk(path, &mut seen, &mut found),
            Ok(_) => add(path, &mut seen),
            Err(error) => found.failures.push((shown(path), reason(&error))),
        }
    }
    found.inputs.extend(seen.into_values());
    found.inputs.sort();
    found
}

fn add(path: &Path, seen: &mut BTreeMap<PathBuf, Input>) {
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let input = Input { name: shown(path), path: Some(path.to_owned()) };
    // Of several names for one file, the first in order is shown, whatever the order of arguments.
    let kept = seen.entry(file).or_insert_with(|| input.clone());
    if input < *kept {
        *kept = input;
    }
}

fn walk(folder: &Path, seen: &mut BTreeMap<PathBuf, Input>, found: &mut Found) {
    let patterns = patterns();
    found.folders.push(shown(folder));
    for entry in
        WalkBuilder::new(folder).hidden(false).require_git(false).filter_entry(|entry| entry.file_name() != ".git").build()
    {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                if patterns.is_match(entry.file_name()) {
                    add(entry.path(), seen);
                }
            }
            Ok(_) => {}
            Err(error) => found.failures.push((shown(folder), error.to_string())),
        }
    }
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

/// Reads an input; one byte more than the limit is read at most, so that the excess shows.
pub fn read(input: &Input, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let outcome = match &input.path {
        Some(path) => fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
        None => io::stdin().lock().take(limit).read_to_end(&mut bytes),
    };
    match outcome {
        Ok(_) if input.path.is_none() && bytes.is_empty() => Err("standard input is empty".to_owned()),
        Ok(_) => Ok(bytes),
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
