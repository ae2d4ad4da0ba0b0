//! What caveat reports: findings with their labels, and the order in which they are shown.
//!
//! A finding knows no rule and no format; it is plain data with a total order.

use std::borrow::Cow;
use std::fmt;
use std::str::Split;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::digest::hex;
use crate::span::Span;

/// What a finding asserts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The file cannot be read as a manifest, in part or in whole.
    Error,
    /// Declared facts prove the defect.
    Violation,
    /// A deciding fact is undeclared.
    Unknown,
    /// Advice close to a threshold.
    Info,
}

impl Verdict {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Violation => "violation",
            Self::Unknown => "unknown",
            Self::Info => "info",
        }
    }
}

/// How bad a finding is, from least to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// All severities, from least to worst.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity at which an undecided rule is reported: one lower, never above medium.
    #[must_use]
    pub fn undecided(self) -> Self {
        match self {
            Self::Critical | Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }

    /// The severity with this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a label is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The line a person should look at.
    Primary,
    /// A fact that the verdict rests on.
    Evidence,
    /// A step of a path.
    Hop,
}

impl Role {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Evidence => "evidence",
            Self::Hop => "hop",
        }
    }
}

/// A place in a file and what it has to do with the finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Index of the file in the run.
    pub file: usize,
    pub span: Span,
    pub role: Role,
    /// The path of the node, such as `models[0].license`; empty where no node could be read.
    pub path: String,
    /// What is to be seen there; may be empty for evidence.
    pub text: String,
}

/// A fact that would have to be declared for a rule to be decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Missing {
    /// Where the fact belongs, such as `oversight.review`.
    pub path: String,
    /// The nearest thing that is there.
    pub span: Span,
    /// Whether the manifest says `unknown`, rather than nothing.
    pub stated_unknown: bool,
}

/// By what a finding is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionKind {
    /// A comment on the line of the finding, or above it.
    Comment,
    /// A comment at the top of the file.
    FileComment,
    /// An entry of `waivers`.
    Waiver,
    /// It was there when the baseline was written.
    Baseline,
}

impl SuppressionKind {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 4] = [Self::Comment, Self::FileComment, Self::Waiver, Self::Baseline];

    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::FileComment => "file-comment",
            Self::Waiver => "waiver",
            Self::Baseline => "baseline",
        }
    }
}

/// Why a finding does not count. It stays in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub kind: SuppressionKind,
    /// The reason that was given; for a baseline, which file.
    pub justification: String,
    /// Who answers for it, where that is said.
    pub owner: Option<String>,
    /// The last day on which it holds; none where it has no end.
    pub until: Option<Date>,
    /// File and place of the comment or entry; none for a baseline.
    pub at: Option<(usize, Span)>,
}

/// What a finding is in comparison with the baseline, in SARIF's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BaselineState {
    /// It is not in the baseline.
    New,
    /// It is in the baseline, and no worse than it was.
    Unchanged,
    /// It is in the baseline, and has become worse: it counts again.
    Updated,
}

impl BaselineState {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
            Self::Updated => "updated",
        }
    }
}

/// Whether an edit may be made without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// It says what the author evidently meant.
    Safe,
    /// A person has to look at what it says.
    Unsafe,
}

impl Safety {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A text in place of a span.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// Edits of one file that belong together: all of them are made, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: ``write `license` ``.
    pub title: String,
    pub safety: Safety,
    pub edits: Vec<Edit>,
}

/// What a finding refers to: frameworks, by their keys, and the controls in each.
///
/// It is one text with a line for each framework, its key and its controls, tabs between them: those of a built-in rule are
/// read where they lie in the binary, and there are many findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct References<'a>(#[serde(borrow)] Cow<'a, str>);

