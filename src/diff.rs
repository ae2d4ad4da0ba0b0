//! What changed between two manifests in terms of risk, and through which facts.
//!
//! Findings are the same where rule, subject and document are; facts are compared by natural paths, in which elements
//! of lists go by their id and not by their position, so that moving things about changes nothing.

use std::collections::BTreeMap;

use crate::finding::{Finding, Verdict};
use crate::report::{File, Report};
use crate::syntax::tree::{Kind, Place, Tree};
use crate::syntax::{Limits, load};

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    New,
    Worse,
    Better,
    /// It is there, and somebody has accepted it now.
    Accepted,
    Gone,
}

impl Change {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::New, Self::Worse, Self::Better, Self::Accepted, Self::Gone];

    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Accepted => "accepted",
            Self::Gone => "gone",
        }
    }
}

/// A fact of a manifest that is stated otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactChange {
    /// Keys and ids from the root.
    pub path: Vec<String>,
    /// `None` where it was not stated.
    pub old: Option<String>,
    pub new: Option<String>,
}

/// A finding that is not what it was.
#[derive(Debug)]
pub struct Changed<'r> {
    pub change: Change,
    pub old: Option<&'r Finding>,
    pub new: Option<&'r Finding>,
    /// The changed facts that it rests on.
    pub through: Vec<FactChange>,
}

impl<'r> Changed<'r> {
    /// The finding as it is, or as it was.
    pub fn finding(&self) -> Option<&'r Finding> {
        self.new.or(self.old)
    }
}

/// The difference between two states of one manifest.
#[derive(Debug)]
pub struct Difference<'r> {
    /// Its name.
    pub name: String,
    /// Index of the file in the old and the new report; `None` where it is not there.
    pub files: (Option<usize>, Option<usize>),
    /// By kind of change, then in the order of findings.
    pub changed: Vec<Changed<'r>>,
    pub facts: Vec<FactChange>,
    /// Findings that are what they were.
    pub unchanged: usize,
}

/// Compares one file of a report with one of another.
pub fn difference<'r>(
    name: &str,
    old: Option<(&'r Report, usize)>,
    new: Option<(&'r Report, usize)>,
    limits: &Limits,
) -> Difference<'r> {
    let [before, after] =
        [old, new].map(|side| side.map(|(report, file)| Facts::of(&report.files[file], limits)).unwrap_or_default());
    let facts = compare(&before, &after);
    let [olds, news] = [old, new].map(|side| side.map(|(report, file)| keyed(report, file)).unwrap_or_default());
    let mut changed = Vec::new();
    let mut unchanged = 0;
    let keys: std::collections::BTreeSet<_> = olds.keys().chain(news.keys()).collect();
    for key in keys {
        let (was, is) = (olds.get(key).copied(), news.get(key).copied());
        let Some(change) = change(was, is) else {
            unchanged += usize::from(is.is_some_and(Finding::counts));
            continue;
        };
        let side = if let Some(finding) = is {
            (finding, &after)
        } else {
            (was.unwrap_or_else(|| unreachable!("one of the two is there")), &before)
        };
        let mut through = through(side.0, side.1, &facts);
        if let (Some(was), true) = (was, through.is_empty()) {
            through = self::through(was, &before, &facts);
        }
        changed.push(Changed { change, old: was, new: is, through });
    }
    changed.sort_by(|a, b| {
        a.change.cmp(&b.change).then_with(|| a.finding().map(Finding::order).cmp(&b.finding().map(Finding::order)))
    });
    Difference { name: name.to_owned(), files: (old.map(|side| side.1), new.map(|side| side.1)), changed, facts, unchanged }
}

type Key<'r> = (usize, &'r str, String);

/// The findings of a file by what makes them the same.
fn keyed(report: &Report, file: usize) -> BTreeMap<Key<'_>, &Finding> {
    let of_file = report.findings.iter().filter(|finding| finding.file() == file);
    of_file
        .map(|finding| {
            // Mistakes in a text, and advice beside a verdict, have no subject of their own.
            let subject = match finding.verdict {
                Verdict::Error => finding.fingerprint.clone(),
                Verdict::Info => format!("{} (advice)", finding.subject),
                _ => finding.subject.clone(),
            };
            ((finding.document, finding.rule.as_ref(), subject), finding)
        })
        .collect()
}

fn change(old: Option<&Finding>, new: Option<&Finding>) -> Option<Change> {
    let grade =
        |finding: &Finding| (finding.verdict == Verdict::Violation || finding.verdict == Verdict::Error, finding.severity);
    // What was accepted before and is now is no change; what is accepted from now on is one that a reviewer has to see.
    if old.is_some_and(|finding| !finding.counts()) && new.is_none_or(|finding| !finding.counts()) {
        return None;
    }
    match (old.filter(|finding| finding.counts()), new) {
        (Some(_), None) => Some(Change::Gone),
        (_, Some(new)) if !new.counts() => Some(Change::Accepted),
        (Some(old), Some(new)) if grade(new) > grade(old) => Some(Change::Worse),
        (Some(old), Some(new)) if grade(new) < grade(old) => Some(Change::Better),
        (None, Some(new)) if new.counts() => Some(Change::New),
        _ => None,
    }
}

