//! What a page tells the visitor about a problem, in English.

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
pub(super) fn words(problem: &Problem, place: Place) -> (&'static str, Option<String>) {
    // The back button shows the form as it was sent.
    let kept = match place {
        Place::Form => "Nothing was lost.",
        Place::Sent | Place::Opened => "Go back to the form, where what you typed should still be.",
    };
    match problem {
        Problem::FormNotFound => (
            "This form was not found",
            Some("It may have been taken down, or the address is incomplete.".to_owned()),
        ),
        Problem::RouteNotFound => (
            "There is nothing here",
            Some("The address may be incomplete.".to_owned()),
        ),
        Problem::EmbedInvalid(EmbedReason::OriginMissing | EmbedReason::OriginNull) => (
            "This form cannot be sent from that page",
            Some(
                "The page you sent this from does not say which website it is on (its Referrer-Policy, a \
                 frame or your browser keeps it from us), so it was not sent yet. Nothing was lost: send it \
                 from here. If this comes up again, use a page of its own:"
                    .to_owned(),
            ),
        ),
        Problem::EmbedInvalid(EmbedReason::OriginEndsInDot) => (
            "This form cannot be sent from that page",
            Some(
                "The address of that page has a dot after the website's name. Open it without the dot."
                    .to_owned(),
            ),
        ),
        Problem::EmbedInvalid(EmbedReason::OriginNotAllowed) => (
            "This form cannot be sent from that page",
            Some("Go back and open the form from the website it belongs to.".to_owned()),
        ),
        Problem::EmbedInvalid(EmbedReason::TicketExpired) => (
            "The form was not sent yet",
            Some(format!(
                "The form was open for more than two hours, so it was not sent yet. {kept} Send it again."
            )),
        ),
        Problem::EmbedInvalid(EmbedReason::TicketMissing | EmbedReason::TicketInvalid) => (
            "The form was not sent yet",
            Some(format!(
                "The page you sent this from is not up to date, so it was not sent yet. {kept} Send it again."
            )),
        ),
        Problem::RateLimited { .. } => (
            "Too many submissions",
            Some(format!(
                "{kept} Wait {} seconds and send the form again.",
                problem.retry_after_s().unwrap_or(1)
            )),
        ),
        Problem::Unavailable { .. } | Problem::Misconfigured(_) if place == Place::Opened => (
            "This form cannot be shown at the moment",
            Some("Wait a moment and open it again.".to_owned()),
        ),
        Problem::Unavailable { .. } | Problem::Misconfigured(_) => (
            "The form could not be sent",
            Some(format!("{kept} Wait a moment and send the form again.")),
        ),
        Problem::Other(ProblemType::IdempotencyKeyReused) => (
            "You have sent this form before",
            Some(
                "You have sent this form before, with other answers, and they were received. \
                 Send it again if you want to send these, too."
                    .to_owned(),
            ),
        ),
        Problem::BodyTooLarge { .. } => (
            "What you sent is too large",
            Some("Go back, shorten it and send the form again.".to_owned()),
        ),
        _ if place == Place::Opened => ("There is nothing here", None),
        _ => ("The form could not be sent", None),
    }
}
