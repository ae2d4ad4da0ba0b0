//! The report for a job summary or a merge request: tables first, then each finding with what proves it.
//!
//! Everything that comes from a manifest is escaped, so that it can neither draw nor mention anybody.

use std::fmt::Write as _;

use super::compact::{grade, place};
use super::table::Table;
use super::text::mask;
use crate::finding::{Finding, Verdict};
use crate::report::{Evidence, Report};

/// Renders the report.
pub fn render(report: &Report) -> String {
    let mut text = format!("# caveat\n\n{}\n\nAs of {}.\n", super::compact::totals(&report.summary()), report.as_of);
    let counting = |verdicts: &[Verdict]| -> Vec<&Finding> {
        report.findings.iter().filter(|finding| finding.counts() && verdicts.contains(&finding.verdict)).collect()
    };
    let findings = counting(&[Verdict::Error, Verdict::Violation, Verdict::Info]);
    if !findings.is_empty() {
        let mut table = Table::new(["severity", "rule", "where", "what"]);
        for finding in &findings {
            table.row([
                grade(finding).to_owned(),
                format!("{} {}", finding.rule, finding.name),
                escape(&place(report, finding)),
                escape(&finding.message),
            ]);
        }
        let _ = write!(text, "\n## Findings\n\n{}", table.markdown());
        for finding in findings {
            details(report, finding, &mut text);
        }
    }
    let unknown = counting(&[Verdict::Unknown]);
    if !unknown.is_empty() {
        let mut table = Table::new(["rule", "where", "missing"]);
        for finding in unknown {
            let missing: Vec<String> = finding.missing.iter().map(|fact| escape(&fact.path)).collect();
            // What is undecided for another reason than a missing fact says which.
            let why = if missing.is_empty() { escape(&finding.message) } else { missing.join(", ") };
            table.row([format!("{} {}", finding.rule, finding.name), escape(&place(report, finding)), why]);
        }
        let _ = write!(text, "\n## Cannot be decided\n\n{}", table.markdown());
    }
    accepted(report, &mut text);
    if !report.stale.is_empty() {
        let mut table = Table::new(["rule", "manifest", "what"]);
        report.stale.iter().for_each(|stale| table.row([stale.rule.clone(), escape(&stale.manifest), escape(&stale.message)]));
        let _ = write!(text, "\n## No longer needed in the baseline\n\n{}", table.markdown());
    }
    if let Some(evidence) = &report.evidence {
        held_against(evidence, &mut text);
    }
    if !report.failures.is_empty() {
        let mut table = Table::new(["file", "why"]);
        report.failures.iter().for_each(|failure| table.row([escape(&failure.path), escape(&failure.message)]));
        let _ = write!(text, "\n## Could not be read\n\n{}", table.markdown());
    }
    text
}

/// What manifests were held against, and what of it is no finding.
fn held_against(evidence: &Evidence, text: &mut String) {
    let mut table = Table::new(["file", "kind", "facts", "left open", "not read"]);
    for file in evidence.files.iter().filter(|file| !file.kinds.is_empty() || !file.refused.is_empty()) {
        let refused: Vec<String> = file.refused.iter().map(|(line, reason)| format!("line {line}: {}", escape(reason))).collect();
        let counts = [file.facts, file.unresolved].map(|count| count.to_string());
        let [facts, open] = counts;
        table.row([escape(&file.name), file.kinds.join(", "), facts, open, refused.join("; ")]);
    }
    let _ = write!(text, "\n## Held against\n\n{}", table.markdown());
    let _ = writeln!(
        text,
        "\n{} declared facts are confirmed; {} that files show the manifest leaves open.",
        evidence.confirmed.len(),
        evidence.unstated.len()
    );
    if !evidence.unconfirmed.is_empty() {
        let mut table = Table::new(["what", "fact", "declared", "file", "shows"]);
        for fact in &evidence.unconfirmed {
            table.row([&fact.subject, &fact.attribute, &fact.declared, &fact.file, &fact.observed].map(|cell| escape(cell)));
        }
        let _ = write!(text, "\n## Neither confirmed nor contradicted\n\n{}", table.markdown());
    }
}

fn details(report: &Report, finding: &Finding, text: &mut String) {
    let _ = writeln!(text, "\n### {} {}\n\n{}\n", finding.rule, finding.name, escape(&finding.message));
    for label in &finding.labels {
        let Some(file) = report.files.get(label.file) else { continue };
        let at = file.lines.position(&file.text, label.span.start as usize);
        let said = if label.text.is_empty() { &label.path } else { &label.text };
        let _ = writeln!(text, "- {}:{at} ({}): {}", escape(&file.name), label.role.as_str(), escape(said));
    }
    if !finding.help.is_empty() {
        let _ = writeln!(text, "\n{}", escape(&finding.help));
    }
    if let Some(fix) = &finding.fix {
        let flag = if fix.safety == crate::finding::Safety::Safe { "--fix" } else { "--unsafe-fixes" };
        let _ = writeln!(text, "\n`caveat check {flag}`: {}", escape(&fix.title));
    }
}

fn accepted(report: &Report, text: &mut String) {
    let mut table = Table::new(["rule", "where", "what", "by", "owner", "until", "reason"]);
    for finding in &report.findings {
        let Some(suppression) = &finding.suppressed else { continue };
        table.row([
            format!("{} {}", finding.rule, finding.name),
            escape(&place(report, finding)),
            escape(&finding.message),
            suppression.kind.as_str().to_owned(),
            escape(suppression.owner.as_deref().unwrap_or("-")),
            suppression.until.map_or("-".to_owned(), |until| until.to_string()),
            escape(&suppression.justification),
        ]);
    }
    if !table.is_empty() {
        let _ = write!(text, "\n## Suppressed\n\n{}", table.markdown());
    }
}

/// Text that means nothing to Markdown. Bars are for the table to escape.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in mask(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Nobody is mentioned.
            '@' => out.push_str("&#64;"),
            '[' | ']' | '(' | ')' | '*' | '_' | '\\' | '#' | '!' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    // A span of code would show escapes as they are: single backticks become quotes. Addresses are no links.
    out.replace('`', "'").replace("://", "&#58;//").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn a_row_for_each_finding_and_nothing_drawn_by_a_manifest() {
        let report = sample::report();
        let text = render(&report);
        assert!(!text.contains("<script>") && !text.contains("](http") && !text.contains('\u{1b}'));
        let findings = text.split("## Findings").nth(1).expect("a table").split("\n###").next().expect("a table");
        let counting = report.findings.iter().filter(|finding| finding.counts() && finding.verdict != Verdict::Unknown).count();
        assert_eq!(findings.lines().filter(|line| line.starts_with("| ")).count(), counting + 2);
        for row in text.lines().filter(|line| line.starts_with("| ")) {
            assert!(row.ends_with(" |"), "{row}");
        }
        assert!(text.contains("| it-lead | 2027-03-31 |"), "{text}");
        assert!(text.contains("## No longer needed in the baseline") && text.contains("## Could not be read"));
    }
}
