//! JUnit XML, as test reports of pipelines read it: a suite for each manifest, a case for each rule and subject.
//!
//! A violation is a failure, what a person has accepted or a rule does not apply to is skipped, and so is what could not
//! be decided, with the facts that are missing: an `error` would mean that caveat broke. Mistakes in a file, which no
//! rule is asked about, are cases of their own.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::compact::grade;
use super::text::is_control;
use super::xml::escape;
use crate::finding::{Finding, Verdict};
use crate::report::{Outcome, Report, RuleOutcome};

/// A test case.
struct Case {
    class: String,
    name: String,
    body: String,
    result: Result_,
}

/// What a case came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Result_ {
    Passed,
    Failure,
    Error,
    Skipped,
}

/// Renders the report.
pub fn render(report: &Report) -> String {
    let mut suites: Vec<(String, Vec<Case>)> = Vec::new();
    for (file, known) in report.manifests() {
        for document in 0..known.documents.len().max(1) {
            let name = if known.documents.len() > 1 { format!("{}#{}", known.name, document + 1) } else { known.name.clone() };
            suites.push((name, cases(report, file, document)));
        }
    }
    if !report.failures.is_empty() {
        let case = |failure: &crate::report::Failure| Case {
            class: "caveat".to_owned(),
            name: failure.path.clone(),
            body: format!("<error type=\"unread\" message=\"{}\"/>", attribute(&failure.message)),
            result: Result_::Error,
        };
        suites.push(("files that could not be read".to_owned(), report.failures.iter().map(case).collect()));
    }
    if !report.stale.is_empty() {
        let case = |stale: &crate::report::Stale| Case {
            class: format!("baseline.{}", stale.rule),
            name: format!("{} {} {}", stale.rule, stale.manifest, stale.subject),
            body: skipped(&format!("no longer needed in the baseline: {}", stale.message)),
            result: Result_::Skipped,
        };
        suites.push(("baseline".to_owned(), report.stale.iter().map(case).collect()));
    }
    // The whole has no attribute for what was skipped.
    let total = counts(suites.iter().flat_map(|(_, cases)| cases));
    let total = total.split(" skipped").next().unwrap_or(&total);
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"caveat\" {total}>\n");
    for (name, cases) in &suites {
        let _ = writeln!(text, "  <testsuite name=\"{}\" {} time=\"0\">", attribute(name), counts(cases.iter()));
        for case in cases {
            let head =
                format!("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", attribute(&case.class), attribute(&case.name));
            let _ =
                if case.body.is_empty() { writeln!(text, "{head}/>") } else { writeln!(text, "{head}>{}</testcase>", case.body) };
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.result {
            Result_::Failure => failures += 1,
            Result_::Error => errors += 1,
            Result_::Skipped => skipped += 1,
            Result_::Passed => {}
        }
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

fn cases(report: &Report, file: usize, document: usize) -> Vec<Case> {
    let here = |finding: &&Finding| finding.file() == file && finding.document == document;
    let findings: Vec<&Finding> = report.findings.iter().filter(here).collect();
    let mut by_subject: HashMap<(&str, &str), Vec<&Finding>> = HashMap::new();
    for finding in &findings {
        by_subject.entry((&finding.rule, &finding.subject)).or_default().push(finding);
    }
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut cases = Vec::new();
    for outcome in report.outcomes.iter().filter(|outcome| outcome.file == file && outcome.document == document) {
        let of = by_subject.get(&(outcome.rule.as_ref(), outcome.subject.as_str())).into_iter().flatten().copied();
        let mut shown = false;
        // A case has one result; what else a rule says of the subject gets cases of its own.
        let of: Vec<&Finding> =
            of.filter(|finding| finding.verdict == Verdict::Info || !std::mem::replace(&mut shown, true)).collect();
        told.extend(of.iter().map(|finding| finding.fingerprint.as_str()));
        cases.push(case(report, outcome, &of));
    }
    for finding in findings.into_iter().filter(|finding| !told.contains(finding.fingerprint.as_str())) {
        cases.push(alone(report, finding));
    }
    cases
}

/// What a rule came to for a subject.
fn case(report: &Report, outcome: &RuleOutcome, findings: &[&Finding]) -> Case {
    let rule = report.rule(&outcome.rule);
    let class = rule.map_or_else(|| "caveat".to_owned(), |rule| format!("{}.{}", rule.family, rule.name));
    let subject = if outcome.subject.is_empty() { String::new() } else { format!(" {}", outcome.subject) };
    let advice: String =
        findings.iter().filter(|finding| finding.verdict == Verdict::Info).map(|finding| output(report, finding)).collect();
    let main = findings.iter().find(|finding| finding.verdict != Verdict::Info);
    let (result, body) = match (outcome.outcome, main) {
        (_, Some(finding)) if !finding.counts() => (Result_::Skipped, accepted(finding)),
        (Outcome::Violation, Some(finding)) => (Result_::Failure, failure(report, "failure", finding)),
        (Outcome::Unknown, Some(finding)) => (Result_::Skipped, skipped(&finding.message)),
        (Outcome::Unknown, None) => (Result_::Skipped, skipped("cannot be decided")),
        // A finding that another one makes superfluous is not shown, and is no failure of its own.
        (Outcome::Violation, None) => (Result_::Skipped, skipped("shown with another finding, or below the least severity")),
        (Outcome::NotApplicable, _) => (Result_::Skipped, skipped("does not apply")),
        (Outcome::Passed, _) => (Result_::Passed, String::new()),
    };
    Case { class, name: format!("{}{subject}", outcome.rule), body: body + &advice, result }
}

/// A finding that no rule is asked about: a mistake in the file, or in its suppressions.
fn alone(report: &Report, finding: &Finding) -> Case {
    let (result, body) = match finding.verdict {
        _ if !finding.counts() => (Result_::Skipped, accepted(finding)),
        Verdict::Error => (Result_::Error, failure(report, "error", finding)),
        Verdict::Violation => (Result_::Failure, failure(report, "failure", finding)),
        Verdict::Unknown => (Result_::Skipped, skipped(&finding.message)),
        Verdict::Info => (Result_::Passed, output(report, finding)),
    };
    let subject = if finding.subject.is_empty() { String::new() } else { format!(" {}", finding.subject) };
    Case { class: format!("{}.{}", finding.family, finding.name), name: format!("{}{subject}", finding.rule), body, result }
}

fn failure(report: &Report, element: &str, finding: &Finding) -> String {
    let (grade, message) = (grade(finding), attribute(&finding.message));
    format!("<{element} type=\"{grade}\" message=\"{message}\">{}</{element}>", content(&details(report, finding)))
}

fn accepted(finding: &Finding) -> String {
    let Some(suppression) = &finding.suppressed else { return String::new() };
    let owner = suppression.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
    let until = suppression.until.map(|until| format!(" until {until}")).unwrap_or_default();
    let (kind, reason) = (suppression.kind.as_str(), &suppression.justification);
    skipped(&format!("suppressed by {kind}{owner}{until}: {reason}: {}", finding.message))
}

fn output(report: &Report, finding: &Finding) -> String {
    format!("<system-out>{}</system-out>", content(&format!("{}\n{}", finding.message, details(report, finding))))
}

/// Every place, what to do and what it refers to.
fn details(report: &Report, finding: &Finding) -> String {
    let mut text = String::new();
    for label in &finding.labels {
        let Some(file) = report.files.get(label.file) else { continue };
        let at = file.lines.position(&file.text, label.span.start as usize);
        let said = if label.text.is_empty() { &label.path } else { &label.text };
        let _ = writeln!(text, "{}:{at}: {said}", file.name);
    }
    if !finding.help.is_empty() {
        let _ = writeln!(text, "{}", finding.help);
    }
    for (framework, controls) in finding.references.iter() {
        let _ = writeln!(text, "{framework}: {}", controls.collect::<Vec<_>>().join(", "));
    }
    let _ = writeln!(text, "fingerprint {}", finding.fingerprint);
    text
}

/// Why a case has no result: as text, since not every schema of JUnit's knows an attribute for it.
fn skipped(why: &str) -> String {
    format!("<skipped>{}</skipped>", content(why))
}

/// Text between tags. XML 1.0 has no place for most control characters, escaped or not.
fn content(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        c if is_control(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    escape(&text.chars().map(shown).collect::<String>())
}

/// Text in an attribute, where line breaks would become blanks.
fn attribute(text: &str) -> String {
    content(text).replace('\n', "&#10;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn counts_are_those_of_the_cases() {
        let text = render(&sample::report());
        for (attribute, element) in
            [("tests", "<testcase "), ("failures", "<failure "), ("errors", "<error "), ("skipped", "<skipped>")]
        {
            let suites = text.lines().filter(|line| line.contains("<testsuite "));
            let number = |line: &str| -> usize {
                let first = line.find(&format!("{attribute}=\"")).expect("a count") + attribute.len() + 2;
                line[first..].split('"').next().expect("a number").parse().expect("a number")
            };
            let said: usize = suites.map(number).sum();
            assert_eq!(said, text.matches(element).count(), "{attribute}");
        }
    }

    #[test]
    fn nothing_of_a_finding_is_lost() {
        let report = sample::report();
        let text = render(&report);
        for finding in &report.findings {
            assert!(
                text.contains(&attribute(&finding.message)) || text.contains(&content(&finding.message)),
                "{}",
                finding.message
            );
            for label in finding
                .labels
                .iter()
                .filter(|label| finding.counts() && finding.verdict != Verdict::Unknown && !label.text.is_empty())
            {
                assert!(text.contains(&content(&label.text)), "{}", label.text);
            }
        }
        assert!(text.contains("suppressed by comment of it-lead until 2027-03-31"), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains("<script>"));
    }
}
