//! One reader for each kind of file.

mod bentoml;
mod compose;
mod croissant;
mod cyclonedx;
mod declined;
mod dstack;
mod env;
mod helm_values;
mod hf_config;
mod kubernetes;
mod linked_data;
mod litellm;
mod llama_stack;
mod model_card;
mod modelfile;
#[cfg(test)]
mod sample;
mod skypilot;
mod spdx;

use super::{Reader, Reading};
use crate::syntax::Limits;

pub(super) use declined::{decline_text, declined, is_resource};
#[cfg(test)]
pub(super) use sample::facts;

/// Readers of YAML and JSON documents; the first that knows a document reads it.
pub(super) const DOCUMENTS: &[Reader] = &[
    kubernetes::READER,
    compose::READER,
    litellm::READER,
    llama_stack::READER,
    cyclonedx::READER,
    spdx::READER,
    croissant::READER,
    hf_config::READER,
    dstack::READER,
    skypilot::READER,
    bentoml::READER,
    helm_values::READER,
];

/// Reads a file that is neither YAML nor JSON. False where it is none of ours.
pub(super) fn read_text(text: &str, reading: &mut Reading, limits: &Limits) -> bool {
    modelfile::read(text, reading)
        || model_card::read(text, reading, limits)
        || env::read(text, reading)
        || bentoml::read_project(text, reading)
}
