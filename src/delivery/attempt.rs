//! One attempt to hand a lead over: the request to the core, and what its answer means.

use super::lead::Lead;
use crate::envelope::{CoreViolation, Dialect};
use crate::problem::{Fault, FaultKind};

/// Where and how to reach the core. Prints no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct CoreSettings {
    /// The address, with `{form}` for the form key.
    pub url_template: String,
    /// How the token is sent.
    pub auth: CoreAuth,
    /// The token; `None` sends none.
    pub token: Option<String>,
    /// How long one attempt may take, answer included: milliseconds.
    pub timeout_ms: u64,
    /// The dialect the core answers in.
    pub dialect: Dialect,
}

/// How the token is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoreAuth {
    /// `Authorization: Bearer …`, RFC 6750 section 2.1.
    #[default]
    Bearer,
    /// `X-API-Key: …`
    ApiKey,
}

impl std::fmt::Debug for CoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CoreSettings(…)")
    }
}

/// One POST to the core.
#[derive(Clone)]
pub struct CoreRequest {
    /// The address.
    pub url: String,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The lead as JSON.
    pub body: String,
    /// How long it may take, answer included: milliseconds.
    pub timeout_ms: u64,
}

impl CoreRequest {
    /// The request that hands `lead` over.
    pub fn new(settings: &CoreSettings, lead: &Lead, idempotency_key: &str) -> Self {
        let mut headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/json".to_owned()),
            ("Idempotency-Key", idempotency_key.to_owned()),
            ("X-Request-Id", lead.provenance.request_id.clone()),
        ];
        if let Some(token) = &settings.token {
            headers.push(match settings.auth {
                CoreAuth::Bearer => ("Authorization", format!("Bearer {token}")),
                CoreAuth::ApiKey => ("X-API-Key", token.clone()),
            });
        }
        Self {
            // A form key needs no escaping in a URL.
            url: settings.url_template.replace("{form}", &lead.form_key),
            headers,
            body: lead.to_json(),
            timeout_ms: settings.timeout_ms,
        }
    }
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct CoreAnswer {
    /// The status; redirects are not followed.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The body, cut off at [`MAX_CORE_ANSWER_BYTES`].
    pub body: Vec<u8>,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The core has the lead.
    Accepted,
    /// The core had it already; for the visitor that is the same.
    Duplicate,
    /// The visitor can mend it.
    Invalid(Vec<CoreViolation>),
    /// Not now, or not at all: the lead is not delivered and must not be acknowledged.
    Failed {
        /// What the operator has to know.
        fault: Fault,
        /// Seconds after which to try again, if the core said.
        retry_after_s: Option<u64>,
    },
}

impl Outcome {
    /// Reads the core's answer, or the lack of one.
    pub fn of(answer: Result<CoreAnswer, Fault>, dialect: Dialect) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => return Self::failed(fault.kind, fault.detail),
        };
        let status = answer.status;
        match status {
            200..=299 => Self::Accepted,
            409 => Self::Duplicate,
            400 | 422 => match dialect.parse_violations(&answer.body) {
                violations if violations.is_empty() => Self::failed(
                    FaultKind::CoreStatus,
                    format!("status {status} naming no field"),
                ),
                violations => Self::Invalid(violations),
            },
            401 | 403 | 404 => Self::failed(
                FaultKind::CoreBlocked,
                format!("status {status}; check CORE_URL, CORE_AUTH and CORE_TOKEN"),
            ),
            _ => Self::Failed {
                fault: Fault::new(FaultKind::CoreStatus, format!("status {status}")),
                retry_after_s: answer.retry_after.as_deref().and_then(parse_retry_after),
            },
        }
    }

    fn failed(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self::Failed {
            fault: Fault::new(kind, detail),
            retry_after_s: None,
        }
    }
}

/// `Retry-After` in seconds, no longer than a visitor can be asked to wait; dates are not read yet.
fn parse_retry_after(header: &str) -> Option<u64> {
    let seconds: u64 = header.trim().parse().ok()?;
    Some(seconds.clamp(1, MAX_RETRY_AFTER_S))
}

/// What is read of a core's answer: bytes.
pub const MAX_CORE_ANSWER_BYTES: usize = 65_536;
/// The longest wait passed on to a visitor, an hour: seconds.
const MAX_RETRY_AFTER_S: u64 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ViolationCode;

    fn outcome(status: u16, retry_after: Option<&str>, body: &str) -> Outcome {
        let answer = CoreAnswer {
            status,
            retry_after: retry_after.map(str::to_owned),
            body: body.as_bytes().to_vec(),
        };
        Outcome::of(Ok(answer), Dialect::LeadGen)
    }

    #[test]
    fn success_and_duplicate_are_told_by_status() {
        for status in [200, 201, 202, 204] {
            assert_eq!(outcome(status, None, "anything"), Outcome::Accepted);
        }
        assert_eq!(outcome(409, None, ""), Outcome::Duplicate);
    }

    #[test]
    fn field_errors_are_the_visitors_to_mend_and_the_rest_is_ours() {
        let body = r#"{"error":{"details":{"errors":[{"field":"email","code":"too_long","message":"m"}]}}}"#;
        for status in [400, 422] {
            let Outcome::Invalid(violations) = outcome(status, None, body) else {
                panic!("{status} should be invalid");
            };
            assert_eq!(violations[0].code, ViolationCode::TooLong);
            assert!(matches!(
                outcome(status, None, "<html>"),
                Outcome::Failed { .. }
            ));
        }
    }

    #[test]
    fn everything_else_is_a_failure_that_acknowledges_nothing() {
        for (status, kind) in [
            (401, FaultKind::CoreBlocked),
            (403, FaultKind::CoreBlocked),
            (404, FaultKind::CoreBlocked),
            (302, FaultKind::CoreStatus),
            (418, FaultKind::CoreStatus),
            (429, FaultKind::CoreStatus),
            (500, FaultKind::CoreStatus),
            (503, FaultKind::CoreStatus),
            (0, FaultKind::CoreStatus),
        ] {
            let Outcome::Failed { fault, .. } = outcome(status, None, "") else {
                panic!("{status} should have failed");
            };
            assert_eq!(fault.kind, kind, "{status}");
        }
    }

    #[test]
    fn passes_on_a_wait_that_makes_sense() {
        for (header, expected) in [
            (Some("7"), Some(7)),
            (Some("0"), Some(1)),
            (Some("999999"), Some(3_600)),
            (Some("soon"), None),
            (Some("-1"), None),
            (None, None),
        ] {
            let Outcome::Failed { retry_after_s, .. } = outcome(503, header, "") else {
                panic!("503 should have failed");
            };
            assert_eq!(retry_after_s, expected, "{header:?}");
        }
    }
}
