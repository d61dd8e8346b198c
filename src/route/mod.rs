//! The route table: method and path to a [`Route`], or 404 or 405.

mod request;

pub use request::{HEADERS_READ, Method, Request};

use crate::problem::Problem;

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
    /// Everything below `/api`; `access` has its routes.
    Api,
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
            Self::Api => "api",
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
    let only = |allow: &'static str| {
        let allow = allow.into();
        Err(Problem::MethodNotAllowed { allow })
    };
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
        [Some("api"), ..] => Ok(Route::Api),
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
            let allow = allowed.into();
            let expected = Problem::MethodNotAllowed { allow };
            assert_eq!(route(Method::Other, path), Err(expected), "{path}");
        }
    }
}
