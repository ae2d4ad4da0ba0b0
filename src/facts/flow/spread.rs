//! How far something gets in the graph, and on which way.
//!
//! Each question is asked in two worlds: in the certain one everything undeclared protects, in the
//! possible one nothing undeclared does. What is reached in the first is reached; what is reached in
//! the second only is undecided, for want of what its way lacks; what is reached in neither is not.
//! Every walk is breadth first, so that the way kept is a shortest one, and costs no more than the
//! nodes and edges that it meets.

mod ways;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::rc::Rc;

use super::graph::{Controls, Edge, Graph, Level, Passage, Purpose};
use crate::manifest::describe::Section;
use crate::manifest::value::{Gap, Gaps};
use crate::syntax::tree::Place;

/// How much is taken for granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// Whatever is undeclared protects.
    Certain,
    /// Whatever is undeclared does not protect.
    Possible,
}

/// What has to get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cargo {
    /// A data set, at no less than this level.
    Data(usize, Level),
    /// What a model remembers, at no less than this level. Answers carry it whatever they are declared
    /// to carry.
    Memory(Level),
    /// A model's output, past none of these controls.
    Output(Controls, Approval),
}

/// Whether a tool's approval by a person stops what passes through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    Stops,
    Ignored,
}

/// The nodes that one walk reached.
#[derive(Debug, Default)]
pub struct Reach {
    start: usize,
    /// Each node that was reached, in order, with the edge by which it was reached first; the start has none.
    by: Vec<(u32, u32)>,
    /// Edges on which the cargo turns up without having come from the start.
    begun: HashSet<u32>,
    /// Models that were reached only from the side, by training or evaluation: the edge.
    aside: BTreeMap<u32, u32>,
}

impl Reach {
    /// The edge by which a node was reached, from the front or from the side.
    pub fn edge(&self, node: usize) -> Option<usize> {
        let aside = || u32::try_from(node).ok().and_then(|node| self.aside.get(&node)).map(|edge| *edge as usize);
        self.front(node).or_else(aside)
    }

    /// The edge by which a node was reached from the front.
    fn front(&self, node: usize) -> Option<usize> {
        let node = u32::try_from(node).ok()?;
        self.by.binary_search_by_key(&node, |(reached, _)| *reached).ok().map(|at| self.by[at].1 as usize)
    }

    /// Whether a node was reached in such a way that things go on from there.
    pub fn through(&self, node: usize) -> bool {
        self.front(node).is_some()
    }

    fn begin(&mut self, edge: usize) {
        self.begun.extend(u32::try_from(edge));
    }

    /// The edges from the start to a node.
    pub fn way(&self, graph: &Graph<'_>, node: usize) -> Vec<usize> {
        let mut way = Vec::new();
        let mut last = self.edge(node);
        while let Some(edge) = last {
            way.push(edge);
            let from = graph.edges[edge].from;
            if from == self.start || u32::try_from(edge).is_ok_and(|edge| self.begun.contains(&edge)) {
                break;
            }
            last = self.front(from);
        }
        way.reverse();
        way
    }
}

/// The same walk in both worlds.
#[derive(Debug, Clone)]
pub struct Spread {
    cargo: Cargo,
    certain: Rc<Reach>,
    possible: Rc<Reach>,
}

impl Spread {
    /// Walks from a node.
    pub fn from(graph: &Graph<'_>, start: usize, cargo: Cargo, carrying: &[usize]) -> Self {
        let certain = Rc::new(walk(graph, start, cargo, carrying, World::Certain));
        let possible = Rc::new(walk(graph, start, cargo, carrying, World::Possible));
        Self { cargo, certain, possible }
    }

    /// Whether it reaches a node.
    pub fn reaches(&self, graph: &Graph<'_>, node: usize) -> Result<bool, Gaps> {
        self.answer(graph, node, |reach| reach.edge(node).is_some())
    }

