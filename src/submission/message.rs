//! Words a violation for the visitor: what is wrong and, if known, what would be valid.

use crate::constraint::decimal::Decimal;
use crate::constraint::notation::Notation;
use crate::form::{Field, FieldKind, Scale};
use crate::problem::ViolationCode;
use crate::texts::{self, Locale, Text};

/// One sentence with the label of the field, without the value. `sent` is the value, from which the nearest valid ones are found.
pub fn message(
    field: &Field,
    code: ViolationCode,
    sent: Option<&str>,
    locale: Locale<'_>,
) -> String {
    let attributes = &field.attributes;
    let kind = field.kind;
    let scale = field.rules.scale();
    let mut values = Values::default();
    let text = match code {
        ViolationCode::ValueMissing if kind == FieldKind::Consent => texts::TICK_TO_AGREE,
        ViolationCode::ValueMissing if kind == FieldKind::Checkbox => texts::TICK_BOX,
        ViolationCode::ValueMissing if field.takes_many() => texts::CHOOSE_SOME,
        ViolationCode::ValueMissing if kind.has_options() => texts::CHOOSE_OPTION,
        ViolationCode::ValueMissing => texts::MISSING,
        ViolationCode::TypeMismatch if kind != FieldKind::Email => texts::NOT_URL,
        ViolationCode::TypeMismatch if attributes.multiple => texts::NOT_EMAILS,
        ViolationCode::TypeMismatch => texts::NOT_EMAIL,
        ViolationCode::PatternMismatch => match &attributes.hint {
            Some(hint) => values.with(texts::WRONG_FORM_HINT, [hint.clone()]),
            None => texts::WRONG_FORM,
        },
        ViolationCode::TooLong => match attributes.maxlength {
            Some(limit) => values.with(
                texts::AT_MOST_CHARACTERS,
                [locale.plural(texts::CHARACTERS, limit.into())],
            ),
            None => texts::TOO_LONG,
        },
        ViolationCode::TooShort => match attributes.minlength {
            Some(limit) => values.with(
                texts::AT_LEAST_CHARACTERS,
                [locale.plural(texts::CHARACTERS, limit.into())],
            ),
            None => texts::TOO_SHORT,
        },
        ViolationCode::RangeUnderflow | ViolationCode::RangeOverflow => match scale {
            Some(scale) => bound(scale, code, locale, &mut values),
            None => texts::WRONG_FORM,
        },
        ViolationCode::StepMismatch => match scale {
            Some(scale) => step(scale, sent, locale, &mut values),
            None => texts::WRONG_FORM,
        },
        ViolationCode::BadInput if kind == FieldKind::Color => {
            values.with(texts::NOT_COLOR, ["#1d4ed8".to_owned()])
        }
        ViolationCode::BadInput => {
            let notation = scale.map_or(Notation::Number, |scale| scale.notation);
            unreadable(notation, locale, &mut values)
        }
        ViolationCode::UnknownOption => texts::UNKNOWN_OPTION,
        ViolationCode::TooMany => texts::TOO_MANY,
    };
    let [value, other, third] = &values.0;
    locale.fill(text, &[field.label(), value, other, third])
}

/// What is filled into the text, beside the label.
#[derive(Default)]
struct Values([String; 3]);

impl Values {
    fn with<const N: usize>(&mut self, text: Text, values: [String; N]) -> Text {
        for (place, value) in self.0.iter_mut().zip(values) {
            *place = value;
        }
        text
    }
}

/// `10 or less`, `2026-12-31 or earlier`, `from 22:00 to 02:00`.
fn bound(scale: &Scale, code: ViolationCode, locale: Locale<'_>, values: &mut Values) -> Text {
    let bounds = &scale.bounds;
    let is_number = scale.notation == Notation::Number;
    let is_under = code == ViolationCode::RangeUnderflow;
    let (bound, text) = match (is_under, is_number) {
        _ if bounds.are_reversed() => {
            let bounds = [bounds.min, bounds.max];
            return values.with(
                texts::BETWEEN,
                bounds.map(|bound| write(scale, bound, locale)),
            );
        }
        (true, true) => (bounds.min, texts::AT_LEAST),
        (true, false) => (bounds.min, texts::NOT_BEFORE),
        (false, true) => (bounds.max, texts::AT_MOST),
        (false, false) => (bounds.max, texts::NOT_AFTER),
    };
    values.with(text, [write(scale, bound, locale)])
}

/// A whole number; or the valid values next to the one that was sent, as in the messages of browsers; or examples.
fn step(scale: &Scale, sent: Option<&str>, locale: Locale<'_>, values: &mut Values) -> Text {
    let Some(steps) = scale.steps else {
        return texts::WRONG_FORM;
    };
    let (base, step) = (steps.base, steps.step);
    if scale.notation == Notation::Number && step == Decimal::whole(1) && base == base.round() {
        return texts::WHOLE_NUMBER;
    }
    let nearest = sent
        .and_then(|sent| scale.notation.parse(sent))
        .map(|value| {
            let nearest = steps.nearest(value);
            let other = match nearest > value {
                true => nearest.minus(step),
                false => nearest.plus(step),
            };
            let bounds = &scale.bounds;
            let is_valid = |number: &Decimal| {
                bounds.check_min(*number).is_ok() && bounds.check_max(*number).is_ok()
            };
            let (below, above) = if other < nearest {
                (other, nearest)
            } else {
                (nearest, other)
            };
            [below, above].map(|number| Some(number).filter(is_valid))
        });
    let written = |number| write(scale, number, locale);
    match nearest {
        Some([below @ Some(_), above @ Some(_)]) => {
            values.with(texts::NEAREST_TWO, [below, above].map(written))
        }
        Some([only @ Some(_), None] | [None, only @ Some(_)]) => {
            values.with(texts::NEAREST_ONE, [written(only)])
        }
        _ => {
            let second = base.plus(step);
            let examples = [base, second, second.plus(step)];
            values.with(texts::STEPS, examples.map(|number| written(Some(number))))
        }
    }
}

/// What the field takes, with an example.
fn unreadable(notation: Notation, locale: Locale<'_>, values: &mut Values) -> Text {
    let text = match notation {
        Notation::Number => {
            let examples = ["12", "1.5"].map(|number| locale.number(number));
            return values.with(texts::NOT_NUMBER, examples);
        }
        Notation::Date => texts::NOT_DATE,
        Notation::Month => texts::NOT_MONTH,
        Notation::Week => texts::NOT_WEEK,
        Notation::Time => texts::NOT_TIME,
        Notation::Local => texts::NOT_DATE_TIME,
    };
    values.with(text, [notation.example().to_owned()])
}

fn write(scale: &Scale, number: Option<Decimal>, locale: Locale<'_>) -> String {
    let written = number.map_or_else(String::new, |number| scale.notation.write(number));
    match scale.notation {
        Notation::Number => locale.number(&written),
        _ => written,
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
