//! [`OutcomeClass`]: what a core's response means for the lead.

/// What a core's response means for the lead. Every code of every reference has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeClass {
    /// The core stored the lead.
    Accepted,
    /// The core had stored the lead before; the visitor gets the same response as for `Accepted`.
    Duplicate,
    /// The values are invalid; the visitor can correct them.
    Invalid,
    /// Too many requests, or another request with the key is in progress; a later attempt can succeed.
    Throttled,
    /// The core fails now; a later attempt can succeed.
    Unavailable,
    /// The core never accepts this lead.
    Refused,
    /// An operator has to act (credentials, plan, quota, configuration); after that an attempt can succeed, so the lead is
    /// kept.
    Blocked,
}

impl OutcomeClass {
    /// A name for the log and the documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Invalid => "invalid",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Blocked => "blocked",
        }
    }

    /// The class of an HTTP status, RFC 9110 section 15, for a response without a known code.
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Accepted,
            // A visitor can only correct a named field; a response that names one is read by its body.
            400 | 422 => Self::Refused,
            // Another request with the key may be in progress, and may still fail. A body that reports an existing lead is
            // read before the status.
            409 | 429 => Self::Throttled,
            408 | 425 => Self::Unavailable,
            406 | 410..=417 | 431 => Self::Refused,
            // The address or the credentials are wrong: a redirect would not be followed, since it loses the body.
            300..=499 => Self::Blocked,
            _ => Self::Unavailable,
        }
    }
}
