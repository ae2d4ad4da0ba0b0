//! Every way to a node, not only a shortest one.
//!
//! What is looked at is what the walk met, and of that only what gets to the node.

use std::collections::{BTreeMap, BTreeSet};

use super::{Crossing, Graph, Spread, World, crossing, onwards};

impl Spread {
    /// The edges that lie on some way to a node on which no node occurs twice, in the order of the graph: in the
    /// certain world, or in the possible one.
    pub fn ways(&self, graph: &Graph<'_>, target: usize, certain: bool) -> Vec<usize> {
        let reach = if certain { &self.certain } else { &self.possible };
        let mut crossed = self.crossed(graph, certain);
        crossed.retain(|edge| graph.edges[*edge].to != reach.start);
        let mut into: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for edge in crossed.iter().map(|edge| &graph.edges[*edge]) {
            into.entry(edge.to).or_default().push(edge.from);
        }
        let arriving = arriving(&into, target);
        crossed.retain(|edge| arriving.contains(&graph.edges[*edge].to));
        let begins = |edge: usize| {
            graph.edges[edge].from == reach.start || u32::try_from(edge).is_ok_and(|edge| reach.begun.contains(&edge))
        };
        let nodes: Vec<usize> = arriving.into_iter().collect();
        let at = |node: usize| nodes.binary_search(&node).ok();
        let legs = crossed.iter().filter_map(|edge| {
            let (from, to) = (at(graph.edges[*edge].from)?, at(graph.edges[*edge].to)?);
            Some(Leg { edge: *edge, from, to, begins: begins(*edge) })
        });
        at(target).map_or_else(Vec::new, |target| Ways::of(legs.collect(), nodes.len()).simple(target))
    }

    /// The edges that the walk crosses, from the front, in the order of the graph.
    pub fn crossed(&self, graph: &Graph<'_>, certain: bool) -> Vec<usize> {
        let (reach, world) = if certain { (&self.certain, World::Certain) } else { (&self.possible, World::Possible) };
        let through = reach.by.iter().map(|(node, _)| *node as usize).filter(|node| onwards(graph, self.cargo, world, *node));
        let leaving = std::iter::once(reach.start).chain(through).flat_map(|node| graph.leaving(node));
        let mut edges: Vec<usize> = leaving.chain(reach.begun.iter().map(|edge| *edge as usize)).collect();
        edges.retain(|edge| crossing(&graph.edges[*edge], self.cargo, world) == Some(Crossing::Front));
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

/// The nodes from which a node is reached, itself among them.
fn arriving(into: &BTreeMap<usize, Vec<usize>>, target: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut stack = vec![target];
    while let Some(node) = stack.pop() {
        if found.insert(node) {
            stack.extend(into.get(&node).into_iter().flatten());
        }
    }
    found
}

/// An edge that the walk crosses, between nodes that are numbered anew.
struct Leg {
    /// Its number in the graph.
    edge: usize,
    from: usize,
    to: usize,
    /// Whether the walk begins on it.
    begins: bool,
}

/// The edges that a walk crosses towards a node.
struct Ways {
    legs: Vec<Leg>,
    /// By node, the nodes to which it goes on.
    out: Vec<Vec<usize>>,
    /// By node, the nodes from which something comes to it.
    into: Vec<Vec<usize>>,
}

impl Ways {
    fn of(legs: Vec<Leg>, nodes: usize) -> Self {
        let (mut out, mut into) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        for leg in &legs {
            out[leg.from].push(leg.to);
            into[leg.to].push(leg.from);
        }
        Self { legs, out, into }
    }

    /// Those on some way to the node on which no node occurs twice.
    fn simple(&self, target: usize) -> Vec<usize> {
        // Where nothing comes back, every way is one on which no node occurs twice.
        let (after, before) = (peeled(&self.out, &self.into), peeled(&self.into, &self.out));
        let straight = |node: usize| after[node] || before[node];
        let simple = |leg: &&Leg| straight(leg.from) || straight(leg.to) || self.once(leg, target);
        self.legs.iter().filter(simple).map(|leg| leg.edge).collect()
    }

    /// Whether something comes to an edge without having been at its end, and gets from its end to the target without
    /// coming back.
    fn once(&self, leg: &Leg, target: usize) -> bool {
        if !self.reached(&[leg.to], None)[leg.from] {
            return true;
        }
        let comes = leg.begins || {
            let first = self.legs.iter().filter(|first| first.begins && first.from != leg.to).map(|first| first.to);
            self.reached(&first.collect::<Vec<_>>(), Some(leg.to))[leg.from]
        };
        comes && self.reached(&[leg.to], Some(leg.from))[target]
    }

    /// The nodes that are reached from some, those among them, past a node that is to be avoided.
    fn reached(&self, from: &[usize], avoid: Option<usize>) -> Vec<bool> {
        let mut found = vec![false; self.out.len()];
        let mut stack: Vec<usize> = from.to_vec();
        while let Some(node) = stack.pop() {
            if Some(node) != avoid && !std::mem::replace(&mut found[node], true) {
                stack.extend(&self.out[node]);
            }
        }
        found
    }
}

/// The nodes to which nothing comes but from others of them: they lie on no cycle. Against the edges, those from which
/// nothing else goes on.
fn peeled(out: &[Vec<usize>], into: &[Vec<usize>]) -> Vec<bool> {
    let mut waiting: Vec<usize> = into.iter().map(Vec::len).collect();
    let mut peeled = vec![false; out.len()];
    let mut free: Vec<usize> = (0..out.len()).filter(|node| waiting[*node] == 0).collect();
    while let Some(node) = free.pop() {
        peeled[node] = true;
        for next in &out[node] {
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                free.push(*next);
            }
        }
    }
    peeled
}
