//! What can be typed after `caveat batch`.

use clap::{Args as ClapArgs, ValueEnum};

use super::{ConfigArgs, ThresholdArgs};

/// Check a stream of manifests: one JSON object a line in, one a line out, in the same order.
///
/// A line is `{"id": …, "manifest": {…}}` or `{"id": …, "text": "…YAML…"}`. A line that cannot be read gives an error record,
/// and the stream goes on. Lines are checked in parallel; memory does not grow with the input, and nothing is read ahead of
/// a reader that falls behind.
#[derive(Debug, Clone, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat batch < fleet.ndjson > findings.ndjson\n  caveat batch --format summary --as-of 2026-11-23 --exit-zero < fleet.ndjson > fleet-summary.ndjson\n  caveat batch --config policy.yaml --fail-on critical < fleet.ndjson\n\nOne configuration holds for the whole stream: --config, else the `.caveat.yaml` of the working directory or the nearest one above it. `caveat schema batch` describes the records that are written.\n\nExit status: 0 every line was read and nothing is at or above the threshold, 1 findings, 2 a line could not be read, 3 there was no line."
)]
pub struct BatchArgs {
    /// What is written of each manifest.
    #[arg(long, value_enum, default_value_t = BatchFormat::Findings)]
    pub format: BatchFormat,
    /// Threads that check; one for each processor unless stated. The output does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// The longest line to read, in bytes; of a longer one nothing is kept.
    #[arg(long, value_name = "BYTES", default_value_t = 32 << 20)]
    pub max_line: usize,
    /// Exit with 0 whatever is found; lines that could not be read keep their status.
    #[arg(long)]
    pub exit_zero: bool,
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Ignore comments and waivers that accept findings.
    #[arg(long)]
    pub no_suppressions: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BatchFormat {
    /// Every finding, as in the JSON report.
    Findings,
    /// Counts by verdict, severity and rule, with system and owner.
    Summary,
}
