//! Every way to a node, not only a shortest one.

use std::collections::HashSet;

use super::{Crossing, Graph, Reach, Spread, World, crossing, onwards};

impl Spread {
    /// The edges that lie on some way to a node on which no node occurs twice, in the order of the graph: in the
    /// certain world, or in the possible one.
    pub fn ways(&self, graph: &Graph<'_>, target: usize, certain: bool) -> Vec<usize> {
        let (reach, world) = if certain { (&self.certain, World::Certain) } else { (&self.possible, World::Possible) };
        let crossed: Vec<usize> = (0..graph.edges.len()).filter(|edge| self.crosses(graph, reach, world, *edge)).collect();
        let mut ways = Ways { graph, edges: crossed, sources: Vec::new() };
        ways.sources = ways.edges.iter().copied().filter(|edge| begins(graph, reach, *edge)).collect();
        let arriving = ways.nodes_before(target);
        ways.edges.retain(|edge| arriving.contains(&graph.edges[*edge].to));
        let simple: Vec<usize> = ways.edges.iter().copied().filter(|edge| ways.simple(*edge, target)).collect();
        simple
    }

    /// Whether the walk crosses an edge.
    fn crosses(&self, graph: &Graph<'_>, reach: &Reach, world: World, at: usize) -> bool {
        let edge = &graph.edges[at];
        let here = begins(graph, reach, at) || (reach.through(edge.from) && onwards(graph, self.cargo, world, edge.from));
        here && edge.to != reach.start && crossing(edge, self.cargo, world) == Some(Crossing::Front)
    }
}

fn begins(graph: &Graph<'_>, reach: &Reach, at: usize) -> bool {
    graph.edges[at].from == reach.start || u32::try_from(at).is_ok_and(|at| reach.begun.contains(&at))
}

/// The edges that a walk crosses, and those of them on which it begins.
struct Ways<'g, 'm> {
    graph: &'g Graph<'m>,
    edges: Vec<usize>,
    sources: Vec<usize>,
}

impl Ways<'_, '_> {
    /// The nodes from which a node is reached, itself among them.
    fn nodes_before(&self, target: usize) -> HashSet<usize> {
        let mut found = HashSet::from([target]);
        loop {
            let before = found.len();
            for edge in self.edges.iter().map(|edge| &self.graph.edges[*edge]) {
                if found.contains(&edge.to) {
                    found.insert(edge.from);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// The nodes that are reached from some, without those and past a node that is to be avoided.
    fn nodes_after(&self, from: &[usize], avoid: usize) -> HashSet<usize> {
        let mut found: HashSet<usize> = from.iter().copied().filter(|node| *node != avoid).collect();
        loop {
            let before = found.len();
            for edge in self.edges.iter().map(|edge| &self.graph.edges[*edge]) {
                if found.contains(&edge.from) && edge.to != avoid {
                    found.insert(edge.to);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// Whether something comes to an edge without having been at its end, and gets from its end to the target without
    /// coming back.
    fn simple(&self, at: usize, target: usize) -> bool {
        let edge = &self.graph.edges[at];
        let comes = self.sources.contains(&at) || {
            let first = self.sources.iter().filter(|source| self.graph.edges[**source].from != edge.to);
            let first: Vec<usize> = first.map(|source| self.graph.edges[*source].to).collect();
            self.nodes_after(&first, edge.to).contains(&edge.from)
        };
        comes && self.nodes_after(&[edge.to], edge.from).contains(&target)
    }
}
