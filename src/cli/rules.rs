//! `caveat rules list|test|check|new|functions`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::Status;
use super::args::{ConfigArgs, ConfigChoice, PageFormat, RulesArgs, RulesCommand, Selection};
use super::configured::{Configurations, pattern_here};
use super::output::{self, Failed};
use super::select::{self, Broken, Paged};
use crate::expr::ast::Function;
use crate::render::figure::counted;
use crate::render::page::rule_json;
use crate::rule::{builtin, example};
use crate::span::LineIndex;

/// Runs a subcommand.
pub fn run(args: &RulesArgs) -> Result<Status, Failed> {
    match &args.command {
        RulesCommand::List { selection, choice, format } => list(selection, choice, *format),
        RulesCommand::Test { paths, select, choice } => test(paths, select, choice),
        RulesCommand::Check { paths, choice } => check(paths, choice),
        RulesCommand::New { code, name } => new(code, name),
        RulesCommand::Functions => functions(),
    }
}

fn list(selection: &Selection, choice: &ConfigChoice, format: PageFormat) -> Result<Status, Failed> {
    let pattern = pattern_here(choice, &selection.rules)?;
    let rules = select::rules(selection, pattern)?;
    if rules.is_empty() {
        output::complain("no rule is selected");
        return Ok(Status::Nothing);
    }
    let mut text = String::new();
    match format {
        PageFormat::Text => {
            for rule in &rules {
                let _ = writeln!(text, "{:<9} {:<9} {:<13} {}", rule.code, rule.severity.as_str(), rule.family, rule.name);
            }
        }
        PageFormat::Json => {
            let chosen = |paged: &&Paged| rules.iter().any(|rule| rule.code == paged.0.code);
            let pages: Vec<_> = select::paged(&selection.rules, pattern)?
                .iter()
                .filter(chosen)
                .map(|(rule, page)| rule_json(rule, page))
                .collect();
            text = format!("{:#}\n", serde_json::Value::from(pages));
        }
    }
    output::print(&text)?;
    Ok(Status::Clean)
}

fn test(paths: &[PathBuf], selectors: &[String], choice: &ConfigChoice) -> Result<Status, Failed> {
    let mut rules: Vec<(Paged, String)> = if paths.is_empty() {
        builtin::rules().into_iter().zip(builtin::pages()).map(|paged| (paged, String::new())).collect()
    } else {
        let mut rules = Vec::new();
        let applying = ConfigArgs { choice: choice.clone(), ..ConfigArgs::default() };
        let mut configurations = Configurations::plain(&applying);
        for path in select::files(paths)? {
            let paged = select::read_all(std::slice::from_ref(&path), configurations.limits(&path)?.pattern)?;
            rules.extend(paged.into_iter().map(|paged| (paged, path.display().to_string())));
        }
        rules
    };
    rules.retain(|((rule, _), _)| selectors.is_empty() || selectors.iter().any(|selector| select::matches(rule, selector)));
    if rules.is_empty() {
        output::complain("no rule is selected, so nothing was tested");
        return Ok(Status::Nothing);
    }
    let (mut text, mut examples, mut failed) = (String::new(), 0, 0);
    for ((rule, page), path) in &rules {
        examples += page.examples.len();
        for broken in example::test(rule, page) {
            failed += 1;
            let place = place(path, broken.offset).unwrap_or_else(|| rule.code.to_string());
            let which = broken.example.map(|at| format!(" example {}", at + 1)).unwrap_or_default();
            let _ = writeln!(text, "{place}: {}{which}: {}", rule.code, broken.message);
        }
    }
    let _ = writeln!(text, "{}, {}, {failed} failed", counted(rules.len(), "rule"), counted(examples, "example"));
    output::print(&text)?;
    Ok(if failed == 0 { Status::Clean } else { Status::Findings })
}

fn place(path: &str, offset: u32) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(format!("{path}:{}", LineIndex::new(&text).position(&text, offset as usize)))
}

fn check(paths: &[PathBuf], choice: &ConfigChoice) -> Result<Status, Failed> {
    let files = select::files(paths)?;
    if files.is_empty() {
        output::complain("no rule file is there, so nothing was checked");
        return Ok(Status::Nothing);
    }
    let applying = ConfigArgs { choice: choice.clone(), ..ConfigArgs::default() };
    let mut configurations = Configurations::plain(&applying);
    let mut broken = 0;
    for path in &files {
        match select::read(path, configurations.limits(path)?.pattern) {
            Ok(_) => {}
            Err(Broken::Unreadable(message)) => return Err(Failed(message)),
            Err(Broken::Faults(shown)) => {
                broken += 1;
                output::print(&shown)?;
            }
        }
    }
    output::print(&format!("{} rule files, {broken} broken\n", files.len()))?;
    Ok(if broken == 0 { Status::Clean } else { Status::Findings })
}

/// A rule to begin with. It is valid as it stands, so that every edit starts from something that works.
fn new(code: &str, name: &str) -> Result<Status, Failed> {
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    if letters.is_empty() || letters.len() == code.len() || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Failed(format!("`{code}` is not a rule code; write capital letters and a number, as in `ORG001`")));
    }
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err(Failed(format!("`{name}` is not a rule name; write lower-case words joined by hyphens")));
    }
    output::print(&include_str!("../../rules/template.txt").replace("ORG001", code).replace("rule-name", name))?;
    Ok(Status::Clean)
}

fn functions() -> Result<Status, Failed> {
    let mut text = String::new();
    for function in Function::ALL {
        let _ = writeln!(text, "{}", function.doc().trim());
    }
    output::print(&text)?;
    Ok(Status::Clean)
}
