//! [`validate`]: a raw submission against the form's rules.

use std::borrow::Cow;
use std::fmt;

use super::extras::{Extras, MAX_EXTRAS, OF_THE_PAGE, is_extra};
use super::message::message;
use super::raw::{MAX_VALUE_BYTES, RawSubmission, RawValue, Unusable};
use crate::constraint::choice;
use crate::form::{Consent, Field, FormDefinition, UnknownFields};
use crate::problem::{Violation, ViolationCode, ViolationCodes, Warning, WarningCode};

/// A submission that satisfies its form; values are sanitised. Borrows from the form and from what was sent. Prints names
/// only.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission<'a> {
    /// The version of the form it was checked against.
    pub version: u32,
    /// The form's fields that have a value, in the form's order.
    pub fields: Vec<(&'a str, FieldValue<'a>)>,
    /// What else was sent, as far as there is a budget for it.
    pub extras: Vec<(&'a str, FieldValue<'a>)>,
    /// What the visitor agreed to: the field's name, and the text.
    pub consents: Vec<(&'a str, &'a Consent)>,
    /// What was wrong with what came along.
    pub warnings: Vec<Warning>,
    /// Why it may be spam; it is taken all the same.
    pub spam: Vec<SpamMark>,
}

/// A reason to take a submission for spam. Never enough to refuse it: programs that fill in forms for people take baits, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpamMark {
    /// The field that nobody sees has a value.
    Honeypot,
}

impl SpamMark {
    /// As it stands in a lead.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Honeypot => "honeypot",
        }
    }
}

/// The value of a field. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// Of a field that takes one.
    One(Cow<'a, str>),
    /// Of a field that takes several.
    Many(Vec<&'a str>),
}

impl fmt::Debug for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldValue(…)")
    }
}

impl fmt::Debug for Submission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |values: &[(&str, FieldValue<'_>)]| -> Vec<String> {
            values.iter().map(|(name, _)| (*name).to_owned()).collect()
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
pub fn validate<'a>(
    form: &'a FormDefinition,
    raw: &'a RawSubmission,
    warnings: Vec<Warning>,
) -> Result<Submission<'a>, Vec<Violation>> {
    validate_seen(form, form, raw, warnings)
}

/// The same for a version of the form that was seen and may be an earlier one: `form` says what its fields are and what
/// they take, `current` what becomes of other names and which field is the honeypot. The sender chooses the version,
/// which must not choose its own protection.
///
/// # Errors
/// All violations, in the form's order.
pub fn validate_seen<'a>(
    form: &'a FormDefinition,
    current: &FormDefinition,
    raw: &'a RawSubmission,
    mut warnings: Vec<Warning>,
) -> Result<Submission<'a>, Vec<Violation>> {
    let refuses_unknown = current.unknown_fields == UnknownFields::Refuse;
    // A page of an earlier version has that one's honeypot.
    let honeypots = || {
        [form, current]
            .into_iter()
            .filter_map(|form| form.honeypot.as_deref())
    };
    let mut violations = Vec::new();
    let mut fields = Vec::with_capacity(form.fields.len());
    let mut consents = Vec::new();
    let mut others: Vec<bool> = vec![true; raw.len()];
    let mut after = 0;
    for field in &form.fields {
        // Most are sent in the form's order.
        let place = raw.place_of(field.name(), after);
        if let Some(place) = place {
            after = place + 1;
            others
                .get_mut(place)
                .into_iter()
                .for_each(|is_other| *is_other = false);
        }
        let sent = place.map_or(&[][..], |place| raw.values_at(place));
        if let Some(unusable) = sent.iter().find_map(RawValue::unusable) {
            violations.push(unusable_violation(field.name(), field.label(), unusable));
            continue;
        }
        let (value, codes) = check_field(field, sent);
        if !codes.is_empty() {
            let of_field = |code| Violation::of_field(field.name(), code, message(field, code));
            violations.extend(codes.iter().map(of_field));
        }
        if let Some(value) = value {
            consents.extend(field.consent.iter().map(|consent| (field.name(), consent)));
            fields.push((field.name(), value));
        }
    }
    let mut extras = Extras::new();
    let others = || {
        raw.entries()
            .zip(&others)
            .filter(|(_, is_other)| **is_other)
            .map(|(entry, _)| entry)
    };
    // A file is something the visitor chose to send, under whatever name.
    let is_file = |value: &RawValue| value.unusable() == Some(Unusable::File);
    let files = others().filter(|(_, values)| values.iter().any(is_file));
    let files = files.take(MAX_EXTRAS);
    violations.extend(files.map(|(name, _)| unusable_violation(name, name, Unusable::File)));
    for (name, values) in others().filter(|(name, _)| is_extra(name)) {
        if honeypots().any(|honeypot| honeypot == name) {
            continue;
        }
        let Some(code) = extras.keep(name, values) else {
            continue;
        };
        if refuses_unknown {
            let message = format!("The form has no field {name}");
            violations.push(Violation::of_field(name, ViolationCode::BadInput, message));
        }
        warnings.push(Warning::of(name, code));
    }
    let has_others = raw.has_unusable_names() || extras.warning().is_some();
    if has_others && refuses_unknown {
        let message = "A field has a name that the form does not have";
        violations.push(Violation::of_form(ViolationCode::BadInput, message));
    }
    if raw.has_unusable_names() {
        warnings.push(Warning {
            name: None,
            code: WarningCode::NameUnusable,
        });
    }
    // What a page says of itself refuses nothing either; what cannot be used of it is kept.
    for name in OF_THE_PAGE {
        if warnings
            .iter()
            .any(|warning| warning.name.as_deref() == Some(name))
        {
            extras.keep(name, raw.values(name));
        }
    }
    warnings.extend(extras.warning());
    // What is the honeypot now may have been a field then.
    let is_taken = honeypots()
        .filter(|name| form.field(name).is_none())
        .flat_map(|name| raw.values(name))
        .any(|value| !value.text().is_empty());
    if violations.is_empty() {
        Ok(Submission {
            version: form.version,
            fields,
            extras: extras.kept,
            consents,
            warnings,
            spam: is_taken.then_some(SpamMark::Honeypot).into_iter().collect(),
        })
    } else {
        Err(violations)
    }
}

