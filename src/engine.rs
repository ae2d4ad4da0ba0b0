//! The pipeline on one screen: bytes → tree → manifest → facts → rules → findings → report.

mod derived;
mod errors;
mod relate;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

pub use self::derived::{Derived, facts, faults, manifests};
use self::errors::{beyond, error};
use crate::digest::sha256;
use crate::evidence::Reading;
use crate::evidence::backing;
use crate::expr::eval::Env;
use crate::expr::join::Joins;
use crate::expr::patterns::Patterns;
use crate::facts::drift::{self, Exhibit, Tally};
use crate::facts::{self, Wanted};
use crate::finding::{Fault, Finding, References, Verdict};
use crate::knowledge::tables::Tables;
use crate::manifest::leaf::LONGEST_ID;
use crate::manifest::value::View;
use crate::manifest::{Scope, read};
use crate::policy::settings::Terms;
use crate::policy::suppress;
use crate::report::{
    Document, Evidence, EvidenceFile, Failure, File, FileRole, Listed, Report, RuleInfo, RuleOutcome, Thresholds,
};
use crate::rule::model::EngineCode;
use crate::rule::run::{Site, run};
use crate::rule::{Rule, builtin};
use crate::secret;
use crate::source::{self, Input};
use crate::span::{LineIndex, Span};
use crate::syntax::scalar::Scalar;
use crate::syntax::{Limits, load};

/// Files above which they are checked in parallel: starting threads costs more than a few files.
pub const PARALLEL: usize = 8;

/// What is done with a manifest.
#[derive(Debug)]
pub struct Plan {
    /// The rules to run, sorted by code.
    pub rules: Vec<Rule<'static>>,
    /// The day that governs every expiry.
    pub today: Date,
    pub limits: Limits,
    /// What is known of models, accelerators and prices.
    pub tables: Arc<Tables>,
    /// Whether a control without `evidence` is one that nobody has declared.
    pub require_evidence: bool,
    /// What is asked of suppressions.
    pub terms: Terms,
    pub thresholds: Thresholds,
    /// Whether a finding of what is missing carries the edit that puts it where it belongs. That takes as long as asking the
    /// rules, and most formats do not show it.
    pub drafts: bool,
}

impl Plan {
    /// Those of these rules that judge a manifest alone, with nothing configured.
    pub fn new(mut rules: Vec<Rule<'static>>, today: Date) -> Self {
        let known = rules.iter().map(|rule| (rule.code.clone(), rule.name.clone())).collect();
        rules.retain(|rule| !rule.compares());
        Self {
            rules,
            today,
            limits: Limits::default(),
            tables: Arc::new(Tables::builtin()),
            require_evidence: false,
            terms: Terms { known, ..Terms::default() },
            thresholds: Thresholds::default(),
            drafts: true,
        }
    }
}

/// What follows from a plan and is the same for every manifest that it is for.
#[derive(Debug)]
struct Ready {
    /// The relations that its rules read.
    wanted: Wanted,
    patterns: Patterns,
}

impl Ready {
    fn new(plan: &Plan) -> Self {
        let mut asked = BTreeSet::from(["drift"]);
        let mut whole = false;
        for rule in &plan.rules {
            match &rule.relations {
                Some(relations) => asked.extend(relations.iter().map(AsRef::as_ref)),
                None => whole = true,
            }
        }
        let wanted = Wanted::of(|name| whole || asked.contains(name));
        Self { wanted, patterns: Patterns::default() }
    }
}

/// A manifest and the index of what is done with it.
#[derive(Debug)]
pub struct Job {
    pub input: Input,
    pub plan: usize,
    /// The files that it is held against, by index, each with its path as the manifest would write it.
    pub exhibits: Vec<(usize, String)>,
    /// What other manifests that are held against the same files call their models.
    pub others: Vec<Arc<[String]>>,
}

/// A configuration file, for findings that point at it.
#[derive(Debug)]
pub struct Configuration {
    pub name: String,
    pub text: String,
    /// SHA-256 of its bytes as they were read, in hexadecimal.
    pub digest: String,
}