    /// Whether it reaches a node in such a way that things go on from there: a model's context.
    pub fn enters(&self, graph: &Graph<'_>, node: usize) -> Result<bool, Gaps> {
        self.answer(graph, node, |reach| reach.through(node))
    }

    fn answer(&self, graph: &Graph<'_>, node: usize, test: impl Fn(&Reach) -> bool) -> Result<bool, Gaps> {
        if test(&self.certain) {
            Ok(true)
        } else if test(&self.possible) {
            Err(self.lacks(graph, node))
        } else {
            Ok(false)
        }
    }

    /// Whether it may reach a node.
    pub fn may_reach(&self, node: usize) -> bool {
        self.possible.edge(node).is_some()
    }

    /// The nodes that may be reached.
    pub fn nodes(&self) -> Vec<usize> {
        let mut nodes: Vec<usize> = self
            .possible
            .by
            .iter()
            .map(|(node, _)| *node)
            .chain(self.possible.aside.keys().copied())
            .map(|node| node as usize)
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// Those of them that are of a section, in the order of the manifest.
    pub fn of_section(&self, graph: &Graph<'_>, section: Section) -> impl Iterator<Item = usize> {
        let nodes = graph.of_section(section);
        self.nodes().into_iter().filter(move |node| nodes.contains(node))
    }

    /// The way to a node: the certain one, else the possible one.
    pub fn way(&self, graph: &Graph<'_>, node: usize) -> Vec<usize> {
        let reach = if self.certain.edge(node).is_some() { &self.certain } else { &self.possible };
        reach.way(graph, node)
    }

    /// The last edge of the way to a node.
    pub fn last(&self, node: usize) -> Option<usize> {
        self.certain.edge(node).or_else(|| self.possible.edge(node))
    }

    /// What would have to be declared for the possible way to a node to be certain, or impossible.
    fn lacks(&self, graph: &Graph<'_>, node: usize) -> Gaps {
        let mut gaps = Gaps::default();
        let way = self.possible.way(graph, node);
        for (at, edge) in way.iter().enumerate() {
            let edge = &graph.edges[*edge];
            if passes(&edge.passage, self.cargo, World::Certain) {
                // Nothing of the edge itself.
            } else if let Some(doubt) = &edge.passage.doubt {
                gaps = gaps.and(doubt.clone());
            }
            if let Purpose::Unknown(doubt) = &edge.purpose {
                gaps = gaps.and(doubt.clone());
            }
            if at > 0 {
                let node = &graph.nodes[edge.from];
                if !passes(&node.passage, self.cargo, World::Certain)
                    && let Some(doubt) = &node.passage.doubt
                {
                    gaps = gaps.and(doubt.clone());
                }
            }
        }
        // Data that turns up on an edge, and nothing says how it got there.
        if let (Cargo::Data(..), Some(first)) = (self.cargo, way.first().map(|edge| &graph.edges[*edge]))
            && first.from != self.possible.start
            && graph.nodes[first.from].section != Section::Actors
        {
            let place = first.flow.as_ref().and_then(|flow| flow.place).or(first.place);
            gaps = gaps.and(unexplained(place));
        }
        gaps
    }
}

fn unexplained(place: Option<Place>) -> Gaps {
    match place {
        Some(at) => Gaps::one(Gap::key(at, "from")),
        None => Gaps::default(),
    }
}

/// Whether cargo gets past what is done to it here.
fn passes(passage: &Passage, cargo: Cargo, world: World) -> bool {
    if world == World::Certain && !passage.exists {
        return false;
    }
    match (cargo, world) {
        (Cargo::Data(_, level) | Cargo::Memory(level), World::Certain) => passage.surely >= level,
        (Cargo::Data(_, level) | Cargo::Memory(level), World::Possible) => passage.perhaps >= level,
        (Cargo::Output(gate, _), World::Certain) => !passage.controls.1.meets(gate),
        (Cargo::Output(gate, _), World::Possible) => !passage.controls.0.meets(gate),
    }
}

/// Whether what arrives at a node goes on from there. People and parties keep what they receive.
fn onwards(graph: &Graph<'_>, cargo: Cargo, world: World, node: usize) -> bool {
    let declared = &graph.nodes[node];
    if matches!(declared.section, Section::Actors | Section::Parties) {
        return false;
    }
    if let Cargo::Output(_, approval) = cargo {
        let (surely, perhaps) = declared.approval;
        let stopped = if world == World::Certain { perhaps } else { surely };
        return !(stopped && approval == Approval::Stops);
    }
    passes(&declared.passage, cargo, world)
}

/// How cargo arrives at the end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crossing {
    /// From the front: things go on from there.
    Front,
    /// From the side: whoever runs the model receives it, its context does not.
    Aside,
}

