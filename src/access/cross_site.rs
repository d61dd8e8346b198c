//! Whether a browser sends a request for a page of another site.

use crate::route::{Method, Request};

/// Whether a browser sends this request for a page of another origin, whose cookies of Cloudflare Access it may carry. Programs
/// that are no browsers send none of these headers.
pub fn is_cross_site(request: &Request) -> bool {
    match (request.header("sec-fetch-site"), request.header("origin")) {
        // `none`: typed into the address bar, or a bookmark. Only the API's own page may change something.
        (Some("none"), None) => request.method != Method::Get,
        (Some(site), _) => site != "same-origin",
        // Browsers before 2023 do not all send `Sec-Fetch-Site`, but with every method that changes something `Origin`.
        (None, origin) => origin.is_some_and(|origin| origin != request.own_origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_origin_and_programs_may_call() {
        let own = "https://forms.test";
        let other = "https://evil.test";
        for (method, site, origin, expected) in [
            (Method::Post, Some("same-origin"), Some(own), false),
            (Method::Get, Some("same-origin"), None, false),
            (Method::Get, Some("none"), None, false),
            (Method::Post, Some("none"), None, true),
            (Method::Get, Some("none"), Some(other), true),
            (Method::Post, Some("cross-site"), Some(other), true),
            (Method::Post, Some("cross-site"), Some(own), true),
            (Method::Get, Some("cross-site"), None, true),
            (Method::Delete, Some("same-site"), Some(other), true),
            (Method::Post, Some("Same-Origin"), Some(own), true),
            (Method::Post, Some(""), None, true),
            (Method::Post, None, Some(other), true),
            (Method::Post, None, Some("null"), true),
            (Method::Get, None, Some("null"), true),
            (Method::Post, None, Some(own), false),
            (Method::Post, None, None, false),
        ] {
            let site = site.map(|site| ("sec-fetch-site", site.to_owned()));
            let origin = origin.map(|origin| ("origin", origin.to_owned()));
            let request = Request {
                method,
                own_origin: own.to_owned(),
                path: String::new(),
                query: String::new(),
                country: None,
                headers: site.into_iter().chain(origin).collect(),
            };
            assert_eq!(
                is_cross_site(&request),
                expected,
                "{method:?} {:?}",
                request.headers
            );
        }
    }
}
