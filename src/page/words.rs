//! Which text tells the visitor about a problem.

use super::texts::Texts;
use crate::problem::{EmbedReason, Problem, ProblemType};

/// Where the visitor reads about a problem.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Above the form, with what was typed.
    Form,
    /// On a page without a form, after something was sent.
    Sent,
    /// On a page without a form, before anything was sent.
    Opened,
}

/// A heading and a sentence for the visitor, without codes; `None` for the problem type's own message.
pub(super) fn words(
    problem: &Problem,
    place: Place,
    texts: &Texts,
) -> (&'static str, Option<String>) {
    let (heading, sentence) = match problem {
        Problem::FormNotFound => texts.form_not_found,
        Problem::RouteNotFound => texts.route_not_found,
        Problem::EmbedInvalid(reason) => match reason {
            EmbedReason::OriginMissing | EmbedReason::OriginNull => texts.origin_unknown,
            EmbedReason::OriginEndsInDot => texts.origin_ends_in_dot,
            EmbedReason::OriginNotAllowed => texts.origin_not_allowed,
            EmbedReason::TicketExpired => texts.ticket_expired,
            EmbedReason::TicketMissing | EmbedReason::TicketInvalid => texts.ticket_unusable,
        },
        Problem::RateLimited { .. } => texts.rate_limited,
        Problem::ChallengeRequired(challenge) => match challenge.site_key {
            Some(_) => texts.challenged_by_script,
            None => texts.challenged,
        },
        Problem::Unavailable { .. } | Problem::Misconfigured(_) if place == Place::Opened => {
            texts.not_shown
        }
        Problem::Unavailable { .. } | Problem::Misconfigured(_) => texts.not_sent,
        Problem::Other(ProblemType::IdempotencyKeyReused) => texts.sent_before,
        Problem::BodyTooLarge { .. } => texts.too_large,
        _ if place == Place::Opened => return (texts.route_not_found.0, None),
        _ => return (texts.not_sent.0, None),
    };
    // The back button shows the form as it was sent.
    let kept = match place {
        Place::Form => texts.kept_here,
        Place::Sent | Place::Opened => texts.kept_before,
    };
    let seconds = problem.retry_after_s().unwrap_or(1).to_string();
    let sentence = sentence
        .replace("{kept}", kept)
        .replace("{seconds}", &seconds);
    (heading, Some(sentence))
}
