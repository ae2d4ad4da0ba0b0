//! The pipeline on one screen: bytes → tree → manifest → facts → rules → findings → report.

use std::collections::HashMap;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::expr::eval::{Env, Patterns};
use crate::facts;
use crate::facts::flow::Picture;
use crate::facts::show::json as show_facts;
use crate::finding::{Fault, Finding, Label, Role, Severity, Verdict, fingerprint};
use crate::knowledge::tables::Tables;
use crate::manifest::value::View;
use crate::manifest::{Scope, read};
use crate::report::{Document, Failure, File, FileRole, Report, RuleInfo, RuleOutcome};
use crate::rule::model::EngineCode;
use crate::rule::run::{Site, run};
use crate::rule::{Rule, builtin};
use crate::source::{self, Input};
use crate::span::{LineIndex, Span};
use crate::syntax::{Limits, load};

/// Files above which they are checked in parallel: starting threads costs more than a few files.
const PARALLEL: usize = 8;

/// What a run does.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The rules to run, sorted by code.
    pub rules: Vec<Rule<'p>>,
    /// The day that governs every expiry.
    pub today: Date,
    pub limits: Limits,
    /// What is known of models, accelerators and prices.
    pub tables: Tables,
    /// Whether a control without `evidence` is one that nobody has declared.
    pub require_evidence: bool,
}

/// One file, checked.
struct Checked {
    file: File,
    findings: Vec<Finding>,
    outcomes: Vec<RuleOutcome>,
}

/// Checks every input. The same inputs give the same report, whatever the number of threads.
pub fn check(plan: &Plan<'_>, inputs: &[Input], failures: Vec<Failure>) -> Report {
    let codes = builtin::codes();
    let one = |(at, input): (usize, &Input)| match source::read(input, plan.limits.bytes) {
        Ok(bytes) => Ok(check_bytes(plan, &codes, at, &input.name, bytes)),
        Err(message) => Err(Failure { path: input.name.clone(), message }),
    };
    let checked: Vec<Result<Checked, Failure>> = if inputs.len() > PARALLEL {
        inputs.par_iter().enumerate().map(one).collect()
    } else {
        inputs.iter().enumerate().map(one).collect()
    };
    assemble(plan, &codes, checked, failures)
}

/// Checks one text under a name, as `check` does its files.
pub fn check_text(plan: &Plan<'_>, name: &str, bytes: Vec<u8>) -> Report {
    let codes = builtin::codes();
    let checked = check_bytes(plan, &codes, 0, name, bytes);
    assemble(plan, &codes, vec![Ok(checked)], Vec::new())
}

/// What was derived from one document.
#[derive(Debug)]
pub struct Derived {
    /// Every relation, as data.
    pub facts: serde_json::Value,
    pub picture: Picture,
    /// The ids of the manifest.
    pub ids: Vec<String>,
}

/// Derives the facts of every document of a text, and reports its mistakes. A text that is not YAML has
/// no facts; a mistaken field is one that is not declared.
pub fn facts(limits: &Limits, tables: &Tables, today: Date, name: &str, bytes: Vec<u8>) -> (Vec<Derived>, Report) {
    let loaded = load(bytes, limits);
    let tree = &loaded.tree;
    let mut derived = Vec::new();
    for root in tree.documents().iter().filter(|_| loaded.faults.is_empty()) {
        let read = read(tree, *root, Scope::Whole, limits);
        let view = View { tree, root: read.root, ids: &read.ids, require_evidence: false };
        let mut ids: Vec<String> = read.ids.0.keys().cloned().collect();
        ids.sort_unstable();
        let value = facts::derive(&view, tables, today);
        derived.push(Derived { facts: show_facts(&view, &value), picture: facts::flow::picture(&view, today), ids });
    }
    (derived, faults(limits, today, name, tree.source().as_bytes().to_vec()))
}

