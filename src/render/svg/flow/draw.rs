//! The elements of the picture: strands, nodes, numbers, and what is said of it to those who cannot see it.

use super::super::super::figure::counted;
use std::collections::BTreeMap;

use super::badges::{self, Spot};
use super::graph::{Certainty, Look, leaks};
use super::layout::{Cell, Course, LOOP, MARGIN, NOTE, PAGE, Stretch};
use super::shape::Shape;
use super::{Numbered, Plan, legend};
use crate::facts::flow::{Fate, Leak};
use crate::render::svg::count;
use crate::render::svg::element::{Element, drawing as frame, number};
use crate::render::svg::text::{clean, fit, width};

/// The length and half the width of the head of an arrow.
const HEAD: (f64, f64) = (9.0, 4.5);

/// The whole picture.
pub fn drawing(plan: &Plan<'_>) -> Element {
    let (elements, size) = parts(plan);
    frame(plan.prefix, "cv-flow", size, "Data flow", &description(plan)).children(elements)
}

/// The picture in a frame of another size, between what comes before and after it.
pub fn framed(plan: &Plan<'_>, size: (f64, f64), before: [Element; 2], after: Vec<Element>) -> Element {
    let (elements, _) = parts(plan);
    frame(plan.prefix, "cv-flow", size, "Data flow", &description(plan)).children(before).children(elements).children(after)
}

/// Its elements and its size.
pub fn parts(plan: &Plan<'_>) -> (Vec<Element>, (f64, f64)) {
    let (apart, (apart_width, bottom)) = untouched(plan);
    let width = plan.layout.width.max(apart_width).max(480.0);
    let (legend, legend_height) = legend::legend(plan, width.min(PAGE), bottom);
    let spots = badges::place(&plan.layout, &widths(plan));
    let strands = plan.graph.strands.iter().enumerate();
    let mut lines: Vec<(u8, Element)> = strands
        .map(|(at, strand)| {
            let course = &plan.layout.courses[at];
            (rank(strand.look), group(plan, at, arrow(strand.look, course)))
        })
        .collect();
    lines.sort_by_key(|(rank, _)| *rank);
    let mut elements: Vec<Element> = lines.into_iter().map(|(_, line)| line).collect();
    let strands = plan.graph.strands.len();
    for (at, strand) in plan.graph.loops.iter().enumerate() {
        let Some(cell) = &plan.layout.cells[strand.from] else { continue };
        let down = plan.layout.down;
        elements.push(group(plan, strands + at, round(strand.look, cell, down)));
        let beside = (cell.x + cell.width + LOOP - 9.0, cell.y + f64::midpoint(cell.height, cell.shape.above()));
        let middle = if down { beside } else { (cell.x + cell.width / 2.0, cell.y - LOOP + 9.0) };
        let spot = Spot { middle, width: label(plan, strands + at).1 };
        elements.push(badge(plan, strands + at, spot));
    }
    let ends = ends(plan);
    for (at, cell) in plan.layout.cells.iter().enumerate() {
        elements.extend(cell.as_ref().map(|cell| node(plan, at, cell, &ends)));
    }
    elements.extend(spots.into_iter().enumerate().map(|(at, spot)| badge(plan, at, spot)));
    elements.extend(apart);
    elements.extend(legend);
    (elements, (width, bottom + legend_height))
}

/// Leaks are drawn over everything else.
fn rank(look: Look) -> u8 {
    match look.leak {
        Some(Certainty::Certain) => 3,
        Some(Certainty::Undecided) => 2,
        None => u8::from(look.sensitive),
    }
}

/// The lines of one strand, and what is said of its edges.
fn group(plan: &Plan<'_>, at: usize, lines: Vec<Element>) -> Element {
    let (first, last) = plan.numbers[at];
    let said: Vec<String> = plan.edges[first - 1..last].iter().map(sentence).collect();
    Element::new("g").set("id", plan.edges[first - 1].anchor.as_str()).title(&said.join("\n")).children(lines)
}

