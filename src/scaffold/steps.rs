//! The flows that files show: who sends requests to which model, and what goes outside.

use super::inventory::{Inventory, Thing};
use crate::evidence::fact::Attribute;
use crate::knowledge::vendors;

/// A flow that files show.
pub(super) struct Step {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) purpose: &'static str,
    pub(super) shown: String,
}

/// Every flow that files show: from gateways and applications to models, and to parties outside.
pub(super) fn steps(inventory: &Inventory) -> Vec<Step> {
    let mut steps = Vec::new();
    let served = inventory.servers.iter().flat_map(|(_, models)| models.iter().copied());
    let called = inventory.recipients.values().flat_map(|recipient| recipient.models.iter().copied());
    let named = inventory.models.iter().enumerate().filter(|(_, model)| model.alias).map(|(at, _)| at);
    let mut models: Vec<usize> = served.chain(called).chain(named).collect();
    models.sort_unstable();
    models.dedup();
    let step = |from: &str, to: &str, purpose, shown: String| Step { from: from.to_owned(), to: to.to_owned(), purpose, shown };
    for gateway in &inventory.gateways {
        for model in models.iter().filter(|at| inventory.is_routed(**at)) {
            steps.push(step(&gateway.id, &inventory.models[*model].id, "inference", format!("{} routes to it", gateway.file)));
        }
    }
    for recipient in inventory.recipients.values() {
        let purpose = if recipient.kind == Some("saas_vendor") { "logging" } else { "inference" };
        steps.extend(recipient.from.iter().map(|from| step(from, &recipient.id, purpose, recipient.shown.from())));
    }
    for client in &inventory.clients {
        for (target, shown) in targets(inventory, client, &models) {
            steps.push(step(&client.id, target, "inference", shown));
        }
    }
    steps
}

/// What an application calls inside, and what shows that: the gateways and servers whose addresses it is given, else
/// whatever answers here.
fn targets<'i>(inventory: &'i Inventory, client: &Thing, models: &[usize]) -> Vec<(&'i str, String)> {
    let id = |at: &usize| inventory.models[*at].id.as_str();
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut elsewhere = None;
    for shown in client.all(Attribute::Endpoint) {
        let host = shown.fact.text().unwrap_or_default();
        let gateways = inventory.gateways.iter().filter(|gateway| gateway.name == host).map(|gateway| gateway.id.as_str());
        let servers =
            inventory.servers.iter().filter(|(server, _)| server.name == host).flat_map(|(_, models)| models.iter().map(id));
        let called: Vec<&str> = gateways.chain(servers).collect();
        if called.is_empty() && (host.is_empty() || vendors::is_internal(host)) {
            elsewhere = elsewhere.or(Some(shown.from()));
        }
        for target in called {
            if !found.iter().any(|(known, _)| *known == target) {
                found.push((target, shown.from()));
            }
        }
    }
    let behind = inventory.gateways.first().map(|gateway| gateway.id.as_str()).or_else(|| models.first().map(id));
    if found.is_empty() {
        found.extend(behind.zip(elsewhere));
    }
    found
}

/// Gateways and applications that some flow begins or ends at; what is connected to nothing cannot be declared.
pub(super) fn joined<'i>(inventory: &'i Inventory, steps: &[Step]) -> Vec<(&'i Thing, &'static str)> {
    let gateways = inventory.gateways.iter().map(|thing| (thing, "gateway"));
    let all = gateways.chain(inventory.clients.iter().map(|thing| (thing, "app")));
    all.filter(|(thing, _)| steps.iter().any(|step| step.from == thing.id || step.to == thing.id)).collect()
}
