//! [`Fault`]: an error of the service, the owner or the core; logged once where it is caught, never shown to a visitor.

use std::fmt;

/// An error that the visitor did not cause.
///
/// Its text is logged, so it contains names, codes and counts, never a value a visitor typed and never a message of the core
/// (which may quote one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable, for searching the log: `form_broken`, `core_status`, `store`.
    pub kind: FaultKind,
    /// The details, for the operator.
    pub detail: String,
}

/// Which part failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A setting or binding is missing or malformed.
    Setting,
    /// A stored form definition cannot be used.
    FormBroken,
    /// KV, D1 or a queue failed.
    Store,
    /// The core could not be reached, or did not respond within the timeout.
    CoreUnreachable,
    /// The core refused for a reason that only an operator can correct (credentials, address).
    CoreBlocked,
    /// The core responded that it cannot store the lead now, or the response is unreadable.
    CoreStatus,
    /// The core never accepts this lead.
    CoreRefused,
}

impl Fault {
    /// A fault of this kind.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }
}

impl FaultKind {
    /// The stable name in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::FormBroken => "form_broken",
            Self::Store => "store",
            Self::CoreUnreachable => "core_unreachable",
            Self::CoreBlocked => "core_blocked",
            Self::CoreStatus => "core_status",
            Self::CoreRefused => "core_refused",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.detail)
    }
}