/// What an edge carries, in a sentence.
pub fn sentence(edge: &Numbered) -> String {
    let mut text = format!("{}. {} → {}: {}", edge.number, edge.from, edge.to, edge.purpose);
    if !edge.declared {
        text.push_str(", implied");
    }
    if !edge.controls.is_empty() {
        text.push_str(&format!(", under {}", edge.controls.join(", ")));
    }
    let carried = edge.carries.iter().map(|tag| match tag.fate {
        Fate::Passes => tag.dataset.clone(),
        Fate::Redacted => format!("{} redacted", tag.dataset),
        Fate::Stopped => format!("{} stopped", tag.dataset),
        Fate::Undecided => format!("{}?", tag.dataset),
    });
    let remembered = edge.memory.iter().map(|dataset| format!("{dataset} remembered"));
    let carried: Vec<String> = carried.chain(remembered).collect();
    if !carried.is_empty() {
        text.push_str(&format!("; {}", carried.join(", ")));
    }
    for (certain, word) in [(true, "LEAK"), (false, "leak?")] {
        let to: Vec<String> = pairs(edge.leaks.iter().filter(|leak| leak.certain == certain));
        if !to.is_empty() {
            text.push_str(&format!("; {word}: {}", to.join("; ")));
        }
    }
    text
}

/// Data sets with those whom they leak to.
pub fn pairs<'l>(leaks: impl Iterator<Item = &'l Leak>) -> Vec<String> {
    let mut reached: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for leak in leaks {
        let actors = reached.entry(&leak.dataset).or_default();
        if !actors.contains(&leak.actor.as_str()) {
            actors.push(&leak.actor);
        }
    }
    reached.into_iter().map(|(dataset, actors)| format!("{dataset} to {}", actors.join(", "))).collect()
}

/// The line of a strand with its head. A leak is a double line, so that it is one without colour too.
fn arrow(look: Look, course: &Course) -> Vec<Element> {
    let mut stretches = course.stretches.clone();
    let last = stretches.len() - 1;
    let (tip, down) = (if course.back { stretches[0].from } else { stretches[last].to }, stretches[0].down);
    let sign = if course.back { 1.0 } else { -1.0 };
    let along = |point: (f64, f64), by: f64| if down { (point.0, point.1 + by) } else { (point.0 + by, point.1) };
    // The line ends inside the head.
    let stop = along(tip, sign * (HEAD.0 - 2.0));
    if course.back {
        stretches[0].from = stop;
    } else {
        stretches[last].to = stop;
    }
    let big = if look.leak.is_some() { 1.35 } else { 1.0 };
    let base = along(tip, sign * HEAD.0 * big);
    let half = HEAD.1 * big;
    let (x, y) = if down { (half, 0.0) } else { (0.0, half) };
    let head = [tip, (base.0 - x, base.1 - y), (base.0 + x, base.1 + y)];
    stroke(look, &path(&stretches), &head)
}

fn stroke(look: Look, data: &str, head: &[(f64, f64)]) -> Vec<Element> {
    let classes = look.classes();
    let mut elements = vec![Element::path(&classes, data)];
    if look.leak == Some(Certainty::Certain) {
        elements.push(Element::path("cv-core", data));
    }
    elements.push(Element::polygon(&classes.replace("cv-edge", "cv-head"), head));
    elements
}

fn path(stretches: &[Stretch]) -> String {
    let Some(first) = stretches.first() else { return String::new() };
    let mut data = format!("M{} {}", number(first.from.0), number(first.from.1));
    for Stretch { from, to, down } in stretches {
        let [x0, y0, x1, y1] = [from.0, from.1, to.0, to.1].map(number);
        let part = match down {
            false if y0 == y1 => format!("H{x1}"),
            true if x0 == x1 => format!("V{y1}"),
            false => {
                let middle = number(f64::midpoint(from.0, to.0));
                format!("C{middle} {y0} {middle} {y1} {x1} {y1}")
            }
            true => {
                let middle = number(f64::midpoint(from.1, to.1));
                format!("C{x0} {middle} {x1} {middle} {x1} {y1}")
            }
        };
        data.push_str(&part);
    }
    data
}

