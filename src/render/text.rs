//! The terminal format, through miette.
//!
//! Findings are shown one by one with their source; what could not be decided is grouped by the fact
//! that is missing, one line each, and by section where there are many. Control characters of other people's files are masked, so that a
//! manifest cannot write to the terminal.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::{self, Write as _};

use jiff::civil::Date;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};

use super::figure::counted;
use super::pieces;
use crate::finding::{Fault, Finding, Role, Severity, Verdict};
use crate::report::{Evidence, File, FileRole, Outcome, Part, Report, Summary};
use crate::span::{LineIndex, Span};
pub use crate::syntax::scalar::is_control;

/// How the text is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// Box drawing and other symbols beyond ASCII; off where the output is not a terminal.
    pub unicode: bool,
    /// Columns to wrap at; `None` does not wrap.
    pub width: Option<usize>,
    /// Whether each fact that is missing has a line of its own, however many there are.
    pub each_unknown: bool,
}

impl Style {
    /// No colour, no symbols, no wrapping.
    pub const PLAIN: Self = Self { color: false, unicode: false, width: None, each_unknown: false };

    fn handler(self) -> GraphicalReportHandler {
        let theme = match (self.unicode, self.color) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, true) => GraphicalTheme { characters: miette::ThemeCharacters::ascii(), ..GraphicalTheme::unicode() },
            (false, false) => GraphicalTheme::none(),
        };
        let handler = GraphicalReportHandler::new_themed(theme).with_context_lines(0).with_links(false);
        match self.width {
            Some(width) => handler.with_width(width),
            None => handler.with_width(10_000).with_wrap_lines(false),
        }
    }
}

/// Missing facts that are listed one by one; more are gathered by section.
const LISTED: usize = 12;
/// Words that are shown of a longer list.
const FEW: usize = 4;

/// Evidence shown for one finding; the machine formats carry all of it.
const MAX_EVIDENCE: usize = 4;

/// Bytes of an excerpt that is shown with its lines whole. JSON on one line, and a text of megabytes, would otherwise be
/// repeated for every finding in it.
const WHOLE: usize = 2000;
/// Bytes that a label covers where lines are not shown whole, and bytes that are shown before and behind it.
const COVERED: usize = 160;
const AROUND: usize = 80;

/// Characters of a line of another file that are shown.
const WIDEST: usize = 110;

/// The report as text.
pub fn render(report: &Report, style: Style) -> String {
    let parts: Vec<Part<'_>> = report.parts().collect();
    let text = pieces::all(&parts, pieces::FILES, |of, text| text.push_str(&part(*of, style)));
    text + &end(report, &report.summary())
}

/// What is said of one file.
pub fn part(of: Part<'_>, style: Style) -> String {
    if of.findings.is_empty() {
        return String::new();
    }
    let handler = style.handler();
    let source = Source::new(&of.report.files[of.file]);
    // What is undecided for want of facts is gathered below; what is undecided for another reason says so itself.
    let spoken = |finding: &&Finding| finding.verdict != Verdict::Unknown || finding.missing.is_empty();
    let roots = Roots::of(of.findings);
    let shown = of.findings.iter().filter(|finding| finding.counts()).filter(spoken);
    let shown: Vec<&Finding> = shown.filter(|finding| !roots.attached(finding)).collect();
    let mut text = pieces::all(&shown, pieces::FINDINGS, |finding, text| {
        show(&handler, &Shown::new(finding, &source), text);
        elsewhere(of.report, finding, text);
        followers(&roots, finding, &source, text);
    });
    undecided(of, style.each_unknown, &mut text);
    text
}

/// What follows the last file: of the report what is about none of them, and what all of them come to.
pub fn end(report: &Report, summary: &Summary) -> String {
    let mut text = String::new();
    if !report.stale.is_empty() {
        let _ = writeln!(text, "in the baseline, and no longer needed there:");
        for stale in &report.stale {
            let _ = writeln!(text, "  {} {} {}", stale.rule, mask(&stale.manifest), mask(&stale.message));
        }
        text.push('\n');
    }
    if let Some(evidence) = &report.evidence {
        held_against(evidence, &mut text);
    }
    for failure in &report.failures {
        let _ = writeln!(text, "error: {}: {}", mask(&failure.path), mask(&failure.message));
    }
    totals(report.as_of, summary, &mut text);
    text
}

