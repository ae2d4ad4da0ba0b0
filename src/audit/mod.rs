//! The audit: everything that a person who has to sign needs to know of a run, as plain data.
//!
//! A report says what is wrong. An audit adds what a reader cannot run for himself: what each system is, how its data
//! flows, what it carries and costs, which licences bind it, what is asked of whom, and of which bytes all this
//! was said. It judges nothing that the rules have not judged.

pub mod licences;
pub mod questions;
pub mod record;
pub mod rules;
pub mod system;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::coverage::{Coverage, coverage};
use crate::finding::{Finding, SuppressionKind, Verdict};
use crate::report::Report;

pub use record::Record;
pub use rules::{RuleEntry, RulePage};
pub use system::System;

/// Everything.
#[derive(Debug)]
pub struct Audit {
    pub title: String,
    /// How it came about, in a form from which it can be made again.
    pub record: Record,
    pub report: Report,
    /// One for each manifest that could be read, in the order of the report.
    pub systems: Vec<System>,
    /// Every rule that there is, sorted by code.
    pub rules: Vec<RuleEntry>,
    pub coverage: Vec<Coverage>,
}

impl Audit {
    /// Puts an audit together from a run, every rule that there is, and their pages by their codes.
    pub fn new(
        title: String,
        record: Record,
        report: Report,
        systems: Vec<System>,
        known: &[crate::report::RuleInfo],
        pages: &BTreeMap<String, RulePage>,
    ) -> Self {
        let rules = rules::entries(&report, known, pages);
        let coverage = coverage(known, Some(&report));
        Self { title, record, report, systems, rules, coverage }
    }

    /// A rule by its code.
    pub fn rule(&self, code: &str) -> Option<&RuleEntry> {
        self.rules.iter().find(|entry| entry.info.code == code)
    }

    /// The day that governs every expiry.
    pub fn as_of(&self) -> Date {
        self.report.as_of
    }

    /// Whether it is about several systems.
    pub fn is_portfolio(&self) -> bool {
        self.systems.len() > 1
    }

    /// The findings of a system, in the order of the report.
    pub fn findings_of<'a>(&'a self, system: &'a System) -> impl Iterator<Item = &'a Finding> {
        self.report.findings.iter().filter(|finding| finding.file() == system.file && finding.document == system.document)
    }

    /// Findings that belong to no system: of files that hold no manifest, and of files of evidence.
    pub fn findings_elsewhere(&self) -> impl Iterator<Item = &Finding> {
        let of = |finding: &Finding, system: &System| finding.file() == system.file && finding.document == system.document;
        self.report.findings.iter().filter(move |finding| !self.systems.iter().any(|system| of(finding, system)))
    }

    /// Whether the run would fail.
    pub fn fails(&self) -> bool {
        !self.report.failures.is_empty() || self.report.findings.iter().any(|finding| self.report.fails(finding))
    }

    /// What follows from a finding and is shown beneath it.
    pub fn followers<'a>(&'a self, root: &'a Finding) -> impl Iterator<Item = &'a Finding> {
        let attached = |finding: &&Finding| finding.attached_to.as_deref() == Some(&root.fingerprint);
        self.report.findings.iter().filter(attached).filter(|finding| finding.counts() && finding.file() == root.file())
    }

    /// The finding beneath which one is shown, where that one counts itself.
    pub fn root_of<'a>(&'a self, finding: &Finding) -> Option<&'a Finding> {
        let root = finding.attached_to.as_deref()?;
        let is_root = |other: &&Finding| other.fingerprint == root && other.counts() && other.file() == finding.file();
        self.report.findings.iter().find(is_root)
    }

    /// Baselines by name, with how many findings of each rule they hold.
    pub fn baselines(&self) -> BTreeMap<(&str, &str), usize> {
        let mut held = BTreeMap::new();
        for finding in &self.report.findings {
            if let Some(by) = finding.suppressed.as_ref().filter(|by| by.kind == SuppressionKind::Baseline) {
                let name = by.justification.trim_start_matches("in the baseline ");
                *held.entry((name, finding.rule.as_str())).or_insert(0) += 1;
            }
        }
        held
    }
}

/// How many findings that count there are of a verdict.
pub fn count<'f>(findings: impl IntoIterator<Item = &'f Finding>, verdict: Verdict) -> usize {
    findings.into_iter().filter(|finding| finding.counts() && finding.verdict == verdict).count()
}
