//! What the files that deploy the systems confirm, contradict and leave open.

use super::super::block::{Block, Section, Table, Tile, Tone, code, inline, link, plain};
use super::{number, rule_link};
use crate::audit::Audit;
use crate::facts::drift::Compared;
use crate::finding::{Finding, Verdict};

/// The comparison with the files.
pub fn section(audit: &Audit) -> Section {
    let Some(evidence) = &audit.report.evidence else {
        let text = "No file that deploys the systems was found, so nothing that the manifests say was held against reality. What they say \
                    is what their authors know.";
        return Section::new("evidence", "Evidence", vec![Block::Paragraph(plain(text))]);
    };
    let drift: Vec<&Finding> = audit.report.findings.iter().filter(|finding| finding.family == "evidence").collect();
    let contradicted = drift.iter().filter(|finding| finding.verdict == Verdict::Violation).count();
    let tile = |count: usize, label: &str, tone: Tone| Tile {
        value: count.to_string(),
        label: label.to_owned(),
        tone: if count == 0 { Tone::Muted } else { tone },
    };
    let mut blocks = vec![Block::Tiles(vec![
        tile(evidence.confirmed.len(), "facts confirmed", Tone::Good),
        tile(contradicted, "contradicted, undeclared or stale", Tone::High),
        tile(evidence.unconfirmed.len(), "neither confirmed nor contradicted", Tone::Unknown),
        tile(evidence.unstated.len(), "shown by a file, left open by the manifest", Tone::Unknown),
    ])];
    let mut differences = Table::new("What the files say otherwise", ["finding", "rule", "verdict"]);
    for finding in &drift {
        // What is asked for has no card of its own.
        let proof = if finding.verdict == Verdict::Unknown && !finding.missing.is_empty() {
            plain("see the open questions")
        } else {
            link(format!("#f-{}", finding.fingerprint), "proof")
        };
        differences.row([
            [inline(&finding.message), plain(" "), proof].concat(),
            rule_link(&finding.rule),
            plain(if finding.counts() { finding.verdict.as_str() } else { "accepted" }),
        ]);
    }
    blocks.push(differences.or("No file says anything otherwise."));
    let mut files =
        Table::new("Files that the manifests were held against", ["file", "kind", ">facts", ">left open", "not read"]);
    for file in &evidence.files {
        let refused: Vec<String> = file.refused.iter().map(|(line, reason)| format!("line {line}: {reason}")).collect();
        let cells = [
            code(&file.name),
            plain(file.kinds.join(", ")),
            number(file.facts),
            number(file.unresolved),
            plain(refused.join("; ")),
        ];
        files.row(cells);
    }
    blocks.push(Block::Table(files));
    blocks.extend(listed("Confirmed", &evidence.confirmed));
    blocks.extend(listed("Neither confirmed nor contradicted", &evidence.unconfirmed));
    blocks.extend(listed("Shown by a file, and left open by the manifest", &evidence.unstated));
    Section::new("evidence", "Evidence", blocks)
}

fn listed(what: &str, facts: &[Compared]) -> Option<Block> {
    let mut table = Table::new(what, ["of", "fact", "declared", "shown", "in"]);
    for fact in facts {
        let declared = if fact.declared.is_empty() { plain("–") } else { code(&fact.declared) };
        table.row([
            code(&fact.subject),
            plain(fact.attribute.replace('_', " ")),
            declared,
            code(&fact.observed),
            code(&fact.file),
        ]);
    }
    let summary = plain(format!("{what}: {}", facts.len()));
    (!facts.is_empty()).then(|| Block::More { summary, blocks: vec![Block::Table(table)], paper: true })
}
