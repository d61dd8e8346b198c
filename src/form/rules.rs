//! [`Rules`]: a field's kind and attributes, compiled once to check values.
//!
//! HTML defines which attributes apply to a kind: <https://html.spec.whatwg.org/multipage/input.html#do-not-apply>.
//! Others are ignored, as in browsers.

use std::borrow::Cow;

use super::kind::FieldKind;
use super::scale::Scale;
use super::stored_field::StoredField;
use crate::constraint::bounds::Bounds;
use crate::constraint::decimal::Decimal;
use crate::constraint::notation::Notation;
use crate::constraint::pattern::{self, Pattern};
use crate::constraint::range::{DEFAULT_MIN, Slider};
use crate::constraint::{choice, color, email, length, required, sanitize, url};
use crate::problem::{ViolationCode, ViolationCodes};

/// The compiled rules of one field.
#[derive(Clone, Debug)]
pub struct Rules {
    grammar: Grammar,
    is_required: bool,
    /// UTF-16 code units.
    lengths: Option<(Option<u32>, Option<u32>)>,
    pattern: Option<Pattern>,
}

/// How a value is parsed.
#[derive(Clone, Debug)]
enum Grammar {
    /// Unchanged
    Verbatim,
    Line,
    Lines,
    Url,
    Email,
    Emails,
    Scale(Scale),
    Slider(Slider),
    Color,
    /// One of the options
    Choice,
}

impl Rules {
    /// Compiles the attributes of a field; calls `fault` with the name of each invalid one, and the reason.
    pub(super) fn compile(
        attributes: &StoredField,
        kind: FieldKind,
        fault: &mut dyn FnMut(&str, String),
    ) -> Self {
        let mut scale = |notation| Scale::compile(attributes, notation, &mut *fault);
        let grammar = match kind {
            FieldKind::Text | FieldKind::Search | FieldKind::Tel => Grammar::Line,
            FieldKind::Textarea => Grammar::Lines,
            FieldKind::Url => Grammar::Url,
            FieldKind::Email if attributes.multiple => Grammar::Emails,
            FieldKind::Email => Grammar::Email,
            FieldKind::Number => Grammar::Scale(scale(Notation::Number)),
            FieldKind::Date => Grammar::Scale(scale(Notation::Date)),
            FieldKind::Month => Grammar::Scale(scale(Notation::Month)),
            FieldKind::Week => Grammar::Scale(scale(Notation::Week)),
            FieldKind::Time => Grammar::Scale(scale(Notation::Time)),
            FieldKind::DatetimeLocal => Grammar::Scale(scale(Notation::Local)),
            FieldKind::Range => Grammar::Slider(slider(&scale(Notation::Number), fault)),
            FieldKind::Color => Grammar::Color,
            FieldKind::Radio | FieldKind::Select | FieldKind::Checkboxes => Grammar::Choice,
            FieldKind::Hidden | FieldKind::Checkbox | FieldKind::Consent | FieldKind::Heading => {
                Grammar::Verbatim
            }
        };
        let pattern = attributes
            .pattern
            .as_deref()
            .filter(|_| kind.has_pattern())
            .and_then(|text| {
                Pattern::parse(text)
                    .map_err(|invalid| fault("pattern", invalid.0))
                    .ok()
            });
        let lengths =
            Some((attributes.minlength, attributes.maxlength)).filter(|_| kind.has_length());
        if let Some((Some(min), Some(max))) = lengths
            && min > max
        {
            fault("minlength", "is over maxlength".to_owned());
        }
        let rules = Self {
            grammar,
            // HTML bars hidden controls from validation: the visitor could not correct them. A heading has no value.
            is_required: attributes.required
                && !matches!(kind, FieldKind::Hidden | FieldKind::Heading),
            lengths,
            pattern,
        };
        rules.check_default(attributes, kind, fault);
        rules
    }

    /// Whether a value is required.
    pub fn is_required(&self) -> bool {
        self.is_required
    }

    /// The scale of a kind with ordered values.
    pub fn scale(&self) -> Option<&Scale> {
        match &self.grammar {
            Grammar::Scale(scale) => Some(scale),
            _ => None,
        }
    }