/// What is wrong with the text of a manifest itself, whatever it describes.
pub fn faults(limits: &Limits, today: Date, name: &str, bytes: Vec<u8>) -> Report {
    let plan = Plan { rules: Vec::new(), today, limits: *limits, tables: Tables::builtin(), require_evidence: false };
    check_text(&plan, name, bytes)
}

fn assemble(plan: &Plan<'_>, codes: &[EngineCode<'_>], checked: Vec<Result<Checked, Failure>>, failures: Vec<Failure>) -> Report {
    let mut report = Report {
        as_of: plan.today,
        files: Vec::new(),
        findings: Vec::new(),
        outcomes: Vec::new(),
        rules: Vec::new(),
        failures,
        stale: Vec::new(),
    };
    for outcome in checked {
        match outcome {
            Ok(mut checked) => {
                // Files that could not be read leave no gap in the numbering.
                let index = report.files.len();
                for label in checked.findings.iter_mut().flat_map(|finding| &mut finding.labels) {
                    label.file = index;
                }
                checked.outcomes.iter_mut().for_each(|outcome| outcome.file = index);
                report.files.push(checked.file);
                report.findings.append(&mut checked.findings);
                report.outcomes.append(&mut checked.outcomes);
            }
            Err(failure) => report.failures.push(failure),
        }
    }
    report.failures.sort();
    report.failures.dedup();
    report.findings.sort_by(|a, b| a.order().cmp(&b.order()));
    report.outcomes.sort();
    report.rules = codes.iter().map(code_info).chain(plan.rules.iter().map(rule_info)).collect();
    report
}

/// The metadata of a rule without its page, which a check does not read.
pub fn rule_info(rule: &Rule<'_>) -> RuleInfo {
    RuleInfo {
        code: rule.code.to_string(),
        name: rule.name.to_string(),
        family: rule.family.to_string(),
        severity: rule.severity,
        summary: rule.summary.to_string(),
        help: rule.help.to_string(),
        page: String::new(),
        references: rule
            .references
            .iter()
            .map(|(key, list)| (key.to_string(), list.iter().map(ToString::to_string).collect()))
            .collect(),
    }
}

fn code_info(code: &EngineCode<'_>) -> RuleInfo {
    RuleInfo {
        code: code.code.to_string(),
        name: code.name.to_string(),
        family: "manifest".to_owned(),
        severity: code.severity,
        summary: code.summary.to_string(),
        help: code.help.to_string(),
        page: String::new(),
        references: Vec::new(),
    }
}

fn check_bytes(plan: &Plan<'_>, codes: &[EngineCode<'_>], index: usize, name: &str, bytes: Vec<u8>) -> Checked {
    let loaded = load(bytes, &plan.limits);
    let tree = &loaded.tree;
    let mut checked = Checked {
        file: File {
            role: FileRole::Manifest,
            name: name.to_owned(),
            text: tree.source().to_owned(),
            lines: LineIndex::new(tree.source()),
            documents: Vec::new(),
        },
        findings: Vec::new(),
        outcomes: Vec::new(),
    };
    let site = Site { file: index, document: 0, key: name };
    checked.findings.extend(loaded.faults.into_iter().map(|fault| error(fault, codes, site)));
    if tree.documents().is_empty() && checked.findings.is_empty() {
        let fault = Fault::new("E005", "the file holds no manifest")
            .label(Span::default(), "nothing is stated here")
            .help("begin with `system:`, or see `caveat schema`");
        checked.findings.push(error(fault, codes, site));
    }
    for (document, root) in tree.documents().iter().enumerate() {
        let read = read(tree, *root, Scope::Whole, &plan.limits);
        let view = View { tree, root: read.root, ids: &read.ids, require_evidence: plan.require_evidence };
        let system =
            view.tree.get(read.root, "system").and_then(|system| view.tree.get(system, "id")).and_then(|id| tree.text(id.node));
        checked.file.documents.push(Document { system: system.map(str::to_owned) });
        let site = Site { file: index, document, key: system.unwrap_or(name) };
        let limit = read.faults.iter().any(Fault::is_limit);
        checked.findings.extend(read.faults.into_iter().map(|fault| error(fault, codes, site)));
        // Rules over a manifest that was not read to its end would judge a part of it.
        if !limit {
            judge(plan, codes, view, site, &mut checked);
            relate(&plan.rules, &mut checked.findings);
        }
    }
    checked
}

