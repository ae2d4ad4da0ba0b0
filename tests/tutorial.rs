//! The pages of the documentation that teach, followed: see `common/page.rs`. What the tutorial accepts expires at the end
//! of 2030; until then its pipeline passes on any day.

mod common;

use std::fs;

use common::page::{Reader, blocks};

/// The blocks that a reader of a page follows.
const RUN: [&str; 3] = ["console", "diff", "sh"];

/// What follows a key in the lines of a file.
fn values(text: &str, key: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key))
        .map(|value| value.trim().to_owned())
        .collect()
}

#[test]
fn a_stranger_who_follows_the_tutorial_reaches_a_passing_pipeline() {
    let Some(reader) = Reader::new() else { return };
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tutorial.md")).expect("the page");
    let left: Vec<_> =
        blocks(&page).iter().map(|block| block.word.to_owned()).filter(|word| !RUN.contains(&word.as_str())).collect();
    assert!(left.is_empty(), "blocks that nobody runs: {left:?}");
    reader.follow("tutorial.md");
    let file = |name| fs::read_to_string(reader.folder.join(name)).expect("the page wrote it");
    // The hook, as pre-commit calls it.
    let entries = values(&file(".pre-commit-config.yaml"), "entry:");
    assert_eq!(entries.len(), 1);
    reader.does(&format!("{} caveat.yaml", entries[0]));
    // The job: what it installs is the program that is tested here; everything else is run.
    let runs = values(&file(".github/workflows/llm-risk.yml"), "run:");
    let (installs, checks): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.starts_with("cargo install"));
    assert_eq!((installs.len(), checks.len()), (1, 1), "{runs:?}");
    reader.does(checks[0]);
    // And both fail where there is something to fail on.
    let manifest = file("caveat.yaml");
    let worse = manifest.replace("authorization: per_document", "authorization: none");
    assert_ne!(worse, manifest);
    fs::write(reader.folder.join("caveat.yaml"), worse).expect("a file");
    assert_eq!(reader.sh(&format!("{} caveat.yaml", entries[0])).1, 1);
    assert_eq!(reader.sh(checks[0]).1, 1);
}

#[test]
fn the_page_on_writing_rules_shows_what_the_checker_says() {
    if let Some(reader) = Reader::new() {
        reader.follow("writing-rules.md");
    }
}

#[test]
fn the_auditors_guide_shows_what_is_printed() {
    let Some(reader) = Reader::new() else { return };
    fs::write(reader.folder.join("caveat.yaml"), common::fixture(common::BAD)).expect("a file");
    reader.follow("auditing.md");
}