/// What counts, and what of it is attached to what.
struct Roots<'r> {
    counted: HashSet<&'r str>,
    /// By the fingerprint of the root, in the order of the report.
    attached: HashMap<&'r str, Vec<&'r Finding>>,
}

impl<'r> Roots<'r> {
    fn of(findings: &'r [Finding]) -> Self {
        let mut roots = Self { counted: HashSet::new(), attached: HashMap::new() };
        for finding in findings.iter().filter(|finding| finding.counts()) {
            roots.counted.insert(&finding.fingerprint);
            if let Some(root) = &finding.attached_to {
                roots.attached.entry(root).or_default().push(finding);
            }
        }
        roots
    }

    /// Whether a finding is shown beneath another one: that one has to be shown itself.
    fn attached(&self, finding: &Finding) -> bool {
        finding.attached_to.as_ref().is_some_and(|root| self.counted.contains(root.as_str()))
    }
}

/// A fault of a file that is no manifest: a rule file, a configuration.
pub fn fault(name: &str, source: &str, fault: &Fault, style: Style) -> String {
    let source = Source { name: name.to_owned(), text: mask_source(source), lines: LineIndex::new(source) };
    let label = |(span, text): &(Span, String)| {
        let (start, len) = source.cut(*span);
        LabeledSpan::new(Some(mask(text)), start, len)
    };
    let labels = fault.labels.iter().map(label).collect();
    let shown = Shown {
        code: None,
        message: mask(&fault.message),
        help: fault.help.as_deref().map(mask),
        severity: Severity::High,
        labels,
        source: &source,
    };
    let mut text = String::new();
    show(&style.handler(), &shown, &mut text);
    text
}

/// The places of a finding in other files, such as the configuration that set its limit: one line each, beneath it.
fn elsewhere(report: &Report, finding: &Finding, text: &mut String) {
    let labels: Vec<_> = finding.labels.iter().filter(|label| label.file != finding.file()).collect();
    if labels.is_empty() {
        return;
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    for label in labels {
        let Some(file) = report.files.get(label.file) else { continue };
        let position = file.lines.position(&file.text, label.span.start as usize);
        let _ = writeln!(text, "  {}:{position}: {}", mask(&file.name), mask(&label.text));
        if file.role == FileRole::Evidence {
            let _ = writeln!(text, "    {} | {}", position.line, mask(&line_at(file, label.span)));
        }
    }
    text.push('\n');
}

/// The line that a label is on, cut to what fits on a screen.
fn line_at(file: &File, span: Span) -> String {
    let line = file.lines.line(span.start as usize);
    let (start, end) = (file.lines.start(line, &file.text), file.lines.start(line + 1, &file.text));
    let whole = file.text.get(start..end).unwrap_or_default().trim_end();
    if whole.chars().count() > WIDEST { whole.chars().take(WIDEST).chain(['…']).collect() } else { whole.to_owned() }
}

/// What follows from a finding: one line each, beneath it.
fn followers(roots: &Roots<'_>, root: &Finding, source: &Source, text: &mut String) {
    let attached = roots.attached.get(root.fingerprint.as_str()).into_iter().flatten();
    let mut any = false;
    for finding in attached {
        if !any {
            // Beneath the finding, not after the line that sets it apart.
            text.truncate(text.trim_end().len());
            text.push_str("\n  from the same cause:\n");
            any = true;
        }
        let start = finding.labels.first().map_or(0, |label| label.span.start as usize);
        let position = source.lines.position(&source.text, start);
        let (rule, name, severity) = (&finding.rule, &finding.name, finding.severity.as_str());
        let _ = writeln!(text, "    {rule} {name} [{severity}] {}:{position}", source.name);
        let _ = writeln!(text, "      {}", mask(&finding.message));
    }
    if any {
        text.push('\n');
    }
}

fn show(handler: &GraphicalReportHandler, shown: &Shown<'_>, text: &mut String) {
    let start = text.len();
    if handler.render_report(text, shown).is_err() {
        // A span outside its text would be a bug of ours; the message still has to be seen.
        text.truncate(start);
        let _ = writeln!(text, "{}: {}", shown.code.as_deref().unwrap_or("error"), shown.message);
    }
    // miette pads lines; trailing blanks would make output depend on it.
    let trimmed: Vec<&str> = text[start..].lines().map(str::trim_end).collect();
    let trimmed = trimmed.join("\n").trim_matches('\n').to_owned();
    text.truncate(start);
    let _ = writeln!(text, "{trimmed}\n");
}

/// Whether a fact is stated as unknown, where it belongs, and the rules that wait for it.
type Waiting<'r> = (bool, String, BTreeSet<&'r str>);

