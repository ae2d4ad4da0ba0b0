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

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use crate::coverage::{Coverage, coverage};
use crate::finding::{Finding, Verdict};
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
    index: Index,
}

/// What came of a manifest, or of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    Passes,
    /// Nothing that could be decided fails, and something could not be decided.
    Undecided,
    Fails,
}

/// Findings by where they belong, by their positions in the report.
#[derive(Debug, Default)]
struct Index {
    /// By file and document.
    of: HashMap<(usize, usize), Vec<usize>>,
    /// Those that count, by file and fingerprint.
    roots: HashMap<(usize, String), usize>,
    /// Those that count and are attached, by file and the fingerprint of what they are attached to.
    followers: HashMap<(usize, String), Vec<usize>>,
}

impl Index {
    fn new(report: &Report) -> Self {
        let mut index = Self::default();
        for (at, finding) in report.findings.iter().enumerate() {
            let file = finding.file();
            index.of.entry((file, finding.document)).or_default().push(at);
            if finding.counts() {
                index.roots.entry((file, finding.fingerprint.clone())).or_insert(at);
                if let Some(root) = &finding.attached_to {
                    index.followers.entry((file, root.clone())).or_default().push(at);
                }
            }
        }
        index
    }
}

impl Audit {
    /// Puts an audit together from a run, every rule that there is, and their pages by their codes.
    pub fn new(
        title: Option<String>,
        record: Record,
        report: Report,
        systems: Vec<System>,
        known: &[crate::report::RuleInfo],
        pages: &BTreeMap<String, RulePage>,
    ) -> Self {
        let rules = rules::entries(&report, known, pages);
        let coverage = coverage(known, Some(&report));
        let index = Index::new(&report);
        let mut audit = Self { title: String::new(), record, report, systems, rules, coverage, index };
        audit.title = title.unwrap_or_else(|| match audit.systems.as_slice() {
            [system] if !audit.is_portfolio() => format!("Audit of {}", system.name),
            _ => format!("Audit of {} manifests", audit.manifests()),
        });
        audit
    }

    /// A rule by its code.
    pub fn rule(&self, code: &str) -> Option<&RuleEntry> {
        self.rules.iter().find(|entry| entry.info.code == code)
    }

    /// The day that governs every expiry.
    pub fn as_of(&self) -> Date {
        self.report.as_of
    }

    /// How many manifests it is about, those included that could not be read.
    pub fn manifests(&self) -> usize {
        self.systems.len() + self.unread()
    }

    /// Manifests of which there is no system: nothing in them could be read, or they themselves could not.
    pub fn unread(&self) -> usize {
        let with: HashSet<usize> = self.systems.iter().map(|system| system.file).collect();
        let without = |file: usize| !with.contains(&file);
        self.report.failures.len() + self.report.manifests().filter(|(file, _)| without(*file)).count()
    }

    /// Whether it is about several manifests.
    pub fn is_portfolio(&self) -> bool {
        self.manifests() > 1
    }

    /// The findings of a system, in the order of the report.
    pub fn findings_of(&self, system: &System) -> impl Iterator<Item = &Finding> {
        self.index.of.get(&(system.file, system.document)).into_iter().flatten().map(|at| &self.report.findings[*at])
    }

    /// Findings that belong to no system: of files that hold no manifest, and of files of evidence.
    pub fn findings_elsewhere(&self) -> impl Iterator<Item = &Finding> {
        let systems: HashSet<(usize, usize)> = self.systems.iter().map(|system| (system.file, system.document)).collect();
        self.report.findings.iter().filter(move |finding| !systems.contains(&(finding.file(), finding.document)))
    }

    /// What came of everything.
    pub fn conclusion(&self) -> Conclusion {
        let found = conclude(&self.report, self.report.findings.iter());
        if self.unread() > 0 { Conclusion::Fails } else { found }
    }

    /// What came of a system.
    pub fn conclusion_of(&self, system: &System) -> Conclusion {
        conclude(&self.report, self.findings_of(system))
    }

    /// What follows from a finding and is shown beneath it.
    pub fn followers(&self, root: &Finding) -> impl Iterator<Item = &Finding> {
        let key = (root.file(), root.fingerprint.clone());
        self.index.followers.get(&key).into_iter().flatten().map(|at| &self.report.findings[*at])
    }

    /// The finding beneath which one is shown, where that one counts itself.
    pub fn root_of(&self, finding: &Finding) -> Option<&Finding> {
        let key = (finding.file(), finding.attached_to.clone()?);
        self.index.roots.get(&key).map(|at| &self.report.findings[*at])
    }
}

/// An undecided rule is as good as a failure only where the terms say so, and never a pass.
fn conclude<'f>(report: &Report, findings: impl Iterator<Item = &'f Finding>) -> Conclusion {
    let one = |finding: &Finding| match finding.verdict {
        _ if report.fails(finding) => Conclusion::Fails,
        Verdict::Unknown if finding.counts() => Conclusion::Undecided,
        _ => Conclusion::Passes,
    };
    findings.map(one).max().unwrap_or(Conclusion::Passes)
}

/// How many findings that count there are of a verdict.
pub fn count<'f>(findings: impl IntoIterator<Item = &'f Finding>, verdict: Verdict) -> usize {
    findings.into_iter().filter(|finding| finding.counts() && finding.verdict == verdict).count()
}
