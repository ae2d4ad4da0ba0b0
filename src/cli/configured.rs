//! Configuration files: which applies to a manifest, and everything that it brings along.
//!
//! The nearest `.caveat.yaml` upwards applies, up to the root of the repository; what it `extends` comes before it, and
//! nothing else does. Paths in a file are relative to that file; patterns of manifests are relative to the folder of
//! the nearest one, whichever file says them, so that a shared file can speak of every repository that extends it.

mod bounds;
mod file;

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::args::{ConfigArgs, ThresholdArgs};
use super::output::Failed;
use super::{one, select};
use crate::engine::{Configuration, Plan};
use crate::finding::{Fault, Severity};
use crate::knowledge::tables::Tables;
use crate::policy::config::{self, Layer, Said};
use crate::policy::limit::Limit;
use crate::policy::settings::{Settings, resolve};
use crate::rule::Rule;
use crate::span::Span;
use crate::syntax::Limits;
pub use bounds::pattern_here;
use file::{ConfigFile, nearest, read_file, refuse};

/// Files that may extend each other in a row.
const DEPTH: usize = 16;

/// What one configuration file comes to, with what it extends.
#[derive(Debug)]
pub struct Chain {
    /// Indexes of its files, the weakest first.
    pub files: Vec<usize>,
    /// The folder to which patterns of manifests are relative.
    pub root: PathBuf,
    /// Where rules of one's own are.
    rule_paths: Vec<PathBuf>,
    /// Bytes of one regular expression of theirs.
    pattern: usize,
    /// Where tables of one's own are.
    table_paths: Vec<PathBuf>,
    /// Every rule there is, with no setting made, for the first who asks: most runs have one plan, and rules are large.
    rules: Option<Vec<Rule<'static>>>,
    pub tables: Arc<Tables>,
    pub baseline: Option<PathBuf>,
}

/// Which rules a run asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Those that judge a manifest alone.
    Alone,
    /// Those that hold a manifest against files.
    Against,
    All,
}

/// Every configuration of a run.
#[derive(Debug)]
pub struct Configurations<'a> {
    args: &'a ConfigArgs,
    /// What the command line says.
    layer: Layer,
    today: Date,
    asked: Asked,
    pub files: Vec<ConfigFile>,
    pub chains: Vec<Chain>,
    /// The chain that applies in a folder.
    folders: HashMap<PathBuf, usize>,
    /// By the file that they begin with.
    begun: HashMap<Option<PathBuf>, usize>,
    plans: HashMap<(usize, Vec<bool>), usize>,
}

impl<'a> Configurations<'a> {
    /// None is read yet.
    pub fn new(args: &'a ConfigArgs, thresholds: &ThresholdArgs, min_severity: Option<Severity>, today: Date) -> Self {
        let said = |text: &String| Said { value: text.clone(), span: Span::default() };
        let flag = |on: bool| on.then_some(Said { value: true, span: Span::default() });
        let layer = Layer {
            select: (!args.rules.select.is_empty()).then(|| args.rules.select.iter().map(said).collect()),
            ignore: args.rules.ignore.iter().map(said).collect(),
            fail_on: thresholds.fail_on.map(|threshold| Said { value: threshold.0, span: Span::default() }),
            min_severity: min_severity.map(|value| Said { value, span: Span::default() }),
            strict: flag(thresholds.strict),
            require_evidence: flag(args.require_evidence),
            limits: args
                .max_file_size
                .map(|value| (Limit::FileSize, Said { value, span: Span::default() }))
                .into_iter()
                .collect(),
            ..Layer::default()
        };
        Self {
            args,
            layer,
            today,
            asked: Asked::Alone,
            files: Vec::new(),
            chains: Vec::new(),
            folders: HashMap::new(),
            begun: HashMap::new(),
            plans: HashMap::new(),
        }
    }

    /// With these rules instead of those that judge a manifest alone.
    pub fn asking(self, asked: Asked) -> Self {
        Self { asked, ..self }
    }

    /// The chain that applies to a manifest, which need not exist.
    pub fn chain(&mut self, manifest: &Path) -> Result<usize, Failed> {
        let folder = folder_of(manifest);
        if let Some(known) = self.folders.get(&folder) {
            return Ok(*known);
        }
        let (path, root) = self.beginning(manifest)?;
        let chain = self.begin(path, &root)?;
        self.folders.insert(folder, chain);
        Ok(chain)
    }

