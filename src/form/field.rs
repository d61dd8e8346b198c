//! [`Field`]: one field of a form.

use std::borrow::Cow;

use super::kind::FieldKind;
use super::rules::Rules;
use super::stored_field::StoredField;
use crate::hash::{hex, sha256};
use crate::problem::ViolationCodes;

/// One field: its attributes as published, and the rules compiled from them.
#[derive(Clone, Debug)]
pub struct Field {
    /// The attributes, by HTML's names.
    pub attributes: StoredField,
    /// The kind of control.
    pub kind: FieldKind,
    /// The rules for its values.
    pub rules: Rules,
    /// The text a visitor agrees to; only of kind `consent`.
    pub consent: Option<Consent>,
}

/// A text that a visitor agreed to, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The exact text.
    pub text: String,
    /// The SHA-256 of its UTF-8 bytes, in hexadecimal.
    pub sha256: String,
}

impl Consent {
    /// The consent to this text, hashed.
    pub(super) fn to(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            sha256: hex(&sha256(text.as_bytes())),
        }
    }
}

impl Field {
    /// The name the value is sent under.
    pub fn name(&self) -> &str {
        &self.attributes.name
    }

    /// The label beside the control; the name when the owner gave no label.
    pub fn label(&self) -> &str {
        self.attributes.label.as_deref().unwrap_or(self.name())
    }

    /// Whether it has a value; a heading has none.
    pub fn has_value(&self) -> bool {
        self.kind != FieldKind::Heading
    }

    /// Whether it accepts several values.
    pub fn takes_many(&self) -> bool {
        match self.kind {
            FieldKind::Checkboxes => true,
            FieldKind::Select => self.attributes.multiple,
            _ => false,
        }
    }

    /// The value a ticked box sends: `on` unless the owner chose another, as in HTML.
    pub fn ticked_value(&self) -> &str {
        self.attributes.value.as_deref().unwrap_or("on")
    }

    /// The sanitised value, and all its violations; see `Rules::check`.
    pub fn check<'a>(&self, sent: &'a str) -> (Cow<'a, str>, ViolationCodes) {
        let (mut codes, mut changed) = (ViolationCodes::default(), None);
        let rules = &self.rules;
        let part = rules.check(sent, &self.attributes, &mut codes, &mut changed);
        (changed.map_or(part.into(), Cow::Owned), codes)
    }
}
