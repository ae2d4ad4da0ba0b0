//! The page of a framework or of one of its controls, in Markdown, and the list of all of them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::timeline;
use crate::knowledge::calendar::duties_of;
use crate::knowledge::frameworks::{Control, Framework};
use crate::knowledge::references::{Reference, frameworks};
use crate::policy::select::refers;
use crate::rule::Rule;

/// The page of what a reference refers to.
pub fn page(reference: &Reference, rules: &[&Rule<'_>]) -> String {
    let framework = reference.framework;
    let mut text = match reference.control.as_deref().and_then(|id| framework.control(id)) {
        Some(control) => control_head(framework, control),
        None => framework_head(framework),
    };
    let covering: Vec<&&Rule<'_>> = rules.iter().filter(|rule| refers(rule, reference)).collect();
    text.push_str(&timeline::in_force(reference));
    let _ = writeln!(text, "\n## Rules\n");
    if covering.is_empty() {
        text.push_str("None refers to it.\n");
    }
    for rule in covering {
        let _ = writeln!(text, "- {} {}: {}", rule.code, rule.name, rule.summary);
    }
    text
}

fn framework_head(framework: &Framework<'_>) -> String {
    let version = framework.version.as_deref().map(|version| format!(", {version}")).unwrap_or_default();
    let date = framework.date.as_deref().map(|date| format!(" ({date})")).unwrap_or_default();
    let mut text = format!(
        "# {}\n\n{}{version}{date}, {}\n\n{}\n",
        framework.name,
        framework.publisher,
        framework.address,
        status(framework)
    );
    if let Some(note) = &framework.note {
        let _ = writeln!(text, "{note}");
    }
    text
}

fn control_head(framework: &Framework<'_>, control: &Control<'_>) -> String {
    let mut text = format!(
        "# {} {}\n\n{}, {}\n",
        framework.name,
        named(control),
        framework.publisher,
        control.address.as_ref().unwrap_or(&framework.address)
    );
    for parent in framework.ancestry(&control.id).iter().skip(1) {
        let _ = writeln!(text, "\nPart of {}.", named(parent));
    }
    if let Some(other) = &control.belongs_to {
        let _ = writeln!(text, "\nBelongs to {other}.");
    }
    let seen =
        if control.verified == "seen" { "seen in a source" } else { "written from memory and not checked against a source" };
    let _ = writeln!(text, "\nId and title were {seen}.");
    if let Some(note) = &control.note {
        let _ = writeln!(text, "{note}");
    }
    text
}

fn status(framework: &Framework<'_>) -> &'static str {
    match framework.verified.as_ref() {
        "text" => "Verified against its text.",
        "copy" => "Verified against a copy of its text.",
        "parts" => "Verified in parts.",
        "listing" => "Verified against lists by others; its text was not read.",
        _ => "Not verified.",
    }
}

/// The id with the title, where it has one.
fn named(control: &Control<'_>) -> String {
    match &control.title {
        Some(title) => format!("{} {title}", control.id),
        None => control.id.to_string(),
    }
}

/// A reference of a rule with its title: `LLM02 Sensitive Information Disclosure`.
pub fn titled(framework: Option<&Framework<'_>>, id: &str) -> String {
    framework.and_then(|framework| framework.control(id)).map_or_else(|| id.to_owned(), named)
}

/// The same as data.
pub fn json(reference: &Reference, rules: &[&Rule<'_>]) -> Value {
    let framework = reference.framework;
    let codes: Vec<&str> = rules.iter().filter(|rule| refers(rule, reference)).map(|rule| rule.code.as_ref()).collect();
    let mut about = json!(framework);
    if let Some(about) = about.as_object_mut() {
        about.remove("controls");
    }
    let controls: Vec<&Control<'_>> = match &reference.control {
        Some(id) => framework.ancestry(id),
        None => framework.controls.iter().collect(),
    };
    json!({ "framework": about, "controls": controls, "duties": duties_of(reference), "rules": codes })
}

/// The controls without parts that no rule covers, of a list that is complete.
fn open(framework: &Framework<'_>, rules: &[Rule<'_>], text: &mut String) {
    let referred = |id: &str| {
        rules
            .iter()
            .flat_map(|rule| &rule.references)
            .any(|(key, ids)| *key == framework.key && ids.iter().any(|known| known == id))
    };
    let whole = |id: &str| framework.controls.iter().any(|part| part.parent.as_deref() == Some(id));
    let open: Vec<&Control<'_>> =
        framework.controls.iter().filter(|control| !whole(&control.id) && !referred(&control.id)).collect();
    if open.is_empty() {
        text.push_str("\nThe list is complete, and every entry is covered.\n");
        return;
    }
    text.push_str("\nThe list is complete. No rule covers:\n\n");
    for control in open {
        let _ = writeln!(text, "- {}", named(control));
    }
}

/// Every framework, every control, and the rules that cover it.
pub fn index(rules: &[Rule<'_>]) -> String {
    let mut text = "# Frameworks\n\nGenerated from `src/knowledge/frameworks.yaml` and `rules/`; edit there. A rule covers a control \
         that it refers to, and what that is part of. `caveat check --select owasp_llm_2025:LLM02` uses the rules of one control, \
         `--select owasp_llm_2025` those of a framework; `caveat explain owasp_llm_2025:LLM02` shows them.\n"
        .to_owned();
    for framework in frameworks() {
        let head = framework_head(framework).replacen("# ", "## ", 1);
        let _ = write!(text, "\n{head}\nKey: `{}`.\n\n| control | title | rules |\n|---|---|---|\n", framework.key);
        for control in &framework.controls {
            let reference = Reference { framework, control: Some(control.id.to_string()) };
            let codes: Vec<String> = rules
                .iter()
                .filter(|rule| refers(rule, &reference))
                .map(|rule| format!("[{0}](rules/{0}.md)", rule.code))
                .collect();
            let mark = if control.verified == "seen" { "" } else { " (from memory)" };
            let covered = if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
            let _ = writeln!(
                text,
                "| {} | {}{mark}{} | {covered} |",
                control.id,
                control.title.as_deref().unwrap_or_default().replace('|', "\\|"),
                control.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default()
            );
        }
        if framework.complete {
            open(framework, rules, &mut text);
        }
    }
    text
}
