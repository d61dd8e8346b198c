//! Words a violation for the visitor: what is wrong and, if known, what would be valid.

use crate::constraint::decimal::Decimal;
use crate::constraint::notation::Notation;
use crate::form::{Field, FieldKind, Scale};
use crate::problem::ViolationCode;

/// One sentence with the label of the field, without the value.
pub fn message(field: &Field, code: ViolationCode) -> String {
    let label = field.label();
    let attributes = &field.attributes;
    match code {
        ViolationCode::ValueMissing if field.kind == FieldKind::Consent => {
            format!("Tick the box to agree ({label})")
        }
        ViolationCode::ValueMissing if field.kind == FieldKind::Checkbox => {
            format!("Tick the box: {label}")
        }
        ViolationCode::ValueMissing if field.takes_many() => {
            format!("Choose at least one option for {label}")
        }
        ViolationCode::ValueMissing if field.kind.has_options() => {
            format!("Choose an option for {label}")
        }
        ViolationCode::ValueMissing => format!("{label} is missing"),
        ViolationCode::TypeMismatch if field.kind == FieldKind::Email && attributes.multiple => {
            format!(
                "{label} must be email addresses with commas between them, like a@example.com, b@example.com"
            )
        }
        ViolationCode::TypeMismatch if field.kind == FieldKind::Email => {
            format!("{label} must be an email address, like name@example.com")
        }
        ViolationCode::TypeMismatch => {
            format!("{label} must be a full web address, like https://example.com")
        }
        ViolationCode::PatternMismatch => match &attributes.hint {
            Some(hint) => format!("{label} is not in the expected form: {hint}"),
            None => format!("{label} is not in the expected form"),
        },
        ViolationCode::TooLong => match attributes.maxlength {
            Some(limit) => format!("{label} must have {limit} characters or fewer"),
            None => format!("{label} is too long"),
        },
        ViolationCode::TooShort => match attributes.minlength {
            Some(limit) => format!("{label} must have {limit} characters or more"),
            None => format!("{label} is too short"),
        },
        ViolationCode::RangeUnderflow | ViolationCode::RangeOverflow => {
            format!(
                "{label} must be {}",
                field
                    .rules
                    .scale()
                    .map_or_else(String::new, |scale| bound(scale, code))
            )
        }
        ViolationCode::StepMismatch => {
            format!(
                "{label} must be {}",
                field.rules.scale().map_or_else(String::new, step)
            )
        }
        ViolationCode::BadInput if field.kind == FieldKind::Color => {
            format!("{label} must be a colour, like #1d4ed8")
        }
        ViolationCode::BadInput => {
            let notation = field
                .rules
                .scale()
                .map_or(Notation::Number, |scale| scale.notation);
            let what = match notation {
                Notation::Number => "a number",
                Notation::Date => "a date",
                Notation::Month => "a month",
                Notation::Week => "a week",
                Notation::Time => "a time",
                Notation::Local => "a date and time",
            };
            format!("{label} must be {what}, like {}", notation.example())
        }
        ViolationCode::UnknownOption => format!("Choose one of the listed options for {label}"),
        ViolationCode::TooMany => format!("{label} takes only one answer"),
    }
}

/// The bound in words: `10 or less`, `2026-12-31 or earlier`, `from 22:00 to 02:00`.
fn bound(scale: &Scale, code: ViolationCode) -> String {
    let written = |number: Option<Decimal>| {
        number
            .map(|number| scale.notation.write(number))
            .unwrap_or_default()
    };
    let (min, max) = (written(scale.bounds.min), written(scale.bounds.max));
    if scale.bounds.are_reversed() {
        return format!("from {min} to {max}");
    }
    match (code, scale.notation) {
        (ViolationCode::RangeUnderflow, Notation::Number) => format!("{min} or more"),
        (ViolationCode::RangeUnderflow, _) => format!("{min} or later"),
        (_, Notation::Number) => format!("{max} or less"),
        _ => format!("{max} or earlier"),
    }
}

/// The step in words: `a whole number`, `a step like 2, 7 or 12`.
fn step(scale: &Scale) -> String {
    let Some(steps) = scale.steps else {
        return String::new();
    };
    if scale.notation == Notation::Number
        && steps.step == Decimal::whole(1)
        && steps.base == steps.base.round()
    {
        return "a whole number".to_owned();
    }
    let second = steps.base.plus(steps.step);
    let [first, second, third] =
        [steps.base, second, second.plus(steps.step)].map(|number| scale.notation.write(number));
    format!("a step like {first}, {second} or {third}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::form::FormDefinition;

    fn message_of(mut field: Value, code: ViolationCode) -> String {
        (field["name"], field["label"]) = (json!("f"), json!("It"));
        let definition = json!({ "key": "t", "allowed_origins": [], "fields": [field] });
        message(
            &FormDefinition::parse(&definition.to_string())
                .unwrap()
                .fields[0],
            code,
        )
    }

    #[test]
    fn a_message_contains_what_would_be_valid() {
        use ViolationCode::{BadInput, RangeOverflow, RangeUnderflow, StepMismatch};
        for (field, code, words) in [
            (
                json!({ "type": "number", "max": 10 }),
                RangeOverflow,
                "It must be 10 or less",
            ),
            (
                json!({ "type": "date", "min": "2026-01-01" }),
                RangeUnderflow,
                "It must be 2026-01-01 or later",
            ),
            (
                json!({ "type": "time", "min": "22:00", "max": "02:00" }),
                RangeOverflow,
                "It must be from 22:00 to 02:00",
            ),
            (
                json!({ "type": "number", "min": 1 }),
                StepMismatch,
                "It must be a whole number",
            ),
            (
                json!({ "type": "number", "min": 2, "step": 5 }),
                StepMismatch,
                "It must be a step like 2, 7 or 12",
            ),
            (
                json!({ "type": "time", "step": 900 }),
                StepMismatch,
                "It must be a step like 00:00, 00:15 or 00:30",
            ),
            (
                json!({ "type": "date", "min": "2026-01-31", "step": 7 }),
                StepMismatch,
                "It must be a step like 2026-01-31, 2026-02-07 or 2026-02-14",
            ),
            (
                json!({ "type": "week" }),
                BadInput,
                "It must be a week, like 2026-W47",
            ),
            (
                json!({ "type": "color" }),
                BadInput,
                "It must be a colour, like #1d4ed8",
            ),
        ] {
            assert_eq!(message_of(field.clone(), code), words, "{field}");
        }
    }
}
