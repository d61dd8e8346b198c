//! Numbers: HTML's grammar, `min` and `max`.
//! <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#valid-floating-point-number>.

use crate::problem::ViolationCode;

/// Checks that a value is a finite number as HTML writes one. A browser sends nothing else.
///
/// # Errors
/// [`ViolationCode::BadInput`].
pub fn check(value: &str) -> Result<(), ViolationCode> {
    if value.is_empty() || parse(value).is_some() {
        Ok(())
    } else {
        Err(ViolationCode::BadInput)
    }
}

/// Checks a number against its bounds; a bound that is no number is no bound, as in HTML.
///
/// # Errors
/// [`ViolationCode::RangeUnderflow`] or [`ViolationCode::RangeOverflow`].
pub fn check_range(value: &str, min: Option<&str>, max: Option<&str>) -> Result<(), ViolationCode> {
    let Some(number) = parse(value) else {
        return Ok(());
    };
    if min.and_then(parse).is_some_and(|min| number < min) {
        Err(ViolationCode::RangeUnderflow)
    } else if max.and_then(parse).is_some_and(|max| number > max) {
        Err(ViolationCode::RangeOverflow)
    } else {
        Ok(())
    }
}

/// `-?(digits(.digits)?|.digits)([eE][+-]?digits)?`, finite. Rust's own grammar is wider: `+1`, `5.`, `inf`.
pub fn parse(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let mantissa_is_sound = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole.is_empty() || is_digits(whole)) && is_digits(fraction),
        None => is_digits(mantissa),
    };
    let exponent_is_sound = exponent
        .is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    (mantissa_is_sound && exponent_is_sound)
        .then(|| text.parse::<f64>().ok())
        .flatten()
        .filter(|number| number.is_finite())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured in Chromium 147 and 156.
    #[test]
    fn reads_what_browsers_read() {
        for valid in [
            "", "0", "00", "-0", "1E+3", "007", "1.50", ".5", "-.5e-2", "1e308",
        ] {
            assert_eq!(check(valid), Ok(()), "{valid}");
        }
        for invalid in [
            "+1", "5.", "1,5", " 1", "1 ", "0x1", "Infinity", "NaN", "1e400", "-", ".", "e1", "1e",
            "1e+", "--1", "1.2.3", "١",
        ] {
            assert_eq!(check(invalid), Err(ViolationCode::BadInput), "{invalid}");
        }
    }

    #[test]
    fn bounds_are_inclusive_and_nonsense_bounds_are_none() {
        let bounds = |value| check_range(value, Some("1"), Some("10.5"));
        assert_eq!(bounds("1"), Ok(()));
        assert_eq!(bounds("10.5"), Ok(()));
        assert_eq!(bounds("0.999"), Err(ViolationCode::RangeUnderflow));
        assert_eq!(bounds("10.51"), Err(ViolationCode::RangeOverflow));
        assert_eq!(check_range("5", Some("six"), None), Ok(()));
    }
}
