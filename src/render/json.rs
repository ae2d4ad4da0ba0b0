//! The `json` format: the whole report as one document, for programs.
//!
//! The document is a contract, described in `schemas/report.schema.json` and `docs/formats.md`. For
//! that reason its structs live here and are written out member by member: a field renamed inside the
//! program must not rename a member that somebody's pipeline reads. Every member is always present
//! (`null` or an empty list where there is nothing), so that a reader needs no guards.

mod evidence;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{BaselineState, Finding, Fix, Label, Missing, Severity, Suppression, SuppressionKind, Verdict};
use crate::report::{Failure, File, FileRole, Outcome, Part, Report, RuleOutcome, Stale, Summary};
use crate::span::{self, Span};
pub(super) use evidence::EvidenceWire;

/// The version of the document; it changes when a member goes, is renamed or changes its meaning.
const VERSION: u32 = 1;

/// Renders the report, with a line break at the end.
pub fn render(report: &Report) -> String {
    pretty(&Document::new(report))
}

/// Indented JSON with a line break at the end.
pub(super) fn pretty(document: &impl Serialize) -> String {
    // Only a map whose keys are no strings, or a `Serialize` of one's own, can fail; neither occurs here.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_else(|error| unreachable!("plain data: {error}"));
    text.push('\n');
    text
}

/// The document.
#[derive(Serialize)]
pub(super) struct Document<'r> {
    #[serde(flatten)]
    run: Run,
    pub(super) manifests: Vec<Manifest<'r>>,
    pub(super) findings: Vec<FindingWire<'r>>,
    pub(super) outcomes: Vec<OutcomeWire<'r>>,
    pub(super) failures: Vec<FailureWire<'r>>,
    pub(super) stale: Vec<StaleWire<'r>>,
    pub(super) evidence: Option<EvidenceWire<'r>>,
    pub(super) summary: SummaryWire,
}

impl<'r> Document<'r> {
    pub(super) fn new(report: &'r Report) -> Self {
        Self {
            run: Run::new(report),
            manifests: report.parts().filter_map(Manifest::new).collect(),
            findings: report.findings.iter().map(|finding| FindingWire::new(report, finding)).collect(),
            outcomes: report.outcomes.iter().map(|outcome| OutcomeWire::new(report, outcome)).collect(),
            failures: report.failures.iter().map(FailureWire::new).collect(),
            stale: report.stale.iter().map(StaleWire::new).collect(),
            evidence: report.evidence.as_ref().map(EvidenceWire::new),
            summary: SummaryWire::new(report, &report.summary()),
        }
    }
}

/// What the run was.
#[derive(Serialize)]
pub(super) struct Run {
    version: u32,
    tool: Tool,
    as_of: String,
}

impl Run {
    pub(super) fn new(report: &Report) -> Self {
        let tool = Tool { name: "caveat", version: env!("CARGO_PKG_VERSION") };
        Self { version: VERSION, tool, as_of: report.as_of.to_string() }
    }
}

/// What wrote the document.
#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// A file that was read.
#[derive(Serialize)]
pub(super) struct Manifest<'r> {
    path: &'r str,
    documents: Vec<DocumentWire<'r>>,
    findings: Verdicts,
}

impl<'r> Manifest<'r> {
    /// None where the file is no manifest.
    pub(super) fn new(of: Part<'r>) -> Option<Self> {
        let file = &of.report.files[of.file];
        (file.role == FileRole::Manifest).then(|| Self {
            path: &file.name,
            documents: file.documents.iter().map(|d| DocumentWire { system: d.system.as_deref() }).collect(),
            findings: Verdicts::count(of.findings.iter().filter(|finding| finding.counts())),
        })
    }
}

/// A document of a file.
#[derive(Serialize)]
struct DocumentWire<'r> {
    system: Option<&'r str>,
}

