//! The size and place of every node, and the course of every strand.

use std::collections::HashMap;

use super::graph::Graph;
use super::layers;
use super::order::Grid;
use super::place::place;
use super::shape::Shape;
use crate::facts::flow::Picture;
use crate::render::svg::count;
use crate::render::svg::text::{width, wrap};

/// The width of a page's column, in which a picture should fit.
pub const PAGE: f64 = 1100.0;
/// The space around everything.
pub const MARGIN: f64 = 14.0;
/// Sizes of names and of what stands beneath them.
pub const NAME: f64 = 13.0;
pub const NOTE: f64 = 11.0;
/// Names are set bold, and bold is wider.
pub const BOLD: f64 = 1.1;
/// Between a node's outline and its text.
const PAD: f64 = 9.0;
/// Between ends of strands on the same side of a node, at most and at least.
const PORT: f64 = 14.0;
const PORT_LEAST: f64 = 9.0;
/// Room above a node with an edge to itself.
pub const LOOP: f64 = 30.0;

/// A node in its place.
#[derive(Debug, Clone)]
pub struct Cell {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub shape: Shape,
    pub name: Vec<String>,
}

/// A part of the course of a strand between two points, with level tangents: a curve from layer to layer, or a
/// straight line past a layer.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub from: (f64, f64),
    pub to: (f64, f64),
}

impl Stretch {
    /// The point at a share of the stretch.
    pub fn point(self, share: f64) -> (f64, f64) {
        let rest = 1.0 - share;
        let middle = f64::midpoint(self.from.0, self.to.0);
        let (a, b, c, d) = (rest * rest * rest, 3.0 * rest * rest * share, 3.0 * rest * share * share, share * share * share);
        (a * self.from.0 + (b + c) * middle + d * self.to.0, (a + b) * self.from.1 + (c + d) * self.to.1)
    }
}

/// The course of a strand from left to right.
#[derive(Debug, Clone)]
pub struct Course {
    pub stretches: Vec<Stretch>,
    /// Whether the strand runs from right to left.
    pub back: bool,
}

/// Everything in its place.
#[derive(Debug)]
pub struct Layout {
    /// By position in the picture.
    pub cells: Vec<Option<Cell>>,
    /// By strand.
    pub courses: Vec<Course>,
    /// The rectangle that is taken, from the origin.
    pub width: f64,
    pub height: f64,
}

/// One part, laid out for itself.
struct Part {
    nodes: Vec<usize>,
    strands: Vec<usize>,
    layers: layers::Layers,
}

/// Lays out a graph.
pub fn layout(picture: &Picture, graph: &Graph) -> Layout {
    let parts: Vec<Part> = graph.parts.iter().map(|nodes| part(picture, graph, nodes)).collect();
    let columns = parts.iter().flat_map(|part| &part.layers.layer).max().map_or(1, |last| last + 1);
    let across = columns_of(picture, graph, columns);
    let mut layout = Layout {
        cells: vec![None; picture.nodes.len()],
        courses: vec![Course { stretches: Vec::new(), back: false }; graph.strands.len()],
        width: 2.0 * MARGIN + count(columns) * across.node + count(columns - 1) * across.gap,
        height: MARGIN,
    };
    for part in &parts {
        let used = lay(picture, graph, part, &across, &mut layout);
        layout.height += used + 26.0;
    }
    layout.height += MARGIN - if parts.is_empty() { 0.0 } else { 26.0 };
    layout
}

fn part(picture: &Picture, graph: &Graph, nodes: &[usize]) -> Part {
    let place: HashMap<usize, usize> = nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
    let within = |strand: &usize| place.contains_key(&graph.strands[*strand].from);
    let strands: Vec<usize> = (0..graph.strands.len()).filter(within).collect();
    let links: Vec<layers::Link> = strands.iter().map(|strand| graph.link(*strand, &place, picture)).collect();
    Part { nodes: nodes.to_vec(), strands, layers: layers::assign(nodes.len(), &links) }
}

/// Widths of nodes and of what is between them.
struct Across {
    node: f64,
    gap: f64,
}

/// Nodes as wide as their names want, within what the page has room for; more layers than that, and the picture is
/// wider than the page.
fn columns_of(picture: &Picture, graph: &Graph, columns: usize) -> Across {
    let room = PAGE - 2.0 * MARGIN;
    let least = 58.0;
    let wanted = graph.parts.iter().flatten().map(|node| {
        let name = &picture.nodes[*node].id;
        let text = width(name, NAME) * BOLD;
        // Two lines are as good as one.
        (if text > 124.0 { text / 2.0 + 24.0 } else { text }).max(84.0) + 2.0 * PAD + 12.0
    });
    let wanted = wanted.fold(108.0, f64::max).min(156.0);
    let affordable = (room - least * count(columns - 1)) / count(columns);
    let node = wanted.min(affordable.max(116.0)).floor();
    let gap = if columns > 1 { (room - node * count(columns)) / count(columns - 1) } else { least };
    Across { node, gap: gap.clamp(least, 104.0).floor() }
}

