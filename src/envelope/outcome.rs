//! [`Outcome`]: what the response of a core means for a lead.
//!
//! The body is parsed in the configured dialect, then in the others: a gateway in front of a core may use another dialect.
//! Codes in the body take precedence over the HTTP status. A 2xx status means success unless the body reports a failure
//! (`verdict`).

use serde_json::Value;

use super::report::{Report, violations_of};
use super::verdict::{has_errors, reports_existing, reports_refusal, status_of};
use super::{CoreViolation, Dialect};
use crate::clock::{UnixMillis, parse_http_date};
use crate::json;
use crate::problem::{OutcomeClass, ProblemType};

/// The response of a core.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CoreResponse {
    /// The HTTP status; redirects are not followed.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Location`, RFC 9110 section 10.2.2.
    pub location: Option<String>,
    /// `Retry-After`, RFC 9110 section 10.2.3.
    pub retry_after: Option<String>,
    /// `X-RateLimit-Reset`.
    pub rate_limit_reset: Option<String>,
    /// The body, cut off at a limit or where the connection ended.
    pub body: Vec<u8>,
}

/// The result of an attempt to deliver a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The core has the lead.
    Accepted,
    /// The core already had the lead; the visitor is thanked as for [`Self::Accepted`].
    Duplicate,
    /// The core refuses the values of fields. The visitor can correct those that the form shows.
    Invalid(Vec<CoreViolation>),
    /// The core's rate limit is exceeded, or another request with the same idempotency key is in progress.
    Throttled {
        /// The known code, or the status.
        reason: String,
        /// The wait that the core requests, in seconds; `None` if it requests none.
        retry_after_s: Option<u64>,
    },
    /// The core failed or did not respond; a later attempt may succeed.
    Unavailable {
        /// The known code, or the status, or why there is no response.
        reason: String,
        /// The wait that the core requests, in seconds; `None` if it requests none.
        retry_after_s: Option<u64>,
    },
    /// Delivery is impossible until an operator changes something; the lead must be kept.
    Blocked {
        /// The known code, or the status.
        reason: String,
    },
    /// The core will never accept this lead.
    Refused {
        /// The known code, or the status.
        reason: String,
    },
}

impl Dialect {
    /// Parses the response of a core; `now` turns dates into waiting times.
    pub fn parse_response(self, response: &CoreResponse, now: UnixMillis) -> Outcome {
        let body = response.value();
        let is_success = (200..300).contains(&response.status);
        if is_success && !response.has_failed(&body) {
            return Outcome::Accepted;
        }
        let (dialect, mut report) = self.read(&body).unwrap_or_default();
        if report.violations.is_empty() {
            report.violations = violations_of(&body);
        }
        let names_fields = !report.violations.is_empty();
        // A 2xx status may be a gateway's; then a status of failure in the body is the core's.
        let status = status_of(&body).filter(|_| is_success);
        let status = status.unwrap_or(response.status);
        let (reason, class) = worst_known(dialect, &report).unwrap_or_else(|| {
            let class = match OutcomeClass::of_status(status) {
                OutcomeClass::Accepted if names_fields && reports_refusal(&body) => {
                    OutcomeClass::Invalid
                }
                OutcomeClass::Accepted => OutcomeClass::Unavailable,
                class => class,
            };
            (format!("status {status}"), class)
        });
        let is_conflict = status == 409 || report.codes.iter().any(|code| code == "409");
        let class = match class {
            // The response names the fields, so the visitor can correct them.
            OutcomeClass::Refused if names_fields => OutcomeClass::Invalid,
            OutcomeClass::Throttled if is_conflict && reports_existing(&body) => {
                OutcomeClass::Duplicate
            }
            class => class,
        };
        let retry_after_s = report
            .retry_after_s
            .or_else(|| response.retry_after_s(now))
            .map(|seconds| seconds.clamp(1, MAX_RETRY_AFTER_S));
        match class {
            OutcomeClass::Accepted => Outcome::Accepted,
            OutcomeClass::Duplicate => Outcome::Duplicate,
            // Without the names of fields the visitor cannot correct anything.
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

    /// Parses a refusal, in this dialect if possible, else in the first other that fits; returns the dialect and the refusal.
    fn read(self, value: &Value) -> Option<(Self, Report)> {
        let others = Self::ALL.iter().copied().filter(|other| *other != self);
        std::iter::once(self)
            .chain(others)
            .find_map(|dialect| Some((dialect, dialect.read_report(value)?)))
    }

    /// The class of a code in this dialect. formgate's own names and codes are known in all dialects.
    pub fn class_of(self, code: &str) -> Option<OutcomeClass> {
        let known = self.codes().into_iter().find(|known| known.matches(code));
        known.map(|known| known.class).or_else(|| {
            let ours = ProblemType::from_name(code).or_else(|| ProblemType::from_code(code));
            // A status that the reference of `leadron` does not list has its meaning in HTTP.
            let status = || code.parse().ok().filter(|_| self == Self::Leadron);
            ours.map(ProblemType::class)
                .or_else(|| status().map(OutcomeClass::of_status))
        })
    }
}

impl CoreResponse {
    /// The waiting time from the headers, in seconds: `Retry-After` in seconds or as a date, else `X-RateLimit-Reset` in epoch
    /// seconds or, as some servers send it, in seconds from now.
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

    /// Whether the body of a 2xx response reports a failure.
    fn has_failed(&self, body: &Value) -> bool {
        let is_page = body.is_null() && self.is_page();
        is_page
            || self.has_type("application/problem+json")
            || reports_refusal(body)
            || has_errors(body)
    }

    /// The body as JSON, whatever its media type; else as text; `null` for an HTML page or when it is not UTF-8.
    fn value(&self) -> Value {
        let body = self
            .body
            .strip_prefix(BYTE_ORDER_MARK)
            .unwrap_or(&self.body);
        let text = || match std::str::from_utf8(body) {
            Ok(text) if !self.is_page() => text.into(),
            _ => Value::Null,
        };
        json::parse_bytes(body).unwrap_or_else(text)
    }

    /// Whether the body is HTML with tags, which comes from a proxy or a misconfigured address, not from a core.
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

/// The known code with the worst class, and that class.
fn worst_known(dialect: Dialect, report: &Report) -> Option<(String, OutcomeClass)> {
    let codes = report.codes.iter();
    codes
        .filter_map(|code| Some((format!("code {code}"), dialect.class_of(code)?)))
        // A failed response has accepted nothing, even with a code such as `"status": 200`.
        .filter(|(_, class)| *class != OutcomeClass::Accepted)
        .max_by_key(|(_, class)| *class)
}

/// Some servers send it before JSON.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// The longest wait passed on to a visitor, an hour: seconds.
pub const MAX_RETRY_AFTER_S: u64 = 3_600;
/// Above this value (2001) a reset is a time in epoch seconds, below it a waiting time: seconds.
const EPOCH_SECONDS_FROM: u64 = 1_000_000_000;

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
