//! What went wrong on our side: logged once where it is caught, never shown to a visitor.

use std::fmt;

/// A fault of ours, of the form's owner or of the core; the visitor did nothing wrong.
///
/// Its text goes to the log, so it holds names, codes and counts, never a value a visitor typed and never a message
/// of the core's (which may quote one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable, for searching the log: `form_broken`, `core_status`, `store`.
    pub kind: FaultKind,
    /// What exactly, in words for the operator.
    pub detail: String,
}

/// Which of our parts failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A setting or binding is missing or malformed.
    Setting,
    /// A stored form definition cannot be used.
    FormBroken,
    /// KV or D1 did not do its work.
    Store,
    /// The core could not be reached, or did not answer in time.
    CoreUnreachable,
    /// The core refused for a reason only an operator can mend (credentials, address).
    CoreBlocked,
    /// The core answered that it cannot take the lead now, or something that makes no sense.
    CoreStatus,
    /// The core will never take this lead.
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
