//! The lines of a file that a finding points at.

use std::collections::BTreeMap;

use super::block::{Excerpt, ExcerptLine, inline};
use crate::finding::{Finding, Label, Role};
use crate::report::{File, Report};

/// Characters of a line that are shown.
const WIDEST: usize = 400;
/// Bytes of it that are shown before the first mark.
const BEFORE: usize = 80;

/// One excerpt for each file that a finding has labels in, its own file first.
pub fn excerpts(report: &Report, finding: &Finding) -> Vec<Excerpt> {
    let mut files: Vec<usize> = finding.labels.iter().map(|label| label.file).collect();
    files.sort_unstable();
    files.dedup();
    files.sort_by_key(|file| *file != finding.file());
    let excerpt = |file: usize| {
        let known = report.files.get(file)?;
        let labels = steps(finding).into_iter().filter(|(_, label)| label.file == file);
        Some(Excerpt { file: known.name.clone(), lines: lines(known, labels) })
    };
    files.into_iter().filter_map(excerpt).collect()
}

/// The labels of a finding, those of a path with their numbers in it.
pub fn steps(finding: &Finding) -> Vec<(Option<usize>, &Label)> {
    let mut step = 0;
    let number = |label: &Label| {
        (label.role == Role::Hop).then(|| {
            step += 1;
            step
        })
    };
    let numbers: Vec<Option<usize>> = finding.labels.iter().map(number).collect();
    numbers.into_iter().zip(&finding.labels).collect()
}

fn lines<'l>(file: &File, labels: impl Iterator<Item = (Option<usize>, &'l Label)>) -> Vec<ExcerptLine> {
    let mut of: BTreeMap<usize, Vec<(Option<usize>, &Label)>> = BTreeMap::new();
    for (step, label) in labels {
        of.entry(file.lines.line(label.span.start as usize)).or_default().push((step, label));
    }
    of.into_iter().map(|(line, labels)| excerpt_line(file, line, labels)).collect()
}

fn excerpt_line(file: &File, line: usize, mut sorted: Vec<(Option<usize>, &Label)>) -> ExcerptLine {
    let start = file.lines.start(line, &file.text);
    let end = file.lines.start(line + 1, &file.text);
    let whole = file.text.get(start..end).unwrap_or_default().trim_end();
    // Of a line that is too long what is shown begins shortly before the first mark.
    let first = sorted.iter().map(|(_, label)| (label.span.start as usize).saturating_sub(start)).min().unwrap_or(0);
    let mut skipped = if whole.chars().count() > WIDEST { first.saturating_sub(BEFORE).min(whole.len()) } else { 0 };
    while !whole.is_char_boundary(skipped) {
        skipped -= 1;
    }
    let start = start + skipped;
    let text: String = whole[skipped..].chars().take(WIDEST).collect();
    let mut marks: Vec<Option<Role>> = vec![None; text.len()];
    // The most telling mark wins where several fall on one place.
    sorted.sort_by_key(|(_, label)| std::cmp::Reverse(rank(label.role)));
    for (_, label) in &sorted {
        let from = (label.span.start as usize).saturating_sub(start).min(text.len());
        let to = (label.span.start as usize + label.span.len()).saturating_sub(start).min(text.len());
        marks[from..to].fill(Some(label.role));
    }
    let mut pieces: Vec<(Option<Role>, String)> = Vec::new();
    if skipped > 0 {
        pieces.push((None, "…".to_owned()));
    }
    for (at, c) in text.char_indices() {
        match pieces.last_mut() {
            Some((role, piece)) if *role == marks[at] => piece.push(c),
            _ => pieces.push((marks[at], c.to_string())),
        }
    }
    if whole.len() > skipped + text.len() {
        pieces.push((None, "…".to_owned()));
    }
    sorted.sort_by_key(|(step, label)| (rank(label.role), *step, label.span));
    let note = |(step, label): &(Option<usize>, &Label)| {
        let number = step.map(|step| format!("{step}. ")).unwrap_or_default();
        (label.role, inline(&format!("{number}{}", label.text)))
    };
    let notes = sorted.iter().filter(|(_, label)| !label.text.is_empty()).map(note).collect();
    ExcerptLine { number: line + 1, pieces, notes }
}

fn rank(role: Role) -> usize {
    match role {
        Role::Primary => 0,
        Role::Hop => 1,
        Role::Evidence => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn lines_are_marked_where_labels_are() {
        let report = sample::report();
        for finding in &report.findings {
            for (excerpt, file) in excerpts(&report, finding).iter().zip([finding.file()]) {
                let text = &report.files[file].text;
                for line in &excerpt.lines {
                    let shown: String = line.pieces.iter().map(|(_, piece)| piece.as_str()).collect();
                    assert_eq!(Some(shown.trim_end()), text.lines().nth(line.number - 1).map(str::trim_end));
                    assert!(line.pieces.iter().any(|(role, _)| role.is_some()) || shown.trim().is_empty(), "{line:?}");
                }
            }
        }
    }
}
