//! [`Outcome`]: a core's answer, understood.
//!
//! The body is read in the configured dialect, and in any other when it is not in that one: a gateway in front of a core
//! has a dialect of its own. What the body says decides; the status only where the body says nothing.

use serde_json::Value;

use super::report::Report;
use super::verdict::says_exists;
use super::{CoreViolation, Dialect};
use crate::clock::{UnixMillis, parse_http_date};
use crate::problem::{OutcomeClass, ProblemType};

/// What came back from a core.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CoreAnswer {
    /// The status; redirects are not followed.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Retry-After`, RFC 9110 section 10.2.3.
    pub retry_after: Option<String>,
    /// `X-RateLimit-Reset`.
    pub rate_limit_reset: Option<String>,
    /// The body, cut off at a limit, or as far as it came.
    pub body: Vec<u8>,
}

/// What an attempt to hand a lead over came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The core has the lead.
    Accepted,
    /// The core had it already; for the visitor that is the same.
    Duplicate,
    /// The visitor can mend it.
    Invalid(Vec<CoreViolation>),
    /// Too much at once, or another request with the same key is under way.
    Throttled {
        /// The known code, or the status.
        reason: String,
        /// Seconds to wait, if the core said.
        retry_after_s: Option<u64>,
    },
    /// Not now.
    Unavailable {
        /// The known code, or the status, or why there is no answer.
        reason: String,
        /// Seconds to wait, if the core said.
        retry_after_s: Option<u64>,
    },
    /// Not before an operator has acted; the lead must be kept.
    Blocked {
        /// The known code, or the status.
        reason: String,
    },
    /// Never, with this lead.
    Refused {
        /// The known code, or the status.
        reason: String,
    },
}

impl Dialect {
    /// Understands a core's answer; `now` turns dates into waiting times.
    pub fn parse_answer(self, answer: &CoreAnswer, now: UnixMillis) -> Outcome {
        let value = answer.value();
        let read = self.read(&value);
        let (reason, class) = match &read {
            Some((dialect, report)) => classify(*dialect, report, answer.status),
            None => (format!("status {}", answer.status), of_bare(answer, &value)),
        };
        let report = read.map(|(_, report)| report).unwrap_or_default();
        let is_conflict = answer.status == 409 || report.codes.iter().any(|code| code == "409");
        let class = match class {
            OutcomeClass::Throttled if is_conflict && says_exists(&value) => {
                OutcomeClass::Duplicate
            }
            class => class,
        };
        let retry_after_s = report
            .retry_after_s
            .or_else(|| answer.retry_after_s(now))
            .map(|seconds| seconds.clamp(1, MAX_RETRY_AFTER_S));
        match class {
            OutcomeClass::Accepted => Outcome::Accepted,
            OutcomeClass::Duplicate => Outcome::Duplicate,
            // A refusal of values that names none is nothing a visitor can mend.
            OutcomeClass::Invalid if report.violations.is_empty() => Outcome::Refused { reason },
            OutcomeClass::Invalid => Outcome::Invalid(report.violations),
            OutcomeClass::Throttled => Outcome::Throttled {
                reason,
                retry_after_s,
            },
            OutcomeClass::Unavailable => Outcome::Unavailable {
                reason,
                retry_after_s,
            },
            OutcomeClass::Blocked => Outcome::Blocked { reason },
            OutcomeClass::Refused => Outcome::Refused { reason },
        }
    }

    /// The refusal in a body, and the dialect it is in: this one if it can be.
    fn read(self, value: &Value) -> Option<(Self, Report)> {
        let others = Self::ALL.iter().copied().filter(|other| *other != self);
        std::iter::once(self)
            .chain(others)
            .find_map(|dialect| Some((dialect, dialect.read_report(value)?)))
    }