/// An edge from a node to itself: a bow above it, or beside it where layers run down.
fn round(look: Look, cell: &Cell, down: bool) -> Vec<Element> {
    if down {
        let (right, middle) = (cell.x + cell.width, cell.y + f64::midpoint(cell.height, cell.shape.above()));
        let inset = cell.shape.side(cell, middle + 12.0);
        let tip = (right - inset, middle + 12.0);
        let start = number(right - cell.shape.side(cell, middle - 12.0));
        let [top, low, bow, stop] = [middle - 12.0, tip.1, right + LOOP, tip.0 + HEAD.0 - 2.0].map(number);
        let data = format!("M{start} {top}C{bow} {top} {bow} {low} {stop} {low}");
        return stroke(look, &data, &[tip, (tip.0 + HEAD.0, tip.1 - HEAD.1), (tip.0 + HEAD.0, tip.1 + HEAD.1)]);
    }
    let middle = cell.x + cell.width / 2.0;
    let [left, right, top, bow] = [middle - 20.0, middle + 20.0, cell.y, cell.y - LOOP].map(number);
    let stop = number(cell.y - HEAD.0 + 2.0);
    let data = format!("M{left} {top}C{left} {bow} {right} {bow} {right} {stop}");
    let tip = (middle + 20.0, cell.y);
    stroke(look, &data, &[tip, (tip.0 - HEAD.1, tip.1 - HEAD.0), (tip.0 + HEAD.1, tip.1 - HEAD.0)])
}

/// Why a node is marked: what leaks from it, and what leaks to it.
fn ends(plan: &Plan<'_>) -> BTreeMap<String, String> {
    let mut ends = BTreeMap::new();
    let found: Vec<&Leak> = leaks(plan.picture).into_iter().filter(|leak| leak.certain).collect();
    for leak in &found {
        let from = pairs(found.iter().copied().filter(|other| other.dataset == leak.dataset));
        ends.insert(leak.dataset.clone(), format!("leaks: {}", from.join("; ")));
        let mut sets: Vec<&str> =
            found.iter().filter(|other| other.actor == leak.actor).map(|other| other.dataset.as_str()).collect();
        sets.dedup();
        ends.insert(leak.actor.clone(), format!("receives without being entitled: {}", sets.join(", ")));
    }
    ends
}

fn node(plan: &Plan<'_>, at: usize, cell: &Cell, ends: &BTreeMap<String, String>) -> Element {
    let spot = &plan.picture.nodes[at];
    let end = ends.get(&spot.id);
    let mut title = format!("{} ({})", spot.id, described(plan, at, f64::INFINITY));
    if let Some(end) = end {
        title.push_str(&format!(", {end}"));
    }
    let class = if end.is_some() { "cv-end" } else { "cv-plain" };
    let mut group = Element::of("g", class).title(&title);
    group = group.children(cell.shape.outline(cell.x, cell.y, cell.width, cell.height));
    let middle = cell.x + cell.width / 2.0 + if cell.shape == Shape::Store { 3.5 } else { 0.0 };
    let text = 15.0 * count(cell.name.len()) + 14.0;
    let mut y = cell.y + cell.shape.above() + (cell.height - cell.shape.above() - text) / 2.0 + 12.0;
    for line in &cell.name {
        group = group.child(Element::label("cv-name", (middle, y), "middle", line));
        y += 15.0;
    }
    let room = cell.width - 2.0 * cell.shape.inset() - 10.0;
    group = group.child(Element::label("cv-note", (middle, y), "middle", &described(plan, at, room)));
    if end.is_some() {
        group = group.children(warning(cell.x + cell.width - 4.0, cell.y + 2.0));
    }
    group
}

/// A mark on the corner of a node.
fn warning(x: f64, y: f64) -> Vec<Element> {
    vec![
        Element::polygon("cv-warning", &[(x, y - 10.0), (x + 9.0, y + 6.0), (x - 9.0, y + 6.0)]),
        Element::label("cv-mark", (x, y + 4.5), "middle", "!"),
    ]
}

/// What a node is, in no more than this width: with its section if there is room.
fn described(plan: &Plan<'_>, at: usize, room: f64) -> String {
    let spot = &plan.picture.nodes[at];
    let word = Shape::of(spot).word();
    let Some(kind) = &spot.kind else { return word.to_owned() };
    let kind = clean(&kind.replace('_', " "));
    if kind == word {
        return kind;
    }
    let both = format!("{word} · {kind}");
    if width(&both, NOTE) <= room { both } else { fit(&kind, NOTE, room) }
}

