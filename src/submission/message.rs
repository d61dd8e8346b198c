//! What to tell the visitor about a violation: what is wrong and, where it is known, what would be right.

use crate::form::{Field, FieldKind};
use crate::problem::ViolationCode;

/// One sentence; names the field by its label and never contains the value.
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
        ViolationCode::ValueMissing if field.kind.has_options() => {
            format!("Choose an option for {label}")
        }
        ViolationCode::ValueMissing => format!("{label} is missing"),
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
        ViolationCode::RangeUnderflow => bound(label, "or more", attributes.min.as_deref()),
        ViolationCode::RangeOverflow => bound(label, "or less", attributes.max.as_deref()),
        ViolationCode::StepMismatch => format!("{label} is between two allowed values"),
        ViolationCode::BadInput if field.kind == FieldKind::Number => {
            format!("{label} must be a number, like 12 or 1.5")
        }
        ViolationCode::BadInput => format!("{label} cannot be read"),
        ViolationCode::UnknownOption => format!("Choose one of the listed options for {label}"),
        ViolationCode::TooMany => format!("{label} takes only one answer"),
    }
}

fn bound(label: &str, direction: &str, limit: Option<&str>) -> String {
    let limit = limit.unwrap_or_default();
    format!("{label} must be {limit} {direction}")
}
