//! What can be typed.

mod batch;
mod later;
mod report;
mod rules;
mod what_if;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::finding::Severity;

pub use batch::{BatchArgs, BatchFormat};
use later::Later;
pub use report::{ReportCommandArgs, ReportForm};
pub use rules::{RulesArgs, RulesCommand};
pub use what_if::{CompareArgs, EstimateArgs, OneArgs, WhatIf};

/// A linter for the decision to run a language model.
///
/// An organisation describes its deployment in one YAML manifest: models and licences, data and where
/// it flows, hosting, staffing, scale, budget. caveat reports the risks in it, each at the line that
/// causes it. Everything happens offline.
#[derive(Debug, Parser)]
#[command(name = "caveat", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 nothing at or above the threshold, 1 findings, 2 the work could not be done, 3 nothing was checked."
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check manifests.
    Check(Later<CheckArgs>),
    /// Leave today's findings for later, so that only new ones fail.
    Baseline(Later<BaselineArgs>),
    /// Check a stream of manifests: one JSON object a line in, one a line out, in the same order.
    Batch(Later<BatchArgs>),
    /// Compare three ways to do the same work: open weights on machines of your own, a provider's interface, a
    /// small model.
    Compare(Later<CompareArgs>),
    /// Show what applies to a manifest.
    Config(Later<ConfigCommandArgs>),
    /// Show what changed between two manifests in terms of risk: findings that are new, gone, worse or better, and the
    /// facts that changed them.
    Diff(Later<DiffArgs>),
    /// Work out what a deployment can carry and what it costs.
    Estimate(Later<EstimateArgs>),
    /// Show what is derived from a manifest: who sees which data and how, who receives it, what models
    /// remember.
    Facts(Later<FactsArgs>),
    /// Explain anything that has a name: a rule, a code, a licence, a model, an accelerator, a price, a vendor, a framework or
    /// one of its controls, a field of the manifest or a word in it, a kind of evidence, a function of conditions.
    Explain(Later<ExplainArgs>),
    /// Show how far rules cover frameworks (OWASP, NIST, EU AI Act, GDPR, ISO/IEC 42001, ATLAS), and how manifests stand.
    Frameworks(Later<FrameworksArgs>),
    /// Print a manifest to begin with.
    Init(Later<InitArgs>),
    /// Write the audit document: what was checked, what was found and proven how, what could not be decided, what is accepted
    /// by whom until when, what frameworks ask and how much of it a manifest shows.
    Report(Later<ReportCommandArgs>),
    /// List, test, check and begin rules.
    Rules(Later<RulesArgs>),
    /// Print the JSON Schema of a kind of file, for editors.
    Schema(Later<SchemaArgs>),
    /// List every suppression: comments, waivers and baselines, with owner, age and expiry.
    Suppressions(Later<SuppressionsArgs>),
    /// Hold manifests against the files that deploy the system.
    Verify(Later<VerifyArgs>),
    /// Print a completion script for a shell.
    #[command(after_help = "Example:\n  caveat completions bash > /etc/bash_completion.d/caveat")]
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(after_help = "Example:\n  caveat man | man -l -")]
    Man,
}

/// Check manifests.
///
/// A folder is searched for caveat.yaml, caveat.yml, caveat.json and *.caveat.yaml, *.caveat.yml,
/// *.caveat.json, leaving out what git ignores. A file given by name is taken whatever it is called.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat check\n  caveat check deployments/ --fail-on medium\n  caveat check caveat.yaml --format sarif --output caveat.sarif\n  caveat check . --output sarif=caveat.sarif --output json=caveat.json\n  git show HEAD:caveat.yaml | caveat check - --stdin-filename caveat.yaml\n  caveat check --select data-leakage --ignore LEAK026 --as-of 2026-12-31\n  caveat check --fix\n  caveat check --unsafe-fixes --diff\n\nExit status: 0 nothing at or above the threshold, 1 findings, 2 the work could not be done, 3 nothing was checked."
)]
#[expect(clippy::struct_excessive_bools, reason = "one for each switch of the command line")]
pub struct CheckArgs {
    #[command(flatten)]
    pub scope: Scope,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    /// Leave out findings below this severity.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub min_severity: Option<Severity>,
    #[command(flatten)]
    pub baseline: BaselineFile,
    /// Fail where the baseline holds what is no longer found, instead of making it shorter.
    #[arg(long)]
    pub frozen_baseline: bool,
    /// Make the edits that say what the author evidently meant, and report what is left.
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,
    /// Make those too that a person has to look at.
    #[arg(long, help_heading = "Fixes")]
    pub unsafe_fixes: bool,
    /// Print the edits as a diff instead of making them; the status is 1 where there are any.
    #[arg(long, help_heading = "Fixes")]
    pub diff: bool,
    /// In text, list every fact that is missing instead of the sections that they belong to.
    #[arg(long)]
    pub each_unknown: bool,
}

