//! What the repository around a manifest knows, asked of the `git` that is installed: revisions and the age of lines.
//! Nothing of a manifest is ever executed, and a machine without git does without.

use std::path::Path;
use std::process::{Command, Stdio};

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::output::Failed;

fn git(folder: &Path, args: &[&str]) -> Result<Vec<u8>, Failed> {
    let output = Command::new("git")
        .arg("-C")
        .arg(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
        // No pager, no prompt, no hooks of a configuration.
        .args(["--no-pager", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false"])
        .args(args)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failed(format!("git cannot be run: {}", crate::source::reason(&error))))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it gives no reason");
        Err(Failed(format!("git {}: {}", args.first().unwrap_or(&""), line.trim_start_matches("fatal: "))))
    }
}

/// The commit that a revision names.
pub fn commit(folder: &Path, revision: &str) -> Result<String, Failed> {
    // A revision that looks like an option is none.
    let name = format!("{revision}^{{commit}}");
    let bytes = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name])
        .map_err(|_| Failed(format!("`{revision}` is not a revision of this repository")))?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// The files of a commit below a path, relative to the folder.
pub fn files(folder: &Path, commit: &str, path: &str) -> Result<Vec<String>, Failed> {
    let bytes = git(folder, &["ls-tree", "-r", "-z", "--name-only", commit, "--", path])?;
    Ok(String::from_utf8_lossy(&bytes).split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// A file of a commit; the path is relative to the folder.
pub fn show(folder: &Path, commit: &str, path: &str) -> Result<Vec<u8>, Failed> {
    git(folder, &["cat-file", "blob", &format!("{commit}:./{path}")])
}

/// The day on which each line of a file was last changed; none where git does not know.
pub fn ages(file: &Path) -> Vec<Option<Date>> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else { return Vec::new() };
    let Ok(bytes) = git(folder, &["blame", "--line-porcelain", "--", name]) else { return Vec::new() };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut ages = Vec::new();
    let (mut day, mut committed) = (None, true);
    for line in text.lines() {
        if let Some(seconds) = line.strip_prefix("author-time ") {
            day = seconds.parse::<i64>().ok().and_then(|seconds| date(1970, 1, 1).checked_add((seconds / 86_400).days()).ok());
        } else if line.starts_with('\t') {
            ages.push(day.filter(|_| committed));
            committed = true;
        } else if line.starts_with("0000000000000000000000000000000000000000 ") {
            committed = false;
        }
    }
    ages
}
