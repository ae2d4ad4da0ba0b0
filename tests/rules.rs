//! The built-in rules: every one is well-typed, tells the truth about itself, and reads like the others.

use std::collections::BTreeSet;
use std::path::Path;

use caveat::manifest::{Scope, read};
use caveat::rule::check::check;
use caveat::rule::file::compile;
use caveat::rule::model::Expects;
use caveat::rule::{builtin, example};
use caveat::syntax::{Limits, load};

/// The rule files, with their texts.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = Vec::new();
    for folder in
        std::fs::read_dir(root).expect("rules").flatten().filter(|entry| entry.path().is_dir() && entry.file_name() != "engine")
    {
        for file in std::fs::read_dir(folder.path()).expect("a family").flatten() {
            let name = format!("{}/{}", folder.file_name().to_string_lossy(), file.file_name().to_string_lossy());
            files.push((name, std::fs::read_to_string(file.path()).expect("a rule")));
        }
    }
    files.sort();
    files
}

#[test]
fn every_rule_is_well_typed() {
    for (name, text) in files() {
        let loaded = load(text.into_bytes(), &Limits::default());
        let compiled = compile(&loaded.tree, loaded.tree.documents()[0]).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        let faults = check(&compiled, &loaded.tree, Limits::default().pattern);
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
}

#[test]
fn every_example_shows_what_it_says() {
    let broken: Vec<String> = builtin::rules()
        .iter()
        .zip(builtin::pages())
        .flat_map(|(rule, page)| {
            example::test(rule, &page)
                .into_iter()
                .map(move |broken| format!("{} example {:?}: {}", rule.code, broken.example, broken.message))
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_failing_example_puts_its_primary_label_on_something_the_rule_names() {
    for (rule, page) in builtin::rules().iter().zip(builtin::pages()) {
        for shown in page.examples.iter().filter(|shown| shown.expects == Expects::Fails) {
            let today = shown.as_of.as_deref().map_or(example::TODAY, |day| day.parse().expect("a date"));
            let run = example::ask(rule, &shown.manifest, today, &shown.evidence).expect("a valid example");
            for finding in run.findings {
                let label = &finding.labels[0];
                assert!(!label.path.is_empty(), "{}: the primary label is on the whole manifest", rule.code);
                assert!(!label.text.is_empty(), "{}: the primary label says nothing", rule.code);
                assert!(!finding.message.contains('?'), "{}: a value of the message is missing: {}", rule.code, finding.message);
            }
        }
    }
}

#[test]
fn names_codes_and_files_agree() {
    let rules = builtin::rules();
    let codes: BTreeSet<_> = rules.iter().map(|rule| rule.code.to_string()).collect();
    let names: BTreeSet<_> = rules.iter().map(|rule| rule.name.to_string()).collect();
    assert_eq!(codes.len(), rules.len());
    assert_eq!(names.len(), rules.len());
    let expected: BTreeSet<_> = rules.iter().map(|rule| format!("{}/{}-{}.yaml", rule.family, rule.code, rule.name)).collect();
    let found: BTreeSet<_> = files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, expected);
    for code in builtin::codes() {
        let file = format!("rules/engine/{}-{}.yaml", code.code, code.name);
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).exists(), "{file}");
    }
}

#[test]
fn texts_read_alike() {
    for (rule, page) in builtin::rules().iter().zip(builtin::pages()) {
        let run = page
            .examples
            .iter()
            .find(|shown| shown.expects == Expects::Fails)
            .map(|shown| example::ask(rule, &shown.manifest, example::TODAY, &shown.evidence));
        for finding in run.into_iter().flatten().flat_map(|run| run.findings) {
            let first = finding.message.chars().next().expect("a message");
            assert!(
                !first.is_uppercase() || finding.message.starts_with("EU"),
                "{}: a message begins in lower case: {}",
                rule.code,
                finding.message
            );
            assert!(!finding.message.ends_with('.'), "{}: a message has no full stop: {}", rule.code, finding.message);
        }
        assert!(!rule.references.is_empty(), "{}: no reference", rule.code);
        assert!(rule.help.ends_with('.'), "{}: help is a sentence", rule.code);
        assert!(page.why.len() > 80, "{}: the page says why", rule.code);
    }
}

#[test]
fn there_are_rules_of_every_family() {
    let rules = builtin::rules();
    assert!(rules.len() >= 35, "{}", rules.len());
    let families: BTreeSet<_> = rules.iter().map(|rule| rule.family.to_string()).collect();
    assert!(families.len() >= 6, "{families:?}");
}

/// What reading a manifest finds, by code.
fn codes_in(text: &str) -> BTreeSet<&'static str> {
    let limits = Limits::default();
    let loaded = load(text.as_bytes().to_vec(), &limits);
    let mut codes: BTreeSet<_> = loaded.faults.iter().map(|fault| fault.code).collect();
    for root in loaded.tree.documents() {
        codes.extend(read(&loaded.tree, *root, Scope::Whole, &limits).faults.iter().map(|fault| fault.code));
    }
    codes
}

#[test]
fn every_e_code_shows_itself() {
    for code in builtin::codes() {
        for shown in &code.page.examples {
            let found = codes_in(&shown.manifest).contains(code.code.as_ref());
            assert_eq!(found, shown.expects == Expects::Fails, "{}:\n{}", code.code, shown.manifest);
        }
    }
}

/// A rule follows rules that are there, and none that follows another in turn: what is shown beneath a
/// finding is one level deep.
#[test]
fn rules_follow_roots() {
    let rules = builtin::rules();
    for rule in &rules {
        for code in rule.attaches_to.iter().chain(&rule.yields_to) {
            let root = rules.iter().find(|other| other.code == *code).unwrap_or_else(|| panic!("{}: no {code}", rule.code));
            assert!(root.attaches_to.is_empty() && root.yields_to.is_empty(), "{} follows {code}, which follows", rule.code);
            assert!(!root.about.is_empty(), "{code} does not say what it is about");
        }
    }
}
