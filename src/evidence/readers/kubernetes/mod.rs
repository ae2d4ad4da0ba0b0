//! Kubernetes: the resources of one file are read together, since they refer to each other.
//!
//! A workload is read with what the file says about it elsewhere: the ConfigMaps that its variables come from, the
//! Services and routes that lead to it, what scales it. Resources that deploy nothing are passed over; a kind that
//! is not known is declined by name.

mod accelerators;
mod container;
mod custom;
mod download;
mod files;
mod pod;
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
    for resource in &files.resources {
        dispatch(resource, &files, context);
    }
    if files.is_spent() {
        let span = documents.first().map(|document| document.span()).unwrap_or_default();
        context.reading.refuse("more containers and variables than are read in one file", span);
    }
}

fn dispatch<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    if workload::read(resource, files, context) || custom::read(resource, files, context) || deploys_nothing(resource) {
        return;
    }
    let reason = format!("resources of the kind {} ({}) are not read", resource.kind, resource.group);
    context.reading.refuse(reason, resource.span);
}

/// Whether resources of this kind run nothing themselves: those of the core and of the groups that come with Kubernetes,
/// and what is used beside them.
fn deploys_nothing(resource: &Resource<'_>) -> bool {
    let group = resource.group;
    let comes_with = !group.contains('.') || group.ends_with(".k8s.io");
    let groups = [
        "cert-manager.io",
        "cilium.io",
        "external-secrets.io",
        "gateway.networking.k8s.io",
        "istio.io",
        "karpenter.sh",
        "keda.sh",
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
