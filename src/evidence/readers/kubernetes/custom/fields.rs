//! Fields of custom resources that say what a fact says, under names of their own.

use super::super::files::{Files, Resource};
use super::super::scaling;
use crate::evidence::command::dashed;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use crate::evidence::names;
use crate::evidence::substitution::{self, Term, Variables};

/// Most elements of one list that are read.
pub(super) const MOST: usize = 1000;

/// Whether another resource of the file takes this one up, so that its facts stand there. Where there is too much to look
/// through, none does.
pub(super) fn is_taken_up<'d>(files: &Files<'d>, takes: impl Fn(&Resource<'d>) -> bool) -> bool {
    files.spend(files.resources.len()) && files.resources.iter().any(takes)
}

/// A subject for a resource.
pub(super) fn subject(resource: &Resource<'_>, kind: SubjectKind) -> Subject {
    Subject::new(kind, resource.name, resource.span)
}

/// A subject for a part of a resource, named after both.
pub(super) fn part(resource: &Resource<'_>, kind: SubjectKind, name: &str, node: Node<'_>) -> Subject {
    Subject::new(kind, format!("{}-{name}", resource.name), node.span())
}

/// The container of a pod with a name, else its first.
pub(super) fn container<'d>(pod: Node<'d>, name: &str) -> Option<Node<'d>> {
    let containers = pod.get("containers")?;
    containers.items().find(|node| node.text_at("name") == Some(name)).or_else(|| containers.items().next())
}

/// What is written in a scalar, shown with its key. Templates are left unresolved.
pub(super) fn term(node: Node<'_>) -> Option<Term> {
    Some(Variables::default().substitute(node.text()?, node.span()))
}

/// The same, where something is written.
pub(super) fn filled(node: Option<Node<'_>>) -> Option<Term> {
    term(node?).filter(|term| !term.text.trim().is_empty())
}

/// Notes the text of a field.
pub(super) fn text(subject: &mut Subject, attribute: Attribute, node: Option<Node<'_>>) {
    if let Some(term) = node.and_then(term) {
        term.note_text(subject, attribute);
    }
}

/// Notes the number in a field.
pub(super) fn number(subject: &mut Subject, attribute: Attribute, node: Option<Node<'_>>) {
    if let Some(term) = node.and_then(term) {
        term.note_number(subject, attribute);
    }
}

/// Notes a number of copies that nothing changes.
pub(super) fn replicas(subject: &mut Subject, node: Option<Node<'_>>) {
    number(subject, Attribute::ReplicasMin, node);
    number(subject, Attribute::ReplicasMax, node);
}

/// Notes the copies of a resource: those of what scales it in the same file, else a number that nothing changes.
pub(super) fn copies<'d>(subject: &mut Subject, resource: &Resource<'d>, files: &Files<'d>, node: Option<Node<'_>>) {
    if files.scalers(resource.kind, resource.name).is_empty() {
        replicas(subject, node);
    } else {
        scaling::note(subject, resource, files);
    }
}

/// Notes between which numbers of copies something scales.
pub(super) fn bounds(subject: &mut Subject, node: Node<'_>, least: &str, most: &str) {
    number(subject, Attribute::ReplicasMin, node.get(least));
    number(subject, Attribute::ReplicasMax, node.get(most));
}

/// Notes what the number of copies follows; only that it does, where no metric is named.
pub(super) fn autoscaling(subject: &mut Subject, metric: Option<Node<'_>>, scaler: Node<'_>) {
    match metric.and_then(term) {
        Some(term) => term.note_text(subject, Attribute::Autoscaling),
        None => subject.literal(Attribute::Autoscaling, true, scaler.span()),
    }
}

/// Notes that a credential comes from a secret store, where a secret is named.
pub(super) fn secret(subject: &mut Subject, node: Option<Node<'_>>) {
    if let Some(node) = node.filter(|node| node.text().is_some_and(|text| !text.trim().is_empty())) {
        subject.literal(Attribute::Secrets, "secret", node.span());
    }
}

