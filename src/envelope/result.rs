//! The dialect `result`: `{ "success": false, "error": { "code": "VALIDATION_ERROR", "message", "details": { … } } }`.
//!
//! Reference: `tests/fixtures/result.txt`. In the reference `details` name one field; all violations are in `details.errors`, too.

use serde_json::{Value, json};

use super::code::{Code, code};
use super::report::{Report, text, violation};
use super::{Dialect, Receipt, Response, compact};
use crate::json;
use crate::problem::OutcomeClass::{Blocked, Duplicate, Invalid, Throttled};
use crate::problem::{Problem, ProblemType, Violation, ViolationCode};

pub(super) const CODES: &[Code] = &[
    code(
        "UNAUTHORIZED",
        Some(401),
        Blocked,
        &[ProblemType::Unauthorized, ProblemType::InvalidToken],
        "The API key is missing, invalid, or expired.",
    ),
    code(
        "FORBIDDEN",
        Some(403),
        Blocked,
        &[ProblemType::Forbidden],
        "The key doesn't have permission for this resource.",
    ),
    code(
        "VALIDATION_ERROR",
        Some(400),
        Invalid,
        &[ProblemType::FormValidationFailed],
        "The submitted data is invalid.",
    ),
    code(
        MISSING_FIELD,
        Some(400),
        Invalid,
        &[],
        "A required field was not sent.",
    ),
    code(
        "NOT_FOUND",
        Some(404),
        Blocked,
        super::NOT_FOUND,
        "The requested resource doesn't exist.",
    ),
    code(
        "ALREADY_EXISTS",
        Some(409),
        Duplicate,
        &[ProblemType::LeadAlreadyExists],
        "A resource with the same data already exists.",
    ),
    code(
        "RATE_LIMIT_EXCEEDED",
        Some(429),
        Throttled,
        &[ProblemType::RateLimitExceeded],
        "Too many requests in a short time.",
    ),
];

pub(super) fn render_problem(problem: &Problem) -> Response {
    let problem_type = problem.problem_type();
    let details = match problem {
        Problem::ValidationFailed(violations) => Some(violation_details(violations, problem)),
        other => other.details(),
    };
    let error = compact(json!({
        "code": code_of(problem),
        "message": problem_type.message(),
        "details": details,
    }));
    let body = json!({ "success": false, "error": error });
    Response::json(problem_type.status(), body.to_string())
}

pub(super) fn render_receipt(receipt: &Receipt) -> Value {
    json!({
        "success": true,
        "data": json::parse(&super::lead_gen::render_receipt(receipt)).unwrap_or_default(),
    })
}

pub(super) fn read_report(value: &Value) -> Option<Report> {
    let error = value.get("error").filter(|error| error.is_object())?;
    if value.get("success") == Some(&Value::Bool(true)) {
        return None;
    }
    let details = error.get("details");
    let all = details.and_then(|details| details.get("errors"));
    let mut report = Report::of_code(text(error, "code"))
        .with_violations(all)
        .with_retry_after(details);
    if report.violations.is_empty() {
        report.violations.extend(details.and_then(violation));
    }
    if text(error, "code") == Some(MISSING_FIELD) {
        for violation in &mut report.violations {
            violation.code = ViolationCode::ValueMissing;
        }
    }
    Some(report)
}

/// A single missing field has its own code.
fn code_of(problem: &Problem) -> &'static str {
    match problem {
        Problem::ValidationFailed(violations) => match violations.as_slice() {
            [only] if only.code == ViolationCode::ValueMissing => MISSING_FIELD,
            _ => Dialect::Result.code_of(problem.problem_type()),
        },
        _ => Dialect::Result.code_of(problem.problem_type()),
    }
}

fn violation_details(violations: &[Violation], problem: &Problem) -> Value {
    let first = violations
        .iter()
        .find(|violation| violation.field.is_some());
    let mut details = problem.details().unwrap_or_default();
    if let (Some(first), Some(members)) = (first, details.as_object_mut()) {
        members.insert("field".to_owned(), json!(first.field));
        members.insert("reason".to_owned(), json!(first.message));
    }
    details
}

const MISSING_FIELD: &str = "MISSING_FIELD";