/// Whether cargo gets over an edge that leaves a place where it is.
fn crossing(edge: &Edge<'_>, cargo: Cargo, world: World) -> Option<Crossing> {
    if let (Cargo::Data(dataset, _), Some(carries)) = (cargo, &edge.carries)
        && !carries.contains(&dataset)
    {
        return None;
    }
    if !passes(&edge.passage, cargo, world) {
        return None;
    }
    let aside = match &edge.purpose {
        Purpose::Apart => true,
        Purpose::Through => false,
        Purpose::Unknown(_) => world == World::Certain && !matches!(cargo, Cargo::Output(..)),
    };
    Some(if aside { Crossing::Aside } else { Crossing::Front })
}

fn walk(graph: &Graph<'_>, start: usize, cargo: Cargo, carrying: &[usize], world: World) -> Reach {
    let reach = Reach { start, ..Reach::default() };
    let mut walk = Walk { graph, cargo, world, reach, by: BTreeMap::new(), queue: VecDeque::from([start]) };
    // What people bring along on an edge begins there.
    for edge in carrying.iter().filter(|edge| graph.nodes[graph.edges[**edge].from].section == Section::Actors) {
        walk.reach.begin(*edge);
        walk.cross(*edge);
    }
    walk.drain();
    if let (Cargo::Data(dataset, level), World::Possible) = (cargo, world)
        && level > Level::Nothing
        && !carrying.is_empty()
    {
        // An edge that names the data set although nothing brings it to where the edge begins. What was
        // stopped on the way there was brought: that is asked past every control.
        let brought = self::walk(graph, start, Cargo::Data(dataset, Level::Nothing), carrying, world);
        let begins = |edge: &usize| graph.edges[*edge].from;
        let unexplained: Vec<usize> =
            carrying.iter().copied().filter(|edge| begins(edge) != start && !brought.through(begins(edge))).collect();
        for edge in unexplained {
            walk.reach.begin(edge);
            walk.cross(edge);
        }
        walk.drain();
    }
    walk.reach.by = walk.by.into_iter().collect();
    walk.reach
}

/// A walk on its way.
struct Walk<'g, 'm> {
    graph: &'g Graph<'m>,
    cargo: Cargo,
    world: World,
    reach: Reach,
    /// By node, the edge by which it was reached first. Most walks meet few of all nodes.
    by: BTreeMap<u32, u32>,
    queue: VecDeque<usize>,
}

impl Walk<'_, '_> {
    fn drain(&mut self) {
        while let Some(node) = self.queue.pop_front() {
            if node != self.reach.start && !onwards(self.graph, self.cargo, self.world, node) {
                continue;
            }
            for edge in self.graph.leaving(node) {
                self.cross(edge);
            }
        }
    }

    fn cross(&mut self, at: usize) {
        let edge = &self.graph.edges[at];
        let Some(crossing) = crossing(edge, self.cargo, self.world) else { return };
        let (Ok(to), Ok(by)) = (u32::try_from(edge.to), u32::try_from(at)) else { return };
        if crossing == Crossing::Aside {
            self.reach.aside.entry(to).or_insert(by);
        } else if edge.to != self.reach.start
            && let Entry::Vacant(new) = self.by.entry(to)
        {
            new.insert(by);
            self.queue.push_back(edge.to);
        }
    }
}
