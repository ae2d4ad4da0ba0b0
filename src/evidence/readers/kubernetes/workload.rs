//! What runs pods: Deployments and the like, and groups of pods that serve together.

use super::super::super::Context;
use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::super::substitution::Variables;
use super::files::{Files, Resource};
use super::network::{self, Labels};
use super::{mounted, pod, scaling};
use crate::span::Span;

/// The template of the pods of a workload that comes with Kubernetes or is written like one.
fn template<'d>(resource: &Resource<'d>) -> Option<Node<'d>> {
    match (resource.group, resource.kind) {
        ("", "Pod") => Some(resource.node),
        ("" | "apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController")
        | ("apps.openshift.io", "DeploymentConfig")
        | ("argoproj.io", "Rollout")
        | ("serving.knative.dev", "Service")
        | ("batch", "Job") => resource.spec()?.get("template"),
        ("batch", "CronJob") => resource.spec()?.at(&["jobTemplate", "spec", "template"]),
        _ => None,
    }
}

/// Whether a resource runs pods of its own.
pub(super) fn is_workload(resource: &Resource<'_>) -> bool {
    template(resource).is_some() || resource.kind == "LeaderWorkerSet"
}

/// Reads a workload. False where the resource is none.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) -> bool {
    if resource.group == "leaderworkerset.x-k8s.io" && resource.kind == "LeaderWorkerSet" {
        read_group(resource, files, context);
        return true;
    }
    let Some(template) = template(resource) else { return false };
    let Some(pod) = template.get("spec") else { return true };
    let labels = network::labels(template.at(&["metadata", "labels"]));
    let mut subjects = pod::subjects(resource.name, resource.span, pod, files, &Variables::default());
    if subjects.is_empty() && matches!(resource.kind, "Job" | "CronJob") {
        subjects.extend(pod::fetched(resource.name, resource.span, pod, files));
    }
    for mut subject in subjects {
        if subject.kind == SubjectKind::Server {
            mounted::note_adapters(&mut subject, pod, files, context);
        }
        if matches!(resource.kind, "Job" | "CronJob") {
            as_job(&mut subject);
        } else {
            note_around(&mut subject, resource, template, &labels, files);
        }
        context.add(subject);
    }
    true
}

/// What the file says about a workload outside of its containers.
fn note_around<'d>(subject: &mut Subject, resource: &Resource<'d>, template: Node<'d>, labels: &Labels<'d>, files: &Files<'d>) {
    scaling::note(subject, resource, files);
    if resource.group == "serving.knative.dev" {
        scaling::note_annotations(subject, template.at(&["metadata", "annotations"]));
    }
    network::note(subject, resource, labels, files);
    if let Some(pod) = template.get("spec") {
        network::note_host(subject, pod);
    }
}

/// A job that fetches a model and ends serves none: what it tells is the artefact.
fn as_job(subject: &mut Subject) {
    let serves = subject.facts.iter().any(|fact| fact.attribute == Attribute::GpuCount);
    if subject.kind == SubjectKind::Server && !serves {
        subject.kind = SubjectKind::Model;
    }
}

/// What jobs make Ollama fetch is served by the only Ollama of the file, where that names no model itself. `first` is the
/// first subject of these resources.
pub(super) fn hand_over(subjects: &mut Vec<Subject>, first: usize) {
    let is_ollama = |subject: &Subject| subject.fact(Attribute::Engine).and_then(Fact::text) == Some("ollama");
    let of = |kind: SubjectKind| {
        let fits = subjects.iter().enumerate().skip(first).filter(|(_, subject)| subject.kind == kind && is_ollama(subject));
        fits.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let (servers, fetched) = (of(SubjectKind::Server), of(SubjectKind::Model));
    let [server] = servers.as_slice() else { return };
    if subjects[*server].fact(Attribute::Model).is_some() {
        return;
    }
    let about = [Attribute::Model, Attribute::Quantization, Attribute::WeightFormat];
    let facts = fetched.iter().flat_map(|at| subjects[*at].facts.iter()).filter(|fact| about.contains(&fact.attribute));
    let facts: Vec<Fact> = facts.map(|fact| Fact { standing: fact.standing.max(Standing::Resolved), ..fact.clone() }).collect();
    if facts.is_empty() {
        return;
    }
    for fact in facts {
        subjects[*server].note(fact);
    }
    for at in fetched.into_iter().rev() {
        subjects.remove(at);
    }
}

/// A group of pods that serves as one replica: a leader, and workers that fill it up to `size`.
fn read_group<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(group) = resource.spec().and_then(|spec| spec.get("leaderWorkerTemplate")) else { return };
    let worker = group.get("workerTemplate");
    // Without a template of its own the leader is like the workers.
    let Some(leader) = group.get("leaderTemplate").or(worker) else { return };
    let Some(pod) = leader.get("spec") else { return };
    let size = group.get("size");
    let mut given = Variables::default();
    if let Some((node, text)) = size.and_then(|node| Some((node, node.text()?))) {
        given.set("LWS_GROUP_SIZE", Variables::default().substitute(text, node.span()));
    }
    let mut labels = network::labels(leader.at(&["metadata", "labels"]));
    // The controller puts these on the pods.
    labels.push(("leaderworkerset.sigs.k8s.io/name", resource.name));
    labels.push(("leaderworkerset.sigs.k8s.io/worker-index", "0"));
    let mut subjects = pod::subjects(resource.name, resource.span, pod, files, &given);
    if subjects.is_empty() {
        // The leader may only route to its workers.
        subjects.extend(
            worker
                .and_then(|worker| worker.get("spec"))
                .into_iter()
                .flat_map(|pod| pod::subjects(resource.name, resource.span, pod, files, &given)),
        );
    }
    for mut subject in subjects {
        if subject.kind == SubjectKind::Server
            && let Some(size) = size
        {
            let workers = worker.and_then(|worker| worker.get("spec"));
            note_size(&mut subject, size, workers, files);
        }
        note_around(&mut subject, resource, leader, &labels, files);
        context.add(subject);
    }
}

