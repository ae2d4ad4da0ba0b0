//! Values of Helm charts that serve models: the vLLM production stack, NIM, KubeAI, llm-d, Ollama, Open WebUI, LiteLLM,
//! and any chart whose image is a known server.
//!
//! What is written counts as written, though a chart may be given other values beside it. What a chart offers and does
//! not deploy (`enabled: false`) is no fact, nor is anything below it.

mod catalog;
mod component;
mod launcher;
mod llm_d;
mod ollama;
mod production_stack;

use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject};
use super::super::substitution::{Term, Variables};
use super::super::{Context, Kind, Reader};
use component::{Component, components};

pub(super) const READER: Reader = Reader { kind: Kind::HelmValues, fits, read };

fn fits(document: Node<'_>) -> bool {
    if !document.is_mapping() || document.any(&["apiVersion", "kind", "services"]).is_some() {
        return false;
    }
    production_stack::fits(document)
        || catalog::fits(document)
        || llm_d::fits(document)
        || !components(document).is_empty()
        || proxy(document).is_some()
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let mut subjects = Vec::new();
        if production_stack::fits(*document) {
            subjects.extend(production_stack::read(*document));
        }
        if catalog::fits(*document) {
            subjects.extend(catalog::read(*document));
        }
        if llm_d::fits(*document) {
            subjects.extend(llm_d::read(*document));
        }
        subjects.extend(components(*document).iter().filter(|component| !component.is_controlled()).map(Component::read));
        for subject in subjects.into_iter().filter(|subject| !subject.facts.is_empty()) {
            context.add(subject);
        }
        // Charts for any application, under their own key where they are a dependency.
        let below = document.entries().map(|(_, value)| value);
        for values in
            std::iter::once(*document).chain(below).filter(|values| values.get("controllers").is_some_and(Node::is_mapping))
        {
            super::kubernetes::read_controllers(values, context);
        }
        if let Some(proxy) = proxy(*document) {
            (super::litellm::READER.read)(&[proxy], context);
        }
    }
}

/// The configuration of LiteLLM inside the values of its chart.
fn proxy(document: Node<'_>) -> Option<Node<'_>> {
    document.get("proxy_config").filter(|proxy| (super::litellm::READER.fits)(*proxy))
}

/// Whether a part of the values is deployed as far as they say.
fn is_on(node: Node<'_>) -> bool {
    ["enabled", "deployed", "create"].iter().all(|key| node.get(key).and_then(Node::flag) != Some(false))
}

/// A scalar; expressions in it are decided elsewhere.
fn term(node: Node<'_>) -> Option<Term> {
    Some(Variables::default().substitute(node.text()?, node.span())).filter(|term| !term.text.trim().is_empty())
}

/// Notes a value that a setting stands for.
fn fixed(subject: &mut Subject, attribute: Attribute, value: impl Into<Content>, node: Node<'_>) {
    let (written, span) = (node.text().unwrap_or_default().to_owned(), node.span());
    subject.note(Fact { attribute, value: Some(value.into()), written, standing: Standing::Literal, span });
}

/// Notes a number that is written.
fn number(subject: &mut Subject, attribute: Attribute, node: Option<Node<'_>>) {
    if let Some(term) = node.and_then(term) {
        term.note_number(subject, attribute);
    }
}

#[cfg(test)]
mod tests;
