//! [`OutcomeClass`]: what a core's answer means for the lead.

/// What has to become of a lead after a core's answer. Every code of every reference has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeClass {
    /// The core has it.
    Accepted,
    /// The core had it before; for the visitor that is the same.
    Duplicate,
    /// The visitor can mend it.
    Invalid,
    /// Too much at once, or another request with the key is under way; later it works.
    Throttled,
    /// The core cannot now; later it works.
    Unavailable,
    /// It never will work with this lead.
    Refused,
    /// An operator has to act (credentials, plan, quota, configuration); then it works, so the lead must be kept.
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

    /// What a bare HTTP status means, RFC 9110 section 15, when nothing in the answer says more.
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Accepted,
            // Without a field there is nothing a visitor could mend; with one, the answer says more.
            400 | 422 => Self::Refused,
            // Another request with the key may be under way, and may still fail; that the lead exists, the body says.
            409 | 429 => Self::Throttled,
            408 | 425 => Self::Unavailable,
            406 | 410..=417 | 431 => Self::Refused,
            // The address or the credentials are wrong: a redirect would not be followed, since it loses the body.
            300..=499 => Self::Blocked,
            _ => Self::Unavailable,
        }
    }
}
