//! Checks that a value is one of the options:
//! <https://html.spec.whatwg.org/multipage/form-elements.html#the-select-element>.

use crate::problem::ViolationCode;

/// Checks that `value` is one of the `offered` values. Only clients other than our pages can send another one.
///
/// # Errors
/// [`ViolationCode::UnknownOption`].
pub fn check<'a>(
    value: &str,
    mut offered: impl Iterator<Item = &'a str>,
) -> Result<(), ViolationCode> {
    if value.is_empty() || offered.any(|option| option == value) {
        Ok(())
    } else {
        Err(ViolationCode::UnknownOption)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_an_offered_value_and_no_similar_one() {
        let offered = || ["1-10", "11-50"].into_iter();
        assert_eq!(check("1-10", offered()), Ok(()));
        assert_eq!(check("", offered()), Ok(()), "emptiness is for `required`");
        for value in ["1-10 ", "1", "51"] {
            assert_eq!(check(value, offered()), Err(ViolationCode::UnknownOption));
        }
    }
}