/// One file, checked.
struct Checked {
    file: File,
    findings: Vec<Finding>,
    outcomes: Vec<RuleOutcome>,
    suppressions: Vec<Listed>,
    tally: Tally,
}

/// What a run reads besides its manifests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'b> {
    pub configurations: &'b [Configuration],
    /// Files that manifests are held against.
    pub evidence: &'b [Reading],
}

/// Checks every input. The same inputs give the same report, whatever the number of threads.
pub fn check(plans: &[Plan], beside: Beside<'_>, jobs: &[Job], failures: Vec<Failure>) -> Report {
    let codes = builtin::codes();
    let configuration = jobs.len();
    let evidence = configuration + beside.configurations.len();
    let ready: Vec<Ready> = plans.iter().map(Ready::new).collect();
    let one = |(at, job): (usize, &Job)| {
        let plan = (&plans[job.plan], &ready[job.plan]);
        let exhibits = job.exhibits.iter().filter_map(|(file, path)| {
            Some(Exhibit { file: *file, reading: beside.evidence.get(*file)?, path, others: &job.others })
        });
        let (path, exhibits) = (job.input.path.as_deref(), exhibits.collect());
        let text = Text { name: &job.input.name, path, exhibits, others: &job.others };
        match source::read(&job.input, plan.0.limits.bytes) {
            Ok(bytes) => Ok(check_bytes(plan, &codes, Numbers { file: at, configuration, evidence }, &text, bytes)),
            Err(message) => Err(Failure { path: job.input.name.clone(), message }),
        }
    };
    let checked: Vec<Result<Checked, Failure>> = if jobs.len() > PARALLEL {
        jobs.par_iter().enumerate().map(one).collect()
    } else {
        jobs.iter().enumerate().map(one).collect()
    };
    assemble(plans.iter(), beside, &codes, checked, failures)
}

/// What is known of a text besides its bytes.
struct Text<'t> {
    /// As it is shown.
    name: &'t str,
    /// Where it was read from: what it points at lies beside it.
    path: Option<&'t Path>,
    exhibits: Vec<Exhibit<'t>>,
    others: &'t [Arc<[String]>],
}

/// Checks one text under a name, as `check` does its files.
pub fn check_text(plan: &Plan, name: &str, bytes: Vec<u8>) -> Report {
    check_ready((plan, &Ready::new(plan)), name, bytes)
}

fn check_ready((plan, ready): (&Plan, &Ready), name: &str, bytes: Vec<u8>) -> Report {
    let codes = builtin::codes();
    let numbers = Numbers { file: 0, configuration: 1, evidence: 1 };
    let text = Text { name, path: None, exhibits: Vec::new(), others: &[] };
    let checked = check_bytes((plan, ready), &codes, numbers, &text, bytes);
    assemble(std::iter::once(plan), Beside::default(), &codes, vec![Ok(checked)], Vec::new())
}

/// Plans for texts that come one after the other: what is the same for all of them is read once.
#[derive(Debug)]
pub struct Checker {
    plans: Vec<(Plan, Ready)>,
    codes: Vec<EngineCode<'static>>,
    configurations: Vec<Configuration>,
}

impl Checker {
    pub fn new(plans: Vec<Plan>, configurations: Vec<Configuration>) -> Self {
        let plans = plans.into_iter().map(|plan| {
            let ready = Ready::new(&plan);
            (plan, ready)
        });
        Self { plans: plans.collect(), codes: builtin::codes(), configurations }
    }

    /// The most bytes that one text of a plan may have.
    pub fn most(&self, plan: usize) -> usize {
        self.plans[plan].0.limits.bytes
    }

    /// Checks one text under a name by a plan, as `check` does its files. The report lists no rules.
    pub fn check(&self, plan: usize, name: &str, bytes: Vec<u8>) -> Report {
        self.text(plan, &Text { name, path: None, exhibits: Vec::new(), others: &[] }, bytes)
    }

