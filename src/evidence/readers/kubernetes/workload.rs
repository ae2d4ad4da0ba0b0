//! What runs pods: Deployments and the like.

use super::super::super::Context;
use super::super::super::document::Node;
use super::super::super::substitution::Variables;
use super::files::{Files, Resource};
use super::pod;

/// The pod of a workload that comes with Kubernetes.
fn pod_of<'d>(resource: &Resource<'d>) -> Option<Node<'d>> {
    let spec = resource.spec()?;
    match (resource.group, resource.kind) {
        ("", "Pod") => Some(spec),
        ("" | "apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController")
        | ("batch", "Job") => spec.at(&["template", "spec"]),
        ("batch", "CronJob") => spec.at(&["jobTemplate", "spec", "template", "spec"]),
        _ => None,
    }
}

/// Reads a workload. False where the resource is none.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) -> bool {
    let Some(pod) = pod_of(resource) else { return false };
    for subject in pod::subjects(resource, pod, files, &Variables::default()) {
        context.add(subject);
    }
    true
}