    /// The configuration file with which the chain of a manifest begins, and the folder to which its patterns are relative.
    fn beginning(&self, manifest: &Path) -> Result<(Option<PathBuf>, PathBuf), Failed> {
        let nearest = match (&self.args.choice.config, self.args.choice.no_config) {
            (_, true) => None,
            (Some(path), false) => return Ok((Some(path.clone()), PathBuf::from("."))),
            (None, false) => nearest(&folder_of(manifest))?,
        };
        let root = nearest.as_deref().map(|path| path.parent().unwrap_or(Path::new("/")).to_owned());
        Ok((nearest, root.unwrap_or_else(|| PathBuf::from("."))))
    }

    /// The files of the chain that begins with one, the weakest first.
    fn order(&mut self, path: Option<&Path>) -> Result<Vec<usize>, Failed> {
        let mut order = Vec::new();
        if let Some(path) = path {
            self.read(path, &mut Vec::new(), &mut order)?;
        }
        Ok(order)
    }

    /// The chain that begins with a file.
    fn begin(&mut self, path: Option<PathBuf>, root: &Path) -> Result<usize, Failed> {
        if let Some(known) = self.begun.get(&path) {
            return Ok(*known);
        }
        let order = self.order(path.as_deref())?;
        let mut rules = Vec::new();
        let mut tables = Vec::new();
        let mut baseline = None;
        let mut pattern = Limits::default().pattern;
        for file in order.iter().map(|file| &self.files[*file]) {
            let at = |said: &Said<String>| beside(&file.path, &said.value);
            rules.extend(file.config.rules.iter().map(at));
            tables.extend(file.config.tables.iter().map(at));
            baseline = file.config.baseline.as_ref().map(at).or(baseline);
            let said = file.config.whole.limits.iter().find(|(limit, _)| *limit == Limit::PatternSize);
            pattern = said.map_or(pattern, |(_, said)| said.value);
        }
        rules.extend(self.args.rules.rules.iter().cloned());
        tables.extend(self.args.tables.iter().cloned());
        // A file that two layers name is read once.
        dedup(&mut rules);
        dedup(&mut tables);
        let rule_paths = rules;
        let rules = select::available(&rule_paths, pattern)?;
        select::known(&rules, &self.args.rules)?;
        for file in order.iter().map(|file| &self.files[*file]) {
            refuse(&file.name, &file.text, &config::check(&file.config, &rules))?;
        }
        let table_paths = tables;
        let tables = Arc::new(one::tables(&table_paths)?);
        let root = absolute(root);
        self.chains.push(Chain { files: order, root, rule_paths, pattern, table_paths, rules: Some(rules), tables, baseline });
        self.begun.insert(path, self.chains.len() - 1);
        Ok(self.chains.len() - 1)
    }

    /// Reads a file after those that it extends.
    fn read(&mut self, path: &Path, open: &mut Vec<PathBuf>, order: &mut Vec<usize>) -> Result<(), Failed> {
        let whole = fs::canonicalize(path).unwrap_or_else(|_| absolute(path));
        let known = self.files.iter().position(|file| file.path == whole);
        let index = match known {
            Some(index) => index,
            None => {
                let file = read_file(path, whole.clone())?;
                self.files.push(file);
                self.files.len() - 1
            }
        };
        open.push(whole.clone());
        for base in self.files[index].config.extends.clone() {
            let target = beside(&whole, &base.value);
            let real = fs::canonicalize(&target).unwrap_or_else(|_| absolute(&target));
            let file = &self.files[index];
            let wrong = |message: String, help: &str| {
                let fault = Fault::new("config", message).label(base.span, "here").help(help);
                refuse(&file.name, &file.text, &[fault])
            };
            if open.contains(&real) {
                wrong(format!("`{}` extends this file itself", base.value), "remove one of the two `extends`")?;
            }
            if open.len() >= DEPTH {
                wrong(
                    format!("more than {DEPTH} files extend each other in a row"),
                    "let this file extend the last one directly",
                )?;
            }
            if !real.is_file() {
                wrong(format!("`{}` is not there", base.value), "`extends` names a file, relative to the one that says it")?;
            }
            self.read(&target, open, order)?;
        }
        open.pop();
        if !order.contains(&index) {
            order.push(index);
        }
        Ok(())
    }

