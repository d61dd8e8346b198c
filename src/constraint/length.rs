//! Checks `minlength` and `maxlength`, counted in UTF-16 code units as everywhere in HTML:
//! <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-fe-maxlength>.

use crate::problem::ViolationCode;

/// Checks a sanitised value; a newline is one unit. Browsers check only what a visitor edited; this checks every value.
///
/// # Errors
/// [`ViolationCode::TooShort`] or [`ViolationCode::TooLong`].
pub fn check(value: &str, min: Option<u32>, max: Option<u32>) -> Result<(), ViolationCode> {
    if value.is_empty() || (min.is_none() && max.is_none()) {
        return Ok(());
    }
    // A code unit is one to three bytes, so most values need no counting.
    let bytes = u32::try_from(value.len()).unwrap_or(u32::MAX);
    if max.is_none_or(|max| bytes <= max) && min.is_none_or(|min| bytes.div_ceil(3) >= min) {
        return Ok(());
    }
    let length = u32::try_from(code_units(value)).unwrap_or(u32::MAX);
    if min.is_some_and(|min| length < min) {
        Err(ViolationCode::TooShort)
    } else if max.is_some_and(|max| length > max) {
        Err(ViolationCode::TooLong)
    } else {
        Ok(())
    }
}

/// One unit for each first byte of a character, and one more for each character of four bytes.
fn code_units(value: &str) -> usize {
    let units = |byte: &u8| u8::from(byte & 0xc0 != 0x80) + u8::from(*byte >= 0xf0);
    // In chunks whose count fits into a byte, which compilers vectorise: seven vectors of 16 bytes, and none left over.
    let of_chunk = |chunk: &[u8]| usize::from(chunk.iter().map(units).sum::<u8>());
    value.as_bytes().chunks(112).map(of_chunk).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_code_units_and_includes_both_limits() {
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

    #[test]
    fn counts_as_the_standard_library_does() {
        for value in ["", "a", "ü", "€", "😀", "aü€😀"] {
            let value = value.repeat(130);
            assert_eq!(code_units(&value), value.encode_utf16().count());
        }
    }
}
