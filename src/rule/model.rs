//! A rule in the form in which it runs, and its page.
//!
//! Built-in rules are stored in the binary in this form and borrow their text from it. The page is
//! stored apart: a check does not read it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::expr::ast::{Expr, Program};
use crate::finding::{References, Severity};
use crate::span::Span;

/// A rule, ready to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule<'a> {
    #[serde(borrow)]
    pub code: Cow<'a, str>,
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow)]
    pub family: Cow<'a, str>,
    /// The severity when no condition in `severities` holds.
    pub severity: Severity,
    /// The first whose condition holds decides.
    pub severities: Vec<(Severity, Expr)>,
    /// Names bound by `for`, each to the elements of a list; empty for a rule about the whole manifest.
    #[serde(borrow)]
    pub bindings: Vec<(Cow<'a, str>, Expr)>,
    /// When the rule applies to a subject.
    pub applies: Option<Expr>,
    /// True is a violation; a rule that only advises has none.
    pub when: Option<Expr>,
    pub info_when: Option<Expr>,
    pub unknown_when: Option<Expr>,
    #[serde(borrow)]
    pub message: Template<'a>,
    #[serde(borrow)]
    pub info_message: Option<Template<'a>>,
    /// Says why the rule is undecided where `unknown_when` holds; without it the facts that were read are asked for.
    #[serde(borrow)]
    pub unknown_message: Option<Template<'a>>,
    #[serde(borrow)]
    pub labels: Vec<LabelRule<'a>>,
    /// The ids that a finding is about: what relates it to findings of other rules.
    pub about: Vec<Expr>,
    /// Codes of rules beneath whose violations a violation of this one is shown, where everything it is
    /// about is among what they are about.
    #[serde(borrow, deserialize_with = "borrowed::texts")]
    pub attaches_to: Vec<Cow<'a, str>>,
    /// Codes of rules whose violations make one of this rule superfluous, in the same way.
    #[serde(borrow, deserialize_with = "borrowed::texts")]
    pub yields_to: Vec<Cow<'a, str>>,
    /// Where this holds, the verdict rests on terms that nobody has read in their source: the severity
    /// is at most medium, and the message says so.
    pub unverified_when: Option<Expr>,
    /// One sentence: what is wrong.
    #[serde(borrow)]
    pub summary: Cow<'a, str>,
    /// One sentence or two: what to do.
    #[serde(borrow)]
    pub help: Cow<'a, str>,
    /// Frameworks and the controls in them.
    #[serde(borrow)]
    pub references: References<'a>,
    /// What a configuration may set, in the order of the file.
    #[serde(borrow)]
    pub options: Vec<RuleOption<'a>>,
    #[serde(borrow)]
    pub program: Program<'a>,
    /// The relations of `facts` that its conditions read; `None` where they take them as a whole.
    #[serde(borrow, deserialize_with = "borrowed::maybe_texts")]
    pub relations: Option<Vec<Cow<'a, str>>>,
    /// A severity that a configuration put in place of the rule's own, and where.
    #[serde(skip)]
    pub configured: Option<(Severity, Origin)>,
}

impl Rule<'_> {
    /// Whether it holds the manifest against files, rather than judging the manifest alone.
    pub fn compares(&self) -> bool {
        self.relations.as_ref().is_none_or(|relations| relations.iter().any(|relation| relation == "drift"))
    }
}

/// Something that a configuration may set: a threshold, a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleOption<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    pub kind: OptionKind,
    /// The value in force, as written: the default, unless it was configured.
    #[serde(borrow)]
    pub value: OptionValue<'a>,
    /// What it means, one sentence.
    #[serde(borrow)]
    pub meaning: Cow<'a, str>,
    /// Where a configuration set it; `None` for the default.
    #[serde(skip)]
    pub origin: Option<Origin>,
}

