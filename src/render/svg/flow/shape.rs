//! The outline of a node, by what it is.

use super::layout::Cell;
use crate::facts::flow::Spot;
use crate::manifest::describe::Section;
use crate::render::svg::element::{Element, number};

/// What a node looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A data set: a drum.
    Data,
    /// A component that keeps what it is given: a box with a spine.
    Store,
    /// Another component: a box with round corners.
    Component,
    /// A model: a hexagon.
    Model,
    /// People: a box with round ends.
    People,
    /// A party: a box with a double outline.
    Party,
}

/// Kinds of components that keep what they are given.
const STORES: [&str; 6] = ["store", "vector_store", "log_store", "cache", "kv_cache", "queue"];
/// How far the sides of a hexagon lean.
const LEAN: f64 = 11.0;
/// The radius of round ends.
const ROUND: f64 = 20.0;
/// Half the height of the lid of a drum.
const LID: f64 = 5.0;

impl Shape {
    /// All, in the order in which data meets them.
    pub const ALL: [Self; 6] = [Self::Data, Self::Component, Self::Store, Self::Model, Self::Party, Self::People];

    pub fn of(spot: &Spot) -> Self {
        match spot.section {
            Section::Datasets => Self::Data,
            Section::Models => Self::Model,
            Section::Actors => Self::People,
            Section::Parties => Self::Party,
            _ if spot.kind.as_deref().is_some_and(|kind| STORES.contains(&kind)) => Self::Store,
            _ => Self::Component,
        }
    }

    /// What it stands for.
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "data set",
            Self::Store => "store",
            Self::Component => "component",
            Self::Model => "model",
            Self::People => "people",
            Self::Party => "party",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Data => "cv-node cv-data",
            Self::Store => "cv-node cv-store",
            Self::Component => "cv-node cv-component",
            Self::Model => "cv-node cv-model",
            Self::People => "cv-node cv-people",
            Self::Party => "cv-node cv-party",
        }
    }

    /// What its sides take from the width of its text.
    pub fn inset(self) -> f64 {
        match self {
            Self::Store => 7.0,
            Self::Model => 5.0,
            Self::Party => 3.0,
            _ => 2.0,
        }
    }

    /// What its top takes from the height of its text.
    pub fn above(self) -> f64 {
        if self == Self::Data { 2.0 * LID } else { 0.0 }
    }

    /// How far its outline is inside its rectangle, at a height.
    pub fn side(self, cell: &Cell, y: f64) -> f64 {
        let off = (y - cell.y - cell.height / 2.0).abs();
        match self {
            Self::Model => LEAN * (off / (cell.height / 2.0)).min(1.0),
            Self::People => {
                let round = ROUND.min(cell.height / 2.0);
                let over = (off - (cell.height / 2.0 - round)).clamp(0.0, round);
                round - (round * round - over * over).sqrt()
            }
            _ => 0.0,
        }
    }

    /// The same for its top and bottom, at a place along its width.
    pub fn end(self, cell: &Cell, x: f64) -> f64 {
        let half = cell.width / 2.0;
        let off = (x - cell.x - half).abs().min(half);
        match self {
            Self::Data => LID * (1.0 - (1.0 - (off / half) * (off / half)).sqrt()),
            Self::People => {
                let round = ROUND.min(cell.height / 2.0);
                let over = (off - (half - round)).clamp(0.0, round);
                round - (round * round - over * over).sqrt()
            }
            _ => 0.0,
        }
    }

    /// The outline.
    pub fn outline(self, x: f64, y: f64, width: f64, height: f64) -> Vec<Element> {
        let class = self.class();
        let rect = |round: f64| Element::rect(class, (x, y), (width, height)).number("rx", round);
        match self {
            Self::Component => vec![rect(6.0)],
            Self::People => vec![rect(ROUND.min(height / 2.0))],
            Self::Store => {
                let spine = Element::line("cv-detail", (x + 7.0, y), (x + 7.0, y + height));
                vec![rect(1.0), spine]
            }
            Self::Party => {
                let inner = Element::rect("cv-detail", (x + 3.0, y + 3.0), (width - 6.0, height - 6.0));
                vec![rect(1.0), inner]
            }
            Self::Model => {
                let (right, middle, bottom) = (x + width, y + height / 2.0, y + height);
                let points =
                    [(x + LEAN, y), (right - LEAN, y), (right, middle), (right - LEAN, bottom), (x + LEAN, bottom), (x, middle)];
                vec![Element::polygon(class, &points)]
            }
            Self::Data => {
                let lid = LID.min(height / 4.0);
                let [left, right, radius, low, half] = [x, x + width, lid, y + height - lid, width / 2.0].map(number);
                let top = number(y + lid);
                let body = format!("M{left} {top}A{half} {radius} 0 0 1 {right} {top}V{low}A{half} {radius} 0 0 1 {left} {low}Z");
                let rim = format!("M{left} {top}A{half} {radius} 0 0 0 {right} {top}");
                vec![Element::path(class, &body), Element::path("cv-detail", &rim)]
            }
        }
    }
}
