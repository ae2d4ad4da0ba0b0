//! The numbers of edges: each on its strand, where it covers no other strand and no other number.

use std::collections::BTreeMap;

use super::layout::{Layout, Stretch};
use crate::render::svg::count;

/// The height of a number's ring.
pub const HEIGHT: f64 = 17.0;

/// A rectangle about a point.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    pub middle: (f64, f64),
    pub width: f64,
}

impl Spot {
    fn meets(self, other: Self) -> bool {
        let (x, y) = ((self.middle.0 - other.middle.0).abs(), (self.middle.1 - other.middle.1).abs());
        x < f64::midpoint(self.width, other.width) + 2.0 && y < HEIGHT + 2.0
    }

    fn covers(self, point: (f64, f64)) -> bool {
        (self.middle.0 - point.0).abs() < self.width / 2.0 + 2.0 && (self.middle.1 - point.1).abs() < HEIGHT / 2.0 + 2.0
    }
}

/// Shares of a stretch at which a number may stand, the best first.
const SHARES: [f64; 11] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8, 0.13, 0.87];

/// The size of a square of the page, by which points are found.
const SQUARE: f64 = 32.0;

/// A point on a strand.
type Dot = (usize, (f64, f64));

/// Points of all strands, by the square of the page in which they are.
#[derive(Default)]
struct Ink(BTreeMap<(i64, i64), Vec<Dot>>);

#[expect(clippy::cast_possible_truncation, reason = "a place on a page")]
fn square(value: f64) -> i64 {
    (value / SQUARE).floor() as i64
}

impl Ink {
    fn of(layout: &Layout) -> Self {
        let mut ink = Self::default();
        for (strand, course) in layout.courses.iter().enumerate() {
            for stretch in &course.stretches {
                for step in 0..=24_u32 {
                    let point = stretch.point(f64::from(step) / 24.0);
                    ink.0.entry((square(point.0), square(point.1))).or_default().push((strand, point));
                }
            }
        }
        ink
    }

    /// How many other strands a number would cover.
    fn covered(&self, spot: Spot, own: usize) -> usize {
        let (half_width, half_height) = (spot.width / 2.0 + 2.0, HEIGHT / 2.0 + 2.0);
        let mut found: Vec<usize> = Vec::new();
        for x in square(spot.middle.0 - half_width)..=square(spot.middle.0 + half_width) {
            for y in square(spot.middle.1 - half_height)..=square(spot.middle.1 + half_height) {
                let points = self.0.get(&(x, y)).into_iter().flatten();
                found.extend(points.filter(|(strand, point)| *strand != own && spot.covers(*point)).map(|(strand, _)| *strand));
            }
        }
        found.sort_unstable();
        found.dedup();
        found.len()
    }
}

/// Stretches of a strand, from where it begins, on which its number is looked for.
const NEAR: usize = 7;

/// Places a number of each width on its strand, one after the other.
pub fn place(layout: &Layout, widths: &[f64]) -> Vec<Spot> {
    let ink = Ink::of(layout);
    let mut placed: Vec<Spot> = Vec::new();
    for (strand, width) in widths.iter().enumerate() {
        let course = &layout.courses[strand];
        let stretches: Vec<Stretch> =
            if course.back { course.stretches.iter().rev().copied().collect() } else { course.stretches.clone() };
        let mut best: Option<(f64, Spot)> = None;
        for (at, stretch) in stretches.iter().take(NEAR).enumerate() {
            for (rank, share) in SHARES.iter().enumerate() {
                let spot = Spot { middle: stretch.point(*share), width: *width };
                let half = if stretch.down { HEIGHT / 2.0 } else { width / 2.0 };
                let room = stretch.length() * share.min(1.0 - share) - half - 6.0;
                let met = placed.iter().filter(|other| spot.meets(**other)).count();
                let cost = 100.0 * count(met)
                    + 12.0 * count(ink.covered(spot, strand))
                    + count(rank)
                    + 2.0 * count(at.min(3))
                    + if room < 0.0 { 40.0 } else { 0.0 };
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, spot));
                }
            }
        }
        placed.push(best.map_or(Spot { middle: (0.0, 0.0), width: *width }, |(_, spot)| spot));
    }
    placed
}
