//! Loading rule files, and choosing among rules.

use std::path::{Path, PathBuf};

use super::args::{Selection, When};
use super::output::{self, Failed};
pub use crate::policy::select::matches;
use crate::policy::select::{is_known, unknown};
use crate::render::text;
use crate::rule::builtin;
use crate::rule::check::check;
use crate::rule::file::{Compiled, compile};
use crate::rule::{Page, Rule};
use crate::source::{self, shown};
use crate::spelling;
use crate::syntax::{Limits, load};

/// A rule and its page.
pub type Paged = (Rule<'static>, Page<'static>);

/// The built-in rules and those in these files, without pages, sorted by code. `pattern` is the most bytes that one regular
/// expression of theirs may need.
pub fn available(paths: &[PathBuf], pattern: usize) -> Result<Vec<Rule<'static>>, Failed> {
    let mut rules = builtin::rules();
    let own = read_all(paths, pattern)?;
    for (rule, _) in own {
        if let Some(taken) = rules.iter().find(|other| other.code == rule.code || other.name == rule.name) {
            return Err(Failed(format!("the rule {} {} is there already: {} {}", rule.code, rule.name, taken.code, taken.name)));
        }
        rules.push(rule);
    }
    rules.sort_by(|a, b| a.code.cmp(&b.code));
    related(&rules)?;
    Ok(rules)
}

/// Those of the rules that a command line selects.
pub fn rules(selection: &Selection, pattern: usize) -> Result<Vec<Rule<'static>>, Failed> {
    let rules = available(&selection.rules, pattern)?;
    known(&rules, selection)?;
    let any = |rule: &Rule<'_>, selectors: &[String]| selectors.iter().any(|selector| matches(rule, selector));
    let keep = |rule: &Rule<'_>| (selection.select.is_empty() || any(rule, &selection.select)) && !any(rule, &selection.ignore);
    Ok(rules.into_iter().filter(keep).collect())
}

/// Refuses a selector that names nothing.
pub fn known(rules: &[Rule<'_>], selection: &Selection) -> Result<(), Failed> {
    match selection.select.iter().chain(&selection.ignore).find(|selector| !is_known(rules, selector)) {
        Some(selector) => Err(Failed(unknown(rules, selector))),
        None => Ok(()),
    }
}

/// The same with their pages.
pub fn paged(paths: &[PathBuf], pattern: usize) -> Result<Vec<Paged>, Failed> {
    let mut rules: Vec<Paged> = builtin::rules().into_iter().zip(builtin::pages()).collect();
    rules.extend(read_all(paths, pattern)?);
    rules.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    Ok(rules)
}

/// Refuses a rule that relates its findings to those of a rule that is not there.
fn related(rules: &[Rule<'_>]) -> Result<(), Failed> {
    for rule in rules {
        for code in rule.attaches_to.iter().chain(&rule.yields_to) {
            if rules.iter().any(|other| other.code == *code) {
                continue;
            }
            let near = spelling::nearest(code, rules.iter().map(|rule| rule.code.as_ref()));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(Failed(format!("{} {}: there is no rule `{code}`{hint}", rule.code, rule.name)));
        }
    }
    Ok(())
}

/// Reads rule files; the mistakes of all of them are printed before the run is given up.
pub fn read_all(paths: &[PathBuf], pattern: usize) -> Result<Vec<Paged>, Failed> {
    let mut rules = Vec::new();
    let mut broken = 0;
    for path in files(paths)? {
        match read(&path, pattern) {
            Ok(compiled) => rules.push((compiled.rule, compiled.page)),
            Err(Broken::Unreadable(message)) => return Err(Failed(message)),
            Err(Broken::Faults(shown)) => {
                broken += 1;
                output::complain_text(&shown);
            }
        }
    }
    match broken {
        0 => Ok(rules),
        1 => Err(Failed("a rule file is broken; nothing was checked".to_owned())),
        _ => Err(Failed(format!("{broken} rule files are broken; nothing was checked"))),
    }
}

/// Why a rule file gives no rule.
#[derive(Debug)]
pub enum Broken {
    Unreadable(String),
    /// Its mistakes, as they are shown.
    Faults(String),
}

/// Reads and checks one rule file.
pub fn read(path: &Path, pattern: usize) -> Result<Compiled, Broken> {
    let bytes = source::read_file(path, Limits::default().bytes)
        .map_err(|error| Broken::Unreadable(format!("cannot read {}: {}", path.display(), source::reason(&error))))?;
    let loaded = load(bytes, &Limits::default());
    let outcome = match (loaded.faults.is_empty(), loaded.tree.documents()) {
        (true, [document]) => compile(&loaded.tree, *document).and_then(|compiled| {
            let faults = check(&compiled, &loaded.tree, pattern);
            if faults.is_empty() { Ok(compiled) } else { Err(faults) }
        }),
        (true, documents) => {
            return Err(Broken::Unreadable(format!(
                "{}: a rule file holds one document, this one holds {}",
                path.display(),
                documents.len()
            )));
        }
        (false, _) => Err(loaded.faults),
    };
    outcome.map_err(|faults| {
        let style = output::error_style(When::Auto);
        Broken::Faults(faults.iter().map(|fault| text::fault(&shown(path), loaded.tree.source(), fault, style)).collect())
    })
}

/// The rule files under these paths, sorted.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failed> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        for entry in ignore::WalkBuilder::new(path).build() {
            let entry = entry.map_err(|error| Failed(error.to_string()))?;
            let yaml = entry.path().extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
            if yaml && entry.file_type().is_some_and(|kind| kind.is_file()) {
                files.push(entry.into_path());
            }
        }
    }
    files.sort();
    Ok(files)
}
