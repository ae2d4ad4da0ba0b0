//! What was found on an earlier day and is left for later: only what is new, or worse, fails.
//!
//! Entries are found again by fingerprint, so they survive reordering, comments and reformatting. Each covers one
//! finding of its manifest; where the manifest has been renamed, of another one. A baseline never holds mistakes in a
//! file or in its suppressions, and no command but `write` makes it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::finding::{BaselineState, Fault, Finding, Severity, Suppression, SuppressionKind, Verdict};
use crate::report::{Report, Stale};
use crate::syntax::de::{Reader, Spanned};
use crate::syntax::tree::Tree;
use crate::syntax::{Limits, load};

/// The version of the file; it changes when a member goes or changes its meaning.
const VERSION: u32 = 1;

/// A finding that is left for later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The manifest, relative to the folder of the baseline, with forward slashes.
    pub manifest: String,
    /// The code of the rule.
    pub rule: String,
    pub subject: String,
    pub fingerprint: String,
    pub verdict: Verdict,
    pub severity: Severity,
    /// What it said when it was written.
    pub message: String,
}

impl Entry {
    /// As it is written.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "manifest": self.manifest,
            "rule": self.rule,
            "subject": self.subject,
            "fingerprint": self.fingerprint,
            "verdict": self.verdict.as_str(),
            "severity": self.severity.as_str(),
            "message": self.message,
        })
    }
}

/// A baseline file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted.
    pub entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Raw {
    version: Spanned<u32>,
    entries: Vec<Spanned<RawEntry>>,
}

#[derive(Debug, Deserialize)]
struct RawEntry {
    manifest: String,
    rule: Spanned<String>,
    #[serde(default)]
    subject: String,
    fingerprint: Spanned<String>,
    verdict: Verdict,
    severity: Severity,
    #[serde(default)]
    message: String,
}

/// Whether a finding may be left for later: what is wrong with a file, or with what is suppressed in it, may not.
fn may_wait(finding: &Finding) -> bool {
    finding.counts() && matches!(finding.verdict, Verdict::Violation | Verdict::Unknown) && finding.family != "policy"
}

/// What stands before the name of a baseline in the justification of a finding that it holds.
const HELD: &str = "in the baseline ";

/// How many findings of each rule each baseline holds, by name and code.
pub fn held(report: &Report) -> BTreeMap<(&str, &str), usize> {
    let mut held = BTreeMap::new();
    for finding in &report.findings {
        let by = finding.suppressed.as_ref().filter(|by| by.kind == SuppressionKind::Baseline);
        if let Some(name) = by.map(|by| by.justification.strip_prefix(HELD).unwrap_or(&by.justification)) {
            *held.entry((name, finding.rule.as_ref())).or_insert(0) += 1;
        }
    }
    held
}

impl Baseline {
    /// Reads a baseline file; the text is returned with its mistakes.
    pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Self, (String, Vec<Fault>)> {
        let loaded = load(bytes, limits);
        let tree = &loaded.tree;
        let outcome = match (tree.documents(), loaded.faults.is_empty()) {
            ([root], true) => {
                let reader = Reader::new(tree, tree.len() * 4);
                let raw: Option<Raw> = reader.read(tree.place(*root));
                let mut faults = reader.into_faults();
                let read = raw.map(|raw| Self::compile(tree, raw, &mut faults));
                read.filter(|_| faults.is_empty()).ok_or(faults)
            }
            (_, false) => Err(loaded.faults),
            _ => {
                Err(vec![Fault::new("baseline", "a baseline is one document").help("write it anew with `caveat baseline write`")])
            }
        };
        outcome.map_err(|faults| (tree.source().to_owned(), faults))
    }

    fn compile(tree: &Tree, raw: Raw, faults: &mut Vec<Fault>) -> Self {
        if raw.version.value != VERSION {
            let fault = Fault::new("baseline", format!("version {} of a baseline is not known", raw.version.value));
            let help = "write it anew with `caveat baseline write`";
            faults.push(fault.label(tree.highlight(raw.version.place.node), "here").help(help));
        }
        let mut entries = Vec::new();
        for Spanned { value, .. } in raw.entries {
            let (rule, fingerprint) = (value.rule, value.fingerprint);
            let engine = rule.value.starts_with("SUP")
                || rule.value.strip_prefix('E').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
            if engine {
                let fault = Fault::new("baseline", format!("`{}` cannot be left for later", rule.value));
                faults.push(fault.label(tree.highlight(rule.place.node), "here").help("fix the manifest, and remove this entry"));
            }
            if fingerprint.value.len() != 32 || !fingerprint.value.bytes().all(|b| b.is_ascii_hexdigit()) {
                let fault = Fault::new("baseline", format!("`{}` is not a fingerprint", fingerprint.value));
                faults.push(
                    fault
                        .label(tree.highlight(fingerprint.place.node), "here")
                        .help("write the file anew with `caveat baseline write`"),
                );
            }
            entries.push(Entry {
                manifest: value.manifest,
                rule: rule.value,
                subject: value.subject,
                fingerprint: fingerprint.value,
                verdict: value.verdict,
                severity: value.severity,
                message: value.message,
            });
        }
        entries.sort();
        Self { entries }
    }

