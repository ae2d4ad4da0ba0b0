//! Every rule with what it came to: those that were asked, and those that were not.

use std::collections::BTreeMap;

use crate::finding::Severity;
use crate::report::{Outcome, Report, RuleInfo};

/// What is shown of the page of a rule.
#[derive(Debug, Clone, Default)]
pub struct RulePage {
    pub why: String,
    pub wrong_when: String,
    /// Its keys (`for`, `where`, `when`, …) and what stands there.
    pub logic: Vec<(String, String)>,
}

impl RulePage {
    /// Whether a condition reads a fact whose name begins so.
    pub fn reads(&self, fact: &str) -> bool {
        self.logic.iter().any(|(_, text)| text.contains(&format!("facts.{fact}")))
    }
}

/// A rule in an audit.
#[derive(Debug, Clone)]
pub struct RuleEntry {
    pub info: RuleInfo,
    pub page: RulePage,
    /// Whether it was asked in this run.
    pub asked: bool,
    /// How often each outcome came up.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// Findings of it, whether they count or not.
    pub findings: usize,
}

impl RuleEntry {
    /// The severity when no condition raises or lowers it.
    pub fn severity(&self) -> Severity {
        self.info.severity
    }
}

/// One entry for each of the rules that there are; engine codes only where they found something.
pub fn entries(report: &Report, known: &[RuleInfo], pages: &BTreeMap<String, RulePage>) -> Vec<RuleEntry> {
    let mut outcomes: BTreeMap<&str, BTreeMap<Outcome, usize>> = BTreeMap::new();
    for outcome in &report.outcomes {
        *outcomes.entry(&outcome.rule).or_default().entry(outcome.outcome).or_default() += 1;
    }
    let mut findings: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *findings.entry(&finding.rule).or_default() += 1;
    }
    let entry = |info: &RuleInfo| RuleEntry {
        info: report.rule(&info.code).unwrap_or(info).clone(),
        page: pages.get(info.code.as_ref()).cloned().unwrap_or_default(),
        asked: report.rule(&info.code).is_some(),
        outcomes: outcomes.get(info.code.as_ref()).cloned().unwrap_or_default(),
        findings: findings.get(info.code.as_ref()).copied().unwrap_or_default(),
    };
    let mut entries: Vec<RuleEntry> =
        known.iter().map(entry).filter(|entry| !entry.info.is_engine() || entry.findings > 0).collect();
    entries.sort_by(|a, b| a.info.code.cmp(&b.info.code));
    entries.dedup_by(|a, b| a.info.code == b.info.code);
    entries
}