/// Shows what follows from a root cause beneath it, and leaves out what it makes superfluous.
fn relate(rules: &[Rule<'_>], findings: &mut Vec<Finding>) {
    let known: HashMap<&str, &Rule<'_>> = rules.iter().map(|rule| (rule.code.as_ref(), rule)).collect();
    let mut superfluous = Vec::new();
    let mut attached = Vec::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.verdict == Verdict::Violation) {
        let Some(rule) = known.get(finding.rule.as_str()) else { continue };
        let root = |codes: &[std::borrow::Cow<'_, str>]| {
            let candidates = findings.iter().filter(|other| {
                other.verdict == Verdict::Violation
                    && codes.iter().any(|code| *code == other.rule)
                    && !finding.about.is_empty()
                    && finding.about.iter().all(|id| other.about.contains(id))
            });
            candidates.min_by(|a, b| a.order().cmp(&b.order())).map(|other| other.fingerprint.clone())
        };
        if root(&rule.yields_to).is_some() {
            superfluous.push(at);
        } else if let Some(root) = root(&rule.attaches_to) {
            attached.push((at, root));
        }
    }
    for (at, root) in attached {
        findings[at].attached_to = Some(root);
    }
    let mut at = 0;
    findings.retain(|_| {
        at += 1;
        !superfluous.contains(&(at - 1))
    });
}

fn judge(plan: &Plan<'_>, codes: &[EngineCode<'_>], view: View<'_>, site: Site<'_>, checked: &mut Checked) {
    let facts = facts::derive(&view, &plan.tables, plan.today);
    let patterns = Patterns::default();
    let env = Env { view, facts: &facts, today: plan.today, patterns: &patterns };
    for rule in &plan.rules {
        let ran = run(rule, env, site);
        if ran.exhausted {
            let fault = Fault::new("E012", format!("the rule {} takes too many steps on this manifest", rule.code))
                .label(view.span(view.root), "this manifest")
                .help("split the manifest, or simplify the rule")
                .limit();
            checked.findings.push(error(fault, codes, site));
            continue;
        }
        checked.findings.extend(ran.findings);
        let outcomes = ran.outcomes.into_iter().map(|(subject, outcome)| RuleOutcome {
            file: site.file,
            document: site.document,
            rule: rule.code.to_string(),
            subject,
            outcome,
        });
        checked.outcomes.extend(outcomes);
    }
}

/// A fault of the manifest as a finding.
fn error(fault: Fault, codes: &[EngineCode<'_>], site: Site<'_>) -> Finding {
    let code = codes.iter().find(|code| code.code == fault.code);
    let labels = fault.labels.iter().enumerate().map(|(at, (span, text))| Label {
        file: site.file,
        span: *span,
        role: if at == 0 { Role::Primary } else { Role::Evidence },
        path: if at == 0 { fault.path.clone() } else { String::new() },
        text: text.clone(),
    });
    let document = site.document.to_string();
    Finding {
        rule: fault.code.to_owned(),
        name: code.map_or("error", |code| &code.name).to_owned(),
        family: "manifest".to_owned(),
        verdict: Verdict::Error,
        severity: code.map_or(Severity::High, |code| code.severity),
        labels: labels.collect(),
        fingerprint: fingerprint([site.key, &document, fault.code, &fault.message]),
        help: fault.help.or_else(|| code.map(|code| code.help.to_string())).unwrap_or_default(),
        message: fault.message,
        missing: Vec::new(),
        references: Vec::new(),
        document: site.document,
        subject: fault.path,
        about: Vec::new(),
        attached_to: None,
        suppressed: None,
        baseline: None,
        fix: fault.fix,
    }
}