/// One line for each missing fact, with the rules that wait for it; of many, one for each section.
fn undecided(of: Part<'_>, each: bool, text: &mut String) {
    let mut facts: BTreeMap<(usize, &str), Waiting<'_>> = BTreeMap::new();
    let file = &of.report.files[of.file];
    for finding in of.findings.iter().filter(|finding| finding.verdict == Verdict::Unknown && finding.counts()) {
        for fact in &finding.missing {
            let position = file.lines.position(&file.text, fact.span.start as usize);
            let entry = facts
                .entry((finding.document, &fact.path))
                .or_insert_with(|| (fact.stated_unknown, format!("{}:{position}", file.name), BTreeSet::new()));
            entry.2.insert(&finding.rule);
        }
    }
    if facts.is_empty() {
        return;
    }
    let many = facts.len();
    let _ = writeln!(text, "cannot be decided until {many} fact{} declared:", if many == 1 { " is" } else { "s are" });
    if many > LISTED && !each {
        sections(&facts, text);
        let _ = writeln!(text, "  (--each-unknown lists every fact with its rules)");
    } else {
        for ((_, path), (stated, place, rules)) in &facts {
            let rules: Vec<&str> = rules.iter().copied().collect();
            let note = if *stated { " (stated as unknown)" } else { "" };
            let _ = writeln!(text, "  {}{note}  {}  {}", mask(path), mask(place), rules.join(", "));
        }
    }
    text.push('\n');
}

/// One line for each section of each manifest, the one that decides most first.
fn sections(facts: &BTreeMap<(usize, &str), Waiting<'_>>, text: &mut String) {
    type Section<'s> = (Vec<&'s str>, BTreeSet<&'s str>, &'s str);
    let mut sections: BTreeMap<(usize, &str), Section<'_>> = BTreeMap::new();
    for ((document, path), (_, place, rules)) in facts {
        let section = path.split(['.', '[']).next().unwrap_or(path);
        let entry = sections.entry((*document, section)).or_insert_with(|| (Vec::new(), BTreeSet::new(), place));
        let rest = path[section.len()..].trim_start_matches('.');
        entry.0.extend((!rest.is_empty()).then_some(rest));
        entry.1.extend(rules);
    }
    let mut rows: Vec<_> = sections.iter().collect();
    rows.sort_by_key(|((document, section), (_, rules, _))| (*document, std::cmp::Reverse(rules.len()), *section));
    for ((_, section), (missing, rules, place)) in rows {
        let rules: Vec<&str> = rules.iter().copied().collect();
        let missing = if missing.is_empty() { "nothing is said of it".to_owned() } else { mask(&few(missing)) };
        let _ = writeln!(text, "  {}  {}  {missing}  → {}", mask(section), mask(place), few(&rules));
    }
}

