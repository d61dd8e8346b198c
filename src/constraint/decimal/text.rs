//! Reads and writes a [`Decimal`].

use std::fmt;

use super::{Decimal, MAX_MAGNITUDE};

impl Decimal {
    /// Parses a number in the grammar of [`Decimal`].
    pub fn parse(text: &str) -> Option<Self> {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text),
        };
        let (whole, rest) = leading_digits(unsigned);
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => leading_digits(rest),
            None => ("", rest),
        };
        let exponent = match rest.strip_prefix(['e', 'E']) {
            // Chromium accepts `5.e0`, which the grammar does not have.
            Some(exponent) => parse_exponent(exponent)?,
            None if rest.is_empty() && !unsigned.ends_with('.') => 0,
            None => return None,
        };
        if whole.is_empty() && fraction.is_empty() {
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
        (number.magnitude() < MAX_MAGNITUDE || !number.is_beyond_doubles()).then_some(number)
    }
}

impl fmt::Display for Decimal {
    /// As Chromium and Safari write the value of a slider: a fraction to 15 digits, without zeros at its end; with an
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

/// The digits that a text begins with, and the rest.
fn leading_digits(text: &str) -> (&str, &str) {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(count).unwrap_or((text, ""))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The most digits written of a number with a fraction.
const MAX_FRACTION_DIGITS: u32 = 15;
