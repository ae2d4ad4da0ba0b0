//! The report as one JSON object a line, for logs and streams: each line says what it is in `type`, and has the members
//! that the `json` format has for it.

use serde::Serialize;

use super::json::{Document, Tool};
use crate::report::Report;

/// A line.
#[derive(Serialize)]
struct Line<'l, T> {
    #[serde(rename = "type")]
    kind: &'l str,
    #[serde(flatten)]
    what: T,
}

/// What the run was.
#[derive(Serialize)]
struct Run<'l> {
    version: u32,
    tool: &'l Tool,
    as_of: &'l str,
}

/// Renders the report: the run first, the totals last.
pub fn render(report: &Report) -> String {
    let document = Document::new(report);
    let mut text = String::new();
    push(&mut text, "run", &Run { version: document.version, tool: &document.tool, as_of: &document.as_of });
    document.manifests.iter().for_each(|what| push(&mut text, "manifest", what));
    document.findings.iter().for_each(|what| push(&mut text, "finding", what));
    document.outcomes.iter().for_each(|what| push(&mut text, "outcome", what));
    document.failures.iter().for_each(|what| push(&mut text, "failure", what));
    document.stale.iter().for_each(|what| push(&mut text, "stale", what));
    document.evidence.iter().for_each(|what| push(&mut text, "evidence", what));
    push(&mut text, "summary", &document.summary);
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
