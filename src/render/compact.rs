//! One line for each finding: for editors, for `grep`, and for people who know the rules.

use std::fmt::Write as _;

use super::figure::counted;
use super::pieces;
use super::text::mask;
use crate::finding::{Finding, Verdict};
use crate::report::{Part, Report, Summary};

/// `path:line:column: severity CODE name: message`, then what could not be read and the totals.
pub fn render(report: &Report) -> String {
    let parts: Vec<Part<'_>> = report.parts().collect();
    let text = pieces::all(&parts, pieces::FILES, |of, text| text.push_str(&part(*of)));
    text + &end(report, &report.summary())
}

/// The findings of one file.
pub fn part(of: Part<'_>) -> String {
    pieces::all(of.findings, pieces::FINDINGS, |finding, text| {
        if finding.counts() {
            let (place, grade) = (place(of.report, finding), grade(finding));
            let _ = writeln!(text, "{place}: {grade} {} {}: {}", finding.rule, finding.name, mask(&finding.message));
        }
    })
}

/// What follows the last file: of the report what is about none of them, and what all of them come to.
pub fn end(report: &Report, summary: &Summary) -> String {
    let mut text = String::new();
    for stale in &report.stale {
        let _ = writeln!(text, "{}: stale {}: {}", mask(&stale.manifest), stale.rule, mask(&stale.message));
    }
    for failure in &report.failures {
        let _ = writeln!(text, "{}: error: {}", mask(&failure.path), mask(&failure.message));
    }
    let _ = writeln!(text, "{}", totals(summary));
    text
}

/// File, line and column of the primary label.
pub(super) fn place(report: &Report, finding: &Finding) -> String {
    let Some(file) = report.files.get(finding.file()) else { return "-".to_owned() };
    let start = finding.labels.first().map_or(0, |label| label.span.start as usize);
    format!("{}:{}", mask(&file.name), file.lines.position(&file.text, start))
}

/// The severity of a violation, else what the finding asserts.
pub(super) fn grade(finding: &Finding) -> &'static str {
    match finding.verdict {
        Verdict::Violation => finding.severity.as_str(),
        verdict => verdict.as_str(),
    }
}

/// Everything that was counted, on one line.
pub(super) fn totals(summary: &Summary) -> String {
    let verdicts = summary.verdicts.iter().map(|(verdict, count)| format!("{count} {}", verdict.as_str()));
    let suppressed = summary.suppressed.values().sum::<usize>();
    let mut parts: Vec<String> = verdicts.collect();
    if parts.is_empty() {
        parts.push("0 findings".to_owned());
    }
    if suppressed > 0 {
        parts.push(format!("{suppressed} suppressed"));
    }
    let outcomes = crate::report::Outcome::ALL.into_iter().map(|outcome| {
        let count = summary.outcomes.get(&outcome).copied().unwrap_or_default();
        format!("{count} {}", outcome.as_str().replace('_', " "))
    });
    let outcomes: Vec<String> = outcomes.collect();
    let (documents, rules) = (counted(summary.documents, "manifest"), counted(summary.rules, "rule"));
    format!("{} in {documents}; {rules}: {}", parts.join(", "), outcomes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn one_line_each() {
        insta::assert_snapshot!(render(&sample::report()), @"
        ai models/caveat.yaml:2:44: unknown HAL001 high-stakes-answers-ungrounded: it cannot be told whether anybody checks the answers of `kanzlei`
        ai models/caveat.yaml:6:5: critical LEAK001 sensitive-data-memorised-in-shared-model: `mandate` was trained into `entwurf`, which answers `büro <script>alert(1)</script>�[31m [here](http://example.com) {0}`
        ai models/caveat.yaml:11:25: info SCALE002 no-headroom: `gpu-box` is 93% full at today's peak
        helpdesk.caveat.yaml:1:9: error E009 invalid-syntax: this mapping is never closed
        ai models/caveat.yaml: stale COST001: the budget is | exceeded
        locked/caveat.yaml: error: Permission denied (os error 13)
        1 error, 1 violation, 1 unknown, 1 info, 2 suppressed in 2 manifests; 3 rules: 1 violation, 2 passed, 1 unknown, 1 not applicable
        ");
    }

    #[test]
    fn a_message_stays_on_its_line() {
        for line in render(&sample::report()).lines() {
            assert!(!line.contains('\u{1b}') && !line.contains('\r'));
        }
    }
}
