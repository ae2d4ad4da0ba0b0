//! The records of a batch: one JSON object a line for each line that was read.
//!
//! Like the `json` format, they are a contract: `schemas/batch.schema.json` describes them, and it is made here.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::json::{FindingWire, Outcomes, Severities, Verdicts};
use crate::finding::{Severity, Verdict};
use crate::report::{Document, Report};
use crate::stream::record::{Refusal, RefusalKind};

/// The version of the records; it changes when a member goes, is renamed or changes its meaning.
const VERSION: u32 = 1;

/// Where a record comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'o> {
    /// The JSON of the id.
    pub id: Option<&'o RawValue>,
    /// The line, counted from 1.
    pub line: usize,
}

/// Any record.
#[derive(Serialize)]
struct Record<'r, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    id: Option<&'r RawValue>,
    line: usize,
    #[serde(flatten)]
    what: T,
}

/// Everything that was found in a manifest.
#[derive(Serialize)]
struct Whole<'r> {
    documents: Vec<DocumentWire<'r>>,
    findings: Vec<FindingWire<'r>>,
    outcomes: Outcomes,
    fails: bool,
}

/// What was found in a manifest, counted.
#[derive(Serialize)]
struct Summary<'r> {
    system: Option<&'r str>,
    owner: Option<&'r str>,
    documents: usize,
    verdicts: Verdicts,
    severities: Severities,
    suppressed: usize,
    outcomes: Outcomes,
    rules: Vec<RuleWire<'r>>,
    fails: bool,
}

#[derive(Serialize)]
struct DocumentWire<'r> {
    system: Option<&'r str>,
    owner: Option<&'r str>,
}

/// Findings of one rule that count, of one verdict and severity.
#[derive(Serialize)]
struct RuleWire<'r> {
    rule: &'r str,
    name: &'r str,
    family: &'r str,
    verdict: &'static str,
    severity: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct Refused<'r> {
    error: ErrorWire<'r>,
}

#[derive(Serialize)]
struct ErrorWire<'r> {
    kind: &'static str,
    message: &'r str,
}

/// The findings of a line, with a line break at the end.
pub fn findings(origin: Origin<'_>, report: &Report, fails: bool) -> String {
    let documents = report.manifests().flat_map(|(_, file)| &file.documents);
    let what = Whole {
        documents: documents.map(|d| DocumentWire { system: d.system.as_deref(), owner: d.owner.as_deref() }).collect(),
        findings: report.findings.iter().map(|finding| FindingWire::new(report, finding)).collect(),
        outcomes: Outcomes::new(&report.summary().outcomes),
        fails,
    };
    line(origin, "findings", what)
}

/// The same in numbers.
pub fn summary(origin: Origin<'_>, report: &Report, fails: bool) -> String {
    let totals = report.summary();
    let documents: Vec<&Document> = report.manifests().flat_map(|(_, file)| &file.documents).collect();
    let mut rules: BTreeMap<(&str, Verdict, Severity), RuleWire<'_>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        let rule = rules.entry((&finding.rule, finding.verdict, finding.severity)).or_insert_with(|| RuleWire {
            rule: &finding.rule,
            name: &finding.name,
            family: &finding.family,
            verdict: finding.verdict.as_str(),
            severity: finding.severity.as_str(),
            count: 0,
        });
        rule.count += 1;
    }
    let what = Summary {
        documents: totals.documents,
        verdicts: Verdicts::count(report.findings.iter().filter(|finding| finding.counts())),
        severities: Severities::new(&totals.severities),
        suppressed: totals.suppressed.values().sum(),
        outcomes: Outcomes::new(&totals.outcomes),
        rules: rules.into_values().collect(),
        fails,
        system: documents.iter().find_map(|document| document.system.as_deref()),
        owner: documents.iter().find_map(|document| document.owner.as_deref()),
    };
    line(origin, "summary", what)
}

/// A line that could not be read.
pub fn refusal(origin: Origin<'_>, refusal: &Refusal) -> String {
    line(origin, "error", Refused { error: ErrorWire { kind: refusal.kind.as_str(), message: &refusal.message } })
}

fn line<T: Serialize>(origin: Origin<'_>, kind: &'static str, what: T) -> String {
    let record = Record { kind, version: VERSION, id: origin.id, line: origin.line, what };
    // Only a map whose keys are no strings can fail; none occurs here.
    let mut text = serde_json::to_string(&record).unwrap_or_else(|error| unreachable!("plain data: {error}"));
    text.push('\n');
    text
}

