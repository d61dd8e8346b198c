//! [`Load`]: who sends what, where and when.

use crate::world::Random;

/// One submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Milliseconds since the start.
    pub at_ms: u64,
    /// Where.
    pub location: usize,
    /// At which of the location's isolates.
    pub isolate: usize,
    /// Whose.
    pub visitor: u64,
}

/// How demand changes and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The same number in every window, at moments that are even by chance.
    Steady,
    /// Moments that do not depend on one another, so that windows differ as those of real visitors do.
    Poisson,
    /// All of a window's demand in its first second.
    Burst,
    /// From nothing to twice the mean, over the whole run.
    Ramp,
    /// Like [`Self::Poisson`], four fifths at the first location.
    Skewed,
    /// Like [`Self::Poisson`], in every window at another location.
    Rotating,
    /// Like [`Self::Poisson`], no visitor twice.
    DistinctVisitors,
}

/// A load; all arrivals at isolates of a location by chance.
#[derive(Clone, Debug)]
pub struct Load {
    /// See [`Shape`].
    pub shape: Shape,
    /// Submissions in a window, on average.
    pub per_window: f64,
    /// A window: milliseconds.
    pub window_ms: u64,
    /// How many windows.
    pub windows: u64,
    /// How many locations.
    pub locations: usize,
    /// How many isolates at each.
    pub isolates: usize,
}

impl Load {
    /// All submissions, in order of time.
    pub fn arrivals(&self, random: &mut Random) -> Vec<Arrival> {
        let mut moments = self.moments(random);
        moments.sort_unstable();
        let numbered = (0_u64..).zip(moments);
        let arrivals = numbered.map(|(number, at_ms)| Arrival {
            at_ms,
            location: self.location(at_ms, random),
            isolate: below(self.isolates, random),
            visitor: match self.shape {
                Shape::DistinctVisitors => number,
                _ => 0,
            },
        });
        arrivals.collect()
    }

    fn moments(&self, random: &mut Random) -> Vec<u64> {
        let length_ms = self.window_ms.saturating_mul(self.windows);
        let mut moments = Vec::new();
        match self.shape {
            Shape::Steady | Shape::Burst => {
                let span_ms = match self.shape {
                    Shape::Burst => self.window_ms.min(1_000),
                    _ => self.window_ms,
                };
                for window in 0..self.windows {
                    let start_ms = window * self.window_ms;
                    for _ in 0..whole(self.per_window) {
                        moments.push(start_ms + random.between(0, span_ms.saturating_sub(1)));
                    }
                }
            }
            Shape::Ramp => {
                let count = whole(self.per_window * float(self.windows));
                for _ in 0..count {
                    // The later of two even moments has a density that rises from zero.
                    let moment =
                        |random: &mut Random| random.between(0, length_ms.saturating_sub(1));
                    moments.push(moment(random).max(moment(random)));
                }
            }
            _ => {
                let mean_ms = float(self.window_ms) / self.per_window;
                let mut at = 0.0;
                loop {
                    // Finer than a millisecond, or rounding would thin out a dense load.
                    at += -(1.0 - random.unit()).ln() * mean_ms;
                    let at_ms = whole(at);
                    if at_ms >= length_ms {
                        break;
                    }
                    moments.push(at_ms);
                }
            }
        }
        moments
    }

    fn location(&self, at_ms: u64, random: &mut Random) -> usize {
        match self.shape {
            Shape::Skewed if random.chance(0.8) => 0,
            Shape::Skewed if self.locations > 1 => 1 + below(self.locations - 1, random),
            Shape::Rotating => {
                let window = at_ms / self.window_ms.max(1);
                usize::try_from(window).unwrap_or(0) % self.locations.max(1)
            }
            _ => below(self.locations, random),
        }
    }
}

fn below(count: usize, random: &mut Random) -> usize {
    let most = u64::try_from(count).unwrap_or(1).saturating_sub(1);
    usize::try_from(random.between(0, most)).unwrap_or(0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and cut to what fits"
)]
fn whole(number: f64) -> u64 {
    number.floor() as u64
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(shape: Shape) -> Vec<Arrival> {
        let load = Load {
            shape,
            per_window: 500.0,
            window_ms: 60_000,
            windows: 10,
            locations: 5,
            isolates: 2,
        };
        load.arrivals(&mut Random::seeded(7))
    }

    fn in_window(arrivals: &[Arrival], window: u64) -> usize {
        arrivals
            .iter()
            .filter(|arrival| arrival.at_ms / 60_000 == window)
            .count()
    }

    #[test]
    fn every_shape_is_in_order_and_has_the_demand_asked_for() {
        for shape in [
            Shape::Steady,
            Shape::Poisson,
            Shape::Burst,
            Shape::Ramp,
            Shape::Skewed,
            Shape::Rotating,
            Shape::DistinctVisitors,
        ] {
            let arrivals = arrivals(shape);
            assert!(
                arrivals.is_sorted_by_key(|arrival| arrival.at_ms),
                "{shape:?}"
            );
            assert!(
                (4_700..5_300).contains(&arrivals.len()),
                "{shape:?}: {}",
                arrivals.len()
            );
            assert!(arrivals.iter().all(|arrival| arrival.at_ms < 600_000));
            assert!(
                arrivals
                    .iter()
                    .all(|arrival| arrival.location < 5 && arrival.isolate < 2)
            );
        }
    }

    #[test]
    fn each_shape_is_what_its_name_says() {
        let steady = arrivals(Shape::Steady);
        assert!((0..10).all(|window| in_window(&steady, window) == 500));
        let burst = arrivals(Shape::Burst);
        assert!(burst.iter().all(|arrival| arrival.at_ms % 60_000 < 1_000));
        let ramp = arrivals(Shape::Ramp);
        assert!(in_window(&ramp, 0) < 100 && in_window(&ramp, 9) > 850);
        let skewed = arrivals(Shape::Skewed);
        let first = skewed
            .iter()
            .filter(|arrival| arrival.location == 0)
            .count();
        assert!((3_800..4_200).contains(&first), "{first}");
        let rotating = arrivals(Shape::Rotating);
        assert!(rotating.iter().all(|arrival| {
            u64::try_from(arrival.location).unwrap() == arrival.at_ms / 60_000 % 5
        }));
        let distinct = arrivals(Shape::DistinctVisitors);
        assert!(
            distinct
                .windows(2)
                .all(|pair| pair[0].visitor != pair[1].visitor)
        );
    }
}
