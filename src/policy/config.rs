//! One configuration file: what it says, each setting at its place.
//!
//! A file has settings for all manifests below it and `overrides` with the same settings for some of them;
//! both are a [`Layer`]. What the words mean for a manifest is for [`settings`](super::settings) to say.

use std::collections::BTreeSet;
use std::str::FromStr;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::limit::Limit;
use super::select;
use crate::finding::{Fault, Severity};
use crate::manifest::leaf;
use crate::rule::Rule;
use crate::rule::file::written;
use crate::rule::model::OptionValue;
use crate::span::Span;
use crate::spelling;
use crate::syntax::Limits;
use crate::syntax::de::{Reader, Spanned, point};
use crate::syntax::tree::{Kind, NodeId, Place, Tree};

/// A value and where the file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    pub value: T,
    pub span: Span,
}

/// What a configuration may ask of a suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Demand {
    Owner,
    Until,
    Ticket,
}

impl Demand {
    /// The key in a comment.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Until => "until",
            Self::Ticket => "ticket",
        }
    }
}

/// Settings that hold together: those of a file, of one of its overrides, or of a command line.
#[derive(Debug, Default)]
pub struct Layer {
    /// Exactly these rules, whatever was chosen before.
    pub select: Option<Vec<Said<String>>>,
    /// These rules as well.
    pub extend_select: Vec<Said<String>>,
    /// Without these.
    pub ignore: Vec<Said<String>>,
    /// Selectors and the severity of what they select; the last one holds.
    pub severity: Vec<(Said<String>, Severity)>,
    pub options: Vec<Setting>,
    /// The outer `None` is not said, the inner one `never`.
    pub fail_on: Option<Said<Option<Severity>>>,
    pub min_severity: Option<Said<Severity>>,
    pub strict: Option<Said<bool>>,
    pub require_evidence: Option<Said<bool>>,
    pub unsuppressible: Vec<Said<String>>,
    /// What every suppression has to say, besides a reason.
    pub demands: Option<Said<BTreeSet<Demand>>>,
    /// Days ahead of its expiry from which on a suppression is announced.
    pub warn: Option<Said<f64>>,
    /// Days that a suppression may hold at most.
    pub longest: Option<Said<f64>>,
    pub limits: Vec<(Limit, Said<usize>)>,
}

impl Layer {
    /// Puts the limits that it sets into those of the layers before it.
    pub fn bound(&self, limits: &mut Limits) {
        for (limit, said) in &self.limits {
            *limit.of(limits) = said.value;
        }
    }
}

/// An option of a rule, set.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Code or name of the rule.
    pub rule: Said<String>,
    pub option: Said<String>,
    pub value: OptionValue<'static>,
    /// The value.
    pub span: Span,
}

/// One file, read.
#[derive(Debug)]
pub struct Config {
    /// Files whose settings come before this one's, relative to its folder.
    pub extends: Vec<Said<String>>,
    /// Rule files and folders, relative to its folder.
    pub rules: Vec<Said<String>>,
    /// Tables, relative to its folder.
    pub tables: Vec<Said<String>>,
    /// The baseline, relative to its folder.
    pub baseline: Option<Said<String>>,
    /// Manifests that a walk leaves out.
    pub exclude: Globs,
    pub whole: Layer,
    pub overrides: Vec<Override>,
}

/// Settings for some manifests.
#[derive(Debug)]
pub struct Override {
    pub files: Globs,
    pub span: Span,
    pub layer: Layer,
}

/// Patterns of paths. One without a slash matches a name in any folder, as git reads them.
#[derive(Debug, Default)]
pub struct Globs {
    pub patterns: Vec<String>,
    set: GlobSet,
}

