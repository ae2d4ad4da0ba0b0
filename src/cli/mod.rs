//! The command line: arguments, environment, terminal and exit status. No logic of its own.

mod args;
mod baseline;
mod batch;
mod check;
mod compare;
mod config;
mod configured;
mod diff;
mod estimate;
mod exhibits;
mod explain;
mod facts;
mod fix;
mod frameworks;
mod git;
mod init;
mod one;
mod output;
mod remake;
mod report;
mod rules;
mod run;
mod schema;
mod select;
mod streamed;
mod suppressions;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Command};
use output::Failed;

/// Why a command ended, as an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing at or above the threshold.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// The work could not be done.
    Failed = 2,
    /// Nothing was checked.
    Nothing = 3,
}

/// Runs the process.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let status = match args.command {
        Command::Check(args) => check::run(&args.0),
        Command::Baseline(args) => baseline::run(&args.0),
        Command::Batch(args) => batch::run(&args.0),
        Command::Compare(args) => compare::run(&args.0),
        Command::Config(args) => config::run(&args.0),
        Command::Diff(args) => diff::run(&args.0),
        Command::Estimate(args) => estimate::run(&args.0),
        Command::Facts(args) => facts::run(&args.0),
        Command::Explain(args) => explain::run(&args.0),
        Command::Frameworks(args) => frameworks::run(&args.0),
        Command::Init(args) => init::run(&args.0),
        Command::Report(args) => report::run(&args.0),
        Command::Rules(args) => rules::run(&args.0),
        Command::Schema(args) => schema::run(&args.0),
        Command::Suppressions(args) => suppressions::run(&args.0),
        Command::Verify(args) => verify::run(&args.0),
        Command::Completions { shell } => completions(shell),
        Command::Man => man(),
    };
    match status {
        Ok(status) => ExitCode::from(status as u8),
        Err(failed) => {
            output::complain(&failed.0);
            ExitCode::from(Status::Failed as u8)
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Status, Failed> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "caveat", &mut bytes);
    output::print(&String::from_utf8_lossy(&bytes))?;
    Ok(Status::Clean)
}

fn man() -> Result<Status, Failed> {
    let mut bytes = Vec::new();
    let page = clap_mangen::Man::new(Args::command()).render(&mut bytes);
    page.map_err(|error| Failed(error.to_string()))?;
    output::print(&String::from_utf8_lossy(&bytes))?;
    Ok(Status::Clean)
}
