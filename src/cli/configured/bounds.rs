//! The limits that apply to a file, for commands that ask no rule of a manifest.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::{Configurations, absolute, relative};
use crate::cli::args::{ConfigArgs, ConfigChoice, ThresholdArgs};
use crate::cli::output::Failed;
use crate::source::PATTERNS;
use crate::syntax::Limits;

impl<'a> Configurations<'a> {
    /// For limits alone, where no day and no threshold matters.
    pub fn plain(args: &'a ConfigArgs) -> Self {
        Self::new(args, &ThresholdArgs::default(), None, Date::ZERO)
    }

    /// The limits that apply to a manifest, a rule file or another file, which need not exist. Neither rules nor tables are
    /// read for them, so that a rule file that is broken can still be asked what is wrong with it.
    pub fn limits(&mut self, file: &Path) -> Result<Limits, Failed> {
        let (begin, root) = self.beginning(file)?;
        let order = self.order(begin.as_deref())?;
        let below = relative(&absolute(&root), file);
        let mut limits = Limits::default();
        for config in order.iter().map(|at| &self.files[*at].config) {
            config.whole.bound(&mut limits);
            let matching = config.overrides.iter().filter(|entry| entry.files.matches(&below));
            matching.for_each(|entry| entry.layer.bound(&mut limits));
        }
        self.layer.bound(&mut limits);
        Ok(limits)
    }
}

/// How large an expression of these rule files may be, by the configuration of the working directory. Without rule files
/// none is asked: pages can be read beside one that is broken.
pub fn pattern_here(choice: &ConfigChoice, rules: &[PathBuf]) -> Result<usize, Failed> {
    if rules.is_empty() {
        return Ok(Limits::default().pattern);
    }
    let args = ConfigArgs { choice: choice.clone(), ..ConfigArgs::default() };
    Ok(Configurations::plain(&args).limits(Path::new(PATTERNS[0]))?.pattern)
}