    /// Whether a walk leaves a manifest out.
    pub fn excludes(&self, chain: usize, manifest: &Path) -> bool {
        let chain = &self.chains[chain];
        let below = relative(&chain.root, manifest);
        chain.files.iter().any(|file| self.files[*file].config.exclude.matches(&below))
    }

    /// The overrides of each file of a chain that are for a manifest.
    pub fn matched(&self, chain: usize, manifest: &Path) -> Vec<bool> {
        let chain = &self.chains[chain];
        let below = relative(&chain.root, manifest);
        let overrides = chain.files.iter().flat_map(|file| &self.files[*file].config.overrides);
        overrides.map(|entry| entry.files.matches(&below)).collect()
    }

    /// What applies where these overrides do.
    pub fn settings(&mut self, chain: usize, matched: &[bool]) -> Result<Settings, Failed> {
        let rules = match self.chains[chain].rules.take() {
            Some(rules) => rules,
            None => select::available(&self.chains[chain].rule_paths, self.chains[chain].pattern)?,
        };
        let chain = &self.chains[chain];
        let mut layers = Vec::new();
        let mut at = 0;
        for index in &chain.files {
            let config = &self.files[*index].config;
            layers.push((Some(*index), &config.whole));
            for entry in &config.overrides {
                if matched[at] {
                    layers.push((Some(*index), &entry.layer));
                }
                at += 1;
            }
        }
        layers.push((None, &self.layer));
        Ok(resolve(&layers, rules))
    }

    /// The index of the plan of a manifest; manifests to which the same applies share one.
    pub fn plan(&mut self, manifest: &Path, suppressions: bool, plans: &mut Vec<Plan>) -> Result<usize, Failed> {
        let chain = self.chain(manifest)?;
        let key = (chain, self.matched(chain, manifest));
        if let Some(known) = self.plans.get(&key) {
            return Ok(*known);
        }
        let Settings { mut rules, thresholds, require_evidence, limits, mut terms, .. } = self.settings(chain, &key.1)?;
        rules.retain(|rule| match self.asked {
            Asked::Alone => !rule.compares(),
            Asked::Against => rule.compares(),
            Asked::All => true,
        });
        terms.enabled = suppressions;
        let tables = Arc::clone(&self.chains[chain].tables);
        plans.push(Plan { rules, today: self.today, limits, tables, require_evidence, terms, thresholds, drafts: true });
        self.plans.insert(key, plans.len() - 1);
        Ok(plans.len() - 1)
    }

    /// Where rules and where tables of one's own are, of all chains.
    pub fn own_files(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let all = |paths: fn(&Chain) -> &[PathBuf]| {
            let mut all: Vec<PathBuf> = self.chains.iter().flat_map(|chain| paths(chain).iter().cloned()).collect();
            dedup(&mut all);
            all
        };
        (all(|chain| &chain.rule_paths), all(|chain| &chain.table_paths))
    }

    /// The files as findings point at them.
    pub fn texts(&self) -> Vec<Configuration> {
        let text =
            |file: &ConfigFile| Configuration { name: file.name.clone(), text: file.text.clone(), digest: file.digest.clone() };
        self.files.iter().map(text).collect()
    }
}

fn dedup(paths: &mut Vec<PathBuf>) {
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
}

fn folder_of(file: &Path) -> PathBuf {
    absolute(file).parent().map_or_else(|| PathBuf::from("/"), Path::to_owned)
}

/// A path that a file names, from where the program runs.
fn beside(file: &Path, path: &str) -> PathBuf {
    here(&file.parent().unwrap_or(Path::new(".")).join(path))
}

/// A path without steps that lead back, from the root.
pub fn absolute(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for step in whole.components() {
        match step {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            step => plain.push(step),
        }
    }
    plain
}

/// A path below the working directory without it.
pub fn here(path: &Path) -> PathBuf {
    let whole = absolute(path);
    let cwd = std::env::current_dir().ok();
    match cwd.as_deref().and_then(|cwd| whole.strip_prefix(cwd).ok()) {
        Some(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Some(below) => below.to_owned(),
        None if path.is_relative() => path.to_owned(),
        None => whole,
    }
}

/// A path as it is seen from a folder, with forward slashes; with `..` where it is not below it.
pub fn relative(folder: &Path, path: &Path) -> String {
    let (folder, path) = (absolute(folder), absolute(path));
    let common = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common).map(|step| step.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
