//! [`Field`]: one question of a form.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::kind::FieldKind;
use super::rules::Rules;
use super::stored_field::StoredField;
use crate::problem::ViolationCodes;

/// One question: its attributes as published, and what was compiled from them.
#[derive(Clone, Debug)]
pub struct Field {
    /// The attributes, by HTML's names.
    pub attributes: StoredField,
    /// The kind of control.
    pub kind: FieldKind,
    /// What they ask of a value.
    pub rules: Rules,
    /// What a visitor agrees to here; only of kind `consent`.
    pub consent: Option<Consent>,
}

/// A text somebody agreed to, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The exact text.
    pub text: String,
    /// The SHA-256 of its UTF-8 bytes, in hexadecimal.
    pub sha256: String,
}

impl Consent {
    /// Hashes a text.
    pub(super) fn to(text: &str) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        let sha256 = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            text: text.to_owned(),
            sha256,
        }
    }
}

impl Field {
    /// The name the value is sent under.
    pub fn name(&self) -> &str {
        &self.attributes.name
    }

    /// What the visitor sees beside the control; the name when the owner gave no label.
    pub fn label(&self) -> &str {
        self.attributes.label.as_deref().unwrap_or(self.name())
    }

    /// Whether several values may be given.
    pub fn takes_many(&self) -> bool {
        self.kind == FieldKind::Select && self.attributes.multiple
    }

    /// The value a ticked box sends: `on` unless the owner chose another, as in HTML.
    pub fn ticked_value(&self) -> &str {
        self.attributes.value.as_deref().unwrap_or("on")
    }

    /// The sanitised value, and everything that is wrong with it; see [`Rules::check`].
    pub fn check<'a>(&self, sent: &'a str) -> (Cow<'a, str>, ViolationCodes) {
        self.rules.check(sent, &self.attributes)
    }
}
