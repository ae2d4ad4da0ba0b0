//! The deployment as a picture: nodes in layers, edges with numbers, leaks in double red lines.
//!
//! What is drawn is decided in `graph`, `layers`, `order` and `place` (the steps of Sugiyama's method, in this order);
//! `layout` puts it together, and everything else turns it into elements.

mod badges;
mod draw;
mod graph;
mod layers;
mod layout;
mod legend;
mod list;
mod order;
mod place;
mod shape;
#[cfg(test)]
mod tests;

use self::graph::{Graph, Strand};
use self::layout::Layout;
use crate::facts::flow::{Leak, Picture, Tag};

pub use self::list::standalone;

/// A drawing, and what its numbers stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    pub svg: String,
    /// In the order of their numbers, which run from layer to layer.
    pub edges: Vec<Numbered>,
}

/// An edge with its number in the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    pub number: usize,
    /// The id of the element that draws it, to link to. Edges between the same two nodes share one.
    pub anchor: String,
    pub from: String,
    pub to: String,
    pub purpose: String,
    /// Whether a flow declares it; if not, another section implies it.
    pub declared: bool,
    pub controls: Vec<String>,
    /// The data sets that come to the edge, and what becomes of them on it.
    pub carries: Vec<Tag>,
    /// Sensitive data sets that answers on the edge may hold because a model remembers them.
    pub memory: Vec<String>,
    pub leaks: Vec<Leak>,
}

/// Draws a picture. Ids in the drawing begin with the prefix, so that several fit into one page.
pub fn flow(picture: &Picture, prefix: &str) -> Drawn {
    let plan = Plan::of(picture, prefix);
    Drawn { svg: draw::drawing(&plan).markup() + "\n", edges: plan.edges }
}

/// What is drawn and where.
struct Plan<'p> {
    picture: &'p Picture,
    prefix: &'p str,
    graph: Graph,
    layout: Layout,
    edges: Vec<Numbered>,
    /// By strand, then by loop, the first and the last number on it.
    numbers: Vec<(usize, usize)>,
}

impl<'p> Plan<'p> {
    fn of(picture: &'p Picture, prefix: &'p str) -> Self {
        let graph = Graph::of(picture);
        let layout = layout::layout(picture, &graph);
        let mut plan = Self { picture, prefix, graph, layout, edges: Vec::new(), numbers: Vec::new() };
        plan.number();
        plan
    }

    /// Strands and loops.
    fn all(&self) -> impl Iterator<Item = &Strand> {
        self.graph.strands.iter().chain(&self.graph.loops)
    }

    fn number(&mut self) {
        let corner = |node: usize| {
            let cell = self.layout.cells[node].as_ref();
            // Layer by layer.
            cell.map_or((0.0, 0.0), |cell| if self.layout.down { (cell.y, cell.x) } else { (cell.x, cell.y) })
        };
        let strands: Vec<(usize, usize, Vec<usize>)> =
            self.all().map(|strand| (strand.from, strand.to, strand.lines.clone())).collect();
        let mut order: Vec<usize> = (0..strands.len()).collect();
        order.sort_by(|a, b| {
            let key = |at: usize| [corner(strands[at].0), corner(strands[at].1)];
            let [from, to] = key(*a);
            let [other_from, other_to] = key(*b);
            let compare = |a: (f64, f64), b: (f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
            compare(from, other_from).then(compare(to, other_to)).then(a.cmp(b))
        });
        self.numbers = vec![(0, 0); strands.len()];
        for strand in order {
            let first = self.edges.len() + 1;
            for line in &strands[strand].2 {
                let line = &self.picture.edges[*line];
                self.edges.push(Numbered {
                    number: self.edges.len() + 1,
                    anchor: format!("{}-e{first}", self.prefix),
                    from: line.from.clone(),
                    to: line.to.clone(),
                    purpose: line.purpose.clone(),
                    declared: line.declared,
                    controls: line.controls.clone(),
                    carries: line.labels.clone(),
                    memory: line.memory.clone(),
                    leaks: line.leaks.clone(),
                });
            }
            self.numbers[strand] = (first, self.edges.len());
        }
    }
}
