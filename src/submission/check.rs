//! Checks the values sent for one field against its rules.

use super::raw::RawValue;
use super::validated::FieldValue;
use crate::constraint::{choice, required};
use crate::form::Field;
use crate::problem::{ViolationCode, ViolationCodes};

/// The sanitised value, if there is one; its violations are added to `codes`.
pub(super) fn check_field<'a>(
    field: &'a Field,
    sent: &'a [RawValue],
    codes: &mut ViolationCodes,
) -> Option<FieldValue<'a>> {
    if field.kind.is_box() {
        let value = check_box(field, sent, codes)?;
        return Some(FieldValue::One(value.into()));
    }
    if field.takes_many() {
        let chosen = check_many(field, sent, codes);
        return (!chosen.is_empty()).then_some(FieldValue::Many(chosen));
    }
    // Frameworks send an empty hidden field before a group of radio buttons; it counts only without another value.
    let mut given = sent.iter().filter(|value| !value.text().is_empty());
    let Some(first) = given.next().or(sent.first()) else {
        note_missing(field, codes);
        return None;
    };
    // White space around a number or a date comes from pasting; a number control drops it.
    let text = match field.rules.scale() {
        Some(_) => first.text().trim_ascii(),
        None => first.text(),
    };
    let mut changed = None;
    let part = field
        .rules
        .check(text, &field.attributes, codes, &mut changed);
    if given.next().is_some() {
        codes.insert(ViolationCode::TooMany);
    }
    match changed {
        Some(text) if !text.is_empty() => Some(FieldValue::One(text.into())),
        None if !part.is_empty() => Some(FieldValue::One(part.into())),
        _ => None,
    }
}

/// A checkbox is ticked when any of its values ticks it: Rails and ASP.NET send a hidden 0 before the checkbox.
fn check_box<'a>(
    field: &'a Field,
    sent: &[RawValue],
    codes: &mut ViolationCodes,
) -> Option<&'a str> {
    let is_ticked = sent.iter().any(|value| ticks(field, value) == Some(true));
    if sent.iter().any(|value| ticks(field, value).is_none()) {
        codes.insert(ViolationCode::UnknownOption);
    } else if !is_ticked {
        note_missing(field, codes);
    }
    is_ticked.then(|| field.ticked_value())
}

/// Whether a value ticks a checkbox; `None` when it is not a value of a checkbox. Its own value and a JSON `true` tick
/// it; words such as `yes` only when the owner set no value.
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

/// An empty value in a list of several is ignored: no option has one.
fn check_many<'a>(field: &Field, sent: &'a [RawValue], codes: &mut ViolationCodes) -> Vec<&'a str> {
    let values: Vec<&str> = sent
        .iter()
        .map(RawValue::text)
        .filter(|text| !text.is_empty())
        .collect();
    if values.is_empty() {
        note_missing(field, codes);
    }
    for value in &values {
        codes.note(choice::check(value, field.attributes.offered()));
    }
    values
}

fn note_missing(field: &Field, codes: &mut ViolationCodes) {
    codes.note(required::check("", field.rules.is_required()));
}

#[cfg(test)]
#[path = "check_tests.rs"]
pub(super) mod tests;
