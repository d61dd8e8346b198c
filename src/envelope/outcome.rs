//! [`Outcome`]: a core's answer, understood.
//!
//! The body is read in the configured dialect, and in any other when it is not in that one: a gateway in front of a core
//! has a dialect of its own. What the body says decides; the status only where the body says nothing. A status of success
//! is one unless the body says otherwise (`verdict`).

use serde_json::Value;

use super::report::{Report, violations_of};
use super::verdict::{has_errors, refuses, says_exists, status_of};
use super::{CoreViolation, Dialect};
use crate::clock::{UnixMillis, parse_http_date};
use crate::problem::{OutcomeClass, ProblemType};

/// What came back from a core.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CoreResponse {
    /// The status; redirects are not followed.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Location`, RFC 9110 section 10.2.2.
    pub location: Option<String>,
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
    /// Fields are refused; those that a visitor can see, a visitor can correct.
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
    pub fn parse_response(self, answer: &CoreResponse, now: UnixMillis) -> Outcome {
        let body = answer.value();
        let is_success = (200..300).contains(&answer.status);
        if is_success && !answer.has_failed(&body) {
            return Outcome::Accepted;
        }
        let (dialect, mut report) = self.read(&body).unwrap_or_default();
        if report.violations.is_empty() {
            report.violations = violations_of(&body);
        }
        let names_fields = !report.violations.is_empty();
        // What the body says of itself is what the core meant; the status of a success may be a gateway's.
        let status = status_of(&body).filter(|_| is_success);
        let status = status.unwrap_or(answer.status);
        let (reason, class) = worst_known(dialect, &report).unwrap_or_else(|| {
            let class = match OutcomeClass::of_status(status) {
                OutcomeClass::Accepted if names_fields && refuses(&body) => OutcomeClass::Invalid,
                OutcomeClass::Accepted => OutcomeClass::Unavailable,
                class => class,
            };
            (format!("status {status}"), class)
        });
        let is_conflict = status == 409 || report.codes.iter().any(|code| code == "409");
        let class = match class {
            // It says which fields, so the visitor can correct them.
            OutcomeClass::Refused if names_fields => OutcomeClass::Invalid,
            OutcomeClass::Throttled if is_conflict && says_exists(&body) => OutcomeClass::Duplicate,
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

impl CoreResponse {
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

impl CoreResponse {
    /// Whether the body of a success says that it is none.
    fn has_failed(&self, body: &Value) -> bool {
        let is_page = body.is_null() && self.is_page();
        is_page || self.has_type("application/problem+json") || refuses(body) || has_errors(body)
    }

    /// The body: JSON, whatever its media type says, else a text, or nothing if it is a page.
    fn value(&self) -> Value {
        let body = self
            .body
            .strip_prefix(BYTE_ORDER_MARK)
            .unwrap_or(&self.body);
        let text = || match std::str::from_utf8(body) {
            Ok(text) if !self.is_page() => text.into(),
            _ => Value::Null,
        };
        serde_json::from_slice(body).unwrap_or_else(|_| text())
    }

    /// Whether it is HTML with tags in it, which was written by something else than a core.
    fn is_page(&self) -> bool {
        let is_html = self.has_type("text/html") || self.has_type("application/xhtml+xml");
        let is_tag =
            |pair: &[u8]| matches!(pair, [b'<', b'!' | b'/' | b'?' | b'a'..=b'z' | b'A'..=b'Z']);
        is_html && self.body.windows(2).any(is_tag)
    }

    fn has_type(&self, media_type: &str) -> bool {
        let essence = self
            .content_type
            .as_deref()
            .and_then(|text| text.split(';').next());
        essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
    }
}

/// The worst code that is known, and its class.
fn worst_known(dialect: Dialect, report: &Report) -> Option<(String, OutcomeClass)> {
    let codes = report.codes.iter();
    codes
        .filter_map(|code| Some((format!("code {code}"), dialect.class_of(code)?)))
        // Who says that it failed has taken nothing, even if it says "status": 200 too.
        .filter(|(_, class)| *class != OutcomeClass::Accepted)
        .max_by_key(|(_, class)| *class)
}

/// What some write before JSON.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// The longest wait passed on to a visitor, an hour: seconds.
pub const MAX_RETRY_AFTER_S: u64 = 3_600;
/// Above this a reset is a moment (2001), below it a waiting time: seconds.
const EPOCH_SECONDS_FROM: u64 = 1_000_000_000;

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