/// The number or numbers of a strand, and the width of their ring.
fn label(plan: &Plan<'_>, at: usize) -> (String, f64) {
    let (first, last) = plan.numbers[at];
    let mut text = if first == last { first.to_string() } else { format!("{first}–{last}") };
    let look = plan.all().nth(at).map(|strand| strand.look);
    if look.is_some_and(|look| look.leak == Some(Certainty::Undecided)) {
        text.push('?');
    }
    let room = (width(&text, NOTE) + 6.0).max(badges::HEIGHT);
    (text, room)
}

fn widths(plan: &Plan<'_>) -> Vec<f64> {
    (0..plan.graph.strands.len()).map(|at| label(plan, at).1).collect()
}

fn badge(plan: &Plan<'_>, at: usize, spot: Spot) -> Element {
    let (text, _) = label(plan, at);
    let look = plan.all().nth(at).map(|strand| strand.look);
    let class = match look.and_then(|look| look.leak) {
        Some(Certainty::Certain) => "cv-badge cv-leak",
        Some(Certainty::Undecided) => "cv-badge cv-perhaps",
        None => "cv-badge",
    };
    let (x, y) = spot.middle;
    let ring = Element::rect(class, (x - spot.width / 2.0, y - badges::HEIGHT / 2.0), (spot.width, badges::HEIGHT));
    let ring = ring.number("rx", badges::HEIGHT / 2.0);
    let text = Element::label(&class.replace("cv-badge", "cv-number"), (x, y + 4.0), "middle", &text);
    Element::new("g").child(ring).child(text)
}

/// Nodes that nothing flows to or from, in rows beneath; with the width they take and where they end.
fn untouched(plan: &Plan<'_>) -> (Vec<Element>, (f64, f64)) {
    let mut bottom = plan.layout.height;
    if plan.graph.apart.is_empty() {
        return (Vec::new(), (0.0, bottom));
    }
    let room = plan.layout.width.clamp(640.0, PAGE);
    let cell_width = 136.0;
    let empty = BTreeMap::new();
    let mut elements = vec![Element::label("cv-note", (MARGIN, bottom + 12.0), "start", "No data flow touches:")];
    bottom += 24.0;
    let (mut x, mut row, mut right) = (MARGIN, 0.0_f64, 0.0_f64);
    for node_at in &plan.graph.apart {
        if x > MARGIN && x + cell_width + MARGIN > room {
            x = MARGIN;
            bottom += row + 12.0;
            row = 0.0;
        }
        let mut cell = super::layout::cell(plan.picture, *node_at, cell_width, 0);
        (cell.x, cell.y) = (x, bottom);
        row = row.max(cell.height);
        right = right.max(x + cell_width + MARGIN);
        x += cell_width + 14.0;
        elements.push(node(plan, *node_at, &cell, &empty));
    }
    (elements, (right, bottom + row + MARGIN))
}

/// What is to be seen, in words.
fn description(plan: &Plan<'_>) -> String {
    let (nodes, edges) = (plan.picture.nodes.len(), plan.edges.len());
    let found = leaks(plan.picture);
    let certain = pairs(found.iter().copied().filter(|leak| leak.certain));
    let leaking = plan.edges.iter().filter(|edge| edge.leaks.iter().any(|leak| leak.certain)).count();
    let mut text = format!("{} and {} between them.", counted(nodes, "node"), counted(edges, "edge"));
    if certain.is_empty() {
        text.push_str(" No way is known on which sensitive data leaks to people who are not entitled to it.");
    } else {
        text.push_str(&format!(
            " {} on the way of sensitive data to people who are not entitled to it: {}.",
            counted(leaking, "edge"),
            certain.join("; ")
        ));
    }
    let undecided = pairs(found.iter().copied().filter(|leak| !leak.certain));
    if !undecided.is_empty() {
        text.push_str(&format!(" Undecided: {}.", undecided.join("; ")));
    }
    text
}
