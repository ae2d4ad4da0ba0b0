//! Evidence files, read: what was expected by somebody who read the real files, and what holds for every file.
//!
//! The real files are other people's and not part of this project. Tests that need them look for them at
//! `CAVEAT_CORPUS`, else beside the project, and skip with a printed reason where they are not there.

#![expect(clippy::print_stdout, reason = "what was read, and what was skipped, is printed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use caveat::engine::{Plan, check_text};
use caveat::evidence::fact::{Attribute, Content, Fact, Subject};
use caveat::evidence::{self, Kind, Reading};
use caveat::facts;
use caveat::facts::drift::Exhibit;
use caveat::knowledge::tables::Tables;
use caveat::manifest::value::View;
use caveat::manifest::{self, Scope};
use caveat::rule::builtin;
use caveat::scaffold;
use caveat::syntax::tree::{NodeId, Tree};
use caveat::syntax::{Limits, load};
use jiff::civil::date;

/// The folder of the real files.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/dev");
    let folder = std::env::var_os("CAVEAT_CORPUS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

fn read(folder: &Path, name: &str) -> Reading {
    let bytes = fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    evidence::read(name, bytes, &Limits::default())
}

/// Every file, below a folder for its kind.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for kind in fs::read_dir(folder).expect("a folder").flatten().filter(|entry| entry.path().is_dir()) {
        for file in fs::read_dir(kind.path()).expect("a folder").flatten() {
            found.push(format!("{}/{}", kind.file_name().to_string_lossy(), file.file_name().to_string_lossy()));
        }
    }
    found.sort();
    found
}

#[test]
fn every_real_file_gives_facts_or_a_reason() {
    let Some(folder) = corpus() else { return };
    let all = files(&folder);
    assert!(all.len() > 250, "{}", all.len());
    let mut shares: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    let mut silent = Vec::new();
    for name in &all {
        let reading = read(&folder, name);
        let kind = name.split('/').next().unwrap_or_default().to_owned();
        let facts: Vec<&Fact> = reading.subjects.iter().flat_map(|subject| &subject.facts).collect();
        let models = facts.iter().any(|fact| fact.attribute == Attribute::Model && fact.value.is_some());
        let row = shares.entry(kind).or_default();
        row[0] += 1;
        row[1] += usize::from(models);
        row[2] += facts.len();
        row[3] += facts.iter().filter(|fact| !fact.standing.has_value()).count();
        row[4] += usize::from(!reading.refusals.is_empty());
        let told = !facts.is_empty() || !reading.refusals.is_empty() || !reading.kinds.is_empty() || !reading.faults.is_empty();
        if !told {
            silent.push(name.clone());
        }
        for fact in facts {
            assert!(
                reading.text.get(fact.span.range()).is_some_and(|text| !text.trim().is_empty()),
                "{name}: {fact:?} is shown nowhere"
            );
            assert_eq!(fact.value.is_some(), fact.standing.has_value(), "{name}: {fact:?}");
        }
    }
    println!("{:<18}{:>6}{:>16}{:>8}{:>13}{:>9}", "kind", "files", "name a model", "facts", "unresolved", "refused");
    for (kind, [files, models, facts, unresolved, refused]) in &shares {
        println!(
            "{kind:<18}{files:>6}{:>16}{facts:>8}{:>13}{refused:>9}",
            format!("{models} ({} %)", models * 100 / files),
            format!("{unresolved} ({} %)", unresolved * 100 / (*facts).max(1)),
        );
    }
    assert!(silent.is_empty(), "neither facts nor a reason:\n{}", silent.join("\n"));
}

/// One file of the expectations.
struct Expected<'t> {
    tree: &'t Tree,
    node: NodeId,
}

impl<'t> Expected<'t> {
    fn text(&self, key: &str) -> Option<&'t str> {
        self.tree.entry(self.node, key).and_then(|entry| self.tree.text(entry.value))
    }

    fn node(&self, key: &str) -> Option<NodeId> {
        self.tree.entry(self.node, key).map(|entry| entry.value)
    }

    fn list(&self, key: &str) -> Vec<Expected<'t>> {
        let items = self.node(key).map(|node| self.tree.items(node).to_vec()).unwrap_or_default();
        items.into_iter().map(|node| Expected { tree: self.tree, node }).collect()
    }

    /// The attributes below a key, each with the values that it has to have.
    fn facts(&self, key: &str) -> Vec<(&'t str, Vec<String>)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let entries = self.tree.entries(node).iter();
        entries
            .map(|entry| {
                let values = match self.tree.items(entry.value) {
                    [] => vec![self.tree.text(entry.value).unwrap_or_default().to_owned()],
                    items => items.iter().map(|item| self.tree.text(*item).unwrap_or_default().to_owned()).collect(),
                };
                (self.tree.text(entry.key).unwrap_or_default(), values)
            })
            .collect()
    }

    fn words(&self, key: &str) -> Vec<&'t str> {
        let items = self.node(key).map(|node| self.tree.items(node)).unwrap_or_default();
        items.iter().filter_map(|item| self.tree.text(*item)).collect()
    }
}

