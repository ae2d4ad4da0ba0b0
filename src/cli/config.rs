//! `caveat config show`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Status;
use super::args::{ConfigCommand, ConfigCommandArgs, PageFormat, ThresholdArgs};
use super::check::today;
use super::configured::Configurations;
use super::output::{self, Failed};
use crate::finding::Severity;
use crate::policy::config::Demand;
use crate::policy::limit::Limit;
use crate::policy::settings::{Decision, Settings, Source};
use crate::rule::model::Origin;
use crate::source::shown;
use crate::span::LineIndex;

/// Runs a subcommand.
pub fn run(args: &ConfigCommandArgs) -> Result<Status, Failed> {
    let ConfigCommand::Show { file, config, format } = &args.command;
    let mut configurations = Configurations::new(config, &ThresholdArgs::default(), None, config.as_of.unwrap_or_else(today));
    let chain = configurations.chain(file)?;
    let matched = configurations.matched(chain, file);
    let settings = configurations.settings(chain, &matched)?;
    let seen = Seen { configurations: &configurations, chain, matched: &matched, settings: &settings };
    let name = shown(file);
    output::print(&match format {
        PageFormat::Text => seen.text(&name),
        PageFormat::Json => format!("{:#}\n", seen.json(&name)),
    })?;
    Ok(Status::Clean)
}

/// What was set, to what, and where.
type Row = (String, String, String);

/// What applies to a manifest.
struct Seen<'s> {
    configurations: &'s Configurations<'s>,
    chain: usize,
    matched: &'s [bool],
    settings: &'s Settings,
}

impl Seen<'_> {
    fn place(&self, origin: Origin) -> String {
        let file = &self.configurations.files[origin.file];
        format!("{}:{}", file.name, LineIndex::new(&file.text).position(&file.text, origin.span.start as usize))
    }

    fn source(&self, source: Source) -> String {
        match source {
            Source::CommandLine => "command line".to_owned(),
            Source::File(origin) => self.place(origin),
        }
    }

    /// Keys, values and where each was set.
    fn settings(&self) -> Vec<(&'static str, String, String)> {
        let Settings { thresholds, limits, terms, require_evidence, origins, .. } = self.settings;
        let or_none = |severity: Option<Severity>, none: &str| severity.map_or(none.to_owned(), |severity| severity.to_string());
        let demands: Vec<&str> = terms.demands.iter().copied().map(Demand::as_str).collect();
        let codes: Vec<&str> = terms.unsuppressible.iter().map(String::as_str).collect();
        let days = |days: f64| format!("{days} days");
        let list = |list: &[&str]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
        let mut values = vec![
            ("fail_on", or_none(thresholds.fail_on, "never")),
            ("strict", thresholds.strict.to_string()),
            ("min_severity", or_none(thresholds.min_severity, "none")),
            ("require_evidence", require_evidence.to_string()),
            ("unsuppressible", list(&codes)),
            ("suppressions.require", list(&demands)),
            ("suppressions.warn", days(terms.warn)),
            ("suppressions.longest", terms.longest.map_or("none".to_owned(), days)),
        ];
        let mut limits = *limits;
        values.extend(Limit::ALL.map(|limit| (limit.key(), limit.of(&mut limits).to_string())));
        let origin = |key: &str| origins.get(key).map_or("default".to_owned(), |source| self.source(*source));
        values.into_iter().map(|(key, value)| (key, value, origin(key))).collect()
    }

    fn decided(&self, decision: &Decision) -> Option<(String, String)> {
        decision.by.as_ref().map(|(selector, source)| (selector.clone(), self.source(*source)))
    }

    /// Rules whose severity was set, and options that were.
    fn changes(&self) -> (Vec<Row>, Vec<Row>) {
        let mut severities = Vec::new();
        let mut options = Vec::new();
        for rule in &self.settings.rules {
            if let Some((severity, origin)) = rule.configured {
                severities.push((format!("{} {}", rule.code, rule.name), severity.to_string(), self.place(origin)));
            }
            for option in &rule.options {
                if let Some(origin) = option.origin {
                    options.push((format!("{}.{}", rule.name, option.name), option.value.to_string(), self.place(origin)));
                }
            }
        }
        (severities, options)
    }

    fn files(&self) -> Vec<(String, Vec<String>)> {
        let chain = &self.configurations.chains[self.chain];
        let mut at = 0;
        let mut files = Vec::new();
        for index in &chain.files {
            let file = &self.configurations.files[*index];
            let mut overrides = Vec::new();
            for entry in &file.config.overrides {
                if self.matched[at] {
                    overrides.push(format!(
                        "{} ({})",
                        entry.files.patterns.join(", "),
                        self.place(Origin { file: *index, span: entry.span })
                    ));
                }
                at += 1;
            }
            files.push((file.name.clone(), overrides));
        }
        files
    }

    fn text(&self, name: &str) -> String {
        let chain = &self.configurations.chains[self.chain];
        let mut text = format!("{name}\n\nfiles, the strongest last\n");
        let files = self.files();
        if files.is_empty() {
            text.push_str("  none: no .caveat.yaml from here upwards\n");
        }
        for (file, overrides) in files {
            let _ = writeln!(text, "  {file}");
            for entry in overrides {
                let _ = writeln!(text, "    with its override for {entry}");
            }
        }
        text.push_str("\nsettings\n");
        for (key, value, origin) in self.settings() {
            let _ = writeln!(text, "  {key:<22} {value:<24} {origin}");
        }
        let baseline = chain.baseline.as_ref().map_or("none".to_owned(), |path| shown(path));
        let _ = writeln!(text, "  {:<22} {baseline}", "baseline");
        let on = self.settings.rules.len();
        let _ = writeln!(text, "\nrules: {on} of {} are asked", self.settings.decisions.len());
        for decision in &self.settings.decisions {
            if let Some((selector, place)) = self.decided(decision).filter(|_| !decision.on) {
                let _ = writeln!(text, "  without {} {}: `{selector}` at {place}", decision.code, decision.name);
            }
        }
        let (severities, options) = self.changes();
        for (title, rows) in [("severities", severities), ("options", options)] {
            if !rows.is_empty() {
                let _ = writeln!(text, "\n{title}");
                for (what, value, place) in rows {
                    let _ = writeln!(text, "  {what}: {value} at {place}");
                }
            }
        }
        text
    }

    fn json(&self, name: &str) -> Value {
        let chain = &self.configurations.chains[self.chain];
        let settings: serde_json::Map<String, Value> = self
            .settings()
            .into_iter()
            .map(|(key, value, from)| (key.to_owned(), json!({"value": value, "from": from})))
            .collect();
        let rules: Vec<Value> = self
            .settings
            .decisions
            .iter()
            .map(|decision| {
                let by = self.decided(decision).map(|(selector, from)| json!({"selector": selector, "from": from}));
                json!({"code": decision.code, "name": decision.name, "on": decision.on, "by": by})
            })
            .collect();
        let rows = |rows: Vec<Row>| -> Vec<Value> {
            rows.into_iter().map(|(what, value, from)| json!({"what": what, "value": value, "from": from})).collect()
        };
        let (severities, options) = self.changes();
        let files: Vec<Value> =
            self.files().into_iter().map(|(file, overrides)| json!({"file": file, "overrides": overrides})).collect();
        json!({
            "manifest": name,
            "files": files,
            "settings": settings,
            "baseline": chain.baseline.as_ref().map(|path| shown(path)),
            "rules": rules,
            "severities": rows(severities),
            "options": rows(options),
        })
    }
}
