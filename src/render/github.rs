//! Annotations of GitHub Actions: workflow commands that the runner reads from standard output.
//!
//! The runner undoes exactly these escapes (`%25`, `%0D`, `%0A`, in properties `%3A` and `%2C` too; see
//! `ActionCommand.cs` of the runner and `toCommandValue` of `@actions/core`). It shows ten annotations of a level for a
//! step, so the worst come first. The job summary is the `markdown` format.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::compact::totals;
use super::text::mask;
use crate::finding::{Finding, Severity, Verdict};
use crate::report::Report;

/// A command for each finding that counts, the worst first, then the totals.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    for failure in &report.failures {
        command(&mut text, "error", &[("file", &failure.path), ("title", "caveat: cannot be read")], &failure.message);
    }
    let mut findings: Vec<&Finding> = report.findings.iter().filter(|finding| finding.counts()).collect();
    findings.sort_by_key(|finding| (Reverse(finding.verdict == Verdict::Error), Reverse(rank(finding))));
    for finding in findings {
        annotation(&mut text, report, finding);
    }
    for stale in &report.stale {
        let message = format!("no longer needed in the baseline: {}", stale.message);
        command(&mut text, "notice", &[("file", &stale.manifest), ("title", &format!("caveat: {}", stale.rule))], &message);
    }
    command(&mut text, "notice", &[("title", "caveat")], &totals(&report.summary()));
    text
}

fn rank(finding: &Finding) -> (bool, Severity) {
    (finding.verdict == Verdict::Violation, finding.severity)
}

fn level(finding: &Finding) -> &'static str {
    match (finding.verdict, finding.severity) {
        (Verdict::Error, _) | (Verdict::Violation, Severity::Critical | Severity::High) => "error",
        (Verdict::Violation, Severity::Medium) | (Verdict::Unknown, _) => "warning",
        _ => "notice",
    }
}

fn annotation(text: &mut String, report: &Report, finding: &Finding) {
    let title = format!("{} {} [{}]", finding.rule, finding.name, super::compact::grade(finding));
    let mut message = finding.message.clone();
    for label in finding.labels.iter().filter(|label| !label.text.is_empty()) {
        let Some(file) = report.files.get(label.file) else { continue };
        let at = file.lines.position(&file.text, label.span.start as usize);
        let _ = write!(message, "\n{}:{at}: {}", file.name, label.text);
    }
    if !finding.help.is_empty() {
        let _ = write!(message, "\n{}", finding.help);
    }
    let place = report.files.get(finding.file()).map(|file| {
        let span = finding.labels.first().map(|label| label.span).unwrap_or_default();
        let at = |offset: u32| file.lines.position(&file.text, offset as usize);
        (file.name.clone(), at(span.start), at(span.end))
    });
    let Some((file, start, end)) = place else {
        command(text, level(finding), &[("title", &title)], &message);
        return;
    };
    let [line, end_line, col, end_column] = [start.line, end.line, start.column, end.column].map(|number| number.to_string());
    let mut properties: Vec<(&str, &str)> = vec![("file", &file), ("line", &line), ("endLine", &end_line)];
    // Columns count only within one line.
    if start.line == end.line {
        properties.extend([("col", col.as_str()), ("endColumn", end_column.as_str())]);
    }
    properties.push(("title", &title));
    command(text, level(finding), &properties, &message);
}

/// `::level key=value,…::message`.
fn command(text: &mut String, level: &str, properties: &[(&str, &str)], message: &str) {
    let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    let _ = writeln!(text, "::{level} {}::{}", properties.join(","), data(message));
}

/// Line breaks are kept; other control characters are not for a log.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| mask(line.trim_end_matches('\r'))).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    mask(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    /// What the runner makes of a line: level, properties and message.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let rest = line.strip_prefix("::").expect("a command");
        let (head, message) = rest.split_once("::").expect("a message");
        let (level, properties) = head.split_once(' ').expect("properties");
        let undo = |text: &str| {
            text.replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        };
        let properties = properties.split(',').map(|pair| pair.split_once('=').expect("a pair"));
        (level.to_owned(), properties.map(|(key, value)| (key.to_owned(), undo(value))).collect(), undo(message))
    }

    #[test]
    fn every_line_is_a_command_and_says_what_the_report_says() {
        let report = sample::report();
        let text = render(&report);
        let lines: Vec<_> = text.lines().map(read).collect();
        assert!(lines.iter().all(|(level, ..)| ["error", "warning", "notice"].contains(&level.as_str())));
        for finding in report.findings.iter().filter(|finding| finding.counts()) {
            let said = mask(&finding.message);
            assert!(lines.iter().any(|(_, _, message)| message.starts_with(&said)), "{said}");
        }
        assert!(
            !text.contains("replicas: 2") && !lines.iter().any(|(_, _, message)| message.contains("runs on one replica")),
            "suppressed"
        );
        let (level, properties, _) = lines
            .iter()
            .find(|(_, properties, _)| properties.iter().any(|(_, value)| value.contains("LEAK001")))
            .expect("a line");
        assert_eq!(level, "error");
        assert!(properties.contains(&("file".to_owned(), "ai models/caveat.yaml".to_owned())), "{properties:?}");
        assert!(properties.contains(&("line".to_owned(), "6".to_owned())), "{properties:?}");
    }

    #[test]
    fn a_message_cannot_begin_a_command_of_its_own() {
        let mut report = sample::report();
        report.findings[1].message = "a\r\n::set-output name=x::y\n::add-mask::z %0A::error::".into();
        report.failures[0].path = "x,line=1::error::".into();
        for line in render(&report).lines() {
            let (level, ..) = read(line);
            assert!(["error", "warning", "notice"].contains(&level.as_str()), "{line}");
        }
    }
}