    /// Checks the manifest of a job, as `check` does, but holds it against no other file. The report lists no rules.
    pub fn job(&self, Job { input, plan, .. }: &Job) -> Result<Report, Failure> {
        let bytes = source::read(input, self.most(*plan));
        let bytes = bytes.map_err(|message| Failure { path: input.name.clone(), message })?;
        Ok(self.text(*plan, &Text { name: &input.name, path: input.path.as_deref(), exhibits: Vec::new(), others: &[] }, bytes))
    }

    /// What there is to say of a run besides its manifests: the day, and the rules.
    pub fn around(&self) -> Report {
        assemble(self.plans.iter().map(|(plan, _)| plan), Beside::default(), &self.codes, Vec::new(), Vec::new())
    }

    fn text(&self, plan: usize, text: &Text<'_>, bytes: Vec<u8>) -> Report {
        let (plan, ready) = &self.plans[plan];
        let numbers = Numbers { file: 0, configuration: 1, evidence: 1 + self.configurations.len() };
        let checked = check_bytes((plan, ready), &self.codes, numbers, text, bytes);
        let beside = Beside { configurations: &self.configurations, evidence: &[] };
        Report { as_of: plan.today, ..assemble(std::iter::empty(), beside, &[], vec![Ok(checked)], Vec::new()) }
    }
}

/// What labels call the files of a run before it is known which of them could be read.
#[derive(Clone, Copy)]
struct Numbers {
    file: usize,
    /// Of the first configuration file.
    configuration: usize,
    /// Of the first file of evidence.
    evidence: usize,
}

fn assemble<'p>(
    plans: impl Iterator<Item = &'p Plan> + Clone,
    beside: Beside<'_>,
    codes: &[EngineCode<'static>],
    checked: Vec<Result<Checked, Failure>>,
    failures: Vec<Failure>,
) -> Report {
    let as_of = plans.clone().next().map_or(Date::ZERO, |plan| plan.today);
    let mut report = Report { as_of, failures, ..Report::default() };
    let first = checked.len();
    let mut evidence = Evidence::default();
    let all = || checked.iter().flatten();
    report.findings.reserve_exact(all().map(|checked| checked.findings.len()).sum());
    report.outcomes.reserve_exact(all().map(|checked| checked.outcomes.len()).sum());
    for outcome in checked {
        match outcome {
            Ok(mut checked) => {
                // Files that could not be read leave no gap in the numbering.
                let index = report.files.len();
                for finding in &mut checked.findings {
                    finding.labels.iter_mut().filter(|label| label.file < first).for_each(|label| label.file = index);
                    finding.suppressed.iter_mut().flat_map(|suppression| &mut suppression.at).for_each(|at| at.0 = index);
                }
                checked.outcomes.iter_mut().for_each(|outcome| outcome.file = index);
                evidence.confirmed.extend(checked.tally.confirmed);
                evidence.unstated.extend(checked.tally.unstated);
                evidence.unconfirmed.extend(checked.tally.unconfirmed);
                report.files.push(checked.file);
                report.findings.append(&mut checked.findings);
                report.outcomes.append(&mut checked.outcomes);
                report.suppressions.extend(checked.suppressions.into_iter().map(|listed| (index, listed)));
            }
            Err(failure) => report.failures.push(failure),
        }
    }
    if !beside.evidence.is_empty() {
        let base = first + beside.configurations.len();
        for (at, reading) in beside.evidence.iter().enumerate() {
            report.findings.extend(unread(reading, codes, base + at));
        }
        evidence.unconfirmed.sort();
        evidence.unconfirmed.dedup();
        evidence.files = beside.evidence.iter().map(evidence_file).collect();
        report.evidence = Some(evidence);
    }
    add_beside(&mut report, first, beside);
    report.failures.sort();
    report.failures.dedup();
    // Each file's are in order, and so are files; what is about other files stands at the end.
    if !report.findings.is_sorted_by(|a, b| a.order() <= b.order()) {
        report.findings.sort_by(|a, b| a.order().cmp(&b.order()));
    }
    if !report.outcomes.is_sorted() {
        report.outcomes.sort();
    }
    let mut rules: Vec<RuleInfo> = plans.flat_map(|plan| &plan.rules).map(rule_info).collect();
    rules.sort_by(|a, b| a.code.cmp(&b.code));
    rules.dedup_by(|a, b| a.code == b.code);
    report.rules = codes.iter().map(code_info).chain(rules).collect();
    report
}