/// What a text states, by natural path, and the natural path of each node by the one that labels use.
#[derive(Debug, Default)]
struct Facts {
    stated: BTreeMap<Vec<String>, String>,
    natural: BTreeMap<String, Vec<String>>,
}

impl Facts {
    fn of(file: &File, limits: &Limits) -> Self {
        let loaded = load(file.text.clone().into_bytes(), limits);
        let tree = &loaded.tree;
        let mut facts = Self::default();
        let mut budget = limits.visits;
        for (document, root) in tree.documents().iter().enumerate() {
            let start = if document == 0 { Vec::new() } else { vec![format!("document {}", document + 1)] };
            facts.read(tree, tree.place(*root), start, &mut budget);
        }
        facts
    }

    fn read(&mut self, tree: &Tree, at: Place, path: Vec<String>, budget: &mut usize) {
        if *budget == 0 {
            return;
        }
        *budget -= 1;
        self.natural.entry(tree.path(at).text()).or_insert_with(|| path.clone());
        match tree.node(at.node).kind {
            Kind::Mapping { .. } => {
                for entry in tree.entries(at.node) {
                    let key = tree.text(entry.key).unwrap_or("?").to_owned();
                    self.read(tree, tree.value(at, *entry), [path.clone(), vec![key]].concat(), budget);
                }
            }
            Kind::Sequence { .. } => {
                let mut seen: BTreeMap<String, usize> = BTreeMap::new();
                for item in tree.elements(at) {
                    let mut key = name_of(tree, item);
                    let times = seen.entry(key.clone()).or_default();
                    *times += 1;
                    if *times > 1 {
                        key = format!("{key}#{times}");
                    }
                    self.read(tree, item, [path.clone(), vec![key]].concat(), budget);
                }
            }
            _ => {
                let text = tree.text(at.node).unwrap_or_default();
                self.stated.insert(path, text.to_owned());
            }
        }
    }
}

/// What an element of a list goes by: its id, the ends of a flow, the word of a role, itself.
fn name_of(tree: &Tree, item: Place) -> String {
    let text = |key: &str| tree.get(item, key).and_then(|value| tree.text(value.node));
    if let Some(id) = text("id") {
        return id.to_owned();
    }
    if let (Some(from), Some(to)) = (text("from"), text("to")) {
        return format!("{from} → {to}{}", text("purpose").map(|purpose| format!(" ({purpose})")).unwrap_or_default());
    }
    let word = ["role", "rule", "option", "kind", "with", "name", "file"].iter().find_map(|key| text(key));
    word.or_else(|| tree.text(item.node)).unwrap_or("item").to_owned()
}

fn compare(old: &Facts, new: &Facts) -> Vec<FactChange> {
    let mut changes: Vec<FactChange> = Vec::new();
    for (path, was) in &old.stated {
        let is = new.stated.get(path);
        if is != Some(was) {
            changes.push(FactChange { path: path.clone(), old: Some(was.clone()), new: is.cloned() });
        }
    }
    for (path, is) in new.stated.iter().filter(|(path, _)| !old.stated.contains_key(*path)) {
        changes.push(FactChange { path: path.clone(), old: None, new: Some(is.clone()) });
    }
    changes.sort();
    changes
}

/// The changed facts that a finding rests on: those at its labels and its missing facts, else those of what it is about.
fn through(finding: &Finding, side: &Facts, facts: &[FactChange]) -> Vec<FactChange> {
    let labels =
        finding.labels.iter().map(|label| label.path.as_str()).chain(finding.missing.iter().map(|missing| missing.path.as_str()));
    let paths: Vec<Vec<String>> =
        labels.filter(|path| !path.is_empty()).map(|path| natural(side, path)).filter(|path| !path.is_empty()).collect();
    let near = |fact: &&FactChange| paths.iter().any(|path| fact.path.starts_with(path) || path.starts_with(&fact.path));
    let found: Vec<FactChange> = facts.iter().filter(near).cloned().collect();
    if !found.is_empty() {
        return found;
    }
    let of = |fact: &&FactChange| {
        fact.path.iter().any(|step| finding.about.contains(step) || finding.subject.split(' ').any(|part| part == step))
    };
    facts.iter().filter(of).cloned().collect()
}

/// The natural path of a path of nodes; what is not there is below what is.
fn natural(side: &Facts, path: &str) -> Vec<String> {
    if let Some(known) = side.natural.get(path) {
        return known.clone();
    }
    match path.rfind(['.', '[']) {
        Some(at) => {
            let mut above = natural(side, &path[..at]);
            above.push(path[at..].trim_matches(['.', '[', ']']).to_owned());
            above
        }
        None => vec![path.to_owned()],
    }
}
