//! The real binary in a folder of its own, for the tests of the command line.

#![allow(dead_code, reason = "each test file uses a part")]

pub mod page;

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

/// A folder, and the binary in it with a scrubbed environment.
pub struct Desk(pub TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    pub fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("it runs")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("caveat").expect("the binary");
        command.current_dir(self.0.path()).env_clear().args(args);
        command
    }
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("a status")
}

pub fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).expect("a fixture")
}

pub const CLEAN: &str = "tax-assistant-clean.yaml";
pub const BAD: &str = "tax-assistant.yaml";
pub const DAY: [&str; 2] = ["--as-of", "2026-11-23"];