/// Adds the configuration files and the files of evidence that some label points at, after the manifests.
fn add_beside(report: &mut Report, first: usize, beside: Beside<'_>) {
    let manifests = report.files.len();
    let thresholds = report.files.first().map(|file| file.thresholds).unwrap_or_default();
    let labels = report.findings.iter().flat_map(|finding| &finding.labels);
    let named: BTreeSet<usize> = labels.filter(|label| label.file >= first).map(|label| label.file - first).collect();
    let file = |role: FileRole, name: &str, text: &str, digest: &str| File {
        role,
        name: name.to_owned(),
        lines: LineIndex::new(text),
        text: text.to_owned(),
        digest: digest.to_owned(),
        documents: Vec::new(),
        thresholds,
    };
    let mut new = HashMap::new();
    for at in named {
        let configurations = beside.configurations.len();
        let added = match (beside.configurations.get(at), beside.evidence.get(at.wrapping_sub(configurations))) {
            (Some(configuration), _) => {
                file(FileRole::Configuration, &configuration.name, &configuration.text, &configuration.digest)
            }
            (None, Some(reading)) => file(FileRole::Evidence, &reading.name, &reading.text, &reading.digest),
            (None, None) => continue,
        };
        new.insert(at + first, report.files.len());
        report.files.push(added);
    }
    if report.files.len() > manifests {
        for label in report.findings.iter_mut().flat_map(|finding| &mut finding.labels).filter(|label| label.file >= first) {
            label.file = new.get(&label.file).copied().unwrap_or(label.file);
        }
    }
}

fn evidence_file(reading: &Reading) -> EvidenceFile {
    let facts = || reading.subjects.iter().flat_map(|subject| &subject.facts);
    let line = |span: Span| reading.lines.position(&reading.text, span.start as usize).line;
    EvidenceFile {
        name: reading.name.clone(),
        digest: reading.digest.clone(),
        kinds: reading.kinds.iter().map(|kind| kind.as_str()).collect(),
        subjects: reading.subjects.len(),
        facts: facts().count(),
        unresolved: facts().filter(|fact| !fact.standing.has_value()).count(),
        refused: reading.refusals.iter().map(|refusal| (line(refusal.span), refusal.reason.clone())).collect(),
    }
}

