//! Which text tells the visitor about a problem.

use crate::problem::{EmbedReason, Problem, ProblemType};
use crate::texts::{self, Locale};

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

/// A heading and a sentence for the visitor, without codes; no sentence for what only a program can send, for which the problem
/// type has a message.
pub(super) fn words(
    problem: &Problem,
    place: Place,
    locale: Locale<'_>,
) -> (&'static str, Option<String>) {
    let (heading, sentence) = match problem {
        Problem::FormNotFound => (texts::FORM_NOT_FOUND, texts::FORM_NOT_FOUND_TEXT),
        Problem::RouteNotFound => (texts::ROUTE_NOT_FOUND, texts::ROUTE_NOT_FOUND_TEXT),
        Problem::EmbedInvalid(reason) => match reason {
            EmbedReason::OriginMissing | EmbedReason::OriginNull => {
                (texts::WRONG_PAGE, texts::ORIGIN_UNKNOWN_TEXT)
            }
            EmbedReason::OriginEndsInDot => (texts::WRONG_PAGE, texts::ORIGIN_DOT_TEXT),
            EmbedReason::OriginNotAllowed => (texts::WRONG_PAGE, texts::ORIGIN_NOT_ALLOWED_TEXT),
            EmbedReason::TicketExpired => (texts::NOT_SENT_YET, texts::TICKET_EXPIRED_TEXT),
            EmbedReason::TicketMissing | EmbedReason::TicketInvalid => {
                (texts::NOT_SENT_YET, texts::TICKET_UNUSABLE_TEXT)
            }
        },
        Problem::RateLimited { .. } => (texts::RATE_LIMITED, texts::RATE_LIMITED_TEXT),
        Problem::ChallengeRequired(challenge) => match challenge.site_key {
            Some(_) => (texts::CHALLENGED, texts::CHALLENGED_BY_SCRIPT_TEXT),
            None => (texts::CHALLENGED, texts::CHALLENGED_TEXT),
        },
        Problem::Unavailable { .. } | Problem::Misconfigured(_) if place == Place::Opened => {
            (texts::NOT_SHOWN, texts::NOT_SHOWN_TEXT)
        }
        Problem::Unavailable { .. } | Problem::Misconfigured(_) => {
            (texts::CANNOT_SEND, texts::CANNOT_SEND_TEXT)
        }
        Problem::Other(ProblemType::IdempotencyKeyReused) => {
            (texts::SENT_BEFORE, texts::SENT_BEFORE_TEXT)
        }
        Problem::BodyTooLarge { .. } => (texts::TOO_LARGE, texts::TOO_LARGE_TEXT),
        _ if place == Place::Opened => return (locale.text(texts::ROUTE_NOT_FOUND), None),
        _ => return (locale.text(texts::CANNOT_SEND), None),
    };
    // The back button shows the form as it was sent.
    let kept = match place {
        Place::Form => texts::KEPT_HERE,
        Place::Sent | Place::Opened => texts::KEPT_BEFORE,
    };
    let time = match problem.retry_after_s().unwrap_or(1) {
        seconds @ ..=MAX_SECONDS => locale.plural(texts::SECONDS, seconds),
        seconds => locale.plural(texts::MINUTES, seconds.div_ceil(60)),
    };
    let sentence = locale.fill(sentence, &[locale.text(kept), &time]);
    (locale.text(heading), Some(sentence))
}

/// A longer wait is told in minutes, as by the widget: seconds.
const MAX_SECONDS: u64 = 90;
