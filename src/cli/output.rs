//! Standard output, standard error, files and colours: the edge where bytes leave the program.

use std::env;
use std::fs::Permissions;
use std::io::{self, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tempfile::NamedTempFile;

use super::args::When;
use crate::render::text::{Style, mask};

/// Why the work could not be done; printed to standard error, exit status 2.
#[derive(Debug)]
pub struct Failed(pub String);

impl From<String> for Failed {
    fn from(message: String) -> Self {
        Self(message)
    }
}

/// Where outputs go.
#[derive(Debug)]
pub struct Targets<F> {
    /// In the order in which they were given.
    pub files: Vec<(F, PathBuf)>,
    /// Whether a file was named without a format: the one output goes there instead of to standard output.
    pub redirected: bool,
}

/// Reads what was given as `FILE` or `FORMAT=FILE`; a file without a format gets this one.
pub fn targets<F: ValueEnum + Copy>(given: &[String], format: F) -> Result<Targets<F>, Failed> {
    let mut targets = Targets { files: Vec::new(), redirected: false };
    for output in given {
        let named = output.split_once('=').and_then(|(format, path)| Some((F::from_str(format, false).ok()?, path)));
        match named {
            Some((_, "")) => return Err(Failed(format!("--output {output}: the file is missing"))),
            Some((format, path)) => targets.files.push((format, PathBuf::from(path))),
            None if targets.redirected => {
                return Err(Failed("--output is given twice without a format; write FORMAT=FILE".to_owned()));
            }
            None => {
                targets.redirected = true;
                targets.files.push((format, PathBuf::from(output)));
            }
        }
    }
    Ok(targets)
}

/// Writes to standard output. A line that begins with `::` is a command to the runner of a pipeline, and here it would be
/// somebody's name: its first colon is masked.
pub fn print(text: &str) -> Result<(), Failed> {
    let line = |line: &str| match line.trim_start() {
        name if name.starts_with("::") => line.replacen(':', "\u{fffd}", 1),
        _ => line.to_owned(),
    };
    if text.contains("::") { print_as_is(&text.split_inclusive('\n').map(line).collect::<String>()) } else { print_as_is(text) }
}

/// Writes to standard output what may be commands. A reader that went away is no failure; a full disk is.
pub fn print_as_is(text: &str) -> Result<(), Failed> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error; there is nowhere to report its failure. What it says may quote a file or an argument, so
/// nothing in it moves the cursor, and no further line of it is one that a runner of pipelines takes for a command.
pub fn complain(message: &str) {
    let lines = message.split('\n').enumerate().map(|(at, line)| {
        let lead = if at > 0 && line.trim_start().starts_with("::") { "caveat: " } else { "" };
        format!("{lead}{}", mask(line))
    });
    let _ = writeln!(io::stderr().lock(), "caveat: {}", lines.collect::<Vec<_>>().join("\n"));
}

/// Writes text to standard error as it is.
pub fn complain_text(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether a path leads to what is no file, such as a device or a pipe: it is written to and stays what it is.
pub fn is_special(path: &Path) -> bool {
    let special = std::fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
    // `/dev/stdout` is a link, to whatever standard output is; no name there is ours to replace.
    special || path.starts_with("/dev")
}

/// Writes a file whole or not at all, and what is no file as it is.
pub fn write(path: &Path, text: &str) -> Result<(), Failed> {
    if is_special(path) {
        let file = std::fs::OpenOptions::new().write(true).open(path);
        return file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| unwritten(path, &error));
    }
    persist(path, beside(path, text, None)?)
}

/// A file that is written piece by piece, and is there when it is whole.
#[derive(Debug)]
pub struct Growing {
    path: PathBuf,
    /// Where what is no file is written to, that itself; else a file in the same folder that has no name, so that nothing is left
    /// of it when the program is stopped.
    file: std::fs::File,
    special: bool,
}

impl Growing {
    pub fn begin(path: &Path) -> Result<Self, Failed> {
        let special = is_special(path);
        let file = if special { std::fs::OpenOptions::new().write(true).open(path) } else { tempfile::tempfile_in(folder(path)) };
        Ok(Self { path: path.to_owned(), file: file.map_err(|error| unwritten(path, &error))?, special })
    }

    pub fn add(&mut self, text: &str) -> Result<(), Failed> {
        self.file.write_all(text.as_bytes()).map_err(|error| unwritten(&self.path, &error))
    }

    pub fn finish(mut self) -> Result<(), Failed> {
        if self.special {
            return Ok(());
        }
        let mut file = beside(&self.path, "", None)?;
        let copied = self.file.rewind().and_then(|()| io::copy(&mut self.file, &mut file));
        copied.map_err(|error| unwritten(&self.path, &error))?;
        persist(&self.path, file)
    }
}

fn persist(path: &Path, file: NamedTempFile) -> Result<(), Failed> {
    file.persist(path).map(drop).map_err(|error| unwritten(path, &error.error))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file that is not there yet, whole or not at all. Whether it is there is found out by the step that puts it there:
/// nothing that comes into being in the meantime is lost, and a link counts as there, wherever it leads.
pub fn create(path: &Path, text: &str) -> Result<(), Failed> {
    let file = beside(path, text, None)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(taken(path)),
        Err(error) => Err(unwritten(path, &error.error)),
    }
}

/// That something has the name of a file that is to be written.
pub fn taken(path: &Path) -> Failed {
    Failed(format!("{} is there already; --force writes over it", crate::source::shown(path)))
}

fn unwritten(path: &Path, error: &io::Error) -> Failed {
    Failed(format!("cannot write {}: {}", path.display(), crate::source::reason(error)))
}

/// The text in the folder of a file, under a name that cannot be guessed.
fn beside(path: &Path, text: &str, permissions: Option<Permissions>) -> Result<NamedTempFile, Failed> {
    let failed = |error: &io::Error| unwritten(path, error);
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    if permissions.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // What an ordinary file gets; the umask takes from it.
        builder.permissions(Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder(path)).map_err(|error| failed(&error))?;
    // Before there is a text that others could read, and before the name could lead to another file.
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions).map_err(|error| failed(&error))?;
    }
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(|error| failed(&error))?;
    Ok(file)
}

/// Adds text to a file that others write to as well.
pub fn append(path: &Path, text: &str) -> Result<(), Failed> {
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| unwritten(path, &error))
}

/// Puts a text in place of a file: whole or not at all, with the permissions it has, through the link that it may be.
pub fn overwrite(path: &Path, text: &str) -> Result<(), Failed> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = std::fs::metadata(&target).map(|meta| meta.permissions()).ok();
    persist(&target, beside(&target, text, permissions)?)
}

/// How to dress what goes to standard output: a flag beats the environment, `NO_COLOR` beats
/// `CLICOLOR_FORCE`, and without either a terminal decides.
pub fn style(color: When) -> Style {
    dress(color, io::stdout().is_terminal())
}

/// The same for standard error.
pub fn error_style(color: When) -> Style {
    dress(color, io::stderr().is_terminal())
}

fn dress(color: When, terminal: bool) -> Style {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let forced = ["CLICOLOR_FORCE", "FORCE_COLOR"]
        .into_iter()
        .any(|name| set(name) && env::var_os(name).is_some_and(|value| value != "0"));
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto => forced || terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
    };
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Style {
        color,
        unicode: terminal,
        width: columns.or(terminal.then_some(100)).map(|width: usize| width.max(40)),
        each_unknown: false,
    }
}
