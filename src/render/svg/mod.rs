//! Drawings as SVG: the data flow, and charts of what the deployment carries and costs.
//!
//! A drawing is a function of plain data, and the same data gives the same bytes. Colours come from the page, through
//! [`STYLE`]; no meaning rests on colour alone. Names and texts are escaped where they are written.

mod chart;
mod element;
mod flow;
mod style;
mod text;

pub use self::chart::{capacity, comparison, costs, growth};
pub use self::flow::{Drawn, Numbered, flow, standalone};
pub use self::style::{STYLE, THEME};

/// A number of things, to compute with.
#[expect(clippy::cast_precision_loss, reason = "things in a drawing")]
fn count(things: usize) -> f64 {
    things as f64
}
