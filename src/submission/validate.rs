//! [`validate`]: a raw submission against the form's rules.

use std::fmt;

use super::message::message;
use super::raw::{RawSubmission, RawValue};
use crate::constraint::{choice, email, length, number, pattern, required, sanitize, url};
use crate::form::{Field, FieldKind, FormDefinition, UnknownFields};
use crate::problem::{Violation, ViolationCode};

/// A submission that satisfies its form; values are sanitised. Prints names only.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// The form's fields that have a value, in the form's order.
    pub fields: Vec<(String, FieldValue)>,
    /// What else was sent, as it was sent.
    pub extras: Vec<(String, FieldValue)>,
}

/// The value of a field. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Of a field that takes one.
    One(String),
    /// Of a field that takes several.
    Many(Vec<String>),
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldValue(…)")
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |values: &[(String, FieldValue)]| -> Vec<String> {
            values.iter().map(|(name, _)| name.clone()).collect()
        };
        f.debug_struct("Submission")
            .field("fields", &names(&self.fields))
            .field("extras", &names(&self.extras))
            .finish()
    }
}

/// Checks every field and reports every violation.
///
/// # Errors
/// All violations, in the form's order.
pub fn validate(form: &FormDefinition, raw: &RawSubmission) -> Result<Submission, Vec<Violation>> {
    let mut violations = Vec::new();
    let mut fields = Vec::new();
    for field in &form.fields {
        let mut codes = Vec::new();
        let value = check_field(field, raw.values(field.name()), &mut codes);
        violations.extend(
            codes
                .into_iter()
                .map(|code| Violation::of_field(field.name(), code, message(field, code))),
        );
        if let Some(value) = value {
            fields.push((field.name().to_owned(), value));
        }
    }
    let extras = extras(form, raw);
    if form.unknown_fields == UnknownFields::Refuse {
        violations.extend(extras.iter().map(|(name, _)| {
            Violation::of_field(
                name,
                ViolationCode::BadInput,
                format!("The form has no field {name}"),
            )
        }));
    }
    if violations.is_empty() {
        Ok(Submission { fields, extras })
    } else {
        Err(violations)
    }
}

/// The sanitised value, if there is one, and what is wrong with it.
fn check_field(
    field: &Field,
    sent: &[RawValue],
    codes: &mut Vec<ViolationCode>,
) -> Option<FieldValue> {
    if field.kind.is_box() {
        return check_box(field, sent, codes);
    }
    if field.takes_many() {
        return check_many(field, sent, codes);
    }
    if sent.len() > 1 {
        codes.push(ViolationCode::TooMany);
    }
    let sent = sent.first().map_or("", RawValue::text);
    let value = sanitized(field, sent);
    let mut note = |checked: Result<(), ViolationCode>| codes.extend(checked.err());
    note(required::check(&value, is_required(field)));
    let attributes = &field.attributes;
    match field.kind {
        FieldKind::Email if attributes.multiple => note(email::check_list(&value)),
        FieldKind::Email => note(email::check(&value)),
        FieldKind::Url => note(url::check(&value)),
        FieldKind::Number => {
            note(number::check(&value));
            note(number::check_range(
                &value,
                attributes.min.as_deref(),
                attributes.max.as_deref(),
            ));
        }
        FieldKind::Radio | FieldKind::Select => note(choice::check(&value, field.offered())),
        _ => {}
    }
    if let Some(pattern) = &field.pattern {
        let separator = |character| attributes.multiple && character == ',';
        let matches = value
            .split(separator)
            .all(|item| pattern::check(item, pattern).is_ok());
        note(matches.then_some(()).ok_or(ViolationCode::PatternMismatch));
    }
    if field.kind.has_length() {
        note(length::check(
            &value,
            attributes.minlength,
            attributes.maxlength,
        ));
    }
    (!value.is_empty()).then_some(FieldValue::One(value))
}

/// A box is ticked when its own value, or a JSON `true`, was sent.
fn check_box(
    field: &Field,
    sent: &[RawValue],
    codes: &mut Vec<ViolationCode>,
) -> Option<FieldValue> {
    let own_value = field.ticked_value();
    let is_ticked = sent.iter().any(|value| match value {
        RawValue::Flag(flag) => *flag,
        RawValue::Text(text) => text == own_value,
    });
    let is_strange = |value: &RawValue| matches!(value, RawValue::Text(text) if !text.is_empty() && text != own_value);
    if sent.iter().any(is_strange) {
        codes.push(ViolationCode::UnknownOption);
    } else if !is_ticked && is_required(field) {
        codes.push(ViolationCode::ValueMissing);
    }
    is_ticked.then(|| FieldValue::One(own_value.to_owned()))
}

fn check_many(
    field: &Field,
    sent: &[RawValue],
    codes: &mut Vec<ViolationCode>,
) -> Option<FieldValue> {
    if sent.is_empty() && is_required(field) {
        codes.push(ViolationCode::ValueMissing);
    }
    let is_unknown = |value: &RawValue| choice::check(value.text(), field.offered()).is_err();
    if sent.iter().any(is_unknown) {
        codes.push(ViolationCode::UnknownOption);
    }
    let values: Vec<String> = sent.iter().map(|value| value.text().to_owned()).collect();
    (!values.is_empty()).then_some(FieldValue::Many(values))
}

fn is_required(field: &Field) -> bool {
    // HTML bars hidden controls from validation: nobody could mend them.
    field.kind == FieldKind::Consent
        || (field.attributes.required && field.kind != FieldKind::Hidden)
}

fn sanitized(field: &Field, value: &str) -> String {
    match field.kind {
        FieldKind::Textarea => sanitize::lines(value),
        FieldKind::Email if field.attributes.multiple => sanitize::email_list(value),
        FieldKind::Email | FieldKind::Url => sanitize::trimmed_line(value),
        FieldKind::Hidden | FieldKind::Radio | FieldKind::Select => value.to_owned(),
        _ => sanitize::line(value),
    }
}

/// What the form has no field for. The honeypot is the form's own; names that begin with `_` are kept for us.
fn extras(form: &FormDefinition, raw: &RawSubmission) -> Vec<(String, FieldValue)> {
    raw.entries()
        .filter(|(name, _)| {
            form.field(name).is_none()
                && form.honeypot.as_deref() != Some(*name)
                && !name.is_empty()
                && !name.starts_with('_')
        })
        .map(|(name, values)| {
            let texts: Vec<String> = values.iter().map(|value| value.text().to_owned()).collect();
            let value = match <[String; 1]>::try_from(texts) {
                Ok([only]) => FieldValue::One(only),
                Err(texts) => FieldValue::Many(texts),
            };
            (name.to_owned(), value)
        })
        .collect()
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
