//! CORS headers: <https://fetch.spec.whatwg.org/#http-cors-protocol>.
//!
//! Every page may *read* the responses, refusals included, so that the widget can show why a submission is refused. No
//! response contains anything that the page's own server could not fetch, and credentials are never allowed. Which pages may
//! *submit* is decided by [`super::check`], on the submission itself.

use super::Origin;

/// Headers of the response to a request with this `Origin`.
pub fn cors_headers(origin: Option<&str>) -> Vec<(&'static str, String)> {
    // `Accept` chooses the dialect of the response.
    let mut headers = vec![("Vary", "Origin, Accept".to_owned())];
    if let Some(origin) = origin.and_then(readable_origin) {
        headers.push(("Access-Control-Allow-Origin", origin));
        headers.push(("Access-Control-Expose-Headers", EXPOSED_HEADERS.to_owned()));
    }
    headers
}

/// Headers that only the response to a preflight has. `asked_for` is the `Access-Control-Request-Headers` field.
///
/// Every header asked for is allowed, up to a limit: which headers a page adds is not known here (monitoring
/// adds `traceparent`, htmx `hx-request`), and none of them gives a page more rights.
pub fn preflight_headers(asked_for: Option<&str>) -> Vec<(&'static str, String)> {
    let mut allowed = "Accept, Content-Type, Idempotency-Key".to_owned();
    let names = asked_for.unwrap_or_default().split(',').map(str::trim);
    for name in names
        .filter(|name| is_header_name(name))
        .take(MAX_ALLOWED_HEADERS)
    {
        allowed.push_str(", ");
        allowed.push_str(name);
    }
    vec![
        ("Access-Control-Allow-Methods", "GET, HEAD, POST".to_owned()),
        ("Access-Control-Allow-Headers", allowed),
        ("Access-Control-Max-Age", PREFLIGHT_MAX_AGE_S.to_string()),
    ]
}

/// Whether it is a token, RFC 9110 section 5.6.2, without `*`, which means "any" to browsers.
fn is_header_name(text: &str) -> bool {
    (1..=MAX_HEADER_NAME_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte))
}

/// The value of `Access-Control-Allow-Origin`. Also for `null` and for a host that ends in a dot, so that such a page can read
/// that it is not allowed.
fn readable_origin(text: &str) -> Option<String> {
    (text == "null" || Origin::parse(text).is_ok() || super::ends_in_dot(text))
        .then(|| text.to_owned())
}

const EXPOSED_HEADERS: &str = "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, \
    X-RateLimit-Reset, RateLimit-Policy, RateLimit, ETag";

/// How long a browser may cache a preflight, which does not depend on the form: seconds. Chromium's maximum.
const PREFLIGHT_MAX_AGE_S: u64 = 7_200;
/// The most headers that a preflight allows in addition to ours.
const MAX_ALLOWED_HEADERS: usize = 64;
/// The longest name of one of them: bytes.
const MAX_HEADER_NAME_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn allow_origin(origin: Option<&str>) -> Option<String> {
        cors_headers(origin)
            .into_iter()
            .find(|(name, _)| *name == "Access-Control-Allow-Origin")
            .map(|(_, value)| value)
    }

    fn allow_headers(asked_for: Option<&str>) -> String {
        preflight_headers(asked_for).remove(1).1
    }

    #[test]
    fn allows_the_headers_a_page_asks_for() {
        let ours = "Accept, Content-Type, Idempotency-Key";
        assert_eq!(allow_headers(None), ours);
        for asked_for in [
            "baggage,content-type,sentry-trace,traceparent",
            "hx-current-url,hx-request,hx-target,hx-trigger",
            "x-requested-with",
            "x-api-key",
            "authorization",
            "X-Weird!#$%&'+-.^_`|~",
        ] {
            let allowed = allow_headers(Some(asked_for));
            let expected = format!("{ours}, {}", asked_for.replace(',', ", "));
            assert_eq!(allowed, expected);
        }
        let headers = preflight_headers(Some("authorization"));
        assert!(!headers.iter().any(|(name, _)| name.contains("Credentials")));
    }

    #[test]
    fn allows_only_header_names_of_limited_length_and_number() {
        let ours = "Accept, Content-Type, Idempotency-Key";
        for asked_for in ["", ",", "*", "a b", "a\r\nb", "ü", "a:b", "\"a\"", "(x)"] {
            assert_eq!(allow_headers(Some(asked_for)), ours, "{asked_for}");
        }
        let name = "n".repeat(64);
        assert_eq!(allow_headers(Some(&name)), format!("{ours}, {name}"));
        assert_eq!(allow_headers(Some(&format!("{name}n"))), ours);
        let allowed = |asked: usize| allow_headers(Some(&vec!["x"; asked].join(",")));
        assert_eq!(allowed(65), allowed(64));
        assert_eq!(allowed(64), format!("{ours}{}", ", x".repeat(64)));
    }

    #[test]
    fn a_refused_page_may_read_the_reason() {
        assert_eq!(
            allow_origin(Some("https://evil.net")).as_deref(),
            Some("https://evil.net")
        );
        for text in ["null", "https://example.com.", "https://example.com.:8443"] {
            assert_eq!(allow_origin(Some(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn never_echoes_what_is_not_an_origin() {
        for text in [
            "https://a.com\r\nX: y",
            "*",
            "https://exämple.com",
            "",
            ".",
            "https://a..",
        ] {
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