/// What is wrong with a file of evidence itself. What could not be read of it may hold anything, so it is unknown.
fn unread(reading: &Reading, codes: &[EngineCode<'static>], file: usize) -> Vec<Finding> {
    let site = Site { file, configuration: 0, evidence: 0, document: 0, key: &reading.name, drafts: false };
    let finding = |fault: &Fault| {
        if fault.code == "E017" || fault.is_limit() {
            return error(fault.clone(), codes, site);
        }
        let mut told = fault.clone();
        told.code = "EVID016";
        told.message = format!("a part of this file could not be read: {}", fault.message);
        Finding { verdict: Verdict::Unknown, ..error(told, codes, site) }
    };
    reading.faults.iter().map(finding).collect()
}

/// The metadata of a rule without its page, which a check does not read.
pub fn rule_info(rule: &Rule<'static>) -> RuleInfo {
    RuleInfo {
        code: rule.code.clone(),
        name: rule.name.clone(),
        family: rule.family.clone(),
        severity: rule.severity,
        summary: rule.summary.clone(),
        help: rule.help.clone(),
        page: String::new(),
        references: rule.references.clone(),
    }
}

/// The metadata of an engine code.
pub fn code_info(code: &EngineCode<'static>) -> RuleInfo {
    RuleInfo {
        code: code.code.clone(),
        name: code.name.clone(),
        family: code.family.clone(),
        severity: code.severity,
        summary: code.summary.clone(),
        help: code.help.clone(),
        page: String::new(),
        references: References::default(),
    }
}

fn check_bytes(
    (plan, ready): (&Plan, &Ready),
    codes: &[EngineCode<'static>],
    numbers: Numbers,
    text: &Text<'_>,
    bytes: Vec<u8>,
) -> Checked {
    let name = text.name;
    let digest = sha256(&bytes);
    let (bytes, secrets) = secret::cover(bytes);
    let loaded = load(bytes, &plan.limits);
    let tree = &loaded.tree;
    let mut checked = Checked {
        file: File {
            role: FileRole::Manifest,
            name: name.to_owned(),
            text: tree.source().to_owned(),
            digest,
            lines: LineIndex::new(tree.source()),
            documents: Vec::new(),
            thresholds: plan.thresholds,
        },
        findings: Vec::new(),
        outcomes: Vec::new(),
        suppressions: Vec::new(),
        tally: Tally::default(),
    };
    let Numbers { file, configuration, evidence } = numbers;
    let site = Site { file, configuration, evidence, document: 0, key: name, drafts: plan.drafts };
    checked.findings.extend(secrets.iter().map(|secret| error(secret::fault(secret), codes, site)));
    checked.findings.extend(loaded.faults.into_iter().map(|fault| error(fault, codes, site)));
    if tree.documents().is_empty() && checked.findings.is_empty() {
        let fault = Fault::new("E005", "the file holds no manifest")
            .label(Span::default(), "nothing is stated here")
            .help("begin with `system:`, or see `caveat schema`");
        checked.findings.push(error(fault, codes, site));
    }
    if let Some(beyond) = tree.documents().get(plan.limits.documents) {
        let fault = Fault::new("E012", format!("more than {} manifests in one file", plan.limits.documents))
            .label(tree.highlight(*beyond), "the limit is reached here")
            .help("split the file, or raise `limits.documents`")
            .limit();
        checked.findings.push(error(fault, codes, site));
    }
    let mut key = None;
    let mut roots = Vec::new();
    for (document, root) in manifests(tree, &plan.limits).iter().enumerate() {
        // The limit is that of a file, whatever it holds.
        let left = plan.limits.findings.saturating_sub(checked.findings.len());
        let read = read(tree, *root, Scope::Whole, &Limits { findings: left, ..plan.limits });
        let view = View { tree, root: read.root, ids: &read.ids, require_evidence: plan.require_evidence };
        let system =
            view.tree.get(read.root, "system").and_then(|system| view.tree.get(system, "id")).and_then(|id| tree.text(id.node));
        // What is too long for an id is none; every fingerprint would begin with it.
        let system = system.filter(|id| id.chars().nth(LONGEST_ID).is_none());
        let owner = view.tree.get(read.root, "governance").and_then(|governance| view.tree.get(governance, "owner"));
        let owner = owner.filter(|owner| tree.scalar(owner.node) != Some(Scalar::Null)).and_then(|owner| tree.text(owner.node));
        checked.file.documents.push(Document { system: system.map(str::to_owned), owner: owner.map(str::to_owned) });
        let site = Site { document, key: system.unwrap_or(name), ..site };
        key = key.or(system);
        let limit = read.faults.iter().any(Fault::is_limit);
        checked.findings.extend(read.faults.into_iter().map(|fault| error(fault, codes, site)));
        let dangling = text.path.map(|path| backing::dangling(&view, path, &plan.limits)).unwrap_or_default();
        checked.findings.extend(dangling.into_iter().map(|fault| error(fault, codes, site)));
        // Rules over a manifest that was not read to its end would judge a part of it.
        if !limit {
            roots.push(read.root);
            let beside = tree.documents().iter().filter(|other| *other != root && !text.exhibits.is_empty());
            let beside = beside.map(|other| drift::names(tree, tree.place(*other)));
            let others: Vec<Arc<[String]>> = text.others.iter().cloned().chain(beside).collect();
            let exhibits: Vec<Exhibit<'_>> =
                text.exhibits.iter().map(|exhibit| Exhibit { others: &others, ..*exhibit }).collect();
            let all = judge((plan, ready), codes, view, site, &exhibits, &mut checked);
            relate::relate(&plan.rules, &mut checked.findings);
            if !all {
                break;
            }
        }
        if checked.findings.len() > plan.limits.findings {
            break;
        }
    }
    // A manifest that was not read to its end says nothing of what its suppressions are for.
    if roots.len() == tree.documents().len() && !roots.is_empty() {
        let suppressing = suppress::Site {
            tree,
            lines: &checked.file.lines,
            documents: &roots,
            file,
            key: key.unwrap_or(name),
            today: plan.today,
            asked: &Ran(checked.outcomes.iter().map(|outcome| outcome.rule.as_ref()).collect()),
            codes,
        };
        let before = checked.findings.len();
        checked.suppressions = suppress::apply(&plan.terms, suppressing, &mut checked.findings);
        // What is wrong with suppressions counts as well.
        if checked.findings.len() > plan.limits.findings.max(before) {
            checked.findings.truncate(plan.limits.findings.max(before));
            let message = format!("more than {} findings in one file, with those about its suppressions", plan.limits.findings);
            let fault = Fault::new("E012", message).label(Span::default(), "this manifest");
            let fault = fault.help("remove suppressions that are of no use, or raise the limit").limit();
            checked.findings.push(error(fault, codes, Site { key: key.unwrap_or(name), ..site }));
        }
    }
    checked.findings.sort_by(|a, b| a.order().cmp(&b.order()));
    // Those of each rule are in order, and so are rules.
    if !checked.outcomes.is_sorted() {
        checked.outcomes.sort();
    }
    checked
}

/// The rules that came to something.
#[derive(Debug)]
struct Ran<'o>(BTreeSet<&'o str>);

impl suppress::Asked for Ran<'_> {
    fn asked(&self, code: &str) -> bool {
        self.0.contains(code)
    }
}

