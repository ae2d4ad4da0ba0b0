//! Resources of kinds that are not known: many operators take templates of pods, which say what runs whatever they are
//! wrapped in.

use super::super::super::Context;
use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::super::substitution::Variables;
use super::files::{Files, Resource};
use super::{pod, scaling};

/// How deep templates are looked for, and how many of them are read.
const DEPTH: usize = 8;
const MOST: usize = 32;

/// A template of pods, with what stands beside it.
struct Template<'d> {
    /// What holds `template`: a role, a pool, or the whole specification.
    holder: Node<'d>,
    pod: Node<'d>,
    /// The numbers of copies of what holds the holder.
    copies: Vec<Node<'d>>,
}

/// Reads the templates of pods in a resource. False where none of them runs a model.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) -> bool {
    let mut templates = Vec::new();
    if let Some(spec) = resource.spec() {
        collect(spec, 0, &[], files, &mut templates);
    }
    let before = context.reading.subjects.len();
    let alone = templates.len() == 1;
    for template in templates {
        let role = template.holder.text_at("name").filter(|_| !alone);
        let name = role.map_or_else(|| resource.name.to_owned(), |role| format!("{}-{role}", resource.name));
        let span = template.holder.get("name").filter(|_| role.is_some()).map_or(resource.span, Node::span);
        for mut subject in pod::subjects(&name, span, template.pod, files, &Variables::default()) {
            if subject.kind != SubjectKind::Server || subject.fact(Attribute::Engine).is_none() {
                continue;
            }
            note_copies(&mut subject, &template);
            context.add(subject);
        }
    }
    context.reading.subjects.len() > before
}

fn collect<'d>(node: Node<'d>, depth: usize, copies: &[Node<'d>], files: &Files<'d>, found: &mut Vec<Template<'d>>) {
    // Aliases can repeat a part without end.
    if depth > DEPTH || found.len() == MOST || !files.spend(1) {
        return;
    }
    if node.is_list() {
        for item in node.items().take(MOST) {
            collect(item, depth + 1, copies, files, found);
        }
        return;
    }
    let pod = node.at(&["template", "spec"]).filter(|pod| pod.get("containers").is_some_and(Node::is_list));
    if let Some(pod) = pod {
        found.push(Template { holder: node, pod, copies: copies.to_vec() });
        return;
    }
    let mut inside = copies.to_vec();
    inside.extend(node.get("replicas"));
    for (key, value) in node.entries() {
        if !matches!(key, "containers" | "initContainers" | "volumes" | "metadata") {
            collect(value, depth + 1, &inside, files, found);
        }
    }
}

/// The copies of a role are those of all that holds it.
fn note_copies(subject: &mut Subject, template: &Template<'_>) {
    let Some(own) = template.holder.get("replicas") else { return };
    let outer: Option<f64> = template.copies.iter().map(|node| node.number()).product();
    match (own.number(), outer) {
        (_, Some(outer)) if (outer - 1.0).abs() < f64::EPSILON => scaling::note_fixed(subject, own),
        (Some(own_count), Some(outer)) => {
            for attribute in [Attribute::ReplicasMin, Attribute::ReplicasMax] {
                subject.note(Fact {
                    attribute,
                    value: Some(Content::Number(own_count * outer)),
                    written: format!("{outer} x {own_count}"),
                    standing: Standing::Resolved,
                    span: own.span(),
                });
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn roles_with_templates_of_pods_are_read_whatever_the_kind() {
        let found = facts(
            "a.yaml",
            r"apiVersion: pools.example.com/v1
kind: ServingPool
metadata: {name: p}
spec:
  replicas: 2
  roles:
  - name: prefill
    replicas: 3
    template: {spec: {containers: [{name: m, image: 'vllm/vllm-openai:v0.10.0', args: [--model=org/name]}]}}
  - name: web
    template: {spec: {containers: [{name: n, image: 'nginx:1.29'}]}}
",
        );
        insta::assert_snapshot!(found, @"
        server p-prefill
          image vllm/vllm-openai literal
          image_pin version literal
          model org/name literal
          engine vllm literal
          replicas_min 6 resolved
          replicas_max 6 resolved
        ");
    }
}
