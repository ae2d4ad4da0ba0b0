//! Runs what a rule's page promises: its failing, passing and undecided examples.

use std::borrow::Cow;

use jiff::civil::Date;

use super::model::{Example, Expects, Page, Rule};
use super::run::{Run, Site, run};
use crate::evidence::{self, Reading};
use crate::expr::eval::Env;
use crate::expr::join::Joins;
use crate::expr::patterns::Patterns;
use crate::facts;
use crate::facts::Wanted;
use crate::facts::drift::Exhibit;
use crate::finding::Verdict;
use crate::knowledge::tables::Tables;
use crate::manifest::value::View;
use crate::manifest::{Scope, read};
use crate::report::Outcome;
use crate::syntax::{Limits, load};

/// The day examples are checked on unless they say otherwise.
pub const TODAY: Date = jiff::civil::date(2026, 11, 23);

/// What is wrong with the examples of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Index of the example; `None` where one is missing altogether.
    pub example: Option<usize>,
    /// Where the example begins in the rule file.
    pub offset: u32,
    pub message: String,
}

/// Runs all examples of a rule. None broken means that the page tells the truth.
pub fn test(rule: &Rule<'static>, page: &Page<'static>) -> Vec<Broken> {
    let mut broken = Vec::new();
    // What a rule that only advises has to show is its advice, and one that only asks its question.
    let found = match (&rule.when, &rule.info_when) {
        (Some(_), _) => Expects::Fails,
        (None, Some(_)) => Expects::Info,
        (None, None) => Expects::Unknown,
    };
    for expects in [found, Expects::Passes] {
        if !page.examples.iter().any(|example| example.expects == expects) {
            broken.push(Broken {
                example: None,
                offset: 0,
                message: format!("the rule shows no example that {}", expects.key()),
            });
        }
    }
    let mut undecidable = false;
    for (at, example) in page.examples.iter().enumerate() {
        let outcome = check(rule, example);
        if let Err(message) = &outcome {
            broken.push(Broken { example: Some(at), offset: example.offset, message: message.clone() });
        }
        undecidable |= example.expects == Expects::Fails && can_be_undecided(rule, example);
    }
    let shows = page.examples.iter().any(|example| example.expects == Expects::Unknown);
    if undecidable && !shows {
        broken.push(Broken {
            example: None,
            offset: 0,
            message: "the rule can come out unknown, and shows no such example".to_owned(),
        });
    }
    broken
}

/// Asks a rule of an example.
pub fn ask(rule: &Rule<'static>, manifest: &str, today: Date, evidence: &[(Cow<'_, str>, Cow<'_, str>)]) -> Result<Run, String> {
    let limits = Limits::default();
    let loaded = load(manifest.as_bytes().to_vec(), &limits);
    if let Some(fault) = loaded.faults.first() {
        return Err(format!("the example is not valid: {}", fault.message));
    }
    let document = *loaded.tree.documents().first().ok_or("the example is empty")?;
    let read = read(&loaded.tree, document, Scope::Fragment, &limits);
    if let Some(fault) = read.faults.first() {
        return Err(format!("the example does not fit the vocabulary: {} at `{}`", fault.message, fault.path));
    }
    let view = View { tree: &loaded.tree, root: read.root, ids: &read.ids, require_evidence: false };
    let readings: Vec<Reading> =
        evidence.iter().map(|(name, text)| evidence::read(name, text.as_bytes().to_vec(), &limits)).collect();
    let exhibits: Vec<Exhibit<'_>> =
        readings.iter().enumerate().map(|(file, reading)| Exhibit { file, reading, path: &reading.name, others: &[] }).collect();
    if let Some(reading) = readings.iter().find(|reading| !reading.is_recognised()) {
        return Err(format!("`{}` in `evidence` is no file that caveat knows", reading.name));
    }
    let facts = facts::derive(&view, &Tables::builtin(), today, &exhibits, &Wanted::all());
    let (patterns, joins) = (Patterns::default(), Joins::default());
    let env = Env { view, facts: &facts, today, patterns: &patterns, joins: &joins };
    Ok(run(rule, env, Site { file: 0, configuration: 1, evidence: 1, document: 0, key: "example", drafts: true }))
}

fn today(example: &Example<'static>) -> Date {
    example.as_of.as_deref().and_then(|day| day.parse().ok()).unwrap_or(TODAY)
}

/// The rule with the options of an example.
fn configured(rule: &Rule<'static>, example: &Example<'static>) -> Result<Rule<'static>, String> {
    let mut rule = rule.clone();
    for (name, value) in &example.options {
        let names: Vec<String> = rule.options.iter().map(|option| option.name.to_string()).collect();
        let Some(option) = rule.options.iter_mut().find(|option| option.name == *name) else {
            return Err(format!("the rule has no option `{name}`; it has {}", names.join(", ")));
        };
        option.kind.read(value)?;
        option.value = value.clone();
    }
    Ok(rule)
}

fn check(rule: &Rule<'static>, example: &Example<'static>) -> Result<(), String> {
    let rule = &configured(rule, example)?;
    let run = ask(rule, &example.manifest, today(example), &example.evidence)?;
    let verdicts: Vec<Verdict> = run.findings.iter().map(|finding| finding.verdict).collect();
    let shown = || {
        let words: Vec<_> =
            run.findings.iter().map(|finding| format!("{}: {}", finding.verdict.as_str(), finding.message)).collect();
        if words.is_empty() { "nothing".to_owned() } else { words.join("; ") }
    };
    let expect =
        |holds: bool| if holds { Ok(()) } else { Err(format!("expected that it {}, got {}", example.expects.key(), shown())) };
    match example.expects {
        Expects::Fails => {
            expect(verdicts.contains(&Verdict::Violation))?;
            match example.severity {
                Some(severity) if !run.findings.iter().any(|f| f.verdict == Verdict::Violation && f.severity == severity) => {
                    Err(format!("expected severity {severity}, got {}", run.findings[0].severity))
                }
                _ => Ok(()),
            }
        }
        Expects::Passes => expect(verdicts.is_empty()),
        Expects::Info => expect(verdicts.contains(&Verdict::Info) && !verdicts.contains(&Verdict::Violation)),
        Expects::Unknown => {
            expect(verdicts.contains(&Verdict::Unknown) && !verdicts.contains(&Verdict::Violation))?;
            let mut found: Vec<&str> =
                run.findings.iter().flat_map(|finding| finding.missing.iter().map(|fact| fact.path.as_str())).collect();
            let mut named: Vec<&str> = example.missing.iter().map(AsRef::as_ref).collect();
            found.sort_unstable();
            found.dedup();
            named.sort_unstable();
            if found == named { Ok(()) } else { Err(format!("missing is {found:?}, the example says {named:?}")) }
        }
    }
}

/// Whether some key of a failing example can be left out so that the rule is undecided.
fn can_be_undecided(rule: &Rule<'static>, example: &Example<'static>) -> bool {
    let loaded = load(example.manifest.as_bytes().to_vec(), &Limits::default());
    let Some(document) = loaded.tree.documents().first() else { return false };
    let mut maps = vec![*document];
    while let Some(node) = maps.pop() {
        maps.extend(loaded.tree.items(node));
        for entry in loaded.tree.entries(node) {
            maps.push(entry.value);
            let span = loaded.tree.node(entry.value).span;
            // Emptying a value says as little as leaving its key out, and never breaks the layout.
            let mut text = example.manifest.to_string();
            text.replace_range(span.range(), "~");
            if let Ok(run) = ask(rule, &text, today(example), &example.evidence)
                && run.outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Unknown)
            {
                return true;
            }
        }
    }
    false
}
