//! The dialect `lead-gen`: `{ "error": { "code": "LG_1102", "name", "message", "http", "request_id", "details" } }`.
//!
//! Its table of codes is the catalogue of problem types.

use serde_json::Value;

use super::code::{Code, code};
use super::report::{Report, text};
use super::{Receipt, Rendering, Response};
use crate::json::Object;
use crate::problem::{Problem, ProblemType};

pub(super) fn codes() -> Vec<Code> {
    let of_reference = |problem_type: &&ProblemType| problem_type.code().starts_with("LG_");
    ProblemType::ALL
        .iter()
        .filter(of_reference)
        .map(|ours| {
            let status = Some(ours.status());
            code(ours.code(), status, ours.class(), &[], ours.message())
        })
        .collect()
}

pub(super) fn render_problem(problem: &Problem, rendering: &Rendering<'_>) -> Response {
    let problem_type = problem.problem_type();
    let mut body = String::with_capacity(USUAL_BYTES);
    Object::write(&mut body, |body| {
        body.object("error", |error| {
            error.text("code", problem_type.code());
            error.text("name", problem_type.name());
            error.text("message", problem_type.message());
            error.number("http", problem_type.status().into());
            error.text("request_id", rendering.request_id);
            if let Some(details) = problem.details_json() {
                error.raw("details", &details);
            }
        });
    });
    Response::json(problem_type.status(), body)
}

pub(super) fn render_receipt(receipt: &Receipt) -> String {
    let mut body = String::with_capacity(USUAL_BYTES);
    Object::write(&mut body, |body| {
        body.object("submission", |submission| {
            submission.text("id", &receipt.id);
            submission.text("status", receipt.status.as_str());
            submission.text("received_at", &receipt.received_at.to_rfc3339());
        });
        body.text("message", &receipt.message);
        body.optional("next", receipt.next.as_deref());
        if !receipt.warnings.is_empty() {
            body.array("warnings", &receipt.warnings, |text, warning| {
                text.push_str(&warning.to_json().to_string());
            });
        }
    });
    body
}

/// What most bodies are shorter than: bytes.
const USUAL_BYTES: usize = 512;

/// An object `error` can also be of the dialect `result`, whose reference omits `success` in its examples. `lead-gen` is
/// recognised by its codes, a status in `http`, or a list of field errors.
pub(super) fn read_report(value: &Value) -> Option<Report> {
    let error = value.get("error").filter(|error| error.is_object())?;
    let code = text(error, "code");
    let details = error.get("details");
    let errors = details.and_then(|details| details.get("errors"));
    let is_our_code = |code: &str| {
        ["LG_", "FORM_"]
            .iter()
            .any(|prefix| code.starts_with(prefix))
    };
    let is_ours = code.is_some_and(is_our_code) || error.get("http").is_some() || errors.is_some();
    if !is_ours || value.get("success").is_some() {
        return None;
    }
    let report = Report::of_code(code)
        .with_violations(errors)
        .with_retry_after(details);
    Some(report)
}