/// The first words of a list, and how many more there are.
fn few(words: &[&str]) -> String {
    let shown = words.len().min(if words.len() == FEW + 1 { FEW + 1 } else { FEW });
    let more = words.len() - shown;
    let shown = words[..shown].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// What manifests were held against, and what of it is no finding.
fn held_against(evidence: &Evidence, text: &mut String) {
    if !evidence.unconfirmed.is_empty() {
        text.push_str("declared, and neither confirmed nor contradicted:\n");
        for fact in &evidence.unconfirmed {
            let declared =
                if fact.declared.is_empty() { String::new() } else { format!(" is declared as `{}`;", mask(&fact.declared)) };
            let shown = format!("{}: {}", mask(&fact.subject), fact.attribute);
            let _ = writeln!(text, "  {shown}{declared} {} has `{}`", mask(&fact.file), mask(&fact.observed));
        }
        text.push('\n');
    }
    for file in evidence.files.iter().filter(|file| !file.refused.is_empty()) {
        for (line, reason) in &file.refused {
            let _ = writeln!(text, "not read: {}:{line}: {}", mask(&file.name), mask(reason));
        }
    }
    let files = evidence.files.iter().filter(|file| !file.kinds.is_empty());
    let shown: Vec<String> = files.map(|file| format!("{} ({})", mask(&file.name), file.kinds.join(", "))).collect();
    let _ = writeln!(text, "held against {}: {}", counted(shown.len(), "file"), listed(&shown, 6));
    let _ = writeln!(
        text,
        "{} confirmed, {} neither confirmed nor contradicted, {} shown that the manifest leaves open",
        counted(evidence.confirmed.len(), "fact"),
        evidence.unconfirmed.len(),
        evidence.unstated.len(),
    );
}

/// The first of a list, and how many more there are.
fn listed(all: &[String], most: usize) -> String {
    let shown = all.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    let more = all.len().saturating_sub(most);
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

fn totals(as_of: Date, summary: &Summary, text: &mut String) {
    let verdict = |verdict| summary.verdicts.get(&verdict).copied().unwrap_or_default();
    let outcome = |outcome| summary.outcomes.get(&outcome).copied().unwrap_or_default();
    let severities: Vec<String> =
        summary.severities.iter().rev().map(|(severity, count)| format!("{count} {severity}")).collect();
    let violations = verdict(Verdict::Violation);
    let mut parts = vec![
        counted(violations, "violation")
            + &if severities.is_empty() { String::new() } else { format!(" ({})", severities.join(", ")) },
    ];
    if verdict(Verdict::Error) > 0 {
        parts.push(counted(verdict(Verdict::Error), "error"));
    }
    if verdict(Verdict::Info) > 0 {
        parts.push(format!("{} info", verdict(Verdict::Info)));
    }
    let suppressed: Vec<String> =
        summary.suppressed.iter().map(|(kind, count)| format!("{count} by {}", kind.as_str())).collect();
    if !suppressed.is_empty() {
        parts.push(format!("{} suppressed ({})", summary.suppressed.values().sum::<usize>(), suppressed.join(", ")));
    }
    let _ = writeln!(text, "{} in {}", parts.join(", "), counted(summary.documents, "manifest"));
    if summary.mendable > 0 {
        let _ = writeln!(text, "{} can be mended by --fix", summary.mendable);
    }
    let _ = writeln!(
        text,
        "{} evaluated as of {}: {} violated, {} passed, {} could not be decided, {} did not apply",
        counted(summary.rules, "rule"),
        as_of,
        outcome(Outcome::Violation),
        outcome(Outcome::Passed),
        outcome(Outcome::Unknown),
        outcome(Outcome::NotApplicable),
    );
}

/// A file as miette reads it, by line index rather than by scanning from its start.
struct Source {
    name: String,
    text: String,
    lines: LineIndex,
}

impl Source {
    fn new(file: &File) -> Self {
        Self { name: mask(&file.name), text: mask_source(&file.text), lines: file.lines.clone() }
    }

    /// Start and length of what a label covers: the span, or its beginning where the lines it is on are too long to be shown.
    fn cut(&self, span: Span) -> (usize, usize) {
        let (start, len) = (span.start as usize, span.len());
        let first = self.lines.line(start);
        let last = self.lines.line((start + len).saturating_sub(usize::from(len > 0)));
        let whole = self.lines.start(last + 1, &self.text) - self.lines.start(first, &self.text);
        if whole <= WHOLE || start + len > self.text.len() {
            return (start, len);
        }
        let line_end = self.lines.start(first + 1, &self.text);
        let end = self.boundary((start + len.min(COVERED)).min(line_end));
        let end = start + self.text.get(start..end).map_or(0, |text| text.trim_end_matches(['\n', '\r']).len());
        (start, end - start)
    }

    /// The last boundary between characters up to an offset.
    fn boundary(&self, mut at: usize) -> usize {
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        if end > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let first = self.lines.line(span.offset()).saturating_sub(before);
        let last = self.lines.line(end.saturating_sub(usize::from(!span.is_empty()))) + after;
        let start = self.lines.start(first, &self.text);
        let stop = self.lines.start(last + 1, &self.text).max(end);
        let (start, stop) = match stop - start {
            ..=WHOLE => (start, stop),
            // Of two labels that are far apart in long lines each has an excerpt of its own.
            _ if span.len() > WHOLE => return Err(MietteError::OutOfBounds),
            _ => (self.boundary(start.max(span.offset().saturating_sub(AROUND))), self.boundary(stop.min(end + AROUND))),
        };
        let column = if before == 0 { self.lines.position(&self.text, span.offset()).column - 1 } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[start..stop],
            (start, stop - start).into(),
            first,
            column,
            last - first + 1,
        )))
    }
}

