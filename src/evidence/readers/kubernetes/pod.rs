//! A pod: which of its containers runs a model, and the facts of that one.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject, SubjectKind};
use super::super::super::names;
use super::super::super::substitution::Variables;
use super::container::{self, Container};
use super::files::Files;
use super::{accelerators, download, mounted};
use crate::span::Span;

/// Notes what a pod says of the server in it as facts of a subject: that of its first container which runs a model, else
/// of its first container, and where the pod is put. Gives the software. This is for resources that are known to serve.
pub(super) fn note(subject: &mut Subject, pod: Node<'_>, files: &Files<'_>) -> Option<&'static str> {
    let mut found = read(pod, files, &Variables::default(), subject);
    if found.is_empty() {
        let first = containers(pod).next().map(|(_, node)| container::note(subject, node, files, &Variables::default()));
        accelerators::note_placement(subject, pod);
        return first.and_then(|container| container.engine);
    }
    let (own, container) = found.swap_remove(0);
    for fact in own.facts {
        subject.note(fact);
    }
    container.engine
}

/// The subjects of a workload's pod: one for each container that runs a model, serves as a gateway or calls one. `given`
/// are variables that the workload sets in its containers.
pub(super) fn subjects(name: &str, span: Span, pod: Node<'_>, files: &Files<'_>, given: &Variables) -> Vec<Subject> {
    let named = Subject::new(SubjectKind::Server, name, span);
    read(pod, files, given, &named).into_iter().map(|(subject, _)| subject).collect()
}

/// The containers that matter, those that run models first. Each has its facts in a subject like the one given, which
/// is named after the container too where there are several.
fn read(pod: Node<'_>, files: &Files<'_>, given: &Variables, like: &Subject) -> Vec<(Subject, Container)> {
    let mut found = Vec::new();
    for (name, node) in containers(pod) {
        let mut subject = Subject::new(like.kind, like.name.clone(), like.span);
        let mut container = container::note(&mut subject, node, files, given);
        mounted::note_scripts(&mut subject, &mut container, node, pod, files);
        note_by_image(&mut subject, &container);
        note_region(&mut subject, &container);
        if let Some(role) = container.role(&subject) {
            subject.kind = role;
            found.push((subject, container, name));
        }
    }
    // Beside a container that surely runs a model, one with a telling name is a helper of it.
    let runs = |subject: &Subject, container: &Container| subject.kind == SubjectKind::Server && container.is_strong(subject);
    if found.iter().any(|(subject, container, _)| runs(subject, container)) {
        found.retain(|(subject, container, _)| subject.kind != SubjectKind::Server || runs(subject, container));
    }
    found.sort_by_key(|(subject, ..)| subject.kind);
    let several = found.len() > 1;
    let mut read = Vec::with_capacity(found.len());
    for (mut subject, container, name) in found {
        if several {
            subject.name = format!("{}/{name}", like.name);
        }
        if subject.kind == SubjectKind::Server {
            note_downloads(&mut subject, &container, pod, files);
            accelerators::note_placement(&mut subject, pod);
        } else {
            accelerators::note_regions(&mut subject, pod);
        }
        read.push((subject, container));
    }
    read
}

/// The containers of a pod that keep running, by name: an init container that is restarted always does.
fn containers(pod: Node<'_>) -> impl Iterator<Item = (&str, Node<'_>)> {
    let beside = named(pod.get("initContainers")).filter(|(_, node)| node.text_at("restartPolicy") == Some("Always"));
    named(pod.get("containers")).chain(beside)
}

/// Containers in a list, as Kubernetes has them, or in a mapping, as charts do.
fn named(node: Option<Node<'_>>) -> impl Iterator<Item = (&str, Node<'_>)> {
    let listed = node.into_iter().flat_map(Node::items).map(|node| (node.text_at("name").unwrap_or_default().trim(), node));
    node.into_iter().flat_map(Node::entries).chain(listed)
}

/// Where the server names no model: the models that are fetched before it starts.
fn note_downloads(subject: &mut Subject, server: &Container, pod: Node<'_>, files: &Files<'_>) {
    if subject.fact(Attribute::Model).is_some() {
        return;
    }
    let mut fetched = download::models(&server.commands);
    for (_, node) in named(pod.get("initContainers")) {
        let mut aside = Subject::new(SubjectKind::Server, "", node.span());
        let container = container::note(&mut aside, node, files, &Variables::default());
        fetched.extend(download::models(&container.commands));
    }
    for found in &fetched {
        names::note(subject, &found.model);
        if let Some(revision) = &found.revision {
            revision.note_text(subject, Attribute::Revision);
        }
    }
}

/// The models that a pod fetches which serves none.
pub(super) fn fetched(name: &str, span: Span, pod: Node<'_>, files: &Files<'_>) -> Option<Subject> {
    let mut subject = Subject::new(SubjectKind::Model, name, span);
    for (_, node) in named(pod.get("initContainers")).chain(named(pod.get("containers"))) {
        let mut aside = Subject::new(SubjectKind::Model, "", node.span());
        let container = container::note(&mut aside, node, files, &Variables::default());
        for found in download::models(&container.commands) {
            if found.by_ollama && subject.fact(Attribute::Engine).is_none() {
                subject.inferred(Attribute::Engine, "ollama", "what it is asked for", found.model.span);
            }
            names::note(&mut subject, &found.model);
            if let Some(revision) = &found.revision {
                revision.note_text(&mut subject, Attribute::Revision);
            }
        }
    }
    (!subject.facts.is_empty()).then_some(subject)
}

