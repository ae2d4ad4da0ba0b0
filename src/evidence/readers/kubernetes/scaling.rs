//! What scales workloads: HorizontalPodAutoscalers and the scalers of KEDA.

use std::collections::BTreeMap;

use super::super::super::Context;
use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject, SubjectKind};
use super::super::super::substitution::Variables;
use super::files::{Files, Resource};
use super::workload;

/// What a scaler scales: the kind and the name, and the place of the name.
pub(super) fn target<'d>(resource: &Resource<'d>) -> Option<(&'d str, &'d str, Node<'d>)> {
    let default = match (resource.group, resource.kind) {
        ("autoscaling", "HorizontalPodAutoscaler") => "",
        ("keda.sh", "ScaledObject") | ("http.keda.sh", "HTTPScaledObject") => "Deployment",
        _ => return None,
    };
    let target = resource.spec()?.get("scaleTargetRef")?;
    let name = target.any(&["name", "deployment"])?;
    Some((target.text_at("kind").unwrap_or(default).trim(), name.text()?.trim(), name))
}

/// Notes the copies of a workload: those of what scales it in the file, else those that it states under `replicas`.
pub(super) fn note(subject: &mut Subject, own: &Resource<'_>, files: &Files<'_>) {
    let mut scaled = false;
    for scaler in files.scalers(own.kind, own.name).iter().filter(|scaler| own.is_near(scaler)) {
        note_scaler(subject, scaler);
        scaled = true;
    }
    if let Some(replicas) = own.spec().and_then(|spec| spec.get("replicas")).filter(|_| !scaled) {
        note_fixed(subject, replicas);
    }
}

/// Notes a number of copies that always run.
pub(super) fn note_fixed(subject: &mut Subject, replicas: Node<'_>) {
    note_number(subject, Attribute::ReplicasMin, Some(replicas));
    note_number(subject, Attribute::ReplicasMax, Some(replicas));
}

/// Notes the copies that the annotations of Knative state.
pub(super) fn note_annotations(subject: &mut Subject, annotations: Option<Node<'_>>) {
    let at = |names: &[&str]| annotations.and_then(|annotations| annotations.any(names));
    let min = at(&["autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale"]);
    let max = at(&["autoscaling.knative.dev/max-scale", "autoscaling.knative.dev/maxScale"]);
    note_number(subject, Attribute::ReplicasMin, min);
    note_number(subject, Attribute::ReplicasMax, max);
    if let Some((metric, text)) = at(&["autoscaling.knative.dev/metric"]).and_then(|node| Some((node, node.text()?))) {
        subject.literal(Attribute::Autoscaling, text.trim(), metric.span());
    }
}

fn note_number(subject: &mut Subject, attribute: Attribute, node: Option<Node<'_>>) {
    if let Some((node, text)) = node.and_then(|node| Some((node, node.text()?))) {
        Variables::default().substitute(text, node.span()).note_number(subject, attribute);
    }
}

/// Reads the scalers whose target is no workload of the file: what was read of a custom resource is scaled by them, and
/// what stands elsewhere is a subject of its own.
pub(super) fn read_alone(files: &Files<'_>, context: &mut Context<'_>) {
    let subjects = &mut context.reading.subjects;
    let servers = subjects.iter().enumerate().filter(|(_, subject)| subject.kind == SubjectKind::Server);
    let known: BTreeMap<String, usize> = servers.map(|(at, subject)| (subject.name.clone(), at)).collect();
    for scaler in &files.resources {
        let Some((kind, name, node)) = target(scaler) else { continue };
        match files.find(kind, name) {
            Some(workload) if workload::is_workload(workload) => {}
            Some(_) => {
                if let Some(subject) = known.get(name).and_then(|at| subjects.get_mut(*at)) {
                    subject.facts.retain(|fact| !matches!(fact.attribute, Attribute::ReplicasMin | Attribute::ReplicasMax));
                    note_scaler(subject, scaler);
                }
            }
            None => {
                let mut subject = Subject::new(SubjectKind::Scaler, name, node.span());
                note_scaler(&mut subject, scaler);
                subjects.push(subject);
            }
        }
    }
}

fn note_scaler(subject: &mut Subject, scaler: &Resource<'_>) {
    let Some(spec) = scaler.spec() else { return };
    let limits = |keys: &[&str], key: &str| spec.any(keys).or_else(|| spec.at(&["replicas", key]));
    note_number(subject, Attribute::ReplicasMin, limits(&["minReplicas", "minReplicaCount"], "min"));
    note_number(subject, Attribute::ReplicasMax, limits(&["maxReplicas", "maxReplicaCount"], "max"));
    let mut signals: Vec<Node<'_>> = Vec::new();
    signals.extend(spec.get("metrics").into_iter().flat_map(Node::items).filter_map(metric));
    signals.extend(spec.get("triggers").into_iter().flat_map(Node::items).filter_map(trigger));
    for node in signals.iter().filter(|node| node.text().is_some()) {
        subject.literal(Attribute::Autoscaling, node.text().unwrap_or_default().trim(), node.span());
    }
    if signals.is_empty() {
        match spec.get("targetCPUUtilizationPercentage") {
            Some(share) => subject.literal(Attribute::Autoscaling, "cpu", share.span()),
            None => subject.literal(Attribute::Autoscaling, true, scaler.span),
        }
    }
}

/// The name of a metric of a HorizontalPodAutoscaler.
fn metric(metric: Node<'_>) -> Option<Node<'_>> {
    let resource = metric.any(&["resource", "containerResource"]).and_then(|resource| resource.get("name"));
    // Earlier versions have `metricName` where later ones have `metric.name`.
    let other = metric.any(&["pods", "object", "external"]);
    resource.or_else(|| other?.at(&["metric", "name"])).or_else(|| other?.get("metricName")).or_else(|| metric.get("type"))
}

/// What a trigger of KEDA follows: the query of the ones that have one, else its type.
fn trigger(trigger: Node<'_>) -> Option<Node<'_>> {
    let metadata = trigger.get("metadata");
    metadata.and_then(|metadata| metadata.any(&["query", "metricName"])).or_else(|| trigger.get("type"))
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn what_scales_a_workload_counts_before_its_replicas() {
        let found = facts(
            "a.yaml",
            r"apiVersion: apps/v1
kind: Deployment
metadata: {name: s}
spec:
  replicas: 1
  template:
    spec: {containers: [{name: m, image: vllm/vllm-openai, args: [--model=org/name]}]}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: k}
spec:
  scaleTargetRef: {name: s}
  minReplicaCount: 0
  maxReplicaCount: 4
  triggers: [{type: prometheus, metadata: {query: 'sum(vllm:num_requests_waiting)'}}]
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          model org/name literal
          engine vllm literal
          replicas_min 0 literal
          replicas_max 4 literal
          autoscaling sum(vllm:num_requests_waiting) literal
        ");
    }

    #[test]
    fn a_scaler_of_something_elsewhere_is_a_subject() {
        let found = facts(
            "a.yaml",
            r"apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: elsewhere}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu}}, {type: Pods, pods: {metric: {name: queue}}}]
",
        );
        insta::assert_snapshot!(found, @r"
        scaler elsewhere
          replicas_max 3 literal
          autoscaling cpu literal
          autoscaling queue literal
        ");
    }
}
