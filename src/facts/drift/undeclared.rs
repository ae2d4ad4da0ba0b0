//! What is left over: what files show and the manifest does not name, and what it declares and no file deploys.

use super::identity::{self, Same, same, vendor};
use super::pairing::{Declared, Observed, Pairs, Slot, slug};
use super::{Finding, Relation, Seen};
use crate::evidence::fact::{Attribute, Fact};
use crate::knowledge::vendors::{self, Vendor};
use crate::syntax::tree::Place;

/// Everything that one side has and the other lacks.
pub fn findings<'e>(declared: &Declared<'_>, observed: &Observed<'e>, pairs: &Pairs) -> Vec<Finding<'e>> {
    let mut found = models(declared, observed, pairs);
    found.extend(called(declared, observed));
    found.extend(adapters(declared, observed));
    found.extend(recipients(declared, observed));
    found.extend(telemetry(declared, observed));
    found.extend(stale(declared, observed, pairs));
    found
}

/// Where what is not declared would stand: the first entry of the section, else the manifest.
fn section(declared: &Declared<'_>, models: bool) -> Place {
    let entries = if models { &declared.models } else { &declared.hosting };
    entries.first().map_or(declared.root, |entry| entry.place)
}

/// Vendors that call each of their models by one name. With others a name is the customer's own (a deployment of
/// Azure), or one of several for a model (a profile of Bedrock).
const NAMED_ALIKE: &[&str] = &["openai", "anthropic", "google", "mistral", "cohere", "deepseek", "xai"];

/// Models of a vendor that a gateway asks for, where the manifest declares others of that vendor only.
fn called<'e>(declared: &Declared<'_>, observed: &Observed<'e>) -> Vec<Finding<'e>> {
    let mut found: Vec<Finding<'e>> = Vec::new();
    for route in &observed.routes {
        let firm = |attribute| route.fact(attribute).filter(|seen| seen.fact.is_some_and(|fact| fact.standing.is_firm()));
        let (Some(seen), Some(by)) = (firm(Attribute::Model), firm(Attribute::Vendor)) else { continue };
        let (Some(model), Some(name)) = (seen.fact.and_then(|fact| fact.text()), by.fact.and_then(|fact| fact.text())) else {
            continue;
        };
        let of_vendor = |at: &usize| declared.source(*at).and_then(vendor).is_some_and(|vendor| vendor.id == name);
        let others: Vec<usize> = (0..declared.models.len()).filter(of_vendor).collect();
        // A model without a vendor in its source may be one of the vendor's all the same.
        let named = (0..declared.models.len()).any(|at| declared.same(at, model) >= Same::Alike);
        let known = named || others.iter().any(|at| declared.same(*at, model) > Same::No);
        let told = found.iter().any(|finding| finding.observed.is_some_and(|other| other.shown() == seen.shown()));
        if NAMED_ALIKE.contains(&name) && !others.is_empty() && !known && !told && !is_of_another(seen) {
            found.push(Finding::new(Relation::Undeclared, Attribute::Model, seen.name(), section(declared, true)).observed(seen));
        }
    }
    found
}

/// Servers that are no slot.
fn models<'e>(declared: &Declared<'_>, observed: &Observed<'e>, pairs: &Pairs) -> Vec<Finding<'e>> {
    let mut found = Vec::new();
    for (at, server) in observed.servers.iter().enumerate() {
        let paired =
            pairs.servers.iter().any(|(server, _)| *server == at) || pairs.ambiguous.iter().any(|(server, _)| *server == at);
        let Some(seen) = server.fact(Attribute::Model).filter(|_| !paired) else { continue };
        if is_of_another(seen) {
            continue;
        }
        // Whatever it runs may be declared: nobody can tell.
        let firm = seen.fact.is_some_and(|fact| fact.standing.is_firm());
        let relation = if firm { Relation::Undeclared } else { Relation::Unconfirmed };
        found.push(Finding::new(relation, Attribute::Model, seen.name(), section(declared, false)).observed(seen));
    }
    found
}

/// Whether a model belongs to another system, whose manifest is held against the same file.
fn is_of_another(seen: Seen<'_>) -> bool {
    let Some(observed) = seen.fact.and_then(|fact| fact.text()) else { return false };
    seen.exhibit.others.iter().flat_map(|names| names.iter()).any(|name| same(name, observed) >= Same::Alike)
}

