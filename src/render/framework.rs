//! The page of a framework or of one of its controls, in Markdown, and the list of all of them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::coverage::{summary, totals};
use super::timeline;
use crate::coverage::{Coverage, Covered, Extent, coverage};
use crate::engine::rule_info;
use crate::knowledge::calendar::duties_of;
use crate::knowledge::frameworks::{Control, Framework};
use crate::knowledge::references::Reference;
use crate::policy::select::refers;
use crate::report::RuleInfo;
use crate::rule::Rule;

/// The page of what a reference refers to.
pub fn page(reference: &Reference, rules: &[&Rule<'static>], all: &[Coverage]) -> String {
    let framework = reference.framework;
    let mut text = match reference.control.as_deref().and_then(|id| framework.control(id)) {
        Some(control) => control_head(framework, control),
        None => framework_head(framework),
    };
    text.push_str(&extent(reference, all));
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

/// How far it is covered, and what no manifest shows of it.
fn extent(reference: &Reference, all: &[Coverage]) -> String {
    let Some(coverage) = all.iter().find(|coverage| coverage.framework.key == reference.framework.key) else {
        return String::new();
    };
    let Some(covered) = reference.control.as_deref().and_then(|id| coverage.control(id)) else {
        return format!("\n## Coverage\n\n{}\n", totals(coverage));
    };
    let mut text = match covered.extent {
        Extent::Covered => "\n## Coverage\n\nCovered.\n",
        Extent::Partly => "\n## Coverage\n\nCovered in part.\n",
        Extent::Unseen => "\n## Coverage\n\nIt cannot be seen in a manifest.\n",
    }
    .to_owned();
    if let Some(beyond) = covered.beyond {
        let _ = writeln!(text, "{}: {beyond}.", if covered.extent == Extent::Unseen { "Why" } else { "No manifest shows" });
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

/// How a framework was read.
pub(super) fn status(framework: &Framework<'_>) -> &'static str {
    match framework.verified.as_ref() {
        "text" => "Verified against its text.",
        "copy" => "Verified against a copy of its text.",
        "parts" => "Verified in parts.",
        "listing" => "Verified against lists by others; its text was not read.",
        _ => "Not verified.",
    }
}

/// The id with the title, where it has one.
pub fn named(control: &Control<'_>) -> String {
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
pub fn json(reference: &Reference, rules: &[&Rule<'static>], all: &[Coverage]) -> Value {
    let framework = reference.framework;
    let of_framework = all.iter().filter(|coverage| coverage.framework.key == framework.key);
    let shown: Vec<Value> = of_framework
        .flat_map(|coverage| &coverage.controls)
        .filter(|covered| reference.control.as_deref().is_none_or(|id| covered.control.id == id))
        .map(|covered| super::coverage::control(covered, false))
        .collect();
    let codes: Vec<&str> = rules.iter().filter(|rule| refers(rule, reference)).map(|rule| rule.code.as_ref()).collect();
    let mut about = json!(framework);
    if let Some(about) = about.as_object_mut() {
        about.remove("controls");
    }
    let controls: Vec<&Control<'_>> = match &reference.control {
        Some(id) => framework.ancestry(id),
        None => framework.controls.iter().collect(),
    };
    json!({ "framework": about, "controls": controls, "coverage": shown, "duties": duties_of(reference), "rules": codes })
}

/// Every framework, every control, how far rules cover it, and which.
pub fn index(rules: &[Rule<'static>]) -> String {
    let infos: Vec<RuleInfo> = rules.iter().map(rule_info).collect();
    let all = coverage(&infos, None);
    let mut text = "# Frameworks\n\nGenerated from `src/knowledge/frameworks.yaml` and `rules/`; edit there. A rule covers a control \
         that it refers to, and what that is part of. `caveat check --select owasp_llm_2025:LLM02` uses the rules of one control, \
         `--select owasp_llm_2025` those of a framework; `caveat explain owasp_llm_2025:LLM02` shows them, and \
         `caveat frameworks owasp --manifest caveat.yaml` says how a manifest stands.\n\nA control is covered where rules refer to it \
         and nothing of it is left open; a whole, where all its parts are. It is partly covered where something of it is in no \
         manifest, which the last column says. Nobody types these extents: they follow from the rules.\n\n"
        .to_owned();
    text.push_str(&summary(&all, None));
    for coverage in &all {
        let head = framework_head(coverage.framework).replacen("# ", "## ", 1);
        let _ = write!(text, "\n{head}\nKey: `{}`. {}\n\n", coverage.framework.key, totals(coverage));
        if let Some(beyond) = &coverage.framework.beyond {
            let _ = writeln!(text, "Of every control no manifest shows {beyond}.\n");
        }
        text.push_str("| control | title | extent | rules | what no manifest shows |\n|---|---|---|---|---|\n");
        coverage.controls.iter().for_each(|covered| index_row(covered, &mut text));
    }
    text
}

fn index_row(covered: &Covered, text: &mut String) {
    let control = covered.control;
    let codes: Vec<String> = covered.rules.iter().map(|code| format!("[{code}](rules/{code}.md)")).collect();
    let mark = if control.verified == "seen" { "" } else { " (from memory)" };
    let _ = writeln!(
        text,
        "| {} | {}{mark}{} | {} | {} | {} |",
        control.id,
        control.title.as_deref().unwrap_or_default().replace('|', "\\|"),
        control.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default(),
        covered.extent.as_str(),
        if codes.is_empty() { "none".to_owned() } else { codes.join(", ") },
        control.beyond.as_deref().unwrap_or_default(),
    );
}
