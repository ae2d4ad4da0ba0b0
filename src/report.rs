//! The outcome of a run as plain data: what every format renders, and what the exit status is made of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::facts::drift::Compared;
use crate::finding::{Finding, References, Safety, Severity, SuppressionKind, Verdict};
use crate::span::{LineIndex, Span};

/// Everything a run found out.
#[derive(Debug, Default)]
pub struct Report {
    /// The day that governed every expiry.
    pub as_of: Date,
    /// The manifests, sorted by name, then the configuration files that set a limit and the files of evidence that some
    /// finding points at; labels refer to them by index.
    pub files: Vec<File>,
    /// In their total order.
    pub findings: Vec<Finding>,
    /// What each rule came to for each subject, sorted by file, document, rule and subject.
    pub outcomes: Vec<RuleOutcome>,
    /// The rules that ran, sorted by code.
    pub rules: Vec<RuleInfo>,
    /// What could not be read at all; any makes the exit status 2.
    pub failures: Vec<Failure>,
    /// What is in the baseline and no longer found, sorted.
    pub stale: Vec<Stale>,
    /// Every suppression with the file it stands in, by file and in its order.
    pub suppressions: Vec<(usize, Listed)>,
    /// What the manifests were held against, where they were.
    pub evidence: Option<Evidence>,
}

/// The files that manifests were held against, and what came of it beside the findings.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Every file, sorted by name.
    pub files: Vec<EvidenceFile>,
    /// Declared facts that some file confirms.
    pub confirmed: Vec<Compared>,
    /// Facts that some file shows and the manifest leaves open.
    pub unstated: Vec<Compared>,
    /// Declared facts that the files neither confirm nor contradict, sorted.
    pub unconfirmed: Vec<Compared>,
}

/// One file that manifests were held against.
#[derive(Debug)]
pub struct EvidenceFile {
    pub name: String,
    /// SHA-256 of its bytes as they were read, in hexadecimal.
    pub digest: String,
    /// The kinds of content that were recognised.
    pub kinds: Vec<&'static str>,
    /// Things that it describes.
    pub subjects: usize,
    /// Facts about them, and those of them that the file leaves open.
    pub facts: usize,
    pub unresolved: usize,
    /// What was recognised and not read, with the line and the reason.
    pub refused: Vec<(usize, String)>,
}

/// An entry of a baseline whose finding is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    /// The manifest, as it is named in the report.
    pub manifest: String,
    /// The code of the rule.
    pub rule: String,
    /// As in a finding.
    pub subject: String,
    pub fingerprint: String,
    pub message: String,
}

/// What a file is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRole {
    /// A manifest that was checked.
    Manifest,
    /// A configuration file that some finding points at.
    Configuration,
    /// A file that manifests are held against, and that some finding points at.
    Evidence,
}

/// One file that was read.
#[derive(Debug)]
pub struct File {
    pub role: FileRole,
    /// As given or found, with forward slashes, relative where it was given relative.
    pub name: String,
    pub text: String,
    /// SHA-256 of its bytes as they were read, in hexadecimal.
    pub digest: String,
    pub lines: LineIndex,
    /// One for each document.
    pub documents: Vec<Document>,
    pub thresholds: Thresholds,
}

/// One manifest.
#[derive(Debug, Clone)]
pub struct Document {
    /// `system.id`, where it is declared.
    pub system: Option<String>,
    /// `governance.owner`, as it is stated: `none` and `unknown` are.
    pub owner: Option<String>,
}

/// What a rule came to for one subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleOutcome {
    pub file: usize,
    pub document: usize,
    /// The code of the rule.
    pub rule: Cow<'static, str>,
    /// The natural keys of what the rule was asked of, such as `gpu-box`; empty for the whole manifest.
    pub subject: String,
    pub outcome: Outcome,
}

/// The four outcomes. Nothing else can happen to a rule and a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Violation,
    Passed,
    NotApplicable,
    Unknown,
}

impl Outcome {
    /// All of them, in the order of the summary.
    pub const ALL: [Self; 4] = [Self::Violation, Self::Passed, Self::Unknown, Self::NotApplicable];

    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Violation => "violation",
            Self::Passed => "passed",
            Self::NotApplicable => "not_applicable",
            Self::Unknown => "unknown",
        }
    }
}

/// A rule as formats show it: built-in rules and `E` codes alike.
#[derive(Debug, Clone)]
pub struct RuleInfo {
    pub code: Cow<'static, str>,
    pub name: Cow<'static, str>,
    pub family: Cow<'static, str>,
    /// The severity when no condition raises or lowers it.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub summary: Cow<'static, str>,
    /// What to do, one sentence.
    pub help: Cow<'static, str>,
    /// The rule's page in Markdown.
    pub page: String,
    pub references: References<'static>,
}

impl RuleInfo {
    /// Whether it is about a file itself, or about what is suppressed in it, rather than about a deployment.
    pub fn is_engine(&self) -> bool {
        self.family == "manifest" || self.family == "policy"
    }
}

/// From when on findings fail a run, and from when on they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// The lowest severity of a violation that fails; none is never.
    pub fail_on: Option<Severity>,
    /// Whether what cannot be decided fails.
    pub strict: bool,
    /// Findings below are left out.
    pub min_severity: Option<Severity>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { fail_on: Some(Severity::High), strict: false, min_severity: None }
    }
}

/// What became of a suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    InForce,
    /// In force, and about to expire.
    Expiring,
    Unused,
    Expired,
    UnknownRule,
    /// Without a reason or something else that it has to say, or not readable.
    Malformed,
    /// The rule finds something, and elsewhere.
    Misplaced,
    /// The rule cannot be suppressed.
    Refused,
    /// The rule was not asked in this run.
    NotAsked,
}

