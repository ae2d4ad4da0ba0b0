//! What a service of a Compose file is: a server, a gateway, a client, or nothing that concerns models.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::fact::{Attribute, Standing, Subject, SubjectKind};
use super::super::super::launch::names_address;
use super::super::super::substitution::Variables;
use super::service::Service;
use crate::knowledge::vendors;

/// A service with what it says.
#[derive(Debug)]
pub(super) struct Observed<'s> {
    pub service: &'s Service<'s>,
    pub subject: Subject,
    pub engine: Option<&'static str>,
    /// Whether it is given accelerators.
    pub gpu: bool,
    /// Whether it names models of the file that it calls.
    pub calls: bool,
    pub environment: Variables,
}

/// Recorders that are told what is said to a model; the others watch any application.
const OF_MODELS: &[&str] = &["langfuse", "langsmith", "helicone", "arize", "lunary", "braintrust", "galileo"];

/// What a service is. `servers` are the services that run a known server or gateway.
pub(super) fn kind(one: &Observed<'_>, servers: &BTreeSet<&str>) -> Option<SubjectKind> {
    match one.engine {
        Some("litellm" | "llama-stack") => return Some(SubjectKind::Gateway),
        Some("open-webui") => return Some(SubjectKind::Client),
        Some(_) => return Some(SubjectKind::Server),
        None => {}
    }
    let model = one.subject.fact(Attribute::Model);
    let client = one.calls || is_client(one, servers);
    let told = model.is_some_and(|model| model.standing != Standing::Inferred);
    if model.is_some() && !one.calls && (one.gpu || (told && !client)) {
        return Some(SubjectKind::Server);
    }
    client.then_some(SubjectKind::Client)
}

/// Whether a service calls models: it holds a vendor's key, or the address of something that answers for a model.
fn is_client(one: &Observed<'_>, servers: &BTreeSet<&str>) -> bool {
    let vendor = one.subject.all(Attribute::Vendor).filter_map(|fact| fact.text()).filter_map(vendors::named);
    if vendor.into_iter().any(|vendor| vendor.answers || OF_MODELS.contains(&vendor.id)) {
        return true;
    }
    one.environment.iter().any(|(name, term)| {
        let host = term.value().filter(|text| text.contains("://")).map(vendors::host);
        let known = host.is_some_and(|host| servers.contains(host));
        known || (names_address(name) && speaks_of_models(name) && !term.text.trim().is_empty())
    })
}

/// Whether the name of a variable speaks of a language model.
fn speaks_of_models(name: &str) -> bool {
    let words = [
        "OPENAI",
        "OLLAMA",
        "VLLM",
        "LITELLM",
        "ANTHROPIC",
        "GEMINI",
        "MISTRAL",
        "GROQ",
        "OPENROUTER",
        "AZURE",
        "EMBEDDING",
        "EMBEDDINGS",
        "LLM",
        "LLAMA",
        "INFERENCE",
        "MODEL",
        "NIM",
        "TGI",
        "LMSTUDIO",
    ];
    name.split('_').any(|part| words.contains(&part))
}

/// The server that a service only prepares and then leaves: it pulls a model into an Ollama that runs beside it.
pub(super) fn helped(one: &Observed<'_>, ollamas: &BTreeMap<&str, usize>) -> Option<usize> {
    if one.engine != Some("ollama") {
        return None;
    }
    let host = one.environment.get("OLLAMA_HOST").and_then(|term| term.value()).map(vendors::host);
    let beside = host.into_iter().chain(one.service.depends_on());
    beside.filter(|name| *name != one.service.name).find_map(|name| ollamas.get(name).copied())
}