/// Notes how many pods make one replica, and counts the accelerators of all of them: the facts so far are about the pod
/// that leads, `workers` are the others.
pub(super) fn note_size(subject: &mut Subject, size: Node<'_>, workers: Option<Node<'_>>, files: &Files<'_>) {
    let Some(pods) = size.number() else {
        if let Some(text) = size.text() {
            Variables::default().substitute(text, size.span()).note_number(subject, Attribute::Pods);
        }
        return;
    };
    if pods <= 1.0 {
        return;
    }
    subject.literal(Attribute::Pods, pods, size.span());
    let mut aside = Subject::new(SubjectKind::Server, "", size.span());
    if let Some(workers) = workers {
        pod::note(&mut aside, workers, files);
    }
    let count = |subject: &Subject| subject.fact(Attribute::GpuCount).map(|fact| (fact.number(), fact.span));
    let (leads, follows) = (count(subject), count(&aside));
    let Some(span) = leads.or(follows).map(|(_, span)| span) else { return };
    subject.facts.retain(|fact| fact.attribute != Attribute::GpuCount);
    let number = |count: Option<(Option<f64>, Span)>| count.map_or(Some(0.0), |(number, _)| number);
    match (number(leads), number(follows)) {
        (Some(own), Some(each)) => {
            let total = own + each * (pods - 1.0);
            let written = if (own - each).abs() < f64::EPSILON {
                format!("{pods} pods of {own}")
            } else {
                format!("{own} and {} pods of {each}", pods - 1.0)
            };
            let value = Some(Content::Number(total));
            subject.note(Fact { attribute: Attribute::GpuCount, value, written, standing: Standing::Resolved, span });
        }
        _ => subject.unresolved(Attribute::GpuCount, format!("{pods} pods"), span),
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_group_of_pods_is_one_replica() {
        let found = facts(
            "a.yaml",
            r"apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: big}
spec:
  replicas: 2
  leaderWorkerTemplate:
    size: 3
    leaderTemplate:
      spec:
        containers:
        - {name: l, image: 'vllm/vllm-openai:v0.10.0', args: [--model=org/big, -pp, $(LWS_GROUP_SIZE)], resources: {limits: {nvidia.com/gpu: 4}}}
    workerTemplate:
      spec:
        containers:
        - {name: w, image: 'vllm/vllm-openai:v0.10.0', command: [ray, start], resources: {limits: {nvidia.com/gpu: 8}}}
",
        );
        insta::assert_snapshot!(found, @"
        server big
          image vllm/vllm-openai literal
          image_pin version literal
          model org/big literal
          pipeline_parallel 3 resolved
          engine vllm literal
          pods 3 literal
          gpu_count 20 resolved
          replicas_min 2 literal
          replicas_max 2 literal
        ");
    }

    #[test]
    fn a_job_that_fetches_a_model_serves_none() {
        let found = facts(
            "a.yaml",
            r"apiVersion: batch/v1
kind: Job
metadata: {name: pull}
spec:
  template:
    spec:
      containers: [{name: p, image: 'ollama/ollama:0.9.0', command: [ollama, pull, 'gemma3:4b']}]
",
        );
        insta::assert_snapshot!(found, @r"
        model pull
          image ollama/ollama literal
          image_pin version literal
          engine ollama literal
          model gemma3:4b literal
        ");
    }
}