/// A finding.
#[derive(Serialize)]
pub(super) struct FindingWire<'r> {
    rule: &'r str,
    name: &'r str,
    family: &'r str,
    verdict: &'static str,
    severity: &'static str,
    message: &'r str,
    manifest: &'r str,
    document: usize,
    subject: &'r str,
    labels: Vec<LabelWire<'r>>,
    help: &'r str,
    missing: Vec<MissingWire<'r>>,
    references: BTreeMap<&'r str, Vec<&'r str>>,
    fingerprint: &'r str,
    attached_to: Option<&'r str>,
    suppressed: Option<SuppressionWire<'r>>,
    baseline: Option<&'static str>,
    fix: Option<FixWire<'r>>,
}

impl<'r> FindingWire<'r> {
    pub(super) fn new(report: &'r Report, finding: &'r Finding) -> Self {
        Self {
            rule: &finding.rule,
            name: &finding.name,
            family: &finding.family,
            verdict: finding.verdict.as_str(),
            severity: finding.severity.as_str(),
            message: &finding.message,
            manifest: path(report, finding.file()),
            document: finding.document,
            subject: &finding.subject,
            labels: finding.labels.iter().map(|label| LabelWire::new(report, label)).collect(),
            help: &finding.help,
            missing: finding.missing.iter().map(|missing| MissingWire::new(report, finding, missing)).collect(),
            references: references(finding),
            fingerprint: &finding.fingerprint,
            attached_to: finding.attached_to.as_deref(),
            suppressed: finding.suppressed.as_ref().map(|suppression| SuppressionWire::new(report, suppression)),
            baseline: finding.baseline.map(BaselineState::as_str),
            fix: finding.fix.as_ref().map(|fix| FixWire::new(report, finding.file(), fix)),
        }
    }
}

/// The references by framework; a framework named twice keeps both lists.
fn references(finding: &Finding) -> BTreeMap<&str, Vec<&str>> {
    let mut frameworks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (framework, controls) in finding.references.iter() {
        frameworks.entry(framework).or_default().extend(controls);
    }
    frameworks
}

/// A place and what it has to do with the finding.
#[derive(Serialize)]
struct LabelWire<'r> {
    file: &'r str,
    path: &'r str,
    role: &'static str,
    text: &'r str,
    span: SpanWire,
}

impl<'r> LabelWire<'r> {
    fn new(report: &'r Report, label: &'r Label) -> Self {
        Self {
            file: path(report, label.file),
            path: &label.path,
            role: label.role.as_str(),
            text: &label.text,
            span: SpanWire::new(report, label.file, label.span),
        }
    }
}

/// Why a finding does not count.
#[derive(Serialize)]
struct SuppressionWire<'r> {
    kind: &'static str,
    justification: &'r str,
    owner: Option<&'r str>,
    until: Option<String>,
    file: Option<&'r str>,
    span: Option<SpanWire>,
}

impl<'r> SuppressionWire<'r> {
    fn new(report: &'r Report, suppression: &'r Suppression) -> Self {
        Self {
            kind: suppression.kind.as_str(),
            justification: &suppression.justification,
            owner: suppression.owner.as_deref(),
            until: suppression.until.map(|until| until.to_string()),
            file: suppression.at.map(|(file, _)| path(report, file)),
            span: suppression.at.map(|(file, span)| SpanWire::new(report, file, span)),
        }
    }
}

/// Edits after which a finding is gone.
#[derive(Serialize)]
struct FixWire<'r> {
    title: &'r str,
    safety: &'static str,
    edits: Vec<EditWire<'r>>,
}

impl<'r> FixWire<'r> {
    fn new(report: &'r Report, file: usize, fix: &'r Fix) -> Self {
        let edits = fix.edits.iter().map(|edit| EditWire { span: SpanWire::new(report, file, edit.span), text: &edit.text });
        Self { title: &fix.title, safety: fix.safety.as_str(), edits: edits.collect() }
    }
}

