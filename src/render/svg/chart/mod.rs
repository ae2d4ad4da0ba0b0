//! Charts of an estimate and of a comparison. All scales begin at 0; what is not known is hatched and said, and never
//! drawn as nothing.

mod bars;
mod capacity;
mod costs;
mod growth;
mod scale;
#[cfg(test)]
mod tests;

use super::element::Element;

pub use self::capacity::capacity;
pub use self::costs::{comparison, costs};
pub use self::growth::growth;

/// The width of all charts.
const WIDTH: f64 = 780.0;
/// Sizes of text.
const BODY: f64 = 13.0;
const NOTE: f64 = 11.0;
/// How much wider bold is.
const BOLD: f64 = 1.1;

/// The hatching of what is not known.
fn hatch(prefix: &str) -> Element {
    let pattern = Element::new("pattern").set("id", format!("{prefix}-hatch")).set("patternUnits", "userSpaceOnUse");
    let pattern = pattern.set("width", "6").set("height", "6").set("patternTransform", "rotate(45)");
    Element::new("defs").child(pattern.child(Element::line("cv-stripe", (0.0, 0.0), (0.0, 6.0))))
}

/// A hatched box.
fn hatched(prefix: &str, corner: (f64, f64), size: (f64, f64)) -> Element {
    Element::rect("cv-hatched", corner, size).set("fill", format!("url(#{prefix}-hatch)"))
}