/// What becomes of a report.
#[derive(Debug, Clone, ClapArgs)]
pub struct ReportArgs {
    /// Format of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the report to a file instead of standard output; `FORMAT=FILE` writes a further one.
    #[arg(long, value_name = "[FORMAT=]FILE")]
    pub output: Vec<String>,
    /// Exit with 0 whatever is found; failures to do the work keep their status.
    #[arg(long)]
    pub exit_zero: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub color: When,
}

/// Print a manifest to begin with.
///
/// From files that deploy the system (--from), it is as complete as they allow: behind each value stands where it is
/// from, and every blank is a question with its choices. Without files, --template begins with a situation.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat init --template rag > caveat.yaml\n  caveat init --from k8s/ litellm.yaml --output caveat.yaml\n  caveat init --from . | less\n\nWithout --from and --template the folder is searched for files that deploy a model.\n\nExit status: 0 a manifest was written, 2 the work could not be done, 3 there was nothing to begin from."
)]
pub struct InitArgs {
    /// Files and folders that show how the system is deployed: Kubernetes, Helm values, compose, gateways, model cards,
    /// bills of materials, …
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "template")]
    pub from: Vec<PathBuf>,
    /// A situation to begin with.
    #[arg(long, value_enum)]
    pub template: Option<TemplateName>,
    /// Write to this file instead of standard output; a file that is there is not touched.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write over the file that is there.
    #[arg(long, requires = "output")]
    pub force: bool,
    #[command(flatten)]
    pub choice: ConfigChoice,
    /// The day of the draft, instead of today.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// The largest file to read, in bytes.
    #[arg(long, value_name = "BYTES")]
    pub max_file_size: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TemplateName {
    /// People ask questions over documents; an open model of one's own answers.
    Rag,
    /// An open model is trained further on data of one's own.
    FineTune,
    /// A vendor's model is called.
    VendorApi,
    /// A model calls tools.
    Agent,
}

/// Hold manifests against the files that deploy the system.
///
/// Kubernetes resources, Helm values, compose files, gateway configurations, model cards, bills of materials and others
/// are read for what they show: which model, on which accelerators, with which recipients. What the manifest says
/// otherwise, leaves out or declares in vain is reported at both places; what agrees is counted.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat verify\n  caveat verify deploy/\n  caveat verify caveat.yaml k8s/vllm.yaml litellm.yaml\n  caveat verify --manifest services/chat.yaml deploy/chat/\n  caveat verify --format sarif --output drift.sarif\n\nAn entry of the manifest that names a file (`evidence: k8s/vllm.yaml`) is held against that file. Any difference fails,\nunless --fail-on says otherwise.\n\nExit status: 0 nothing at or above the threshold, 1 findings, 2 the work could not be done, 3 nothing was compared."
)]
pub struct VerifyArgs {
    /// Manifests, files of evidence, and folders that are searched for both.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// A manifest, whatever it is called.
    #[arg(long, value_name = "FILE")]
    pub manifest: Vec<PathBuf>,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Ignore comments and waivers that accept findings.
    #[arg(long)]
    pub no_suppressions: bool,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
}

/// Which manifests, and what applies to them.
#[derive(Debug, Clone, ClapArgs)]
pub struct Scope {
    /// Files and folders; `-` reads standard input.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The name of what comes on standard input; its configuration is looked for from there.
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<String>,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Ignore comments, waivers and baselines that accept findings.
    #[arg(long)]
    pub no_suppressions: bool,
}

/// Which configuration file.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct ConfigChoice {
    /// Use this configuration file for every manifest, instead of the nearest `.caveat.yaml` upwards.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Configuration")]
    pub config: Option<PathBuf>,
    /// Use no configuration file.
    #[arg(long, help_heading = "Configuration")]
    pub no_config: bool,
}

