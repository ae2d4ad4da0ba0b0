//! A document as blocks, which every form of the audit is written from.
//!
//! What is said stands in one place, in `sections`; how it looks is decided by `html` and `markdown`. All
//! text in it is plain: a form escapes it, and covers what could write to a terminal.

use crate::finding::{Role, Severity, Verdict};

/// A run of text.
pub type Text = Vec<Piece>;

/// A part of a run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Plain(String),
    /// A name or a value of a file.
    Code(String),
    Strong(String),
    /// A link to a place in the document (`#…`) or elsewhere.
    Link {
        to: String,
        text: String,
    },
    /// A link into a drawing of the document.
    Drawn {
        to: String,
        text: String,
    },
    Badge(Tone, String),
}

/// What a thing is felt to be; never told by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Unknown,
    Good,
    Muted,
}

impl Tone {
    /// The word for it in a class.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
            Self::Unknown => "unknown",
            Self::Good => "good",
            Self::Muted => "muted",
        }
    }

    /// Of a severity.
    pub fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Critical,
            Severity::High => Self::High,
            Severity::Medium => Self::Medium,
            Severity::Low => Self::Low,
            Severity::Info => Self::Info,
        }
    }
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(Text),
    /// A paragraph that may be passed over.
    Note(Text),
    List {
        ordered: bool,
        items: Vec<Text>,
    },
    Table(Table),
    /// Terms and what is said of each.
    Terms(Vec<(String, Text)>),
    /// Figures to be taken in at a glance.
    Tiles(Vec<Tile>),
    Code {
        language: &'static str,
        text: String,
    },
    Figure(Figure),
    Finding(Box<Card>),
    /// What a reader may leave closed.
    More {
        summary: Text,
        blocks: Vec<Block>,
        /// Whether it is printed, too.
        paper: bool,
    },
    /// Lines that somebody fills in by hand.
    Blanks(Vec<String>),
    Section(Section),
}

/// A part with a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Unique in the document, of ASCII letters, digits and `-`.
    pub id: String,
    pub title: String,
    /// Whether readers may want to see only some of the findings in it.
    pub filter: bool,
    /// Whether it stands in the table of contents.
    pub listed: bool,
    pub blocks: Vec<Block>,
}

impl Section {
    /// A section that is listed.
    pub fn new(id: impl Into<String>, title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { id: id.into(), title: title.into(), filter: false, listed: true, blocks }
    }
}

/// Rows under a head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows; read out before it, and shown above it.
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    pub number: bool,
    /// Whether its cells stand on one line.
    pub narrow: bool,
}

/// A row; its first cell names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// For links to it; empty for none.
    pub id: String,
    pub cells: Vec<Text>,
}

impl Table {
    /// An empty table; a head that begins with `>` is that of a column of numbers, with `=` that of one whose cells
    /// stand on one line.
    pub fn new<'h>(caption: impl Into<String>, heads: impl IntoIterator<Item = &'h str>) -> Self {
        let column = |head: &str| Column {
            title: head.trim_start_matches(['>', '=']).to_owned(),
            number: head.starts_with('>'),
            narrow: head.starts_with('='),
        };
        Self { caption: caption.into(), columns: heads.into_iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Text>) {
        self.named(String::new(), cells);
    }

    /// Adds a row that is linked to.
    pub fn named(&mut self, id: String, cells: impl IntoIterator<Item = Text>) {
        self.rows.push(Row { id, cells: cells.into_iter().collect() });
    }

    /// The table, or what is said in its place where it has no row.
    pub fn or(self, otherwise: &str) -> Block {
        if self.rows.is_empty() { Block::Paragraph(plain(otherwise)) } else { Block::Table(self) }
    }
}

/// A figure with what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub value: String,
    pub label: String,
    pub tone: Tone,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Markup of ours, with everything in it escaped.
    pub svg: String,
    pub caption: Text,
    /// What says the same where there are no drawings.
    pub words: Vec<Block>,
}

/// Lines of a file with what is to be seen in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    pub file: String,
    pub lines: Vec<ExcerptLine>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcerptLine {
    /// From 1.
    pub number: usize,
    /// The text in pieces, each with what it is marked as.
    pub pieces: Vec<(Option<Role>, String)>,
    pub notes: Vec<(Role, Text)>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Unique in the document.
    pub id: String,
    pub fingerprint: String,
    pub verdict: Verdict,
    pub severity: Severity,
    pub rule: String,
    pub name: String,
    pub family: String,
    /// The system that it is about.
    pub system: String,
    pub message: Text,
    /// File, line and column.
    pub place: String,
    /// The steps of a path.
    pub path: Vec<Text>,
    pub excerpts: Vec<Excerpt>,
    /// Facts that would decide it.
    pub missing: Vec<String>,
    pub remedy: Text,
    /// Where figures that it rests on are worked out.
    pub working: Option<Text>,
    pub references: Vec<(String, Text)>,
    /// Why it does not count.
    pub accepted: Option<Text>,
    /// Whether it fails the run.
    pub fails: bool,
    /// What it is in comparison with the baseline.
    pub baseline: Option<&'static str>,
    /// What follows from it.
    pub followers: Vec<Card>,
}

impl Card {
    /// The severity of a violation, else what the finding asserts.
    pub fn grade(&self) -> (Tone, &'static str) {
        match self.verdict {
            Verdict::Violation => (Tone::of(self.severity), self.severity.as_str()),
            Verdict::Unknown => (Tone::Unknown, "unknown"),
            Verdict::Info => (Tone::Info, "info"),
            Verdict::Error => (Tone::Critical, "error"),
        }
    }
}

/// Text as it is.
pub fn plain(text: impl Into<String>) -> Text {
    vec![Piece::Plain(text.into())]
}

/// A name or a value.
pub fn code(text: impl Into<String>) -> Text {
    vec![Piece::Code(text.into())]
}

/// A link.
pub fn link(to: impl Into<String>, text: impl Into<String>) -> Text {
    vec![Piece::Link { to: to.into(), text: text.into() }]
}

/// A badge.
pub fn badge(tone: Tone, text: impl Into<String>) -> Text {
    vec![Piece::Badge(tone, text.into())]
}

/// Text in which names stand between backticks, as messages are written.
pub fn inline(text: &str) -> Text {
    let mut pieces = Vec::new();
    let mut parts = text.split('`').peekable();
    let mut inside = false;
    while let Some(part) = parts.next() {
        // A last backtick without a partner is one that is meant.
        if inside && parts.peek().is_none() {
            pieces.push(Piece::Plain(format!("`{part}")));
        } else if !part.is_empty() {
            pieces.push(if inside { Piece::Code(part.to_owned()) } else { Piece::Plain(part.to_owned()) });
        }
        inside = !inside;
    }
    pieces
}

/// Texts one after the other, with something between.
pub fn join(texts: impl IntoIterator<Item = Text>, between: &str) -> Text {
    let mut joined = Text::new();
    for text in texts {
        if !joined.is_empty() {
            joined.push(Piece::Plain(between.to_owned()));
        }
        joined.extend(text);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_between_backticks() {
        let plain = |text: &str| Piece::Plain(text.into());
        let code = |text: &str| Piece::Code(text.into());
        assert_eq!(inline("`a` goes to `b`"), [code("a"), plain(" goes to "), code("b")]);
        assert_eq!(inline("one ` alone"), [plain("one "), plain("` alone")]);
        assert_eq!(inline(""), []);
    }
}
