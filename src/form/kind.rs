//! [`FieldKind`]: the kinds of field, by HTML's names.

/// The kind of a field: the `type` of an `<input>`, `select`, `textarea`, `consent`, a checkbox with the text agreed to,
/// `checkboxes`, of which several may be ticked, or `heading`, which has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text
    Text,
    /// One line of text
    Search,
    /// A telephone number; HTML has no rule for it
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
    /// A checkbox
    Checkbox,
    /// One of several options, as radio buttons
    Radio,
    /// One or more of several options, as a list
    Select,
    /// Several lines of text
    Textarea,
    /// Not shown to the visitor
    Hidden,
    /// A checkbox with the text agreed to; it must be ticked unless `required` is false
    Consent,
    /// Any number of several options, as checkboxes
    Checkboxes,
    /// The heading of a section
    Heading,
}

impl FieldKind {
    /// Every kind, once.
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
        Self::Checkboxes,
        Self::Heading,
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
            Self::Checkboxes => "checkboxes",
            Self::Heading => "heading",
        }
    }

    /// The kind of this name in a definition.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Whether it has `options`.
    pub fn has_options(self) -> bool {
        matches!(self, Self::Radio | Self::Select | Self::Checkboxes)
    }

    /// Whether it is a checkbox.
    pub fn is_box(self) -> bool {
        matches!(self, Self::Checkbox | Self::Consent)
    }

    /// Whether it is one `<input>` with a value that may come from a list of suggestions, as in HTML.
    pub fn has_suggestions(self) -> bool {
        !(self.has_options()
            || self.is_box()
            || matches!(self, Self::Textarea | Self::Hidden | Self::Heading))
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