/// A text in place of a span of the manifest.
#[derive(Serialize)]
struct EditWire<'r> {
    span: SpanWire,
    text: &'r str,
}

/// A fact that would decide the rule.
#[derive(Serialize)]
struct MissingWire<'r> {
    path: &'r str,
    stated: &'static str,
    span: SpanWire,
}

impl<'r> MissingWire<'r> {
    fn new(report: &Report, finding: &Finding, missing: &'r Missing) -> Self {
        Self {
            path: &missing.path,
            stated: if missing.stated_unknown { "unknown" } else { "absent" },
            span: SpanWire::new(report, finding.file(), missing.span),
        }
    }
}

/// From the first character up to, and without, the one at `end`.
#[derive(Serialize)]
struct SpanWire {
    start: PositionWire,
    end: PositionWire,
}

impl SpanWire {
    fn new(report: &Report, file: usize, span: Span) -> Self {
        let file = report.files.get(file);
        Self { start: PositionWire::new(file, span.start), end: PositionWire::new(file, span.end) }
    }
}

/// Line and column count from 1, the column in characters; the offset counts bytes from 0.
#[derive(Serialize)]
struct PositionWire {
    line: usize,
    column: usize,
    offset: u32,
}

impl PositionWire {
    fn new(file: Option<&File>, offset: u32) -> Self {
        let start = span::Position { line: 1, column: 1 };
        let at = file.map_or(start, |file| file.lines.position(&file.text, offset as usize));
        Self { line: at.line, column: at.column, offset }
    }
}

/// What a rule came to for one subject.
#[derive(Serialize)]
pub(super) struct OutcomeWire<'r> {
    rule: &'r str,
    manifest: &'r str,
    document: usize,
    subject: &'r str,
    outcome: &'static str,
}

impl<'r> OutcomeWire<'r> {
    pub(super) fn new(report: &'r Report, outcome: &'r RuleOutcome) -> Self {
        Self {
            rule: &outcome.rule,
            manifest: path(report, outcome.file),
            document: outcome.document,
            subject: &outcome.subject,
            outcome: outcome.outcome.as_str(),
        }
    }
}

/// A file or folder that could not be read.
#[derive(Serialize)]
pub(super) struct FailureWire<'r> {
    path: &'r str,
    message: &'r str,
}

impl<'r> FailureWire<'r> {
    pub(super) fn new(failure: &'r Failure) -> Self {
        Self { path: &failure.path, message: &failure.message }
    }
}

/// What is in the baseline and no longer found.
#[derive(Serialize)]
pub(super) struct StaleWire<'r> {
    manifest: &'r str,
    rule: &'r str,
    subject: &'r str,
    fingerprint: &'r str,
    message: &'r str,
}

impl<'r> StaleWire<'r> {
    pub(super) fn new(stale: &'r Stale) -> Self {
        let Stale { manifest, rule, subject, fingerprint, message } = stale;
        Self { manifest, rule, subject, fingerprint, message }
    }
}

/// Totals of the run.
#[derive(Serialize)]
pub(super) struct SummaryWire {
    manifests: usize,
    documents: usize,
    rules: usize,
    failures: usize,
    verdicts: Verdicts,
    severities: Severities,
    suppressed: BTreeMap<&'static str, usize>,
    outcomes: Outcomes,
}

impl SummaryWire {
    pub(super) fn new(report: &Report, summary: &Summary) -> Self {
        let verdict = |verdict| summary.verdicts.get(&verdict).copied().unwrap_or_default();
        Self {
            manifests: summary.files,
            documents: summary.documents,
            rules: summary.rules,
            failures: report.failures.len(),
            verdicts: Verdicts {
                error: verdict(Verdict::Error),
                violation: verdict(Verdict::Violation),
                unknown: verdict(Verdict::Unknown),
                info: verdict(Verdict::Info),
            },
            severities: Severities::new(&summary.severities),
            suppressed: SuppressionKind::ALL
                .into_iter()
                .map(|kind| (kind.as_str(), summary.suppressed.get(&kind).copied().unwrap_or_default()))
                .collect(),
            outcomes: Outcomes::new(&summary.outcomes),
        }
    }
}

