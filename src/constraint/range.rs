//! [`Slider`]: the value of `type=range`, which always has one within its bounds and on a step.
//! <https://html.spec.whatwg.org/multipage/input.html#range-state-(type=range)>.

use super::decimal::Decimal;
use super::step::Steps;

/// The bounds and steps of a slider.
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

    /// Whether a browser would leave this value unchanged.
    pub fn allows(&self, value: Decimal) -> bool {
        self.nearest(value) == value
    }

    /// The nearest allowed value, which a browser replaces the value by.
    pub fn nearest(&self, value: Decimal) -> Decimal {
        // Not `clamp`: for a value equal to the lower bound, browsers use the bound in its own notation.
        let inside = if value > self.max { self.max } else { value };
        let inside = if inside <= self.min { self.min } else { inside };
        let Some(steps) = self.steps else {
            return inside;
        };
        let nearest = steps.nearest(inside);
        let on_step = if nearest > self.max {
            nearest.minus(steps.step)
        } else if nearest < self.min {
            nearest.plus(steps.step)
        } else {
            nearest
        };
        // There may be no step within the bounds.
        if on_step < self.min || on_step > self.max {
            inside
        } else {
            on_step
        }
    }

    /// The value of a slider that was given no readable one.
    pub fn middle(&self) -> Decimal {
        self.nearest(self.min.plus(self.max).over(Decimal::whole(2)))
    }
}

/// `min` of a slider without the attribute.
pub const DEFAULT_MIN: i64 = 0;
/// `max` of a slider without the attribute.
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
    fn the_nearest_value_is_that_of_browsers() {
        for (min, max, step, value, expected) in [
            ("0", "100", "1", "150", "100"),
            ("0", "100", "1", "-1", "0"),
            ("0", "100", "1", "49.5", "50"),
            ("1", "10", "4", "10", "9"),
            ("1", "10", "4", "8", "9"),
            ("0", "10", "100", "7", "0"),
            ("0.1", "1", "0.3", "0.55", "0.7"),
        ] {
            let nearest = slider(min, max, step).nearest(decimal(value));
            assert_eq!(
                nearest.to_string(),
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
