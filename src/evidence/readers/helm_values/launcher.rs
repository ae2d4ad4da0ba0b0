//! How the values of a chart say that a container is started: arguments, environment, accelerators.

use super::super::super::command;
use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Standing, Subject};
use super::super::super::launch::{self, Launch, SECRET};
use super::super::super::substitution::{Term, Variables};
use super::{fixed, is_on, number, term};
use crate::span::Span;

/// Notes how a container is started, from the nodes of its command and the nodes of its environment.
pub(super) fn note(subject: &mut Subject, engine: Option<&'static str>, command: &[Node<'_>], environment: &[Node<'_>]) {
    let variables = variables(environment);
    let commands = command::arguments(command, &variables);
    launch::note(subject, &Launch { engine, commands: &commands, environment: &variables });
}

/// The variables of lists of `name` and `value`, or of mappings.
pub(super) fn variables(nodes: &[Node<'_>]) -> Variables {
    let mut variables = Variables::default();
    for node in nodes {
        for item in node.items() {
            let Some(name) = item.text_at("name") else { continue };
            match (item.get("value"), item.get("valueFrom")) {
                (Some(value), _) => set(&mut variables, name, value),
                (None, Some(source)) => variables.set(name, reference(source)),
                _ => {}
            }
        }
        for (name, value) in node.entries() {
            match value.get("valueFrom").or_else(|| value.any(&["secretKeyRef", "configMapKeyRef"]).map(|_| value)) {
                Some(source) => variables.set(name, reference(source)),
                None => set(&mut variables, name, value.get("value").unwrap_or(value)),
            }
        }
    }
    variables
}

fn set(variables: &mut Variables, name: &str, value: Node<'_>) {
    if let Some(text) = value.text() {
        variables.set(name, Variables::default().substitute(text, value.span()));
    }
}

/// A value that is taken from an object in the cluster.
fn reference(source: Node<'_>) -> Term {
    let written = match source.get("secretKeyRef") {
        Some(secret) => format!("{SECRET}{}", secret.text_at("name").unwrap_or_default()),
        None => "valueFrom".to_owned(),
    };
    Term { text: written.clone(), written, standing: Standing::Unresolved, span: source.span() }
}

/// Ends of the names of resources that are accelerators.
const ACCELERATORS: &[&str] = &["/gpu", "/tpu", "/gaudi", "/neuron", "/neuroncore", "/neurondevice", "/npu", "/i915", "/xe"];

/// Notes the accelerators of `resources`: what is limited, else what is asked for.
pub(super) fn note_resources(subject: &mut Subject, resources: Node<'_>) -> bool {
    let is_accelerator = |name: &str| ACCELERATORS.iter().any(|end| name.ends_with(end)) || name.starts_with("nvidia.com/mig-");
    for part in ["limits", "requests"].iter().filter_map(|part| resources.get(part)) {
        if let Some((name, count)) = part.entries().find(|(name, _)| is_accelerator(name.trim())) {
            number(subject, Attribute::GpuCount, Some(count));
            if let Some(slice) = name.strip_prefix("nvidia.com/").filter(|slice| slice.starts_with("mig-")) {
                subject.literal(Attribute::GpuType, slice, count.span());
            }
            return true;
        }
    }
    false
}

/// Labels of nodes that name the accelerator in them.
const PRODUCTS: &[&str] = &["nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "amd.com/gpu.product-name"];

/// Notes the accelerator that a node is chosen by.
pub(super) fn note_selector(subject: &mut Subject, holder: Node<'_>) {
    for (name, value) in holder.get("nodeSelector").into_iter().flat_map(Node::entries) {
        if let Some(product) = term(value).filter(|_| PRODUCTS.contains(&name)) {
            product.note_text(subject, Attribute::GpuType);
        }
    }
    let direct = holder.get("nodeSelectorTerms");
    let nested = ["nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
    let affinity = holder.get("affinity").and_then(|affinity| affinity.at(&nested));
    for terms in [direct, affinity].into_iter().flatten() {
        let expressions = terms.items().filter_map(|one| one.get("matchExpressions")).flat_map(Node::items);
        for one in expressions.filter(|one| one.text_at("key").is_some_and(|key| PRODUCTS.contains(&key))) {
            for value in one.get("values").into_iter().flat_map(Node::items).filter_map(term) {
                value.note_text(subject, Attribute::GpuType);
            }
        }
    }
}

/// Notes how many copies run: a fixed number, unless something scales it.
pub(super) fn note_copies(subject: &mut Subject, fixed_count: Option<Node<'_>>, scaler: Option<Node<'_>>) {
    let scaler = scaler.filter(|scaler| scaler.get("enabled").and_then(Node::flag) == Some(true));
    let Some(scaler) = scaler else {
        number(subject, Attribute::ReplicasMin, fixed_count);
        number(subject, Attribute::ReplicasMax, fixed_count);
        return;
    };
    number(subject, Attribute::ReplicasMin, scaler.any(&["minReplicas", "minReplicaCount", "min"]));
    number(subject, Attribute::ReplicasMax, scaler.any(&["maxReplicas", "maxReplicaCount", "max"]));
    match metric(scaler) {
        Some((name, span)) => subject.literal(Attribute::Autoscaling, name, span),
        None => subject.literal(Attribute::Autoscaling, true, scaler.span()),
    }
}

/// What the number of copies follows.
fn metric(scaler: Node<'_>) -> Option<(&str, Span)> {
    for trigger in scaler.get("triggers").map(Node::each).unwrap_or_default() {
        if let Some(node) = trigger.get("metadata").and_then(|metadata| metadata.any(&["metricName", "query"])) {
            return Some((node.text()?, node.span()));
        }
    }
    for metric in scaler.get("metrics").into_iter().flat_map(Node::items) {
        for (_, part) in metric.entries() {
            if let Some(node) = part.at(&["metric", "name"]).or_else(|| part.get("name")) {
                return Some((node.text()?, node.span()));
            }
        }
    }
    let targets = [("targetCPUUtilizationPercentage", "cpu"), ("targetMemoryUtilizationPercentage", "memory")];
    targets.iter().find_map(|(key, name)| Some((*name, scaler.get(key)?.span())))
}

/// Notes who can reach what is deployed: of several ways the widest.
pub(super) fn note_reach(subject: &mut Subject, holder: Node<'_>) {
    let ways =
        ["ingress", "httpRoute", "route", "openshiftRoute"].iter().filter_map(|key| holder.get(key)).filter(|way| is_on(*way));
    let mut led = false;
    for way in ways {
        // Some charts name each of several ways; a part such as `tls` is none.
        let named = way.entries().filter(|(key, one)| one.is_mapping() && !matches!(*key, "tls" | "annotations" | "labels"));
        for one in std::iter::once(way).chain(named.map(|(_, one)| one)) {
            let Some(enabled) = one.get("enabled").filter(|enabled| enabled.flag() == Some(true)) else { continue };
            led = true;
            fixed(subject, Attribute::Exposure, if is_private(one) { "host" } else { "public" }, enabled);
            if let Some(tls) = one.get("tls").filter(|tls| tls.items().next().is_some() || tls.flag() == Some(true)) {
                fixed(subject, Attribute::Tls, true, tls);
            }
        }
    }
    let kind = holder.get("serviceType").or_else(|| holder.at(&["service", "type"]));
    match kind.and_then(|kind| Some((kind, kind.text()?))) {
        Some((kind, "LoadBalancer")) => fixed(subject, Attribute::Exposure, "public", kind),
        Some((kind, "NodePort")) if !led => fixed(subject, Attribute::Exposure, "host", kind),
        Some((kind, "ClusterIP")) if !led => fixed(subject, Attribute::Exposure, "cluster", kind),
        _ => {}
    }
}

/// Whether an ingress is of a class that its name says is none of the internet.
fn is_private(ingress: Node<'_>) -> bool {
    let class = ingress.any(&["className", "ingressClassName", "class"]).and_then(Node::text).unwrap_or_default();
    ["internal", "private", "tailscale"].iter().any(|word| class.contains(word))
}

/// Notes a credential that is written as text, or named as an object in the cluster.
pub(super) fn note_credential(subject: &mut Subject, name: &str, node: Option<Node<'_>>) {
    let Some(node) = node else { return };
    if let Some(secret) = node.any(&["secretName", "name"]).and_then(term) {
        note_stored(subject, name, &secret);
    } else if let Some(term) = term(node) {
        launch::note_credential(subject, name, &term);
    }
}

/// Notes a credential that an object in the cluster holds.
pub(super) fn note_stored(subject: &mut Subject, name: &str, object: &Term) {
    let written = format!("{SECRET}{}", object.text);
    launch::note_credential(subject, name, &Term { standing: Standing::Unresolved, written, ..object.clone() });
}
