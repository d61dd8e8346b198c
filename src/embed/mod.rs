//! Decides whether a page may embed a form, by the `Origin` header.
//!
//! Browsers set the header, and pages cannot forge it; programs can. So this keeps other sites' *pages* from using the form,
//! but not bots. A [`Ticket`] shows how long ago a form was opened, and where, for pages whose browser sends no origin.

mod allowed;
mod cors;
mod near;
mod origin;
mod suffix;
mod ticket;

pub use allowed::{AllowedOrigin, InvalidAllowedOrigin};
pub use cors::{cors_headers, preflight_headers};
pub use near::{Difference, HostDifference};
pub use origin::{Host, InvalidOrigin, Origin, Scheme};
#[cfg(not(target_arch = "wasm32"))]
pub use suffix::is_on_the_whole_list;
pub use ticket::{MAX_CLOCK_SKEW_MS, MAX_TOKEN_CHARS, TICKET_VALID_MS, Ticket, TicketKeys};

use crate::problem::EmbedReason;

/// Checks the `Origin` of a submission against the form's list; the service's own hosted page is always allowed.
///
/// # Errors
/// The [`EmbedReason`]: no origin, an opaque one, or one that is not allowed.
pub fn check(
    origin: Option<&str>,
    own_origin: &str,
    allowed_origins: &[AllowedOrigin],
) -> Result<Origin, EmbedReason> {
    let text = origin.ok_or(EmbedReason::OriginMissing)?;
    if text == "null" {
        return Err(EmbedReason::OriginNull);
    }
    let origin = Origin::parse(text).map_err(|InvalidOrigin| {
        if ends_in_dot(text) {
            EmbedReason::OriginEndsInDot
        } else {
            EmbedReason::OriginNotAllowed
        }
    })?;
    check_origin(origin, own_origin, allowed_origins)
}

/// The same for a submission with its ticket. Where the form requires one, a page whose browser sends no origin is known by its
/// ticket's. `checked` is the result of [`check`].
///
/// # Errors
/// The [`EmbedReason`].
pub fn check_with_ticket(
    checked: Result<Origin, EmbedReason>,
    ticket: &Result<Ticket, EmbedReason>,
    own_origin: &str,
    allowed_origins: &[AllowedOrigin],
) -> Result<Origin, EmbedReason> {
    let is_unknown = matches!(&checked, Err(reason) if reason.is_origin_unknown());
    match (checked, ticket) {
        (Ok(_), Err(reason)) => Err(*reason),
        (Err(_), Err(reason)) if is_unknown => Err(*reason),
        (Err(_), Ok(ticket)) if is_unknown => {
            check_origin(ticket.origin.clone(), own_origin, allowed_origins)
        }
        (checked, _) => checked,
    }
}

fn check_origin(
    origin: Origin,
    own_origin: &str,
    allowed_origins: &[AllowedOrigin],
) -> Result<Origin, EmbedReason> {
    let is_own = Origin::parse(own_origin).is_ok_and(|own| own == origin);
    let mut allowed_origins = allowed_origins.iter();
    if is_own || allowed_origins.any(|allowed| allowed.allows(&origin)) {
        Ok(origin)
    } else {
        Err(EmbedReason::OriginNotAllowed)
    }
}

/// The origin for the log; `unreadable` for a header that is no origin, which a program may have filled with personal data.
pub fn loggable_origin(origin: Option<&str>) -> Option<&str> {
    let text = origin?;
    let is_site = text == "null" || Origin::parse(text).is_ok() || ends_in_dot(text);
    Some(if is_site { text } else { "unreadable" })
}

/// Whether it is an origin except for a dot at the end of its host. Browsers send it when the page's address has the dot, and
/// treat it as another site.
fn ends_in_dot(text: &str) -> bool {
    let after_host = text.rfind('.').and_then(|dot| text.get(dot + 1..));
    after_host.is_some_and(|port| {
        let without = text.get(..text.len() - port.len() - 1).unwrap_or_default();
        (port.is_empty() || port.starts_with(':'))
            && Origin::parse(&format!("{without}{port}"))
                .is_ok_and(|origin| matches!(origin.host, Host::Domain(_)))
    })
}

