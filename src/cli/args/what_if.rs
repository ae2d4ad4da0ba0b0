//! What can be typed after the commands that are about one manifest: `caveat facts`, `caveat estimate` and `caveat compare`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use jiff::civil::Date;

use super::{ConfigChoice, Selection, SheetFormat, date};

/// The one manifest that a command is about, and what applies to it.
#[derive(Debug, ClapArgs)]
pub struct OneArgs {
    /// The manifest, or the folder that holds one; `-` reads standard input.
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// The name of what comes on standard input; its configuration is looked for from there.
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<String>,
    #[command(flatten)]
    pub choice: ConfigChoice,
    /// Tables of your own (models, accelerators, prices) that go before the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub tables: Vec<PathBuf>,
    /// The day that governs every expiry, instead of today.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// The largest file to read, in bytes.
    #[arg(long, value_name = "BYTES")]
    pub max_file_size: Option<usize>,
}

/// The manifest that a command works with, and what of it is to be otherwise.
#[derive(Debug, ClapArgs)]
pub struct WhatIf {
    #[command(flatten)]
    pub one: OneArgs,
    /// What if: another value for a path of the manifest; elements of lists go by id or position.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

/// Work out what a deployment can carry and what it costs.
///
/// Every figure is worked out for the best, the expected and the worst case of what the manifest leaves open.
/// What cannot be worked out says what would have to be declared.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat estimate\n  caveat estimate caveat.yaml --explain\n  caveat estimate --set workload.users.current=25000 --set hosting.gpu-box.replicas.max=4\n  caveat estimate --format markdown > estimate.md\n  caveat estimate --tables prices.yaml --format json | jq .total"
)]
pub struct EstimateArgs {
    #[command(flatten)]
    pub what: WhatIf,
    /// Show formula, inputs and sources of every figure.
    #[arg(long)]
    pub explain: bool,
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
}

/// Compare three ways to do the same work: open weights on machines of your own, a provider's interface, a
/// small model.
///
/// One of them is usually the manifest as it stands; the others are the manifest with its serving entry and its model
/// replaced. Shown are the cost today and as planned, what each asks for, where one becomes cheaper than the other, what
/// caveat would report of each, and answers to the five questions to ask before adopting.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat compare\n  caveat compare caveat.yaml --api claude-sonnet-5-5\n  caveat compare --small-model meta-llama/Llama-3.1-8B-Instruct --accelerator l40s\n  caveat compare --set workload.users.planned=100000 --format markdown"
)]
pub struct CompareArgs {
    #[command(flatten)]
    pub what: WhatIf,
    /// The provider's model, by its id in the table of prices.
    #[arg(long, value_name = "ID")]
    pub api: Option<String>,
    /// The open-weight model, instead of the one that is served.
    #[arg(long, value_name = "ID")]
    pub model: Option<String>,
    /// The small model.
    #[arg(long, value_name = "ID")]
    pub small_model: Option<String>,
    /// The accelerator for models that are not served today.
    #[arg(long, value_name = "ID")]
    pub accelerator: Option<String>,
    #[command(flatten)]
    pub rules: Selection,
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
}
