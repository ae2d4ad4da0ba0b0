//! The one manifest that a command is about, and what it is looked at with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::Status;
use super::args::{ConfigArgs, OneArgs, ThresholdArgs, WhatIf, When};
use super::check::today;
use super::configured::Configurations;
use super::output::{self, Failed};
use crate::engine;
use crate::knowledge::tables::Tables;
use crate::render::text;
use crate::secret;
use crate::source::{self, Input, PATTERNS};
use crate::syntax::overlay::{Change, apply};
use crate::syntax::{Limits, load};

/// The one manifest that a command is about, and what it is looked at with.
pub struct Opened {
    pub name: String,
    /// With credentials covered: nothing that is worked out shows one.
    pub bytes: Vec<u8>,
    pub tables: Arc<Tables>,
    pub limits: Limits,
    pub today: Date,
}

/// Finds and reads the only manifest at a path, with the limits and the tables of its configuration.
pub fn open(args: &OneArgs) -> Result<Opened, Failed> {
    let input = only(&args.path, args.stdin_filename.as_deref())?;
    let path = input.path.clone().unwrap_or_else(|| PathBuf::from(args.stdin_filename.as_deref().unwrap_or(PATTERNS[0])));
    let today = args.as_of.unwrap_or_else(today);
    let applying = ConfigArgs {
        choice: args.choice.clone(),
        tables: args.tables.clone(),
        max_file_size: args.max_file_size,
        ..ConfigArgs::default()
    };
    let mut configurations = Configurations::new(&applying, &ThresholdArgs::default(), None, today);
    let chain = configurations.chain(&path)?;
    let tables = Arc::clone(&configurations.chains[chain].tables);
    let limits = configurations.limits(&path)?;
    let bytes = source::read(&input, limits.bytes).map_err(|message| Failed(format!("{}: {message}", input.name)))?;
    Ok(Opened { name: input.name, bytes: secret::cover(bytes).0, tables, limits, today })
}

fn only(path: &Path, stdin_filename: Option<&str>) -> Result<Input, Failed> {
    let mut found = source::find(&[path.to_owned()], stdin_filename);
    if let Some((path, message)) = found.failures.pop() {
        return Err(Failed(format!("{}: {}", text::mask(&path), text::mask(&message))));
    }
    match found.inputs.len() {
        1 => Ok(found.inputs.remove(0)),
        0 => Err(Failed("there is no manifest; name one".to_owned())),
        several => Err(Failed(format!("there are {several} manifests; name one"))),
    }
}

/// The built-in tables, and those in these files over them.
pub fn tables(paths: &[PathBuf]) -> Result<Tables, Failed> {
    let mut tables = Tables::builtin();
    for path in paths {
        let name = source::shown(path);
        let bytes = source::read_file(path, Limits::default().bytes)
            .map_err(|error| Failed(format!("{name}: {}", source::reason(&error))))?;
        let loaded = load(bytes, &Limits::default());
        let added = match loaded.tree.documents() {
            [document] if loaded.faults.is_empty() => tables.add(&loaded.tree, *document),
            _ if loaded.faults.is_empty() => return Err(Failed(format!("{name}: a table is one document"))),
            _ => Err(loaded.faults),
        };
        if let Err(faults) = added {
            for fault in &faults {
                output::complain_text(&text::fault(&name, loaded.tree.source(), fault, output::error_style(When::Auto)));
            }
            return Err(Failed("a table is broken; nothing was done".to_owned()));
        }
    }
    Ok(tables)
}

/// A manifest with the changes of `--set`, and what it is looked at with.
pub struct Changed {
    pub name: String,
    pub text: String,
    pub tables: Arc<Tables>,
    pub limits: Limits,
    pub today: Date,
    /// Whether the text has mistakes; they have been printed.
    pub status: Status,
}

/// Reads the manifest of a command that works things out, changes it, and says what is wrong with it.
pub fn change(args: &WhatIf) -> Result<Changed, Failed> {
    let Opened { name, bytes, tables, limits, today } = open(&args.one)?;
    let text = changed(&bytes, &args.set, &limits)?;
    let mut faults = engine::faults(&limits, today, &name, text.clone().into_bytes());
    // What is not there is asked for where a figure needs it.
    faults.findings.retain(|finding| finding.rule != "E005");
    let status = if faults.findings.is_empty() { Status::Clean } else { Status::Findings };
    if status == Status::Findings {
        output::complain_text(&text::render(&faults, text::Style::PLAIN));
    }
    if faults.exceeded() {
        return Err(Failed("a limit was exceeded; nothing was worked out".to_owned()));
    }
    Ok(Changed { name, text, tables, limits, today, status })
}

fn changed(bytes: &[u8], set: &[String], limits: &Limits) -> Result<String, Failed> {
    let refuse = |message: String| Failed(format!("--set: {message}"));
    let changes: Vec<Change> = set.iter().map(|text| Change::parse(text)).collect::<Result<_, _>>().map_err(refuse)?;
    let text = String::from_utf8_lossy(bytes).into_owned();
    if changes.is_empty() {
        return Ok(text);
    }
    apply(&text, &changes, limits).map_err(refuse)
}