/// An image of NVIDIA NIM holds one model, which is the rest of its path, save the one that takes any.
fn note_by_image(subject: &mut Subject, container: &Container) {
    if container.engine != Some("nim") || subject.fact(Attribute::Model).is_some() {
        return;
    }
    let Some((name, span)) = subject.fact(Attribute::Image).and_then(|fact| Some((fact.text()?.to_owned(), fact.span))) else {
        return;
    };
    if let Some(model) = name.strip_prefix("nvcr.io/nim/").filter(|path| path.contains('/') && !path.ends_with("/llm-nim")) {
        subject.inferred(Attribute::Model, model, name.clone(), span);
    }
}

/// Variables by which programs are told the region of a cloud that they work with.
const REGIONS: &[&str] = &["AWS_REGION", "AWS_DEFAULT_REGION", "GOOGLE_CLOUD_LOCATION", "VERTEXAI_LOCATION"];

fn note_region(subject: &mut Subject, container: &Container) {
    for (name, term) in container.variables.iter().filter(|(name, _)| REGIONS.contains(name)) {
        if let Some(region) = term.value().filter(|region| !region.trim().is_empty()) {
            subject.inferred(Attribute::Region, region.trim(), name, term.span);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn variables_come_from_where_the_pod_says() {
        let found = facts(
            "a.yaml",
            r#"apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {MODEL: Qwen/Qwen3-8B, MAX_MODEL_LEN: "8192", EMPTY: ""}
---
apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  containers:
  - name: main
    image: vllm/vllm-openai:v0.10.0
    args: [--model, $(MODEL), --served-model-name, $(ALIAS), --max-model-len=$(MAX_MODEL_LEN), --revision, $(REV)]
    envFrom:
    - configMapRef: {name: settings}
    env:
    - {name: ALIAS, value: $(MODEL)-chat}
    - {name: REV, valueFrom: {configMapKeyRef: {name: elsewhere, key: rev}}}
    - {name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hub, key: token}}}
    - {name: VLLM_API_KEY, valueFrom: {secretKeyRef: {name: callers, key: key}}}
    - {name: MAX_MODEL_LEN, value: "4096"}
"#,
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin version literal
          model Qwen/Qwen3-8B resolved
          revision $(REV) unresolved
          context 4096 resolved
          served_name Qwen/Qwen3-8B-chat resolved
          secrets secret literal
          authentication api_key literal
          secrets secret literal
          engine vllm literal
        ");
    }

    #[test]
    fn helpers_beside_a_server_are_not_servers() {
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  initContainers:
  - {name: proxy, image: ghcr.io/llm-d/llm-d-routing-sidecar:v1.0.0, restartPolicy: Always}
  containers:
  - {name: metrics, image: prom/exporter:v1}
  - name: main
    image: vllm/vllm-openai:v0.10.0
    args: [--model=org/name]
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin version literal
          model org/name literal
          engine vllm literal
        ");
    }

    #[test]
    fn two_servers_of_a_pod_are_two_subjects_and_a_client_is_one() {
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  containers:
  - {name: chat, image: vllm/vllm-openai, args: [--model=org/chat]}
  - {name: embed, image: 'ghcr.io/huggingface/text-embeddings-inference:1.7', args: [--model-id=org/embed]}
  - name: ui
    image: example.com/ui@sha256:00
    env: [{name: OPENAI_BASE_URL, value: 'http://localhost:8000/v1'}]
",
        );
        insta::assert_snapshot!(found, @"
        server s/chat
          image vllm/vllm-openai literal
          image_pin none literal
          model org/chat literal
          engine vllm literal
        server s/embed
          image ghcr.io/huggingface/text-embeddings-inference literal
          image_pin version literal
          model org/embed literal
          engine tei literal
        client s/ui
          image example.com/ui literal
          image_pin digest literal
          endpoint localhost literal
        ");
    }

    #[test]
    fn a_model_is_named_by_what_fetches_it() {
        let found = facts(
            "a.yaml",
            r#"apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  initContainers:
  - name: fetch
    image: python:3.12
    command: [sh, -c, "pip install -q huggingface_hub && hf download --local-dir /m org/name --revision abc"]
  - {name: data, image: 'python:3.12', args: [hf, download, --repo-type, dataset, org/data]}
  containers:
  - {name: main, image: 'example.com/server:1.0', resources: {limits: {amd.com/gpu: 2}}}
"#,
        );
        insta::assert_snapshot!(found, @r"
        server s
          image example.com/server literal
          image_pin version literal
          gpu_count 2 literal
          model org/name literal
          revision abc literal
        ");
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: o}
spec:
  containers:
  - name: main
    image: ollama/ollama:0.9.0
    lifecycle: {postStart: {exec: {command: [/bin/sh, -c, 'sleep 5; ollama pull gemma3:4b']}}}
",
        );
        insta::assert_snapshot!(found, @r"
        server o
          image ollama/ollama literal
          image_pin version literal
          engine ollama literal
          model gemma3:4b literal
        ");
    }
}
