//! The CORS headers of an answer: <https://fetch.spec.whatwg.org/#http-cors-protocol>.
//!
//! Every page may *read* our answers, refusals included, so that the widget can say why it was refused; no answer
//! carries anything the page could not fetch from its own server, and credentials are never allowed. Who may *submit*
//! is decided by [`super::check`], on the submission itself.

use super::Origin;

/// Headers for an answer to a request with this `Origin`.
pub fn cors_headers(origin: Option<&str>) -> Vec<(&'static str, String)> {
    // The dialect of an answer is chosen by `Accept`.
    let mut headers = vec![("Vary", "Origin, Accept".to_owned())];
    if let Some(origin) = origin.and_then(readable_origin) {
        headers.push(("Access-Control-Allow-Origin", origin));
        headers.push(("Access-Control-Expose-Headers", EXPOSED_HEADERS.to_owned()));
    }
    headers
}

/// Headers that only a preflight's answer has.
pub fn preflight_headers() -> Vec<(&'static str, String)> {
    vec![
        ("Access-Control-Allow-Methods", "GET, HEAD, POST".to_owned()),
        (
            "Access-Control-Allow-Headers",
            "Accept, Content-Type, Idempotency-Key".to_owned(),
        ),
        ("Access-Control-Max-Age", PREFLIGHT_MAX_AGE_S.to_string()),
    ]
}

/// `null` may read too: it stands for a page that has to be told that it is not allowed.
fn readable_origin(text: &str) -> Option<String> {
    if text == "null" {
        return Some(text.to_owned());
    }
    Origin::parse(text).ok().map(|origin| origin.to_string())
}

const EXPOSED_HEADERS: &str = "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, \
    X-RateLimit-Reset, RateLimit-Policy, RateLimit, ETag";

/// Two hours, the most Chromium keeps; the answer to a preflight does not depend on the form: seconds.
const PREFLIGHT_MAX_AGE_S: u64 = 7_200;

#[cfg(test)]
mod tests {
    use super::*;

    fn allow_origin(origin: Option<&str>) -> Option<String> {
        cors_headers(origin)
            .into_iter()
            .find(|(name, _)| *name == "Access-Control-Allow-Origin")
            .map(|(_, value)| value)
    }

    #[test]
    fn lets_a_refused_page_read_why() {
        assert_eq!(
            allow_origin(Some("https://evil.net")).as_deref(),
            Some("https://evil.net")
        );
        assert_eq!(allow_origin(Some("null")).as_deref(), Some("null"));
    }

    #[test]
    fn never_echoes_what_is_not_an_origin() {
        for text in ["https://a.com\r\nX: y", "*", "https://exämple.com", ""] {
            assert_eq!(allow_origin(Some(text)), None, "{text}");
        }
        assert_eq!(allow_origin(None), None);
    }

    #[test]
    fn always_varies_by_origin_and_accept() {
        for origin in [None, Some("https://example.com"), Some("garbage")] {
            assert!(cors_headers(origin).contains(&("Vary", "Origin, Accept".to_owned())));
        }
    }
}
