//! `caveat report --check`: a report is made again from what it says of itself, and compared.

use std::path::Path;

use clap::Parser;

use super::Status;
use super::args::ReportCommandArgs;
use super::output::{self, Failed};
use super::report;
use crate::audit::record::InputRole;
use crate::audit::{Audit, Record};
use crate::digest::sha256;
use crate::render::audit::Form;
use crate::render::intoto::{self, Stated};
use crate::render::{audit as render, text};
use crate::source::{self, shown};

/// The arguments of a record, without a word in front.
#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Recorded {
    #[command(flatten)]
    args: ReportCommandArgs,
}

/// What is to be made again.
enum Then {
    Document(Form),
    Statement(Box<Stated>),
}

/// Bytes of a report that is read back.
const MOST: usize = 256 << 20;

/// Makes a report again and says whether it is the same.
pub fn run(path: &Path) -> Result<Status, Failed> {
    let name = text::mask(&shown(path));
    let bytes = source::read_file(path, MOST).map_err(|error| Failed(format!("{name}: {}", source::reason(&error))))?;
    let (then, record) = std::str::from_utf8(&bytes).ok().and_then(read).ok_or_else(|| {
        Failed(format!("{name}: this is no report of caveat, or what it says of itself was taken out; nothing was compared"))
    })?;
    let recorded = Recorded::try_parse_from(&record.arguments).map_err(|error| {
        Failed(format!("{name}: what it says of itself cannot be followed\n{}", text::mask_lines(&error.to_string())))
    })?;
    let args = ReportCommandArgs { output: Vec::new(), check: None, ..recorded.args };
    let Some(audit) = report::audit(&args)? else { return Ok(Status::Nothing) };
    let mut differences = match then {
        Then::Document(form) => document(&audit, form, &bytes),
        Then::Statement(stated) => statement(&audit, &stated),
    };
    if differences.is_empty() {
        output::print(&format!("{name}: the same inputs give the same report, as of {}\n", text::mask(&record.as_of)))?;
        return Ok(Status::Clean);
    }
    // Where the inputs are others, that is why; what follows from it says nothing.
    let inputs = record.differences(&audit.record);
    if !inputs.is_empty() {
        differences = inputs;
    }
    let lines: Vec<String> = differences.iter().map(|line| format!("  {}\n", text::mask(line))).collect();
    output::print(&format!("{name}: not the report that is made now\n{}", lines.concat()))?;
    Ok(Status::Findings)
}

fn read(text: &str) -> Option<(Then, Record)> {
    if let Some(stated) = intoto::read(text) {
        let record = stated.record.clone();
        return Some((Then::Statement(Box::new(stated)), record));
    }
    render::record(text).map(|(form, record)| (Then::Document(form), record))
}

fn made(audit: &Audit, form: Form) -> String {
    match form {
        Form::Html => render::html(audit),
        Form::Markdown => render::markdown(audit),
    }
}

/// Where a document differs from the one that is made now.
fn document(audit: &Audit, form: Form, bytes: &[u8]) -> Vec<String> {
    let now = made(audit, form);
    if now.as_bytes() == bytes {
        return Vec::new();
    }
    let old = String::from_utf8_lossy(bytes);
    let differs = old.lines().zip(now.lines()).position(|(old, new)| old != new);
    let line = differs.unwrap_or_else(|| old.lines().count().min(now.lines().count())) + 1;
    vec![format!(
        "the inputs are the same, so the report itself was changed after it was written; line {line} is the first that differs"
    )]
}

/// What a statement is about that is not made, or read, now; else whether it says something else.
fn statement(audit: &Audit, stated: &Stated) -> Vec<String> {
    let documents = [Form::Html, Form::Markdown].map(|form| sha256(made(audit, form).as_bytes()));
    let manifests = audit.record.inputs.iter().filter(|input| input.role == InputRole::Manifest);
    let known: Vec<String> = documents.into_iter().chain(manifests.map(|input| input.sha256.clone())).collect();
    let other = stated.subjects.iter().filter(|subject| !known.contains(&subject.sha256));
    let mut found: Vec<String> =
        other.map(|subject| format!("{}: the statement has another digest of it", subject.name)).collect();
    if found.is_empty() && !stated.is_made_of(audit) {
        found.push("the statement itself was changed after it was written".to_owned());
    }
    found
}
