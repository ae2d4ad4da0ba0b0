//! The findings of a rule, by what a suppression can name: their lines and their ids.
//!
//! A file may hold as many suppressions as findings; each of them looks at the few that it may be for.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::span::LineIndex;

/// The findings of each rule that was asked for, by their positions among all.
#[derive(Debug, Default)]
pub struct Among(HashMap<String, OfRule>);

/// The findings of one rule, each list in the order of all.
#[derive(Debug, Default)]
pub struct OfRule {
    pub all: Vec<usize>,
    /// By the line of the first label, counted from 0.
    lines: HashMap<usize, Vec<usize>>,
    /// By what they are about: ids, the subject, and each part of it.
    ids: HashMap<String, Vec<usize>>,
}

impl Among {
    /// Those of a rule. Nothing that is looked at changes while suppressions are applied.
    pub fn of(&mut self, code: &str, findings: &[Finding], lines: &LineIndex) -> &OfRule {
        self.0.entry(code.to_owned()).or_insert_with(|| OfRule::new(code, findings, lines))
    }
}

impl OfRule {
    fn new(code: &str, findings: &[Finding], lines: &LineIndex) -> Self {
        let mut of = Self::default();
        for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.rule == code) {
            of.all.push(at);
            if let Some(line) = line(finding, lines) {
                of.lines.entry(line).or_default().push(at);
            }
            for id in ids(finding) {
                let known = of.ids.entry(id.to_owned()).or_default();
                if known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        of
    }

    /// Those on a line.
    pub fn on(&self, line: usize) -> &[usize] {
        self.lines.get(&line).map_or(&[], Vec::as_slice)
    }

    /// Those about an id.
    pub fn about(&self, id: &str) -> &[usize] {
        self.ids.get(id).map_or(&[], Vec::as_slice)
    }
}

fn line(finding: &Finding, lines: &LineIndex) -> Option<usize> {
    finding.labels.first().map(|label| lines.line(label.span.start as usize))
}

/// What a finding is about, as a waiver may name it.
fn ids(finding: &Finding) -> impl Iterator<Item = &str> {
    let about = finding.about.iter().map(String::as_str);
    about.chain([finding.subject.as_str()]).chain(finding.subject.split([' ', ',', '#']))
}
