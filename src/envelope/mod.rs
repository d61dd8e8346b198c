//! A problem or a receipt on the wire.
//!
//! One file per dialect, each with render and parse: what we answer, and what a core that speaks the same dialect
//! answers us. This room knows bytes, statuses and the headers that belong to a body; CORS and rate limit headers are
//! added by the rooms that own them.

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

/// An HTTP answer, before the platform sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Header fields in the order they are sent; names are never repeated.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl Response {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: String) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json; charset=utf-8".to_owned())],
            body,
        }
    }

    /// An HTML answer.
    pub fn html(status: u16, body: String) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "text/html; charset=utf-8".to_owned())],
            body,
        }
    }

    /// This answer with one more header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// This answer with more headers.
    pub fn with_all(mut self, headers: Vec<(&'static str, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// The first header of this name, compared as HTTP does.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What became of an accepted submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptStatus {
    /// The core has the lead.
    Delivered,
    /// The inbox has the lead; there is no core.
    Stored,
    /// It waits to be delivered, where it cannot be lost.
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

    /// 201, or 202 for what is still to be done: RFC 9110 section 15.3.3.
    pub fn http(self) -> u16 {
        match self {
            Self::Delivered | Self::Stored => 201,
            Self::Queued => 202,
        }
    }
}

/// The acknowledgement of an accepted submission. Whoever holds one may forget the lead: it is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The submission id, the same for a repeated submission.
    pub id: String,
    /// What became of it.
    pub status: ReceiptStatus,
    /// When it was received.
    pub received_at: UnixMillis,
    /// What to tell the visitor.
    pub message: String,
    /// Where to send the visitor next.
    pub next: Option<String>,
    /// What was wrong with what came along.
    pub warnings: Vec<Warning>,
}

/// A violation as a core reports it, not yet mapped to a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreViolation {
    /// The core's name of the field.
    pub field: String,
    /// Why; [`ViolationCode::BadInput`] when the core's code is not one of ours.
    pub code: ViolationCode,
    /// The core's words for the visitor; empty when it has none.
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

    /// An array, or `null` when there is nothing to warn of.
    fn warnings_json(&self) -> Value {
        if self.warnings.is_empty() {
            Value::Null
        } else {
            self.warnings.iter().map(Warning::to_json).collect()
        }
    }
}

/// A receipt's object, with its warnings if there are any: `next` stays where it is `null`.
fn with_warnings(mut value: Value, receipt: &Receipt) -> Value {
    if let (Some(members), warnings @ Value::Array(_)) =
        (value.as_object_mut(), receipt.warnings_json())
    {
        members.insert("warnings".to_owned(), warnings);
    }
    value
}

/// An object without the members that are `null`.
fn compact(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}

/// Adds what HTTP itself asks of a refusal, whatever the body looks like.
pub fn with_problem_headers(answer: Response, problem: &Problem) -> Response {
    // Whoever mends what was wrong must not be shown the old refusal.
    let answer = answer.with("Cache-Control", "no-store");
    let answer = match problem.retry_after_s() {
        Some(seconds) => answer.with("Retry-After", seconds.to_string()),
        None => answer,
    };
    match problem {
        Problem::MethodNotAllowed { allow } => answer.with("Allow", *allow),
        _ => answer,
    }
}

/// What a reference means by one "not found".
const NOT_FOUND: &[ProblemType] = &[
    ProblemType::LeadNotFound,
    ProblemType::FormNotFound,
    ProblemType::DealNotFound,
    ProblemType::PipelineNotFound,
    ProblemType::SequenceNotFound,
    ProblemType::WebhookNotFound,
    ProblemType::RouteNotFound,
];
