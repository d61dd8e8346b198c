//! [`RawSubmission`]: names and values as sent, whatever the encoding.

use std::fmt;

use crate::form::is_prototype_name;
use crate::problem::{Violation, ViolationCode};

/// Names and values in the order sent, repeated names together. Prints names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawSubmission {
    entries: Vec<(String, Vec<RawValue>)>,
    values: usize,
}

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub enum RawValue {
    /// Text, as every form encoding has it.
    Text(String),
    /// A JSON `true` or `false`: a box ticked or not.
    Flag(bool),
}

impl RawValue {
    /// The value as text; a flag is `true` or `false`.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }
}

impl RawSubmission {
    /// Adds a value under a name.
    ///
    /// # Errors
    /// When the submission would have too many values, the name or the value is too long, or the name is one that
    /// means something else to a program.
    pub fn push(&mut self, name: &str, value: RawValue) -> Result<(), Violation> {
        check_name(name)?;
        if value.text().len() > MAX_VALUE_BYTES {
            let message = format!("{name} is longer than {MAX_VALUE_BYTES} bytes");
            return Err(Violation::of_field(name, ViolationCode::TooLong, message));
        }
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return Err(too_many_values());
        }
        match self.entries.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => self.entries.push((name.to_owned(), vec![value])),
        }
        Ok(())
    }

    /// The values sent under a name; none when it was not sent.
    pub fn values(&self, name: &str) -> &[RawValue] {
        self.entries
            .iter()
            .find(|(known, _)| known == name)
            .map_or(&[], |(_, values)| values)
    }

    /// Every name with its values, in the order sent.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &[RawValue])> {
        self.entries
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

impl fmt::Debug for RawSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.entries.iter().map(|(name, _)| name))
            .finish()
    }
}

impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawValue(…)")
    }
}

/// Checks a name before anything is stored under it. The name is not repeated in the violation: it may be anything.
pub(super) fn check_name(name: &str) -> Result<(), Violation> {
    if name.len() > MAX_NAME_BYTES {
        let message = format!("A field's name is longer than {MAX_NAME_BYTES} bytes");
        return Err(Violation::of_form(ViolationCode::TooLong, &message));
    }
    if is_prototype_name(name) {
        return Err(Violation::of_form(
            ViolationCode::BadInput,
            "A field has a name that cannot be used",
        ));
    }
    Ok(())
}

/// The body as a whole cannot be read.
pub(super) fn malformed(message: &str) -> Violation {
    Violation::of_form(ViolationCode::BadInput, message)
}

pub(super) fn too_many_values() -> Violation {
    let message = format!("There are more than {MAX_VALUES} values");
    Violation::of_form(ViolationCode::TooMany, &message)
}

/// Values of one submission, all fields together.
pub const MAX_VALUES: usize = 200;
/// The longest name: bytes of UTF-8. Longer than a field's, for what other people's pages send along.
pub const MAX_NAME_BYTES: usize = 128;
/// The longest value: bytes of UTF-8.
pub const MAX_VALUE_BYTES: usize = 32_768;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> RawValue {
        RawValue::Text(value.to_owned())
    }

    fn refusal(
        raw: &mut RawSubmission,
        name: &str,
        value: &str,
    ) -> (Option<String>, ViolationCode) {
        let violation = raw.push(name, text(value)).unwrap_err();
        (violation.field, violation.code)
    }

    #[test]
    fn keeps_repeated_names_together_in_order() {
        let mut raw = RawSubmission::default();
        for (name, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
            raw.push(name, text(value)).unwrap();
        }
        let names: Vec<&str> = raw.entries().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(raw.values("a"), [text("1"), text("3")]);
        assert!(raw.values("c").is_empty());
    }

    #[test]
    fn every_limit_holds_at_its_edge() {
        let mut raw = RawSubmission::default();
        raw.push(&"n".repeat(128), text(&"v".repeat(32_768)))
            .unwrap();
        assert_eq!(
            refusal(&mut raw, &"n".repeat(129), ""),
            (None, ViolationCode::TooLong)
        );
        let too_long = refusal(&mut raw, "n", &"v".repeat(32_769));
        assert_eq!(too_long, (Some("n".to_owned()), ViolationCode::TooLong));
        for index in 1..200 {
            raw.push(&format!("n{index}"), text("")).unwrap();
        }
        assert_eq!(
            refusal(&mut raw, "one_more", ""),
            (None, ViolationCode::TooMany)
        );
    }

    #[test]
    fn refuses_names_that_change_objects() {
        for name in ["__proto__", "constructor", "prototype"] {
            let mut raw = RawSubmission::default();
            assert_eq!(
                refusal(&mut raw, name, "x"),
                (None, ViolationCode::BadInput),
                "{name}"
            );
        }
    }

    #[test]
    fn prints_no_value() {
        let mut raw = RawSubmission::default();
        raw.push("email", text("ada@example.com")).unwrap();
        assert_eq!(format!("{raw:?}"), "[\"email\"]");
        assert_eq!(format!("{:?}", raw.values("email")), "[RawValue(…)]");
    }
}
