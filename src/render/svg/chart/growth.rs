//! Users from month to month against the users that are carried.

use super::scale::Scale;
use super::{NOTE, WIDTH, hatch, hatched};
use crate::estimate::{Estimate, Growth};
use crate::render::figure::digits;
use crate::render::svg::element::{Element, drawing, number};
use crate::render::svg::text::width;

/// The sides of the field in which lines are drawn.
const LEFT: f64 = 66.0;
const RIGHT: f64 = WIDTH - 96.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 262.0;
const HEIGHT: f64 = 318.0;

/// Users by month. Nothing where they are not known.
pub fn growth(estimate: &Estimate, prefix: &str) -> Option<String> {
    let growth = estimate.growth.as_ref()?;
    let users = growth.points.iter().flat_map(|point| [point.users, point.linear]).fold(0.0, f64::max);
    // What is carried is in the field unless the field would be mostly empty for it.
    let limit = growth.carried.value.filter(|carried| *carried <= 2.5 * users);
    let top = limit.map_or(users, |limit| users.max(limit * 1.08));
    let up = Scale { top: top * 1.05, from: BOTTOM, to: TOP };
    let along = Scale::of([growth.months], LEFT, RIGHT)?;
    let mut elements = grid(&up, &along);
    if let Some(limit) = limit {
        elements.extend(carried(growth, limit, &up, &along));
    }
    let course = |value: &dyn Fn(&crate::estimate::Point) -> f64| {
        let points = growth.points.iter().map(|point| (along.at(point.month), up.at(value(point))));
        points.map(|(x, y)| format!("{} {}", number(x), number(y))).collect::<Vec<_>>().join("L")
    };
    elements.push(Element::path("cv-course cv-linear", &format!("M{}", course(&|point| point.linear))));
    elements.push(Element::path("cv-course", &format!("M{}", course(&|point| point.users))));
    for point in &growth.points {
        let dot = Element::of("circle", "cv-dot").number("cx", along.at(point.month)).number("cy", up.at(point.users));
        let words = format!("month {}: {} users", digits(point.month), digits(point.users.round()));
        elements.push(dot.number("r", 3.0).title(&words));
    }
    elements.extend(ends(growth, &up, &along));
    elements.extend(legend(prefix, growth, limit));
    let size = (WIDTH, HEIGHT);
    let frame = drawing(prefix, "cv-chart", size, "Users by month against the users that are carried", &described(growth));
    Some(frame.child(hatch(prefix)).children(elements).markup() + "\n")
}

fn grid(up: &Scale, along: &Scale) -> Vec<Element> {
    let mut grid = vec![
        Element::label("cv-note", (LEFT - 8.0, 14.0), "end", "users"),
        Element::label("cv-note", (RIGHT + 8.0, BOTTOM + 16.0), "start", "months"),
    ];
    for value in up.ticks() {
        let y = up.at(value);
        grid.push(Element::line(if value > 0.0 { "cv-grid" } else { "cv-axis" }, (LEFT, y), (RIGHT, y)));
        grid.push(Element::label("cv-note", (LEFT - 8.0, y + 4.0), "end", &digits(value)));
    }
    for value in along.ticks() {
        let x = along.at(value);
        grid.push(Element::line("cv-axis", (x, BOTTOM), (x, BOTTOM + 4.0)));
        grid.push(Element::label("cv-note", (x, BOTTOM + 16.0), "middle", &digits(value)));
    }
    grid
}

/// The line of what is carried, what is above it from the month in which it is outgrown, and that month.
fn carried(growth: &Growth, limit: f64, up: &Scale, along: &Scale) -> Vec<Element> {
    let y = up.at(limit);
    let mut elements = Vec::new();
    let month = growth.saturation.value.filter(|month| *month <= growth.months);
    if let Some(month) = month {
        let x = along.at(month);
        elements.push(Element::rect("cv-above", (x, TOP), (RIGHT - x, y - TOP)));
    }
    elements.push(Element::line("cv-limit", (LEFT, y), (RIGHT, y)));
    elements.push(Element::label("cv-strong", (RIGHT + 8.0, y + 4.0), "start", &digits(limit)));
    elements.push(Element::label("cv-note", (RIGHT + 8.0, y + 17.0), "start", "carried"));
    if let Some(month) = month {
        let x = along.at(month);
        elements.push(Element::line("cv-moment", (x, y), (x, BOTTOM)));
        elements.push(Element::of("circle", "cv-crossing").number("cx", x).number("cy", y).number("r", 5.5));
        let words = format!("outgrown after {} months", digits(month));
        let fits = x + 10.0 + width(&words, NOTE) < RIGHT;
        let (x, anchor) = if fits { (x + 8.0, "start") } else { (x - 8.0, "end") };
        elements.push(Element::label("cv-strong cv-over", (x, BOTTOM - 10.0), anchor, &words));
    }
    elements
}

/// The values at both ends of the lines.
fn ends(growth: &Growth, up: &Scale, along: &Scale) -> Vec<Element> {
    let first = (along.at(0.0) + 6.0, (up.at(growth.users) + 17.0).min(BOTTOM - 4.0));
    let last = (along.at(growth.months) + 8.0, up.at(growth.planned) + 4.0);
    vec![
        Element::label("cv-strong", first, "start", &format!("{} today", digits(growth.users.round()))),
        Element::label("cv-strong", last, "start", &digits(growth.planned.round())),
        Element::label("cv-note", (last.0, last.1 + 13.0), "start", "planned"),
    ]
}

fn legend(prefix: &str, growth: &Growth, limit: Option<f64>) -> Vec<Element> {
    let y = HEIGHT - 14.0;
    let mut x = LEFT;
    let mut elements = Vec::new();
    let sample = |class: &str, x: f64| Element::line(class, (x, y - 4.0), (x + 28.0, y - 4.0));
    let mut items = vec![
        (sample("cv-course", x), "by the same factor each month".to_owned()),
        (sample("cv-course cv-linear", x), "by the same number".to_owned()),
    ];
    match (limit, growth.carried.value) {
        (Some(_), _) => items.push((sample("cv-limit", x), "users carried".to_owned())),
        (None, Some(carried)) => items.push((sample("cv-limit", x), format!("carried: {}, above this chart", digits(carried)))),
        (None, None) if growth.carried.unbounded => items.push((sample("cv-limit", x), "carried: without bound".to_owned())),
        (None, None) => items.push((hatched(prefix, (x, y - 10.0), (28.0, 12.0)), "users carried: not known".to_owned())),
    }
    for (sample, words) in items {
        let moved = Element::new("g").set("transform", format!("translate({} 0)", number(x - LEFT))).child(sample);
        elements.push(moved);
        elements.push(Element::label("cv-note", (x + 34.0, y), "start", &words));
        x += 34.0 + width(&words, NOTE) + 18.0;
    }
    elements
}

fn described(growth: &Growth) -> String {
    let (users, planned, months) = (digits(growth.users.round()), digits(growth.planned.round()), digits(growth.months));
    let carried = match (growth.carried.value, growth.saturation.value) {
        (Some(carried), Some(month)) => format!(
            "{} users are carried, and outgrown after {} months if users grow by the same factor each month",
            digits(carried),
            digits(month)
        ),
        (Some(carried), None) => format!("{} users are carried, and that is not outgrown", digits(carried)),
        (None, _) if growth.carried.unbounded => "how many users are carried has no bound".to_owned(),
        (None, _) => "how many users are carried is not known".to_owned(),
    };
    format!("Users grow from {users} to {planned} in {months} months; {carried}.")
}