impl Globs {
    /// Whether one of them matches a path, which is relative and has forward slashes.
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

type Text = Spanned<String>;
type Any = Spanned<IgnoredAny>;

macro_rules! raw {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        struct $name {
            $(#[serde(default)] $field: Option<$ty>,)*
            #[serde(default)]
            select: Option<Vec<Text>>,
            #[serde(default)]
            extend_select: Option<Vec<Text>>,
            #[serde(default)]
            ignore: Option<Vec<Text>>,
            #[serde(default)]
            severity: Option<Any>,
            #[serde(default)]
            options: Option<Any>,
            #[serde(default)]
            fail_on: Option<Text>,
            #[serde(default)]
            min_severity: Option<Text>,
            #[serde(default)]
            strict: Option<Spanned<bool>>,
            #[serde(default)]
            require_evidence: Option<Spanned<bool>>,
            #[serde(default)]
            unsuppressible: Option<Vec<Text>>,
            #[serde(default)]
            suppressions: Option<RawSuppressions>,
            #[serde(default)]
            limits: Option<RawLimits>,
        }

        impl $name {
            fn layer(&self, compiler: &mut Compiler<'_>) -> Layer {
                compiler.layer(&Raw {
                    select: self.select.as_deref(),
                    extend_select: self.extend_select.as_deref(),
                    ignore: self.ignore.as_deref(),
                    severity: self.severity.as_ref(),
                    options: self.options.as_ref(),
                    fail_on: self.fail_on.as_ref(),
                    min_severity: self.min_severity.as_ref(),
                    strict: self.strict.as_ref(),
                    require_evidence: self.require_evidence.as_ref(),
                    unsuppressible: self.unsuppressible.as_deref(),
                    suppressions: self.suppressions.as_ref(),
                    limits: self.limits.as_ref(),
                })
            }
        }
    };
}

raw! {
    RawConfig { extends: OneOrMany, rules: OneOrMany, tables: OneOrMany, baseline: Text, exclude: OneOrMany, overrides: Vec<Spanned<RawOverride>> }
}
raw! {
    RawOverride { files: OneOrMany }
}

/// The settings that a file and an override have in common.
struct Raw<'r> {
    select: Option<&'r [Text]>,
    extend_select: Option<&'r [Text]>,
    ignore: Option<&'r [Text]>,
    severity: Option<&'r Any>,
    options: Option<&'r Any>,
    fail_on: Option<&'r Text>,
    min_severity: Option<&'r Text>,
    strict: Option<&'r Spanned<bool>>,
    require_evidence: Option<&'r Spanned<bool>>,
    unsuppressible: Option<&'r [Text]>,
    suppressions: Option<&'r RawSuppressions>,
    limits: Option<&'r RawLimits>,
}

#[derive(Debug, Deserialize)]
struct RawSuppressions {
    #[serde(default)]
    require: Option<Spanned<Vec<Demand>>>,
    #[serde(default)]
    warn: Option<Text>,
    #[serde(default)]
    longest: Option<Text>,
}

#[derive(Debug, Deserialize)]
struct RawLimits {
    #[serde(default)]
    file_size: Option<Text>,
    #[serde(default)]
    depth: Option<Text>,
    #[serde(default)]
    nodes: Option<Text>,
    #[serde(default)]
    visits: Option<Text>,
    #[serde(default)]
    documents: Option<Text>,
    #[serde(default)]
    findings: Option<Text>,
    #[serde(default)]
    steps: Option<Text>,
    #[serde(default)]
    ways: Option<Text>,
    #[serde(default)]
    pattern_size: Option<Text>,
}

/// A list that may be written as its single element.
#[derive(Debug)]
struct OneOrMany(Vec<Text>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look;
        impl<'de> serde::de::Visitor<'de> for Look {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, or a list of texts")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let shape = seq.next_element::<u8>()?;
                seq.next_element::<u32>()?;
                seq.next_element::<u32>()?;
                let many = if shape == Some(crate::syntax::de::SEQUENCE) {
                    seq.next_element::<Vec<Text>>()?
                } else {
                    seq.next_element::<Text>()?.map(|one| vec![one])
                };
                many.map(OneOrMany).ok_or_else(|| serde::de::Error::missing_field("value"))
            }
        }
        deserializer.deserialize_newtype_struct(crate::syntax::de::SHAPE, Look)
    }
}

/// Reads the configuration in one document. Rules are not known yet: [`check`] holds it to them.
pub fn compile(tree: &Tree, document: NodeId) -> Result<Config, Vec<Fault>> {
    let place = tree.place(document);
    let reader = Reader::new(tree, tree.len() * 4);
    let raw: Option<RawConfig> = reader.read(place);
    let faults = reader.into_faults();
    let Some(raw) = raw.filter(|_| faults.is_empty()) else { return Err(faults) };
    let mut compiler = Compiler { tree, faults };
    let texts =
        |list: Option<&OneOrMany>| list.map_or_else(Vec::new, |list| list.0.iter().map(|text| said(tree, text)).collect());
    let mut overrides = Vec::new();
    for entry in raw.overrides.iter().flatten() {
        let files = entry.value.files.as_ref().map_or(&[][..], |files| &files.0);
        if files.is_empty() {
            compiler.fault(
                entry.place,
                "an override without `files` is for no manifest",
                "name manifests: `files: [\"services/**\"]`",
            );
        }
        let files = compiler.globs(files);
        if let Some(text) = entry.value.limits.as_ref().and_then(|limits| limits.pattern_size.as_ref()) {
            compiler.fault(
                text.place,
                "`pattern_size` has no place in an override: rules are loaded once for all manifests",
                "move it to `limits` of the file",
            );
        }
        overrides.push(Override { files, span: tree.highlight(entry.place.node), layer: entry.value.layer(&mut compiler) });
    }
    let config = Config {
        extends: texts(raw.extends.as_ref()),
        rules: texts(raw.rules.as_ref()),
        tables: texts(raw.tables.as_ref()),
        baseline: raw.baseline.as_ref().map(|text| said(tree, text)),
        exclude: compiler.globs(raw.exclude.as_ref().map_or(&[][..], |list| &list.0)),
        whole: raw.layer(&mut compiler),
        overrides,
    };
    if compiler.faults.is_empty() { Ok(config) } else { Err(compiler.faults) }
}

