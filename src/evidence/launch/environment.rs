//! What the environment of a server says: the model, settings, keys and addresses.

use super::addresses::{note_address_in, note_vendors};
use super::credentials::{note_key, note_secret};
use super::settings::{LLAMA, NIM, OLLAMA, Read, SETTINGS, TGI, note_option, note_term};
use super::{divide_context, fits, names_hub_model};
use crate::evidence::fact::{Attribute, Subject};
use crate::evidence::names;
use crate::evidence::substitution::Variables;

/// Variables that name the model itself, with the servers that read them.
const MODEL_VARIABLES: &[(&[&str], &str)] = &[
    (TGI, "MODEL_ID"),
    (&[], "VLLM_MODEL"),
    (LLAMA, "LLAMA_ARG_HF_REPO"),
    (LLAMA, "LLAMA_ARG_MODEL"),
    (NIM, "NIM_MODEL_NAME"),
    (OLLAMA, "OLLAMA_MODEL"),
    (&[], "HF_MODEL_ID"),
    (&[], "MODEL_ID"),
    (&[], "MODEL_NAME"),
    (&[], "MODEL"),
    (&[], "MODEL_PATH"),
    (&[], "OPTION_MODEL_ID"),
];

pub(super) fn note_environment(subject: &mut Subject, engine: Option<&'static str>, environment: &Variables) {
    if subject.fact(Attribute::Model).is_none() {
        let named = MODEL_VARIABLES.iter().filter(|(engines, _)| fits(engines, engine)).find_map(|(engines, name)| {
            let term = environment.get(name)?;
            Some((*name, term, !engines.is_empty() || engine.is_some_and(|engine| TGI.contains(&engine))))
        });
        match named {
            // Variables that no server is known to read tell what the author calls the model.
            Some((name, term, false)) if term.standing.is_firm() => {
                let found = names::reference(&term.text);
                if !found.model.is_empty() {
                    subject.inferred(Attribute::Model, found.model, format!("{name}={}", term.written), term.span);
                }
            }
            Some(("LLAMA_ARG_HF_REPO", term, _)) => names::note_repository(subject, term),
            Some((_, term, _)) => names::note(subject, term),
            None if engine.is_some_and(|engine| !matches!(engine, "litellm" | "llama-stack" | "open-webui")) => {
                note_variable(subject, environment);
            }
            None => {}
        }
    }
    for option in SETTINGS.iter().filter(|option| fits(option.engines, engine)) {
        for name in option.variables {
            let Some(term) = environment.get(name) else { continue };
            // What a flag says is what the server is told; variables of these names are often only handed on to it.
            if matches!(option.read, Read::Switch | Read::Negated) {
                note_option(subject, option, name, Some(term), term);
            } else if subject.fact(option.attribute).is_none() {
                note_term(subject, option.attribute, option.read, term);
            }
        }
    }
    if engine == Some("llama.cpp") {
        divide_context(subject, environment.get("LLAMA_ARG_CTX_SIZE"), environment.get("LLAMA_ARG_N_PARALLEL"));
    }
    for (name, term) in environment.iter() {
        if matches!(name, "VLLM_API_KEY" | "LLAMA_API_KEY" | "API_KEY" | "LITELLM_MASTER_KEY") {
            note_key(subject, term, term);
        }
        note_secret(subject, name, term);
        note_address_in(subject, name, term);
    }
    note_vendors(subject, environment);
}

/// The model that variables of a server's own script name, where all of them agree: `MY_VLLM_MODEL=org/name`.
fn note_variable(subject: &mut Subject, environment: &Variables) {
    let ends = ["_MODEL", "_MODEL_ID", "_MODEL_NAME", "_MODEL_PATH"];
    let names = |name: &str| ends.iter().any(|end| name.ends_with(end)) && !name.contains("SERVED");
    let mut found = environment.iter().filter(|(name, term)| names(name) && term.value().is_some() && names_hub_model(term));
    let Some((name, term)) = found.next() else { return };
    if found.all(|(_, other)| other.text == term.text) {
        let model = names::reference(&term.text).model;
        subject.inferred(Attribute::Model, model, format!("{name}={}", term.written), term.span);
    }
}
