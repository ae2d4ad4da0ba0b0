//! The report as one JSON object a line, for logs and streams: each line says what it is in `type`, and has the members
//! that the `json` format has for it. What is said of a manifest stands together.

use serde::Serialize;

use super::json::{EvidenceWire, FailureWire, FindingWire, Manifest, OutcomeWire, Run, StaleWire, SummaryWire};
use super::pieces;
use crate::report::{Part, Report, Summary};

/// A line.
#[derive(Serialize)]
struct Line<'l, T> {
    #[serde(rename = "type")]
    kind: &'l str,
    #[serde(flatten)]
    what: T,
}

/// Renders the report: the run first, the totals last.
pub fn render(report: &Report) -> String {
    let parts: Vec<Part<'_>> = report.parts().collect();
    let text = pieces::all(&parts, pieces::FILES, |of, text| text.push_str(&part(*of)));
    begin(report) + &text + &end(report, &report.summary())
}

/// What comes before the first file: what the run was.
pub fn begin(report: &Report) -> String {
    let mut text = String::new();
    push(&mut text, "run", &Run::new(report));
    text
}

/// What is said of one file.
pub fn part(of: Part<'_>) -> String {
    let mut text = String::new();
    if let Some(manifest) = Manifest::new(of) {
        push(&mut text, "manifest", &manifest);
    }
    for finding in of.findings {
        push(&mut text, "finding", &FindingWire::new(of.report, finding));
    }
    for outcome in of.outcomes {
        push(&mut text, "outcome", &OutcomeWire::new(of.report, outcome));
    }
    text
}

/// What follows the last file: of the report what is about none of them, and what all of them come to.
pub fn end(report: &Report, summary: &Summary) -> String {
    let mut text = String::new();
    report.failures.iter().for_each(|failure| push(&mut text, "failure", &FailureWire::new(failure)));
    report.stale.iter().for_each(|stale| push(&mut text, "stale", &StaleWire::new(stale)));
    report.evidence.iter().for_each(|evidence| push(&mut text, "evidence", &EvidenceWire::new(evidence)));
    push(&mut text, "summary", &SummaryWire::new(report, summary));
    text
}

fn push(text: &mut String, kind: &str, what: &impl Serialize) {
    // Only a map whose keys are no strings can fail; none occurs here.
    let line = serde_json::to_string(&Line { kind, what }).unwrap_or_else(|error| unreachable!("plain data: {error}"));
    text.push_str(&line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::render;
    use crate::render::{json, sample};

    /// Puts the lines together again.
    fn document(text: &str) -> Value {
        let mut document =
            json!({"manifests": [], "findings": [], "outcomes": [], "failures": [], "stale": [], "evidence": null});
        for line in text.lines() {
            let mut line: Value = serde_json::from_str(line).expect("JSON");
            let kind = line["type"].as_str().expect("a type").to_owned();
            line.as_object_mut().expect("an object").remove("type");
            match kind.as_str() {
                "run" => ["version", "tool", "as_of"].iter().for_each(|key| document[*key] = line[*key].clone()),
                "summary" | "evidence" => document[kind.as_str()] = line,
                "stale" => document["stale"].as_array_mut().expect("a list").push(line),
                kind => document[format!("{kind}s")].as_array_mut().expect("a list").push(line),
            }
        }
        document
    }

    #[test]
    fn the_lines_are_the_json_report_in_pieces() {
        for report in [sample::report(), sample::empty()] {
            let whole: Value = serde_json::from_str(&json::render(&report)).expect("JSON");
            assert_eq!(document(&render(&report)), whole);
        }
    }
}
