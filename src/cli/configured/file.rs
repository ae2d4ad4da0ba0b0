//! One configuration file: found from a folder upwards, read, and refused where it is wrong.

use std::path::{Path, PathBuf};

use super::here;
use crate::cli::args::When;
use crate::cli::output::{self, Failed};
use crate::digest::sha256;
use crate::finding::Fault;
use crate::policy::config::{self, Config, Layer};
use crate::render::text;
use crate::source::{self, CONFIGURATIONS, reason, shown};
use crate::syntax::{Limits, load};

/// A configuration file that was read.
#[derive(Debug)]
pub struct ConfigFile {
    pub path: PathBuf,
    /// As it is shown.
    pub name: String,
    pub text: String,
    /// SHA-256 of its bytes as they were read.
    pub digest: String,
    pub config: Config,
}

/// The configuration file of a folder or of the nearest one above it, up to the root of the repository.
pub fn nearest(folder: &Path) -> Result<Option<PathBuf>, Failed> {
    for folder in folder.ancestors() {
        let mut there = CONFIGURATIONS.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
        if let Some(path) = there.next() {
            if let Some(other) = there.next() {
                return Err(Failed(format!(
                    "{} and {} stand in one folder; keep one of them",
                    shown(&here(&path)),
                    shown(&here(&other))
                )));
            }
            return Ok(Some(path));
        }
        if folder.join(".git").exists() {
            return Ok(None);
        }
    }
    Ok(None)
}

/// Reads and compiles one; its mistakes are printed.
pub fn read_file(path: &Path, whole: PathBuf) -> Result<ConfigFile, Failed> {
    let name = shown(&here(path));
    let bytes =
        source::read_file(path, Limits::default().bytes).map_err(|error| Failed(format!("{name}: {}", reason(&error))))?;
    let digest = sha256(&bytes);
    let loaded = load(bytes, &Limits::default());
    let source = loaded.tree.source();
    refuse(&name, source, &loaded.faults)?;
    let config = match loaded.tree.documents() {
        // An empty file says nothing, and ends the search upwards.
        [] => Ok(empty()),
        [document] => config::compile(&loaded.tree, *document),
        _ => return Err(Failed(format!("{name}: a configuration is one document"))),
    };
    match config {
        Ok(config) => Ok(ConfigFile { path: whole, text: source.to_owned(), digest, name, config }),
        Err(faults) => {
            Err(refuse(&name, source, &faults).err().unwrap_or_else(|| Failed(format!("{name}: not a configuration"))))
        }
    }
}

fn empty() -> Config {
    Config {
        extends: Vec::new(),
        rules: Vec::new(),
        tables: Vec::new(),
        baseline: None,
        exclude: config::Globs::default(),
        whole: Layer::default(),
        overrides: Vec::new(),
    }
}

/// Prints the mistakes of a file and gives the run up, if there are any.
pub fn refuse(name: &str, source: &str, faults: &[Fault]) -> Result<(), Failed> {
    if faults.is_empty() {
        return Ok(());
    }
    for fault in faults {
        output::complain_text(&text::fault(name, source, fault, output::error_style(When::Auto)));
    }
    Err(Failed(format!("{name} is broken; nothing was done")))
}
