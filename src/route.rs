//! The route table: method and path to a [`Route`], or 404 or 405.

use crate::envelope::prefers_page;
use crate::problem::Problem;

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
pub const HEADERS_READ: [&str; 17] = [
    "accept",
    "accept-language",
    "access-control-request-headers",
    "authorization",
    "cf-connecting-ip",
    "content-encoding",
    "content-length",
    "content-type",
    "idempotency-key",
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
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }
}

/// A route of the service. Form keys are as sent, not yet parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET /healthz`
    Health,
    /// `GET /errors`
    Errors,
    /// `GET /v1/forms/{key}`
    Definition(String),
    /// `GET /v1/forms/{key}/doctor`
    Doctor(String),
    /// `GET /v1/forms/{key}/ticket`
    Ticket(String),
    /// `OPTIONS` on a form's routes
    Preflight(String),
    /// `POST /v1/forms/{key}/submissions`
    Submit(String),
    /// `GET /f/{key}`
    HostedPage(String),
    /// `POST /f/{key}`
    HostedSubmit(String),
}

impl Route {
    /// A name for the log, without the key.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Errors => "errors",
            Self::Definition(_) => "definition",
            Self::Doctor(_) => "doctor",
            Self::Ticket(_) => "ticket",
            Self::Preflight(_) => "preflight",
            Self::Submit(_) => "submit",
            Self::HostedPage(_) => "hosted_page",
            Self::HostedSubmit(_) => "hosted_submit",
        }
    }
}

/// Finds the route.
///
/// # Errors
/// [`Problem::RouteNotFound`] for an unknown path, [`Problem::MethodNotAllowed`] for a known one.
pub fn route(method: Method, path: &str) -> Result<Route, Problem> {
    // People and some programs add a slash at the end.
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = path.split('/').skip(1);
    let segments: [_; 5] = std::array::from_fn(|_| segments.next());
    let only = |allow| Err(Problem::MethodNotAllowed { allow });
    match segments {
        [Some(name @ ("healthz" | "errors")), None, ..] => match method {
            Method::Get if name == "errors" => Ok(Route::Errors),
            Method::Get => Ok(Route::Health),
            _ => only("GET, HEAD"),
        },
        [
            Some("v1"),
            Some("forms"),
            Some(key),
            part @ (None | Some("doctor" | "ticket")),
            None,
        ] => match method {
            Method::Get if part == Some("doctor") => Ok(Route::Doctor(key.to_owned())),
            Method::Get if part.is_some() => Ok(Route::Ticket(key.to_owned())),
            Method::Get => Ok(Route::Definition(key.to_owned())),
            Method::Options => Ok(Route::Preflight(key.to_owned())),
            _ => only("GET, HEAD, OPTIONS"),
        },
        [
            Some("v1"),
            Some("forms"),
            Some(key),
            Some("submissions"),
            None,
        ] => match method {
            Method::Post => Ok(Route::Submit(key.to_owned())),
            Method::Options => Ok(Route::Preflight(key.to_owned())),
            _ => only("POST, OPTIONS"),
        },
        [Some("f"), Some(key), None, ..] => match method {
            Method::Get => Ok(Route::HostedPage(key.to_owned())),
            Method::Post => Ok(Route::HostedSubmit(key.to_owned())),
            Method::Options => Ok(Route::Preflight(key.to_owned())),
            _ => only("GET, HEAD, POST"),
        },
        _ => Err(Problem::RouteNotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_route_of_the_contract() {
        let key = || "demo".to_owned();
        for (method, path, expected) in [
            (Method::Get, "/healthz", Route::Health),
            (Method::Get, "/errors", Route::Errors),
            (Method::Get, "/errors/", Route::Errors),
            (Method::Get, "/v1/forms/demo/", Route::Definition(key())),
            (
                Method::Post,
                "/v1/forms/demo/submissions/",
                Route::Submit(key()),
            ),
            (Method::Get, "/f/demo/", Route::HostedPage(key())),
            (Method::Post, "/f/demo/", Route::HostedSubmit(key())),
            (Method::Get, "/v1/forms/demo", Route::Definition(key())),
            (Method::Options, "/v1/forms/demo", Route::Preflight(key())),
            (
                Method::Post,
                "/v1/forms/demo/submissions",
                Route::Submit(key()),
            ),
            (
                Method::Options,
                "/v1/forms/demo/submissions",
                Route::Preflight(key()),
            ),
            (Method::Get, "/v1/forms/demo/doctor", Route::Doctor(key())),
            (Method::Get, "/v1/forms/demo/ticket", Route::Ticket(key())),
            (
                Method::Options,
                "/v1/forms/demo/ticket/",
                Route::Preflight(key()),
            ),
            (Method::Get, "/f/demo", Route::HostedPage(key())),
            (Method::Post, "/f/demo", Route::HostedSubmit(key())),
            (Method::Options, "/f/demo", Route::Preflight(key())),
        ] {
            assert_eq!(route(method, path), Ok(expected), "{path}");
        }
    }

    #[test]
    fn refuses_paths_that_only_look_like_a_route() {
        for path in [
            "/",
            "",
            "/v1",
            "/v1/forms",
            "/v2/forms/demo",
            "/v1/forms/demo//",
            "/v1/forms/demo//submissions",
            "/f",
            "/f/demo/x",
            "/v1/forms/demo/submissions/1",
            "/v1/forms/demo/ticket/1",
            "/healthz//",
            "//healthz",
            "//",
        ] {
            assert_eq!(
                route(Method::Get, path),
                Err(Problem::RouteNotFound),
                "{path}"
            );
        }
    }

    #[test]
    fn method_not_allowed_names_the_allowed_methods() {
        for (path, allowed) in [
            ("/healthz", "GET, HEAD"),
            ("/v1/forms/demo", "GET, HEAD, OPTIONS"),
            ("/v1/forms/demo/doctor", "GET, HEAD, OPTIONS"),
            ("/v1/forms/demo/ticket", "GET, HEAD, OPTIONS"),
            ("/v1/forms/demo/submissions", "POST, OPTIONS"),
            ("/f/demo", "GET, HEAD, POST"),
        ] {
            let expected = Problem::MethodNotAllowed { allow: allowed };
            assert_eq!(route(Method::Other, path), Err(expected), "{path}");
        }
    }

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
