//! [`ApiRoute`]: the routes of the API in one table, from which routing, the check of roles, the tests of access and
//! `/api/openapi.json` are made.

use super::role::Role;
use crate::problem::Problem;
use crate::route::Method;

macro_rules! routes {
    ($($route:ident: $method:ident $path:literal $role:ident $summary:literal;)+) => {
        /// A route of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the table has a summary for each")]
        pub enum ApiRoute {
            $($route,)+
        }

        impl ApiRoute {
            /// Every route, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$route,)+];

            /// The name of the route, for `/api/openapi.json`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$route => stringify!($route),)+ }
            }

            /// The method.
            pub fn method(self) -> Method {
                match self { $(Self::$route => Method::$method,)+ }
            }

            /// The path, with `{key}` or `{id}` for a segment that the caller chooses.
            pub fn path(self) -> &'static str {
                match self { $(Self::$route => $path,)+ }
            }

            /// The least role that may call it.
            pub fn role(self) -> Role {
                match self { $(Self::$route => Role::$role,)+ }
            }

            /// What it does, in one sentence.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$route => $summary,)+ }
            }
        }
    };
}

// Of two paths that match, the first one is taken: literal segments stand before `{id}`.
routes! {
    Me: Get "/api/me" Viewer "Who is calling, in which role, and what they are known by";
    ListForms: Get "/api/forms" Viewer "All forms with their versions and the counts of the last 30 days";
    CheckForm: Post "/api/forms/check" Viewer "The faults of a definition and advice on it; nothing is stored";
    GetForm: Get "/api/forms/{key}" Editor "The published definition of a form and its draft";
    PutDraft: Put "/api/forms/{key}" Editor "Stores the draft of a form";
    DeleteDraft: Delete "/api/forms/{key}" Editor "Deletes the draft of a form";
    PublishForm: Post "/api/forms/{key}/publish" Editor "Publishes the draft of a form as its next version";
    UnpublishForm: Post "/api/forms/{key}/unpublish" Editor "Stops a form from taking submissions";
    TestForm: Post "/api/forms/{key}/test" Editor "Takes a submission of the draft, or else of what is published, as a test";
    ListPages: Get "/api/forms/{key}/pages" Viewer "The pages a form is on: when it was last loaded or sent there";
    ListRejects: Get "/api/forms/{key}/rejects" Viewer "What a form refused, by day, origin and reason";
    ListLeads: Get "/api/leads" Viewer "Leads, newest first";
    LeadActions: Post "/api/leads/actions" Editor "Does the same with several leads: with all of them or with none";
    ExportLeads: Get "/api/leads/export" Viewer "The leads of a form as a file";
    EraseLeads: Post "/api/leads/erase" Owner "Deletes all that is stored of a person, by e-mail address";
    GetLead: Get "/api/leads/{id}" Editor "One lead with its timeline";
    PatchLead: Patch "/api/leads/{id}" Editor "Changes the status, the note or the star of a lead";
    DeleteLead: Delete "/api/leads/{id}" Editor "Deletes a lead";
    ListDeadLetters: Get "/api/dead-letters" Viewer "Leads that could not be delivered, newest first";
    RedriveAll: Post "/api/dead-letters/redrive" Editor "Sends all dead letters again";
    GetDeadLetter: Get "/api/dead-letters/{id}" Viewer "One dead letter with its lead";
    Redrive: Post "/api/dead-letters/{id}/redrive" Editor "Sends a dead letter again";
    ListTokens: Get "/api/tokens" Owner "The API tokens, without their secrets";
    CreateToken: Post "/api/tokens" Owner "Creates an API token; the response is the only one with its secret";
    DeleteToken: Delete "/api/tokens/{id}" Owner "Deletes an API token, which is refused from then on";
    ListAudit: Get "/api/audit" Owner "Who did what, newest first";
}

impl ApiRoute {
    /// Finds the route of a path below `/api/`, and the segment that stands for `{key}` or `{id}`.
    ///
    /// # Errors
    /// [`Problem::RouteNotFound`] for an unknown path, [`Problem::MethodNotAllowed`] for a known one.
    pub fn find(method: Method, path: &str) -> Result<(Self, &str), Problem> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut allow = String::new();
        for route in Self::ALL {
            let Some(parameter) = parameter(route.path(), path) else {
                continue;
            };
            if route.method() == method {
                return Ok((*route, parameter));
            }
            if !allow.is_empty() {
                allow.push_str(", ");
            }
            allow.push_str(route.method().as_str());
        }
        if allow.is_empty() {
            return Err(Problem::RouteNotFound);
        }
        let allow = allow.into();
        Err(Problem::MethodNotAllowed { allow })
    }
}

/// The segment of a path that stands for `{…}` in a template, empty if the template has none; `None` when they do not match.
fn parameter<'p>(template: &str, path: &'p str) -> Option<&'p str> {
    let mut found = "";
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') {
            found = (!segment.is_empty()).then_some(segment)?;
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_finds_itself() {
        for &route in ApiRoute::ALL {
            let path = route.path().replace("{key}", "a").replace("{id}", "a");
            let parameter = if route.path().contains('{') { "a" } else { "" };
            let found = ApiRoute::find(route.method(), &path);
            assert_eq!(found, Ok((route, parameter)), "{path}");
            let with_slash = format!("{path}/");
            assert_eq!(
                ApiRoute::find(route.method(), &with_slash),
                Ok((route, parameter))
            );
        }
    }

    #[test]
    fn other_paths_are_not_found_and_other_methods_name_those_that_are() {
        for path in [
            "/api",
            "/api/",
            "/api/me/x",
            "/api/forms//publish",
            "/api/leads//",
            "/api/x",
            "/apix/me",
            "/api//me",
        ] {
            assert_eq!(
                ApiRoute::find(Method::Get, path),
                Err(Problem::RouteNotFound),
                "{path}"
            );
        }
        for (path, allow) in [
            ("/api/me", "GET, HEAD"),
            ("/api/tokens", "GET, HEAD, POST"),
            ("/api/tokens/a", "DELETE"),
            ("/api/forms/a", "GET, HEAD, PUT, DELETE"),
            ("/api/forms/a/publish", "POST"),
            ("/api/leads/a", "GET, HEAD, PATCH, DELETE"),
        ] {
            let allow = allow.to_owned().into();
            let expected = Err(Problem::MethodNotAllowed { allow });
            assert_eq!(ApiRoute::find(Method::Options, path), expected, "{path}");
        }
    }
}
