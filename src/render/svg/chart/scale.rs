//! Scales: from values to places, with round ticks.

/// A scale that begins at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The value at the end.
    pub top: f64,
    /// Where 0 is, and where the end is.
    pub from: f64,
    pub to: f64,
}

impl Scale {
    /// A scale that holds all values; none where there is nothing to be held.
    pub fn of(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let top = values.into_iter().filter(|value| value.is_finite()).fold(0.0, f64::max);
        (top > 0.0).then_some(Self { top, from, to })
    }

    /// Where a value is; what is beyond an end is at the end.
    pub fn at(&self, value: f64) -> f64 {
        self.from + (self.to - self.from) * (value / self.top).clamp(0.0, 1.0)
    }

    /// Round values, from 0 on, no more than six and mostly more than three.
    pub fn ticks(&self) -> Vec<f64> {
        let step = step(self.top / 4.0);
        let mut ticks = Vec::new();
        let mut tick = 0.0;
        while tick <= self.top * (1.0 + 1e-9) && ticks.len() < 9 {
            ticks.push(tick);
            tick = step * crate::render::svg::count(ticks.len());
        }
        ticks
    }
}

/// The largest of 1, 2 and 5 times a power of ten that is no more than this.
fn step(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let fit = [5.0, 2.0, 1.0].into_iter().find(|factor| factor * power <= value * (1.0 + 1e-9)).unwrap_or(1.0);
    fit * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        let ticks = |top: f64| Scale { top, from: 0.0, to: 1.0 }.ticks();
        assert_eq!(ticks(25_000.0), [0.0, 5000.0, 10_000.0, 15_000.0, 20_000.0, 25_000.0]);
        assert_eq!(ticks(818.0), [0.0, 200.0, 400.0, 600.0, 800.0]);
        assert_eq!(ticks(4.0), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(ticks(2.0), [0.0, 0.5, 1.0, 1.5, 2.0]);
    }

    proptest! {
        #[test]
        fn ticks_are_few_and_within(top in 1e-6_f64..1e15) {
            let scale = Scale { top, from: 10.0, to: 20.0 };
            let ticks = scale.ticks();
            prop_assert!((3..=9).contains(&ticks.len()), "{ticks:?}");
            prop_assert!(ticks.iter().all(|tick| (10.0..=20.0).contains(&scale.at(*tick))));
        }
    }
}
