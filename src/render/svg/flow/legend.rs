//! What shapes and lines mean: those that occur.

use super::Plan;
use super::graph::Certainty;
use super::layout::{MARGIN, NOTE};
use super::shape::Shape;
use crate::render::svg::element::Element;
use crate::render::svg::text::width;

/// The width of a sample and the height of a row.
const SAMPLE: f64 = 34.0;
const ROW: f64 = 24.0;

/// The legend beneath a picture, and its height.
pub fn legend(plan: &Plan<'_>, room: f64, top: f64) -> (Vec<Element>, f64) {
    let shapes = Shape::ALL.into_iter().filter(|shape| plan.picture.nodes.iter().any(|spot| Shape::of(spot) == *shape));
    let mut items: Vec<(Vec<Element>, &str)> =
        shapes.map(|shape| (shape.outline(0.0, -9.0, SAMPLE - 6.0, 18.0), shape.word())).collect();
    let looks: Vec<_> = plan.all().map(|strand| strand.look).collect();
    let line = |class: &str| Element::line(&format!("cv-edge {class}"), (0.0, 0.0), (SAMPLE - 4.0, 0.0));
    let lines = [
        (
            looks.iter().any(|look| look.leak == Some(Certainty::Certain)),
            "cv-leak",
            "leak: sensitive data on its way to people not entitled to it",
        ),
        (looks.iter().any(|look| look.leak == Some(Certainty::Undecided)), "cv-perhaps", "leak undecided"),
        (looks.iter().any(|look| look.sensitive && look.leak.is_none()), "cv-sensitive", "sensitive data"),
        (looks.iter().any(|look| !look.sensitive && !look.implied && !look.stopped), "", "other data"),
        (looks.iter().any(|look| look.implied && look.leak.is_none()), "cv-implied", "implied, no flow declares it"),
        (looks.iter().any(|look| look.stopped), "cv-stopped", "stopped by controls"),
    ];
    for (_, class, words) in lines.into_iter().filter(|(occurs, ..)| *occurs) {
        let mut sample = vec![line(class)];
        if class == "cv-leak" {
            sample.push(Element::line("cv-core", (0.0, 0.0), (SAMPLE - 4.0, 0.0)));
        }
        items.push((sample, words));
    }
    if items.is_empty() {
        return (
            vec![Element::label("cv-note", (MARGIN, top + 4.0), "start", "Nothing is declared that data could flow through.")],
            20.0,
        );
    }
    let mut elements = vec![Element::line("cv-rule", (MARGIN, top), (room - MARGIN, top))];
    let (mut x, mut y) = (MARGIN, top + ROW * 0.8);
    for (sample, words) in items {
        let taken = SAMPLE + width(words, NOTE) + 14.0;
        if x > MARGIN && x + taken > room {
            x = MARGIN;
            y += ROW;
        }
        let group = Element::new("g").set("transform", format!("translate({} {})", x.round(), y.round()));
        elements.push(group.children(sample).child(Element::label("cv-note", (SAMPLE, 4.0), "start", words)));
        x += taken;
    }
    (elements, y + ROW * 0.8 - top)
}