/// What applies, besides what configuration files say.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct ConfigArgs {
    #[command(flatten)]
    pub choice: ConfigChoice,
    #[command(flatten)]
    pub rules: Selection,
    /// Tables of your own (models, accelerators, prices) that go before the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub tables: Vec<PathBuf>,
    /// Take controls that name no evidence for undeclared: what rests on them alone is not decided.
    #[arg(long)]
    pub require_evidence: bool,
    /// The day that governs every expiry, instead of today.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// The largest file to read, in bytes.
    #[arg(long, value_name = "BYTES")]
    pub max_file_size: Option<usize>,
}

/// What fails a run.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct ThresholdArgs {
    /// The lowest severity of a violation that fails the run, or `never` [default: high].
    #[arg(long, value_name = "SEVERITY", value_parser = threshold)]
    pub fail_on: Option<Threshold>,
    /// Fail on what cannot be decided, too.
    #[arg(long)]
    pub strict: bool,
}

/// Which baseline.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct BaselineFile {
    /// Findings that are left for later, instead of the baseline that the configuration names.
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline", help_heading = "Baseline")]
    pub baseline: Option<PathBuf>,
    /// Use no baseline.
    #[arg(long, help_heading = "Baseline")]
    pub no_baseline: bool,
}

/// Which rules to use.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Selection {
    /// Use these rules only: codes (`HAL001`, or `HAL`), names, families, severities, or frameworks and
    /// their controls (`owasp_llm_2025:LLM02`, `nist_ai_rmf_1_0:MEASURE`).
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave these rules out.
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Rule files of your own, or folders of them, besides the built-in ones.
    #[arg(long = "rules", value_name = "PATH")]
    pub rules: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, with the source.
    Text,
    /// One line for each finding.
    Compact,
    /// One document; see `caveat schema report`.
    Json,
    /// One object a line.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions; the summary of the job is written too.
    Github,
    /// Code Quality of GitLab.
    Gitlab,
    /// Test report.
    Junit,
    /// For a job summary or a merge request.
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// From which severity on violations fail a run; `None` is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold(pub Option<Severity>);

fn threshold(text: &str) -> Result<Threshold, String> {
    if text == "never" {
        Ok(Threshold(None))
    } else {
        severity(text).map(|severity| Threshold(Some(severity))).map_err(|error| format!("{error}, or `never`"))
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "one of info, low, medium, high, critical".to_owned())
}

fn date(text: &str) -> Result<Date, String> {
    crate::manifest::leaf::date(text)
}

/// Leave today's findings for later, so that only new ones fail.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub struct BaselineArgs {
    #[command(subcommand)]
    pub command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Write a baseline of everything that is found now.
    #[command(
        after_help = "Examples:\n  caveat baseline write\n  caveat baseline write services/ --baseline services/.caveat-baseline.json"
    )]
    Write(BaselineScope),
    /// Take out of a baseline what is no longer found. Nothing is ever added.
    #[command(after_help = "Example:\n  caveat baseline update")]
    Update(BaselineScope),
    /// Show what is in a baseline, and what of it is found still.
    #[command(after_help = "Examples:\n  caveat baseline show\n  caveat baseline show --format json")]
    Show {
        #[command(flatten)]
        scope: BaselineScope,
        #[arg(long, value_enum, default_value_t = PageFormat::Text)]
        format: PageFormat,
    },
}

#[derive(Debug, Clone, ClapArgs)]
pub struct BaselineScope {
    #[command(flatten)]
    pub scope: Scope,
    /// The baseline, instead of the one that the configuration names [default: .caveat-baseline.json].
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// Show what applies to a manifest.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub struct ConfigCommandArgs {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting that applies to a manifest, and where it was made.
    #[command(
        after_help = "Examples:\n  caveat config show\n  caveat config show services/search/caveat.yaml\n  caveat config show --format json | jq .settings.fail_on"
    )]
    Show {
        /// The manifest; it need not exist.
        #[arg(default_value = "caveat.yaml")]
        file: PathBuf,
        #[command(flatten)]
        config: ConfigArgs,
        #[arg(long, value_enum, default_value_t = PageFormat::Text)]
        format: PageFormat,
    },
}

/// Show what changed between two manifests in terms of risk: findings that are new, gone, worse or better, and the
/// facts that changed them.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat diff old.yaml new.yaml\n  caveat diff --git main\n  caveat diff --git origin/main services/ --format markdown\n\nExit status: 0 nothing new or worse at or above the threshold, 1 something, 2 the work could not be done, 3 nothing was compared."
)]
pub struct DiffArgs {
    /// The old manifest and the new one; with `--git`, files and folders of the working tree.
    pub paths: Vec<PathBuf>,
    /// Compare the working tree with this revision.
    #[arg(long, value_name = "REV")]
    pub git: Option<String>,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
}

