//! The numbers of edges: each on its strand, where it covers no other strand and no other number.

use super::layout::{Layout, Stretch};

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

/// Places a number of each width on its strand, one after the other.
pub fn place(layout: &Layout, widths: &[f64]) -> Vec<Spot> {
    let steps: Vec<f64> = (0..=24_u32).map(|step| f64::from(step) / 24.0).collect();
    let inked: Vec<Vec<(f64, f64)>> = layout
        .courses
        .iter()
        .map(|course| course.stretches.iter().flat_map(|stretch| steps.iter().map(|step| stretch.point(*step))).collect())
        .collect();
    let mut placed: Vec<Spot> = Vec::new();
    for (strand, width) in widths.iter().enumerate() {
        let course = &layout.courses[strand];
        let stretches: Vec<Stretch> =
            if course.back { course.stretches.iter().rev().copied().collect() } else { course.stretches.clone() };
        let mut best: Option<(f64, Spot)> = None;
        for (at, stretch) in stretches.iter().enumerate() {
            for (rank, share) in SHARES.iter().enumerate() {
                let spot = Spot { middle: stretch.point(*share), width: *width };
                let half = if stretch.down { HEIGHT / 2.0 } else { width / 2.0 };
                let room = stretch.length() * share.min(1.0 - share) - half - 6.0;
                let others = inked.iter().enumerate().filter(|(other, _)| *other != strand);
                let covered: usize = others.map(|(_, points)| usize::from(points.iter().any(|point| spot.covers(*point)))).sum();
                let met = placed.iter().filter(|other| spot.meets(**other)).count();
                let cost = 100.0 * crate::render::svg::count(met)
                    + 12.0 * crate::render::svg::count(covered)
                    + crate::render::svg::count(rank)
                    + 2.0 * crate::render::svg::count(at.min(3))
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
