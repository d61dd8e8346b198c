//! [`Decimal`]: an exact decimal number, so that 0.3 is on a step of 0.1.

use std::cmp::Ordering;
use std::fmt;

/// A number as HTML writes one: a coefficient below 10^18 and a power of ten.
///
/// The grammar is that of a valid floating-point number, `-?(digits(.digits)?|.digits)([eE][+-]?digits)?`, within the
/// range of a double: <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#valid-floating-point-number>.
/// Digits after the eighteenth are dropped, as Chromium and WebKit do; 0.1 is exact, unlike in a double.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// With the sign; 0 has the exponent 0.
    coefficient: i64,
    exponent: i32,
}

impl Decimal {
    /// A whole number; the last digits of one beyond 10^18 are dropped.
    pub fn whole(number: i64) -> Self {
        Self::reduced(number.into(), 0)
    }

    /// Reads a number.
    pub fn parse(text: &str) -> Option<Self> {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let has_exponent = mantissa.len() < unsigned.len();
        let (whole, fraction) = match mantissa.split_once('.') {
            // Chromium takes `5.e0`, which the grammar does not have.
            Some((whole, "")) if has_exponent && !whole.is_empty() => (whole, ""),
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None if mantissa.is_empty() => return None,
            None => (mantissa, ""),
        };
        if !whole.is_empty() && !is_digits(whole) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let kept = whole.bytes().chain(fraction.bytes()).take(18);
        let (mut coefficient, mut count) = (0_i64, 0_i32);
        for digit in kept {
            coefficient = coefficient * 10 + i64::from(digit - b'0');
            count += 1;
        }
        let shift = i32::try_from(whole.len()).ok()? - count;
        let number = Self {
            coefficient: if is_negative {
                -coefficient
            } else {
                coefficient
            },
            exponent: exponent.saturating_add(shift),
        };
        let number = number.normal();
        (number.magnitude() <= MAX_MAGNITUDE && !number.is_beyond_doubles()).then_some(number)
    }

    /// The number without its sign.
    pub fn abs(self) -> Self {
        Self {
            coefficient: self.coefficient.abs(),
            ..self
        }
    }

    /// The sum. Digits that one number would have after the eighteenth of the other are dropped.
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

    /// The quotient, rounded to eighteen digits; nothing divided by nothing is nothing.
    pub fn over(self, other: Self) -> Self {
        let whole = self.exponent.saturating_sub(other.exponent);
        // Two digits more than are kept, so that none is missing.
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

    /// The number without what comes after its point; `None` beyond 64 bits.
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

    /// Above zero.
    pub fn is_positive(self) -> bool {
        self.coefficient > 0
    }

    /// What is too small for a double is zero.
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

    /// Beyond what rounds to the largest double, 1.797…e308.
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
        if a.signum() != b.signum() || a == 0 {
            return a.cmp(&b);
        }
        let by_size = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            // Of one magnitude: their exponents are less than 18 apart.
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

impl fmt::Display for Decimal {
    /// As Chromium and WebKit write the value of a slider: a fraction to 15 digits, without zeros at its end; with an
    /// exponent when the number was written with one above zero, or is very small.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.coefficient == 0 {
            return f.write_str("0");
        }
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let (mut coefficient, mut exponent) = (self.coefficient.unsigned_abs(), self.exponent);
        let mut last = 0;
        while exponent < 0 && coefficient >= 10_u64.pow(MAX_FRACTION_DIGITS) {
            (coefficient, last, exponent) = (coefficient / 10, coefficient % 10, exponent + 1);
        }
        coefficient += u64::from(last >= 5);
        while exponent < 0 && coefficient.is_multiple_of(10) {
            (coefficient, exponent) = (coefficient / 10, exponent + 1);
        }
        let digits = coefficient.to_string();
        let length = i32::try_from(digits.len()).unwrap_or_default();
        let magnitude = exponent + length - 1;
        if exponent > 0 || magnitude < -6 {
            let (first, rest) = digits.split_at(1);
            let rest = rest.trim_end_matches('0');
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{sign}{first}{point}{rest}e{magnitude:+}");
        }
        let places = usize::try_from(exponent.unsigned_abs()).unwrap_or_default();
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

/// `10^exponent`; 1 below zero, and as large as can be where it does not fit.
fn power_of_ten(exponent: i32) -> i128 {
    10_i128.saturating_pow(u32::try_from(exponent).unwrap_or_default())
}

fn parse_exponent(text: &str) -> Option<i32> {
    let (is_negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    is_digits(digits).then(|| {
        let size = digits
            .parse::<i32>()
            .unwrap_or(i32::MAX / 2)
            .min(i32::MAX / 2);
        if is_negative { -size } else { size }
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is kept of a coefficient: digits.
const MAX_DIGITS: i32 = 18;
/// What is written of a number with a fraction: digits.
const MAX_FRACTION_DIGITS: u32 = 15;
/// The largest power of ten in a double, and the smallest exponent that is not taken for zero.
const MAX_MAGNITUDE: i32 = 308;
const MAX_EXPONENT: i32 = 1_023;

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect(text)
    }

    /// Measured in Chromium 147 and 156.
    #[test]
    fn reads_what_browsers_read() {
        for valid in [
            "0",
            "00",
            "-0",
            "1E+3",
            "007",
            "1.50",
            ".5",
            "-.5e-2",
            "1e308",
            "1e-99999999999",
            "0e400",
            "1.7976931348623157e308",
            "5.e0",
        ] {
            assert!(Decimal::parse(valid).is_some(), "{valid}");
        }
        for invalid in [
            "",
            "+1",
            "5.",
            "1,5",
            " 1",
            "1 ",
            "0x1",
            "Infinity",
            "NaN",
            "1e400",
            "-",
            ".",
            "e1",
            "1e",
            "1e+",
            "--1",
            "1.2.3",
            "١",
            "-.",
            "1.8e308",
            "1e99999999999",
        ] {
            assert!(Decimal::parse(invalid).is_none(), "{invalid}");
        }
    }

    #[test]
    fn compares_as_numbers() {
        for ascending in [
            ["-1e308", "-1"],
            ["-1", "-0.5"],
            ["-0.1", "0"],
            ["0", "1e-300"],
            ["0.1", "0.10000000000000001"],
            ["9", "10"],
            ["99.9", "1e2"],
            ["1e2", "100.1"],
            ["123456789012345678", "1e300"],
        ] {
            let [low, high] = ascending.map(decimal);
            assert!(low < high && high > low, "{ascending:?}");
        }
        for equal in [
            ["1.50", "1.5"],
            ["-0", "0"],
            ["1E+3", "1000"],
            ["007", "7"],
            ["0.001", "1e-3"],
        ] {
            assert_eq!(decimal(equal[0]), decimal(equal[1]), "{equal:?}");
        }
    }

    #[test]
    fn is_written_as_browsers_write_it() {
        for (text, written) in [
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("1.50", "1.5"),
            ("-.5", "-0.5"),
            ("1e3", "1e+3"),
            ("1e-6", "0.000001"),
            ("1e-7", "1e-7"),
            ("-15e-8", "-1.5e-7"),
            ("1200e1", "1.2e+4"),
            ("0.9999999999999999", "1"),
            ("100", "100"),
            ("1.25e1", "12.5"),
        ] {
            assert_eq!(decimal(text).to_string(), written, "{text}");
        }
    }
}
