//! Which controls of the frameworks rules cover, how far, and how they stand in a run.
//!
//! Nothing here is typed in: who covers a control follows from the references of the rules, how far from them and from
//! what no manifest can show of it (`beyond` in `src/knowledge/frameworks.yaml`).

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Verdict;
use crate::knowledge::frameworks::{Control, Framework};
use crate::knowledge::references::frameworks;
use crate::report::{Outcome, Report, RuleInfo};

/// A framework and how its controls are covered.
#[derive(Debug, Clone)]
pub struct Coverage {
    pub framework: &'static Framework<'static>,
    /// Every control that is listed, in the framework's order.
    pub controls: Vec<Covered>,
}

/// A control, the rules that cover it, and what they came to.
#[derive(Debug, Clone)]
pub struct Covered {
    pub control: &'static Control<'static>,
    /// Whether it has parts in the list; what is counted are the controls without.
    pub whole: bool,
    pub extent: Extent,
    /// What no manifest can show of it: its own remainder, else that of every control of the framework.
    pub beyond: Option<&'static str>,
    /// The codes of the rules that refer to it or to a part of it, sorted.
    pub rules: Vec<String>,
    /// How each of them stands by itself. One that is not asked was not selected, or needs files to compare with.
    pub by_rule: BTreeMap<String, Standing>,
    /// What the rules came to, by rule and subject.
    pub outcomes: BTreeMap<Outcome, usize>,
    pub standing: Standing,
}

/// How much of a control rules can decide from a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Rules refer to it, and nothing of it is left open. Of a whole: its list of parts is complete, and all are covered.
    Covered,
    /// Rules refer to it or to a part of it, and something of it no manifest shows, or no rule asks.
    Partly,
    /// No rule refers to it or to a part of it.
    Unseen,
}

impl Extent {
    /// All of them, the greatest first.
    pub const ALL: [Self; 3] = [Self::Covered, Self::Partly, Self::Unseen];

    /// The words for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Partly => "partly",
            Self::Unseen => "cannot be seen in a manifest",
        }
    }

    /// The word for programs.
    pub fn key(self) -> &'static str {
        if self == Self::Unseen { "unseen" } else { self.as_str() }
    }
}

/// How a control stands, by the rules that were asked; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A violation counts. One that is left out for another finding that says the same counts too.
    Violated,
    /// There are violations, and every one is suppressed: by a comment, a waiver or the baseline.
    Accepted,
    /// A rule could not be decided.
    Undecided,
    /// Rules passed, and none was violated or undecided.
    Met,
    /// No rule applied.
    NotApplicable,
    /// No rule was asked.
    NotAsked,
}

impl Standing {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [Self::Violated, Self::Accepted, Self::Undecided, Self::Met, Self::NotApplicable, Self::NotAsked];

    /// The words for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Violated => "violated",
            Self::Accepted => "accepted",
            Self::Undecided => "undecided",
            Self::Met => "met",
            Self::NotApplicable => "not applicable",
            Self::NotAsked => "not asked",
        }
    }

    /// The word for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotApplicable => "not_applicable",
            Self::NotAsked => "not_asked",
            other => other.as_str(),
        }
    }
}

impl Covered {
    /// The rules that stand in this way, sorted.
    pub fn standing_in(&self, standing: Standing) -> impl Iterator<Item = &str> {
        self.by_rule.iter().filter(move |(_, own)| **own == standing).map(|(code, _)| code.as_str())
    }
}

impl Coverage {
    /// How many controls without parts there are of each extent; every extent is there.
    pub fn extents(&self) -> BTreeMap<Extent, usize> {
        tally(Extent::ALL, self.leaves().map(|covered| covered.extent))
    }

    /// How many controls without parts stand how; every standing is there.
    pub fn standings(&self) -> BTreeMap<Standing, usize> {
        tally(Standing::ALL, self.leaves().map(|covered| covered.standing))
    }

    /// The controls without parts.
    pub fn leaves(&self) -> impl Iterator<Item = &Covered> {
        self.controls.iter().filter(|covered| !covered.whole)
    }

    /// A control by its id.
    pub fn control(&self, id: &str) -> Option<&Covered> {
        self.controls.iter().find(|covered| covered.control.id.eq_ignore_ascii_case(id))
    }
}

fn tally<K: Ord>(all: impl IntoIterator<Item = K>, found: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
    let mut counts: BTreeMap<K, usize> = all.into_iter().map(|key| (key, 0)).collect();
    found.for_each(|key| *counts.entry(key).or_default() += 1);
    counts
}