fn attribute(word: &str) -> Attribute {
    *Attribute::ALL.iter().find(|known| known.as_str() == word).unwrap_or_else(|| panic!("no attribute `{word}`"))
}

/// Numbers compare as numbers, however they are written.
fn is(fact: &Fact, expected: &str) -> bool {
    match (&fact.value, expected.parse::<f64>()) {
        (Some(Content::Number(number)), Ok(expected)) => (number - expected).abs() < 1e-9,
        (Some(value), _) => value.to_string() == expected,
        (None, _) => false,
    }
}

/// What is wrong with a subject, against what is expected of it.
fn differences(expected: &Expected<'_>, subject: &Subject) -> Vec<String> {
    let mut wrong = Vec::new();
    let shown = |attribute: Attribute| {
        subject.all(attribute).map(|fact| format!("{} ({})", fact.shown(), fact.standing)).collect::<Vec<_>>().join(", ")
    };
    for (word, values) in expected.facts("facts") {
        let attribute = attribute(word);
        // The surest fact is what counts where one value is expected.
        let held = |value: &String| match values.len() {
            1 => subject.fact(attribute).is_some_and(|fact| fact.standing.is_firm() && is(fact, value)),
            _ => subject.all(attribute).any(|fact| fact.standing.is_firm() && is(fact, value)),
        };
        if !values.iter().all(held) {
            wrong.push(format!("{word}: expected {}, got {}", values.join(", "), shown(attribute)));
        }
    }
    for (word, values) in expected.facts("weak") {
        let attribute = attribute(word);
        let weak = |fact: &Fact| fact.standing.has_value() && !fact.standing.is_firm();
        if !values.iter().all(|value| subject.all(attribute).any(|fact| weak(fact) && is(fact, value))) {
            wrong.push(format!("{word}: expected weakly {}, got {}", values.join(", "), shown(attribute)));
        }
    }
    for word in expected.words("unresolved") {
        let attribute = attribute(word);
        if !subject.all(attribute).any(|fact| !fact.standing.has_value())
            || subject.all(attribute).any(|fact| fact.standing.is_firm())
        {
            wrong.push(format!("{word}: expected unresolved, got {}", shown(attribute)));
        }
    }
    for word in expected.words("absent") {
        let attribute = attribute(word);
        // What is only read off a name claims nothing firmly.
        if subject.all(attribute).any(|fact| fact.standing.is_firm()) {
            wrong.push(format!("{word}: expected nothing, got {}", shown(attribute)));
        }
    }
    wrong
}

/// The subject that an expectation is about: by kind and name, else the one of the kind that differs least.
fn closest(expected: &Expected<'_>, reading: &Reading) -> Vec<String> {
    let kind = expected.text("kind").unwrap_or_default();
    let of_kind = reading.subjects.iter().filter(|subject| subject.kind.as_str() == kind);
    let named: Vec<&Subject> = match expected.text("name") {
        Some(name) => of_kind.clone().filter(|subject| subject.name == name).collect(),
        None => of_kind.clone().collect(),
    };
    let label = format!("{kind} {}", expected.text("name").unwrap_or_default());
    let all = named.iter().map(|subject| differences(expected, subject));
    match all.min_by_key(Vec::len) {
        Some(wrong) => wrong.into_iter().map(|line| format!("{label}: {line}")).collect(),
        None => vec![format!("{label}: there is none")],
    }
}

