//! Pages of the documentation that a reader can follow: every block that he would type or apply is executed, in order,
//! in a folder of its own, and what is printed has to be what the page shows.
//!
//! | block | what is done with it |
//! |---|---|
//! | `console` | each line after `$ ` is run by `sh`; what follows, up to the next, is what it prints, errors included, and `(exit status 1)` where it does not end with 0 |
//! | `sh` | a script that has to end with 0; what it prints is not shown |
//! | `diff` | is applied by git |
//!
//! In what a console prints, a line `…` stands for any lines, and `…` within a line for any text. Other blocks are to
//! be read. `UPDATE_PAGES=1 cargo test --test tutorial --test story` writes what is printed in place of what differs, to
//! be read before it is committed.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The day on which a folder's commits are made.
const DAY: &str = "2026-11-23T12:00:00Z";

/// A fenced block of a page: its word, its text, and where that stands.
pub struct Block<'a> {
    pub word: &'a str,
    pub text: &'a str,
    pub range: Range<usize>,
}

/// The blocks of a page. A fence stands at the beginning of a line.
pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(open) = page[at..].find("\n```").map(|open| at + open + 1) {
        let line = open + page[open..].find('\n').expect("a line") + 1;
        // The fence may follow at once.
        let close = line + page[line - 1..].find("\n```").expect("a closed block");
        blocks.push(Block { word: page[open + 3..line].trim(), text: &page[line..close], range: line..close });
        at = close + 3;
    }
    blocks
}

/// A command of a console, and what the page shows of what it prints.
fn commands(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut commands: Vec<(&str, Range<usize>)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.trim_end(), at..at)),
            (None, Some((_, shown))) => shown.end = at,
            (None, None) => panic!("a console begins with a command: {line}"),
        }
    }
    commands
}

/// Whether what is printed is what is shown.
fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match (shown.split_first(), printed.split_first()) {
        (None, printed) => printed.is_none(),
        (Some((&"…", rest)), _) => (0..=printed.len()).any(|from| fits(rest, &printed[from..])),
        (Some((line, rest)), Some((first, others))) => line_fits(line, first) && fits(rest, others),
        (Some(_), None) => false,
    }
}

fn line_fits(shown: &str, printed: &str) -> bool {
    let Some((begin, rest)) = shown.split_once('…') else { return shown == printed };
    printed
        .strip_prefix(begin)
        .is_some_and(|left| left.char_indices().map(|(at, _)| at).chain([left.len()]).any(|from| line_fits(rest, &left[from..])))
}

/// A folder in which a page is followed, and a home beside it.
pub struct Reader {
    pub folder: PathBuf,
    home: TempDir,
}

impl Reader {
    /// In an empty folder. None, with the reason printed, on a machine that cannot follow pages.
    #[expect(clippy::print_stderr, reason = "a test that skips says why")]
    pub fn new() -> Option<Self> {
        for tool in ["git", "sh"] {
            let mut asked = Command::new(tool);
            asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            if cfg!(windows) || asked.status().is_err() {
                eprintln!("skipped: pages are followed by `sh` and `git` of a Unix");
                return None;
            }
        }
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("work");
        fs::create_dir(&folder).expect("a folder");
        let name = "[user]\nname = Reader\nemail = reader@example.org\n[init]\ndefaultBranch = main\n";
        fs::write(home.path().join(".gitconfig"), name).expect("a file");
        Some(Self { folder, home })
    }

    /// Runs a script with nothing in its environment but the programs; what it prints, and its status.
    pub fn sh(&self, script: &str) -> (String, i32) {
        let programs = Path::new(env!("CARGO_BIN_EXE_caveat")).parent().expect("a folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = [programs.to_owned()].into_iter().chain(std::env::split_paths(&path));
        let output = Command::new("sh")
            .args(["-euc", &format!("exec 2>&1\n{script}")])
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::join_paths(path).expect("a path"))
            .env("HOME", self.home.path())
            .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_AUTHOR_DATE", DAY), ("GIT_COMMITTER_DATE", DAY)])
            .stdin(Stdio::null())
            .output()
            .expect("sh runs");
        (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code().expect("a status"))
    }

    /// Runs a script that has to end with 0.
    pub fn does(&self, script: &str) {
        let (printed, status) = self.sh(script);
        assert_eq!(status, 0, "{script}\n{printed}");
    }

    /// Follows a page of `docs/` to its end.
    pub fn follow(&self, name: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        let page = fs::read_to_string(&path).expect("a page");
        let (mut updated, mut at) = (String::new(), 0);
        for block in blocks(&page) {
            match block.word {
                "sh" => self.does(block.text),
                "diff" => {
                    fs::write(self.home.path().join("patch"), block.text).expect("a file");
                    self.does("git apply --unidiff-zero ../patch");
                }
                "console" => {
                    for (command, shown) in commands(block.text) {
                        let shown = block.range.start + shown.start..block.range.start + shown.end;
                        updated.push_str(&page[at..shown.start]);
                        updated.push_str(&self.console(name, command, &page[shown.clone()]));
                        at = shown.end;
                    }
                }
                _ => {}
            }
        }
        updated.push_str(&page[at..]);
        if updated != page {
            fs::write(&path, updated).expect("a page");
        }
    }

    /// What the page shows of a command, if it is so; else the test ends, or what it is now.
    fn console(&self, name: &str, command: &str, shown: &str) -> String {
        let (mut printed, status) = self.sh(command);
        if !printed.is_empty() && !printed.ends_with('\n') {
            printed.push('\n');
        }
        if status != 0 {
            printed.push_str(&format!("(exit status {status})\n"));
        }
        let lines = |text| str::lines(text).collect::<Vec<_>>();
        if fits(&lines(shown), &lines(&printed)) {
            return shown.to_owned();
        }
        let update = std::env::var_os("UPDATE_PAGES").is_some();
        assert!(update, "{name}: {command}\nthe page shows\n{shown}\nand it is\n{printed}");
        printed
    }
}
