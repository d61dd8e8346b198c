//! [`validate`]: a raw submission against the form's rules.

use std::fmt;
use std::rc::Rc;

use super::message::message;
use super::raw::{MAX_VALUE_BYTES, RawSubmission, RawValue, Spoilt, VERSION_NAME};
use crate::constraint::choice;
use crate::form::{Consent, Field, FormDefinition, UnknownFields};
use crate::problem::{Violation, ViolationCode, ViolationCodes, Warning, WarningCode};

/// A submission that satisfies its form; values are sanitised. Prints names only.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// The version of the form it was checked against.
    pub version: u32,
    /// The form's fields that have a value, in the form's order.
    pub fields: Vec<(String, FieldValue)>,
    /// What else was sent, as it was sent.
    pub extras: Vec<(String, FieldValue)>,
    /// What the visitor agreed to: the field's name, and the text.
    pub consents: Vec<(String, Rc<Consent>)>,
    /// What was wrong with what came along.
    pub warnings: Vec<Warning>,
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

/// Checks every field and reports every violation. Only the form's own fields can refuse a submission; what else came
/// along is kept, and `warnings` are added to.
///
/// # Errors
/// All violations, in the form's order.
pub fn validate(
    form: &FormDefinition,
    raw: &RawSubmission,
    mut warnings: Vec<Warning>,
) -> Result<Submission, Vec<Violation>> {
    let mut violations = Vec::new();
    let mut fields = Vec::with_capacity(form.fields.len());
    let mut consents = Vec::new();
    for field in &form.fields {
        let sent = raw.values(field.name());
        if let Some(spoilt) = sent.iter().find_map(RawValue::spoilt) {
            violations.push(spoilt_violation(field.name(), spoilt));
            continue;
        }
        let mut codes = ViolationCodes::default();
        let value = check_field(field, sent, &mut codes);
        let of_field = |code| Violation::of_field(field.name(), code, message(field, code));
        violations.extend(codes.iter().map(of_field));
        if let Some(value) = value {
            consents.extend(
                field
                    .consent
                    .iter()
                    .map(|consent| (field.name().to_owned(), consent.clone())),
            );
            fields.push((field.name().to_owned(), value));
        }
    }
    let mut extras = Vec::new();
    let others = || raw.entries().filter(|(name, _)| form.field(name).is_none());
    // A file is something the visitor chose to send, under whatever name.
    let is_file = |value: &RawValue| value.spoilt() == Some(Spoilt::File);
    let files = others().filter(|(_, values)| values.iter().any(is_file));
    violations.extend(files.map(|(name, _)| spoilt_violation(name, Spoilt::File)));
    for (name, values) in others().filter(|(name, _)| is_extra(form, name)) {
        if form.unknown_fields == UnknownFields::Refuse {
            let message = format!("The form has no field {name}");
            violations.push(Violation::of_field(name, ViolationCode::BadInput, message));
        }
        warnings.push(Warning::of(name, extra_warning(values)));
        extras.push((name.to_owned(), as_sent(values)));
    }
    if raw.has_unusable_names() {
        if form.unknown_fields == UnknownFields::Refuse {
            let message = "A field has a name that the form does not have";
            violations.push(Violation::of_form(ViolationCode::BadInput, message));
        }
        warnings.push(Warning {
            name: None,
            code: WarningCode::NameUnusable,
        });
    }
    if warnings
        .iter()
        .any(|warning| warning.name.as_deref() == Some(VERSION_NAME))
    {
        extras.push((VERSION_NAME.to_owned(), as_sent(raw.values(VERSION_NAME))));
    }
    if violations.is_empty() {
        Ok(Submission {
            version: form.version,
            fields,
            extras,
            consents,
            warnings,
        })
    } else {
        Err(violations)
    }
}

/// The sanitised value, if there is one, and what is wrong with it.
fn check_field(field: &Field, sent: &[RawValue], codes: &mut ViolationCodes) -> Option<FieldValue> {
    if field.kind.is_box() {
        return check_box(field, sent, codes);
    }
    let Some(first) = sent.first() else {
        if field.rules.is_required() {
            codes.insert(ViolationCode::ValueMissing);
        }
        return None;
    };
    if field.takes_many() {
        return check_many(field, sent, codes);
    }
    let (value, found) = field.check(first.text());
    *codes = found;
    if sent.len() > 1 {
        codes.insert(ViolationCode::TooMany);
    }
    (!value.is_empty()).then(|| FieldValue::One(value.into_owned()))
}

/// A box is ticked when its own value, or a JSON `true`, was sent.
fn check_box(field: &Field, sent: &[RawValue], codes: &mut ViolationCodes) -> Option<FieldValue> {
    let own_value = field.ticked_value();
    let is_ticked = sent.iter().any(|value| match value {
        RawValue::Flag(flag) => *flag,
        other => other.text() == own_value,
    });
    let is_strange = |value: &RawValue| matches!(value, RawValue::Text(text) if !text.is_empty() && text != own_value);
    if sent.iter().any(is_strange) {
        codes.insert(ViolationCode::UnknownOption);
    } else if !is_ticked && field.rules.is_required() {
        codes.insert(ViolationCode::ValueMissing);
    }
    is_ticked.then(|| FieldValue::One(own_value.to_owned()))
}

/// In a list of several, an empty value is none: no option has one.
fn check_many(field: &Field, sent: &[RawValue], codes: &mut ViolationCodes) -> Option<FieldValue> {
    let chosen = || {
        sent.iter()
            .map(RawValue::text)
            .filter(|text| !text.is_empty())
    };
    for value in chosen() {
        codes.note(choice::check(value, field.attributes.offered()));
    }
    let values: Vec<String> = chosen().map(str::to_owned).collect();
    if values.is_empty() && field.rules.is_required() {
        codes.insert(ViolationCode::ValueMissing);
    }
    (!values.is_empty()).then_some(FieldValue::Many(values))
}

fn spoilt_violation(name: &str, spoilt: Spoilt) -> Violation {
    let (code, reason) = match spoilt {
        Spoilt::TooLong => (
            ViolationCode::TooLong,
            format!("is longer than {MAX_VALUE_BYTES} bytes"),
        ),
        Spoilt::Nested => (
            ViolationCode::BadInput,
            "takes text, not a nested value".to_owned(),
        ),
        Spoilt::NotUtf8 => (
            ViolationCode::BadInput,
            "is not UTF-8; the page should be, too".to_owned(),
        ),
        Spoilt::File => (ViolationCode::BadInput, "cannot take a file".to_owned()),
    };
    Violation::of_field(name, code, format!("{name} {reason}"))
}

/// Of what the form has no field for, all but its honeypot and its version.
fn is_extra(form: &FormDefinition, name: &str) -> bool {
    name != VERSION_NAME && form.honeypot.as_deref() != Some(name)
}

fn extra_warning(values: &[RawValue]) -> WarningCode {
    match values.iter().find_map(RawValue::spoilt) {
        None => WarningCode::UnknownField,
        Some(Spoilt::TooLong) => WarningCode::ValueCut,
        Some(Spoilt::Nested | Spoilt::NotUtf8 | Spoilt::File) => WarningCode::ValueMalformed,
    }
}

fn as_sent(values: &[RawValue]) -> FieldValue {
    match values {
        [only] => FieldValue::One(only.text().to_owned()),
        several => FieldValue::Many(
            several
                .iter()
                .map(|value| value.text().to_owned())
                .collect(),
        ),
    }
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