/// The type of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptionKind {
    /// A number.
    Number,
    /// A number that may carry a decimal suffix, `30B`.
    Count,
    /// A number from 0 to 1.
    Share,
    /// A number from 0 to 100.
    Percent,
    /// An ISO 8601 duration.
    Duration,
    /// A list of texts.
    Texts,
}

/// The value of an option, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OptionValue<'a> {
    One(#[serde(borrow)] Cow<'a, str>),
    List(#[serde(borrow)] Vec<Cow<'a, str>>),
}

/// A place in a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Index of the file among the configuration files of the run.
    pub file: usize,
    pub span: Span,
}

/// A text with values in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Template<'a>(#[serde(borrow)] pub Vec<Part<'a>>);

/// A piece of a [`Template`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Part<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Value(Expr),
}

/// A label to put on a finding.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LabelRule<'a> {
    /// Binds a name to each element of a list and puts a label for each.
    #[serde(borrow)]
    pub each: Option<(Cow<'a, str>, Expr)>,
    /// The value whose place is labelled.
    pub at: Expr,
    /// The label is left out unless this holds.
    pub when: Option<Expr>,
    /// Whether it is a step of a path: steps keep their order and are numbered.
    pub hop: bool,
    #[serde(borrow)]
    pub text: Template<'a>,
}

/// What a person reads about a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<'a> {
    #[serde(borrow)]
    pub code: Cow<'a, str>,
    /// Why it matters, Markdown.
    #[serde(borrow)]
    pub why: Cow<'a, str>,
    /// When a finding is wrong or may be waived, Markdown.
    #[serde(borrow)]
    pub wrong_when: Cow<'a, str>,
    /// What decides: the conditions as written.
    #[serde(borrow)]
    pub logic: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(borrow)]
    pub examples: Vec<Example<'a>>,
}

/// A manifest, or a piece of one, and what the rule says to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Example<'a> {
    pub expects: Expects,
    #[serde(borrow)]
    pub manifest: Cow<'a, str>,
    /// For `unknown`: the facts that are missing.
    #[serde(borrow)]
    pub missing: Vec<Cow<'a, str>>,
    /// For `fails`: the severity, where a condition changes it.
    pub severity: Option<Severity>,
    /// The day the example is checked on, where it matters.
    #[serde(borrow)]
    pub as_of: Option<Cow<'a, str>>,
    /// Options that are set for the example, by name.
    #[serde(borrow)]
    pub options: Vec<(Cow<'a, str>, OptionValue<'a>)>,
    /// Files that the manifest is held against, by name.
    #[serde(borrow)]
    pub evidence: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Where the example begins in the rule file.
    pub offset: u32,
}

/// What an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Expects {
    Fails,
    Passes,
    Unknown,
    Info,
}

impl Expects {
    /// The key in a rule file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::Passes => "passes",
            Self::Unknown => "unknown",
            Self::Info => "info",
        }
    }
}

/// A finding about the manifest itself, as an `E` code documents it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EngineCode<'a> {
    #[serde(borrow)]
    pub code: Cow<'a, str>,
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// `manifest` for what is wrong with a file, `policy` for what is wrong with what is suppressed in it.
    #[serde(borrow)]
    pub family: Cow<'a, str>,
    pub severity: Severity,
    #[serde(borrow)]
    pub summary: Cow<'a, str>,
    #[serde(borrow)]
    pub help: Cow<'a, str>,
    #[serde(borrow)]
    pub page: Page<'a>,
}

/// Lists of texts that stay where they are: serde borrows a text by itself, and copies those of a list.
mod borrowed {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer};

    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

    fn bare(texts: Vec<Text<'_>>) -> Vec<Cow<'_, str>> {
        texts.into_iter().map(|text| text.0).collect()
    }

    pub(super) fn texts<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Vec<Cow<'a, str>>, D::Error> {
        Vec::deserialize(from).map(bare)
    }

    pub(super) fn maybe_texts<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Cow<'a, str>>>, D::Error> {
        Option::deserialize(from).map(|texts| texts.map(bare))
    }
}
