//! Pages of the documentation that are stories: each `diff` block is applied and each `console` block is run, in
//! order, in a repository of its own, and what is printed has to be what the page shows.
//!
//! `UPDATE_STORIES=1 cargo test --test story` writes what is printed into the page, to be read before it is committed.

#![allow(clippy::print_stderr, reason = "a test that skips says why")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A fenced block of a page: its word, its text, and where that stands.
struct Block {
    word: String,
    text: String,
    range: std::ops::Range<usize>,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(open) = page[at..].find("```").map(|open| at + open) {
        let line = open + page[open..].find('\n').expect("a line") + 1;
        let close = line + page[line..].find("```").expect("a closed block");
        blocks.push(Block {
            word: page[open + 3..line].trim().to_owned(),
            text: page[line..close].to_owned(),
            range: line..close,
        });
        at = close + 3;
    }
    blocks
}

fn git(folder: &Path, args: &[&str]) {
    let status = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=story", "-c", "user.email=story@example.org", "-c", "init.defaultBranch=main"])
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()
        .expect("git runs");
    assert!(status.success(), "git {args:?}");
}

fn run(folder: &Path, command: &str) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("caveat"), "a story runs caveat: {command}");
    let output = Command::new(env!("CARGO_BIN_EXE_caveat"))
        .current_dir(folder)
        .args(words)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        // The age of a line is the day on which it was committed, which is not part of the story.
        .env("GIT_DIR", if command.contains("suppressions") { "nowhere" } else { ".git" })
        .output()
        .expect("the binary runs");
    let mut text = String::from_utf8(output.stdout).expect("UTF-8");
    text.push_str(&String::from_utf8(output.stderr).expect("UTF-8"));
    let code = output.status.code().expect("a status");
    assert!(code <= 3, "{command}: {text}");
    let ends = if code == 0 { String::new() } else { format!("(exit status {code})\n") };
    format!("{}{ends}", if text.ends_with('\n') || text.is_empty() { text } else { text + "\n" })
}

fn story(name: &str, manifest: &str) {
    if Command::new("git").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: git is not installed");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("docs").join(name);
    let mut page = fs::read_to_string(&path).expect("a page");
    let desk = tempfile::tempdir().expect("a folder");
    fs::copy(root.join("fixtures").join(manifest), desk.path().join("caveat.yaml")).expect("a manifest");
    git(desk.path(), &["init", "--quiet"]);
    git(desk.path(), &["checkout", "--quiet", "-B", "main"]);
    git(desk.path(), &["add", "."]);
    git(desk.path(), &["commit", "--quiet", "--message", "as it was"]);
    let mut shift = 0i64;
    for block in blocks(&page.clone()) {
        match block.word.as_str() {
            "diff" => {
                fs::write(desk.path().join("change.patch"), &block.text).expect("a file");
                git(desk.path(), &["apply", "--unidiff-zero", "change.patch"]);
                fs::remove_file(desk.path().join("change.patch")).expect("a file");
            }
            "console" => {
                let command = block.text.lines().next().and_then(|line| line.strip_prefix("$ ")).expect("a command");
                let expected = format!("$ {command}\n{}", run(desk.path(), command));
                if std::env::var_os("UPDATE_STORIES").is_some() {
                    let start = usize::try_from(i64::try_from(block.range.start).expect("small") + shift).expect("in the page");
                    page.replace_range(start..start + block.text.len(), &expected);
                    shift += i64::try_from(expected.len()).expect("small") - i64::try_from(block.text.len()).expect("small");
                } else {
                    assert!(block.text == expected, "{name}: {command}\nthe page shows\n{}\nand it is\n{expected}", block.text);
                }
            }
            _ => {}
        }
    }
    if std::env::var_os("UPDATE_STORIES").is_some() {
        fs::write(&path, page).expect("a page");
    }
}

#[test]
fn the_pull_request_of_the_documentation_goes_as_it_says() {
    story("pull-request.md", "tax-assistant-clean.yaml");
}