/// The expectations were written down by reading the files, before there was a reader.
#[test]
fn real_files_are_read_as_a_person_reads_them() {
    let Some(folder) = corpus() else { return };
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence/expected.yaml")).expect("expectations");
    let loaded = load(text.into_bytes(), &Limits::default());
    assert!(loaded.faults.is_empty(), "{:?}", loaded.faults);
    let list = loaded.tree.items(loaded.tree.documents()[0]);
    assert!(list.len() >= 40);
    let (mut wrong, mut facts) = (Vec::new(), 0);
    for node in list {
        let expected = Expected { tree: &loaded.tree, node: *node };
        let file = expected.text("file").expect("a file");
        let reading = read(&folder, file);
        let mut differences = Vec::new();
        if expected.text("nothing") == Some("true") {
            let models =
                reading.subjects.iter().flat_map(|subject| subject.all(Attribute::Model)).filter(|fact| fact.standing.is_firm());
            differences.extend(models.map(|fact| format!("expected no model, got {}", fact.shown())));
        }
        for subject in expected.list("subjects") {
            facts += subject.facts("facts").len();
            differences.extend(closest(&subject, &reading));
        }
        wrong.extend(differences.into_iter().map(|line| format!("{file}\n    {line}")));
    }
    println!("{} facts of {} files", facts, list.len());
    assert!(wrong.is_empty(), "{} of {facts} facts differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn kinds_and_attributes_have_words_of_their_own() {
    let mut kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    kinds.dedup();
    assert_eq!(kinds.len(), Kind::ALL.len());
    for attribute in Attribute::ALL {
        assert!(attribute.meaning().ends_with('.'), "{attribute}");
    }
}

/// What a manifest that was drafted from files comes to: its own mistakes, and where it differs from the files.
fn drafted(readings: &[Reading]) -> (String, Vec<String>) {
    let today = date(2026, 11, 28);
    let text = scaffold::draft(readings, today);
    let report = check_text(&Plan::new(builtin::rules(), today), "caveat.yaml", text.clone().into_bytes());
    let mut wrong: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.rule.starts_with('E'))
        .map(|finding| format!("{}: {}", finding.rule, finding.message))
        .collect();
    let limits = Limits::default();
    let loaded = load(text.clone().into_bytes(), &limits);
    let Some(document) = loaded.tree.documents().first() else { return (text, vec!["no document".to_owned()]) };
    let read = manifest::read(&loaded.tree, *document, Scope::Whole, &limits);
    let view = View { tree: &loaded.tree, root: read.root, ids: &read.ids, require_evidence: false };
    let exhibits: Vec<Exhibit<'_>> =
        readings.iter().enumerate().map(|(file, reading)| Exhibit { file, reading, path: &reading.name, others: &[] }).collect();
    let facts = facts::derive(&view, &Tables::builtin(), today, &exhibits, &facts::Wanted::all());
    let drift = view.field(&facts, "drift").expect("the relation");
    for row in view.elements(&drift).expect("rows").iter().flatten() {
        let word = |name: &str| view.field(row, name).ok().and_then(|value| facts::word_of(&value)).unwrap_or_default();
        if matches!(word("kind").as_str(), "contradiction" | "undeclared" | "stale" | "ambiguous") {
            wrong.push(format!("{} {} of {}: declared {}", word("kind"), word("attribute"), word("subject"), word("declared")));
        }
    }
    (text, wrong)
}

/// What is drafted from a file is valid, and agrees with the file.
#[test]
fn every_draft_agrees_with_its_file() {
    let Some(folder) = corpus() else { return };
    let (mut wrong, mut drafts) = (Vec::new(), 0);
    for name in files(&folder) {
        let reading = read(&folder, &name);
        if reading.kinds.is_empty() {
            continue;
        }
        drafts += 1;
        let (_, found) = drafted(std::slice::from_ref(&reading));
        wrong.extend(found.into_iter().map(|line| format!("{name}\n    {line}")));
    }
    println!("{drafts} drafts");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// A contradiction that no rule speaks of would pass in silence, and one that two speak of would be told twice.
#[test]
fn every_fact_that_can_be_contradicted_has_one_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/evidence");
    let rules: Vec<String> =
        fs::read_dir(root).expect("rules").flatten().map(|file| fs::read_to_string(file.path()).expect("a rule")).collect();
    let speaking: Vec<&str> = rules
        .iter()
        .filter(|rule| rule.contains("\nwhen: drift.kind == 'contradiction'"))
        .map(|rule| rule.split("\nwhere:").nth(1).and_then(|rest| rest.split("\nwhen:").next()).expect("a condition"))
        .collect();
    for attribute in facts::drift::attributes() {
        let word = format!("'{attribute}'");
        let count = speaking.iter().filter(|rule| rule.contains(&word)).count();
        assert_eq!(count, 1, "{attribute}");
    }
}