    /// Everything that counts in these files of a report; `files` gives the name of each in the baseline.
    pub fn of(report: &Report, files: &BTreeMap<usize, String>) -> Self {
        let entry = |finding: &Finding| {
            Some(Entry {
                manifest: files.get(&finding.file())?.clone(),
                rule: finding.rule.to_string(),
                subject: finding.subject.clone(),
                fingerprint: finding.fingerprint.clone(),
                verdict: finding.verdict,
                severity: finding.severity,
                message: finding.message.clone(),
            })
        };
        let mut entries: Vec<Entry> = report.findings.iter().filter(|finding| may_wait(finding)).filter_map(entry).collect();
        entries.sort();
        entries.dedup();
        Self { entries }
    }

    /// The file: one line for each entry, so that a change of it can be read.
    pub fn write(&self) -> String {
        let mut text = format!("{{\n  \"version\": {VERSION},\n  \"entries\": [");
        for (at, entry) in self.entries.iter().enumerate() {
            let line = entry.json();
            let _ = write!(text, "{}\n    {line}", if at == 0 { "" } else { "," });
        }
        let end = if self.entries.is_empty() { "" } else { "\n  " };
        let _ = writeln!(text, "{end}]\n}}");
        text
    }

    /// Marks what is in the baseline, and gives the indexes of the entries that are of no use any more. `files` gives
    /// the name in the baseline of each file that it is for; `gone` says whether a manifest is no longer there.
    pub fn apply(
        &self,
        name: &str,
        report: &mut Report,
        files: &BTreeMap<usize, String>,
        gone: &dyn Fn(&str) -> bool,
    ) -> Vec<usize> {
        let mut used = vec![false; self.entries.len()];
        let mut by_fingerprint: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            by_fingerprint.entry(&entry.fingerprint).or_default().push(at);
        }
        let names: BTreeSet<&str> = files.values().map(String::as_str).collect();
        // First what is where it was, then what moved with its manifest.
        for moved in [false, true] {
            for finding in report.findings.iter_mut().filter(|finding| may_wait(finding) && finding.baseline.is_none()) {
                let Some(file) = finding.labels.first().and_then(|label| files.get(&label.file)) else { continue };
                let fits = |at: &&usize| {
                    let entry = &self.entries[**at];
                    let place = if moved { !names.contains(entry.manifest.as_str()) } else { entry.manifest == *file };
                    !used[**at] && place
                };
                let Some(at) = by_fingerprint.get(finding.fingerprint.as_str()).and_then(|list| list.iter().find(fits).copied())
                else {
                    continue;
                };
                used[at] = true;
                if finding.severity > self.entries[at].severity {
                    finding.baseline = Some(BaselineState::Updated);
                } else {
                    finding.baseline = Some(BaselineState::Unchanged);
                    finding.suppressed = Some(Suppression {
                        kind: SuppressionKind::Baseline,
                        justification: format!("{HELD}{name}"),
                        owner: None,
                        until: None,
                        at: None,
                    });
                }
            }
        }
        for finding in &mut report.findings {
            if finding.labels.first().is_some_and(|label| files.contains_key(&label.file)) {
                finding.baseline.get_or_insert(BaselineState::New);
            }
        }
        let stale: Vec<usize> =
            (0..used.len()).filter(|at| !used[*at] && decided(&self.entries[*at], report, files, gone)).collect();
        let shown = |entry: &Entry| {
            files
                .iter()
                .find(|(_, known)| **known == entry.manifest)
                .map_or(entry.manifest.clone(), |(file, _)| report.files[*file].name.clone())
        };
        let entries = stale.iter().map(|at| &self.entries[*at]).map(|entry| Stale {
            manifest: shown(entry),
            rule: entry.rule.clone(),
            subject: entry.subject.clone(),
            fingerprint: entry.fingerprint.clone(),
            message: entry.message.clone(),
        });
        let entries: Vec<Stale> = entries.collect();
        report.stale.extend(entries);
        report.stale.sort();
        stale
    }

    /// The baseline without these entries.
    #[must_use]
    pub fn without(&self, gone: &[usize]) -> Self {
        let kept = self.entries.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, entry)| entry.clone());
        Self { entries: kept.collect() }
    }
}

/// Whether a run that did not find an entry again has shown that it is gone: its manifest was read to the end and its
/// rule was asked of it, or the manifest is no longer there.
fn decided(entry: &Entry, report: &Report, files: &BTreeMap<usize, String>, gone: &dyn Fn(&str) -> bool) -> bool {
    let Some((file, _)) = files.iter().find(|(_, name)| **name == entry.manifest) else { return gone(&entry.manifest) };
    let broken = |finding: &Finding| finding.file() == *file && finding.verdict == Verdict::Error;
    let asked = report.outcomes.iter().any(|outcome| outcome.file == *file && outcome.rule == entry.rule);
    asked && !report.findings.iter().any(broken)
}
