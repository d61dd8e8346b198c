//! The errors of the service: their codes, statuses, texts and data.
//!
//! A [`Problem`] is the caller's: it has a stable code, typed data, and is safe to show. A [`Fault`] is the service's: it is
//! logged where it is caught and reaches a visitor at most as [`Problem::Unavailable`]. `envelope` renders problems as
//! responses.

mod catalogue;
mod challenge;
mod class;
mod fault;
mod violation;
mod warning;

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::json::{self, Object};

pub use catalogue::ProblemType;
pub use challenge::Challenge;
pub use class::OutcomeClass;
pub use fault::{Fault, FaultKind};
pub use violation::{Violation, ViolationCode, ViolationCodes};
pub use warning::{Warning, WarningCode};

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No route has this path.
    RouteNotFound,
    /// The route takes only the methods of this `Allow` header.
    MethodNotAllowed {
        /// The value of `Allow`, RFC 9110 section 10.2.1.
        allow: Cow<'static, str>,
    },
    /// There is no published form with this key.
    FormNotFound,
    /// This page may not embed the form.
    EmbedInvalid(EmbedReason),
    /// The caller used up a quota.
    RateLimited {
        /// The policy that refused.
        policy: String,
        /// Seconds after which the same call is admitted, at least 1.
        retry_after_s: u64,
    },
    /// The body is larger than a submission may be.
    BodyTooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The declared format of the body is not supported.
    MediaTypeUnsupported {
        /// Why: `media_type_missing`, `media_type_unknown`, `media_types_differ`, `charset_unsupported`,
        /// `boundary_too_long` or `content_encoded`.
        reason: &'static str,
    },
    /// Values are missing or wrong; all of them are listed.
    ValidationFailed(Vec<Violation>),
    /// The submission looks like that of a program; what it needs is in the response.
    ChallengeRequired(Box<Challenge>),
    /// The submission can be neither delivered nor stored now; nothing was acknowledged.
    Unavailable {
        /// Seconds after which to try again, at least 1.
        retry_after_s: u64,
    },
    /// No submission can be accepted until an operator corrects the settings.
    Misconfigured(Vec<SettingFault>),
    /// The credential that the caller sent is not accepted.
    TokenInvalid {
        /// Why: `malformed`, `too_long`, `algorithm`, `critical`, `key`, `signature`, `issuer`, `audience`, `expired` or
        /// `not_yet_valid` for a JSON Web Token, `jwt_not_set_up` when none is accepted; `token` for an unknown API token.
        reason: &'static str,
    },
    /// Any other row of the catalogue; it has no data.
    Other(ProblemType),
    /// The same with data.
    Detailed(ProblemType, Box<Value>),
}

/// A setting or binding that is missing or malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingFault {
    /// The variable or binding, e.g. `CORE_TIMEOUT_MS`.
    pub variable: &'static str,
    /// What is wrong and what is expected; never the value.
    pub reason: String,
}

/// Why an embed is refused; the `details.reason` of `LG_1103`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbedReason {
    /// No `Origin` header.
    OriginMissing,
    /// `Origin: null`: a sandboxed frame, a file, or a page with `Referrer-Policy: no-referrer`.
    OriginNull,
    /// An origin the form does not allow, or one that no browser sends.
    OriginNotAllowed,
    /// An origin whose host ends in a dot: `https://example.com.` is another site than `https://example.com`.
    OriginEndsInDot,
    /// The form requires a ticket, and none was sent.
    TicketMissing,
    /// The ticket is not one of ours, or of another form or page.
    TicketInvalid,
    /// The ticket is too old.
    TicketExpired,
}

impl EmbedReason {
    /// Whether the origin is unknown: the page may be an allowed one.
    pub fn is_origin_unknown(self) -> bool {
        matches!(self, Self::OriginMissing | Self::OriginNull)
    }

    /// Whether the page is to get a new ticket and may send again.
    pub fn is_of_ticket(self) -> bool {
        matches!(
            self,
            Self::TicketMissing | Self::TicketInvalid | Self::TicketExpired
        )
    }

    /// The reason on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OriginMissing => "origin_missing",
            Self::OriginNull => "origin_null",
            Self::OriginNotAllowed | Self::OriginEndsInDot => "origin_not_allowed",
            Self::TicketMissing => "ticket_missing",
            Self::TicketInvalid => "ticket_invalid",
            Self::TicketExpired => "ticket_expired",
        }
    }
}

