//! Words a violation for the visitor: what is wrong and, if known, what would be valid.

use crate::constraint::decimal::Decimal;
use crate::constraint::notation::Notation;
use crate::form::{Field, FieldKind, Scale};
use crate::problem::ViolationCode;
use crate::texts::{self, LABEL, Locale, OTHER, THIRD, Text, VALUE};

/// One sentence with the label of the field, without the value. `sent` is the value, from which the nearest valid ones are found.
pub fn message(
    field: &Field,
    code: ViolationCode,
    sent: Option<&str>,
    locale: Locale<'_>,
) -> String {
    let (text, values) = wording(field, code, sent, locale);
    let [value, other, third] = values;
    let values = [
        (LABEL, field.label()),
        (VALUE, &value),
        (OTHER, &other),
        (THIRD, &third),
    ];
    locale.fill(text, &values)
}

/// The text, and the values of its placeholders.
fn wording(
    field: &Field,
    code: ViolationCode,
    sent: Option<&str>,
    locale: Locale<'_>,
) -> (Text, [String; 3]) {
    let attributes = &field.attributes;
    let kind = field.kind;
    let scale = field.rules.scale();
    let length = |limit: Option<u32>, text, without| match limit {
        Some(limit) => {
            let characters = locale.plural(texts::CHARACTERS, limit.into());
            (text, [characters, String::new(), String::new()])
        }
        None => (without, NO_VALUES),
    };
    let text = match code {
        ViolationCode::ValueMissing if kind == FieldKind::Consent => texts::TICK_TO_AGREE,
        ViolationCode::ValueMissing if kind == FieldKind::Checkbox => texts::TICK_BOX,
        ViolationCode::ValueMissing if field.takes_many() => texts::CHOOSE_SOME,
        ViolationCode::ValueMissing if kind.has_options() => texts::CHOOSE_OPTION,
        ViolationCode::ValueMissing => texts::MISSING,
        ViolationCode::TypeMismatch if kind == FieldKind::Email && attributes.multiple => {
            texts::NOT_EMAILS
        }
        ViolationCode::TypeMismatch if kind == FieldKind::Email => texts::NOT_EMAIL,
        ViolationCode::TypeMismatch => texts::NOT_URL,
        ViolationCode::PatternMismatch => match &attributes.hint {
            Some(hint) => {
                let hint = hint.clone();
                return (texts::WRONG_FORM_HINT, [hint, String::new(), String::new()]);
            }
            None => texts::WRONG_FORM,
        },
        ViolationCode::TooLong => {
            return length(
                attributes.maxlength,
                texts::AT_MOST_CHARACTERS,
                texts::TOO_LONG,
            );
        }
        ViolationCode::TooShort => {
            return length(
                attributes.minlength,
                texts::AT_LEAST_CHARACTERS,
                texts::TOO_SHORT,
            );
        }
        ViolationCode::RangeUnderflow | ViolationCode::RangeOverflow => {
            return scale.map_or(INVALID, |scale| bound(scale, code, locale));
        }
        ViolationCode::StepMismatch => {
            return scale.map_or(INVALID, |scale| step(scale, sent, locale));
        }
        ViolationCode::BadInput if kind == FieldKind::Color => {
            let example = "#1d4ed8".to_owned();
            return (texts::NOT_COLOR, [example, String::new(), String::new()]);
        }
        ViolationCode::BadInput => return unreadable(scale, locale),
        ViolationCode::UnknownOption => texts::UNKNOWN_OPTION,
        ViolationCode::TooMany => texts::TOO_MANY,
    };
    (text, NO_VALUES)
}

/// `10 or less`, `2026-12-31 or earlier`, `from 22:00 to 02:00`.
fn bound(scale: &Scale, code: ViolationCode, locale: Locale<'_>) -> (Text, [String; 3]) {
    let bound = |bound: Option<Decimal>| {
        let written = bound.map(|bound| write(scale, bound, locale));
        written.unwrap_or_default()
    };
    let (min, max) = (bound(scale.bounds.min), bound(scale.bounds.max));
    let is_number = scale.notation == Notation::Number;
    let (text, value) = match (code, is_number) {
        _ if scale.bounds.are_reversed() => return (texts::BETWEEN, [min, max, String::new()]),
        (ViolationCode::RangeUnderflow, true) => (texts::AT_LEAST, min),
        (ViolationCode::RangeUnderflow, false) => (texts::NOT_BEFORE, min),
        (_, true) => (texts::AT_MOST, max),
        (_, false) => (texts::NOT_AFTER, max),
    };
    (text, [value, String::new(), String::new()])
}

/// A whole number; or the valid values next to the one that was sent, as in the messages of browsers; or examples.
fn step(scale: &Scale, sent: Option<&str>, locale: Locale<'_>) -> (Text, [String; 3]) {
    let Some(steps) = scale.steps else {
        return INVALID;
    };
    let (base, step) = (steps.base, steps.step);
    if scale.notation == Notation::Number && step == Decimal::whole(1) && base == base.round() {
        return (texts::WHOLE_NUMBER, NO_VALUES);
    }
    let written = |number| write(scale, number, locale);
    if let Some(value) = sent.and_then(|sent| scale.notation.parse(sent)) {
        let nearest = steps.nearest(value);
        let (below, above) = match nearest > value {
            true => (nearest.minus(step), nearest),
            false => (nearest, nearest.plus(step)),
        };
        let is_valid = |number: &Decimal| {
            let bounds = &scale.bounds;
            bounds.check_min(*number).is_ok() && bounds.check_max(*number).is_ok()
        };
        match [below, above].map(|number| Some(number).filter(is_valid)) {
            [Some(below), Some(above)] => {
                let values = [written(below), written(above), String::new()];
                return (texts::NEAREST_TWO, values);
            }
            [Some(only), None] | [None, Some(only)] => {
                return (
                    texts::NEAREST_ONE,
                    [written(only), String::new(), String::new()],
                );
            }
            [None, None] => {}
        }
    }
    let second = base.plus(step);
    (texts::STEPS, [base, second, second.plus(step)].map(written))
}

/// What the field takes, with an example.
fn unreadable(scale: Option<&Scale>, locale: Locale<'_>) -> (Text, [String; 3]) {
    let notation = scale.map_or(Notation::Number, |scale| scale.notation);
    let text = match notation {
        Notation::Number => {
            let values = ["12", "1.5", ""].map(|number| locale.number(number));
            return (texts::NOT_NUMBER, values);
        }
        Notation::Date => texts::NOT_DATE,
        Notation::Month => texts::NOT_MONTH,
        Notation::Week => texts::NOT_WEEK,
        Notation::Time => texts::NOT_TIME,
        Notation::Local => texts::NOT_DATE_TIME,
    };
    (
        text,
        [notation.example().to_owned(), String::new(), String::new()],
    )
}

fn write(scale: &Scale, number: Decimal, locale: Locale<'_>) -> String {
    let written = scale.notation.write(number);
    match scale.notation {
        Notation::Number => locale.number(&written),
        _ => written,
    }
}

const NO_VALUES: [String; 3] = [const { String::new() }; 3];
/// For a violation of a rule that the field does not have.
const INVALID: (Text, [String; 3]) = (texts::WRONG_FORM, NO_VALUES);

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
