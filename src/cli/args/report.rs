//! What can be typed after `caveat report`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::{BaselineFile, Scope, ThresholdArgs};

/// Write the audit document: what was checked, what was found and proven how, what could not be decided, what is accepted
/// by whom until when, what frameworks ask and how much of it a manifest shows.
///
/// The HTML file needs nothing else: no network, no scripts to be read, light and dark, for paper too. Manifests are held
/// against the files that deploy the system where such files lie beside them. Several manifests give one report.
#[derive(Debug, Clone, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat report --output report.html\n  caveat report services/ --title 'Audit of the chat services' --output html=audit.html --output markdown=audit.md\n  caveat report caveat.yaml --evidence deploy/ --output report.html\n  caveat report --output html=report.html --output intoto=report.intoto.json\n  caveat report --check report.html\n  caveat report --check report.intoto.json\n\nThe same files, the same version and the same day (--as-of) give the same bytes.\n\nExit status: 0 the report was written, whatever is in it; with --check, the same inputs still give it. 1 with --check: they do not. 2 the work could not be done, or a limit was exceeded; 3 nothing was checked."
)]
pub struct ReportCommandArgs {
    #[command(flatten)]
    pub scope: Scope,
    /// Files and folders that show how the systems are deployed, instead of what lies beside the manifests.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub evidence: Vec<PathBuf>,
    /// The title, instead of one from the systems.
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = ReportForm::Html)]
    pub format: ReportForm,
    /// Write to a file instead of standard output; `FORMAT=FILE` writes a further one.
    #[arg(long, value_name = "[FORMAT=]FILE")]
    pub output: Vec<String>,
    /// Make a report, or what a statement is about, again from what it says of itself, and say whether the same inputs give the same report.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["evidence", "title", "format", "output", "paths", "stdin_filename", "config", "no_config", "select", "ignore", "rules", "tables", "as_of", "baseline", "no_baseline", "no_suppressions", "require_evidence", "max_file_size", "fail_on", "strict"]
    )]
    pub check: Option<PathBuf>,
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    #[command(flatten)]
    pub baseline: BaselineFile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum ReportForm {
    /// One file for people, on a screen or on paper.
    Html,
    /// The same as Markdown.
    Markdown,
    /// An in-toto statement, unsigned: the digests of report and manifests with the result, as a verification summary.
    Intoto,
}
