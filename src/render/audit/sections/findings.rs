//! What was found, by root cause, the gravest first, each with its proof.

use std::collections::HashMap;
use std::str::Split;

use super::super::block::{Block, Card, Piece, Section, Text, code, inline, join, link, plain};
use super::super::excerpt::excerpts;
use crate::audit::{Audit, System};
use crate::finding::{Finding, Role, Verdict};
use crate::knowledge::references;

/// Ids of findings in the document: their fingerprints, told apart where two are alike.
#[derive(Debug, Default)]
pub struct Ids(HashMap<String, usize>);

impl Ids {
    fn next(&mut self, fingerprint: &str) -> String {
        let seen = self.0.entry(fingerprint.to_owned()).or_default();
        *seen += 1;
        if *seen == 1 { format!("f-{fingerprint}") } else { format!("f-{fingerprint}-{seen}") }
    }
}

/// The findings of a system.
pub fn section(audit: &Audit, id: &str, system: &System, ids: &mut Ids) -> Section {
    let roots = audit.findings_of(system).filter(|finding| spoken(finding) && audit.root_of(finding).is_none());
    let cards = cards(audit, roots, (id, &system.name), ids);
    let mut blocks = vec![Block::Note(plain(
        "Findings with one cause stand together. Each shows the lines that prove it; numbers in a path are its steps.",
    ))];
    if cards.is_empty() {
        let open = audit.findings_of(system).next().is_some();
        let nothing = if open { "Nothing counts besides what is accepted or asked for." } else { "Nothing was found." };
        blocks = vec![Block::Paragraph(plain(nothing))];
    }
    blocks.extend(cards.into_iter().map(|card| Block::Finding(Box::new(card))));
    let accepted: Vec<&Finding> = audit.findings_of(system).filter(|finding| !finding.counts()).collect();
    if !accepted.is_empty() {
        let summary = plain(format!("Accepted: {} that do not count", accepted.len()));
        let cards = accepted_cards(audit, &accepted, (id, &system.name), ids);
        blocks.push(Block::More { summary, blocks: cards, paper: true });
    }
    Section { filter: true, ..Section::new(format!("{id}-findings"), "Findings", blocks) }
}

/// Findings of files that hold no manifest, and of files of evidence.
pub fn elsewhere(audit: &Audit, ids: &mut Ids) -> Option<Section> {
    let cards = cards(audit, audit.findings_elsewhere().filter(|finding| finding.counts()), ("files", "–"), ids);
    let blocks: Vec<Block> = cards.into_iter().map(|card| Block::Finding(Box::new(card))).collect();
    (!blocks.is_empty()).then(|| Section::new("files", "Files that could not be read as what they are", blocks))
}

/// What is undecided for want of facts is asked for in the questions.
fn spoken(finding: &Finding) -> bool {
    finding.counts() && (finding.verdict != Verdict::Unknown || finding.missing.is_empty())
}

fn cards<'f>(audit: &'f Audit, roots: impl Iterator<Item = &'f Finding>, of: (&str, &str), ids: &mut Ids) -> Vec<Card> {
    let mut roots: Vec<&Finding> = roots.collect();
    let grade = |finding: &Finding| (finding.verdict == Verdict::Info, std::cmp::Reverse(worst(audit, finding)));
    // The findings of a report are in their order already.
    roots.sort_by_cached_key(|finding| grade(finding));
    let with_followers = |root: &Finding| {
        let mut one = card(audit, root, of, ids);
        one.followers = audit.followers(root).map(|finding| card(audit, finding, of, ids)).collect();
        one
    };
    roots.into_iter().map(with_followers).collect()
}

/// The severity of a finding or of what follows from it, whichever is worse.
fn worst(audit: &Audit, root: &Finding) -> crate::finding::Severity {
    audit.followers(root).map(|finding| finding.severity).chain([root.severity]).max().unwrap_or(root.severity)
}

fn accepted_cards(audit: &Audit, accepted: &[&Finding], of: (&str, &str), ids: &mut Ids) -> Vec<Block> {
    accepted.iter().map(|finding| Block::Finding(Box::new(card(audit, finding, of, ids)))).collect()
}

fn card(audit: &Audit, finding: &Finding, (system, name): (&str, &str), ids: &mut Ids) -> Card {
    let report = &audit.report;
    Card {
        id: ids.next(&finding.fingerprint),
        fingerprint: finding.fingerprint.clone(),
        verdict: finding.verdict,
        severity: finding.severity,
        rule: finding.rule.to_string(),
        name: finding.name.to_string(),
        family: finding.family.to_string(),
        system: name.to_owned(),
        message: inline(&finding.message),
        place: super::super::super::compact::place(report, finding),
        path: path(finding),
        excerpts: excerpts(report, finding),
        missing: finding.missing.iter().map(|fact| fact.path.clone()).collect(),
        remedy: inline(&finding.help),
        working: working(audit, finding, system),
        references: references_of(finding),
        accepted: accepted(audit, finding),
        fails: report.fails(finding),
        baseline: finding.baseline.map(crate::finding::BaselineState::as_str),
        followers: Vec::new(),
    }
}

/// The steps of a path, in their order.
fn path(finding: &Finding) -> Vec<Text> {
    let hops = finding.labels.iter().filter(|label| label.role == Role::Hop && !label.text.is_empty());
    hops.map(|label| inline(&label.text)).collect()
}

/// Where the figures are worked out that a rule compares.
fn working(audit: &Audit, finding: &Finding, system: &str) -> Option<Text> {
    let page = &audit.rule(&finding.rule)?.page;
    let capacity = ["capacity", "demand"].iter().any(|fact| page.reads(fact));
    let cost = ["cost", "alternatives"].iter().any(|fact| page.reads(fact));
    let mut places = Vec::new();
    if capacity {
        places.push(link(format!("#{system}-capacity"), "Capacity"));
    }
    if cost {
        places.push(link(format!("#{system}-cost"), "Cost"));
    }
    (!places.is_empty()).then(|| [plain("The arithmetic is under "), join(places, " and ")].concat())
}

/// By framework, with the ids only: their titles stand with the rule.
fn references_of(finding: &Finding) -> Vec<(String, Text)> {
    let row = |(key, ids): (&str, Split<'_, char>)| {
        let name = references::framework(key).map_or(key, |framework| framework.name.as_ref()).to_owned();
        (name, plain(ids.collect::<Vec<_>>().join(", ")))
    };
    finding.references.iter().map(row).collect()
}

/// Who accepted a finding, why, and until when.
fn accepted(audit: &Audit, finding: &Finding) -> Option<Text> {
    let by = finding.suppressed.as_ref()?;
    let mut text = plain(format!("accepted by {}", by.kind.as_str().replace('-', " ")));
    if let Some((file, span)) = by.at
        && let Some(file) = audit.report.files.get(file)
    {
        text.push(Piece::Plain(" at ".to_owned()));
        text.extend(code(format!("{}:{}", file.name, file.lines.position(&file.text, span.start as usize))));
    }
    if let Some(owner) = &by.owner {
        text.push(Piece::Plain(format!(", owner {owner}")));
    }
    text.push(Piece::Plain(match by.until {
        Some(day) => format!(", until {day}"),
        None => ", without an end".to_owned(),
    }));
    text.push(Piece::Plain(format!(": {}", by.justification)));
    Some(text)
}
