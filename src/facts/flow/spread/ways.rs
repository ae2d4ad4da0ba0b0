//! Every way to a node, not only a shortest one.

use super::{Crossing, Graph, Reach, Spread, World, crossing, onwards};

impl Spread {
    /// The edges that lie on some way to a node on which no node occurs twice, in the order of the graph: in the
    /// certain world, or in the possible one.
    pub fn ways(&self, graph: &Graph<'_>, target: usize, certain: bool) -> Vec<usize> {
        let (reach, world) = if certain { (&self.certain, World::Certain) } else { (&self.possible, World::Possible) };
        let crossed: Vec<usize> = (0..graph.edges.len()).filter(|edge| self.crosses(graph, reach, world, *edge)).collect();
        let sources: Vec<usize> = crossed.iter().copied().filter(|edge| begins(graph, reach, *edge)).collect();
        let (mut out, mut into) = (vec![Vec::new(); graph.nodes.len()], vec![Vec::new(); graph.nodes.len()]);
        for edge in &crossed {
            let ends = &graph.edges[*edge];
            out[ends.from].push(ends.to);
            into[ends.to].push(ends.from);
        }
        let ways = Ways { graph, sources, out };
        let arriving = reached(&into, &[target], None);
        let on_the_way = |edge: &usize| arriving[graph.edges[*edge].to] && ways.simple(*edge, target);
        crossed.into_iter().filter(on_the_way).collect()
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

/// The nodes that are reached from some, those among them, past a node that is to be avoided.
fn reached(next: &[Vec<usize>], from: &[usize], avoid: Option<usize>) -> Vec<bool> {
    let mut found = vec![false; next.len()];
    let mut stack: Vec<usize> = from.to_vec();
    while let Some(node) = stack.pop() {
        if Some(node) != avoid && !std::mem::replace(&mut found[node], true) {
            stack.extend(&next[node]);
        }
    }
    found
}

/// The edges that a walk crosses.
struct Ways<'g, 'm> {
    graph: &'g Graph<'m>,
    /// Those on which it begins.
    sources: Vec<usize>,
    /// By node, the nodes to which it goes on.
    out: Vec<Vec<usize>>,
}

impl Ways<'_, '_> {
    /// Whether something comes to an edge without having been at its end, and gets from its end to the target without
    /// coming back.
    fn simple(&self, at: usize, target: usize) -> bool {
        let edge = &self.graph.edges[at];
        let goes = reached(&self.out, &[edge.to], None);
        // Where nothing comes back, every way is one on which no node occurs twice.
        if !goes[edge.from] {
            return true;
        }
        let comes = self.sources.contains(&at) || {
            let first = self.sources.iter().map(|source| &self.graph.edges[*source]).filter(|source| source.from != edge.to);
            let first: Vec<usize> = first.map(|source| source.to).collect();
            reached(&self.out, &first, Some(edge.to))[edge.from]
        };
        comes && reached(&self.out, &[edge.to], Some(edge.from))[target]
    }
}
