//! What applies to one manifest: the layers of its configuration, put one on the other.
//!
//! A layer may choose rules anew (`select`), add some (`extend_select`) and take some away (`ignore`), in this order;
//! of every other setting the last layer that says it holds. Lists that restrict people (`unsuppressible`) only grow.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::config::{Demand, Layer, Said};
use super::select::matches;
use crate::report::Thresholds;
use crate::rule::Rule;
use crate::rule::model::Origin;
use crate::span::Span;
use crate::syntax::Limits;

/// Days ahead of its expiry from which on a suppression is announced, unless a configuration says otherwise.
pub const WARN_DAYS: f64 = 14.0;

/// What is asked of suppressions.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// Whether any is in force.
    pub enabled: bool,
    /// Codes of rules that nobody can suppress.
    pub unsuppressible: BTreeSet<String>,
    pub demands: BTreeSet<Demand>,
    /// Days ahead of its expiry from which on one is announced.
    pub warn: f64,
    /// Days that one may hold at most.
    pub longest: Option<f64>,
    /// Code and name of every rule there is, selected or not.
    pub known: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            enabled: true,
            unsuppressible: BTreeSet::new(),
            demands: BTreeSet::new(),
            warn: WARN_DAYS,
            longest: None,
            known: Vec::new(),
        }
    }
}

/// What applies to one manifest.
#[derive(Debug)]
pub struct Settings {
    /// The rules that are asked, with the limits and severities that were set.
    pub rules: Vec<Rule<'static>>,
    /// Every rule there is, whether it is asked, and who decided; in the order of the rules.
    pub decisions: Vec<Decision>,
    pub thresholds: Thresholds,
    pub require_evidence: bool,
    pub limits: Limits,
    pub terms: Terms,
    /// Where each setting that is not the default was made, by its key.
    pub origins: BTreeMap<&'static str, Source>,
}

/// Whether a rule is asked, and why.
#[derive(Debug, Clone)]
pub struct Decision {
    pub code: Cow<'static, str>,
    pub name: Cow<'static, str>,
    pub on: bool,
    /// The selector that decided; `None` where nothing was said.
    pub by: Option<(String, Source)>,
}

/// Who made a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    CommandLine,
    File(Origin),
}

/// Puts layers together, each with its file, the strongest last; `None` is the command line.
pub fn resolve(layers: &[(Option<usize>, &Layer)], mut rules: Vec<Rule<'static>>) -> Settings {
    let mut settings = Settings {
        rules: Vec::new(),
        decisions: rules.iter().map(undecided).collect(),
        thresholds: Thresholds::default(),
        require_evidence: false,
        limits: Limits::default(),
        terms: Terms { known: rules.iter().map(|rule| (rule.code.clone(), rule.name.clone())).collect(), ..Terms::default() },
        origins: BTreeMap::new(),
    };
    for (file, layer) in layers {
        let source = |span: Span| file.map_or(Source::CommandLine, |file| Source::File(Origin { file, span }));
        choose(layer, &rules, &mut settings.decisions, &source);
        adjust(layer, &mut rules, *file);
        settings.apply(layer, &rules, &source);
    }
    let on: BTreeSet<&str> =
        settings.decisions.iter().filter(|decision| decision.on).map(|decision| decision.code.as_ref()).collect();
    settings.rules = rules.into_iter().filter(|rule| on.contains(rule.code.as_ref())).collect();
    settings
}

fn undecided(rule: &Rule<'static>) -> Decision {
    Decision { code: rule.code.clone(), name: rule.name.clone(), on: true, by: None }
}

fn choose(layer: &Layer, rules: &[Rule<'_>], decisions: &mut [Decision], source: &dyn Fn(Span) -> Source) {
    let named = |rule: &Rule<'_>, list: &[Said<String>]| {
        let said = list.iter().find(|selector| matches(rule, &selector.value));
        said.map(|selector| (selector.value.clone(), source(selector.span)))
    };
    for (rule, decision) in rules.iter().zip(decisions) {
        if let Some(list) = &layer.select {
            let chosen = named(rule, list);
            decision.on = chosen.is_some();
            // What is left out is left out by the whole list.
            decision.by =
                chosen.or_else(|| Some(("select".to_owned(), source(list.first().map_or(Span::default(), |first| first.span)))));
        }
        for (list, on) in [(&layer.extend_select, true), (&layer.ignore, false)] {
            if let Some(by) = named(rule, list) {
                decision.on = on;
                decision.by = Some(by);
            }
        }
    }
}

/// Puts severities and options into the rules.
fn adjust(layer: &Layer, rules: &mut [Rule<'static>], file: Option<usize>) {
    let Some(file) = file else { return };
    for (selector, severity) in &layer.severity {
        for rule in rules.iter_mut().filter(|rule| matches(rule, &selector.value)) {
            rule.configured = Some((*severity, Origin { file, span: selector.span }));
        }
    }
    for setting in &layer.options {
        let named = |rule: &&mut Rule<'_>| rule.code == setting.rule.value || rule.name == setting.rule.value;
        let options = rules.iter_mut().filter(named).flat_map(|rule| &mut rule.options);
        for option in options.filter(|option| option.name == setting.option.value) {
            option.value = setting.value.clone();
            option.origin = Some(Origin { file, span: setting.span });
        }
    }
}

impl Settings {
    fn apply(&mut self, layer: &Layer, rules: &[Rule<'_>], source: &dyn Fn(Span) -> Source) {
        let Self { thresholds, limits, terms, origins, .. } = self;
        take("fail_on", layer.fail_on.as_ref(), &mut thresholds.fail_on, origins, source);
        take("strict", layer.strict.as_ref(), &mut thresholds.strict, origins, source);
        let least = layer.min_severity.as_ref().map(|said| Said { value: Some(said.value), span: said.span });
        take("min_severity", least.as_ref(), &mut thresholds.min_severity, origins, source);
        take("require_evidence", layer.require_evidence.as_ref(), &mut self.require_evidence, origins, source);
        take("suppressions.require", layer.demands.as_ref(), &mut terms.demands, origins, source);
        take("suppressions.warn", layer.warn.as_ref(), &mut terms.warn, origins, source);
        let longest = layer.longest.as_ref().map(|said| Said { value: Some(said.value), span: said.span });
        take("suppressions.longest", longest.as_ref(), &mut terms.longest, origins, source);
        for (limit, value) in &layer.limits {
            take(limit.key(), Some(value), limit.of(limits), origins, source);
        }
        for selector in &layer.unsuppressible {
            let codes = rules.iter().filter(|rule| matches(rule, &selector.value)).map(|rule| rule.code.to_string());
            terms.unsuppressible.extend(codes);
            origins.insert("unsuppressible", source(selector.span));
        }
    }
}

fn take<T: Clone>(
    key: &'static str,
    said: Option<&Said<T>>,
    slot: &mut T,
    origins: &mut BTreeMap<&'static str, Source>,
    source: &dyn Fn(Span) -> Source,
) {
    if let Some(said) = said {
        slot.clone_from(&said.value);
        origins.insert(key, source(said.span));
    }
}
