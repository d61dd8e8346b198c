//! [`Dialect`]: which of the ways to write a problem, and to read a core's answer; each is a file beside this one.

use serde_json::Value;

use super::report::Report;
use super::{Code, Receipt, Response, with_problem_headers};
use super::{flat, json_api, lead_gen, leadron, problem_json, result};
use crate::clock::UnixMillis;
use crate::problem::{Problem, ProblemType};

/// A way to write problems and receipts, and to read a core's answers.
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
    /// RFC 9457.
    Problem,
}

/// What an envelope says besides the problem itself.
#[derive(Clone, Copy, Debug)]
pub struct Rendering<'a> {
    /// Lets the owner find the request in the log.
    pub request_id: &'a str,
    /// When it was answered.
    pub now: UnixMillis,
    /// The service's own origin, where the page of errors is.
    pub service: &'a str,
}

impl Dialect {
    /// Every dialect spoken.
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

    /// The dialect of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|dialect| dialect.as_str() == name)
    }

    /// The table of its reference.
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

    /// The code a problem type is written with; its name where the reference has none.
    pub fn code_of(self, problem_type: ProblemType) -> &'static str {
        match self {
            Self::LeadGen | Self::Problem => problem_type.code(),
            _ => self
                .row_of(problem_type)
                .map_or(problem_type.name(), |row| row.code),
        }
    }

    /// The status a problem type is answered with; the reference's own where it gives one.
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

    /// A refusal on the wire.
    pub fn render_problem(self, problem: &Problem, rendering: &Rendering<'_>) -> Response {
        let answer = match self {
            Self::LeadGen => lead_gen::render_problem(problem, rendering),
            Self::Flat => flat::render_problem(problem),
            Self::JsonApi => json_api::render_problem(problem, rendering),
            Self::Leadron => leadron::render_problem(problem, rendering),
            Self::Result => result::render_problem(problem),
            Self::Problem => problem_json::render_problem(problem, rendering),
        };
        with_problem_headers(answer, problem)
    }

    /// An acceptance on the wire.
    pub fn render_receipt(self, receipt: &Receipt) -> Response {
        let body = match self {
            // These two say nothing of success.
            Self::LeadGen | Self::Flat | Self::Problem => lead_gen::render_receipt(receipt),
            Self::JsonApi => json_api::render_receipt(receipt),
            Self::Leadron => leadron::render_receipt(receipt),
            Self::Result => result::render_receipt(receipt),
        };
        let mut answer = Response::json(receipt.status.http(), body.to_string());
        if self == Self::JsonApi {
            answer.headers = vec![("Content-Type", json_api::MEDIA_TYPE.to_owned())];
        }
        answer
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
