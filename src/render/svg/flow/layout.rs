//! The size and place of every node, and the course of every strand.

use std::collections::HashMap;

use super::graph::Graph;
use super::layers;
use super::order::Grid;
use super::place::place;
use super::shape::Shape;
use crate::facts::flow::Picture;
use crate::render::svg::count;
use crate::render::svg::text::{clean, width, wrap};

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
const PAD: f64 = 7.0;
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

/// A part of the course of a strand between two points, with tangents along the layers' axis: a curve from layer to
/// layer, or a straight line past a layer.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub from: (f64, f64),
    pub to: (f64, f64),
    /// Whether layers run from top to bottom.
    pub down: bool,
}

impl Stretch {
    /// The point at a share of the stretch.
    pub fn point(self, share: f64) -> (f64, f64) {
        let rest = 1.0 - share;
        let (a, b, c, d) = (rest * rest * rest, 3.0 * rest * rest * share, 3.0 * rest * share * share, share * share * share);
        let along = |from: f64, to: f64| a * from + (b + c) * f64::midpoint(from, to) + d * to;
        let across = |from: f64, to: f64| (a + b) * from + (c + d) * to;
        let ((x0, y0), (x1, y1)) = (self.from, self.to);
        if self.down { (across(x0, x1), along(y0, y1)) } else { (along(x0, x1), across(y0, y1)) }
    }

    /// How far it goes along the axis of the layers.
    pub fn length(self) -> f64 {
        if self.down { (self.to.1 - self.from.1).abs() } else { (self.to.0 - self.from.0).abs() }
    }
}

/// The course of a strand from its lower to its higher layer.
#[derive(Debug, Clone)]
pub struct Course {
    pub stretches: Vec<Stretch>,
    /// Whether the strand runs the other way.
    pub back: bool,
}

/// Everything in its place.
#[derive(Debug)]
pub struct Layout {
    /// By position in the picture.
    pub cells: Vec<Option<Cell>>,
    /// By strand.
    pub courses: Vec<Course>,
    /// Whether layers run from top to bottom.
    pub down: bool,
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

/// Lays out a graph: from left to right if a page is wide enough, else from top to bottom if that is narrower.
pub fn layout(picture: &Picture, graph: &Graph) -> Layout {
    let parts: Vec<Part> = graph.parts.iter().map(|nodes| part(picture, graph, nodes)).collect();
    let right = arrange(picture, graph, &parts, false);
    if right.width <= PAGE {
        return right;
    }
    let down = arrange(picture, graph, &parts, true);
    if down.width < right.width { down } else { right }
}

fn arrange(picture: &Picture, graph: &Graph, parts: &[Part], down: bool) -> Layout {
    let columns = parts.iter().flat_map(|part| &part.layers.layer).max().map_or(1, |last| last + 1);
    let across = columns_of(picture, graph, columns, down);
    let mut layout = Layout {
        cells: vec![None; picture.nodes.len()],
        courses: vec![Course { stretches: Vec::new(), back: false }; graph.strands.len()],
        down,
        width: 0.0,
        height: MARGIN,
    };
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            layout.height += 26.0;
        }
        lay(picture, graph, part, &across, &mut layout);
    }
    layout.height += MARGIN;
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
fn columns_of(picture: &Picture, graph: &Graph, columns: usize, down: bool) -> Across {
    let room = PAGE - 2.0 * MARGIN;
    let least = 58.0;
    let wanted = graph.parts.iter().flatten().map(|node| {
        let name = &picture.nodes[*node].id;
        let text = width(name, NAME) * BOLD;
        // Two lines are as good as one.
        (if text > 124.0 { text / 2.0 + 24.0 } else { text }).max(84.0) + 2.0 * PAD + 12.0
    });
    let wanted = wanted.fold(108.0, f64::max).min(156.0);
    if down {
        return Across { node: wanted.min(140.0).floor(), gap: least };
    }
    let affordable = (room - least * count(columns - 1)) / count(columns);
    let node = wanted.min(affordable.max(116.0)).floor();
    let gap = if columns > 1 { (room - node * count(columns)) / count(columns - 1) } else { least };
    Across { node, gap: gap.clamp(least, 104.0).floor() }
}

/// The size of a node: its name in one line or two, and no less than its strands need.
pub fn cell(picture: &Picture, node: usize, width: f64, ends: usize) -> Cell {
    let spot = &picture.nodes[node];
    let shape = Shape::of(spot);
    let name = wrap(&clean(&spot.id), NAME * BOLD, width - 2.0 * (PAD + shape.inset()));
    let text = 30.0 + 15.0 * count(name.len()) + shape.above();
    let height = text.max(PORT_LEAST * count(ends.saturating_sub(1)) + 24.0 + shape.above());
    Cell { x: 0.0, y: 0.0, width, height, shape, name }
}

