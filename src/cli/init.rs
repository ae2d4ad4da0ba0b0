//! `caveat init`.

use std::path::{Path, PathBuf};

use super::Status;
use super::args::{ConfigArgs, InitArgs, TemplateName};
use super::check::today;
use super::configured::{Configurations, absolute, relative};
use super::output::{self, Failed};
use crate::evidence::{self, Reading};
use crate::render::text;
use crate::scaffold::{self, Template};
use crate::source::{self, Input, PATTERNS};
use crate::syntax::Limits;

/// Prints or writes a manifest to begin with.
pub fn run(args: &InitArgs) -> Result<Status, Failed> {
    // Nothing is read in vain; what holds is what the write finds.
    if let Some(path) = args.output.as_ref().filter(|path| !args.force && path.symlink_metadata().is_ok()) {
        return Err(output::taken(path));
    }
    let text = match args.template {
        Some(template) => chosen(template).text(args.as_of.unwrap_or_else(today)),
        None => match drafted(args)? {
            Some(text) => text,
            None => return Ok(Status::Nothing),
        },
    };
    match &args.output {
        Some(path) if args.force => output::write(path, &text)?,
        Some(path) => output::create(path, &text)?,
        None => output::print(&text)?,
    }
    Ok(Status::Clean)
}

fn chosen(template: TemplateName) -> Template {
    match template {
        TemplateName::Rag => Template::Rag,
        TemplateName::FineTune => Template::FineTune,
        TemplateName::VendorApi => Template::VendorApi,
        TemplateName::Agent => Template::Agent,
    }
}

/// The limits of the configuration that will apply to the manifest.
fn limits(args: &InitArgs) -> Result<Limits, Failed> {
    let applying = ConfigArgs { choice: args.choice.clone(), max_file_size: args.max_file_size, ..ConfigArgs::default() };
    Configurations::plain(&applying).limits(args.output.as_deref().unwrap_or(Path::new(PATTERNS[0])))
}

/// The draft from files; none where no file shows anything, which has been said.
fn drafted(args: &InitArgs) -> Result<Option<String>, Failed> {
    let limits = limits(args)?;
    let from = if args.from.is_empty() { vec![PathBuf::from(".")] } else { args.from.clone() };
    // Names stand in the manifest as they are seen from it.
    let home = args
        .output
        .as_deref()
        .map(absolute)
        .and_then(|path| path.parent().map(Path::to_owned))
        .unwrap_or_else(|| absolute(Path::new(".")));
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = from.iter().cloned().partition(|path| path.is_dir());
    let found = source::evidence(&folders);
    if let Some((path, message)) = found.failures.first() {
        return Err(Failed(format!("{}: {}", text::mask(path), text::mask(message))));
    }
    let named = files.into_iter().map(|path| Input { name: source::shown(&path), path: Some(path), walked: false });
    let mut readings: Vec<Reading> = Vec::new();
    for input in found.inputs.into_iter().chain(named) {
        let bytes =
            source::read(&input, limits.bytes).map_err(|message| Failed(format!("{}: {message}", text::mask(&input.name))))?;
        let name = input.path.as_deref().map_or_else(|| input.name.clone(), |path| relative(&home, path));
        let reading = evidence::read(&name, bytes, &limits);
        say(&reading, !input.walked);
        // A large file that was come upon may be anything; it has been said.
        let ours = !input.walked || reading.is_recognised();
        if ours && reading.faults.iter().any(|fault| fault.code == "E012") {
            return Err(Failed(
                "a limit was exceeded; a manifest from a part of a file would look like one of all of it".to_owned(),
            ));
        }
        if !readings.iter().any(|other| other.name == reading.name) {
            readings.push(reading);
        }
    }
    if readings.iter().all(|reading| reading.kinds.is_empty()) {
        let looked: Vec<String> = from.iter().map(|path| text::mask(&source::shown(path))).collect();
        let templates: Vec<&str> = Template::ALL.iter().map(|template| template.as_str()).collect();
        output::complain(&format!(
            "nothing in {} shows how a model is deployed; `caveat init --template {}` begins without files",
            looked.join(", "),
            templates.join("|")
        ));
        return Ok(None);
    }
    readings.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(scaffold::draft(&readings, args.as_of.unwrap_or_else(today))))
}

/// Says what could not be read of a file.
fn say(reading: &Reading, named: bool) {
    let name = text::mask(&reading.name);
    let line = |start: u32| reading.lines.position(&reading.text, start as usize).line;
    for refusal in &reading.refusals {
        output::complain(&format!("{name}:{}: not read: {}", line(refusal.span.start), text::mask(&refusal.reason)));
    }
    for fault in &reading.faults {
        let at = fault.labels.first().map_or(1, |(span, _)| line(span.start));
        output::complain(&format!("{name}:{at}: {}", text::mask(&fault.message)));
    }
    if named && !reading.is_recognised() && reading.faults.is_empty() {
        output::complain(&format!("{name}: nothing is known of this kind of file"));
    }
}
