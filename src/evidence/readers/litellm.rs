//! Configuration of the LiteLLM proxy: the routes that it offers, and the gateway as a whole.
//!
//! A route's model is what LiteLLM asks for, without the provider in front of it. Whom a request goes to is decided by
//! `api_base` where there is one: inside, no vendor sees it, whatever the provider is called.

mod gateway;
mod route;

use std::collections::BTreeMap;

use super::super::document::Node;
use super::super::fact::{Attribute, Subject};
use super::super::substitution::{Term, Variables};
use super::super::{Context, Kind, Reader};
use crate::span::Span;

pub(super) const READER: Reader = Reader { kind: Kind::Litellm, fits, read };

fn fits(document: Node<'_>) -> bool {
    if document.any(&["apiVersion", "kind", "services"]).is_some() {
        return false;
    }
    let routes = document.get("model_list").is_some_and(|list| {
        list.items().next().is_some() && list.items().all(|item| item.any(&["model_name", "litellm_params"]).is_some())
    });
    let settings = |key: &str| document.get(key).is_some_and(Node::is_mapping);
    routes || settings("litellm_settings") || (settings("general_settings") && settings("router_settings"))
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let variables = variables(*document);
        let credentials = credentials(*document);
        let items = document.get("model_list").into_iter().flat_map(Node::items);
        let mut routes: Vec<Subject> = items.filter_map(|item| route::read(item, &variables, &credentials)).collect();
        let mut gateway = gateway::read(*document, &variables);
        note_fallbacks(*document, &mut routes, &mut gateway);
        note_aliases(*document, &mut routes);
        for subject in routes {
            context.add(subject);
        }
        if !gateway.facts.is_empty() {
            context.add(gateway);
        }
    }
}

/// The environment that the file sets for the proxy itself.
fn variables(document: Node<'_>) -> Variables {
    let mut variables = Variables::default();
    for (name, value) in document.get("environment_variables").into_iter().flat_map(Node::entries) {
        if let Some(text) = value.text() {
            variables.set(name, Variables::default().substitute(text, value.span()));
        }
    }
    variables
}

/// Credentials that routes name: `credential_list`.
fn credentials(document: Node<'_>) -> BTreeMap<&str, Node<'_>> {
    let items = document.get("credential_list").into_iter().flat_map(Node::items);
    items.filter_map(|item| Some((item.text_at("credential_name")?, item.get("credential_values")?))).collect()
}

/// The scalar under a key after variables are put in.
fn term(node: Node<'_>, variables: &Variables) -> Option<Term> {
    Some(variables.substitute(node.text()?, node.span()))
}

/// How many routes of one name, and names of one route, are followed: far more than anybody has, and no more work than
/// the file is long.
const REPLICAS: usize = 64;

/// What answers when a route fails, is full or refuses: `fallbacks` and its kin, in either section.
fn note_fallbacks(document: Node<'_>, routes: &mut [Subject], gateway: &mut Subject) {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, route) in routes.iter().enumerate() {
        places.entry(route.name.clone()).or_default().push(at);
    }
    for section in ["router_settings", "litellm_settings"].iter().filter_map(|key| document.get(key)) {
        for key in ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"] {
            let chains = section.get(key).into_iter().flat_map(Node::items).flat_map(Node::entries);
            for (name, targets) in chains {
                for (target, span) in targets.each().into_iter().filter_map(target) {
                    let Some(own) = places.get(name) else {
                        gateway.literal(Attribute::Fallback, target, span);
                        continue;
                    };
                    for at in own.iter().take(REPLICAS) {
                        routes[*at].literal(Attribute::Fallback, target, span);
                    }
                }
            }
        }
        for (target, span) in section.get("default_fallbacks").into_iter().flat_map(Node::items).filter_map(target) {
            gateway.literal(Attribute::Fallback, target, span);
        }
    }
}

/// A target of a fallback: a name, or parameters with one.
fn target(node: Node<'_>) -> Option<(&str, Span)> {
    match node.text() {
        Some(name) => Some((name, node.value_span())),
        None => node.get("model").and_then(|model| Some((model.text()?, model.span()))),
    }
}

/// Further names of routes: `model_group_alias`.
fn note_aliases(document: Node<'_>, routes: &mut [Subject]) {
    let Some(aliases) = document.at(&["router_settings", "model_group_alias"]) else { return };
    let mut names: BTreeMap<&str, Vec<(&str, Span)>> = BTreeMap::new();
    for (alias, entry) in aliases.entries() {
        if let Some(name) = entry.text().or_else(|| entry.text_at("model")) {
            names.entry(name).or_default().push((alias, entry.span()));
        }
    }
    for route in routes {
        let Some(own) = names.get(route.name.as_str()) else { continue };
        for (alias, span) in own.iter().take(REPLICAS) {
            route.literal(Attribute::ServedName, *alias, *span);
        }
    }
}

#[cfg(test)]
mod tests;
