//! All licences of the table beside one another in Markdown, for the documentation.

use crate::knowledge::licences::model::{Api, DutyKind, Kind, OutputScope, TrainsOnInputs, Verified};
use crate::knowledge::licences::{self, Licence, Page};

/// A column: its head, and what it says of a licence.
type Column = (&'static str, fn(&Licence<'_>, &Page<'_>) -> String);

const COMMERCIAL: Column = ("commercial use", |licence, _| licence.commercial.map_or_else(unknown, |rule| plain(rule.word())));
const LIMITS: Column = ("limits and conditions", limits);
const NAMES: Column = ("to be shown or named", names);
const OUTPUTS: Column = ("training other models on outputs", outputs);
const PLACES: Column = ("places left out", places);
const SHARE: Column = ("derived works stay under it", |licence, _| {
    let network = if licence.network_copyleft == Some(true) { ", use over a network counts" } else { "" };
    licence.share_alike.map_or_else(unknown, |yes| format!("{}{network}", if yes { "yes" } else { "no" }))
});
const INPUTS: Column = ("trains on what it is sent", |_, page| page.api.as_ref().map_or_else(unknown, inputs));
const KEPT: Column = ("kept for", |_, page| {
    page.api.as_ref().and_then(|api| api.retention_days).map_or_else(unknown, |days| format!("{days} days"))
});
const READ: Column = ("read", |licence, _| {
    let read = match licence.verified {
        Verified::Text => "text",
        Verified::Copy => "copy",
        Verified::Partial => "parts",
        Verified::Memory => "from memory",
    };
    match licence.unverified.len() {
        0 => read.to_owned(),
        open => format!("{read}, {open} open"),
    }
});

/// What the sections are called, which licences are in them, and what is said of those.
const SECTIONS: [(&str, Kind, &[Column]); 5] = [
    ("Models", Kind::Model, &[COMMERCIAL, LIMITS, NAMES, OUTPUTS, PLACES, READ]),
    ("Tags of the Hugging Face Hub that name no single text", Kind::Tag, &[COMMERCIAL, LIMITS, NAMES, OUTPUTS, PLACES, READ]),
    ("Terms of services", Kind::Service, &[INPUTS, KEPT, OUTPUTS, PLACES, READ]),
    ("Software", Kind::Software, &[COMMERCIAL, SHARE, LIMITS, READ]),
    ("Data and content", Kind::Data, &[COMMERCIAL, SHARE, LIMITS, NAMES, READ]),
];

/// The page of all licences.
pub fn index() -> String {
    let all: Vec<_> = licences::entries().map(|entry| (entry.licence(), entry.page())).collect();
    let mut text = format!(
        "# Licences and terms\n\nGenerated from `src/knowledge/licences`; edit there. What caveat knows of {} licences and terms of services, \
         as of {}. It is a reading aid, not legal advice: the text of a licence counts, and only counsel can say what it means for \
         you.\n\n`caveat explain llama3.1` shows everything about one of them, by any of its names: uses that it does not allow, \
         duties, clauses and sources. *Not known* means that the text was not read for it or does not say; rules treat it as undeclared. \
         *None* was read.\n\nThe last column says what the entry rests on: the *text*, a verbatim *copy*, *parts* of it, summaries or \
         quotations, or *memory*; and how many of its statements are open. A finding \
         that rests on a term that was read in less than the text is medium at most.\n",
        all.len(),
        licences::STATE
    );
    for (title, kind, columns) in SECTIONS {
        let heads: Vec<_> = columns.iter().map(|(head, _)| *head).collect();
        text.push_str(&format!("\n## {title}\n\n| licence | {} |\n|---|{}\n", heads.join(" | "), "---|".repeat(columns.len())));
        for (licence, page) in all.iter().filter(|(licence, _)| licence.kind == kind) {
            text.push_str(&format!("| {}<br>`{}` |", licence.name.replace('|', "\\|"), licence.id));
            let cells: Vec<_> = columns.iter().map(|(_, cell)| cell(licence, page).replace('|', "\\|")).collect();
            text.push_str(&format!(" {} |\n", cells.join(" | ")));
        }
    }
    text
}

fn limits(licence: &Licence<'_>, _: &Page<'_>) -> String {
    let Some(thresholds) = &licence.thresholds else { return unknown() };
    let thresholds = thresholds.iter().map(|term| {
        let reach = if term.inclusive { "at" } else { "above" };
        format!("{reach} {}: {}", term.text(), plain(term.effect.word()))
    });
    let conditions = licence.conditions.iter().map(|term| format!("{}: {}", plain(term.kind.word()), plain(term.effect.word())));
    list(thresholds.chain(conditions))
}

fn names(licence: &Licence<'_>, _: &Page<'_>) -> String {
    let Some(duties) = &licence.duties else { return unknown() };
    list(duties.iter().filter_map(|duty| {
        let words = duty.text.map(|text| format!("“{text}”"));
        match duty.kind {
            DutyKind::NamePrefix => Some(format!("names begin with {}", words.unwrap_or_else(|| "a word".to_owned()))),
            DutyKind::Display => Some(words.unwrap_or_else(|| "a notice".to_owned())),
            DutyKind::Credit => Some(words.unwrap_or_else(|| "credit".to_owned())),
            _ => None,
        }
    }))
}

fn outputs(licence: &Licence<'_>, _: &Page<'_>) -> String {
    let Some(rule) = &licence.outputs_for_training else { return unknown() };
    let mut text = rule.rule.map_or_else(unknown, |rule| plain(rule.word()));
    if let Some(scope) = rule.scope.filter(|scope| *scope != OutputScope::Any) {
        text.push_str(&format!(": {}", plain(scope.word())));
    }
    if !rule.except.is_empty() {
        text.push_str(&format!(", except {}", plain(&rule.except.join(", "))));
    }
    if rule.silent {
        text.push_str(" (the text is silent)");
    }
    text
}

fn places(licence: &Licence<'_>, _: &Page<'_>) -> String {
    let Some(territories) = &licence.territories else { return unknown() };
    list(territories.iter().map(|term| {
        let kind = term.modalities.map(|kind| format!(" ({} models)", kind.word())).unwrap_or_default();
        let places = if term.unlisted { "all that a list does not name".to_owned() } else { term.excluded.join(", ") };
        format!("{places}{kind}")
    }))
}

/// By whom and how the service is used, where that matters.
fn inputs(api: &Api<'_>) -> String {
    let rules: [(&str, Option<TrainsOnInputs>); 8] = [
        ("", api.trains_on_inputs),
        ("interface: ", api.interface),
        ("otherwise: ", api.other),
        ("unpaid: ", api.unpaid),
        ("paid: ", api.paid),
        ("standard: ", api.standard),
        ("previews: ", api.preview),
        ("discounted: ", api.discounted),
    ];
    let said: Vec<String> =
        rules.into_iter().filter_map(|(label, rule)| Some(format!("{label}{}", plain(rule?.word())))).collect();
    if said.is_empty() { unknown() } else { said.join("; ") }
}

fn list(terms: impl Iterator<Item = String>) -> String {
    let mut terms: Vec<String> = terms.collect();
    terms.dedup();
    if terms.is_empty() { "none".to_owned() } else { terms.join("; ") }
}

fn unknown() -> String {
    "not known".to_owned()
}

fn plain(words: &str) -> String {
    words.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str) -> String {
        let rows: Vec<_> = index().lines().filter(|line| line.contains(&format!("`{id}`"))).map(str::to_owned).collect();
        assert_eq!(rows.len(), 1, "{id}: {rows:?}");
        rows[0].clone()
    }

    /// Against the texts: Llama 3.1 (sections 1.b.i, 2), the Hunyuan licence (its territory), AGPL-3.0 (section 13).
    #[test]
    fn a_row_says_what_the_text_says() {
        let llama = row("LicenseRef-Llama-3.1-Community");
        assert!(llama.contains("above 700,000,000 monthly active users: licence needed"), "{llama}");
        assert!(llama.contains("names begin with “Llama”") && llama.contains("“Built with Llama”"), "{llama}");
        let agpl = row("AGPL-3.0-only");
        assert!(agpl.contains("| yes, use over a network counts |"), "{agpl}");
        assert!(index().lines().any(|line| line.contains("Hunyuan") && line.contains("EU")), "no territory");
    }

    #[test]
    fn every_licence_has_one_row() {
        let page = index();
        assert_eq!(page.lines().filter(|line| line.contains("<br>`")).count(), licences::entries().count());
    }
}