/// The size of a node: its name in one line or two, and no less than its strands need.
pub fn cell(picture: &Picture, node: usize, width: f64, ends: usize) -> Cell {
    let spot = &picture.nodes[node];
    let shape = Shape::of(spot);
    let name = wrap(&crate::render::svg::text::clean(&spot.id), NAME * BOLD, width - 2.0 * (PAD + shape.inset()));
    let text = 30.0 + 15.0 * count(name.len()) + shape.above();
    let height = text.max(PORT_LEAST * count(ends.saturating_sub(1)) + 24.0 + shape.above());
    Cell { x: 0.0, y: 0.0, width, height, shape, name }
}

/// Lays out one part beneath what is there; the height that it takes.
fn lay(picture: &Picture, graph: &Graph, part: &Part, across: &Across, layout: &mut Layout) -> f64 {
    let place_of: HashMap<usize, usize> = part.nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
    let back = &part.layers.back;
    let ends = |at: usize| {
        let strand = &graph.strands[part.strands[at]];
        let (from, to) = (place_of[&strand.from], place_of[&strand.to]);
        if back[at] { (to, from) } else { (from, to) }
    };
    let edges: Vec<(usize, usize)> = (0..part.strands.len()).map(ends).collect();
    let grid = Grid::of(&part.layers.layer, &edges);
    let looped = |node: usize| graph.loops.iter().any(|strand| strand.from == node);
    let mut sizes = vec![0.0; grid.layer.len()];
    let mut cells = Vec::new();
    for (at, node) in part.nodes.iter().enumerate() {
        let out = edges.iter().filter(|(low, _)| *low == at).count();
        let into = edges.iter().filter(|(_, high)| *high == at).count();
        let cell = cell(picture, *node, across.node, out.max(into));
        sizes[at] = cell.height + if looped(*node) { 2.0 * LOOP } else { 0.0 };
        cells.push(cell);
    }
    let middle = place(&grid, &sizes);
    let left = |layer: usize| MARGIN + count(layer) * (across.node + across.gap);
    for (at, cell) in cells.iter_mut().enumerate() {
        cell.x = left(grid.layer[at]).round();
        cell.y = (layout.height + middle[at] - cell.height / 2.0).round();
    }
    for (edge, chain) in grid.chains.iter().enumerate() {
        let (low, high) = (chain[0], chain[chain.len() - 1]);
        let leaves = port(&grid, &middle, &cells[low], low, edge, true);
        let arrives = port(&grid, &middle, &cells[high], high, edge, false);
        let mut stretches = Vec::new();
        let mut from = leaves;
        for passing in &chain[1..chain.len() - 1] {
            let (x, y) = (left(grid.layer[*passing]), layout.height + middle[*passing]);
            stretches.push(Stretch { from, to: (x, y) });
            from = (x + across.node, y);
            stretches.push(Stretch { from: (x, y), to: from });
        }
        stretches.push(Stretch { from, to: arrives });
        layout.courses[part.strands[edge]] = Course { stretches, back: back[edge] };
    }
    let used = (0..grid.layer.len()).map(|cell| middle[cell] + sizes[cell] / 2.0).fold(0.0, f64::max);
    for (cell, node) in cells.into_iter().zip(&part.nodes) {
        layout.cells[*node] = Some(cell);
    }
    used
}

/// Where an edge meets a node: in the order of what is at the other ends, evenly about the middle of the side.
fn port(grid: &Grid, middle: &[f64], cell: &Cell, node: usize, edge: usize, leaving: bool) -> (f64, f64) {
    let end = |chain: &[usize]| if leaving { (chain[0], chain[1]) } else { (chain[chain.len() - 1], chain[chain.len() - 2]) };
    let mut ends: Vec<(f64, usize)> = Vec::new();
    for (at, chain) in grid.chains.iter().enumerate() {
        let (own, other) = end(chain);
        if own == node {
            ends.push((middle[other], at));
        }
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let rank = ends.iter().position(|(_, at)| *at == edge).unwrap_or(0);
    let between = count(ends.len().saturating_sub(1));
    let room = cell.height - 24.0 - cell.shape.above();
    let space = if between > 0.0 { (room / between).min(PORT) } else { 0.0 };
    let off = (count(rank) - between / 2.0) * space;
    let y = cell.y + f64::midpoint(cell.height, cell.shape.above()) + off;
    let inset = cell.shape.side(cell, y);
    (if leaving { cell.x + cell.width - inset } else { cell.x + inset }, y)
}