/// The sanitised value, if there is one, and what is wrong with it.
fn check_field<'a>(
    field: &'a Field,
    sent: &'a [RawValue],
) -> (Option<FieldValue<'a>>, ViolationCodes) {
    if field.kind.is_box() {
        return check_box(field, sent);
    }
    if field.takes_many() {
        return check_many(field, sent);
    }
    // Frameworks put an empty hidden field before a group of radios; beside another value it says nothing.
    let mut given = sent.iter().filter(|value| !value.text().is_empty());
    let Some(first) = given.next().or(sent.first()) else {
        return (None, missing_if(field.rules.is_required()));
    };
    // White space around a number or a date is pasted, and a number control drops it.
    let text = match field.rules.scale() {
        Some(_) => first.text().trim_ascii(),
        None => first.text(),
    };
    let (value, mut codes) = field.check(text);
    if given.next().is_some() {
        codes.insert(ViolationCode::TooMany);
    }
    ((!value.is_empty()).then_some(FieldValue::One(value)), codes)
}

/// A box is ticked when any of its values says so: a hidden 0 before a checkbox is a habit of Rails and ASP.NET.
fn check_box<'a>(field: &'a Field, sent: &[RawValue]) -> (Option<FieldValue<'a>>, ViolationCodes) {
    let is_ticked = sent.iter().any(|value| ticks(field, value) == Some(true));
    let mut codes = missing_if(!is_ticked && field.rules.is_required());
    if sent.iter().any(|value| ticks(field, value).is_none()) {
        codes = ViolationCodes::default();
        codes.insert(ViolationCode::UnknownOption);
    }
    let own_value = field.ticked_value();
    (is_ticked.then(|| FieldValue::One(own_value.into())), codes)
}

/// Whether a value ticks a box, or leaves it; `None` when it is none of a box. Its own value and a JSON `true` tick it; the
/// words for it only one whose value the form's owner did not choose.
pub fn ticks(field: &Field, value: &RawValue) -> Option<bool> {
    let text = match value {
        RawValue::Flag(flag) => return Some(*flag),
        other => other.text(),
    };
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if text == field.ticked_value() {
        Some(true)
    } else if text.is_empty() || is_one_of(&["0", "false", "no", "off"]) {
        Some(false)
    } else {
        let is_word = is_one_of(&["1", "true", "yes", "on"]);
        (is_word && field.attributes.value.is_none()).then_some(true)
    }
}

/// In a list of several, an empty value is none: no option has one.
fn check_many<'a>(field: &Field, sent: &'a [RawValue]) -> (Option<FieldValue<'a>>, ViolationCodes) {
    let values: Vec<&str> = sent
        .iter()
        .map(RawValue::text)
        .filter(|text| !text.is_empty())
        .collect();
    let mut codes = missing_if(values.is_empty() && field.rules.is_required());
    for value in &values {
        codes.note(choice::check(value, field.attributes.offered()));
    }
    (
        (!values.is_empty()).then_some(FieldValue::Many(values)),
        codes,
    )
}

fn missing_if(is_missing: bool) -> ViolationCodes {
    let mut codes = ViolationCodes::default();
    if is_missing {
        codes.insert(ViolationCode::ValueMissing);
    }
    codes
}

fn unusable_violation(name: &str, label: &str, unusable: Unusable) -> Violation {
    let (code, reason) = match unusable {
        Unusable::TooLong => (
            ViolationCode::TooLong,
            format!("is longer than {MAX_VALUE_BYTES} bytes"),
        ),
        Unusable::Nested => (
            ViolationCode::BadInput,
            "takes text, not a nested value".to_owned(),
        ),
        Unusable::NotUtf8 => (
            ViolationCode::BadInput,
            "is not UTF-8; the page should be, too".to_owned(),
        ),
        Unusable::File => (ViolationCode::BadInput, "cannot take a file".to_owned()),
    };
    Violation::of_field(name, code, format!("{label} {reason}"))
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
