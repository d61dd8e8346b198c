//! What was wrong with a submission and did not refuse it: it concerns what came along, not what the visitor filled in.

use std::borrow::Cow;

use serde_json::{Value, json};

/// One thing a receipt and a lead say beside what they are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The name it is about, where there is one.
    pub name: Option<String>,
    /// What.
    pub code: WarningCode,
}

/// What became of something that came along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCode {
    /// The form has no field of this name; the value is among the extras.
    UnknownField,
    /// The value was too long; its beginning is among the extras.
    ValueCut,
    /// The value is nested, or not UTF-8; it is among the extras as far as it could be read.
    ValueMalformed,
    /// So many names did not fit into what a lead keeps of unknown ones; they and their values were left out.
    ExtrasLeftOut(usize),
    /// A name that is too long or cannot be used; what it had was left out.
    NameUnusable,
    /// The version is no number; the current one was used. What was sent is among the extras.
    VersionMalformed,
    /// What a page claims of its visitor's way to it cannot be used; what was sent is among the extras.
    AttributionUnusable,
    /// There is no such version, or it could not be read; the current one was used. What was sent is among the extras.
    VersionUnknown,
    /// The owner has withdrawn that version; the current one was used. What was sent is among the extras.
    VersionWithdrawn,
    /// The idempotency key is none that can be used; sent again, this is another lead.
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

    /// As it stands in a receipt and in a lead.
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