/// Lays out one part beneath what is there.
fn lay(picture: &Picture, graph: &Graph, part: &Part, across: &Across, layout: &mut Layout) {
    let place_of: HashMap<usize, usize> = part.nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
    let back = &part.layers.back;
    let ends = |at: usize| {
        let strand = &graph.strands[part.strands[at]];
        let (from, to) = (place_of[&strand.from], place_of[&strand.to]);
        if back[at] { (to, from) } else { (from, to) }
    };
    let edges: Vec<(usize, usize)> = (0..part.strands.len()).map(ends).collect();
    let grid = Grid::of(&part.layers.layer, &edges);
    let down = layout.down;
    let mut sizes = vec![0.0; grid.layer.len()];
    let mut cells = Vec::new();
    for (at, node) in part.nodes.iter().enumerate() {
        let out = edges.iter().filter(|(low, _)| *low == at).count();
        let into = edges.iter().filter(|(_, high)| *high == at).count();
        let cell = cell(picture, *node, across.node, if down { 0 } else { out.max(into) });
        let looped = if graph.loops.iter().any(|strand| strand.from == *node) { 2.0 * LOOP } else { 0.0 };
        sizes[at] = looped + if down { cell.width } else { cell.height };
        cells.push(cell);
    }
    let bands = bands(&grid, &cells, across, layout);
    let middle = place(&grid, &sizes);
    for (at, cell) in cells.iter_mut().enumerate() {
        let (start, thick) = bands[grid.layer[at]];
        (cell.x, cell.y) = if down {
            (MARGIN + middle[at] - cell.width / 2.0, start + (thick - cell.height) / 2.0)
        } else {
            (start, layout.height + middle[at] - cell.height / 2.0)
        };
        (cell.x, cell.y) = (cell.x.round(), cell.y.round());
    }
    let field = Field { grid: &grid, middle: &middle, cells: &cells, bands: &bands, down, top: layout.height };
    for (edge, strand) in part.strands.iter().enumerate() {
        layout.courses[*strand] = Course { stretches: field.course(edge), back: back[edge] };
    }
    let used = (0..grid.layer.len()).map(|cell| middle[cell] + sizes[cell] / 2.0).fold(0.0, f64::max);
    let long = bands.last().map_or(0.0, |(start, thick)| start + thick);
    let (right, bottom) = if down { (MARGIN + used, long) } else { (long, layout.height + used) };
    layout.width = layout.width.max(right + MARGIN);
    layout.height = bottom;
    for (cell, node) in cells.into_iter().zip(&part.nodes) {
        layout.cells[*node] = Some(cell);
    }
}

/// Where each layer begins along their axis, and how thick it is.
fn bands(grid: &Grid, cells: &[Cell], across: &Across, layout: &Layout) -> Vec<(f64, f64)> {
    let mut start = if layout.down { layout.height } else { MARGIN };
    let mut bands = Vec::new();
    for rank in &grid.ranks {
        let tallest = rank.iter().filter_map(|cell| cells.get(*cell)).map(|cell| cell.height).fold(0.0, f64::max);
        let thick = if layout.down { tallest } else { across.node };
        bands.push((start, thick));
        start += thick + across.gap;
    }
    bands
}

/// What the course of an edge depends on.
struct Field<'f> {
    grid: &'f Grid,
    middle: &'f [f64],
    cells: &'f [Cell],
    bands: &'f [(f64, f64)],
    down: bool,
    top: f64,
}

impl Field<'_> {
    fn course(&self, edge: usize) -> Vec<Stretch> {
        let chain = &self.grid.chains[edge];
        let down = self.down;
        let mut from = self.port(edge, true);
        let mut stretches = Vec::new();
        for passing in &chain[1..chain.len() - 1] {
            let (start, thick) = self.bands[self.grid.layer[*passing]];
            let at = self.middle[*passing];
            let point = |along: f64| if down { (MARGIN + at, along) } else { (along, self.top + at) };
            stretches.push(Stretch { from, to: point(start), down });
            stretches.push(Stretch { from: point(start), to: point(start + thick), down });
            from = point(start + thick);
        }
        stretches.push(Stretch { from, to: self.port(edge, false), down });
        stretches
    }

    /// Where an edge meets a node: in the order of what is at the other ends, evenly about the middle of the side.
    fn port(&self, edge: usize, leaving: bool) -> (f64, f64) {
        let end = |chain: &[usize]| {
            let last = chain.len() - 1;
            if leaving { (chain[0], chain[1]) } else { (chain[last], chain[last - 1]) }
        };
        let (node, _) = end(&self.grid.chains[edge]);
        let mut ends: Vec<(f64, usize)> = Vec::new();
        for (at, chain) in self.grid.chains.iter().enumerate() {
            let (own, other) = end(chain);
            if own == node {
                ends.push((self.middle[other], at));
            }
        }
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let rank = ends.iter().position(|(_, at)| *at == edge).unwrap_or(0);
        let between = count(ends.len().saturating_sub(1));
        let cell = &self.cells[node];
        let above = cell.shape.above();
        let (room, most) = if self.down { (cell.width - 34.0, 1.6 * PORT) } else { (cell.height - 24.0 - above, PORT) };
        let space = if between > 0.0 { (room / between).min(most) } else { 0.0 };
        let off = (count(rank) - between / 2.0) * space;
        if self.down {
            let x = cell.x + cell.width / 2.0 + off;
            let inset = cell.shape.end(cell, x);
            return (x, if leaving { cell.y + cell.height - inset } else { cell.y + inset });
        }
        let y = cell.y + f64::midpoint(cell.height, above) + off;
        let inset = cell.shape.side(cell, y);
        (if leaving { cell.x + cell.width - inset } else { cell.x + inset }, y)
    }
}
