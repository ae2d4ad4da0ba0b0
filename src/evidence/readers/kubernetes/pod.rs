//! A pod: which of its containers runs a model, and the facts of that one.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject, SubjectKind};
use super::super::super::names;
use super::super::super::substitution::{Term, Variables};
use super::container::{self, Container};
use super::files::Files;
use super::{accelerators, download};
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
        let container = container::note(&mut subject, node, files, given);
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
    let mut fetched: Vec<Term> = download::models(&server.commands);
    for (_, node) in named(pod.get("initContainers")) {
        let mut aside = Subject::new(SubjectKind::Server, "", node.span());
        let container = container::note(&mut aside, node, files, &Variables::default());
        fetched.extend(download::models(&container.commands));
    }
    for term in &fetched {
        names::note(subject, term);
    }
}
