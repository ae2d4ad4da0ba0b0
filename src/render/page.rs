//! A rule's page in Markdown, for `explain`, for SARIF and for the documentation.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::framework::titled;
use crate::knowledge::references;
use crate::rule::model::{EngineCode, Expects, Page, Rule};

/// The page of a rule.
pub fn rule(rule: &Rule<'_>, page: &Page<'_>) -> String {
    let mut text = format!("# {} {}\n\n{}\n\n", rule.code, rule.name, sentence(&rule.summary));
    let _ = writeln!(text, "Family {}, severity {}.\n", rule.family, rule.severity);
    let _ = writeln!(text, "## Why it matters\n\n{}\n", page.why);
    let _ = writeln!(text, "## What to do\n\n{}\n", sentence(&rule.help));
    let _ = writeln!(text, "## When it is wrong\n\n{}\n", page.wrong_when);
    let _ = writeln!(text, "## What decides\n");
    for (key, condition) in &page.logic {
        let _ = writeln!(text, "`{key}`\n\n```cel\n{condition}\n```\n");
    }
    if !rule.options.is_empty() {
        let _ = writeln!(text, "## Options\n\nSet in `.caveat.yaml` under `options.{}`.\n", rule.name);
        for option in &rule.options {
            let (name, value) = (&option.name, &option.value);
            let _ = writeln!(text, "- `{name}` ({}; default `{value}`): {}", option.kind.describe(), sentence(&option.meaning));
        }
        text.push('\n');
    }
    examples(page, &mut text);
    if !rule.references.is_empty() {
        let _ = writeln!(text, "## References\n");
        for (framework, controls) in rule.references.iter() {
            let known = references::framework(framework);
            let name = known.map_or(framework, |known| known.name.as_ref());
            let controls: Vec<String> = controls.map(|id| titled(known, id)).collect();
            let _ = writeln!(text, "- {name}: {}", controls.join("; "));
        }
        text.push('\n');
    }
    text
}

/// The page of an `E` code.
pub fn code(code: &EngineCode<'_>) -> String {
    let mut text = format!("# {} {}\n\n{}\n\n", code.code, code.name, sentence(&code.summary));
    let _ = match code.family.as_ref() {
        "policy" => writeln!(text, "Found in a suppression; severity {}.\n", code.severity),
        _ => writeln!(text, "Found while reading a manifest; always fails the run.\n"),
    };
    let _ = writeln!(text, "## Why it matters\n\n{}\n", code.page.why);
    let _ = writeln!(text, "## What to do\n\n{}\n", sentence(&code.help));
    let _ = writeln!(text, "## When it is wrong\n\n{}\n", code.page.wrong_when);
    examples(&code.page, &mut text);
    text
}

fn examples(page: &Page<'_>, text: &mut String) {
    if page.examples.is_empty() {
        return;
    }
    text.push_str("## Examples\n\n");
    for example in &page.examples {
        let missing: Vec<String> = example.missing.iter().map(|path| format!("`{path}`")).collect();
        let heading = match example.expects {
            Expects::Fails => "Fails".to_owned(),
            Expects::Passes => "Passes".to_owned(),
            Expects::Info => "Gives advice".to_owned(),
            Expects::Unknown => format!("Cannot be decided without {}", missing.join(", ")),
        };
        let options: Vec<String> = example.options.iter().map(|(name, value)| format!("`{name}: {value}`")).collect();
        let heading = if options.is_empty() { heading } else { format!("{heading}, with {}", options.join(", ")) };
        let _ = writeln!(text, "{heading}:\n\n```yaml\n{}\n```\n", example.manifest.trim_end());
        for (name, file) in &example.evidence {
            let _ = writeln!(text, "held against `{name}`:\n\n```yaml\n{}\n```\n", file.trim_end());
        }
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

/// A rule with everything on its page.
pub fn rule_json(rule: &Rule<'_>, page: &Page<'_>) -> Value {
    json!({
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "severity": rule.severity,
        "summary": rule.summary,
        "help": rule.help,
        "why": page.why,
        "wrong_when": page.wrong_when,
        "conditions": page.logic.iter().map(|(key, text)| (key.to_string(), json!(text))).collect::<Map<_, _>>(),
        "references": rule.references.iter().map(|(key, list)| (key.to_owned(), json!(list.collect::<Vec<_>>()))).collect::<Map<_, _>>(),
        "examples": page.examples.iter().map(|example| json!({
            "expects": example.expects.key(),
            "manifest": example.manifest,
            "missing": example.missing,
        })).collect::<Vec<_>>(),
    })
}

/// A code with everything on its page.
pub fn code_json(code: &EngineCode<'_>) -> Value {
    json!({
        "code": code.code,
        "name": code.name,
        "family": "manifest",
        "severity": code.severity,
        "summary": code.summary,
        "help": code.help,
        "why": code.page.why,
        "wrong_when": code.page.wrong_when,
        "examples": code.page.examples.iter().map(|example| json!({
            "expects": example.expects.key(),
            "manifest": example.manifest,
        })).collect::<Vec<_>>(),
    })
}
