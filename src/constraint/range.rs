//! The value of a slider, `type=range`: it always has one, and one that is allowed.
//! <https://html.spec.whatwg.org/multipage/input.html#range-state-(type=range)>.

use super::decimal::Decimal;
use super::step::Steps;

/// A slider.
#[derive(Clone, Copy, Debug)]
pub struct Slider {
    min: Decimal,
    max: Decimal,
    steps: Option<Steps>,
}

impl Slider {
    /// A slider from `min` (0) to `max` (100, and never below `min`), in steps (of 1) or without.
    pub fn new(min: Option<Decimal>, max: Option<Decimal>, steps: Option<Steps>) -> Self {
        let min = min.unwrap_or(Decimal::whole(DEFAULT_MIN));
        let max = max.unwrap_or(Decimal::whole(DEFAULT_MAX)).max(min);
        Self { min, max, steps }
    }

    /// Whether a value would be left where it is.
    pub fn allows(&self, value: Decimal) -> bool {
        self.settle(value) == value
    }

    /// The allowed value that is nearest.
    pub fn settle(&self, value: Decimal) -> Decimal {
        // Not `clamp`: of a value that equals the lower bound, browsers take the bound, as it is written.
        let inside = if value > self.max { self.max } else { value };
        let inside = if inside <= self.min { self.min } else { inside };
        let Some(steps) = self.steps else {
            return inside;
        };
        let nearest = steps.nearest(inside);
        let settled = if nearest > self.max {
            nearest.minus(steps.step)
        } else if nearest < self.min {
            nearest.plus(steps.step)
        } else {
            nearest
        };
        // No step may fit inside at all.
        if settled < self.min || settled > self.max {
            inside
        } else {
            settled
        }
    }

    /// The value a slider stands at when it was given none that can be read.
    pub fn middle(&self) -> Decimal {
        self.settle(self.min.plus(self.max).over(Decimal::whole(2)))
    }
}

/// Where a slider begins and ends when nothing else is said.
pub const DEFAULT_MIN: i64 = 0;
/// See [`DEFAULT_MIN`].
pub const DEFAULT_MAX: i64 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect(text)
    }

    fn slider(min: &str, max: &str, step: &str) -> Slider {
        let steps = Steps {
            step: decimal(step),
            base: decimal(min),
            is_forgiving: true,
        };
        Slider::new(Some(decimal(min)), Some(decimal(max)), Some(steps))
    }

    /// Measured in Chromium 147 and 156.
    #[test]
    fn settles_where_browsers_settle() {
        for (min, max, step, value, expected) in [
            ("0", "100", "1", "150", "100"),
            ("0", "100", "1", "-1", "0"),
            ("0", "100", "1", "49.5", "50"),
            ("1", "10", "4", "10", "9"),
            ("1", "10", "4", "8", "9"),
            ("0", "10", "100", "7", "0"),
            ("0.1", "1", "0.3", "0.55", "0.7"),
        ] {
            let settled = slider(min, max, step).settle(decimal(value));
            assert_eq!(
                settled.to_string(),
                expected,
                "{value} between {min} and {max} by {step}"
            );
        }
        assert_eq!(slider("1", "10", "4").middle(), decimal("5"));
        assert_eq!(Slider::new(None, None, None).middle(), decimal("50"));
        assert_eq!(
            Slider::new(Some(decimal("10")), Some(decimal("1")), None).middle(),
            decimal("10")
        );
    }
}
