//! What changed between manifests, for a terminal, for a pull request and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::markdown::escape;
use super::text::mask;
use crate::diff::{Change, Changed, Difference, FactChange};
use crate::finding::{Finding, Suppression};
use crate::report::{File, Report};

/// Changed facts that are shown of a finding, and of a manifest, where a person reads.
const SHOWN: usize = 8;

/// The differences and the two reports they are between.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'d> {
    pub differences: &'d [Difference<'d>],
    pub old: &'d Report,
    pub new: &'d Report,
    /// What the two sides are called.
    pub names: (&'d str, &'d str),
}

impl Shown<'_> {
    fn count(&self, change: Change) -> usize {
        self.differences.iter().flat_map(|difference| &difference.changed).filter(|changed| changed.change == change).count()
    }

    /// `2 new, 1 gone, 14 unchanged`.
    fn totals(&self) -> String {
        let changes = Change::ALL.into_iter().map(|change| (self.count(change), change)).filter(|(count, _)| *count > 0);
        let mut parts: Vec<String> = changes.map(|(count, change)| format!("{count} {}", change.as_str())).collect();
        let unchanged: usize = self.differences.iter().map(|difference| difference.unchanged).sum();
        parts.push(format!("{unchanged} unchanged"));
        parts.join(", ")
    }

    fn place(&self, difference: &Difference<'_>, changed: &Changed<'_>) -> String {
        let (report, file) = match (changed.new, difference.files) {
            (Some(_), (_, Some(file))) => (self.new, file),
            (_, (Some(file), _)) => (self.old, file),
            _ => return difference.name.clone(),
        };
        let label = changed.finding().and_then(|finding| finding.labels.first());
        let known = &report.files[file];
        let start = label.map_or(0, |label| label.span.start as usize);
        format!("{}:{}", difference.name, position(known, start))
    }
}

fn position(file: &File, offset: usize) -> String {
    file.lines.position(&file.text, offset).to_string()
}

fn graded(finding: &Finding) -> String {
    match finding.verdict {
        crate::finding::Verdict::Violation => finding.severity.to_string(),
        verdict => verdict.as_str().to_owned(),
    }
}

/// `high`, or `medium → high` where it changed.
fn grade(changed: &Changed<'_>) -> String {
    let [old, new] = [changed.old, changed.new].map(|finding| finding.map(graded));
    match (changed.change, old, new) {
        (Change::Worse | Change::Better, Some(old), Some(new)) => format!("{old} → {new}"),
        (_, Some(old), None) => old,
        (_, _, new) => new.unwrap_or_default(),
    }
}

fn fact(fact: &FactChange) -> String {
    // An element of a list of words is its own name.
    let word = fact.new.as_ref().or(fact.old.as_ref());
    let path = if fact.path.len() > 1 && fact.path.last() == word {
        fact.path[..fact.path.len() - 1].join(".")
    } else {
        fact.path.join(".")
    };
    match (&fact.old, &fact.new) {
        (Some(old), Some(new)) => format!("{path}: {old} → {new}"),
        (None, Some(new)) => format!("{path}: {new} (new)"),
        (Some(old), None) => format!("{path}: {old} (gone)"),
        (None, None) => path,
    }
}

/// Who accepted a finding, until when and why.
fn suppressed(suppression: &Suppression) -> String {
    let owner = suppression.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
    let until = suppression.until.map(|until| format!(" until {until}")).unwrap_or_default();
    format!("by {}{owner}{until}: {}", suppression.kind.as_str(), suppression.justification)
}

/// For a terminal.
pub fn text(shown: Shown<'_>) -> String {
    let mut text = format!("{} → {}\n", mask(shown.names.0), mask(shown.names.1));
    for difference in shown.differences.iter().filter(|difference| !difference.changed.is_empty() || !difference.facts.is_empty())
    {
        for changed in &difference.changed {
            let Some(finding) = changed.finding() else { continue };
            let place = mask(&shown.place(difference, changed));
            let _ =
                writeln!(text, "\n{} {} {} [{}] {place}", changed.change.as_str(), finding.rule, finding.name, grade(changed));
            let _ = writeln!(text, "  {}", mask(&finding.message));
            if let Some(suppression) = finding.suppressed.as_ref().filter(|_| changed.change == Change::Accepted) {
                let _ = writeln!(text, "  accepted {}", mask(&suppressed(suppression)));
            }
            for change in changed.through.iter().take(SHOWN) {
                let _ = writeln!(text, "  because {}", mask(&fact(change)));
            }
            more(changed.through.len(), &mut text);
            if changed.through.is_empty() {
                text.push_str("  none of the facts that it reads is stated otherwise\n");
            }
        }
        let idle: Vec<&FactChange> = difference.facts.iter().filter(|fact| !explains(difference, fact)).collect();
        if !idle.is_empty() {
            let _ = writeln!(text, "\nother changes in {}, which change no finding by themselves", mask(&difference.name));
            for change in idle.iter().take(SHOWN) {
                let _ = writeln!(text, "  {}", mask(&fact(change)));
            }
            more(idle.len(), &mut text);
        }
    }
    let _ = writeln!(text, "\n{}", shown.totals());
    text
}

