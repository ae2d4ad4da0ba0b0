//! What was checked and what came of it, in one page.

use std::collections::BTreeMap;

use super::super::super::figure::digits;
use super::super::block::{Block, Piece, Section, Table, Text, Tile, Tone, badge, code, inline, join, link, plain};
use super::super::counted;
use super::{anchor, number_or_dash, rule_link};
use crate::audit::{Audit, Conclusion, System, count};
use crate::finding::{Finding, Severity, Verdict};
use crate::report::Outcome;

/// The summary.
pub fn section(audit: &Audit) -> Section {
    let mut blocks = vec![outcomes(audit), explanation(audit)];
    blocks.extend(gravest(audit));
    blocks.push(Block::Table(families(audit)));
    if audit.is_portfolio() {
        blocks.push(Block::Table(portfolio(audit)));
    }
    if !audit.report.failures.is_empty() {
        let mut table = Table::new("Files that could not be read; what they hold was not checked", ["file", "why"]);
        for failure in &audit.report.failures {
            table.row([code(&failure.path), plain(&failure.message)]);
        }
        blocks.push(Block::Table(table));
    }
    Section::new("summary", "Summary", blocks)
}

/// The four outcomes.
fn outcomes(audit: &Audit) -> Block {
    let summary = audit.report.summary();
    let tile = |outcome: Outcome, label: &str, tone| {
        let count = summary.outcomes.get(&outcome).copied().unwrap_or_default();
        let tone = if count == 0 { Tone::Muted } else { tone };
        Tile { value: crate::spelling::grouped(&count.to_string()), label: label.to_owned(), tone }
    };
    Block::Tiles(vec![
        tile(Outcome::Violation, "violated", Tone::High),
        tile(Outcome::Passed, "passed", Tone::Good),
        tile(Outcome::Unknown, "could not be decided", Tone::Unknown),
        tile(Outcome::NotApplicable, "did not apply", Tone::Muted),
    ])
}

fn explanation(audit: &Audit) -> Block {
    let summary = audit.report.summary();
    let asked = counted(summary.rules, "rule");
    let of = counted(summary.documents, "manifest");
    Block::Note(plain(format!(
        "{asked} asked of {of} as of {}. Each rule has one of the four outcomes for each thing that it is asked of; a fact that \
         nobody declared makes it undecided, and is never taken for granted.",
        audit.as_of()
    )))
}

/// The root causes that are critical, each with how much follows from it; of a portfolio the rules that find them.
fn gravest(audit: &Audit) -> Option<Block> {
    let critical =
        |finding: &&Finding| finding.counts() && finding.verdict == Verdict::Violation && finding.severity == Severity::Critical;
    let roots = audit.report.findings.iter().filter(critical).filter(|finding| audit.root_of(finding).is_none());
    let roots: Vec<&Finding> = roots.collect();
    if roots.is_empty() {
        return None;
    }
    let block = if audit.is_portfolio() { by_rule(audit, &roots) } else { one_by_one(audit, &roots) };
    Some(Block::Section(Section { listed: false, ..Section::new("gravest", "Critical", vec![block]) }))
}

fn one_by_one(audit: &Audit, roots: &[&Finding]) -> Block {
    let item = |finding: &&Finding| {
        let mut text = inline(&finding.message);
        text.extend(plain(" "));
        text.extend(link(format!("#f-{}", finding.fingerprint), finding.rule.as_ref()));
        let followers = audit.followers(finding).count();
        if followers > 0 {
            text.extend(plain(format!(", and {} from the same cause", counted(followers, "finding"))));
        }
        text
    };
    Block::List { ordered: false, items: roots.iter().map(item).collect() }
}

fn by_rule(audit: &Audit, roots: &[&Finding]) -> Block {
    let mut of: BTreeMap<&str, (usize, Vec<usize>)> = BTreeMap::new();
    for finding in roots {
        let entry = of.entry(&finding.rule).or_default();
        entry.0 += 1;
        let is_of = |system: &System| system.file == finding.file() && system.document == finding.document;
        if let Some(at) = audit.systems.iter().position(is_of).filter(|at| !entry.1.contains(at)) {
            entry.1.push(at);
        }
    }
    let mut table = Table::new(
        "Critical findings by rule, and the systems that have them",
        ["rule", "what it looks for", ">findings", "systems"],
    );
    for (code, (count, systems)) in of {
        let summary = audit.rule(code).map(|rule| inline(&rule.info.summary)).unwrap_or_default();
        let systems = systems.into_iter().map(|at| link(format!("#{}", anchor(at)), &audit.systems[at].name));
        table.row([rule_link(code), summary, number_or_dash(count), join(systems, ", ")]);
    }
    Block::Table(table)
}