/// The `Content-Security-Policy` directive with the pages that may frame the hosted page.
pub fn frame_ancestors(allowed_origins: &[AllowedOrigin]) -> String {
    allowed_origins
        .iter()
        .fold("frame-ancestors 'self'".to_owned(), |directive, allowed| {
            format!("{directive} {allowed}")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::UnixMillis;

    fn check_against_example(origin: Option<&str>) -> Result<Origin, EmbedReason> {
        let allowed = [AllowedOrigin::parse("https://example.com").unwrap()];
        check(origin, "https://forms.example.net", &allowed)
    }

    #[test]
    fn gives_each_kind_of_refusal_its_own_reason() {
        for (origin, reason) in [
            (None, EmbedReason::OriginMissing),
            (Some("null"), EmbedReason::OriginNull),
            (
                Some("https://example.com.evil.net"),
                EmbedReason::OriginNotAllowed,
            ),
            (
                Some("https://example.com@evil.net"),
                EmbedReason::OriginNotAllowed,
            ),
            (Some("HTTPS://EXAMPLE.COM"), EmbedReason::OriginNotAllowed),
            (Some("https://example.com."), EmbedReason::OriginEndsInDot),
            (
                Some("https://example.com.:8443"),
                EmbedReason::OriginEndsInDot,
            ),
            (Some("https://example.com.."), EmbedReason::OriginNotAllowed),
            (
                Some("https://example.com.:443"),
                EmbedReason::OriginNotAllowed,
            ),
            (Some(""), EmbedReason::OriginNotAllowed),
        ] {
            assert_eq!(check_against_example(origin), Err(reason), "{origin:?}");
        }
    }

    #[test]
    fn a_ticket_stands_in_for_an_origin_that_is_not_sent_and_for_no_other() {
        use EmbedReason::{OriginMissing, OriginNotAllowed, OriginNull, TicketExpired};
        let origin = |text| Origin::parse(text).unwrap();
        let ticket = |text| {
            Ok(Ticket {
                origin: origin(text),
                opened_at: UnixMillis(0),
                issued_at: UnixMillis(0),
            })
        };
        let (listed, own) = ("https://example.com", "https://forms.example.net");
        for (checked, ticket, expected) in [
            (Ok(listed), ticket(listed), Ok(listed)),
            (Err(OriginNull), ticket(listed), Ok(listed)),
            (Err(OriginMissing), ticket(own), Ok(own)),
            (
                Err(OriginNull),
                ticket("https://evil.net"),
                Err(OriginNotAllowed),
            ),
            (Err(OriginNotAllowed), ticket(listed), Err(OriginNotAllowed)),
            (
                Err(OriginNotAllowed),
                Err(TicketExpired),
                Err(OriginNotAllowed),
            ),
            (Ok(listed), Err(TicketExpired), Err(TicketExpired)),
            (Err(OriginMissing), Err(TicketExpired), Err(TicketExpired)),
        ] {
            let allowed = [AllowedOrigin::parse(listed).unwrap()];
            let result = check_with_ticket(checked.map(origin), &ticket, own, &allowed);
            assert_eq!(result, expected.map(origin), "{checked:?} {ticket:?}");
        }
    }

    #[test]
    fn allows_the_listed_page_and_the_hosted_page() {
        for origin in ["https://example.com", "https://forms.example.net"] {
            let allowed = check_against_example(Some(origin)).expect(origin);
            assert_eq!(allowed.to_string(), origin);
        }
    }

    #[test]
    fn only_an_origin_is_logged() {
        for site in ["null", "https://evil.net", "https://example.com."] {
            assert_eq!(loggable_origin(Some(site)), Some(site));
        }
        for text in [
            "",
            "ada@example.com",
            "https://ada@example.com",
            "moz-extension://0f3",
        ] {
            assert_eq!(loggable_origin(Some(text)), Some("unreadable"), "{text}");
        }
        assert_eq!(loggable_origin(None), None);
    }

    #[test]
    fn frame_ancestors_are_the_allowed_origins() {
        let allowed = ["https://*.example.com", "http://localhost:*"]
            .map(|pattern| AllowedOrigin::parse(pattern).unwrap());
        assert_eq!(
            frame_ancestors(&allowed),
            "frame-ancestors 'self' https://*.example.com http://localhost:*"
        );
    }
}
