//! Delivery of leads to the core: what is sent, what the [`Outcome`] means, and when the next attempt is. No I/O.
//!
//! A [`Lead`] has an id and an idempotency key ([`SubmissionKeys`]). A [`QueuedLead`] is a lead in the outbox, a [`CoreRequest`]
//! one attempt, and [`next`] the decision between another attempt and a [`DeadLetter`]. `dispatch` makes the attempts.

mod attempt;
mod breaker;
mod idempotency;
mod lead;
mod provenance;
mod queued_lead;
mod receipts;
mod schedule;

pub use attempt::{CoreAuth, CoreRequest, CoreSettings, MAX_CORE_RESPONSE_BYTES};
pub use breaker::Breaker;
pub use idempotency::{MAX_IDEMPOTENCY_KEY_BYTES, SubmissionKeys, hash_id, parse_idempotency_key};
pub use lead::{Lead, MAX_LEAD_BYTES};
pub use provenance::{Observed, Provenance, VisitorMark};
pub use queued_lead::{DeadLetter, DeadLetterBody, QueuedLead};
pub use receipts::{Acknowledged, KeyState, MAX_RECEIPTS, Receipts};
pub use schedule::{MAX_AGE_MS, MAX_DELAY_S, Next, RETRY_DELAYS_S, backoff_s, next};

use crate::envelope::{CoreViolation, Outcome};
use crate::form::{FieldKind, FormDefinition};
use crate::problem::{Fault, FaultKind, Violation};
use crate::submission::message;
use crate::texts::Wanted;

/// The fault to log for an outcome; `None` for success.
pub fn fault_of(outcome: &Outcome) -> Option<Fault> {
    match outcome {
        Outcome::Accepted | Outcome::Duplicate => None,
        Outcome::Invalid(_) => Some(Fault::new(FaultKind::CoreRefused, reason_of(outcome))),
        Outcome::Throttled { reason, .. } | Outcome::Unavailable { reason, .. } => {
            Some(Fault::new(FaultKind::CoreStatus, reason))
        }
        Outcome::Refused { reason } => Some(Fault::new(FaultKind::CoreRefused, reason)),
        Outcome::Blocked { reason } => {
            let advice = format!(
                "{reason}; check the form there, CORE_URL, CORE_REDIRECT, CORE_AUTH and CORE_TOKEN"
            );
            Some(Fault::new(FaultKind::CoreBlocked, advice))
        }
    }
}

/// Why a queued lead is a dead letter: names and codes, never a value.
pub fn reason_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted | Outcome::Duplicate => "delivered".to_owned(),
        Outcome::Invalid(violations) => {
            let faults: Vec<String> = violations
                .iter()
                .take(MAX_REASONS)
                .map(|violation| {
                    format!("{} {}", loggable(&violation.field), violation.code.as_str())
                })
                .collect();
            format!("invalid: {}", faults.join(", "))
        }
        Outcome::Throttled { reason, .. } => format!("throttled: {reason}"),
        Outcome::Unavailable { reason, .. } => format!("unavailable: {reason}"),
        Outcome::Refused { reason } => format!("refused: {reason}"),
        Outcome::Blocked { reason } => format!("blocked: {reason}"),
    }
}

/// A core's name of a field; `?` if it may be a value that a visitor typed, such as a number or a text with a space or an `@`.
fn loggable(name: &str) -> &str {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.[]/$".contains(&byte);
    let has_letter = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_short = name.len() <= if has_letter { MAX_NAME_BYTES } else { 3 };
    if is_short && name.bytes().all(is_name) {
        name
    } else {
        "?"
    }
}

/// A core's violations of fields that the visitor can see and change, by the form's names. Violations of hidden fields, and of
/// fields the form does not have, concern the form's owner.
pub fn on_form(
    violations: &[CoreViolation],
    form: &FormDefinition,
    wanted: Wanted<'_>,
) -> Vec<Violation> {
    let violations = violations.iter();
    violations
        .filter_map(|violation| of_field(violation, form, wanted))
        .collect()
}

