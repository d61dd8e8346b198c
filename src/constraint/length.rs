//! `minlength` and `maxlength`, in UTF-16 code units as everywhere in HTML:
//! <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-fe-maxlength>.

use crate::problem::ViolationCode;

/// Checks a sanitised value (a newline is one unit). Browsers check only what a visitor edited; we check always.
///
/// # Errors
/// [`ViolationCode::TooShort`] or [`ViolationCode::TooLong`].
pub fn check(value: &str, min: Option<u32>, max: Option<u32>) -> Result<(), ViolationCode> {
    if value.is_empty() || (min.is_none() && max.is_none()) {
        return Ok(());
    }
    let length = if value.is_ascii() {
        value.len()
    } else {
        value.encode_utf16().count()
    };
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if min.is_some_and(|min| length < min) {
        Err(ViolationCode::TooShort)
    } else if max.is_some_and(|max| length > max) {
        Err(ViolationCode::TooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_code_units_and_includes_both_ends() {
        for (value, expected) in [
            ("", Ok(())),
            ("a", Err(ViolationCode::TooShort)),
            ("ab", Ok(())),
            ("😀", Ok(())),
            ("abc", Ok(())),
            ("a😀", Ok(())),
            ("abcd", Err(ViolationCode::TooLong)),
            ("😀😀", Err(ViolationCode::TooLong)),
        ] {
            assert_eq!(check(value, Some(2), Some(3)), expected, "{value}");
        }
    }
}
