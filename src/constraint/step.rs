//! Checks `step`: <https://html.spec.whatwg.org/multipage/input.html#the-step-attribute>.

use super::decimal::Decimal;
use crate::problem::ViolationCode;

/// The allowed values: those a whole number of steps from `base`.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// The distance of two allowed values, above zero.
    pub step: Decimal,
    /// `min`, else the default value, else the default base of the kind:
    /// <https://html.spec.whatwg.org/multipage/input.html#concept-input-min-zero>.
    pub base: Decimal,
    /// Whether a value within `step / 2^24` of a step counts as on it, as in Chromium and Safari for numbers.
    pub is_forgiving: bool,
}

impl Steps {
    /// Checks a value. One more than 2^53 steps from the base is accepted, as in Chromium and Safari.
    ///
    /// # Errors
    /// [`ViolationCode::StepMismatch`].
    pub fn check(&self, value: Decimal) -> Result<(), ViolationCode> {
        // Fast path: most values are small whole numbers, whose remainder is exact.
        let whole = |number: Decimal| number.small_whole();
        if let (Some(value), Some(base), Some(step)) =
            (whole(value), whole(self.base), whole(self.step))
            && (value - base).checked_rem(step) == Some(0)
        {
            return Ok(());
        }
        let distance = value.minus(self.base).abs();
        let is_far = distance.over(Decimal::whole(1 << 53)) > self.step;
        let remainder = distance
            .minus(distance.over(self.step).round().times(self.step))
            .abs();
        let tolerance = if self.is_forgiving {
            self.step.over(Decimal::whole(1 << 24))
        } else {
            Decimal::whole(0)
        };
        if is_far || remainder <= tolerance {
            Ok(())
        } else {
            Err(ViolationCode::StepMismatch)
        }
    }

    /// The nearest allowed value; of two equally near, the one farther from the base.
    pub fn nearest(&self, value: Decimal) -> Decimal {
        self.base.plus(
            value
                .minus(self.base)
                .over(self.step)
                .round()
                .times(self.step),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect(text)
    }

    fn steps(step: &str, base: &str) -> Steps {
        Steps {
            step: decimal(step),
            base: decimal(base),
            is_forgiving: true,
        }
    }

    /// Measured in Chromium 147 and 156.
    #[test]
    fn agrees_with_browsers_on_known_steps() {
        for (step, base, value, is_on_step) in [
            ("0.1", "0", "0.3", true),
            ("0.1", "0", "0.35", false),
            ("1", "0", "1.5", false),
            ("1", ".5", "1", false),
            ("1", ".5", "-0.5", true),
            ("0.1", "0", "1e300", true),
            ("3", "1", "10", true),
            ("3", "1", "-2", true),
            ("3", "1", "9", false),
            ("1", "0", "1e-300", true),
            ("1e-300", "0", "5e-301", false),
            ("1", "0", "0.00000005", true),
            ("1", "0", "0.00000006", false),
        ] {
            let checked = steps(step, base).check(decimal(value));
            assert_eq!(
                checked.is_ok(),
                is_on_step,
                "{value} in steps of {step} from {base}"
            );
        }
        let exact = Steps {
            is_forgiving: false,
            ..steps("1000", "0")
        };
        assert!(exact.check(decimal("1001")).is_err() && exact.check(decimal("2000")).is_ok());
    }

    #[test]
    fn knows_the_nearest_value() {
        let steps = steps("0.5", "0.2");
        for (value, nearest) in [
            ("0.94", "0.7"),
            ("0.95", "1.2"),
            ("-0.05", "-0.3"),
            ("0.2", "0.2"),
        ] {
            assert_eq!(steps.nearest(decimal(value)), decimal(nearest), "{value}");
        }
    }
}
