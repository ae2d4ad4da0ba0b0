//! The deployment as a graph: what is declared as nodes, and everything that moves data between them.
//!
//! Edges are the declared flows and what other sections imply: a retrieval entry puts its sources into
//! the model's context and its store, logging copies what a served model sees into the log store, a
//! fallback receives what the model it stands in for receives, an evaluation sends its data set to the
//! model it measures and to the model that judges, and a data set contains what it is derived from.
//! Training is kept apart: what is trained on does not move on as data, it moves with the weights.

mod implied;
mod training;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::super::{list, text, word};
use crate::manifest::describe::Section;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::syntax::tree::Place;

/// How much of a data set is left after the controls on the way. Each level contains those below it,
/// because whatever takes away the name also takes away that nobody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing that points to anybody, and no secret: anonymised or aggregated.
    Nothing,
    /// Redacted: recognised identifiers are gone, secrets remain.
    Secret,
    /// Somebody or something decides who receives it; the content is all there.
    Released,
    /// As it is at the source, to whoever receives it.
    Unfiltered,
}

impl Level {
    /// Those at which something is left, highest first.
    pub const LEFT: [Self; 3] = [Self::Unfiltered, Self::Released, Self::Secret];
}

/// What an edge or a node does: what passes for certain, and what may pass if all that is undeclared
/// turns out for the worse.
#[derive(Debug, Clone)]
pub struct Passage {
    pub surely: Level,
    pub perhaps: Level,
    /// The controls that are there for certain, and those that may be.
    pub controls: (Controls, Controls),
    /// Whether there is a passage at all, for certain.
    pub exists: bool,
    /// Why the two differ.
    pub doubt: Option<Gaps>,
}

impl Passage {
    fn open() -> Self {
        Self {
            surely: Level::Unfiltered,
            perhaps: Level::Unfiltered,
            controls: (Controls::default(), Controls::default()),
            exists: true,
            doubt: None,
        }
    }

    /// A passage that may not exist at all.
    fn doubtful(mut self, gaps: Gaps) -> Self {
        self.surely = Level::Nothing;
        self.exists = false;
        self.doubt = Some(match self.doubt {
            Some(doubt) => doubt.and(gaps),
            None => gaps,
        });
        self
    }
}

/// A set of words of the enumeration of controls, by index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Controls(u16);

impl Controls {
    /// The control with this name; nothing for a word that is none.
    pub fn of(names: &[&str]) -> Self {
        let desc = crate::manifest::vocabulary::Control::DESC;
        Self(names.iter().filter_map(|name| desc.index(name)).fold(0, |set, at| set | 1 << at))
    }

    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What these controls leave of what passes.
    fn leaves(self) -> Level {
        if self.meets(Self::of(&["anonymise", "aggregate"])) {
            Level::Nothing
        } else if self.meets(Self::of(&["redact"])) {
            Level::Secret
        } else if self.meets(Self::of(&["authorise", "output_filter", "human_review"])) {
            Level::Released
        } else {
            Level::Unfiltered
        }
    }
}

/// What a node is.
#[derive(Debug, Clone)]
pub struct Node<'m> {
    pub id: &'m str,
    pub section: Section,
    pub value: Value<'m>,
    /// What happens to data that passes through.
    pub passage: Passage,
    /// A tool or executor whose calls a person approves: for certain, or perhaps.
    pub approval: (bool, bool),
}

/// What an edge is there for. The declared purposes that matter to where data goes on from a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// Data reaches what runs the model, not what others ask of it.
    Apart,
    /// Data enters the context, or passes on.
    Through,
    /// Not declared.
    Unknown(Gaps),
}

/// A movement of data.
#[derive(Debug, Clone)]
pub struct Edge<'m> {
    pub from: usize,
    pub to: usize,
    /// The purpose, as a word.
    pub word: &'m str,
    pub purpose: Purpose,
    pub passage: Passage,
    /// The data sets that it carries, by node; `None` is everything that is at the source.
    pub carries: Option<Vec<usize>>,
    /// Where it is written.
    pub place: Option<Place>,
    /// The flow, where it is declared as one.
    pub flow: Option<Value<'m>>,
}

/// A data set that is put into weights.
#[derive(Debug, Clone)]
pub struct Link<'m> {
    pub dataset: usize,
    pub model: usize,
    /// The training run, where one says it.
    pub run: Option<Value<'m>>,
    pub passage: Passage,
    pub place: Option<Place>,
    /// The run's id, or what says that the model is trained on the data set.
    pub name: &'m str,
}

/// A model that another was made from, directly or not.
#[derive(Debug, Clone, Copy)]
pub struct Ancestor {
    pub model: usize,
    /// The index, in the same list, of the model that was made from it.
    pub child: usize,
    /// Where that is said.
    pub place: Option<Place>,
}