/// Asks every rule. Whether all of them were: not so where a limit was exceeded, which is among the findings.
fn judge(
    (plan, ready): (&Plan, &Ready),
    codes: &[EngineCode<'static>],
    view: View<'_>,
    site: Site<'_>,
    exhibits: &[Exhibit<'_>],
    checked: &mut Checked,
) -> bool {
    if ready.wanted.follows()
        && let Some(place) = facts::ways::excess(&view, plan.limits.ways)
    {
        let message = format!("more than {} ways to follow between models and data of this manifest", plan.limits.ways);
        let fault = Fault::new("E012", message).label(view.tree.highlight(place.node), "the limit is reached here");
        checked.findings.push(error(fault.help("split the manifest, or raise `limits.ways`").limit(), codes, site));
        return false;
    }
    let facts = facts::derive(&view, &plan.tables, plan.today, exhibits, &ready.wanted);
    if !exhibits.is_empty() {
        checked.tally.add(drift::tally(&view, &facts));
    }
    let joins = Joins::default();
    let env = Env { view, facts: &facts, today: plan.today, patterns: &ready.patterns, joins: &joins };
    let mut steps = 0;
    for rule in &plan.rules {
        let mut ran = run(rule, env, site);
        steps += ran.steps;
        if ran.exhausted {
            let message = format!("the rule {} takes too many steps on this manifest", rule.code);
            checked.findings.push(error(beyond(view, message, "split the manifest, or simplify the rule"), codes, site));
        }
        // What is left out is told, and the run ends with status 2: half a verdict is none.
        if steps > plan.limits.steps || checked.findings.len() + ran.findings.len() > plan.limits.findings {
            let message = if steps > plan.limits.steps {
                format!(
                    "more than {} steps for the rules on this manifest; what {} and the rules after it come to is left out",
                    plan.limits.steps, rule.code
                )
            } else {
                format!(
                    "more than {} findings in one file; those of {} and the rules after it are left out",
                    plan.limits.findings, rule.code
                )
            };
            checked.findings.push(error(beyond(view, message, "split the manifest, or raise the limit"), codes, site));
            return false;
        }
        if ran.exhausted {
            continue;
        }
        checked.findings.extend(ran.findings);
        ran.outcomes.sort();
        let outcomes = ran.outcomes.into_iter().map(|(subject, outcome)| RuleOutcome {
            file: site.file,
            document: site.document,
            rule: rule.code.clone(),
            subject,
            outcome,
        });
        checked.outcomes.extend(outcomes);
    }
    true
}
