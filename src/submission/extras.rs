//! Keeps sent values without a field within a budget, each with a warning.

use std::borrow::Cow;

use super::attribution::ATTRIBUTION_NAMES;
use super::page_values::{KEY_NAME, PROOF_NAME, TEST_NAME, TICKET_NAME, VERSION_NAME};
use super::raw::{RawValue, Unusable};
use super::validated::FieldValue;
use crate::problem::{Warning, WarningCode};

/// The values kept, and the rest of the budget.
pub(super) struct Extras<'a> {
    pub(super) kept: Vec<(&'a str, FieldValue<'a>)>,
    bytes_left: usize,
    /// How many names did not fit.
    left_out: usize,
}

impl<'a> Extras<'a> {
    pub(super) fn new() -> Self {
        Self {
            kept: Vec::new(),
            bytes_left: MAX_EXTRAS_BYTES,
            left_out: 0,
        }
    }

    /// Keeps a name with its values if they fit, and returns the code of their warning; `None` when they do not fit.
    pub(super) fn keep(&mut self, name: &'a str, values: &'a [RawValue]) -> Option<WarningCode> {
        let mut code = match values.iter().find_map(RawValue::unusable) {
            None => WarningCode::UnknownField,
            Some(Unusable::TooLong) => WarningCode::ValueCut,
            Some(Unusable::Nested | Unusable::NotUtf8 | Unusable::File) => {
                WarningCode::ValueMalformed
            }
        };
        let texts = values.iter().map(|value| {
            let text = value.text();
            if text.len() > MAX_EXTRA_BYTES {
                code = WarningCode::ValueCut;
            }
            let end = text.floor_char_boundary(MAX_EXTRA_BYTES);
            text.get(..end).unwrap_or_default()
        });
        let texts: Vec<&str> = texts.collect();
        let bytes = texts.iter().fold(name.len(), |sum, text| sum + text.len());
        if self.kept.len() >= MAX_EXTRAS || bytes > self.bytes_left {
            self.left_out += 1;
            return None;
        }
        self.bytes_left -= bytes;
        let value = match texts.as_slice() {
            [only] => FieldValue::One(Cow::Borrowed(only)),
            _ => FieldValue::Many(texts),
        };
        self.kept.push((name, value));
        Some(code)
    }

    /// One warning for all names that did not fit.
    pub(super) fn warning(&self) -> Option<Warning> {
        (self.left_out > 0).then_some(Warning {
            name: None,
            code: WarningCode::ExtrasLeftOut(self.left_out),
        })
    }
}

/// Whether a name without a field is an extra: not the idempotency key, the ticket, the proof, the mark of a test, the version or
/// the attribution.
pub(super) fn is_extra(name: &str) -> bool {
    ![KEY_NAME, TICKET_NAME, PROOF_NAME, TEST_NAME].contains(&name) && !PAGE_NAMES.contains(&name)
}

/// The names of the version and the attribution, which no field has.
pub(super) const PAGE_NAMES: [&str; 5] = {
    let [page, referrer, first_touch, last_touch] = ATTRIBUTION_NAMES;
    [VERSION_NAME, page, referrer, first_touch, last_touch]
};
/// The most names of extras.
pub const MAX_EXTRAS: usize = 32;
/// All names and values of extras together: bytes of UTF-8.
pub const MAX_EXTRAS_BYTES: usize = 8_192;
/// The longest value of an extra: bytes of UTF-8. Half of the budget, so that one long value leaves space for others.
pub const MAX_EXTRA_BYTES: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Vec<RawValue> {
        vec![RawValue::Text(value.to_owned())]
    }

    #[test]
    fn keeps_extras_up_to_each_limit_and_not_beyond() {
        let names: Vec<String> = (0..34).map(|index| format!("n{index}")).collect();
        let (value, half) = (text(""), text(&"v".repeat(4_094)));
        let mut extras = Extras::new();
        for (index, name) in names.iter().enumerate() {
            let is_kept = extras.keep(name, &value).is_some();
            assert_eq!(is_kept, index < 32, "{name}");
        }
        let code = WarningCode::ExtrasLeftOut(2);
        assert_eq!(extras.warning(), Some(Warning { name: None, code }));

        let mut extras = Extras::new();
        assert_eq!(extras.keep("a1", &half), Some(WarningCode::UnknownField));
        assert_eq!(extras.keep("a23", &half), None, "one byte too many");
        assert_eq!(extras.keep("a2", &half), Some(WarningCode::UnknownField));
        assert_eq!(extras.keep("a", &value), None);
        assert_eq!(extras.kept.len(), 2);
    }

    #[test]
    fn a_long_value_is_cut_between_two_characters() {
        let longest = "v".repeat(4_096);
        for (sent, kept, code) in [
            (longest.clone(), longest.clone(), WarningCode::UnknownField),
            (format!("{longest}!"), longest, WarningCode::ValueCut),
            (
                format!("{}ü", "v".repeat(4_095)),
                "v".repeat(4_095),
                WarningCode::ValueCut,
            ),
        ] {
            let (mut extras, sent) = (Extras::new(), text(&sent));
            assert_eq!(extras.keep("a", &sent), Some(code));
            assert_eq!(extras.kept, [("a", FieldValue::One(kept.into()))]);
        }
    }
}