/// Notes who can reach what a Kubernetes service of a type stands for.
pub(super) fn exposure(subject: &mut Subject, service_type: Option<Node<'_>>) {
    let Some(term) = service_type.and_then(term) else { return };
    term.note(subject, Attribute::Exposure, |text| match text.trim() {
        "ClusterIP" => Some("cluster"),
        "NodePort" => Some("host"),
        "LoadBalancer" => Some("public"),
        _ => None,
    });
}

/// Makes the accelerators of one pod those of one replica, which is spread over several.
pub(super) fn multiply(subject: &mut Subject, pods: Option<&Term>) {
    let Some(pods) = pods else { return };
    let count = pods.value().and_then(substitution::number);
    if count.is_some_and(|count| count <= 1.0) {
        return;
    }
    pods.note_number(subject, Attribute::Pods);
    for fact in subject.facts.iter_mut().filter(|fact| fact.attribute == Attribute::GpuCount) {
        fact.written = format!("{} x {}", fact.shown(), pods.written);
        match (fact.number(), count) {
            (Some(each), Some(count)) => {
                fact.value = Some(Content::Number(each * count));
                fact.standing = fact.standing.max(pods.standing).max(Standing::Resolved);
            }
            _ => {
                fact.value = None;
                fact.standing = Standing::Unresolved;
            }
        }
    }
}

/// The entries of a mapping as flags of a server: `maxModelLen: 4096`, `max_model_len: 4096` and
/// `max-model-len: 4096` are `--max-model-len=4096`.
pub(super) fn flags(node: Node<'_>) -> Vec<Term> {
    node.entries().filter_map(|(key, value)| flag(&dashed(key), value)).collect()
}

/// A scalar as the value of a flag.
pub(super) fn flag(name: &str, value: Node<'_>) -> Option<Term> {
    let term = filled(Some(value))?;
    Some(Term { text: format!("--{name}={}", term.text), written: format!("--{name}={}", term.written), ..term })
}

/// Adds what another resource of the file says about a subject, where the subject's own resource is silent.
pub(super) fn join(subject: &mut Subject, other: Subject) {
    let own: Vec<Attribute> = subject.facts.iter().map(|fact| fact.attribute).collect();
    for fact in other.facts.into_iter().filter(|fact| !own.contains(&fact.attribute)) {
        subject.note(Fact { standing: fact.standing.max(Standing::Resolved), ..fact });
    }
}

/// Adds what another resource of the file says, beside what the subject's own resource does.
pub(super) fn add(subject: &mut Subject, other: Subject) {
    for fact in other.facts {
        subject.note(Fact { standing: fact.standing.max(Standing::Resolved), ..fact });
    }
}

/// Adds what was read of something that another program interprets: no better than inferred.
pub(super) fn infer(subject: &mut Subject, other: Subject) {
    for fact in other.facts {
        if subject.fact(fact.attribute).is_none_or(|known| known.standing > Standing::Inferred) || multiple(fact.attribute) {
            subject.note(Fact { standing: fact.standing.max(Standing::Inferred), ..fact });
        }
    }
}

/// Whether several facts about an attribute stand beside each other.
fn multiple(attribute: Attribute) -> bool {
    matches!(attribute, Attribute::Endpoint | Attribute::Vendor | Attribute::Secrets | Attribute::Adapter)
}

/// Notes small weights that are loaded on top of the model.
pub(super) fn adapter(subject: &mut Subject, node: Option<Node<'_>>) {
    let Some(term) = node.and_then(term) else { return };
    term.note(subject, Attribute::Adapter, |text| {
        let found = names::reference(text).model;
        (!found.is_empty()).then_some(found)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_written_as_flags_write_them() {
        let cases = [
            ("maxModelLen", "max-model-len"),
            ("gpu_memory_utilization", "gpu-memory-utilization"),
            ("max-num-seqs", "max-num-seqs"),
            ("dtype", "dtype"),
            ("uBatchSize", "u-batch-size"),
        ];
        for (key, name) in cases {
            assert_eq!(dashed(key), name);
        }
    }
}