/// Weights on top of a model are a model of their own.
fn adapters<'e>(declared: &Declared<'_>, observed: &Observed<'e>) -> Vec<Finding<'e>> {
    let mut found = Vec::new();
    for server in &observed.servers {
        for fact in server.seen.subject.all(Attribute::Adapter).filter(|fact| fact.standing.is_firm()) {
            let known = |at: usize| is_adapter(declared, at, fact);
            let seen = server.seen.with(fact);
            if !(0..declared.models.len()).any(known) && !is_of_another(seen) {
                found.push(
                    Finding::new(Relation::Undeclared, Attribute::Adapter, seen.name(), section(declared, true)).observed(seen),
                );
            }
        }
    }
    found
}

/// Whether an adapter is a model of the manifest: by its source, or by what it is called (`--lora-modules name=path`).
fn is_adapter(declared: &Declared<'_>, model: usize, fact: &Fact) -> bool {
    let Some(path) = fact.text() else { return false };
    let id = slug(&declared.models[model].id);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let mut names = fact.written.split('=').chain([path, last]);
    match declared.same(model, path) {
        Same::Yes | Same::Alike => true,
        Same::Unsure => names.any(|name| slug(name) == id),
        Same::No => false,
    }
}

/// Vendors, recorders and other hosts outside that requests go to.
fn recipients<'e>(declared: &Declared<'_>, observed: &Observed<'e>) -> Vec<Finding<'e>> {
    let mut found: Vec<Finding<'e>> = Vec::new();
    let subjects = observed.routes.iter().chain(&observed.gateways).chain(&observed.clients).copied();
    for seen in subjects.chain(observed.servers.iter().map(|server| server.seen)) {
        for fact in seen.subject.all(Attribute::Vendor) {
            let Some(vendor) = fact.text().and_then(vendors::named) else { continue };
            if !is_named(declared, vendor) {
                recipient(declared, observed, &mut found, vendor.id, seen.with(fact));
            }
        }
        for fact in seen.subject.all(Attribute::Endpoint) {
            let Some(host) = fact.text() else { continue };
            if vendors::of_host(host).is_none() && !vendors::is_internal(host) && !is_known_host(declared, host) {
                recipient(declared, observed, &mut found, host, seen.with(fact));
            }
        }
    }
    found
}

/// One finding for each recipient: at the fallback that leads there, where there is one, with the routes beside it.
fn recipient<'e>(declared: &Declared<'_>, observed: &Observed<'e>, found: &mut Vec<Finding<'e>>, name: &str, seen: Seen<'e>) {
    let firm = seen.fact.is_some_and(|fact| fact.standing.is_firm());
    if let Some(known) = found.iter_mut().find(|finding| finding.subject == name) {
        if firm && known.relation == Relation::Unconfirmed {
            known.relation = Relation::Undeclared;
            known.observed = Some(seen);
        } else if known.also.len() < 8 {
            known.also.push(seen);
        }
        return;
    }
    // A variable that is there to hold a key shows that somebody may call the vendor, not that anything does.
    let relation = if firm { Relation::Undeclared } else { Relation::Unconfirmed };
    let attribute = seen.fact.map_or(Attribute::Endpoint, |fact| fact.attribute);
    let at = declared.others.first().or(declared.hosting.first()).map_or(declared.root, |entry| entry.place);
    let mut finding = Finding::new(relation, attribute, name, at).observed(seen);
    finding.also = observed
        .routes
        .iter()
        .chain(&observed.gateways)
        .flat_map(|from| from.subject.all(Attribute::Fallback).map(|fact| from.with(fact)))
        .filter(|from| from.fact.and_then(|fact| fact.text()) == Some(seen.subject.name.as_str()))
        .take(4)
        .collect();
    found.push(finding);
}

/// Whether the manifest names a vendor anywhere that it would: as a party or component, or before a model's name.
fn is_named(declared: &Declared<'_>, wanted: &Vendor) -> bool {
    let sources = (0..declared.models.len()).filter_map(|at| declared.source(at));
    declared.others.iter().chain(&declared.hosting).any(|entry| tells(&entry.id, wanted))
        || sources.filter_map(vendor).any(|vendor| vendor.id == wanted.id)
}

/// Whether a vendor answers for a slot: it is the party, the entry bears its name, or the model is its own.
pub fn is_answered_by(declared: &Declared<'_>, slot: Slot, vendor: &Vendor) -> bool {
    let supplier = slot.model.and_then(|model| declared.source(model)).and_then(identity::vendor);
    supplier.is_some_and(|supplier| supplier.id == vendor.id)
        || tells(&declared.hosting[slot.host].id, vendor)
        || declared.parties[slot.host].as_deref().is_some_and(|party| tells(party, vendor))
}

