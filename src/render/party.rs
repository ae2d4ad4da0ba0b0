//! Pages of what is known of others: vendors, countries, kinds of evidence and the facts in it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::evidence::Kind;
use crate::evidence::fact::Attribute;
use crate::knowledge::regions::{ADEQUACY, ADEQUACY_SOURCE, Extent, in_eea, in_eu};
use crate::knowledge::vendors::Vendor;
use crate::manifest::schema::one_line;

/// The page of a vendor.
pub fn vendor(vendor: &Vendor) -> String {
    let does = if vendor.answers { "Answers requests to models." } else { "Records what is said to models." };
    let mut text = format!("# {}\n\nA vendor. {does}\n\n", vendor.id);
    for (what, names) in [
        ("also called", vendor.also),
        ("hosts end in", vendor.hosts),
        ("providers of LiteLLM", vendor.prefixes),
        ("keys in the environment", vendor.variables),
    ] {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        if !names.is_empty() {
            let _ = writeln!(text, "- {what}: {}", names.join(", "));
        }
    }
    text.push_str("\nBy these names `caveat verify` tells whom a request goes to. State 2026-11.\n");
    text
}

/// A vendor as data.
pub fn vendor_json(vendor: &Vendor) -> Value {
    json!({
        "id": vendor.id,
        "also": vendor.also,
        "hosts": vendor.hosts,
        "litellm_providers": vendor.prefixes,
        "variables": vendor.variables,
        "answers": vendor.answers,
    })
}

/// The page of a country or a union.
pub fn region(code: &str) -> String {
    let place = match (in_eu(code), in_eea(code)) {
        (true, _) => "In the European Union: the GDPR and EU product law apply.",
        (_, true) => "In the European Economic Area and not in the Union: the GDPR applies.",
        _ => "Outside the European Economic Area.",
    };
    let mut text = format!("# {code}\n\nA country or union, as `regions` and countries are written. {place}\n");
    let decisions: Vec<_> = ADEQUACY.iter().filter(|known| known.country == code).collect();
    if !decisions.is_empty() {
        text.push_str("\n## Held to protect personal data adequately\n\n");
        for known in decisions {
            let extent = match known.extent {
                Extent::All => "every recipient",
                Extent::CommercialOrganisations => "organisations under its law on commercial activity",
                Extent::CertifiedRecipients => "certified recipients only",
            };
            let until = known.until.map(|until| format!(" until {until}")).unwrap_or_default();
            let _ = writeln!(text, "- {} from {}{until}: {extent}", known.decision, known.from);
        }
        let _ = writeln!(text, "\n{ADEQUACY_SOURCE}");
    }
    text
}

/// A country as data.
pub fn region_json(code: &str) -> Value {
    let decisions = ADEQUACY.iter().filter(|known| known.country == code).map(|known| {
        json!({ "decision": known.decision, "from": known.from.to_string(), "until": known.until.map(|until| until.to_string()) })
    });
    json!({ "code": code, "eu": in_eu(code), "eea": in_eea(code), "adequacy": decisions.collect::<Vec<_>>() })
}

/// The page of a kind of file.
pub fn kind(kind: Kind) -> String {
    format!("# {kind}\n\nA kind of evidence: {} `caveat verify` recognises it by its content.\n", kind.meaning())
}

/// The page of a fact that files show.
pub fn attribute(attribute: Attribute) -> String {
    let field = match attribute.field() {
        "" => "No field of a manifest states the same.".to_owned(),
        field => format!("The manifest states it in `{field}`; `caveat verify` holds the two against each other."),
    };
    format!("# {attribute}\n\nA fact of evidence: {}\n\n{field}\n", one_line(attribute.meaning()))
}

/// A fact that files show, as data.
pub fn attribute_json(attribute: Attribute) -> Value {
    let field = Some(attribute.field()).filter(|field| !field.is_empty());
    json!({ "fact": attribute.as_str(), "meaning": one_line(attribute.meaning()), "field": field })
}
