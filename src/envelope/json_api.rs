//! The dialect `json-api`: `{ "errors": [ { "id", "title", "code", "detail", "meta" } ] }`.
//!
//! Reference: `tests/fixtures/json-api.txt`; the envelope is that of <https://jsonapi.org/format/#errors>. Each violation is one
//! entry; `meta` has its field.

use serde_json::{Value, json};

use super::code::{Code, code};
use super::report::{Report, text, violation};
use super::{CoreViolation, Dialect, Receipt, Rendering, Response, compact};
use crate::problem::OutcomeClass::{Blocked, Duplicate, Invalid, Refused, Unavailable};
use crate::problem::{Problem, ProblemType, Violation, ViolationCode};

pub(super) const CODES: &[Code] = &[
    code(
        "E1",
        None,
        Blocked,
        &[ProblemType::Unauthorized, ProblemType::InvalidToken],
        "Unauthorized, invalid or no authentication given",
    ),
    code(
        "E2",
        None,
        Blocked,
        &[ProblemType::Forbidden],
        "Logged in but lack the permission to perform an action",
    ),
    code("E3", None, Blocked, super::NOT_FOUND, "Not found"),
    code(
        "E4",
        None,
        Refused,
        &[ProblemType::LeadInvalidStatus],
        "Bad request",
    ),
    code(
        "E5",
        None,
        Unavailable,
        &[ProblemType::InternalServerError],
        "Internal server error",
    ),
    code("E6", None, Blocked, &[], "CRM not enabled on installation"),
    code(
        "E7",
        None,
        Blocked,
        &[],
        "CRM enabled, but not setup on installation",
    ),
    code("E8", None, Blocked, &[], "User doesn’t have access to CRM"),
    code("E9", None, Blocked, &[], "Subscription ended"),
    code("E10", None, Blocked, &[], "Trial expired"),
    code("E11", None, Blocked, &[], "Subscription payment failed"),
    code(
        "E12",
        None,
        Blocked,
        &[ProblemType::InsufficientAiCredits],
        "Payment required",
    ),
    code(
        "V1",
        None,
        Invalid,
        &[ProblemType::FormValidationFailed],
        "Attribute validation errors",
    ),
    code("V2", None, Invalid, &[], "Relationship validation errors"),
    code("U1", None, Blocked, &[], "Pipeline stages add"),
    code("U2", None, Blocked, &[], "Pipeline stages update"),
    code("U3", None, Blocked, &[], "Stage deals update"),
    code("U4", None, Blocked, &[], "Unsupported file target type"),
    code(
        "D1",
        None,
        Duplicate,
        &[],
        "Generic duplicate key constraint",
    ),
    code("D2", None, Blocked, &[], "Duplicated assignee entry"),
    code("D3", None, Duplicate, &[], "Duplicated contacts entry"),
    code("D4", None, Duplicate, &[], "Duplicated email address"),
    code("D5", None, Duplicate, &[], "Duplicated phone number"),
    code("D6", None, Blocked, &[], "Duplicated product"),
    code("D7", None, Blocked, &[], "Duplicated product price"),
    code("D8", None, Blocked, &[], "Duplicated custom filter name"),
    code("D9", None, Blocked, &[], "Duplicated product name"),
    code("D10", None, Blocked, &[], "Duplicated pipeline name"),
    code(
        "D11",
        None,
        Duplicate,
        &[],
        "Duplicated contact main email address",
    ),
    code("D12", None, Duplicate, &[], "Duplicated company name"),
    code("D13", None, Duplicate, &[], "Duplicated foreign item"),
    code("D14", None, Blocked, &[], "Duplicated activity type name"),
    code("D15", None, Blocked, &[], "Duplicated activity type color"),
    code("D16", None, Blocked, &[], "Duplicated activity type icon"),
    code(
        "D17",
        None,
        Blocked,
        &[],
        "Duplicated custom field name with kind",
    ),
    code(
        "C1",
        None,
        Refused,
        &[],
        "Contact has been listed as a main contact for another deals",
    ),
    code("C2", None, Blocked, &[], "Ativity type limit reached"),
    code(
        "C4",
        None,
        Blocked,
        &[],
        "Unknown custom field used in custom filter",
    ),
    code("C5", None, Duplicate, &[], "User with email already exits"),
    code(
        "C6",
        None,
        Duplicate,
        &[],
        "User with email already exits deprecated",
    ),
    code("C7", None, Blocked, &[], "User not invited"),
    code(
        "C8",
        None,
        Duplicate,
        &[ProblemType::LeadAlreadyExists],
        "The entity or entities trying to be created already exists.",
    ),
    code(
        "?1_$column",
        None,
        Blocked,
        &[],
        "Unknown column, $column will be replaced with the column that was unknown",
    ),
    code("?2", None, Blocked, &[], "Unknown custom field"),
    code("?3", None, Refused, &[], "Unknown tempId on file upload"),
    code("?4", None, Blocked, &[], "Unknown custom filterId"),
    code("L1", None, Blocked, &[], "Custom field limit reached"),
    code(
        "L2",
        None,
        Unavailable,
        &[],
        "There is already a maximum of 3 exports running",
    ),
    code(
        "B1",
        None,
        Blocked,
        &[],
        "Billing error occurred during request, check detail for explanation",
    ),
];

