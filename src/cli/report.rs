//! `caveat report`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rayon::prelude::*;

use super::args::{BaselineFile, ReportCommandArgs, ReportForm};
use super::configured::{Asked, here};
use super::exhibits::Places;
use super::output::{self, Failed};
use super::run::{self, Prepared};
use super::{Status, remake, select};
use crate::audit::record::{Input, InputRole};
use crate::audit::system::{Source, systems};
use crate::audit::{Audit, Record, RulePage, System};
use crate::digest::sha256;
use crate::engine::{self, Beside, rule_info};
use crate::render::intoto::{self, Artefact};
use crate::render::{audit as render, text};
use crate::report::{FileRole, Report, RuleInfo};
use crate::rule::builtin;
use crate::source::{self, shown};

/// Writes the document, or makes one again and compares.
pub fn run(args: &ReportCommandArgs) -> Result<Status, Failed> {
    if let Some(path) = &args.check {
        return remake::run(path);
    }
    let outputs = outputs(args)?;
    let Some(audit) = audit(args)? else { return Ok(Status::Nothing) };
    for failure in &audit.report.failures {
        output::complain(&format!("{}: {}", text::mask(&failure.path), text::mask(&failure.message)));
    }
    write(&audit, &outputs)?;
    // The document says what is missing from it; a pipeline has to hear it as well.
    let whole = audit.report.failures.is_empty() && !audit.report.exceeded();
    Ok(if whole { Status::Clean } else { Status::Failed })
}

/// Makes the audit. None where there is nothing to check; the reason has been printed.
pub fn audit(args: &ReportCommandArgs) -> Result<Option<Audit>, Failed> {
    let Some(mut prepared) = run::prepare_asking(Asked::All, &args.scope, &args.thresholds, None)? else { return Ok(None) };
    let readings = places(args).attach(&prepared.plans, &mut prepared.jobs, &mut prepared.failures);
    let beside = Beside { configurations: &prepared.configurations, evidence: &readings };
    let mut report = engine::check(&prepared.plans, beside, &prepared.jobs, prepared.failures.clone());
    let baseline = BaselineFile { no_baseline: args.baseline.no_baseline || args.scope.no_suppressions, ..args.baseline.clone() };
    report.as_of = prepared.day;
    run::apply_baselines(&prepared, &baseline, &mut report)?;
    let systems = all_systems(&prepared, &report);
    let inputs = inputs(&prepared, &report, &baseline)?;
    let record = Record::new(prepared.day.to_string(), arguments(args, prepared.day), inputs);
    let (known, pages) = rules(&prepared)?;
    Ok(Some(Audit::new(args.title.clone(), record, report, systems, &known, &pages)))
}

/// Where evidence is looked for: where it is said to be, else in the folders that are searched for manifests and those of
/// manifests that are named.
fn places(args: &ReportCommandArgs) -> Places {
    if !args.evidence.is_empty() {
        let (folders, files) = args.evidence.iter().cloned().partition(|path| path.is_dir());
        return Places { files, folders };
    }
    let folder = |path: &PathBuf| match path.parent() {
        _ if path.is_dir() => path.clone(),
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_owned(),
        None => path.clone(),
    };
    let named = args.scope.paths.iter().filter(|path| path.as_os_str() != "-");
    Places { files: Vec::new(), folders: named.map(folder).collect() }
}