/// How these rules, all that there are, cover every framework of the table, and what came of it in a run.
pub fn coverage(rules: &[RuleInfo], report: Option<&Report>) -> Vec<Coverage> {
    let results = report.map(results).unwrap_or_default();
    frameworks().iter().map(|framework| one(framework, rules, &results)).collect()
}

fn one(framework: &'static Framework<'static>, rules: &[RuleInfo], results: &BTreeMap<&str, Results>) -> Coverage {
    let mut covering: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in rules {
        let of_framework = rule.references.iter().filter(|(key, _)| *key == framework.key);
        for control in of_framework.flat_map(|(_, ids)| ids).flat_map(|id| framework.ancestry(id)) {
            covering.entry(&control.id).or_default().insert(&rule.code);
        }
    }
    let controls = framework.controls.iter().map(|control| {
        let rules = covering.get(control.id.as_ref()).cloned().unwrap_or_default();
        covered(framework, control, &covering, &rules, results)
    });
    Coverage { framework, controls: controls.collect() }
}

fn covered(
    framework: &'static Framework<'static>,
    control: &'static Control<'static>,
    covering: &BTreeMap<&str, BTreeSet<&str>>,
    rules: &BTreeSet<&str>,
    results: &BTreeMap<&str, Results>,
) -> Covered {
    let mut all = Results::default();
    rules.iter().filter_map(|rule| results.get(rule)).for_each(|one| all.add(one));
    let by_rule = rules.iter().map(|rule| (rule.to_string(), results.get(rule).map_or(Standing::NotAsked, Results::standing)));
    Covered {
        control,
        whole: framework.parts(control).next().is_some(),
        extent: extent(framework, control, covering),
        beyond: control.beyond.as_deref().or(framework.beyond.as_deref()),
        rules: rules.iter().map(ToString::to_string).collect(),
        by_rule: by_rule.collect(),
        standing: all.standing(),
        outcomes: all.outcomes,
    }
}

fn extent(framework: &Framework<'_>, control: &Control<'_>, covering: &BTreeMap<&str, BTreeSet<&str>>) -> Extent {
    if !covering.contains_key(control.id.as_ref()) {
        return Extent::Unseen;
    }
    if control.beyond.is_some() || framework.beyond.is_some() {
        return Extent::Partly;
    }
    let mut parts = framework.parts(control).peekable();
    let whole = parts.peek().is_some();
    // Where a list is not complete, nobody knows that its parts are all.
    let closed = !whole || framework.complete;
    if closed && parts.all(|part| extent(framework, part, covering) == Extent::Covered) {
        Extent::Covered
    } else {
        Extent::Partly
    }
}

/// What rules came to in a run.
#[derive(Debug, Default)]
struct Results {
    outcomes: BTreeMap<Outcome, usize>,
    /// Violations that count.
    standing: usize,
}

impl Results {
    fn add(&mut self, other: &Self) {
        other.outcomes.iter().for_each(|(outcome, count)| *self.outcomes.entry(*outcome).or_default() += count);
        self.standing += other.standing;
    }

    fn standing(&self) -> Standing {
        let any = |outcome: Outcome| self.outcomes.contains_key(&outcome);
        match () {
            () if self.standing > 0 => Standing::Violated,
            () if any(Outcome::Violation) => Standing::Accepted,
            () if any(Outcome::Unknown) => Standing::Undecided,
            () if any(Outcome::Passed) => Standing::Met,
            () if any(Outcome::NotApplicable) => Standing::NotApplicable,
            () => Standing::NotAsked,
        }
    }
}

/// By rule. Outcomes say nothing of suppressions, so a violation is looked up among the findings.
fn results(report: &Report) -> BTreeMap<&str, Results> {
    let accepted: BTreeSet<(usize, usize, &str, &str)> = report
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Violation && !finding.counts())
        .map(|finding| (finding.file(), finding.document, finding.rule.as_ref(), finding.subject.as_str()))
        .collect();
    let mut results: BTreeMap<&str, Results> = BTreeMap::new();
    for outcome in &report.outcomes {
        let result = results.entry(&outcome.rule).or_default();
        *result.outcomes.entry(outcome.outcome).or_default() += 1;
        let at = (outcome.file, outcome.document, outcome.rule.as_ref(), outcome.subject.as_str());
        if outcome.outcome == Outcome::Violation && !accepted.contains(&at) {
            result.standing += 1;
        }
    }
    results
}
