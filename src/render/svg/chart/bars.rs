//! Bars that lie, in groups: one scale from 0, a value behind each bar, and hatching where a value is not known.

use super::scale::Scale;
use super::{BODY, BOLD, NOTE, WIDTH, hatch, hatched};
use crate::estimate::Quantity;
use crate::render::figure::{digits, quantity};
use crate::render::svg::count;
use crate::render::svg::element::{Element, drawing};
use crate::render::svg::text::{fit, width};

/// Space at the left for names, and around everything.
pub const NAMES: f64 = 226.0;
pub const MARGIN: f64 = 12.0;
/// The height of a bar, and of it with the space beneath.
const BAR: f64 = 14.0;
const STEP: f64 = 17.0;
/// The width of the hatched box that stands for what is not known. It is no bar: it begins at 0 and says so.
const UNKNOWN: f64 = 46.0;

/// One group of bars.
#[derive(Debug)]
pub struct Group {
    pub name: String,
    /// What stands beneath the name.
    pub note: String,
    pub bars: Vec<Bar>,
    /// A value that is marked by a line across the group, with what it is.
    pub limit: Option<(f64, &'static str)>,
    /// Whether it is set apart from what is above it.
    pub total: bool,
}

/// One bar.
#[derive(Debug)]
pub struct Bar {
    pub value: Quantity,
    pub when: &'static str,
    /// Drawn hollow: what is planned.
    pub planned: bool,
    /// What is said behind the value.
    pub remark: &'static str,
}

impl Bar {
    /// What stands behind the bar.
    fn label(&self) -> String {
        let value = match self.value.value {
            Some(_) => quantity(&self.value, "money"),
            None if self.value.unbounded => "without bound".to_owned(),
            None => "not known".to_owned(),
        };
        let remark = if self.remark.is_empty() { String::new() } else { format!(", {}", self.remark) };
        format!("{value} {}{remark}", self.when)
    }
}

/// Draws groups; nothing where no value is known.
pub fn chart(prefix: &str, title: &str, unit: &str, groups: &[Group]) -> Option<String> {
    let mut single = groups.iter().filter(|group| !group.total).flat_map(|group| &group.bars);
    // A sum of nothing is no cost.
    single.find_map(|bar| bar.value.value)?;
    let values = groups.iter().flat_map(|group| &group.bars).filter_map(|bar| bar.value.value);
    let limits = groups.iter().filter_map(|group| group.limit.map(|(limit, _)| limit));
    let labels = groups.iter().flat_map(|group| &group.bars).map(|bar| width(&bar.label(), NOTE) * BOLD);
    let labels = labels.fold(60.0, f64::max).min(250.0);
    let end = WIDTH - MARGIN - labels - 10.0;
    // Where every value is 0, the scale is of no matter.
    let scale = Scale::of(values.chain(limits), NAMES, end).unwrap_or(Scale { top: 1.0, from: NAMES, to: end });
    let top = 30.0;
    let mut y = top + 8.0;
    let mut body = Vec::new();
    for group in groups {
        if group.total {
            body.push(Element::line("cv-rule", (MARGIN, y - 5.0), (WIDTH - MARGIN, y - 5.0)));
            y += 4.0;
        }
        let (elements, height) = draw(prefix, &scale, group, y);
        body.extend(elements);
        y += height + 10.0;
    }
    let mut grid = vec![Element::label("cv-note", (NAMES, 14.0), "start", unit)];
    for value in scale.ticks() {
        let x = scale.at(value);
        grid.push(Element::line("cv-grid", (x, top), (x, y - 4.0)));
        grid.push(Element::label("cv-note", (x, top - 4.0), if value > 0.0 { "middle" } else { "start" }, &digits(value)));
    }
    let axis = Element::line("cv-axis", (NAMES, top), (NAMES, y - 4.0));
    let size = (WIDTH, y + 2.0);
    let description = described(unit, groups);
    let frame = drawing(prefix, "cv-chart", size, title, &description).child(hatch(prefix));
    Some(frame.children(grid).children(body).child(axis).markup() + "\n")
}

fn described(unit: &str, groups: &[Group]) -> String {
    let group = |group: &Group| {
        let bars: Vec<String> = group.bars.iter().map(Bar::label).collect();
        let limit = group.limit.map(|(limit, what)| format!(" ({what} {})", digits(limit))).unwrap_or_default();
        format!("{}: {}{limit}", group.name, bars.join(", "))
    };
    let groups: Vec<String> = groups.iter().map(group).collect();
    format!("Bars, {unit}. {}.", groups.join("; "))
}

fn draw(prefix: &str, scale: &Scale, group: &Group, y: f64) -> (Vec<Element>, f64) {
    let height = (STEP * count(group.bars.len())).max(if group.note.is_empty() { 17.0 } else { 31.0 });
    let class = if group.total { "cv-name" } else { "cv-text" };
    let room = NAMES - MARGIN - 10.0;
    let mut elements = vec![
        Element::label(
            class,
            (NAMES - 10.0, y + 11.0),
            "end",
            &fit(&group.name, if group.total { BODY * BOLD } else { BODY }, room),
        )
        .title(&group.name),
    ];
    if !group.note.is_empty() {
        elements
            .push(Element::label("cv-note", (NAMES - 10.0, y + 26.0), "end", &fit(&group.note, NOTE, room)).title(&group.note));
    }
    for (at, bar) in group.bars.iter().enumerate() {
        elements.extend(one(prefix, scale, bar, y + STEP * count(at)));
    }
    if let Some((limit, _)) = group.limit {
        let x = scale.at(limit);
        elements.push(Element::line("cv-limit", (x, y - 3.0), (x, y + STEP * count(group.bars.len()))));
    }
    (elements, height)
}

fn one(prefix: &str, scale: &Scale, bar: &Bar, y: f64) -> Vec<Element> {
    let start = scale.from;
    let (shape, end) = match bar.value.value {
        Some(value) => {
            let end = scale.at(value);
            let class = if bar.planned { "cv-bar cv-planned" } else { "cv-bar" };
            (Element::rect(class, (start, y), (end - start, BAR)), end)
        }
        None => (hatched(prefix, (start, y), (UNKNOWN, BAR)), start + UNKNOWN),
    };
    let class = match (bar.value.value, bar.remark.is_empty()) {
        (None, _) => "cv-note cv-unknown",
        (_, false) => "cv-note cv-over",
        _ => "cv-note cv-value",
    };
    vec![shape, Element::label(class, (end + 6.0, y + 11.0), "start", &bar.label())]
}