impl Problem {
    /// The row of the catalogue.
    pub fn problem_type(&self) -> ProblemType {
        match self {
            Self::RouteNotFound => ProblemType::RouteNotFound,
            Self::MethodNotAllowed { .. } => ProblemType::MethodNotAllowed,
            Self::FormNotFound => ProblemType::FormNotFound,
            Self::EmbedInvalid(_) => ProblemType::FormEmbedInvalid,
            Self::RateLimited { .. } => ProblemType::RateLimitExceeded,
            Self::BodyTooLarge { .. } => ProblemType::BodyTooLarge,
            Self::MediaTypeUnsupported { .. } => ProblemType::MediaTypeUnsupported,
            Self::ValidationFailed(_) => ProblemType::FormValidationFailed,
            Self::TokenInvalid { .. } => ProblemType::InvalidToken,
            Self::ChallengeRequired(_) => ProblemType::ChallengeRequired,
            Self::Unavailable { .. } | Self::Misconfigured(_) => ProblemType::ServiceUnavailable,
            Self::Other(problem_type) | Self::Detailed(problem_type, _) => *problem_type,
        }
    }

    /// Seconds to wait before the same request may succeed: `Retry-After`, RFC 9110 section 10.2.3.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after_s, .. } | Self::Unavailable { retry_after_s } => {
                Some((*retry_after_s).max(1))
            }
            Self::Misconfigured(_) => Some(MISCONFIGURED_RETRY_AFTER_S),
            Self::ChallengeRequired(challenge) => {
                Some(challenge.wait_s).filter(|wait_s| *wait_s > 0)
            }
            _ => None,
        }
    }

    /// The typed data of the problem; `None` when the code needs none.
    pub fn details(&self) -> Option<Value> {
        json::parse(&self.details_json()?).ok()
    }

    /// The same as JSON.
    pub fn details_json(&self) -> Option<String> {
        match self {
            Self::RouteNotFound | Self::FormNotFound | Self::Other(_) => None,
            Self::Detailed(_, data) => Some(data.to_string()),
            Self::ChallengeRequired(challenge) => Some(challenge.details.clone()),
            _ => {
                let mut text = String::new();
                Object::write(&mut text, |details| self.write_details(details));
                Some(text)
            }
        }
    }

    fn write_details(&self, details: &mut Object<'_>) {
        match self {
            Self::MethodNotAllowed { allow } => details.text("allow", allow),
            Self::EmbedInvalid(reason) => {
                details.text("reason", reason.as_str());
                if *reason == EmbedReason::OriginEndsInDot {
                    details.text("hint", ENDS_IN_DOT);
                }
            }
            Self::TokenInvalid { reason } => details.text("reason", reason),
            Self::RateLimited { policy, .. } => details.text("policy", policy),
            Self::BodyTooLarge { limit_bytes } => {
                details.number("limit_bytes", *limit_bytes as u64)
            }
            Self::MediaTypeUnsupported { reason } => {
                details.text("reason", reason);
                details.texts("accepted", ACCEPTED_MEDIA_TYPES);
            }
            Self::ValidationFailed(violations) => {
                details.array("errors", violations, |text, violation| {
                    Object::write(text, |error| {
                        error.optional("field", violation.field.as_deref());
                        error.text("code", violation.code.as_str());
                        error.text("message", &violation.message);
                    });
                });
            }
            Self::Misconfigured(faults) => {
                details.array("settings", faults, |text, fault| {
                    Object::write(text, |setting| {
                        setting.text("variable", fault.variable);
                        setting.text("reason", &fault.reason);
                    });
                });
            }
            _ => {}
        }
        // A challenge has it among its own details.
        if let Some(seconds) = self.retry_after_s() {
            details.number("retry_after", seconds);
        }
    }
}

/// Setting faults as JSON, for `/healthz`.
pub fn settings_json(faults: &[SettingFault]) -> Vec<Value> {
    faults
        .iter()
        .map(|fault| json!({ "variable": fault.variable, "reason": fault.reason }))
        .collect()
}

/// What the visitor may do about [`EmbedReason::OriginEndsInDot`].
const ENDS_IN_DOT: &str = "the host of the page's address ends in a dot; open the page without it";

/// The media types a submission may have.
pub const ACCEPTED_MEDIA_TYPES: [&str; 3] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
];

/// `Retry-After` until an operator has corrected a setting and deployed, which takes minutes: seconds.
const MISCONFIGURED_RETRY_AFTER_S: u64 = 300;