/// A core's violation by the form's name of the field, with the service's message when the core sent none.
fn of_field(
    violation: &CoreViolation,
    form: &FormDefinition,
    wanted: Wanted<'_>,
) -> Option<Violation> {
    let field = form.field_of_core(&violation.field)?;
    if field.kind == FieldKind::Hidden {
        return None;
    }
    let message = match violation.message.trim() {
        "" => message(field, violation.code, None, wanted.locale()),
        words => words.chars().take(MAX_CORE_MESSAGE_CHARS).collect(),
    };
    Some(Violation::of_field(field.name(), violation.code, message))
}

/// `Retry-After` when the duration of a failure is unknown: seconds.
pub const RETRY_AFTER_S: u64 = 30;
/// The reason of a dead letter that the outbox refused; it is redriven automatically.
pub const OUTBOX_REFUSED: &str = "outbox_refused";
/// How many fields the reason of a dead letter names.
const MAX_REASONS: usize = 10;
/// The longest name of a core's field in the log and in a dead letter's reason: bytes.
const MAX_NAME_BYTES: usize = 64;
/// The visitor gets at most this much of a core's message: characters.
const MAX_CORE_MESSAGE_CHARS: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ViolationCode;

    fn form() -> FormDefinition {
        let json = r#"{"key":"t","allowed_origins":[],"fields":[
            {"name":"email","type":"email","label":"Work email","core_name":"contact.email_1"},
            {"name":"campaign","type":"hidden"}]}"#;
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
    fn a_cores_violations_get_the_forms_field_names() {
        let (long, cut) = ("x".repeat(500), "x".repeat(300));
        for (name, words, expected) in [
            ("email", "Already on the list", Some("Already on the list")),
            ("contact.email_1", " ", Some("Work email is missing")),
            ("body.contact.email_1", "No", Some("No")),
            ("body.fields.Email", "No", Some("No")),
            ("/fields/email/0", "No", Some("No")),
            ("lead[email]", "No", Some("No")),
            ("email", &long, Some(&cut)),
            // What a visitor cannot see or change.
            ("crm_id", "No", None),
            ("campaign", "No", None),
            ("extras.email", "No", None),
            ("body.provenance.claimed.email", "No", None),
            ("", "No", None),
            ("0", "No", None),
        ] {
            let found = on_form(&[core_violation(name, words)], &form(), Wanted::default());
            let found = found.first();
            let message = found.map(|violation| violation.message.as_str());
            assert_eq!(message, expected, "{name}");
            let field = found.and_then(|violation| violation.field.as_deref());
            assert_eq!(field, expected.map(|_| "email"), "{name}");
        }
    }

    #[test]
    fn a_cores_field_name_is_logged_only_if_it_cannot_be_a_typed_value() {
        let (longest, too_long) = ("n".repeat(64), "n".repeat(65));
        for name in [
            "company_size_c",
            "body.fields[0].x-1",
            "/data/a",
            "$.b",
            "3",
            &longest,
        ] {
            assert_eq!(loggable(name), name);
        }
        for name in [
            "ada@example.com",
            "+43 664 1",
            "436641234567",
            "a b",
            "ü",
            &too_long,
        ] {
            assert_eq!(loggable(name), "?", "{name}");
        }
    }

    #[test]
    fn the_reason_of_a_dead_letter_contains_no_value() {
        let violation = core_violation("email", "ada@example.com is taken");
        let outcome = Outcome::Invalid(vec![violation]);
        assert_eq!(reason_of(&outcome), "invalid: email value_missing");
        let fault = fault_of(&outcome).unwrap().to_string();
        assert_eq!(fault, "core_refused: invalid: email value_missing");
        assert_eq!(fault_of(&Outcome::Duplicate), None);
    }
}