/// The JSON Schema of one record; findings are those of the report, `report` is its schema.
pub fn schema() -> Value {
    let report: Value = serde_json::from_str(include_str!("../../schemas/report.schema.json"))
        .unwrap_or_else(|error| unreachable!("a file of this program: {error}"));
    let text = |what: &str| json!({"description": what, "type": ["string", "null"]});
    let system = text("`system.id`; null where it is not declared.");
    let owner = text("`governance.owner` as it is stated, `none` and `unknown` included; null where it is not declared.");
    let fails = json!({"description": "Whether something is at or above `--fail-on`, or the manifest cannot be read.", "type": "boolean"});
    let outcomes = report["$defs"]["summary"]["properties"]["outcomes"].clone();
    let severities = report["$defs"]["summary"]["properties"]["severities"].clone();
    let count = json!({"$ref": "#/$defs/count"});
    let document =
        object("A YAML document of the text; a JSON object is one.", &[("system", system.clone()), ("owner", owner.clone())]);
    let rule = object(
        "Findings of one rule, verdict and severity.",
        &[
            ("rule", json!({"$ref": "#/$defs/rule"})),
            ("name", json!({"type": "string"})),
            ("family", json!({"type": "string"})),
            ("verdict", report["$defs"]["finding"]["properties"]["verdict"].clone()),
            ("severity", json!({"$ref": "#/$defs/severity"})),
            ("count", json!({"type": "integer", "minimum": 1})),
        ],
    );
    let kinds = RefusalKind::ALL.map(RefusalKind::as_str);
    let message = json!({"description": "Why; it quotes nothing of the line.", "type": "string"});
    let error = object("Why a line could not be read.", &[("kind", json!({"enum": kinds})), ("message", message)]);
    let mut definitions = report["$defs"].clone();
    let used = |name: &String| !["evidence", "manifest", "outcome", "failure", "stale", "summary"].contains(&name.as_str());
    if let Some(map) = definitions.as_object_mut() {
        map.retain(|name, _| used(name));
        let findings = json!({"description": "As in the report.", "type": "array", "items": {"$ref": "#/$defs/finding"}});
        let documents = json!({"type": "array", "items": document});
        let whole = [("documents", documents), ("findings", findings), ("outcomes", outcomes.clone()), ("fails", fails.clone())];
        map.insert("findings_record".to_owned(), record("findings", "What was found in the manifest of a line.", &whole));
        let numbers = [
            ("system", system),
            ("owner", owner),
            ("documents", count.clone()),
            ("verdicts", json!({"$ref": "#/$defs/verdicts"})),
            ("severities", severities),
            ("suppressed", json!({"description": "Findings that do not count.", "$ref": "#/$defs/count"})),
            ("outcomes", outcomes),
            ("rules", json!({"description": "Findings that count, sorted by rule.", "type": "array", "items": rule})),
            ("fails", fails),
        ];
        map.insert("summary_record".to_owned(), record("summary", "The same in numbers.", &numbers));
        map.insert("error_record".to_owned(), record("error", "A line that could not be read.", &[("error", error)]));
    }
    let any = ["findings", "summary", "error"].map(|kind| json!({"$ref": format!("#/$defs/{kind}_record")}));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "caveat batch record",
        "description": "One line of what `caveat batch` writes. Every member is always present. `version` changes when a member goes, is renamed or changes its meaning; a newer caveat may add members.",
        "oneOf": any,
        "$defs": definitions,
    })
}

/// The schema of a record of one type.
fn record(kind: &str, what: &str, members: &[(&str, Value)]) -> Value {
    let id = json!({
        "description": "The id of the line as it was written; the number of the line where it has none; null in an error where it could not be read.",
        "type": if kind == "error" { json!(["string", "number", "boolean", "null"]) } else { json!(["string", "number", "boolean"]) },
    });
    let head = [
        ("type", json!({"const": kind})),
        ("version", json!({"const": VERSION})),
        ("id", id),
        ("line", json!({"description": "The line of the input, counted from 1.", "type": "integer", "minimum": 1})),
    ];
    object(what, &head.iter().chain(members).cloned().collect::<Vec<_>>())
}

/// The schema of an object with exactly these members.
fn object(what: &str, members: &[(&str, Value)]) -> Value {
    json!({
        "description": what,
        "type": "object",
        "required": members.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "additionalProperties": false,
        "properties": members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect::<serde_json::Map<_, _>>(),
    })
}
