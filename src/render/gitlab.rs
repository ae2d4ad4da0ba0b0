//! GitLab's Code Quality report: an array of issues in the form of Code Climate, as far as GitLab documents it
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).
//!
//! GitLab knows no suppression, no verdict and no second place. An accepted finding is an issue of the lowest severity
//! that says who accepted it; the rest stands in members of Code Climate's specification, which GitLab leaves alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::json::pretty;
use super::text::mask;
use crate::finding::{Finding, Label, Severity, Verdict};
use crate::report::Report;

#[derive(Serialize)]
struct Issue {
    r#type: &'static str,
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    categories: [&'static str; 1],
    location: Location,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_locations: Vec<Location>,
    content: Content,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

/// Renders the report; what could not be read is an issue too.
pub fn render(report: &Report) -> String {
    let mut seen = BTreeMap::new();
    let failures = report.failures.iter().map(|failure| Issue {
        r#type: "issue",
        description: format!("cannot be read: {}", mask(&failure.message)),
        check_name: "unread".to_owned(),
        fingerprint: crate::finding::fingerprint(["unread", &failure.path]),
        severity: "blocker",
        categories: ["Bug Risk"],
        location: Location { path: failure.path.clone(), lines: Lines { begin: 1, end: 1 } },
        other_locations: Vec::new(),
        content: Content { body: String::new() },
    });
    let mut issues: Vec<Issue> = failures.collect();
    issues.extend(report.findings.iter().map(|finding| issue(report, finding, &mut seen)));
    pretty(&issues)
}

fn issue(report: &Report, finding: &Finding, seen: &mut BTreeMap<String, usize>) -> Issue {
    // Two manifests may describe one system; GitLab drops what has the fingerprint of another issue.
    let times = seen.entry(finding.fingerprint.clone()).or_default();
    *times += 1;
    let fingerprint = if *times == 1 { finding.fingerprint.clone() } else { format!("{}-{times}", finding.fingerprint) };
    let mut places = finding.labels.iter().map(|label| location(report, label));
    let first = places.next().flatten();
    let name = report.files.get(finding.file()).map_or(String::new(), |file| file.name.clone());
    Issue {
        r#type: "issue",
        description: description(finding),
        check_name: format!("{} {}", finding.rule, finding.name),
        fingerprint,
        severity: severity(finding),
        categories: [if finding.family == "data-leakage" { "Security" } else { "Bug Risk" }],
        location: first.unwrap_or(Location { path: name, lines: Lines { begin: 1, end: 1 } }),
        other_locations: places.flatten().collect(),
        content: Content { body: body(report, finding) },
    }
}

fn description(finding: &Finding) -> String {
    let message = mask(&finding.message);
    match (&finding.suppressed, finding.verdict) {
        (Some(suppression), _) => {
            let owner = suppression.owner.as_ref().map(|owner| format!(" of {}", mask(owner))).unwrap_or_default();
            let until = suppression.until.map(|until| format!(" until {until}")).unwrap_or_default();
            let (kind, reason) = (suppression.kind.as_str(), mask(&suppression.justification));
            format!("suppressed by {kind}{owner}{until} ({reason}): {message}")
        }
        (None, Verdict::Unknown) => format!("undecided: {message}"),
        (None, _) => message,
    }
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.counts(), finding.verdict, finding.severity) {
        (false, ..) | (_, Verdict::Info, _) => "info",
        (_, Verdict::Error, _) => "blocker",
        (_, Verdict::Unknown, _) => "minor",
        (_, Verdict::Violation, Severity::Critical) => "critical",
        (_, Verdict::Violation, Severity::High) => "major",
        (_, Verdict::Violation, Severity::Medium) => "minor",
        (_, Verdict::Violation, _) => "info",
    }
}

fn location(report: &Report, label: &Label) -> Option<Location> {
    let file = report.files.get(label.file)?;
    let line = |offset: u32| file.lines.position(&file.text, offset as usize).line;
    Some(Location { path: file.name.clone(), lines: Lines { begin: line(label.span.start), end: line(label.span.end) } })
}

/// Markdown, as Code Climate has it: what the labels say, and what to do.
fn body(report: &Report, finding: &Finding) -> String {
    let mut text = String::new();
    for label in &finding.labels {
        let Some(file) = report.files.get(label.file) else { continue };
        let at = file.lines.position(&file.text, label.span.start as usize);
        let said = if label.text.is_empty() { &label.path } else { &label.text };
        let _ = writeln!(text, "- {}:{at}: {}", super::markdown::escape(&file.name), super::markdown::escape(said));
    }
    if !finding.help.is_empty() {
        let _ = writeln!(text, "\n{}", super::markdown::escape(&finding.help));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::render;
    use crate::render::sample;

    #[test]
    fn every_finding_is_an_issue_of_its_own() {
        let report = sample::report();
        let issues: Value = serde_json::from_str(&render(&report)).expect("JSON");
        let issues = issues.as_array().expect("a list");
        assert_eq!(issues.len(), report.findings.len() + report.failures.len());
        let prints: std::collections::BTreeSet<_> =
            issues.iter().map(|issue| issue["fingerprint"].as_str().expect("a print")).collect();
        assert_eq!(prints.len(), issues.len());
        let accepted = issues
            .iter()
            .find(|issue| {
                issue["description"].as_str().is_some_and(|d| d.starts_with("suppressed by comment of it-lead until 2027-03-31"))
            })
            .expect("it is there");
        assert_eq!(accepted["severity"], "info");
        let leak = issues
            .iter()
            .find(|issue| issue["check_name"].as_str().is_some_and(|d| d.starts_with("LEAK001")))
            .expect("it is there");
        assert_eq!((leak["severity"].as_str(), leak["location"]["lines"]["begin"].as_u64()), (Some("critical"), Some(6)));
        assert_eq!(leak["other_locations"].as_array().map(Vec::len), Some(3));
    }
}
