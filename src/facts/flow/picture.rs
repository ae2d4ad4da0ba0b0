//! The graph as plain data, for those who want to see it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::text;
use super::graph::{Level, Purpose};
use super::leaks::{self, Leak};
use super::memories::Memory;
use super::{Flow, Label, of_level};
use crate::manifest::describe::Section;
use crate::manifest::value::Gaps;

/// A graph to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub nodes: Vec<Spot>,
    pub edges: Vec<Line>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub id: String,
    pub section: Section,
    /// What it is of its section: the kind of a component, model, actor or party, the role of a data set.
    pub kind: Option<String>,
}

/// An edge with what travels on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub from: String,
    pub to: String,
    /// The purpose of a flow, or what implies the edge.
    pub purpose: String,
    /// Whether a flow declares it.
    pub declared: bool,
    /// The controls on it.
    pub controls: Vec<String>,
    /// The data sets that reach the edge, in the order of the manifest.
    pub labels: Vec<Tag>,
    /// Sensitive data sets that answers on this edge may hold because a model remembers them.
    pub memory: Vec<String>,
    /// What travels here on its way to people who are not entitled to it.
    pub leaks: Vec<Leak>,
}

/// One data set on one edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub dataset: String,
    /// Whether it is sensitive, if that is known.
    pub sensitive: Option<bool>,
    pub fate: Fate,
}

/// What becomes of a data set on an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It passes as it came.
    Passes,
    /// It passes with recognised identifiers taken out.
    Redacted,
    /// A control stops it.
    Stopped,
    /// Something undeclared decides.
    Undecided,
}

impl Picture {
    /// The part around some nodes: what lies on a way from or to them.
    #[must_use]
    pub fn about(&self, id: &str) -> Self {
        let touches = |line: &&Line| {
            line.from == id
                || line.to == id
                || line.memory.iter().any(|dataset| dataset == id)
                || line.labels.iter().any(|label| label.dataset == id && label.fate != Fate::Stopped)
                || line.leaks.iter().any(|leak| leak.dataset == id || leak.actor == id)
        };
        let mut edges: Vec<Line> = self.edges.iter().filter(touches).cloned().collect();
        if self.nodes.iter().any(|spot| spot.id == id && spot.section == Section::Datasets) {
            for edge in &mut edges {
                edge.labels.retain(|label| label.dataset == id);
                edge.memory.retain(|dataset| dataset == id);
                edge.leaks.retain(|leak| leak.dataset == id);
            }
        }
        let shown = |spot: &&Spot| spot.id == id || edges.iter().any(|edge| edge.from == spot.id || edge.to == spot.id);
        Self { nodes: self.nodes.iter().filter(shown).cloned().collect(), edges }
    }
}

/// Draws it.
pub fn of<'m>(flow: &Rc<Flow<'m>>) -> Picture {
    let graph = &flow.graph;
    let kind = |node: &super::graph::Node<'m>| {
        let field = if node.section == Section::Datasets { "role" } else { "kind" };
        text(&flow.view, &node.value, field).ok().map(std::borrow::Cow::into_owned)
    };
    let spot = |node: &super::graph::Node<'m>| Spot { id: node.id.to_owned(), section: node.section, kind: kind(node) };
    let nodes = graph.nodes.iter().map(spot).collect();
    let memories = super::memories::of(flow);
    let mut leaks = leaks::of(flow, &memories);
    let mut remembered = remembered(flow, &memories);
    let mut edges = Vec::new();
    for (at, edge) in graph.edges.iter().enumerate() {
        let here = super::carried::candidates(flow, at).into_iter().map(|label| &flow.labels[label]);
        let labels = here.filter_map(|label| tag(flow, label, at)).collect();
        let step = flow.hop(at);
        let controls = flow.controls_of(&step);
        edges.push(Line {
            from: step.from.to_owned(),
            to: step.to.to_owned(),
            purpose: if step.purpose.is_empty() { "flow".to_owned() } else { step.purpose.to_owned() },
            declared: edge.flow.is_some(),
            controls,
            labels,
            memory: remembered.remove(&at).unwrap_or_default().into_iter().collect(),
            leaks: leaks.edges.remove(&at).unwrap_or_default(),
        });
    }
    // Weights: from what a model was made to the model.
    for model in graph.of_section(Section::Models) {
        let mut seen = BTreeSet::new();
        for base in graph.bases[model].iter().map(|(base, _)| *base).filter(|base| seen.insert(*base)) {
            edges.push(Line {
                from: graph.nodes[base].id.to_owned(),
                to: graph.nodes[model].id.to_owned(),
                purpose: "base".to_owned(),
                declared: false,
                controls: Vec::new(),
                labels: Vec::new(),
                memory: Vec::new(),
                leaks: leaks.bases.get(&(base, model)).cloned().unwrap_or_default(),
            });
        }
    }
    Picture { nodes, edges }
}

/// By edge, what the models whose answers travel on it remember, as far as what is left of it there may be sensitive.
fn remembered<'m>(flow: &Flow<'m>, memories: &[Rc<Memory<'m>>]) -> BTreeMap<usize, BTreeSet<String>> {
    let mut remembered: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for memory in memories {
        let label = &flow.labels[memory.label];
        let sensitive = label.sensitive(flow, &|level| memory.enters(flow, level));
        let Some(spreads) = flow.memory.get(&memory.model) else { continue };
        if sensitive == Ok(false) || memory.private == Ok(true) {
            continue;
        }
        let level = label.least(false);
        for edge in of_level(spreads, level).crossed(&flow.graph, false) {
            remembered.entry(edge).or_default().insert(flow.graph.nodes[label.dataset].id.to_owned());
        }
    }
    remembered
}

fn tag(flow: &Flow<'_>, label: &Label, at: usize) -> Option<Tag> {
    let edge = &flow.graph.edges[at];
    if edge.carries.as_ref().is_some_and(|carries| !carries.contains(&label.dataset)) {
        return None;
    }
    let here =
        edge.from == label.dataset || edge.carries.is_some() || (label.spreads[2].enters(&flow.graph, edge.from) != Ok(false));
    if !here || (edge.purpose == Purpose::Apart && edge.from != label.dataset && edge.flow.is_none()) {
        return None;
    }
    let at_level = |level: Level| super::carried::travels(flow, label, at, level);
    let fate = match (at_level(Level::Released), at_level(Level::Secret)) {
        (Ok(true), _) => Fate::Passes,
        (Ok(false), Ok(true)) => Fate::Redacted,
        (_, Ok(false)) => Fate::Stopped,
        _ => Fate::Undecided,
    };
    let sensitive: Result<bool, Gaps> = label.sensitive(flow, &|_| Ok(true));
    Some(Tag { dataset: flow.graph.nodes[label.dataset].id.to_owned(), sensitive: sensitive.ok(), fate })
}