/// Whether an id names a vendor: by one of its words, or as a whole.
fn tells(id: &str, vendor: &Vendor) -> bool {
    let words: Vec<String> = id.split(|c: char| !c.is_alphanumeric()).map(str::to_ascii_lowercase).collect();
    let whole = slug(id);
    let mut names = std::iter::once(vendor.id).chain(vendor.also.iter().copied());
    names.any(|name| words.contains(&name.to_owned()) || whole == slug(name))
}

/// Whether a party, component or hosting entry goes by a part of a host's name that is the host's own.
fn is_known_host(declared: &Declared<'_>, host: &str) -> bool {
    let common =
        ["www", "api", "app", "com", "org", "net", "gov", "edu", "int", "cloud", "llm", "chat", "gateway", "proxy", "models"];
    let above = host.rsplit_once('.').map_or(host, |(labels, _)| labels);
    let labels: Vec<String> =
        above.split('.').map(slug).filter(|label| label.len() > 2 && !common.contains(&label.as_str())).collect();
    declared.others.iter().chain(&declared.hosting).any(|entry| {
        let id = slug(&entry.id);
        id.len() > 2
            && !common.contains(&id.as_str())
            && labels.iter().any(|label| {
                let (short, long) = if label.len() < id.len() { (label, &id) } else { (&id, label) };
                short == long || short.len() > 3 && long.contains(short.as_str())
            })
    })
}

/// Statistics that a file switches on. What is on because nobody switched it off is shown by no file.
fn telemetry<'e>(declared: &Declared<'_>, observed: &Observed<'e>) -> Vec<Finding<'e>> {
    let servers = observed.servers.iter().map(|server| server.seen);
    let all = servers.chain(observed.gateways.iter().copied()).chain(observed.clients.iter().copied());
    let on = all.filter_map(|seen| seen.fact(Attribute::Telemetry));
    on.filter(|seen| seen.fact.is_some_and(|fact| fact.flag() == Some(true) && fact.standing.is_firm()))
        .map(|seen| {
            Finding::new(Relation::Undeclared, Attribute::Telemetry, seen.name(), section(declared, false)).observed(seen)
        })
        .collect()
}

/// Slots that nothing serves. Where no file of the kind was read, nothing is shown by that.
fn stale<'e>(declared: &Declared<'_>, observed: &Observed<'e>, pairs: &Pairs) -> Vec<Finding<'e>> {
    let servers = observed.servers.iter().any(|server| server.fact(Attribute::Model).is_some());
    let routes = !observed.routes.is_empty();
    let open = pairs.ambiguous.iter().flat_map(|(_, slots)| slots);
    let served: Vec<usize> = pairs.servers.iter().chain(&pairs.routes).map(|(_, slot)| *slot).chain(open.copied()).collect();
    let mut found = Vec::new();
    let missing = declared.slots.iter().enumerate().filter(|(at, _)| !served.contains(at)).map(|(_, slot)| slot);
    for slot in missing.chain(&declared.adapters) {
        let host = &declared.hosting[slot.host];
        // A vendor that some route leads to is called; which of its models is the gateway's business.
        let called = observed
            .routes
            .iter()
            .flat_map(|route| route.subject.all(Attribute::Vendor))
            .filter_map(|fact| fact.text().and_then(vendors::named))
            .any(|called| is_answered_by(declared, *slot, called));
        let looked = match declared.mode(*slot) {
            // What a platform or a device of somebody's runs need not be in any file.
            Some("managed") if declared.is_self_hosted(*slot) => false,
            Some("on_device") => false,
            _ if declared.is_self_hosted(*slot) => servers,
            _ => routes && !called,
        };
        if looked {
            let model = slot.model.map(|model| &declared.models[model]);
            // An adapter is served with the model that it is loaded on.
            let adapter = slot.model.is_some_and(|model| {
                let id = slug(&declared.models[model].id);
                observed.servers.iter().any(|server| {
                    let subject = server.seen.subject;
                    subject
                        .all(Attribute::Adapter)
                        .chain(subject.all(Attribute::ServedName))
                        .any(|fact| is_adapter(declared, model, fact) || fact.text().is_some_and(|name| slug(name).contains(&id)))
                })
            });
            if !adapter {
                let shown = model.map_or_else(|| host.id.clone(), |model| format!("{} at {}", model.id, host.id));
                let subject = model.map_or_else(|| host.id.clone(), |model| format!("{} {}", host.id, model.id));
                found.push(Finding::new(Relation::Stale, Attribute::Model, subject, host.place).declared(shown));
            }
        }
    }
    found
}
