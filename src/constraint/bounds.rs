//! Checks `min` and `max`: <https://html.spec.whatwg.org/multipage/input.html#the-min-and-max-attributes>.

use super::decimal::Decimal;
use crate::problem::ViolationCode;

/// The least and the greatest value, both allowed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// The least value; `None` for no lower bound.
    pub min: Option<Decimal>,
    /// The greatest value; `None` for no upper bound.
    pub max: Option<Decimal>,
    /// Whether values wrap around, as times of day do: 22:00 to 02:00 is then a range, and noon is both below and above
    /// it. <https://html.spec.whatwg.org/multipage/input.html#has-a-reversed-range>
    pub is_periodic: bool,
}

impl Bounds {
    /// Checks the lower bound.
    ///
    /// # Errors
    /// [`ViolationCode::RangeUnderflow`].
    pub fn check_min(&self, value: Decimal) -> Result<(), ViolationCode> {
        let is_inside = self
            .is_inside_reversed(value)
            .unwrap_or_else(|| self.min.is_none_or(|min| value >= min));
        is_inside.then_some(()).ok_or(ViolationCode::RangeUnderflow)
    }

    /// Checks the upper bound.
    ///
    /// # Errors
    /// [`ViolationCode::RangeOverflow`].
    pub fn check_max(&self, value: Decimal) -> Result<(), ViolationCode> {
        let is_inside = self
            .is_inside_reversed(value)
            .unwrap_or_else(|| self.max.is_none_or(|max| value <= max));
        is_inside.then_some(()).ok_or(ViolationCode::RangeOverflow)
    }

    /// Whether `min` is above `max`.
    pub fn are_reversed(&self) -> bool {
        matches!((self.min, self.max), (Some(min), Some(max)) if min > max)
    }

    /// Whether a value is inside a range that wraps around; `None` for other ranges.
    fn is_inside_reversed(&self, value: Decimal) -> Option<bool> {
        match (self.min, self.max) {
            (Some(min), Some(max)) if self.is_periodic && min > max => {
                Some(value >= min || value <= max)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(bounds: Bounds, value: i64) -> Vec<ViolationCode> {
        let value = Decimal::whole(value);
        [bounds.check_min(value).err(), bounds.check_max(value).err()]
            .into_iter()
            .flatten()
            .collect()
    }

    #[test]
    fn both_bounds_are_inside() {
        let bounds = Bounds {
            min: Some(Decimal::whole(1)),
            max: Some(Decimal::whole(10)),
            is_periodic: false,
        };
        for (value, expected) in [
            (0, vec![ViolationCode::RangeUnderflow]),
            (1, vec![]),
            (10, vec![]),
            (11, vec![ViolationCode::RangeOverflow]),
        ] {
            assert_eq!(codes(bounds, value), expected, "{value}");
        }
        assert_eq!(codes(Bounds::default(), 11), vec![]);
    }

    #[test]
    fn a_range_of_times_may_wrap_around_midnight() {
        let bounds = Bounds {
            min: Some(Decimal::whole(22)),
            max: Some(Decimal::whole(2)),
            is_periodic: true,
        };
        for inside in [22, 23, 0, 2] {
            assert_eq!(codes(bounds, inside), vec![], "{inside}");
        }
        let both = vec![ViolationCode::RangeUnderflow, ViolationCode::RangeOverflow];
        for outside in [3, 12, 21] {
            assert_eq!(codes(bounds, outside), both, "{outside}");
        }
        assert_eq!(
            codes(
                Bounds {
                    is_periodic: false,
                    ..bounds
                },
                12
            ),
            both,
            "every number is outside"
        );
    }
}