impl State {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Expiring => "expires soon",
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::UnknownRule => "unknown rule",
            Self::Malformed => "malformed",
            Self::Misplaced => "misplaced",
            Self::Refused => "refused",
            Self::NotAsked => "rule not asked",
        }
    }
}

/// A suppression of one rule, and what became of it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub kind: SuppressionKind,
    /// The rule, as it is named there.
    pub rule: String,
    /// The id that a waiver is limited to.
    pub scope: Option<String>,
    pub reason: Option<String>,
    pub owner: Option<String>,
    pub ticket: Option<String>,
    /// The last day, as written.
    pub until: Option<String>,
    /// The day from which on it is there, as written.
    pub since: Option<String>,
    /// Where it stands.
    pub span: Span,
    pub state: State,
    /// Findings that it suppresses.
    pub findings: usize,
}

/// A file or folder that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    pub path: String,
    pub message: String,
}

/// Totals of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Manifests, by file.
    pub files: usize,
    pub documents: usize,
    /// Rules that were evaluated.
    pub rules: usize,
    /// Findings that count, by verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Violations that count, by severity.
    pub severities: BTreeMap<Severity, usize>,
    /// Findings that do not count, by what they are suppressed.
    pub suppressed: BTreeMap<SuppressionKind, usize>,
    /// Rules and subjects by outcome.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// Findings that count and that a safe edit mends.
    pub mendable: usize,
}

impl Summary {
    /// Adds what another report of the same run comes to. Rules are those of the run, and are not added up.
    pub fn add(&mut self, other: &Self) {
        let Self { files, documents, rules: _, verdicts, severities, suppressed, outcomes, mendable } = other;
        self.files += files;
        self.documents += documents;
        self.mendable += mendable;
        add(&mut self.verdicts, verdicts);
        add(&mut self.severities, severities);
        add(&mut self.suppressed, suppressed);
        add(&mut self.outcomes, outcomes);
    }
}

fn add<K: Ord + Copy>(to: &mut BTreeMap<K, usize>, counts: &BTreeMap<K, usize>) {
    for (key, count) in counts {
        *to.entry(*key).or_default() += count;
    }
}

/// What a report says of one file.
#[derive(Debug, Clone, Copy)]
pub struct Part<'r> {
    /// The report, for the files that labels point at.
    pub report: &'r Report,
    /// The index of the file.
    pub file: usize,
    /// Those whose primary label is in the file, in their order.
    pub findings: &'r [Finding],
    pub outcomes: &'r [RuleOutcome],
}

impl Report {
    /// What it says of each file, in the order of the files.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let (mut findings, mut outcomes) = (self.findings.as_slice(), self.outcomes.as_slice());
        // Both are sorted by file.
        (0..self.files.len()).map(move |file| Part {
            report: self,
            file,
            findings: take(&mut findings, |finding| finding.file() <= file),
            outcomes: take(&mut outcomes, |outcome| outcome.file <= file),
        })
    }

    /// Counts everything.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            files: self.manifests().count(),
            documents: self.files.iter().map(|file| file.documents.len()).sum(),
            rules: self.rules.iter().filter(|rule| !rule.is_engine()).count(),
            ..Summary::default()
        };
        for finding in &self.findings {
            if let Some(suppression) = &finding.suppressed {
                *summary.suppressed.entry(suppression.kind).or_default() += 1;
                continue;
            }
            *summary.verdicts.entry(finding.verdict).or_default() += 1;
            summary.mendable += usize::from(finding.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe));
            if finding.verdict == Verdict::Violation {
                *summary.severities.entry(finding.severity).or_default() += 1;
            }
        }
        for outcome in &self.outcomes {
            *summary.outcomes.entry(outcome.outcome).or_default() += 1;
        }
        summary
    }

    /// The manifests, with their indexes.
    pub fn manifests(&self) -> impl Iterator<Item = (usize, &File)> {
        self.files.iter().enumerate().filter(|(_, file)| file.role == FileRole::Manifest)
    }

    /// Whether a finding is at or above what its manifest may have.
    pub fn fails(&self, finding: &Finding) -> bool {
        let thresholds = self.files.get(finding.file()).map(|file| file.thresholds).unwrap_or_default();
        finding.counts()
            && match finding.verdict {
                Verdict::Error => true,
                Verdict::Violation => thresholds.fail_on.is_some_and(|least| finding.severity >= least),
                Verdict::Unknown => thresholds.strict,
                Verdict::Info => false,
            }
    }

    /// Whether anything fails.
    pub fn any_fails(&self) -> bool {
        self.findings.iter().any(|finding| self.fails(finding))
    }

    /// Whether a limit was exceeded: what is reported is a part.
    pub fn exceeded(&self) -> bool {
        self.findings.iter().any(|finding| finding.rule == "E012")
    }

    /// Leaves out what is below the severity from which on each file shows findings; errors stay.
    pub fn leave_out_below(&mut self) {
        let thresholds: Vec<_> = self.files.iter().map(|file| file.thresholds).collect();
        self.findings.retain(|finding| {
            let least = thresholds.get(finding.file()).and_then(|thresholds| thresholds.min_severity);
            finding.verdict == Verdict::Error || least.is_none_or(|least| finding.severity >= least)
        });
    }

    /// The metadata of a rule that ran.
    pub fn rule(&self, code: &str) -> Option<&RuleInfo> {
        self.rules.iter().find(|rule| rule.code == code)
    }
}

/// Takes what comes first and is wanted off a list.
fn take<'l, T>(list: &mut &'l [T], wanted: impl Fn(&T) -> bool) -> &'l [T] {
    let (first, rest) = list.split_at(list.partition_point(wanted));
    *list = rest;
    first
}