/// Violations that count, by family and severity.
fn families(audit: &Audit) -> Table {
    let mut of: BTreeMap<&str, BTreeMap<Severity, usize>> = BTreeMap::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &audit.report.findings {
        of.entry(&finding.family).or_default();
        match (finding.counts(), finding.verdict) {
            (false, _) => *accepted.entry(&finding.family).or_default() += 1,
            (true, Verdict::Violation | Verdict::Error) => {
                *of.entry(&finding.family).or_default().entry(finding.severity).or_default() += 1;
            }
            (true, Verdict::Unknown) => *open.entry(&finding.family).or_default() += 1,
            (true, Verdict::Info) => {}
        }
    }
    let heads = ["family", ">critical", ">high", ">medium", ">low", ">undecided", ">accepted"];
    let mut table = Table::new("Violations and errors by family and severity, and rules that could not be decided", heads);
    for (family, severities) in &of {
        let of = |severity| number_or_dash(severities.get(&severity).copied().unwrap_or_default());
        table.row([
            plain(family.replace('-', " ")),
            of(Severity::Critical),
            of(Severity::High),
            of(Severity::Medium),
            of(Severity::Low),
            number_or_dash(open.get(family).copied().unwrap_or_default()),
            number_or_dash(accepted.get(family).copied().unwrap_or_default()),
        ]);
    }
    table
}

/// One row for each system.
fn portfolio(audit: &Audit) -> Table {
    let heads = [
        "=system",
        "result",
        ">critical",
        ">high",
        ">medium",
        ">low",
        ">undecided",
        ">errors",
        ">accepted",
        ">cost a month",
        "accountable",
    ];
    let mut table = Table::new("Systems", heads);
    for (at, system) in audit.systems.iter().enumerate() {
        let findings = || audit.findings_of(system);
        let of = |severity: Severity| {
            let those = findings().filter(|finding| finding.counts() && finding.verdict == Verdict::Violation);
            number_or_dash(those.filter(|finding| finding.severity == severity).count())
        };
        table.row([
            link(format!("#{}", anchor(at)), &system.name),
            result(audit.conclusion_of(system)),
            of(Severity::Critical),
            of(Severity::High),
            of(Severity::Medium),
            of(Severity::Low),
            number_or_dash(count(findings(), Verdict::Unknown)),
            number_or_dash(count(findings(), Verdict::Error)),
            number_or_dash(findings().filter(|finding| !finding.counts()).count()),
            plain(cost(system)),
            plain(system.stated("accountable").unwrap_or("–")),
        ]);
    }
    table
}

/// What could not be decided is not passed.
fn result(conclusion: Conclusion) -> Text {
    match conclusion {
        Conclusion::Fails => badge(Tone::High, "does not pass"),
        Conclusion::Undecided => badge(Tone::Unknown, "undecided"),
        Conclusion::Passes => badge(Tone::Good, "passes"),
    }
}

/// What is known of the cost of a month.
fn cost(system: &System) -> String {
    let (total, known) = (&system.estimate.total.now, &system.estimate.known.now);
    let currency = &system.estimate.currency;
    match (total.value, known.value) {
        (Some(total), _) => format!("{} {currency}", digits(total)),
        (None, Some(known)) if known > 0.0 => {
            format!("≥ {} {currency}", digits(known))
        }
        _ => "not known".to_owned(),
    }
}

/// What a system is.
pub fn about(audit: &Audit, id: &str, system: &System) -> Section {
    let file = &audit.report.files[system.file];
    let mut terms: Vec<(String, Text)> = Vec::new();
    if system.name != file.name {
        terms.push(("system".to_owned(), code(&system.name)));
    }
    let document = if file.documents.len() > 1 { format!(", document {}", system.document + 1) } else { String::new() };
    terms.push(("manifest".to_owned(), [code(&file.name), plain(document)].concat()));
    terms.extend(system.about.iter().map(|(what, text)| ((*what).to_owned(), plain(text))));
    let findings = || audit.findings_of(system);
    let failing = findings().filter(|finding| audit.report.fails(finding)).count();
    let mut line = result(audit.conclusion_of(system));
    let violations = count(findings(), Verdict::Violation);
    line.push(Piece::Plain(format!(
        " {}, of which {failing} at or above what it may have; {} undecided; {} accepted",
        counted(violations, "violation"),
        count(findings(), Verdict::Unknown),
        findings().filter(|finding| !finding.counts()).count(),
    )));
    Section::new(format!("{id}-about"), "The system", vec![Block::Paragraph(line), Block::Terms(terms)])
}