    /// The sanitised value: a part of what was sent, or else `changed`. All its violations are added to `codes`. A text that
    /// is not a value of the kind becomes what a browser makes of it, and is bad input, so that the visitor learns of it.
    ///
    /// Most values are not changed; to return a `Cow` of each through memory takes a twentieth of the time of validation.
    pub(crate) fn check<'a>(
        &self,
        sent: &'a str,
        attributes: &StoredField,
        codes: &mut ViolationCodes,
        changed: &mut Option<String>,
    ) -> &'a str {
        let part = match self.read(sent, attributes, codes) {
            Cow::Borrowed(part) => part,
            Cow::Owned(text) => {
                *changed = Some(text);
                ""
            }
        };
        let value = changed.as_deref().unwrap_or(part);
        if codes.is_empty() {
            codes.note(required::check(value, self.is_required));
        }
        if let Some((min, max)) = self.lengths {
            codes.note(length::check(value, min, max));
        }
        // Matching takes time for each character, so that a value far over `maxlength`, which is refused anyway, is not
        // matched.
        let is_far_too_long = value.len() > MAX_TOO_LONG_MATCHED_BYTES
            && codes.iter().any(|code| code == ViolationCode::TooLong);
        if let Some(pattern) = self.pattern.as_ref().filter(|_| !is_far_too_long) {
            let is_list = matches!(self.grammar, Grammar::Emails);
            let checked = if is_list {
                value
                    .split(',')
                    .try_for_each(|item| pattern::check(item, pattern))
            } else {
                pattern::check(value, pattern)
            };
            codes.note(checked);
        }
        part
    }

    fn read<'a>(
        &self,
        sent: &'a str,
        attributes: &StoredField,
        codes: &mut ViolationCodes,
    ) -> Cow<'a, str> {
        match &self.grammar {
            Grammar::Verbatim => sent.into(),
            Grammar::Line => sanitize::line(sent),
            Grammar::Lines => sanitize::lines(sent),
            Grammar::Url => checked(sanitize::trimmed_line(sent), url::check, codes),
            Grammar::Email => checked(sanitize::email(sent), email::check, codes),
            Grammar::Emails => checked(sanitize::email_list(sent), email::check_list, codes),
            Grammar::Choice => {
                codes.note(choice::check(sent, attributes.offered()));
                sent.into()
            }
            Grammar::Scale(_) if sent.is_empty() => sent.into(),
            Grammar::Scale(scale) => scale.read(sent, codes),
            Grammar::Slider(slider) => {
                let number = Decimal::parse(sent);
                if number.is_none() && !sent.is_empty() {
                    codes.insert(ViolationCode::BadInput);
                }
                number
                    .map_or_else(|| slider.middle(), |number| slider.nearest(number))
                    .to_string()
                    .into()
            }
            Grammar::Color => color::parse(sent).map_or_else(
                || {
                    if !sent.is_empty() {
                        codes.insert(ViolationCode::BadInput);
                    }
                    color::BLACK.into()
                },
                Cow::Owned,
            ),
        }
    }

    /// Checks the default: a form with an invalid one could not be sent.
    fn check_default(
        &self,
        attributes: &StoredField,
        kind: FieldKind,
        fault: &mut dyn FnMut(&str, String),
    ) {
        let Some(default) = attributes
            .value
            .as_deref()
            .filter(|value| !kind.is_box() && !value.is_empty())
        else {
            return;
        };
        let mut codes = ViolationCodes::default();
        self.check(default, attributes, &mut codes, &mut None);
        for code in codes.iter() {
            fault(
                "value",
                format!("breaks the field's own rules: {}", code.as_str()),
            );
        }
        if let (Grammar::Slider(slider), Some(number)) = (&self.grammar, Decimal::parse(default))
            && !slider.allows(number)
        {
            fault(
                "value",
                "breaks the field's own rules: it is outside min and max, or between two steps"
                    .to_owned(),
            );
        }
    }
}

fn checked<'a>(
    value: Cow<'a, str>,
    check: impl Fn(&str) -> Result<(), ViolationCode>,
    codes: &mut ViolationCodes,
) -> Cow<'a, str> {
    codes.note(check(&value));
    value
}

fn slider(scale: &Scale, fault: &mut dyn FnMut(&str, String)) -> Slider {
    let Bounds { min, max, .. } = scale.bounds;
    if min.is_none() && max.is_some_and(|max| max < Decimal::whole(DEFAULT_MIN)) {
        fault(
            "max",
            format!("is below {DEFAULT_MIN}, where a range begins that has no min"),
        );
    }
    Slider::new(min, max, scale.steps)
}

/// The longest value over `maxlength` whose pattern is checked as well, as in a browser: bytes.
const MAX_TOO_LONG_MATCHED_BYTES: usize = 1_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::form::FormDefinition;
    use crate::problem::ViolationCode::{PatternMismatch, TooLong};

    #[test]
    fn the_length_is_checked_before_the_pattern() {
        let form = json!({ "key": "t", "allowed_origins": [], "fields": [
            { "name": "a", "type": "text", "maxlength": 5, "pattern": "[a-z]+" },
        ] });
        let form = FormDefinition::parse(&form.to_string()).unwrap();
        for (length, expected) in [
            (5, vec![PatternMismatch]),
            (6, vec![TooLong, PatternMismatch]),
            (1_000, vec![TooLong, PatternMismatch]),
            (1_001, vec![TooLong]),
            (32_768, vec![TooLong]),
        ] {
            let (_, codes) = form.fields[0].check(&"1".repeat(length));
            let mut codes: Vec<_> = codes.iter().collect();
            codes.sort_by_key(|code| *code == PatternMismatch);
            assert_eq!(codes, expected, "{length}");
        }
    }
}