/// Findings that count, by verdict.
#[derive(Default, Serialize)]
pub(super) struct Verdicts {
    error: usize,
    violation: usize,
    unknown: usize,
    info: usize,
}

impl Verdicts {
    pub(super) fn count<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *match finding.verdict {
                Verdict::Error => &mut counts.error,
                Verdict::Violation => &mut counts.violation,
                Verdict::Unknown => &mut counts.unknown,
                Verdict::Info => &mut counts.info,
            } += 1;
        }
        counts
    }
}

/// Violations that count, by severity.
#[derive(Serialize)]
pub(super) struct Severities {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

impl Severities {
    pub(super) fn new(counts: &BTreeMap<Severity, usize>) -> Self {
        let of = |severity| counts.get(&severity).copied().unwrap_or_default();
        Self {
            critical: of(Severity::Critical),
            high: of(Severity::High),
            medium: of(Severity::Medium),
            low: of(Severity::Low),
            info: of(Severity::Info),
        }
    }
}

/// Rules and subjects by outcome.
#[derive(Serialize)]
pub(super) struct Outcomes {
    violation: usize,
    passed: usize,
    unknown: usize,
    not_applicable: usize,
}

impl Outcomes {
    pub(super) fn new(counts: &BTreeMap<Outcome, usize>) -> Self {
        let of = |outcome| counts.get(&outcome).copied().unwrap_or_default();
        Self {
            violation: of(Outcome::Violation),
            passed: of(Outcome::Passed),
            unknown: of(Outcome::Unknown),
            not_applicable: of(Outcome::NotApplicable),
        }
    }
}

/// The name of a file; empty for a finding about no file.
fn path(report: &Report, file: usize) -> &str {
    report.files.get(file).map_or("", |file| &file.name)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::render;
    use crate::render::sample;

    fn document() -> Value {
        serde_json::from_str(&render(&sample::report())).expect("JSON")
    }

    fn errors(document: &Value) -> Vec<String> {
        let schema = serde_json::from_str(include_str!("../../schemas/report.schema.json")).expect("JSON");
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn fits_its_schema() {
        assert_eq!(errors(&document()), [""; 0]);
        assert_eq!(errors(&serde_json::from_str(&render(&sample::empty())).expect("JSON")), [""; 0]);
    }

    #[test]
    fn its_schema_refuses_what_it_should() {
        let wrong = |pointer: &str, value: Value| {
            let mut document = document();
            *document.pointer_mut(pointer).expect("a member") = value;
            assert_ne!(errors(&document), [""; 0], "{pointer} may not be anything");
        };
        wrong("/version", json!(2));
        wrong("/as_of", json!("tomorrow"));
        wrong("/manifests/0/documents/0/system", json!(1));
        wrong("/findings/0/verdict", json!("maybe"));
        wrong("/findings/0/fingerprint", json!("short"));
        wrong("/findings/0/labels/0/span/start/line", json!(0));
        wrong("/findings/0/suppressed", json!(false));
        wrong("/outcomes/0/outcome", json!("skipped"));
        wrong("/summary/outcomes", json!({}));
    }

    #[test]
    fn its_schema_knows_every_member_and_requires_it() {
        /// Every object of the document, by pointer. The keys of `references` are data.
        fn objects(at: &str, value: &Value, found: &mut Vec<String>) {
            if let Some(members) = value.as_object() {
                found.push(at.to_owned());
                for (key, value) in members.iter().filter(|(key, _)| *key != "references") {
                    objects(&format!("{at}/{key}"), value, found);
                }
            }
            for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                objects(&format!("{at}/{index}"), value, found);
            }
        }
        let document = document();
        let mut pointers = Vec::new();
        objects("", &document, &mut pointers);
        for pointer in pointers {
            let members = document.pointer(&pointer).and_then(Value::as_object).expect("an object");
            for member in members.keys() {
                let mut without = document.clone();
                without.pointer_mut(&pointer).and_then(Value::as_object_mut).expect("an object").remove(member);
                assert_ne!(errors(&without), [""; 0], "{pointer} does without {member}");
            }
            let mut more = document.clone();
            let object = more.pointer_mut(&pointer).and_then(Value::as_object_mut).expect("an object");
            object.insert("more".into(), json!(1));
            assert_ne!(errors(&more), [""; 0], "{pointer} takes anything");
        }
    }

    #[test]
    fn says_by_what_a_finding_is_suppressed_and_does_not_count_it() {
        let document = document();
        let accepted = &document["findings"][3];
        assert_eq!(accepted["suppressed"]["kind"], "comment");
        assert_eq!(accepted["suppressed"]["owner"], "it-lead");
        assert_eq!(accepted["suppressed"]["until"], "2027-03-31");
        assert_eq!(accepted["suppressed"]["span"]["start"]["line"], 5);
        assert_eq!(accepted["fix"]["edits"][0]["text"], "replicas: 2");
        let known = &document["findings"][4];
        assert_eq!((&known["suppressed"]["kind"], &known["baseline"]), (&json!("baseline"), &json!("unchanged")));
        assert_eq!(document["summary"]["suppressed"], json!({"baseline": 1, "comment": 1, "file-comment": 0, "waiver": 0}));
        assert_eq!(document["stale"][0]["rule"], "COST001");
    }

    #[test]
    fn says_where_a_finding_is_and_keeps_its_text() {
        let document = document();
        let violation = &document["findings"][1];
        assert_eq!(violation["rule"], "LEAK001");
        assert_eq!(violation["manifest"], "ai models/caveat.yaml");
        assert_eq!(violation["message"], sample::HOSTILE);
        assert_eq!(violation["subject"], document["outcomes"][1]["subject"]);
        assert_eq!(violation["references"]["owasp_llm_2025"], json!(["LLM02", "LLM04"]));
        let label = &violation["labels"][0];
        assert_eq!(label["path"], "datasets[0]");
        assert_eq!(label["role"], "primary");
        // The line begins with a comment that holds `ü`: one character, two bytes.
        let offset = sample::MANIFEST.find("{id: mandate").expect("present");
        assert_eq!(label["span"]["start"], json!({"line": 6, "column": 5, "offset": offset}));
        let unknown = &document["findings"][0];
        assert_eq!(unknown["missing"][0]["stated"], "absent");
        assert_eq!(unknown["missing"][1]["stated"], "unknown");
        assert_eq!(unknown["suppressed"], Value::Null);
    }

    #[test]
    fn counts_what_it_lists() {
        let document = document();
        let by_verdict = json!({"error": 1, "violation": 1, "unknown": 1, "info": 1});
        assert_eq!(document["summary"]["verdicts"], by_verdict);
        assert_eq!(document["manifests"][0]["findings"], json!({"error": 0, "violation": 1, "unknown": 1, "info": 1}));
        assert_eq!(document["summary"]["failures"], 1);
        assert_eq!(document["summary"]["severities"]["critical"], 1);
        assert_eq!(document["summary"]["outcomes"], json!({"violation": 1, "passed": 2, "unknown": 1, "not_applicable": 1}));
    }

    #[test]
    fn is_the_same_text_every_time_and_ends_with_a_line_break() {
        let text = render(&sample::report());
        assert_eq!(text, render(&sample::report()));
        assert!(text.starts_with("{\n  \"version\": 1,\n") && text.ends_with("}\n"));
        assert!(!text.contains('\u{1b}'), "control characters are escaped");
    }
}
