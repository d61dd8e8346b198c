//! [`Decimal`]: an exact decimal number, so that 0.3 is a multiple of 0.1.

mod text;

use std::cmp::Ordering;

/// A number as HTML writes one: a coefficient below 10^18 and a power of ten.
///
/// The grammar is that of a valid floating-point number, `-?(digits(.digits)?|.digits)([eE][+-]?digits)?`, within the
/// range of a double: <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#valid-floating-point-number>.
/// Digits after the eighteenth are dropped, as Chromium and Safari do; 0.1 is exact, unlike in a double.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// With the sign; 0 has the exponent 0.
    coefficient: i64,
    exponent: i32,
}

impl Decimal {
    /// A whole number; of one above 10^18 the last digits are dropped.
    pub fn whole(number: i64) -> Self {
        Self::reduced(number.into(), 0)
    }

    /// The number without its sign.
    pub fn abs(self) -> Self {
        Self {
            coefficient: self.coefficient.abs(),
            ..self
        }
    }

    /// The sum, its digits after the eighteenth dropped.
    pub fn plus(self, other: Self) -> Self {
        let (high, low) = if self.exponent > other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        let shift = high.exponent.saturating_sub(low.exponent);
        let dropped = if high.coefficient == 0 {
            0
        } else {
            shift.saturating_sub(MAX_DIGITS - high.digits()).max(0)
        };
        let up = power_of_ten(shift - dropped).saturating_mul(high.coefficient.into());
        let down = i128::from(low.coefficient)
            .checked_div(power_of_ten(dropped))
            .unwrap_or_default();
        Self::reduced(
            up.saturating_add(down),
            low.exponent.saturating_add(dropped),
        )
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Self {
        self.plus(Self {
            coefficient: -other.coefficient,
            ..other
        })
    }

    /// The product, its digits after the eighteenth dropped.
    pub fn times(self, other: Self) -> Self {
        let product = i128::from(self.coefficient) * i128::from(other.coefficient);
        Self::reduced(product, self.exponent.saturating_add(other.exponent))
    }

    /// The quotient, rounded to eighteen digits; 0 divided by 0 is 0.
    pub fn over(self, other: Self) -> Self {
        let whole = self.exponent.saturating_sub(other.exponent);
        // Two digits more than are kept, for rounding.
        let spare = MAX_DIGITS + 2;
        let numerator = i128::from(self.coefficient) * power_of_ten(spare);
        let mut count = numerator
            .checked_div(other.coefficient.into())
            .unwrap_or_default();
        let mut exponent = whole.saturating_sub(spare);
        let mut last = 0;
        while count.unsigned_abs() >= power_of_ten(MAX_DIGITS).unsigned_abs()
            || (exponent < whole && count % 10 == 0)
        {
            last = count % 10;
            count /= 10;
            exponent = exponent.saturating_add(1);
        }
        Self::reduced(count + last / 5, exponent)
    }

    /// The nearest whole number; of two, the one farther from zero.
    pub fn round(self) -> Self {
        if self.exponent >= 0 {
            return self;
        }
        let tenths = i128::from(self.coefficient)
            .checked_div(power_of_ten(-1 - self.exponent))
            .unwrap_or_default();
        let nearest = if tenths % 10 >= 5 {
            tenths + 10
        } else if tenths % 10 <= -5 {
            tenths - 10
        } else {
            tenths
        };
        Self::reduced(nearest / 10, 0)
    }

    /// The number without its fraction; `None` beyond 64 bits.
    pub fn to_whole(self) -> Option<i64> {
        let number: i128 = self.coefficient.into();
        let power = power_of_ten(self.exponent.saturating_abs());
        let whole = if self.exponent >= 0 {
            number.checked_mul(power)?
        } else {
            number.checked_div(power)?
        };
        i64::try_from(whole).ok()
    }

    /// `count * 10^exponent`, its digits after the eighteenth dropped.
    fn reduced(mut count: i128, mut exponent: i32) -> Self {
        while count.unsigned_abs() >= power_of_ten(MAX_DIGITS).unsigned_abs() {
            count /= 10;
            exponent = exponent.saturating_add(1);
        }
        // It has 18 digits at most.
        let coefficient = i64::try_from(count).unwrap_or_default();
        Self {
            coefficient,
            exponent,
        }
        .normal()
    }

    /// How many digits it has.
    fn digits(self) -> i32 {
        self.coefficient
            .unsigned_abs()
            .checked_ilog10()
            .map_or(0, |log| log.cast_signed() + 1)
    }

    /// The number, if it is written as a whole number below 2^53.
    pub fn small_whole(self) -> Option<i64> {
        (self.exponent == 0 && self.coefficient.unsigned_abs() < 1 << 53)
            .then_some(self.coefficient)
    }

    /// Above zero.
    pub fn is_positive(self) -> bool {
        self.coefficient > 0
    }

    /// Replaces a number too small for a double by zero.
    fn normal(self) -> Self {
        if self.exponent < -MAX_EXPONENT {
            Self {
                coefficient: 0,
                exponent: 0,
            }
        } else {
            self
        }
    }

    /// The power of ten of the first digit; of zero, less than any.
    fn magnitude(self) -> i32 {
        match self.coefficient.unsigned_abs().checked_ilog10() {
            Some(digits) => self.exponent.saturating_add(digits.cast_signed()),
            None => i32::MIN,
        }
    }

    /// Whether it is above all numbers that round to the largest double, 1.797…e308.
    fn is_beyond_doubles(self) -> bool {
        const LARGEST: Decimal = Decimal {
            coefficient: 179_769_313_486_231_580,
            exponent: 291,
        };
        let positive = Self {
            coefficient: self.coefficient.abs(),
            ..self
        };
        positive > LARGEST
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.coefficient, other.coefficient);
        if self.exponent == other.exponent {
            return a.cmp(&b);
        }
        if a.signum() != b.signum() || a == 0 {
            return a.cmp(&b);
        }
        let by_size = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            // Of the same magnitude, so that their exponents differ by less than 18.
            let exponent = self.exponent.min(other.exponent);
            let size = |number: &Self| {
                power_of_ten(number.exponent - exponent) * i128::from(number.coefficient.abs())
            };
            size(self).cmp(&size(other))
        });
        if a < 0 { by_size.reverse() } else { by_size }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

/// `10^exponent`; 1 for a negative exponent, and the largest `i128` where it does not fit.
fn power_of_ten(exponent: i32) -> i128 {
    10_i128.saturating_pow(u32::try_from(exponent).unwrap_or_default())
}

/// The most digits of a coefficient.
const MAX_DIGITS: i32 = 18;
/// The largest power of ten in a double, and the smallest exponent that is not read as zero.
const MAX_MAGNITUDE: i32 = 308;
const MAX_EXPONENT: i32 = 1_023;

#[cfg(test)]
mod tests;