/// The graph.
#[derive(Debug, Default)]
pub struct Graph<'m> {
    /// One section after the other, each in the order of the manifest.
    pub nodes: Vec<Node<'m>>,
    sections: Vec<(Section, Range<usize>)>,
    index: HashMap<&'m str, usize>,
    pub edges: Vec<Edge<'m>>,
    /// The edges that leave each node.
    out: Vec<Vec<u32>>,
    /// Edges that cannot be drawn, because an end is not declared.
    pub holes: Vec<Gaps>,
    pub links: Vec<Link<'m>>,
    /// The links into each node, by index.
    learned: Vec<Vec<usize>>,
    /// Training that cannot be placed.
    pub untold: Vec<Gaps>,
    /// From a model to those it was made from.
    pub bases: Vec<Vec<(usize, Option<Place>)>>,
}

impl<'m> Graph<'m> {
    /// Draws the graph of a manifest.
    pub fn of(view: &View<'m>) -> Self {
        let mut graph = Self::default();
        for section in [Section::Datasets, Section::Actors, Section::Components, Section::Models, Section::Parties] {
            let first = graph.nodes.len();
            for entry in entries(view, section.key()).unwrap_or_default() {
                graph.node(view, section, entry);
            }
            graph.sections.push((section, first..graph.nodes.len()));
        }
        graph.flows(view);
        graph.retrieval(view);
        graph.logging(view);
        graph.fallback(view);
        graph.evaluation(view);
        graph.derivation(view);
        graph.lineage(view);
        graph.training(view);
        graph.out = vec![Vec::new(); graph.nodes.len()];
        for (at, edge) in graph.edges.iter().enumerate() {
            graph.out[edge.from].push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        graph
    }

    /// The node with this id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The edges that leave a node.
    pub fn leaving(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.out[node].iter().map(|at| *at as usize)
    }

    /// The edges from one node to another that are of some kind.
    pub fn between(&self, from: usize, to: usize, kind: impl Fn(&Edge<'m>) -> bool) -> impl Iterator<Item = usize> {
        self.leaving(from).filter(move |edge| self.edges[*edge].to == to && kind(&self.edges[*edge]))
    }

    /// The nodes of a section, in the order of the manifest.
    pub fn of_section(&self, section: Section) -> Range<usize> {
        self.sections.iter().find(|(known, _)| *known == section).map_or(0..0, |(_, nodes)| nodes.clone())
    }

    /// The data sets that are put into the weights of a model itself, by index of the link.
    pub fn learned(&self, model: usize) -> &[usize] {
        &self.learned[model]
    }

    /// A model and those it was made from, nearest first.
    pub fn ancestry(&self, model: usize) -> Vec<Ancestor> {
        let mut found = vec![Ancestor { model, child: 0, place: None }];
        let mut seen = HashSet::from([model]);
        let mut next = 0;
        while let Some(at) = found.get(next).map(|ancestor| ancestor.model) {
            for (base, place) in &self.bases[at] {
                if seen.insert(*base) {
                    found.push(Ancestor { model: *base, child: next, place: *place });
                }
            }
            next += 1;
        }
        found
    }

    fn node(&mut self, view: &View<'m>, section: Section, value: Value<'m>) {
        let Some(id) = id(view, &value) else { return };
        let at = self.nodes.len();
        if self.index.contains_key(id) {
            return;
        }
        self.index.insert(id, at);
        let component = section == Section::Components;
        let passage = if component { isolation(view, &value) } else { Passage::open() };
        let approval = if component { approval(view, &value) } else { (false, false) };
        self.nodes.push(Node { id, section, value, passage, approval });
    }

    fn flows(&mut self, view: &View<'m>) {
        let Ok(flows) = list(view, &view.manifest(), "flows") else { return };
        for flow in flows.into_iter().flatten() {
            let (from, to) = match (end(view, &flow, "from"), end(view, &flow, "to")) {
                (Ok(from), Ok(to)) => (from, to),
                (from, to) => {
                    // The end that is missing is what has to be said.
                    for gaps in [from.err(), to.err()].into_iter().flatten() {
                        self.holes.push(gaps);
                    }
                    continue;
                }
            };
            // An end that no entry declares is reported as such.
            let (Some(from), Some(to)) = (self.find(from), self.find(to)) else { continue };
            let purpose = text(view, &flow, "purpose");
            let word = view.field(&flow, "purpose").ok().and_then(|value| known_word(view, &value)).unwrap_or("");
            let mut passage = controls(view, &flow);
            let carries = match self.carried(view, &flow) {
                Ok(carries) => carries,
                Err(gaps) => {
                    passage = passage.doubtful(gaps);
                    None
                }
            };
            let purpose = match (self.nodes[to].section, purpose) {
                (Section::Models, Err(gaps)) => Purpose::Unknown(gaps),
                (Section::Models, Ok(word)) if matches!(word.as_ref(), "training" | "evaluation") => Purpose::Apart,
                _ => Purpose::Through,
            };
            let place = flow.place;
            self.edges.push(Edge { from, to, word, purpose, passage, carries, place, flow: Some(flow) });
        }
    }

    /// What a flow carries: left out, everything.
    fn carried(&self, view: &View<'m>, flow: &Value<'m>) -> Result<Option<Vec<usize>>, Gaps> {
        let value = match view.field(flow, "carries") {
            Ok(value) => value,
            Err(gaps) if gaps.iter().any(|gap| gap.stated_unknown) => return Err(gaps),
            Err(_) => return Ok(None),
        };
        let names = view.elements(&value).unwrap_or_default();
        let known: Result<Vec<_>, Gaps> = names.into_iter().collect();
        Ok(Some(known?.iter().filter_map(word).filter_map(|id| self.find(&id)).collect()))
    }

    fn implied(&mut self, from: usize, to: usize, word: &'static str, purpose: Purpose, passage: Passage, place: Option<Place>) {
        self.edges.push(Edge { from, to, word, purpose, passage, carries: None, place, flow: None });
    }
}

/// The known entries of a section.
fn entries<'m>(view: &View<'m>, section: &str) -> Result<Vec<Value<'m>>, Gaps> {
    Ok(list(view, &view.manifest(), section)?.into_iter().flatten().collect())
}

