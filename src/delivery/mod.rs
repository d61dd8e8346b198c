//! Hand the lead over.
//!
//! [`Lead`] and its keys, one [attempt](CoreRequest), and what its [`Outcome`] means for the visitor. A lead that was
//! not handed over is not acknowledged: there is no outbox yet, so the visitor is asked to try again, and the
//! idempotency key makes that safe.

mod attempt;
mod idempotency;
mod lead;

pub use attempt::{CoreAuth, CoreRequest, CoreSettings, MAX_CORE_ANSWER_BYTES};
pub use idempotency::{MAX_IDEMPOTENCY_KEY_BYTES, SubmissionKeys, hex};
pub use lead::{Lead, MAX_PROVENANCE_BYTES, Provenance};

use crate::envelope::{CoreViolation, Outcome};
use crate::form::FormDefinition;
use crate::problem::{Fault, FaultKind, Problem, Violation};
use crate::submission::message;

/// What a failed or refused delivery means for the visitor, and the fault to log if it is ours.
///
/// # Errors
/// Every outcome that is not success.
pub fn settle(outcome: Outcome, form: &FormDefinition) -> Result<(), (Problem, Option<Fault>)> {
    match outcome {
        Outcome::Accepted | Outcome::Duplicate => Ok(()),
        Outcome::Invalid(violations) => {
            let violations = violations
                .into_iter()
                .map(|violation| on_form(violation, form))
                .collect();
            Err((Problem::ValidationFailed(violations), None))
        }
        Outcome::Throttled {
            reason,
            retry_after_s,
        }
        | Outcome::Unavailable {
            reason,
            retry_after_s,
        } => Err(failed(FaultKind::CoreStatus, reason, retry_after_s)),
        Outcome::Refused { reason } => Err(failed(FaultKind::CoreRefused, reason, None)),
        Outcome::Blocked { reason } => {
            let advice =
                format!("{reason}; check the form there, CORE_URL, CORE_AUTH and CORE_TOKEN");
            Err(failed(FaultKind::CoreBlocked, advice, None))
        }
    }
}

/// Nothing is acknowledged; the visitor, who can do nothing about the reason, is asked to come back.
fn failed(kind: FaultKind, reason: String, retry_after_s: Option<u64>) -> (Problem, Option<Fault>) {
    let retry_after_s = retry_after_s.unwrap_or(RETRY_AFTER_S);
    (
        Problem::Unavailable { retry_after_s },
        Some(Fault::new(kind, reason)),
    )
}

/// Puts a core's violation onto the form's field, with words of our own when the core has none; a field the form does
/// not have becomes a message about the form.
fn on_form(violation: CoreViolation, form: &FormDefinition) -> Violation {
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

/// What to ask of a visitor when nobody said how long it will take: seconds.
pub const RETRY_AFTER_S: u64 = 30;
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
        let outcome = Outcome::Invalid(vec![
            core_violation("email", "Already on the list"),
            core_violation("contact.email_1", " "),
            core_violation("crm_id", ""),
            core_violation("crm_id", &"x".repeat(500)),
        ]);
        let Err((Problem::ValidationFailed(violations), None)) = settle(outcome, &form()) else {
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
    fn a_duplicate_is_a_success_for_the_visitor() {
        assert_eq!(settle(Outcome::Accepted, &form()), Ok(()));
        assert_eq!(settle(Outcome::Duplicate, &form()), Ok(()));
    }
}
