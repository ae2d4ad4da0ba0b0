//! Addresses that an application is told to call, and vendors that it holds a key to.

use super::super::fact::{Attribute, Subject};
use super::super::substitution::{Term, Variables};
use super::credentials::is_credential;
use crate::knowledge::vendors;

/// The address that an application is told to call.
pub(super) fn note_address_in(subject: &mut Subject, name: &str, term: &Term) {
    if name != "OLLAMA_HOST" && names_address(name) {
        note_address(subject, term);
    }
}

/// Whether the name of a variable speaks of an address that is called.
pub fn names_address(name: &str) -> bool {
    ["_BASE_URL", "_API_BASE", "_BASE_URLS", "_ENDPOINT", "_API_URL"].iter().any(|end| name.ends_with(end))
        || matches!(name, "OPENAI_API_BASE_URL" | "OPENAI_API_BASE_URLS" | "OLLAMA_HOST")
        || names_server(name)
}

/// Whether the name of a variable is that of a server of models with `_URL` behind it. Addresses of models themselves
/// are called alike.
fn names_server(name: &str) -> bool {
    let words = [
        "LLM",
        "OLLAMA",
        "VLLM",
        "LITELLM",
        "SGLANG",
        "TGI",
        "LMSTUDIO",
        "LLAMA",
        "OPENAI",
        "INFERENCE",
        "EMBEDDING",
        "EMBEDDINGS",
    ];
    name.strip_suffix("_URL").is_some_and(|rest| rest.split('_').any(|part| words.contains(&part)) && !rest.contains("MODEL"))
}

/// The vendors that an application holds a key to, save those whose address it replaces by another one.
pub(super) fn note_vendors(subject: &mut Subject, environment: &Variables) {
    let replaced: Vec<&str> =
        vendors::VENDORS.iter().filter(|vendor| goes_elsewhere(vendor, environment)).map(|vendor| vendor.id).collect();
    for (name, term) in environment.iter() {
        let Some(vendor) = vendors::of_variable(name).filter(|vendor| !replaced.contains(&vendor.id)) else { continue };
        if !term.standing.is_firm() || is_credential(&term.text) {
            subject.inferred(Attribute::Vendor, vendor.id, name, term.span);
        }
    }
}

/// Whether variables of the vendor's family name addresses, and none of them is one of its hosts.
pub fn goes_elsewhere(vendor: &vendors::Vendor, environment: &Variables) -> bool {
    let family = vendor.variables.first().and_then(|name| name.split('_').next()).unwrap_or_default();
    let ends = ["_HOST", "_BASEURL", "_BASE_URL", "_BASE_URLS", "_API_BASE", "_ENDPOINT", "_URL"];
    let of_family = |name: &str| name.strip_prefix(family).is_some_and(|rest| ends.iter().any(|end| rest.ends_with(end)));
    let mut addresses = environment
        .iter()
        .filter(|(name, term)| !family.is_empty() && of_family(name) && !term.text.trim().is_empty())
        .peekable();
    let elsewhere = |term: &Term| {
        let own = |one: &str| vendors::of_host(vendors::host(one.trim())).is_some_and(|found| found.id == vendor.id);
        term.value().is_some_and(|text| !text.split(';').any(own))
    };
    addresses.peek().is_some() && addresses.all(|(_, term)| elsewhere(term))
}

/// Notes an address, and the vendor behind it.
pub fn note_address(subject: &mut Subject, term: &Term) {
    let looks = |text: &str| text.contains("://") || text.contains('.');
    let Some(text) = term.value() else {
        term.note_text(subject, Attribute::Endpoint);
        return;
    };
    for one in text.split(';').map(str::trim).filter(|one| looks(one)) {
        let host = vendors::host(one).to_owned();
        if let Some(vendor) = vendors::of_host(&host) {
            term.note(subject, Attribute::Vendor, |_| Some(vendor.id));
        }
        term.note(subject, Attribute::Endpoint, |_| Some(host));
    }
}