pub(super) fn render_problem(problem: &Problem, rendering: &Rendering<'_>) -> Response {
    let problem_type = problem.problem_type();
    let error = |id: &str, detail: &str, meta: Option<Value>| {
        compact(json!({
            "id": id,
            "title": problem_type.message(),
            "code": Dialect::JsonApi.code_of(problem_type),
            "detail": detail,
            "meta": meta,
        }))
    };
    let request_id = rendering.request_id;
    let errors: Vec<Value> = match problem {
        // An id identifies one occurrence; the part before the dot is the request id.
        Problem::ValidationFailed(violations) => (1..)
            .zip(violations)
            .map(|(number, violation): (u32, _)| {
                let id = format!("{request_id}.{number}");
                error(&id, &violation.message, Some(meta(violation)))
            })
            .collect(),
        other => vec![error(
            request_id,
            problem_type.resolution(),
            other.details(),
        )],
    };
    let mut response = Response::json(
        problem_type.status(),
        json!({ "errors": errors }).to_string(),
    );
    response.headers = vec![("Content-Type", MEDIA_TYPE.to_owned())];
    response
}

pub(super) fn render_receipt(receipt: &Receipt) -> Value {
    let attributes = json!({
        "status": receipt.status.as_str(),
        "received_at": receipt.received_at.to_rfc3339(),
        "message": receipt.message,
        "next": receipt.next,
    });
    json!({
        "data": { "type": "submissions", "id": receipt.id, "attributes": super::with_warnings(attributes, receipt) },
    })
}

pub(super) fn read_report(value: &Value) -> Option<Report> {
    // `leadron` and RFC 9457 also have `errors`, beside members that a JSON:API document cannot have.
    if ["success", "type", "title"]
        .iter()
        .any(|name| value.get(name).is_some())
    {
        return None;
    }
    let errors = value.get("errors")?.as_array()?;
    let is_error = |error: &Value| {
        ["title", "detail"]
            .iter()
            .any(|name| text(error, name).is_some())
    };
    if errors.is_empty() || !errors.iter().all(is_error) {
        return None;
    }
    let codes = errors.iter().filter_map(|error| text(error, "code"));
    Some(Report {
        codes: codes.map(str::to_owned).collect(),
        violations: errors.iter().filter_map(read_violation).collect(),
        retry_after_s: errors.iter().find_map(|error| {
            let meta = error.get("meta")?;
            meta.get("retry_after")?.as_u64()
        }),
    })
}

/// The field is in `meta`, or, as JSON:API defines it, at the end of `source.pointer`.
fn read_violation(error: &Value) -> Option<CoreViolation> {
    let mut found = error.get("meta").and_then(violation).or_else(|| {
        let pointer = text(error.get("source")?, "pointer")?;
        Some(CoreViolation {
            field: pointer.rsplit('/').next()?.to_owned(),
            code: ViolationCode::BadInput,
            message: String::new(),
        })
    })?;
    if found.message.is_empty() {
        found.message = text(error, "detail").unwrap_or_default().to_owned();
    }
    Some(found)
}

fn meta(violation: &Violation) -> Value {
    compact(json!({ "field": violation.field, "code": violation.code.as_str() }))
}

/// <https://jsonapi.org/format/#jsonapi-media-type>
pub(super) const MEDIA_TYPE: &str = "application/vnd.api+json";
