//! [`Request`]: the head of a request.

use crate::envelope::prefers_page;

/// A request without its body, which is read later, if at all.
#[derive(Clone, Debug)]
pub struct Request {
    /// The request method; HEAD is [`Method::Get`].
    pub method: Method,
    /// The origin this service was addressed as, e.g. `https://forms.example.com`.
    pub own_origin: String,
    /// The path, percent-encoded, beginning with `/`.
    pub path: String,
    /// The query without `?`; empty when there is none.
    pub query: String,
    /// The country of the client's address: ISO 3166-1 alpha-2, or `T1` for Tor; `None` when Cloudflare does not know it.
    pub country: Option<String>,
    /// The header fields that were sent, of those in [`HEADERS_READ`].
    pub headers: Vec<(&'static str, String)>,
}

impl Request {
    /// The value of a header; `name` is one of [`HEADERS_READ`], in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether this is a browser's navigation, which gets a page instead of an envelope. `Sec-Fetch-Mode` decides, which browsers
    /// send since about 2020 over https; without it, `Accept`.
    pub fn wants_page(&self) -> bool {
        match self.header("sec-fetch-mode") {
            Some(mode) => mode == "navigate",
            None => prefers_page(self.header("accept")),
        }
    }
}

/// The only header fields that are read. `cloudflare` reads all of them of every request.
pub const HEADERS_READ: [&str; 19] = [
    "accept",
    "accept-language",
    "access-control-request-headers",
    "authorization",
    "cf-access-jwt-assertion",
    "cf-connecting-ip",
    "content-encoding",
    "content-length",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "origin",
    "referer",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "user-agent",
    "x-api-key",
];

/// A request method, as far as the routes differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET, and HEAD, whose response the platform sends without its body.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
    /// OPTIONS: a CORS preflight.
    Options,
    /// Anything else.
    Other,
}

impl Method {
    /// The method of this name (case-sensitive, RFC 9110 section 9.1).
    pub fn parse(name: &str) -> Self {
        match name {
            "GET" | "HEAD" => Self::Get,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }

    /// The name in `Allow`: HEAD is where GET is.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Other => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_navigation_is_known_by_sec_fetch_mode_else_by_accept() {
        let any = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (mode, accept, is_page) in [
            (Some("navigate"), Some(any), true),
            (Some("navigate"), None, true),
            (Some("cors"), Some(any), false),
            (Some("cors"), Some("text/html, */*"), false),
            (Some("no-cors"), Some("text/html"), false),
            (Some("same-origin"), Some("text/html"), false),
            (None, Some(any), true),
            (None, Some("text/html, */*"), false),
            (None, None, false),
        ] {
            let mode = mode.map(|mode| ("sec-fetch-mode", mode.to_owned()));
            let accept = accept.map(|accept| ("accept", accept.to_owned()));
            let request = Request {
                method: Method::Post,
                own_origin: String::new(),
                path: String::new(),
                query: String::new(),
                country: None,
                headers: mode.into_iter().chain(accept).collect(),
            };
            assert_eq!(request.wants_page(), is_page, "{:?}", request.headers);
        }
    }

    #[test]
    fn reads_head_as_get_and_nothing_else_by_case() {
        assert_eq!(Method::parse("HEAD"), Method::Get);
        assert_eq!(Method::parse("post"), Method::Other);
    }
}
