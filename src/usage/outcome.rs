//! The outcomes that are counted.

use crate::problem::{Problem, ProblemType};

/// A new submission was accepted.
pub const ACCEPTED: &str = "accepted";
/// The widget on an allowed page was given the form's definition.
pub const LOADED: &str = "loaded";
/// The widget on a page was refused the form's definition, before anything was sent.
pub const LOAD_REFUSED: &str = "load_refused";
/// A submission was taken that would be refused if the form enforced its allowed origins.
pub const WOULD_REFUSE: &str = "would_refuse";

/// Whether nothing was refused.
pub(super) fn is_taken(outcome: &str) -> bool {
    [ACCEPTED, LOADED].contains(&outcome)
}

/// The outcome of a refused submission: the `details.reason` of `LG_1103`, or a name for any other problem.
pub fn outcome_of(problem: &Problem) -> &'static str {
    match problem {
        Problem::EmbedInvalid(reason) => reason.as_str(),
        Problem::RateLimited { .. } => "rate_limited",
        Problem::BodyTooLarge { .. } => "body_too_large",
        Problem::MediaTypeUnsupported { .. } => "media_type_unsupported",
        Problem::ValidationFailed(_) => "invalid",
        Problem::ChallengeRequired(_) => "challenged",
        Problem::Unavailable { .. } | Problem::Misconfigured(_) => "unavailable",
        Problem::Other(ProblemType::IdempotencyKeyReused) => "key_reused",
        _ => "refused",
    }
}