impl References<'_> {
    /// Those of frameworks with their controls. White space in a name is one space.
    pub fn of<'t, L: AsRef<str> + 't>(frameworks: impl IntoIterator<Item = (&'t str, &'t [L])>) -> Self {
        let word = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = |(key, controls): (&str, &[L])| {
            std::iter::once(key).chain(controls.iter().map(AsRef::as_ref)).map(word).collect::<Vec<_>>().join("\t")
        };
        Self(Cow::Owned(frameworks.into_iter().map(line).collect::<Vec<_>>().join("\n")))
    }

    /// The key of each framework, and its controls.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Split<'_, char>)> + Clone {
        self.0.lines().map(|line| {
            let mut words = line.split('\t');
            (words.next().unwrap_or_default(), words)
        })
    }

    /// Whether it refers to nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Finding {
    /// `HAL001`, or `E003` for what is wrong with the manifest itself.
    pub rule: Cow<'static, str>,
    /// The name people use in selections and suppressions.
    pub name: Cow<'static, str>,
    pub family: Cow<'static, str>,
    pub verdict: Verdict,
    pub severity: Severity,
    pub message: String,
    /// The primary label comes first.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Cow<'static, str>,
    pub missing: Vec<Missing>,
    pub references: References<'static>,
    /// Stable under reordering, comments and reformatting; see [`fingerprint`].
    pub fingerprint: String,
    /// Index of the document in its file.
    pub document: usize,
    /// The natural keys of what the rule was asked of; empty for the whole manifest.
    pub subject: String,
    /// The ids that it is about, by which findings of several rules are related.
    pub about: Vec<String>,
    /// The fingerprint of the finding beneath which it is shown: one root cause, and what follows from it.
    pub attached_to: Option<String>,
    /// Why it does not count; `None` where it does.
    pub suppressed: Option<Suppression>,
    /// What it is in comparison with the baseline; `None` where there is no baseline.
    pub baseline: Option<BaselineState>,
    /// Edits of the file that it is about, after which it is gone.
    pub fix: Option<Fix>,
}

impl Finding {
    /// The key of the total order: file, position, rule, then everything that tells two apart.
    pub fn order(&self) -> impl Ord + '_ {
        let at = self.labels.first().map(|label| (label.file, label.span));
        (at, self.verdict, &self.rule, &self.message, &self.fingerprint)
    }

    /// Whether it counts: nobody has accepted it.
    pub fn counts(&self) -> bool {
        self.suppressed.is_none()
    }

    /// The file that the finding is about.
    pub fn file(&self) -> usize {
        self.labels.first().map_or(0, |label| label.file)
    }
}

/// Makes the fingerprint of a finding from what does not change when a manifest is reformatted or
/// reordered: the system's id (else the path), the document, the rule and the subjects' natural keys.
///
/// Each part is preceded by its length, so that no two lists of parts give the same text. The hash is
/// SHA-256, shortened to 128 bits; it is part of the contract of every machine format.
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..16])
}

/// Something wrong with a text, before it is known whose file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// An `E` code.
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
    /// The primary place first.
    pub labels: Vec<(Span, String)>,
    /// The node it is about, where there is one.
    pub path: Box<str>,
    /// Edits of the text after which it is gone; boxed, since few faults have any and all are moved often.
    pub fix: Option<Box<Fix>>,
    limit: bool,
    advice: bool,
}

impl Fault {
    /// A fault without a place; add one with [`label`](Self::label).
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
            labels: Vec::new(),
            path: Box::default(),
            fix: None,
            limit: false,
            advice: false,
        }
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the node.
    #[must_use]
    pub fn path(mut self, path: impl fmt::Display) -> Self {
        self.path = path.to_string().into();
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(Box::new(fix));
        self
    }

    /// Marks the fault as an exceeded limit, which ends the run with status 2.
    #[must_use]
    pub fn limit(mut self) -> Self {
        self.limit = true;
        self
    }

    /// Marks the fault as advice: the text says what it says, and could say it better.
    #[must_use]
    pub fn advice(mut self) -> Self {
        self.advice = true;
        self
    }

    /// Whether it is advice only.
    pub fn is_advice(&self) -> bool {
        self.advice
    }

    /// Whether a limit was exceeded.
    pub fn is_limit(&self) -> bool {
        self.limit
    }
}