/// A finding as a diagnostic.
struct Shown<'s> {
    code: Option<String>,
    message: String,
    help: Option<String>,
    severity: Severity,
    labels: Vec<LabeledSpan>,
    source: &'s Source,
}

impl<'s> Shown<'s> {
    fn new(finding: &Finding, source: &'s Source) -> Self {
        let mut evidence = 0;
        let mut hops = 0;
        let mut labels = Vec::new();
        for label in finding.labels.iter().filter(|label| label.file == finding.file()) {
            // Silent evidence is for machines beyond a few; what the rule says of a place is always shown.
            if label.role == Role::Evidence && label.text.is_empty() {
                evidence += 1;
                if evidence > MAX_EVIDENCE {
                    continue;
                }
            }
            let mut text = (!label.text.is_empty()).then(|| mask(&label.text));
            if label.role == Role::Hop {
                hops += 1;
                text = Some(format!("{hops}. {}", text.unwrap_or_default()));
            }
            let (start, len) = source.cut(label.span);
            labels.push(match label.role {
                Role::Primary => LabeledSpan::new_primary_with_span(text, (start, len)),
                _ => LabeledSpan::new(text, start, len),
            });
        }
        let start = finding.labels.first().map_or(0, |label| label.span.start as usize);
        let position = source.lines.position(&source.text, start);
        let word = match finding.verdict {
            Verdict::Error => "error",
            Verdict::Info => "info",
            _ => finding.severity.as_str(),
        };
        Self {
            // Snippets stand in the order of the file; the place to go to is named first.
            code: Some(format!("{} {} [{word}] {}:{position}", finding.rule, finding.name, source.name)),
            message: mask(&finding.message),
            help: (!finding.help.is_empty()).then(|| mask(&finding.help)),
            severity: if finding.verdict == Verdict::Info { Severity::Info } else { finding.severity },
            labels,
            source,
        }
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as _)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Critical | Severity::High => miette::Severity::Error,
            Severity::Medium => miette::Severity::Warning,
            Severity::Low | Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Text without control characters, bidirectional ones included.
pub fn mask(text: &str) -> String {
    // Nearly every text is plain.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// As [`mask`], line by line.
pub fn mask_lines(text: &str) -> String {
    text.lines().map(mask).collect::<Vec<_>>().join("\n")
}

/// As [`mask`], keeping lines, tabs and the length in bytes, so that spans still fit.
fn mask_source(text: &str) -> String {
    let masked = text.chars().map(|c| match (is_control(c), c.len_utf8()) {
        (false, _) => c,
        _ if matches!(c, '\n' | '\r' | '\t') => c,
        (true, 1) => '?',
        (true, 2) => '\u{b7}',
        (true, 3) => char::REPLACEMENT_CHARACTER,
        (true, _) => '\u{1f6ab}',
    });
    masked.collect()
}
