//! The dialect `flat`: `{ "error": "message", "code": "RESOURCE_NOT_FOUND", "details": { … } }`.
//!
//! Reference: `tests/fixtures/flat.txt`.

use serde_json::{Value, json};

use super::code::{Code, code};
use super::report::{Report, text};
use super::{Dialect, Response, compact};
use crate::problem::OutcomeClass::{Blocked, Throttled};
use crate::problem::{Problem, ProblemType};

pub(super) const CODES: &[Code] = &[
    code(
        "INVALID_API_KEY",
        None,
        Blocked,
        &[ProblemType::Unauthorized, ProblemType::InvalidToken],
        "API key is invalid or expired",
    ),
    code(
        "INSUFFICIENT_SCOPE",
        None,
        Blocked,
        &[ProblemType::Forbidden],
        "API key lacks required scope",
    ),
    code(
        "NO_ACTIVE_ORGANIZATION",
        None,
        Blocked,
        &[],
        "No organization selected",
    ),
    code(
        "INSUFFICIENT_CREDITS",
        None,
        Blocked,
        &[ProblemType::InsufficientAiCredits],
        "Not enough credits for operation",
    ),
    code(
        "RATE_LIMIT_EXCEEDED",
        None,
        Throttled,
        &[ProblemType::RateLimitExceeded],
        "Too many requests",
    ),
    code(
        "INVALID_CSV_FORMAT",
        None,
        Blocked,
        &[],
        "CSV file has invalid columns",
    ),
    code(
        "RESOURCE_NOT_FOUND",
        None,
        Blocked,
        super::NOT_FOUND,
        "Requested item doesn't exist",
    ),
    code(
        "JOB_NOT_FOUND",
        None,
        Blocked,
        &[],
        "Verification job doesn't exist",
    ),
    code(
        "INVALID_JOB_STAGE",
        None,
        Blocked,
        &[],
        "Job is not in the expected stage",
    ),
    code(
        "NO_EMAILS_TO_VERIFY",
        None,
        Blocked,
        &[],
        "List has no leads with email addresses",
    ),
];

pub(super) fn render_problem(problem: &Problem) -> Response {
    let problem_type = problem.problem_type();
    let body = compact(json!({
        "error": problem_type.message(),
        "code": Dialect::Flat.code_of(problem_type),
        "details": problem.details(),
    }));
    Response::json(problem_type.status(), body.to_string())
}

pub(super) fn read_report(value: &Value) -> Option<Report> {
    value.get("error")?.as_str()?;
    let details = value.get("details");
    let report = Report::of_code(text(value, "code"))
        .with_violations(details.and_then(|details| details.get("errors")))
        .with_retry_after(details);
    Some(report)
}