    /// What a code means in this dialect; our own names and codes are understood in all of them.
    pub fn class_of(self, code: &str) -> Option<OutcomeClass> {
        let known = self.codes().into_iter().find(|known| known.matches(code));
        known.map(|known| known.class).or_else(|| {
            let ours = ProblemType::from_name(code).or_else(|| ProblemType::from_code(code));
            // A status that the reference of `leadron` does not list means what it means in HTTP.
            let status = || code.parse().ok().filter(|_| self == Self::Leadron);
            ours.map(ProblemType::class)
                .or_else(|| status().map(OutcomeClass::of_status))
        })
    }
}

impl CoreAnswer {
    /// Seconds to wait as the headers say: `Retry-After` in seconds or as a date, else `X-RateLimit-Reset` in epoch
    /// seconds or, as some send it, in seconds from now.
    fn retry_after_s(&self, now: UnixMillis) -> Option<u64> {
        let from_header = self.retry_after.as_deref().map(str::trim).and_then(|text| {
            let date = || Some(parse_http_date(text)?.saturating_sub(now.seconds()));
            text.parse().ok().or_else(date)
        });
        from_header.or_else(|| {
            let reset: u64 = self.rate_limit_reset.as_deref()?.trim().parse().ok()?;
            Some(if reset > EPOCH_SECONDS_FROM {
                reset.saturating_sub(now.seconds())
            } else {
                reset
            })
        })
    }
}

impl CoreAnswer {
    /// The body as JSON, else as a text; a page is neither.
    fn value(&self) -> Value {
        let text = || String::from_utf8(self.body.clone()).ok();
        serde_json::from_slice(&self.body)
            .ok()
            .or_else(|| Some(Value::String(text().filter(|_| !self.is_page())?)))
            .unwrap_or_default()
    }

    fn is_page(&self) -> bool {
        let essence = self
            .content_type
            .as_deref()
            .and_then(|media_type| media_type.split(';').next());
        essence.is_some_and(|essence| {
            ["text/html", "application/xhtml+xml"]
                .iter()
                .any(|page| essence.trim().eq_ignore_ascii_case(page))
        })
    }
}

/// The class of the worst code that is known, else of the status; a status of success cannot carry a refusal.
fn classify(dialect: Dialect, report: &Report, status: u16) -> (String, OutcomeClass) {
    let known = report
        .codes
        .iter()
        .filter_map(|code| Some((format!("code {code}"), dialect.class_of(code)?)))
        // Who says that it failed has taken nothing, even if it says "status": 200 too.
        .filter(|(_, class)| *class != OutcomeClass::Accepted)
        .max_by_key(|(_, class)| *class);
    let (reason, class) = known.unwrap_or_else(|| {
        let class = match OutcomeClass::of_status(status) {
            OutcomeClass::Accepted => OutcomeClass::Unavailable,
            class => class,
        };
        (format!("status {status}"), class)
    });
    match class {
        // It says which fields, so it can be mended.
        OutcomeClass::Refused if !report.violations.is_empty() => (reason, OutcomeClass::Invalid),
        class => (reason, class),
    }
}

/// An answer without a refusal we can read: its status, unless it cannot be a core's success.
fn of_bare(answer: &CoreAnswer, value: &Value) -> OutcomeClass {
    match OutcomeClass::of_status(answer.status) {
        // A page was written by something else than a core.
        OutcomeClass::Accepted if answer.is_page() => OutcomeClass::Unavailable,
        // Better delivered twice, with the same idempotency key, than never.
        OutcomeClass::Accepted if complains(value) => OutcomeClass::Unavailable,
        class => class,
    }
}

/// Whether a body says, in no dialect we know, that something went wrong.
fn complains(value: &Value) -> bool {
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    };
    value
        .get("success")
        .is_some_and(|success| success != &Value::Bool(true))
        || ["error", "errors"]
            .iter()
            .any(|name| value.get(name).is_some_and(says_something))
}

/// The longest wait passed on to a visitor, an hour: seconds.
pub const MAX_RETRY_AFTER_S: u64 = 3_600;
/// Above this a reset is a moment (2001), below it a waiting time: seconds.
const EPOCH_SECONDS_FROM: u64 = 1_000_000_000;

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
