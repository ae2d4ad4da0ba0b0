//! Where a llama-stack distribution keeps what is said: stores of completions, of agents, and traces.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject};
use super::{providers, term, written};

/// Notes every store that holds prompts.
pub(super) fn note(subject: &mut Subject, document: Node<'_>) {
    if let Some(store) = document.get("inference_store") {
        note_store(subject, store);
    }
    for provider in providers(document, "agents") {
        let Some(config) = provider.node.get("config") else { continue };
        for key in ["persistence_store", "responses_store"] {
            if let Some(store) = config.get(key) {
                note_store(subject, store);
            }
        }
    }
    note_backends(subject, document);
    note_traces(subject, document);
}

fn note_store(subject: &mut Subject, store: Node<'_>) {
    written(subject, Attribute::PromptLogging, "full", store);
    if let Some(kind) = store.get("type").and_then(term) {
        kind.note_text(subject, Attribute::PromptStore);
    }
}

/// The newer form: stores name a backend that stands beside them.
fn note_backends(subject: &mut Subject, document: Node<'_>) {
    let Some(storage) = document.get("storage") else { return };
    let Some(stores) = storage.get("stores") else { return };
    for key in ["inference", "responses", "conversations"] {
        let Some(store) = stores.get(key) else { continue };
        written(subject, Attribute::PromptLogging, "full", store);
        let Some(name) = store.get("backend") else { continue };
        let kind = name.text().and_then(|name| storage.get("backends")?.get(name)?.get("type")).and_then(term);
        let Some(kind) = kind else { continue };
        let value = kind.value().map(|text| text.trim_start_matches("sql_").trim_start_matches("kv_").to_owned());
        subject.note(Fact {
            attribute: Attribute::PromptStore,
            value: value.map(Content::from),
            written: kind.written.clone(),
            standing: kind.standing.max(Standing::Resolved),
            span: name.span(),
        });
    }
}

/// Traces hold what goes in and out of every step.
fn note_traces(subject: &mut Subject, document: Node<'_>) {
    for provider in providers(document, "telemetry") {
        let Some(sinks) = provider.node.at(&["config", "sinks"]) else { continue };
        let listed = sinks.each().into_iter().filter_map(term);
        for sink in listed {
            let names: Vec<String> = sink.value().unwrap_or_default().split(',').map(|name| name.trim().to_owned()).collect();
            for name in names {
                let store = match name.as_str() {
                    "sqlite" => "sqlite",
                    "otel" | "otel_trace" => "otel",
                    _ => continue,
                };
                sink.note(subject, Attribute::PromptStore, |_| Some(store));
            }
        }
    }
}
