//! The accelerators that a task may get: one, or a set of alternatives of which SkyPilot takes what it finds.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject};
use crate::span::Span;

/// One of the accelerators that a task may get.
pub(super) struct Choice {
    name: String,
    /// As it is written; without it there is one.
    count: Option<f64>,
    span: Span,
}

impl Choice {
    /// `H100:8`, `H100`.
    fn parse(text: &str, span: Span) -> Option<Self> {
        let (name, count) = match text.trim().split_once(':') {
            Some((name, count)) => (name, Some(count.trim().parse().ok().filter(|count: &f64| count.is_finite())?)),
            None => (text, None),
        };
        let name = name.trim().to_owned();
        (!name.is_empty()).then_some(Self { name, count, span })
    }

    fn shown(&self) -> String {
        self.count.map_or_else(|| self.name.clone(), |count| format!("{}:{count}", self.name))
    }
}

/// The choices that resources leave: their own, or those of their alternatives.
pub(super) fn choices(resources: Node<'_>) -> Vec<Choice> {
    let alternatives = resources.any(&["any_of", "ordered"]).into_iter().flat_map(Node::items);
    let nested: Vec<Node<'_>> = alternatives.filter_map(|one| one.get("accelerators")).collect();
    let nodes = if nested.is_empty() { resources.get("accelerators").into_iter().collect() } else { nested };
    let mut found: Vec<Choice> = Vec::new();
    for choice in nodes.into_iter().flat_map(of_node) {
        if !found.iter().take(64).any(|known| known.shown() == choice.shown()) {
            found.push(choice);
        }
    }
    found
}

fn of_node(node: Node<'_>) -> Vec<Choice> {
    if node.is_mapping() {
        // `{H100: 8}`; `{H100:8}` is a key without a value to YAML, and means the same.
        let counted =
            node.entries().map(|(name, count)| Choice { name: name.to_owned(), count: count.number(), span: count.span() });
        let blank = node.blanks().filter_map(|(text, span)| Choice::parse(text, span));
        return counted.chain(blank).collect();
    }
    let texts = node.each().into_iter().filter_map(|one| Some((one.text()?, one.span())));
    texts.flat_map(|(text, span)| text.split(',').filter_map(move |one| Choice::parse(one, span))).collect()
}

/// The number that all choices have in common.
pub(super) fn common_count(choices: &[Choice]) -> Option<f64> {
    let first = choices.first()?.count.unwrap_or(1.0);
    let same = choices.iter().all(|choice| choice.count.unwrap_or(1.0).to_bits() == first.to_bits());
    // A slice of TPUs counts as one, whatever is in it.
    (same && !choices.iter().any(|choice| choice.name.starts_with("tpu"))).then_some(first)
}

/// Notes product, number and nodes.
pub(super) fn note(subject: &mut Subject, choices: &[Choice], nodes: Option<(f64, Node<'_>)>) {
    let pods = nodes.filter(|(count, _)| *count > 1.0);
    if let Some(first) = choices.first() {
        note_type(subject, choices, first);
        note_count(subject, choices, first, pods.map(|(count, _)| count));
    }
    if let Some((count, node)) = pods {
        subject.literal(Attribute::Pods, count, node.span());
    }
}

fn all_shown(choices: &[Choice]) -> String {
    choices.iter().map(Choice::shown).collect::<Vec<_>>().join(" | ")
}

fn note_type(subject: &mut Subject, choices: &[Choice], first: &Choice) {
    let memory_only = first.name.starts_with(|c: char| c.is_ascii_digit());
    if memory_only || choices.iter().any(|choice| !choice.name.eq_ignore_ascii_case(&first.name)) {
        subject.unresolved(Attribute::GpuType, all_shown(choices), first.span);
    } else {
        subject.literal(Attribute::GpuType, first.name.clone(), first.span);
    }
}

fn note_count(subject: &mut Subject, choices: &[Choice], first: &Choice, pods: Option<f64>) {
    let Some(count) = common_count(choices) else {
        if !first.name.starts_with("tpu") {
            subject.unresolved(Attribute::GpuCount, all_shown(choices), first.span);
        }
        return;
    };
    let standing = match (first.count, pods) {
        (None, _) => Standing::Inferred,
        (_, Some(_)) => Standing::Resolved,
        _ => Standing::Literal,
    };
    let written = match pods {
        Some(pods) => format!("{} on {pods} nodes", all_shown(choices)),
        None => all_shown(choices),
    };
    let value = Some(Content::Number(count * pods.unwrap_or(1.0)));
    subject.note(Fact { attribute: Attribute::GpuCount, value, written, standing, span: first.span });
}
