//! Checks `required`: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-input-required>.

use crate::problem::ViolationCode;

/// Checks that the value is not empty. White space is a value, as in HTML.
///
/// # Errors
/// [`ViolationCode::ValueMissing`].
pub fn check(value: &str, required: bool) -> Result<(), ViolationCode> {
    if required && value.is_empty() {
        Err(ViolationCode::ValueMissing)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_value_is_missing() {
        assert_eq!(check("", true), Err(ViolationCode::ValueMissing));
        assert_eq!(check("", false), Ok(()));
        assert_eq!(check(" ", true), Ok(()));
    }
}
