//! The dialect `lead-gen`: `{ "error": { "code": "LG_1102", "name", "message", "http", "request_id", "details" } }`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Answer, CoreViolation, Receipt};
use crate::problem::{Problem, ViolationCode};

pub(super) fn render_problem(problem: &Problem, request_id: &str) -> Answer {
    let problem_type = problem.problem_type();
    let envelope = Envelope {
        error: ErrorBody {
            code: problem_type.code(),
            name: problem_type.name(),
            message: problem_type.message(),
            http: problem_type.status(),
            request_id,
            details: problem.details(),
        },
    };
    Answer::json(problem_type.status(), json!(envelope).to_string())
}

pub(super) fn render_receipt(receipt: &Receipt) -> Answer {
    let body = json!({
        "submission": {
            "id": receipt.id,
            "status": receipt.status.as_str(),
            "received_at": receipt.received_at.to_rfc3339(),
        },
        "message": receipt.message,
        "next": receipt.next,
    });
    Answer::json(CREATED, body.to_string())
}

/// Reads `error.details.errors` and, for a core that leaves out a level, `details.errors` and `errors`.
pub(super) fn parse_violations(body: &[u8]) -> Vec<CoreViolation> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    ["/error/details/errors", "/details/errors", "/errors"]
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_array())
        .into_iter()
        .flatten()
        .filter_map(|entry| CoreError::deserialize(entry).ok())
        .map(|entry| CoreViolation {
            field: entry.field,
            code: ViolationCode::parse(&entry.code).unwrap_or(ViolationCode::BadInput),
            message: entry.message,
        })
        .collect()
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    name: &'a str,
    message: &'a str,
    http: u16,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Value>,
}

#[derive(Deserialize)]
struct CoreError {
    field: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

const CREATED: u16 = 201;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Violation;

    #[test]
    fn renders_a_refusal_as_the_reference_shows_it() {
        let problem = Problem::ValidationFailed(vec![Violation::of_field(
            "email",
            ViolationCode::TypeMismatch,
            "Work email must be an email address".to_owned(),
        )]);
        let answer = render_problem(&problem, "r1");
        assert_eq!(answer.status, 400);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            body,
            json!({ "error": {
                "code": "LG_1102", "name": "FORM_VALIDATION_FAILED",
                "message": "Form submission validation failed", "http": 400, "request_id": "r1",
                "details": { "errors": [ {
                    "field": "email", "code": "type_mismatch", "message": "Work email must be an email address"
                } ] }
            } })
        );
    }

    #[test]
    fn reads_back_the_violations_it_renders() {
        let violation = Violation::of_field("email", ViolationCode::TooLong, "m".to_owned());
        let answer = render_problem(&Problem::ValidationFailed(vec![violation]), "r1");
        let parsed = parse_violations(answer.body.as_bytes());
        assert_eq!(parsed.len(), 1);
        assert_eq!(
            (parsed[0].field.as_str(), parsed[0].code),
            ("email", ViolationCode::TooLong)
        );
    }

    #[test]
    fn finds_no_violation_in_what_it_does_not_understand() {
        for body in [
            "",
            "<html>",
            "{",
            "[]",
            r#"{"errors":[{"message":"no field"}]}"#,
        ] {
            assert_eq!(parse_violations(body.as_bytes()), Vec::new(), "{body}");
        }
    }
}
