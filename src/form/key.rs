//! [`FormKey`], and the syntax of field names.

use std::fmt;

/// The public name of a form, as in `/v1/forms/{key}`: 1 to 64 of `A-Z a-z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FormKey(String);

/// The text is not a form key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidFormKey;

impl FormKey {
    /// Parses a key.
    ///
    /// # Errors
    /// [`InvalidFormKey`] when it is empty, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidFormKey> {
        let is_valid = (1..=MAX_FORM_KEY_BYTES).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_valid
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidFormKey)
    }

    /// The key, which needs no escaping in an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the current definition in KV.
    pub fn kv_name(&self) -> String {
        format!("form/{self}")
    }

    /// The name of one version in KV, which is never rewritten.
    pub fn version_kv_name(&self, version: u32) -> String {
        format!("form/{self}/v/{version}")
    }
}

impl fmt::Display for FormKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the name of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidFieldName;

/// Checks a field's name: 1 to 64 of `A-Z a-z 0-9 _ . : [ ] -`, beginning with a letter, so that browsers send it in
/// every encoding unchanged, and that names beginning with `_` stay reserved.
///
/// # Errors
/// [`InvalidFieldName`], also for the names that have a meaning in JavaScript objects.
pub fn check_field_name(name: &str) -> Result<(), InvalidFieldName> {
    let is_valid = (1..=MAX_FIELD_NAME_BYTES).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.:[]-".contains(&byte))
        && !is_prototype_name(name);
    is_valid.then_some(()).ok_or(InvalidFieldName)
}

/// Names that would change a JavaScript object instead of becoming one of its properties; a core may be written in it.
pub fn is_prototype_name(name: &str) -> bool {
    ["__proto__", "constructor", "prototype"].contains(&name)
}

/// The longest form key: bytes.
pub const MAX_FORM_KEY_BYTES: usize = 64;
/// The longest name of a field: bytes.
pub const MAX_FIELD_NAME_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_keys_that_need_no_escaping_anywhere() {
        let longest = "k".repeat(64);
        for text in ["demo", "Demo-2_b", "0", &longest] {
            assert_eq!(FormKey::parse(text).unwrap().as_str(), text);
        }
        let too_long = "k".repeat(65);
        for text in ["", "a/b", "a b", "ä", "a%20", "..", &too_long] {
            assert_eq!(FormKey::parse(text), Err(InvalidFormKey), "{text}");
        }
    }

    #[test]
    fn accepts_field_names_that_browsers_send_as_written() {
        let longest = "n".repeat(64);
        for name in ["email", "address[city]", "a.b:c-d_e", &longest] {
            assert_eq!(check_field_name(name), Ok(()), "{name}");
        }
        let too_long = "n".repeat(65);
        for name in [
            "",
            "_version",
            "1st",
            "a b",
            "a\"b",
            "ü",
            "__proto__",
            "constructor",
            &too_long,
        ] {
            assert_eq!(check_field_name(name), Err(InvalidFieldName), "{name}");
        }
    }
}
