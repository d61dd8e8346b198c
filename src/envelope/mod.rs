//! Renders problems and receipts as HTTP responses, and parses the responses of a core.
//!
//! One file per dialect, each with render and parse: what formgate sends, and what a core of the same dialect sends. This
//! module sets the status, the body and the headers that belong to a body; `embed` adds the CORS headers, `limit` those of the
//! rate limit.

mod accept;
mod code;
mod dialect;
mod flat;
mod json_api;
mod lead_gen;
mod leadron;
mod outcome;
mod problem_json;
mod report;
mod result;
mod verdict;

use serde_json::{Value, json};

pub use accept::{negotiate, prefers_page};
pub use code::Code;
pub use dialect::{Dialect, Rendering};
pub use outcome::{CoreResponse, MAX_RETRY_AFTER_S, Outcome};

use crate::clock::UnixMillis;
use crate::problem::{Problem, ProblemType, ViolationCode, Warning};

/// An HTTP response, before the platform sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The header fields in the order in which they are sent; no name occurs twice.
    pub headers: Vec<(&'static str, String)>,
    /// The body, or its beginning; empty for a response without one.
    pub body: String,
    /// What continues the body after this part, for `service::continue_body`; `None` for a whole body.
    pub rest: Option<String>,
}

impl Response {
    /// A response without a body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
            rest: None,
        }
    }

    /// A response with a JSON body.
    pub fn json(status: u16, body: String) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json; charset=utf-8".to_owned())],
            body,
            rest: None,
        }
    }

    /// A response with an HTML body.
    pub fn html(status: u16, body: String) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "text/html; charset=utf-8".to_owned())],
            body,
            rest: None,
        }
    }

    /// Adds a header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds several headers.
    pub fn with_all(mut self, headers: Vec<(&'static str, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// The value of the first header with this name; case is ignored, as in HTTP.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Where the lead of an accepted submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptStatus {
    /// The core has the lead.
    Delivered,
    /// The inbox has the lead, since no core is configured.
    Stored,
    /// The outbox or the dead letters have the lead; it is still to be delivered.
    Queued,
}

impl ReceiptStatus {
    /// The status on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Stored => "stored",
            Self::Queued => "queued",
        }
    }

    /// 201, or 202 while the lead is still to be delivered: RFC 9110 section 15.3.3.
    pub fn http(self) -> u16 {
        match self {
            Self::Delivered | Self::Stored => 201,
            Self::Queued => 202,
        }
    }
}

/// The acknowledgement of an accepted submission. It exists only once the lead is in durable storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The submission id, the same for a repeated submission.
    pub id: String,
    /// Where the lead is.
    pub status: ReceiptStatus,
    /// When the submission was received.
    pub received_at: UnixMillis,
    /// The message for the visitor.
    pub message: String,
    /// The address of the page to show next; `None` for none.
    pub next: Option<String>,
    /// Problems with data beside the values of the fields; they do not refuse a submission.
    pub warnings: Vec<Warning>,
}

/// A violation as a core reports it, not yet mapped to a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreViolation {
    /// The core's name of the field.
    pub field: String,
    /// The reason; [`ViolationCode::BadInput`] when the core's code is not one of formgate's.
    pub code: ViolationCode,
    /// The core's message for the visitor; empty when the core sent none.
    pub message: String,
}

impl Receipt {
    fn submission_json(&self) -> Value {
        json!({
            "id": self.id,
            "status": self.status.as_str(),
            "received_at": self.received_at.to_rfc3339(),
        })
    }

    /// An array, or `null` without warnings.
    fn warnings_json(&self) -> Value {
        if self.warnings.is_empty() {
            Value::Null
        } else {
            self.warnings.iter().map(Warning::to_json).collect()
        }
    }
}

/// Adds the member `warnings` to a receipt's object if there are warnings. Unlike [`compact`], keeps `next` when it is `null`.
fn with_warnings(mut value: Value, receipt: &Receipt) -> Value {
    if let (Some(members), warnings @ Value::Array(_)) =
        (value.as_object_mut(), receipt.warnings_json())
    {
        members.insert("warnings".to_owned(), warnings);
    }
    value
}

/// Removes the members that are `null`.
fn compact(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}

/// Adds the headers that HTTP requires of a refusal in every dialect.
pub fn with_problem_headers(response: Response, problem: &Problem) -> Response {
    // After the cause is fixed, no cache may answer with the old refusal.
    let response = response.with("Cache-Control", "no-store");
    let response = match problem.retry_after_s() {
        Some(seconds) => response.with("Retry-After", seconds.to_string()),
        None => response,
    };
    match problem {
        Problem::MethodNotAllowed { allow } => response.with("Allow", allow.as_ref()),
        // RFC 9110 section 15.5.2, RFC 6750 section 3.
        Problem::Other(ProblemType::Unauthorized) => response.with("WWW-Authenticate", "Bearer"),
        Problem::TokenInvalid { .. } => {
            response.with("WWW-Authenticate", "Bearer error=\"invalid_token\"")
        }
        _ => response,
    }
}

/// The problem types for which the references of the dialects have one common code, "not found".
const NOT_FOUND: &[ProblemType] = &[
    ProblemType::LeadNotFound,
    ProblemType::FormNotFound,
    ProblemType::DealNotFound,
    ProblemType::PipelineNotFound,
    ProblemType::SequenceNotFound,
    ProblemType::WebhookNotFound,
    ProblemType::RouteNotFound,
];
