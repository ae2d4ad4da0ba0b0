//! Kubernetes: the resources of one file are read together, since they refer to each other.
//!
//! A workload is read with what the file says about it elsewhere: the ConfigMaps that its variables come from, the
//! Services and routes that lead to it, what scales it. Resources that deploy nothing are passed over; a kind that
//! is not known is declined by name.

mod accelerators;
mod configuration;
mod container;
mod controllers;
mod custom;
mod download;
mod files;
mod mounted;
mod network;
mod pod;
mod release;
mod scaling;
mod template;
mod workload;

use super::super::document::Node;
use super::super::{Context, Kind, Reader};
use files::{Files, Resource};

pub(super) const READER: Reader = Reader { kind: Kind::Kubernetes, fits, read };

/// Whether it is a resource: `apiVersion` with a version, and `kind`.
fn fits(document: Node<'_>) -> bool {
    let Some(version) = document.text_at("apiVersion") else { return false };
    let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
    let versioned = version.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    // Catalogues of Backstage are written like resources and are none.
    versioned && group != "backstage.io" && document.text_at("kind").is_some()
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    let files = Files::new(documents);
    let before = (context.reading.subjects.len(), context.reading.refusals.len());
    for resource in &files.resources {
        dispatch(resource, &files, context);
    }
    scaling::read_alone(&files, context);
    workload::hand_over(&mut context.reading.subjects, before.0);
    refuse_nothing(&files, before, context);
    if files.is_spent() {
        let span = documents.first().map(|document| document.span()).unwrap_or_default();
        context.reading.refuse("more containers and variables than are read in one file", span);
    }
}

fn dispatch<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    // Configurations of Ray stand in ConfigMaps, too.
    let known = workload::read(resource, files, context)
        || custom::read(resource, files, context)
        || configuration::read(resource, files, context)
        || release::read(resource, files, context)
        || deploys_nothing(resource)
        || template::read(resource, files, context);
    if known {
        return;
    }
    let reason = format!("resources of the kind {} ({}) are not read", resource.kind, resource.group);
    context.reading.refuse(reason, resource.span);
}

/// Reads the controllers of a chart for any application from its values alone.
pub(super) fn read_controllers(values: Node<'_>, context: &mut Context<'_>) {
    controllers::read(values, &Files::new(&[]), context);
}

/// Says why nothing was found in a file, where that is so.
fn refuse_nothing(files: &Files<'_>, before: (usize, usize), context: &mut Context<'_>) {
    if before != (context.reading.subjects.len(), context.reading.refusals.len()) {
        return;
    }
    let mut kinds: Vec<&str> = Vec::new();
    for resource in &files.resources {
        if !kinds.contains(&resource.kind) && kinds.len() < 8 {
            kinds.push(resource.kind);
        }
    }
    let Some(first) = files.resources.first() else { return };
    let reason = match kinds.as_slice() {
        [kind] if workload::is_workload(first) => format!("no container of the {kind} is known to run or call a model"),
        [kind] => format!("{} {kind} deploys no model", if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }),
        kinds => format!("nothing in these resources deploys a model: {}", kinds.join(", ")),
    };
    context.reading.refuse(reason, first.span);
}

/// Whether resources of this kind run nothing themselves: those of the core and of the groups that come with Kubernetes,
/// and what is used beside them.
fn deploys_nothing(resource: &Resource<'_>) -> bool {
    let group = resource.group;
    // Groups of projects around Kubernetes end in `x-k8s.io`; some of them run pods.
    let comes_with = !group.contains('.') || (group.ends_with(".k8s.io") && !group.ends_with("x-k8s.io"));
    let groups = [
        "cert-manager.io",
        "cilium.io",
        "external-secrets.io",
        "gateway.networking.k8s.io",
        "inference.networking.x-k8s.io",
        "istio.io",
        "karpenter.sh",
        "keda.sh",
        "kueue.x-k8s.io",
        "kyverno.io",
        "monitoring.coreos.com",
        "monitoring.googleapis.com",
        "networking.gke.io",
        "openshift.io",
        "projectcalico.org",
        "source.toolkit.fluxcd.io",
        "kustomize.toolkit.fluxcd.io",
        "kustomize.config.k8s.io",
        "traefik.io",
    ];
    comes_with || groups.iter().any(|known| group.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn what_deploys_nothing_is_refused_with_a_reason() {
        let found = facts(
            "a.yaml",
            r"apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p}
spec: {podSelector: {}}
",
        );
        insta::assert_snapshot!(found, @r"
        refused: a NetworkPolicy deploys no model
        ");
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Service
metadata: {name: s}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i}
",
        );
        insta::assert_snapshot!(found, @r"
        refused: nothing in these resources deploys a model: Service, Ingress
        ");
        let found = facts(
            "a.yaml",
            r"apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: c, image: 'nginx:1.29', env: [{name: TZ, value: UTC}]}]}}}
",
        );
        insta::assert_snapshot!(found, @r"
        refused: no container of the Deployment is known to run or call a model
        ");
        let found = facts(
            "a.yaml",
            r"apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
",
        );
        insta::assert_snapshot!(found, @r"
        refused: resources of the kind Widget (example.com) are not read
        ");
    }

    #[test]
    fn odd_resources_are_survived() {
        for text in [
            "apiVersion: v1\nkind: Pod\n",
            "apiVersion: v1\nkind: Pod\nspec: {containers: x, nodeSelector: [a], initContainers: {a: 1}}\n",
            "apiVersion: v1\nkind: List\nitems: [1, {kind: List, items: []}, {apiVersion: v1}]\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: [x]\nspec: {template: {spec: {containers: [{env: [{}, 1, {name: A, valueFrom: {}}]}]}}}\n",
            "apiVersion: v1\nkind: Service\nspec: {selector: [a], type: {}}\n",
            "apiVersion: v1\nkind: ConfigMap\ndata: {a: '{{', b: \"x: [\\n\"}\n",
            "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nspec: {leaderWorkerTemplate: {size: -1, workerTemplate: {spec: {containers: [{image: vllm/vllm-openai}]}}}}\n",
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {scaleTargetRef: {name: x}, metrics: [1, {}]}\n",
        ] {
            assert!(facts("a.yaml", text).lines().all(|line| !line.contains(" model ")), "{text}");
        }
    }
}
