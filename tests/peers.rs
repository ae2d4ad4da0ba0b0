//! The rules that caveat is timed with beside other engines: what they find is what plain Python finds.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use common::{Desk, code, out};

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/rules/caveat");
const VARIANTS: &str = "20";

/// How often a rule is violated in a file, by `(file, rule)`.
type Counts = BTreeMap<(String, String), usize>;

fn peers(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(name).display().to_string()
}

/// What a Python script of the folder prints; none where there is no Python.
fn python(script: &str, args: &[&str]) -> Option<String> {
    let output = Command::new("python3").arg(peers(script)).args(args).output().ok()?;
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    Some(out(&output))
}

/// Lines of `FILE RULE COUNT`.
fn expected(text: &str) -> Counts {
    let mut counts = Counts::new();
    for line in text.lines() {
        let [file, rule, count] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        counts.insert((file.to_owned(), rule.to_owned()), count.parse().expect("a number"));
    }
    counts
}

/// Lines of `PATH:LINE:COLUMN: SEVERITY RULE …`; the last one sums up.
fn found(text: &str) -> Counts {
    let mut counts = Counts::new();
    for line in text.lines().filter(|line| line.contains(" PEER")) {
        let path = line.split(':').next().expect("a path");
        let rule = line.split(' ').nth(2).expect("a code");
        let file = Path::new(path).file_name().expect("a name").to_string_lossy();
        *counts.entry((file.into_owned(), rule.to_owned())).or_default() += 1;
    }
    counts
}

fn check(desk: &Desk, select: &[&str], path: &str) -> String {
    let args = ["check", "--no-config", "--as-of", "2026-11-23", "--format", "compact"];
    let output = desk.run(&[&args, select, &[path]].concat());
    assert_eq!(code(&output), 1, "{}", common::err(&output));
    out(&output)
}

#[test]
fn the_rules_are_valid_and_their_examples_hold() {
    let desk = Desk::new();
    assert_eq!(out(&desk.run(&["rules", "check", RULES])), "10 rule files, 0 broken\n");
    assert_eq!(code(&desk.run(&["rules", "test", RULES])), 0);
}

#[test]
fn the_manifest_is_in_the_vocabulary() {
    let report = check(&Desk::new(), &[], &peers("manifest.yaml"));
    assert!(!report.contains(": error E"), "{report}");
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that skips says why")]
fn the_rules_find_what_plain_python_finds() {
    let desk = Desk::new();
    let folder = desk.0.path().join("many");
    let many = folder.to_str().expect("UTF-8");
    let grown = desk.0.path().join("grown.caveat.yaml");
    let grown = grown.to_str().expect("UTF-8");
    if python("generate.py", &[VARIANTS, many]).is_none() {
        eprintln!("skipped: there is no python3");
        return;
    }
    python("generate.py", &["--nodes", "300", grown]);
    for path in [&peers("manifest.yaml"), many, grown] {
        let expected = expected(&python("expected.py", &[path]).expect("as before"));
        assert!(expected.len() >= 6, "{path}: {expected:?}");
        assert_eq!(found(&check(&desk, &["--rules", RULES, "--select", "PEER"], path)), expected, "{path}");
    }
}

/// Otherwise a rule that never fires would be compared, and its cost with it.
#[test]
fn each_rule_is_violated_in_some_variant() {
    let desk = Desk::new();
    let folder = desk.0.path().join("many");
    if python("generate.py", &[VARIANTS, folder.to_str().expect("UTF-8")]).is_some() {
        let counts = found(&check(&desk, &["--rules", RULES, "--select", "PEER"], "many"));
        let rules: std::collections::BTreeSet<_> = counts.keys().map(|(_, rule)| rule.as_str()).collect();
        assert_eq!(rules.len(), 10, "{rules:?}");
    }
}
