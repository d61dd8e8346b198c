//! [`Dialect`]: the formats in which problems are rendered and core responses parsed. Each has its own file beside this one.

use serde_json::Value;

use super::report::Report;
use super::{Code, Receipt, Response, with_problem_headers};
use super::{flat, json_api, lead_gen, leadron, problem_json, result};
use crate::clock::UnixMillis;
use crate::problem::{Problem, ProblemType};

/// A format of problems and receipts, and of the responses of a core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `{ "error": { "code", "name", "message", "http", … } }` with the LG codes.
    #[default]
    LeadGen,
    /// `{ "error": "message", "code", "details" }`.
    Flat,
    /// `{ "errors": [ { "id", "title", "code", "detail", "meta" } ] }`.
    JsonApi,
    /// `{ "success", "status", "message", "errors", "meta" }`.
    Leadron,
    /// `{ "success", "error": { "code", "message", "details" } }`.
    Result,
    /// `application/problem+json`, RFC 9457.
    Problem,
}

/// What a rendered problem contains besides the problem.
#[derive(Clone, Copy, Debug)]
pub struct Rendering<'a> {
    /// The id under which the log has the request.
    pub request_id: &'a str,
    /// The time of the response.
    pub now: UnixMillis,
    /// The origin of the service, for links to the page of errors.
    pub service: &'a str,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: &[Self] = &[
        Self::LeadGen,
        Self::Flat,
        Self::JsonApi,
        Self::Leadron,
        Self::Result,
        Self::Problem,
    ];

    /// The name in settings, form definitions and media types.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeadGen => "lead-gen",
            Self::Flat => "flat",
            Self::JsonApi => "json-api",
            Self::Leadron => "leadron",
            Self::Result => "result",
            Self::Problem => "problem",
        }
    }

    /// The dialect with this name; `None` for an unknown name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|dialect| dialect.as_str() == name)
    }

    /// The table of codes of its reference.
    pub fn codes(self) -> Vec<Code> {
        match self {
            Self::LeadGen => lead_gen::codes(),
            Self::Flat => flat::CODES.to_vec(),
            Self::JsonApi => json_api::CODES.to_vec(),
            Self::Leadron => leadron::CODES.to_vec(),
            Self::Result => result::CODES.to_vec(),
            Self::Problem => problem_json::CODES.to_vec(),
        }
    }

    /// The code with which a problem type is rendered; the name of the type when the reference has no code for it.
    pub fn code_of(self, problem_type: ProblemType) -> &'static str {
        match self {
            Self::LeadGen | Self::Problem => problem_type.code(),
            _ => self
                .row_of(problem_type)
                .map_or(problem_type.name(), |row| row.code),
        }
    }

    /// The HTTP status of a problem type; that of the reference if it gives one.
    pub fn status_of(self, problem_type: ProblemType) -> u16 {
        self.row_of(problem_type)
            .and_then(|row| row.status)
            .unwrap_or(problem_type.status())
    }

    fn row_of(self, problem_type: ProblemType) -> Option<Code> {
        self.codes()
            .into_iter()
            .find(|row| row.problem_types.contains(&problem_type))
    }

    /// Renders a problem.
    pub fn render_problem(self, problem: &Problem, rendering: &Rendering<'_>) -> Response {
        let response = match self {
            Self::LeadGen => lead_gen::render_problem(problem, rendering),
            Self::Flat => flat::render_problem(problem),
            Self::JsonApi => json_api::render_problem(problem, rendering),
            Self::Leadron => leadron::render_problem(problem, rendering),
            Self::Result => result::render_problem(problem),
            Self::Problem => problem_json::render_problem(problem, rendering),
        };
        with_problem_headers(response, problem)
    }

    /// Renders a receipt.
    pub fn render_receipt(self, receipt: &Receipt) -> Response {
        let body = match self {
            // The references of `flat` and `problem` define no response for success.
            Self::LeadGen | Self::Flat | Self::Problem => lead_gen::render_receipt(receipt),
            Self::JsonApi => json_api::render_receipt(receipt).to_string(),
            Self::Leadron => leadron::render_receipt(receipt).to_string(),
            Self::Result => result::render_receipt(receipt).to_string(),
        };
        let mut response = Response::json(receipt.status.http(), body);
        if self == Self::JsonApi {
            response.headers = vec![("Content-Type", json_api::MEDIA_TYPE.to_owned())];
        }
        response
    }

    pub(super) fn read_report(self, value: &Value) -> Option<Report> {
        match self {
            Self::LeadGen => lead_gen::read_report(value),
            Self::Flat => flat::read_report(value),
            Self::JsonApi => json_api::read_report(value),
            Self::Leadron => leadron::read_report(value),
            Self::Result => result::read_report(value),
            Self::Problem => problem_json::read_report(value),
        }
    }
}
