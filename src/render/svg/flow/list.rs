//! The picture for itself, with its style and with what its numbers stand for.

use super::draw::{parts, sentence};
use super::layout::{BOLD, MARGIN, NOTE, PAGE};
use super::{Plan, draw};
use crate::facts::flow::Picture;
use crate::render::svg::element::Element;
use crate::render::svg::style::{STYLE, THEME};
use crate::render::svg::text::lines;

/// The height of a line of text.
const LINE: f64 = 16.0;

/// A picture that needs no page: an SVG file.
pub fn standalone(picture: &Picture) -> String {
    let plan = Plan::of(picture, "flow");
    let (_, (width, height)) = parts(&plan);
    let width = width.max(720.0);
    let mut rows = Vec::new();
    let mut y = height + LINE;
    for edge in &plan.edges {
        let class = if edge.leaks.iter().any(|leak| leak.certain) { "cv-row cv-leak" } else { "cv-row" };
        for (at, line) in lines(&sentence(edge), (NOTE + 1.0) * BOLD, width.min(PAGE) - 3.0 * MARGIN).into_iter().enumerate() {
            let indent = if at == 0 { 0.0 } else { 20.0 };
            rows.push(Element::label(class, (MARGIN + indent, y), "start", &line));
            y += LINE;
        }
    }
    let height = if rows.is_empty() { height } else { y + MARGIN - LINE / 2.0 };
    let background = Element::rect("cv-paper", (0.0, 0.0), (width, height));
    let style = Element::new("style").text(&format!("{THEME}{STYLE}"));
    draw::framed(&plan, (width, height), [style, background], rows).markup() + "\n"
}
