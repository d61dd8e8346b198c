//! The dialect `problem`: `application/problem+json`, RFC 9457.
//!
//! Problem types are addresses on the page of errors; `code`, `name` and the others are extension members, section 3.2.

use serde_json::{Value, json};

use super::code::Code;
use super::report::{Report, text};
use super::{Rendering, Response, compact};
use crate::problem::Problem;

/// Empty: the problem types are formgate's own, there is no reference with codes.
pub(super) const CODES: &[Code] = &[];

pub(super) fn render_problem(problem: &Problem, rendering: &Rendering<'_>) -> Response {
    let problem_type = problem.problem_type();
    let mut body = compact(json!({
        "type": format!("{}/errors#{}", rendering.service, problem_type.code()),
        "title": problem_type.message(),
        "status": problem_type.status(),
        "detail": problem_type.resolution(),
        "instance": format!("urn:formgate:request:{}", rendering.request_id),
        "code": problem_type.code(),
        "name": problem_type.name(),
    }));
    let details = problem.details();
    if let (Some(Value::Object(details)), Some(members)) = (details, body.as_object_mut()) {
        members.extend(details);
    }
    if let Problem::ValidationFailed(violations) = problem
        && let Some(members) = body.as_object_mut()
    {
        let errors: Vec<Value> = violations
            .iter()
            .map(|violation| {
                let field = violation.field.as_deref();
                compact(json!({
                    "detail": violation.message,
                    "pointer": field.map(|field| format!("#/{}", escape_pointer(field))),
                    "field": field,
                    "code": violation.code.as_str(),
                }))
            })
            .collect();
        members.insert("errors".to_owned(), json!(errors));
    }
    let mut response = Response::json(problem_type.status(), body.to_string());
    response.headers = vec![("Content-Type", "application/problem+json".to_owned())];
    response
}

pub(super) fn read_report(value: &Value) -> Option<Report> {
    let is_problem = value.get("type").is_some() || value.get("title").is_some();
    if !is_problem || !(value.get("status").is_some() || value.get("detail").is_some()) {
        return None;
    }
    let fragment = text(value, "type").and_then(|uri| uri.rsplit(['#', '/']).next());
    let code = text(value, "code").or(fragment);
    let report = Report::of_code(code)
        .with_violations(value.get("errors"))
        .with_retry_after(Some(value));
    Some(report)
}

/// Escapes a member name for a JSON Pointer, RFC 6901 section 3.
fn escape_pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