/// The id of an entry, as it is written.
fn id<'m>(view: &View<'m>, entry: &Value<'m>) -> Option<&'m str> {
    let value = view.field(entry, "id").ok()?;
    view.tree.text(value.place?.node)
}

/// The id that a reference names.
fn end<'m>(view: &View<'m>, record: &Value<'m>, field: &str) -> Result<&'m str, Gaps> {
    let value = view.field(record, field)?;
    match value.data {
        Data::Ref(id, _) => Ok(id),
        _ => Err(view.gap_at(value.place)),
    }
}

fn known_word<'m>(_: &View<'m>, value: &Value<'m>) -> Option<&'m str> {
    match value.data {
        Data::Word(desc, index) => Some(desc.words[index].0),
        _ => None,
    }
}

/// What the controls of a flow leave. Controls are claims: what is left out is not there.
fn controls<'m>(view: &View<'m>, flow: &Value<'m>) -> Passage {
    let mut passage = Passage::open();
    let answers: Vec<Answer<'m>> = match view.field(flow, "controls") {
        Ok(value) => view.elements(&value).unwrap_or_default(),
        Err(gaps) => vec![Err(gaps)],
    };
    let mut undecided = false;
    for answer in answers {
        match answer {
            Ok(value) => {
                let control = word(&value).map(|name| Controls::of(&[name.as_ref()])).unwrap_or_default();
                passage.controls.0 = passage.controls.0.with(control);
            }
            Err(gaps) => {
                undecided = true;
                passage.doubt = Some(match passage.doubt.take() {
                    Some(doubt) => doubt.and(gaps),
                    None => gaps,
                });
            }
        }
    }
    passage.perhaps = passage.controls.0.leaves();
    passage.controls.1 = if undecided { Controls(u16::MAX) } else { passage.controls.0 };
    passage.surely = passage.controls.1.leaves();
    passage
}

/// An application or gateway that keeps sessions apart gives nobody what is another's.
fn isolation<'m>(view: &View<'m>, component: &Value<'m>) -> Passage {
    let mut passage = Passage::open();
    let kind = text(view, component, "kind");
    if kind.as_ref().is_ok_and(|kind| !matches!(kind.as_ref(), "app" | "gateway")) {
        return passage;
    }
    let separate = super::super::both(kind.map(|_| true), text(view, component, "sharing").map(|sharing| sharing == "per_user"));
    match separate {
        Ok(true) => (passage.surely, passage.perhaps) = (Level::Released, Level::Released),
        Ok(false) => {}
        Err(gaps) => (passage.surely, passage.doubt) = (Level::Released, Some(gaps)),
    }
    passage
}

/// Whether a person approves each call of a tool: for certain, or perhaps. What no model calls is not asked.
fn approval<'m>(view: &View<'m>, component: &Value<'m>) -> (bool, bool) {
    let callable = text(view, component, "kind").is_ok_and(|kind| matches!(kind.as_ref(), "tool" | "executor"));
    match text(view, component, "approval") {
        Ok(word) => (callable && word == "human", callable && word == "human"),
        Err(_) => (false, callable),
    }
}
