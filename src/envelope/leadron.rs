//! The dialect `leadron`: `{ "success": false, "status": 422, "message", "errors": [ { "field", "message" } ], "meta" }`.
//!
//! Reference: `tests/fixtures/leadron.txt`. The dialect has no codes; the status takes their place.

use serde_json::{Value, json};

use super::code::{Code, code};
use super::report::Report;
use super::{Receipt, Rendering, Response, compact};
use crate::clock::UnixMillis;
use crate::problem::OutcomeClass::{Accepted, Blocked, Refused, Throttled, Unavailable};
use crate::problem::{OutcomeClass, Problem, ProblemType, Violation};

pub(super) const CODES: &[Code] = &[
    code("200", Some(200), Accepted, &[], "Success"),
    code("201", Some(201), Accepted, &[], "Resource created"),
    code("204", Some(204), Accepted, &[], "Success, no body"),
    code(
        "400",
        Some(400),
        Refused,
        &[],
        "Bad request (malformed JSON, invalid params)",
    ),
    code(
        "401",
        Some(401),
        Blocked,
        &[ProblemType::Unauthorized, ProblemType::InvalidToken],
        "Unauthorized (missing or invalid token)",
    ),
    code(
        "403",
        Some(403),
        Blocked,
        &[ProblemType::Forbidden],
        "Forbidden (valid token, insufficient permissions)",
    ),
    code(
        "404",
        Some(404),
        Blocked,
        super::NOT_FOUND,
        "Resource not found",
    ),
    code(
        "422",
        Some(422),
        OutcomeClass::Invalid,
        &[ProblemType::FormValidationFailed],
        "Validation failed (check errors array)",
    ),
    code(
        "429",
        Some(429),
        Throttled,
        &[ProblemType::RateLimitExceeded],
        "Rate limit exceeded",
    ),
    code(
        "500",
        Some(500),
        Unavailable,
        &[ProblemType::InternalServerError],
        "Internal server error",
    ),
];

pub(super) fn render_problem(problem: &Problem, rendering: &Rendering<'_>) -> Response {
    let problem_type = problem.problem_type();
    let status = super::Dialect::Leadron.status_of(problem_type);
    let errors = match problem {
        Problem::ValidationFailed(violations) => {
            Some(violations.iter().map(error).collect::<Vec<_>>())
        }
        _ => None,
    };
    let body = compact(json!({
        "success": false,
        "status": status,
        "message": problem_type.message(),
        "errors": errors,
        "meta": meta(rendering.now),
    }));
    Response::json(status, body.to_string())
}

pub(super) fn render_receipt(receipt: &Receipt) -> Value {
    json!({
        "success": true,
        "status": receipt.status.http(),
        "message": receipt.message,
        "data": super::with_warnings(json!({ "submission": receipt.submission_json(), "next": receipt.next }), receipt),
        "meta": meta(receipt.received_at),
    })
}

pub(super) fn read_report(value: &Value) -> Option<Report> {
    let is_failure = value.get("success")? == &Value::Bool(false);
    // A body with one of these is of `result` or `flat`.
    let has_error = value
        .get("error")
        .is_some_and(|error| error.is_object() || error.is_string());
    if !is_failure || has_error {
        return None;
    }
    // The status in the body is the core's; the HTTP status may be a gateway's.
    let status = value
        .get("status")
        .and_then(Value::as_u64)
        .map(|status| status.to_string());
    Some(Report::of_code(status.as_deref()).with_violations(value.get("errors")))
}

fn error(violation: &Violation) -> Value {
    compact(json!({ "field": violation.field, "message": violation.message }))
}

fn meta(now: UnixMillis) -> Value {
    json!({ "timestamp": now.to_rfc3339(), "version": "v1" })
}