/// List every suppression: comments, waivers and baselines, with owner, age and expiry.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat suppressions\n  caveat suppressions --format json | jq '.[] | select(.owner == null)'"
)]
pub struct SuppressionsArgs {
    #[command(flatten)]
    pub scope: Scope,
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
}

/// Show how far rules cover frameworks (OWASP, NIST, EU AI Act, GDPR, ISO/IEC 42001, ATLAS), and how manifests stand.
///
/// A control is covered, covered in part, or cannot be seen in a manifest; what of it no manifest can show is said. The
/// extents are worked out from the references of the rules.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat frameworks\n  caveat frameworks owasp\n  caveat frameworks \"eu-ai-act:Art. 15\" --manifest caveat.yaml\n  caveat frameworks --manifest services/ --format csv > coverage.csv\n  caveat frameworks gdpr --manifest . --format json | jq '.frameworks[].controls[] | select(.standing == \"violated\").id'\n\nExit status: 0 shown, whatever the rules say, 1 a manifest has mistakes, 2 the work could not be done, 3 nothing was checked."
)]
pub struct FrameworksArgs {
    /// A framework, by its key or words of it (`owasp`, `ai-act`, `atlas`); one of its controls (`owasp:LLM02`).
    pub name: Option<String>,
    /// A manifest, or a folder that is searched for them, to be held against the frameworks; `-` reads standard input.
    #[arg(long, value_name = "PATH")]
    pub manifest: Vec<PathBuf>,
    /// The name of what comes on standard input; its configuration is looked for from there.
    #[arg(long, value_name = "NAME", requires = "manifest")]
    pub stdin_filename: Option<String>,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Ignore comments, waivers and baselines that accept findings.
    #[arg(long, requires = "manifest")]
    pub no_suppressions: bool,
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    pub format: TableFormat,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub color: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Text,
    Json,
    /// One line for each control.
    Csv,
    Markdown,
}

/// Show what is derived from a manifest: who sees which data and how, who receives it, what models
/// remember.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat facts\n  caveat facts caveat.yaml --about client-files\n  caveat facts --format json | jq '.exposures[] | select(.entitled == false)'\n  caveat facts --format svg > flows.svg\n  caveat facts --format mermaid\n  caveat facts --format dot | dot -Tsvg > flows.svg"
)]
pub struct FactsArgs {
    /// Only what is about this data set, model, actor, component or party.
    #[arg(long, value_name = "ID")]
    pub about: Option<String>,
    /// Text for people, JSON for programs, Mermaid, DOT or SVG for pictures.
    #[arg(long, value_enum, default_value_t = FactsFormat::Text)]
    pub format: FactsFormat,
    #[command(flatten)]
    pub one: OneArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SheetFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FactsFormat {
    Text,
    Json,
    Mermaid,
    Dot,
    Svg,
}

/// Explain anything that has a name: a rule, a code, a licence, a model, an accelerator, a price, a vendor, a framework or
/// one of its controls, a field of the manifest or a word in it, a kind of evidence, a function of conditions.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat explain HAL001\n  caveat explain released-below-own-threshold --format json\n  caveat explain E004\n  caveat explain llama3.1\n  caveat explain meta-llama/Llama-3.1-8B-Instruct\n  caveat explain h100\n  caveat explain gpt-4o\n  caveat explain owasp:LLM02\n  caveat explain models.license\n  caveat explain facts.exposures.entitled\n  caveat explain restricted\n  caveat explain GOV001 --format markdown > GOV001.md"
)]
pub struct ExplainArgs {
    /// A code or a name. Of a field, the path (`models.license`) or the end of it (`license`).
    pub word: String,
    /// Format of the page.
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub color: When,
    #[command(flatten)]
    pub choice: ConfigChoice,
    /// Rule files of your own, or folders of them, besides the built-in ones.
    #[arg(long = "rules", value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Tables of your own (models, accelerators, prices) that go before the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub tables: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    Text,
    Json,
}

/// Print the JSON Schema of a kind of file, for editors.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  caveat schema > manifest.schema.json\n  caveat schema rule\n\nIn a manifest: # yaml-language-server: $schema=manifest.schema.json"
)]
pub struct SchemaArgs {
    /// Which kind of file.
    #[arg(value_enum, default_value_t = SchemaKind::Manifest)]
    pub kind: SchemaKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    Manifest,
    Rule,
    Report,
    /// A record that `caveat batch` writes.
    Batch,
    Config,
}
