//! What manifests were held against, as members of the document.

use serde::Serialize;

use crate::facts::drift::Compared;
use crate::report::{Evidence, EvidenceFile};

/// What the manifests were held against.
#[derive(Serialize)]
pub struct EvidenceWire<'r> {
    files: Vec<EvidenceFileWire<'r>>,
    confirmed: usize,
    unstated: usize,
    unconfirmed: Vec<UnconfirmedWire<'r>>,
}

/// A file that manifests were held against.
#[derive(Serialize)]
struct EvidenceFileWire<'r> {
    path: &'r str,
    kinds: &'r [&'static str],
    subjects: usize,
    facts: usize,
    unresolved: usize,
    refused: Vec<RefusedWire<'r>>,
}

/// A part of a file that was recognised and not read.
#[derive(Serialize)]
struct RefusedWire<'r> {
    line: usize,
    reason: &'r str,
}

/// A declared fact that the files neither confirm nor contradict.
#[derive(Serialize)]
struct UnconfirmedWire<'r> {
    subject: &'r str,
    attribute: &'r str,
    declared: &'r str,
    observed: &'r str,
    path: &'r str,
}

impl<'r> EvidenceWire<'r> {
    pub fn new(evidence: &'r Evidence) -> Self {
        let refused = |(line, reason): &'r (usize, String)| RefusedWire { line: *line, reason };
        let file = |file: &'r EvidenceFile| EvidenceFileWire {
            path: &file.name,
            kinds: &file.kinds,
            subjects: file.subjects,
            facts: file.facts,
            unresolved: file.unresolved,
            refused: file.refused.iter().map(refused).collect(),
        };
        let fact = |fact: &'r Compared| UnconfirmedWire {
            subject: &fact.subject,
            attribute: &fact.attribute,
            declared: &fact.declared,
            observed: &fact.observed,
            path: &fact.file,
        };
        Self {
            files: evidence.files.iter().map(file).collect(),
            confirmed: evidence.confirmed.len(),
            unstated: evidence.unstated.len(),
            unconfirmed: evidence.unconfirmed.iter().map(fact).collect(),
        }
    }
}
