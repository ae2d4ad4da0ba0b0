//! Legal duties for people: the page of all of them, and what a framework or a control asks from when.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::facts::duties::NAMED;
use crate::knowledge::calendar::{calendar, duties_of};
use crate::knowledge::duties::{ANY, Duty, Law, Verified};
use crate::knowledge::references::Reference;

/// The duties of a framework, or of one of its controls, with their dates; empty where there are none.
pub fn in_force(reference: &Reference) -> String {
    let duties = duties_of(reference);
    if duties.is_empty() {
        return String::new();
    }
    let mut text = "\n## In force\n\n".to_owned();
    for duty in duties {
        let _ = writeln!(
            text,
            "- {}: {} ({}; binds: {}; {})",
            dates(duty),
            duty.title,
            duty.reference,
            duty.binds,
            status(duty.verified)
        );
    }
    text
}

/// `from 2026-08-02, launched before 2026-08-02 from 2026-12-02`.
fn dates(duty: &Duty<'_>) -> String {
    let mut text = duty.from.map_or_else(|| "date not known".to_owned(), |from| format!("from {from}"));
    if let Some(until) = duty.until {
        let _ = write!(text, " to {until}");
    }
    if let Some(legacy) = &duty.legacy {
        let _ = write!(text, ", launched before {}", legacy.before);
        if let Some(from) = legacy.from {
            let _ = write!(text, " from {from}");
        }
        if let Some(only_if) = &legacy.only_if {
            let _ = write!(text, " only if {only_if}");
        }
    }
    text
}

fn status(verified: Verified) -> &'static str {
    match verified {
        Verified::Text => "date verified in the text",
        Verified::Copy => "date verified in a copy of the text",
        Verified::Secondary => "date from secondary sources",
        Verified::Memory => "date from memory, not verified",
    }
}

/// The page of all duties, by law.
pub fn page() -> String {
    let calendar = calendar();
    let mut text = format!(
        "# Timeline of legal duties\n\nGenerated from `src/knowledge/duties.yaml` of {}; edit there. {} duties of {} laws: what applies from \
         when, whom it binds, and which declared facts select it. A manifest's own are in `facts.duties` (`caveat facts`), and one that \
         starts soon is mentioned ([GOV009](rules/GOV009.md)). This is a table to plan with and no legal advice.\n\n\
         Dates are verified in the act's `text`, in a `copy` of it, in `secondary` sources (reports, and quotations by others), or not at \
         all (`memory`). What Regulation (EU) 2026/1744 changed in the EU AI Act is from secondary sources.\n",
        calendar.generated,
        calendar.duties.len(),
        calendar.laws.len()
    );
    for law in &calendar.laws {
        section(law, &mut text);
    }
    text
}

fn section(law: &Law<'_>, text: &mut String) {
    let _ = write!(text, "\n## {}\n\n{}", law.name, law.territory);
    if let Some(part) = &law.part {
        let _ = write!(text, "; only if {part}, which no field of a manifest states");
    }
    text.push_str(".\n\n| duty | reference | from | binds | selected by | verified |\n|---|---|---|---|---|---|\n");
    for duty in calendar().duties.iter().filter(|duty| duty.law == law.key) {
        let note = duty.note.as_deref().map(|note| format!(" *{note}*")).unwrap_or_default();
        let penalty = duty.penalty.as_deref().map(|penalty| format!(" Breach: {penalty}.")).unwrap_or_default();
        let cells = [
            format!("`{}` {}.{penalty}{note}", duty.id, duty.title),
            duty.reference.to_string(),
            dates(duty),
            duty.binds.to_string(),
            selected_by(duty),
            format!("{}: {} ({})", duty.verified.word(), duty.seen, duty.source),
        ];
        let _ = writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
}

/// The conditions of a duty, in words.
fn selected_by(duty: &Duty<'_>) -> String {
    let mut parts = Vec::new();
    if !duty.roles.is_empty() {
        parts.push(format!("`system.eu_ai_act.role`: {}", duty.roles.join(" or ")));
    }
    if let Some(day) = duty.launched_before {
        parts.push(format!("`system.launch` before {day}"));
    }
    parts.extend(duty.when.iter().map(one_of));
    if let Some(only_if) = &duty.only_if {
        parts.push(format!("only if {only_if}, which no field states"));
    }
    if parts.is_empty() { "places alone".to_owned() } else { parts.join("; ") }
}

type Fields<'t> = BTreeMap<std::borrow::Cow<'t, str>, Vec<std::borrow::Cow<'t, str>>>;

fn one_of(fields: &Fields<'_>) -> String {
    let field = |(path, words): (&std::borrow::Cow<'_, str>, &Vec<std::borrow::Cow<'_, str>>)| match NAMED
        .iter()
        .find(|(name, _)| name == path)
    {
        Some((_, meaning)) => (*meaning).to_owned(),
        None if words.iter().any(|word| word == ANY) => format!("`{path}` is stated and not none"),
        None => format!("`{path}`: {}", words.join(" or ")),
    };
    fields.iter().map(field).collect::<Vec<_>>().join(", or ")
}
