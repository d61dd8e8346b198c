//! A problem or a receipt on the wire.
//!
//! One file per dialect, each with render and parse: what we answer, and what a core that speaks the same dialect
//! answers us. This room knows bytes, statuses and the headers that belong to a body; CORS and rate limit headers are
//! added by the rooms that own them.

mod lead_gen;

use crate::clock::UnixMillis;
use crate::problem::{Problem, ViolationCode};

/// An HTTP answer, before the platform sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields in the order they are sent; names are never repeated.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl Answer {
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
}

impl ReceiptStatus {
    /// The status on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Stored => "stored",
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

/// A way to write problems and receipts, and to read a core's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `{ "error": { "code", "name", "message", "http", … } }` with the LG codes.
    #[default]
    LeadGen,
}

impl Dialect {
    /// Every dialect spoken.
    pub const ALL: &[Self] = &[Self::LeadGen];

    /// The name in settings and form definitions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeadGen => "lead-gen",
        }
    }

    /// The dialect of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|dialect| dialect.as_str() == name)
    }

    /// A refusal on the wire; `request_id` lets the owner find it in the log.
    pub fn render_problem(self, problem: &Problem, request_id: &str) -> Answer {
        let answer = match self {
            Self::LeadGen => lead_gen::render_problem(problem, request_id),
        };
        with_problem_headers(answer, problem)
    }

    /// An acceptance on the wire.
    pub fn render_receipt(self, receipt: &Receipt) -> Answer {
        match self {
            Self::LeadGen => lead_gen::render_receipt(receipt),
        }
    }

    /// The field violations in a core's refusal; none when the body is not understood.
    pub fn parse_violations(self, body: &[u8]) -> Vec<CoreViolation> {
        match self {
            Self::LeadGen => lead_gen::parse_violations(body),
        }
    }
}

/// Adds what HTTP itself asks of a refusal, whatever the body looks like.
pub fn with_problem_headers(answer: Answer, problem: &Problem) -> Answer {
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