fn all_systems(prepared: &Prepared, report: &Report) -> Vec<System> {
    let manifests: Vec<_> = report.manifests().collect();
    let of = |(index, file): &(usize, &crate::report::File)| {
        let Some(job) = prepared.jobs.iter().find(|job| job.input.name == file.name) else { return Vec::new() };
        systems(&prepared.plans[job.plan], Source { file: *index, name: &file.name, text: &file.text })
    };
    manifests.par_iter().map(of).collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Every rule that there is, with what its page says.
fn rules(prepared: &Prepared) -> Result<(Vec<RuleInfo>, BTreeMap<String, RulePage>), Failed> {
    // Their patterns were held to the limit when they were loaded.
    let paged = select::paged(&prepared.rule_files, usize::MAX)?;
    let mut known: Vec<RuleInfo> = paged.iter().map(|(rule, _)| rule_info(rule)).collect();
    let mut pages: BTreeMap<String, RulePage> = BTreeMap::new();
    for (rule, page) in &paged {
        let logic = page.logic.iter().map(|(key, text)| (key.to_string(), text.to_string())).collect();
        let page = RulePage { why: page.why.to_string(), wrong_when: page.wrong_when.to_string(), logic };
        pages.insert(rule.code.to_string(), page);
    }
    for code in builtin::codes() {
        known.push(engine::code_info(&code));
        let page = RulePage { why: code.page.why.to_string(), wrong_when: code.page.wrong_when.to_string(), logic: Vec::new() };
        pages.insert(code.code.to_string(), page);
    }
    Ok((known, pages))
}

/// Everything that was read, with its digest.
fn inputs(prepared: &Prepared, report: &Report, baseline: &BaselineFile) -> Result<Vec<Input>, Failed> {
    let input = |role, name: &str, digest: &str| Input { role, name: name.to_owned(), sha256: digest.to_owned() };
    let manifests = report.files.iter().filter(|file| file.role == FileRole::Manifest);
    let mut inputs: Vec<Input> = manifests.map(|file| input(InputRole::Manifest, &file.name, &file.digest)).collect();
    let evidence = report.evidence.iter().flat_map(|evidence| &evidence.files);
    inputs.extend(evidence.map(|file| input(InputRole::Evidence, &file.name, &file.digest)));
    let configurations = prepared.configurations.iter();
    inputs.extend(configurations.map(|file| input(InputRole::Configuration, &file.name, &file.digest)));
    let baselines: Vec<PathBuf> = prepared.baselines(report, baseline).into_iter().map(|(path, _)| path).collect();
    for (role, paths) in [
        (InputRole::Rule, select::files(&prepared.rule_files)?),
        (InputRole::Table, prepared.table_files.clone()),
        (InputRole::Baseline, baselines),
    ] {
        for path in paths {
            let name = shown(&here(&path));
            let bytes = fs::read(&path).map_err(|error| Failed(format!("{name}: {}", source::reason(&error))))?;
            inputs.push(input(role, &name, &sha256(&bytes)));
        }
    }
    Ok(inputs)
}

/// The arguments with which the report is made again; the day is always among them.
fn arguments(args: &ReportCommandArgs, today: Date) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut add = |name: &str, value: String| all.push(format!("--{name}={value}"));
    let path = |path: &Path| shown(path);
    let config = &args.scope.config;
    args.evidence.iter().for_each(|file| add("evidence", path(file)));
    args.title.iter().for_each(|title| add("title", title.clone()));
    args.scope.stdin_filename.iter().for_each(|name| add("stdin-filename", name.clone()));
    config.choice.config.iter().for_each(|file| add("config", path(file)));
    config.rules.select.iter().for_each(|selector| add("select", selector.clone()));
    config.rules.ignore.iter().for_each(|selector| add("ignore", selector.clone()));
    config.rules.rules.iter().for_each(|file| add("rules", path(file)));
    config.tables.iter().for_each(|file| add("tables", path(file)));
    config.max_file_size.iter().for_each(|bytes| add("max-file-size", bytes.to_string()));
    args.baseline.baseline.iter().for_each(|file| add("baseline", path(file)));
    let fail_on = args.thresholds.fail_on.map(|threshold| threshold.0.map_or("never", crate::finding::Severity::as_str));
    if let Some(least) = fail_on {
        add("fail-on", least.to_owned());
    }
    add("as-of", today.to_string());
    for (name, on) in [
        ("no-config", config.choice.no_config),
        ("require-evidence", config.require_evidence),
        ("no-suppressions", args.scope.no_suppressions),
        ("no-baseline", args.baseline.no_baseline),
        ("strict", args.thresholds.strict),
    ] {
        all.extend(on.then(|| format!("--{name}")));
    }
    all.push("--".to_owned());
    all.extend(args.scope.paths.iter().map(|file| path(file)));
    all
}

/// What goes where; `None` is standard output, where a report goes that is sent nowhere else.
fn outputs(args: &ReportCommandArgs) -> Result<Vec<(ReportForm, Option<PathBuf>)>, Failed> {
    let files = output::targets(&args.output, args.format)?.files;
    let here = files.is_empty().then_some((args.format, None));
    Ok(here.into_iter().chain(files.into_iter().map(|(form, path)| (form, Some(path)))).collect())
}

/// Writes the documents first: a statement is about them.
fn write(audit: &Audit, outputs: &[(ReportForm, Option<PathBuf>)]) -> Result<(), Failed> {
    let mut artefacts: Vec<Artefact> = Vec::new();
    for (form, path) in outputs.iter().filter(|(form, _)| *form != ReportForm::Intoto) {
        let text = document(audit, *form);
        if let Some(path) = path {
            artefacts.push(Artefact { name: shown(path), sha256: sha256(text.as_bytes()) });
        }
        put(path.as_deref(), &text)?;
    }
    let stated = outputs.iter().any(|(form, _)| *form == ReportForm::Intoto);
    if artefacts.is_empty() && stated {
        artefacts.push(Artefact { name: "report.html".to_owned(), sha256: sha256(document(audit, ReportForm::Html).as_bytes()) });
    }
    for (_, path) in outputs.iter().filter(|(form, _)| *form == ReportForm::Intoto) {
        put(path.as_deref(), &intoto::statement(audit, &artefacts))?;
    }
    Ok(())
}

fn document(audit: &Audit, form: ReportForm) -> String {
    match form {
        ReportForm::Markdown => render::markdown(audit),
        ReportForm::Html | ReportForm::Intoto => render::html(audit),
    }
}

fn put(path: Option<&Path>, text: &str) -> Result<(), Failed> {
    match path {
        Some(path) => output::write(path, text),
        None => output::print(text),
    }
}