fn said<T: Clone>(tree: &Tree, from: &Spanned<T>) -> Said<T> {
    Said { value: from.value.clone(), span: tree.highlight(from.place.via.unwrap_or(from.place.node)) }
}

struct Compiler<'t> {
    tree: &'t Tree,
    faults: Vec<Fault>,
}

impl Compiler<'_> {
    fn fault(&mut self, at: Place, message: impl Into<String>, help: impl Into<String>) {
        let fault = Fault::new("config", message).path(self.tree.path(at)).help(help);
        self.faults.push(point(self.tree, fault, at, "here"));
    }

    fn layer(&mut self, raw: &Raw<'_>) -> Layer {
        let texts = |list: Option<&[Text]>| list.unwrap_or_default().iter().map(|text| said(self.tree, text)).collect();
        let mut layer = Layer {
            select: raw.select.map(|list| texts(Some(list))),
            extend_select: texts(raw.extend_select),
            ignore: texts(raw.ignore),
            unsuppressible: texts(raw.unsuppressible),
            strict: raw.strict.map(|flag| said(self.tree, flag)),
            require_evidence: raw.require_evidence.map(|flag| said(self.tree, flag)),
            ..Layer::default()
        };
        let never = |text: &str| text == "never";
        layer.fail_on = raw.fail_on.and_then(|text| {
            let value = if never(&text.value) { None } else { Some(self.severity(&text.value, text.place)?) };
            Some(Said { value, span: said(self.tree, text).span })
        });
        layer.min_severity = raw.min_severity.and_then(|text| {
            let value = self.severity(&text.value, text.place)?;
            Some(Said { value, span: said(self.tree, text).span })
        });
        if let Some(map) = raw.severity {
            for (key, value) in self.entries(map.place, "rules and their severities: `LEAK007: low`") {
                let word = self.tree.text(value.node).unwrap_or_default().to_owned();
                layer.severity.extend(self.severity(&word, value).map(|severity| (key, severity)));
            }
        }
        if let Some(map) = raw.options {
            self.options(map.place, &mut layer.options);
        }
        if let Some(raw) = raw.suppressions {
            layer.demands = raw
                .require
                .as_ref()
                .map(|list| Said { value: list.value.iter().copied().collect(), span: said(self.tree, list).span });
            layer.warn = self.days(raw.warn.as_ref());
            layer.longest = self.days(raw.longest.as_ref());
        }
        if let Some(raw) = raw.limits {
            let texts = [
                &raw.file_size,
                &raw.depth,
                &raw.nodes,
                &raw.visits,
                &raw.documents,
                &raw.findings,
                &raw.steps,
                &raw.ways,
                &raw.pattern_size,
            ];
            for (limit, text) in Limit::ALL.into_iter().zip(texts) {
                layer.limits.extend(text.as_ref().and_then(|text| self.limit(limit, text)).map(|value| (limit, value)));
            }
        }
        layer
    }

    fn severity(&mut self, word: &str, at: Place) -> Option<Severity> {
        let severity = Severity::parse(word);
        if severity.is_none() {
            let words = Severity::ALL.map(Severity::as_str);
            let help = match spelling::nearest(word, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of {}", words.join(", ")),
            };
            self.fault(at, format!("`{word}` is not a severity"), help);
        }
        severity
    }

    fn entries(&mut self, map: Place, what: &str) -> Vec<(Said<String>, Place)> {
        if !matches!(self.tree.node(map.node).kind, Kind::Mapping { .. }) {
            self.fault(
                map,
                format!("{} stands where a mapping is needed", self.tree.describe(map.node)),
                format!("write {what}"),
            );
            return Vec::new();
        }
        let entry = |entry: &crate::syntax::tree::Entry| {
            let key = self.tree.text(entry.key).unwrap_or_default().to_owned();
            let value = self.tree.value(map, *entry);
            (Said { value: key, span: self.tree.highlight(entry.value) }, value)
        };
        self.tree.entries(map.node).iter().map(entry).collect()
    }

    fn options(&mut self, map: Place, options: &mut Vec<Setting>) {
        for (rule, of_rule) in self.entries(map, "rules and their options") {
            for (option, value) in self.entries(of_rule, "options and their values") {
                let span = option.span;
                match written(self.tree, value) {
                    Some(value) => options.push(Setting { rule: rule.clone(), option, value, span }),
                    None => self.fault(value, "this is no value of an option", "write one value, or a list of texts"),
                }
            }
        }
    }

    fn days(&mut self, text: Option<&Text>) -> Option<Said<f64>> {
        let text = text?;
        match leaf::duration(&text.value) {
            Ok(seconds) => Some(Said { value: seconds / 86_400.0, span: said(self.tree, text).span }),
            Err(message) => {
                self.fault(text.place, message, "write an ISO 8601 duration, as in `P30D`");
                None
            }
        }
    }

    fn limit(&mut self, limit: Limit, text: &Text) -> Option<Said<usize>> {
        let number = if limit.is_size() { leaf::quantity(&text.value) } else { leaf::count(&text.value) };
        match number {
            Ok(number) if number >= 1.0 && number <= f64::from(u32::MAX) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with the range above")]
                let value = number as usize;
                Some(Said { value, span: said(self.tree, text).span })
            }
            Ok(_) => {
                self.fault(text.place, format!("`{}` is out of range", text.value), "from 1 to 4294967295");
                None
            }
            Err(message) => {
                self.fault(text.place, message, "write a number; a size may carry a suffix, as in `16Mi`");
                None
            }
        }
    }

    fn globs(&mut self, patterns: &[Text]) -> Globs {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let text = pattern.value.strip_prefix("./").unwrap_or(&pattern.value);
            let anywhere = if text.contains('/') { text.to_owned() } else { format!("**/{text}") };
            // A folder stands for what is in it.
            let whole = if anywhere.ends_with('/') { format!("{anywhere}**") } else { anywhere };
            match GlobBuilder::new(whole.trim_start_matches('/')).literal_separator(true).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => self.fault(
                    pattern.place,
                    format!("not a pattern of paths: {}", error.kind()),
                    "as in `services/**/caveat.yaml`",
                ),
            }
        }
        let patterns = patterns.iter().map(|pattern| pattern.value.clone()).collect();
        Globs { patterns, set: set.build().unwrap_or_default() }
    }
}

