//! [`Field`]: one question of a form.

use std::borrow::Cow;

use super::rules::Rules;
use super::stored_field::StoredField;
use crate::hash::{hex, sha256};
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

/// The kinds of control, by their HTML names; `consent` is a checkbox with the text agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text
    Text,
    /// One line of text
    Search,
    /// A telephone number; HTML asks nothing of it
    Tel,
    /// An absolute URL
    Url,
    /// An e-mail address, or a list of them
    Email,
    /// A decimal number
    Number,
    /// A decimal number on a slider
    Range,
    /// `2026-11-21`
    Date,
    /// `2026-11`
    Month,
    /// `2026-W47`
    Week,
    /// `20:30`
    Time,
    /// `2026-11-21T20:30`
    DatetimeLocal,
    /// `#rrggbb`
    Color,
    /// A box
    Checkbox,
    /// One of several options, all seen
    Radio,
    /// One or more of several options
    Select,
    /// Several lines of text
    Textarea,
    /// Not shown
    Hidden,
    /// A box with the text agreed to; it has to be ticked unless the definition says otherwise
    Consent,
}

impl FieldKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::Search,
        Self::Tel,
        Self::Url,
        Self::Email,
        Self::Number,
        Self::Range,
        Self::Date,
        Self::Month,
        Self::Week,
        Self::Time,
        Self::DatetimeLocal,
        Self::Color,
        Self::Checkbox,
        Self::Radio,
        Self::Select,
        Self::Textarea,
        Self::Hidden,
        Self::Consent,
    ];

    /// The name in a definition; for most kinds also the `type` of the `<input>`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Search => "search",
            Self::Tel => "tel",
            Self::Url => "url",
            Self::Email => "email",
            Self::Number => "number",
            Self::Range => "range",
            Self::Date => "date",
            Self::Month => "month",
            Self::Week => "week",
            Self::Time => "time",
            Self::DatetimeLocal => "datetime-local",
            Self::Color => "color",
            Self::Checkbox => "checkbox",
            Self::Radio => "radio",
            Self::Select => "select",
            Self::Textarea => "textarea",
            Self::Hidden => "hidden",
            Self::Consent => "consent",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Whether `options` belong to it.
    pub fn has_options(self) -> bool {
        matches!(self, Self::Radio | Self::Select)
    }

    /// Whether it is a box to tick.
    pub fn is_box(self) -> bool {
        matches!(self, Self::Checkbox | Self::Consent)
    }

    /// Whether HTML applies `minlength` and `maxlength` to it.
    pub fn has_length(self) -> bool {
        self.has_pattern() || self == Self::Textarea
    }

    /// Whether HTML applies `pattern` to it.
    pub fn has_pattern(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Search | Self::Tel | Self::Url | Self::Email
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_name() {
        for &kind in FieldKind::ALL {
            assert_eq!(FieldKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(FieldKind::parse("file"), None);
    }
}
