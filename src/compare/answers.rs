//! What would be reported of a way, and the five questions, answered by the outcomes of rules.

use super::{Line, Question, Reported};
use crate::finding::{Finding, Severity, Verdict};
use crate::report::Report;

/// The questions to ask before adopting, and the rules whose outcomes answer each: whole codes, or the letters
/// that codes begin with.
pub(super) const QUESTIONS: [(&str, &str, &[&str]); 5] = [
    (
        "resources",
        "Do you have the technical team to implement and maintain?",
        &["COST001", "COST002", "COST007", "COST013", "COST014", "HAL012", "HAL013"],
    ),
    (
        "capabilities",
        "Can you handle customisation and updates?",
        &["COST005", "COST006", "COST012", "COST017", "SCALE017", "HAL005", "HAL007", "HAL014", "HAL015", "HAL018"],
    ),
    (
        "specific needs",
        "Does open source align with your use case?",
        &["COST011", "HAL001", "HAL003", "HAL004", "HAL008", "HAL009", "HAL022", "IP"],
    ),
    ("scale", "Can you handle the computational requirements?", &["SCALE", "COST004", "COST009"]),
    ("security", "Can you manage the data privacy risks?", &["LEAK", "HAL016", "HAL017", "HAL023", "HAL024", "HAL028"]),
];

fn line(finding: &Finding) -> Line {
    Line { rule: finding.rule.to_string(), severity: finding.severity.as_str(), message: finding.message.clone() }
}

/// What is reported of a way, against the manifest as it stands.
pub(super) fn reported(base: &Report, changed: Option<&Report>) -> Reported {
    // What becomes of a suppression in a manifest that nobody wrote says nothing of the way.
    let counts = |finding: &&Finding| finding.verdict == Verdict::Violation && finding.family != "policy";
    let violations = |report: &'_ Report| -> Vec<Finding> { report.findings.iter().filter(counts).cloned().collect() };
    let report = changed.unwrap_or(base);
    let (before, after) = (violations(base), violations(report));
    let same = |a: &Finding, b: &Finding| a.rule == b.rule && a.subject == b.subject;
    let only = |these: &[Finding], those: &[Finding]| -> Vec<Line> {
        let mut only: Vec<&Finding> = these.iter().filter(|one| !those.iter().any(|other| same(one, other))).collect();
        only.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        only.into_iter().map(line).collect()
    };
    Reported {
        violations: after.len(),
        grave: after.iter().filter(|finding| finding.severity >= Severity::High).count(),
        undecided: report.findings.iter().filter(|finding| finding.verdict == Verdict::Unknown).count(),
        new: only(&after, &before),
        gone: only(&before, &after),
    }
}

/// A question, answered by what the rules found.
pub(super) fn answer((area, question, selectors): &(&'static str, &'static str, &[&str]), report: &Report) -> Question {
    let asks = |rule: &str| selectors.iter().any(|selector| rule == *selector || letters(rule) == *selector);
    let of = |verdict: Verdict| report.findings.iter().filter(move |finding| finding.verdict == verdict && asks(&finding.rule));
    let mut violations: Vec<&Finding> = of(Verdict::Violation).collect();
    violations.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let against: Vec<Line> = violations.into_iter().map(line).collect();
    let mut missing: Vec<String> =
        of(Verdict::Unknown).flat_map(|finding| finding.missing.iter().map(|fact| fact.path.clone())).collect();
    missing.sort();
    missing.dedup();
    let mut satisfied: Vec<String> = report
        .outcomes
        .iter()
        .filter(|outcome| outcome.outcome == crate::report::Outcome::Passed && asks(&outcome.rule))
        .map(|outcome| outcome.rule.to_string())
        .filter(|rule| !against.iter().any(|line| line.rule == *rule))
        .collect();
    satisfied.sort();
    satisfied.dedup();
    let answer = if !against.is_empty() {
        "no"
    } else if !missing.is_empty() || satisfied.is_empty() {
        "cannot say"
    } else {
        "yes"
    };
    Question { area, question, answer, against, satisfied, missing }
}

/// The letters that a code begins with.
fn letters(code: &str) -> &str {
    code.trim_end_matches(|c: char| c.is_ascii_digit())
}
