//! What is handed over, and when.
//!
//! [`Lead`] and its keys, the [`Parcel`] it waits in, one [attempt](CoreRequest), what its [`Outcome`] means, and what comes
//! [next]. Doing it is `handover`'s, while the visitor waits, and `relay`'s afterwards.

mod attempt;
mod breaker;
mod idempotency;
mod lead;
mod parcel;
mod provenance;
mod receipts;
mod schedule;

pub use attempt::{CoreAuth, CoreRequest, CoreSettings, MAX_CORE_ANSWER_BYTES};
pub use breaker::Breaker;
pub use idempotency::{MAX_IDEMPOTENCY_KEY_BYTES, SubmissionKeys, name_of, parse_idempotency_key};
pub use lead::{Lead, MAX_LEAD_BYTES};
pub use parcel::{DeadLetter, Parcel, Remains};
pub use provenance::{Observed, Provenance, VisitorMark};
pub use receipts::{Acknowledged, MAX_RECEIPTS, Receipts, Turn};
pub use schedule::{MAX_AGE_MS, MAX_DELAY_S, Next, RETRY_DELAYS_S, next, patience_s};

use crate::envelope::{CoreViolation, Outcome};
use crate::form::FormDefinition;
use crate::problem::{Fault, FaultKind, Problem, Violation};
use crate::submission::message;

/// The fault to log for an outcome; `None` when it is none of ours.
pub fn fault_of(outcome: &Outcome) -> Option<Fault> {
    match outcome {
        Outcome::Accepted | Outcome::Duplicate => None,
        Outcome::Invalid(_) => Some(Fault::new(FaultKind::CoreRefused, reason_of(outcome))),
        Outcome::Throttled { reason, .. } | Outcome::Unavailable { reason, .. } => {
            Some(Fault::new(FaultKind::CoreStatus, reason))
        }
        Outcome::Refused { reason } => Some(Fault::new(FaultKind::CoreRefused, reason)),
        Outcome::Blocked { reason } => {
            let advice =
                format!("{reason}; check the form there, CORE_URL, CORE_AUTH and CORE_TOKEN");
            Some(Fault::new(FaultKind::CoreBlocked, advice))
        }
    }
}

/// Why a parcel is a dead letter: names and codes, never a value.
pub fn reason_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted | Outcome::Duplicate => "delivered".to_owned(),
        Outcome::Invalid(violations) => {
            let faults: Vec<String> = violations
                .iter()
                .take(MAX_REASONS)
                .map(|violation| format!("{} {}", violation.field, violation.code.as_str()))
                .collect();
            format!("invalid: {}", faults.join(", "))
        }
        Outcome::Throttled { reason, .. } => format!("throttled: {reason}"),
        Outcome::Unavailable { reason, .. } => format!("unavailable: {reason}"),
        Outcome::Refused { reason } => format!("refused: {reason}"),
        Outcome::Blocked { reason } => format!("blocked: {reason}"),
    }
}

/// What of a core's violations the visitor is told.
pub fn on_form(violations: &[CoreViolation], form: &FormDefinition) -> Problem {
    let violations = violations.iter();
    Problem::ValidationFailed(
        violations
            .map(|violation| of_field(violation, form))
            .collect(),
    )
}

/// Puts a core's violation onto the form's field, with words of our own when the core has none; a field the form does
/// not have becomes a message about the form.
fn of_field(violation: &CoreViolation, form: &FormDefinition) -> Violation {
    let field = form.field_of_core(&violation.field);
    let message = match (violation.message.trim(), field) {
        ("", Some(field)) => message(field, violation.code),
        ("", None) => "Something in the form was not accepted".to_owned(),
        (words, _) => words.chars().take(MAX_CORE_MESSAGE_CHARS).collect(),
    };
    Violation {
        field: field.map(|field| field.name().to_owned()),
        code: violation.code,
        message,
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What to ask of a visitor when nobody said how long it will take: seconds.
pub const RETRY_AFTER_S: u64 = 30;
/// Why a lead is among the dead letters that the outbox would not take; it is sent again by itself.
pub const OUTBOX_REFUSED: &str = "outbox_refused";
/// What a dead letter says of a refusal: fields.
const MAX_REASONS: usize = 10;
/// What is passed on of a core's message: characters.
const MAX_CORE_MESSAGE_CHARS: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ViolationCode;

    fn form() -> FormDefinition {
        let json = r#"{"key":"t","allowed_origins":[],"fields":[
            {"name":"email","type":"email","label":"Work email","core_name":"contact.email_1"}]}"#;
        FormDefinition::parse(json).unwrap()
    }

    fn core_violation(field: &str, message: &str) -> CoreViolation {
        CoreViolation {
            field: field.to_owned(),
            code: ViolationCode::ValueMissing,
            message: message.to_owned(),
        }
    }

    #[test]
    fn a_cores_violations_land_on_the_forms_fields() {
        let violations = [
            core_violation("email", "Already on the list"),
            core_violation("contact.email_1", " "),
            core_violation("crm_id", ""),
            core_violation("crm_id", &"x".repeat(500)),
        ];
        let Problem::ValidationFailed(violations) = on_form(&violations, &form()) else {
            panic!("should be the visitor's to mend");
        };
        let seen: Vec<(Option<&str>, &str)> = violations
            .iter()
            .map(|violation| (violation.field.as_deref(), violation.message.as_str()))
            .collect();
        let cut = "x".repeat(300);
        assert_eq!(
            seen,
            [
                (Some("email"), "Already on the list"),
                (Some("email"), "Work email is missing"),
                (None, "Something in the form was not accepted"),
                (None, cut.as_str()),
            ]
        );
    }

    #[test]
    fn a_dead_letter_says_why_without_a_value() {
        let violation = core_violation("email", "ada@example.com is taken");
        let outcome = Outcome::Invalid(vec![violation]);
        assert_eq!(reason_of(&outcome), "invalid: email value_missing");
        let fault = fault_of(&outcome).unwrap().to_string();
        assert_eq!(fault, "core_refused: invalid: email value_missing");
        assert_eq!(fault_of(&Outcome::Duplicate), None);
    }
}
