//! The chart of Ollama: which models it pulls, runs and creates, and its accelerators.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject};
use super::super::super::names;
use super::super::super::substitution::Term;
use super::{number, term};

/// The settings of the chart in its values, where they are its values.
pub(super) fn settings(node: Node<'_>) -> Option<Node<'_>> {
    node.get("ollama").filter(|settings| settings.any(&["models", "gpu"]).is_some_and(|node| node.is_mapping() || node.is_list()))
}

/// Notes what the settings say.
pub(super) fn note(subject: &mut Subject, node: Node<'_>) {
    let Some(settings) = settings(node) else { return };
    if subject.fact(Attribute::Engine).is_none() {
        subject.inferred(Attribute::Engine, "ollama", "the settings of its chart", settings.span());
    }
    if let Some(models) = settings.get("models") {
        // Older charts list models without saying what is done with them.
        let lists =
            if models.is_list() { vec![models] } else { ["pull", "run"].iter().filter_map(|key| models.get(key)).collect() };
        let mut seen = Vec::new();
        for model in lists.into_iter().flat_map(Node::items).filter_map(term) {
            if !seen.contains(&model.text) {
                seen.push(model.text.clone());
                names::note(subject, &model);
            }
        }
        for created in models.get("create").into_iter().flat_map(Node::items) {
            note_created(subject, created);
        }
    }
    let Some(gpu) = settings.get("gpu").filter(|gpu| gpu.get("enabled").and_then(Node::flag) == Some(true)) else { return };
    number(subject, Attribute::GpuCount, gpu.get("number"));
}

/// A model that is made from a Modelfile in the values.
fn note_created(subject: &mut Subject, created: Node<'_>) {
    if let Some(name) = created.get("name").and_then(term) {
        name.note_text(subject, Attribute::ServedName);
    }
    let Some((template, text)) = created.get("template").and_then(|node| Some((node, node.text()?))) else { return };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(base) = line.strip_prefix("FROM ").map(str::trim).filter(|base| !base.is_empty()) {
            let at = start + line.find(base).unwrap_or_default();
            names::note(subject, &Term::literal(base, template.part(at..at + base.len())));
            return;
        }
        start += line.len();
    }
}