/// Holds a configuration to the rules that there are.
pub fn check(config: &Config, rules: &[Rule<'_>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for layer in std::iter::once(&config.whole).chain(config.overrides.iter().map(|entry| &entry.layer)) {
        let lists = [&layer.extend_select, &layer.ignore, &layer.unsuppressible];
        let selectors = layer.select.iter().chain(lists).flatten().chain(layer.severity.iter().map(|(selector, _)| selector));
        for selector in selectors.filter(|selector| !select::is_known(rules, &selector.value)) {
            faults.push(wrong(selector.span, select::unknown(rules, &selector.value)));
        }
        for setting in &layer.options {
            faults.extend(misset(setting, rules));
        }
    }
    faults
}

fn wrong(span: Span, message: String) -> Fault {
    let (message, help) = match message.split_once("; ") {
        Some((message, help)) => (message.to_owned(), Some(help.to_owned())),
        None => (message, None),
    };
    let fault = Fault::new("config", message).label(span, "here");
    match help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

/// What is wrong with an option that is set.
fn misset(setting: &Setting, rules: &[Rule<'_>]) -> Option<Fault> {
    let named = |rule: &&Rule<'_>| rule.code == setting.rule.value || rule.name == setting.rule.value;
    let Some(rule) = rules.iter().find(named) else {
        let names = rules.iter().flat_map(|rule| [rule.code.as_ref(), rule.name.as_ref()]);
        let near = spelling::nearest(&setting.rule.value, names);
        let help = near.map_or("; options are set by the code or the name of one rule".to_owned(), |near| {
            format!("; did you mean `{near}`?")
        });
        return Some(wrong(setting.rule.span, format!("there is no rule `{}`{help}", setting.rule.value)));
    };
    let Some(option) = rule.options.iter().find(|option| option.name == setting.option.value) else {
        let names: Vec<&str> = rule.options.iter().map(|option| option.name.as_ref()).collect();
        let help = match spelling::nearest(&setting.option.value, names.iter().copied()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None if names.is_empty() => "; it has none".to_owned(),
            None => format!("; it has {}", names.join(", ")),
        };
        return Some(wrong(
            setting.option.span,
            format!("{} {} has no option `{}`{help}", rule.code, rule.name, setting.option.value),
        ));
    };
    let error = option.kind.read(&setting.value).err()?;
    Some(Fault::new("config", error).label(setting.span, "here").help(format!("write {}", option.kind.describe())))
}

impl FromStr for Demand {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Owner, Self::Until, Self::Ticket].into_iter().find(|demand| demand.as_str() == word).ok_or(())
    }
}
