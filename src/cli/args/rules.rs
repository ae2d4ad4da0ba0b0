//! What can be typed after `caveat rules`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::{ConfigChoice, PageFormat, Selection};

/// List, test, check and begin rules.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub struct RulesArgs {
    #[command(subcommand)]
    pub command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List the rules.
    #[command(after_help = "Examples:\n  caveat rules list --select scalability\n  caveat rules list --format json")]
    List {
        #[command(flatten)]
        selection: Selection,
        #[command(flatten)]
        choice: ConfigChoice,
        #[arg(long, value_enum, default_value_t = PageFormat::Text)]
        format: PageFormat,
    },
    /// Run the examples of rules: of the built-in ones, or of these files and folders.
    #[command(after_help = "Examples:\n  caveat rules test\n  caveat rules test policies/ORG001-no-vendor.yaml")]
    Test {
        /// Rule files and folders; none tests the built-in rules.
        paths: Vec<PathBuf>,
        /// Test these rules only.
        #[arg(long, value_name = "SELECTOR", value_delimiter = ',')]
        select: Vec<String>,
        #[command(flatten)]
        choice: ConfigChoice,
    },
    /// Check rule files: shape, syntax, types.
    #[command(after_help = "Example:\n  caveat rules check policies/")]
    Check {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        choice: ConfigChoice,
    },
    /// Print a rule file to begin with; its examples pass.
    #[command(after_help = "Example:\n  caveat rules new ORG001 unapproved-vendor > policies/ORG001-unapproved-vendor.yaml")]
    New {
        /// Capital letters and a number: `ORG001`.
        code: String,
        /// Lower-case words joined by hyphens; name the smell, not the remedy.
        name: String,
    },
    /// List the functions that conditions may call.
    Functions,
}
