//! Checks the values sent for one field against its rules.

use super::raw::RawValue;
use super::validated::FieldValue;
use crate::constraint::choice;
use crate::form::Field;
use crate::problem::{ViolationCode, ViolationCodes};

/// The sanitised value, if there is one, and its violations.
pub(super) fn check_field<'a>(
    field: &'a Field,
    sent: &'a [RawValue],
) -> (Option<FieldValue<'a>>, ViolationCodes) {
    if field.kind.is_box() {
        return check_box(field, sent);
    }
    if field.takes_many() {
        return check_many(field, sent);
    }
    // Frameworks send an empty hidden field before a group of radio buttons; it counts only without another value.
    let mut given = sent.iter().filter(|value| !value.text().is_empty());
    let Some(first) = given.next().or(sent.first()) else {
        return (None, missing_if(field.rules.is_required()));
    };
    // White space around a number or a date comes from pasting; a number control drops it.
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

/// A checkbox is ticked when any of its values ticks it: Rails and ASP.NET send a hidden 0 before the checkbox.
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

#[cfg(test)]
#[path = "check_tests.rs"]
pub(super) mod tests;