fn more(count: usize, text: &mut String) {
    if count > SHOWN {
        let _ = writeln!(text, "  and {} more", count - SHOWN);
    }
}

fn explains(difference: &Difference<'_>, fact: &FactChange) -> bool {
    difference.changed.iter().any(|changed| changed.through.contains(fact))
}

/// For a pull request.
pub fn markdown(shown: Shown<'_>) -> String {
    let mut text = format!("## caveat: {}\n\n", shown.totals());
    let any = shown.differences.iter().any(|difference| !difference.changed.is_empty());
    if any {
        text.push_str("| change | severity | rule | where | what | because |\n| --- | --- | --- | --- | --- | --- |\n");
    }
    for difference in shown.differences {
        for changed in &difference.changed {
            let Some(finding) = changed.finding() else { continue };
            let mut because: Vec<String> = changed.through.iter().take(SHOWN).map(|change| cell(&fact(change))).collect();
            if changed.through.len() > SHOWN {
                because.push(format!("and {} more", changed.through.len() - SHOWN));
            }
            if let Some(suppression) = finding.suppressed.as_ref().filter(|_| changed.change == Change::Accepted) {
                because.insert(0, cell(&format!("accepted {}", suppressed(suppression))));
            }
            let _ = writeln!(
                text,
                "| {} | {} | {} {} | {} | {} | {} |",
                changed.change.as_str(),
                grade(changed),
                finding.rule,
                finding.name,
                cell(&shown.place(difference, changed)),
                cell(&finding.message),
                because.join("<br>"),
            );
        }
    }
    if any {
        text.push('\n');
    }
    let _ = writeln!(text, "From {} to {}, as of {}.", cell(shown.names.0), cell(shown.names.1), shown.new.as_of);
    text
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    escape(text).replace('|', "\\|")
}

/// For programs; every member is always there.
pub fn json(shown: Shown<'_>) -> Value {
    let manifests: Vec<Value> = shown
        .differences
        .iter()
        .map(|difference| {
            let findings: Vec<Value> = difference.changed.iter().map(|changed| finding(shown, difference, changed)).collect();
            let facts: Vec<Value> = difference.facts.iter().map(fact_json).collect();
            json!({"manifest": difference.name, "findings": findings, "facts": facts, "unchanged": difference.unchanged})
        })
        .collect();
    let totals: serde_json::Map<String, Value> =
        Change::ALL.into_iter().map(|change| (change.as_str().to_owned(), json!(shown.count(change)))).collect();
    json!({"version": 1, "as_of": shown.new.as_of.to_string(), "old": shown.names.0, "new": shown.names.1, "manifests": manifests, "totals": totals})
}

fn fact_json(change: &FactChange) -> Value {
    json!({"path": change.path, "old": change.old, "new": change.new})
}

fn finding(shown: Shown<'_>, difference: &Difference<'_>, changed: &Changed<'_>) -> Value {
    let finding = changed.finding();
    let of = |finding: Option<&Finding>| {
        finding.map(|finding| json!({"verdict": finding.verdict.as_str(), "severity": finding.severity.as_str()}))
    };
    json!({
        "change": changed.change.as_str(),
        "rule": finding.map(|finding| &finding.rule),
        "name": finding.map(|finding| &finding.name),
        "message": finding.map(|finding| &finding.message),
        "subject": finding.map(|finding| &finding.subject),
        "fingerprint": finding.map(|finding| &finding.fingerprint),
        "place": shown.place(difference, changed),
        "old": of(changed.old),
        "new": of(changed.new),
        "because": changed.through.iter().map(fact_json).collect::<Vec<_>>(),
    })
}
