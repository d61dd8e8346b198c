//! [`Warning`]: what was unusable in an accepted submission, apart from the form's own fields.

use std::borrow::Cow;

use serde_json::{Value, json};

/// One warning in a receipt and in a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The name of the value it is about, if there is one.
    pub name: Option<String>,
    /// What was unusable, and what was kept of it.
    pub code: WarningCode,
}

/// What was unusable, and what was kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCode {
    /// The form has no field of this name; the value is among the extras.
    UnknownField,
    /// The value was too long; its beginning is among the extras.
    ValueCut,
    /// The value is nested, or not UTF-8; it is among the extras as far as it could be read.
    ValueMalformed,
    /// This many unknown names exceed what a lead keeps; they and their values were dropped.
    ExtrasLeftOut(usize),
    /// A name is too long or unusable; its value was dropped.
    NameUnusable,
    /// The version is not a number; the current one was used. The sent one is among the extras.
    VersionMalformed,
    /// The attribution that the page sent is unusable; it is among the extras.
    AttributionUnusable,
    /// The version does not exist or could not be read; the current one was used. The sent one is among the extras.
    VersionUnknown,
    /// The owner has withdrawn the version; the current one was used. The sent one is among the extras.
    VersionWithdrawn,
    /// The idempotency key is unusable; if sent again, the submission becomes another lead.
    KeyUnusable,
}

impl Warning {
    /// A warning about a name.
    pub fn of(name: &str, code: WarningCode) -> Self {
        Self {
            name: Some(name.to_owned()),
            code,
        }
    }

    /// The JSON in a receipt and in a lead.
    pub fn to_json(&self) -> Value {
        json!({ "field": self.name, "code": self.code.as_str(), "message": self.code.message() })
    }
}

impl WarningCode {
    /// The code on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownField => "unknown_field",
            Self::ValueCut => "value_cut",
            Self::ValueMalformed => "value_malformed",
            Self::ExtrasLeftOut(_) => "extras_left_out",
            Self::NameUnusable => "name_unusable",
            Self::VersionMalformed => "version_malformed",
            Self::VersionUnknown => "version_unknown",
            Self::VersionWithdrawn => "version_withdrawn",
            Self::KeyUnusable => "key_unusable",
            Self::AttributionUnusable => "claim_unusable",
        }
    }

    fn message(self) -> Cow<'static, str> {
        let words = match self {
            Self::ExtrasLeftOut(count) => {
                return format!(
                    "Too much came along; {count} more names and their values were left out"
                )
                .into();
            }
            Self::UnknownField => "The form has no field of this name; it was kept as an extra",
            Self::ValueCut => "The value was too long; its beginning was kept as an extra",
            Self::ValueMalformed => {
                "The value is no plain text; it was kept as an extra as far as it could be read"
            }
            Self::NameUnusable => "A name was too long or cannot be used; its value was left out",
            Self::VersionMalformed => "The form's version is no number; the current one was used",
            Self::VersionUnknown => "The form has no such version; the current one was used",
            Self::VersionWithdrawn => {
                "This version of the form was withdrawn; the current one was used"
            }
            Self::KeyUnusable => {
                "The idempotency key cannot be used; sent again, this is another submission"
            }
            Self::AttributionUnusable => {
                "No address or campaign that can be used; it was kept as an extra"
            }
        };
        words.into()
    }
}
