//! The form page in a frame of another page, for builders that allow nothing else: `/f/{key}?embed`. Its script, `/widget/framed.js`,
//! tells the page around it its height; it works without it, too.

use maud::{Markup, html};

use super::policy::origin_of;
use super::{SEND_QUERY, THANKS_QUERY};
use crate::form::FormDefinition;

/// The parameter of the query that marks the page in a frame; it is kept from page to page.
const FRAMED: &str = "embed";

/// Whether the page with this query is in a frame of another page.
pub fn is_framed(query: &str) -> bool {
    query
        .split('&')
        .any(|part| part.split('=').next() == Some(FRAMED))
}

/// Whether the page with this query thanks.
pub fn thanks(query: &str) -> bool {
    query
        .strip_prefix("embed&")
        .unwrap_or(query)
        .eq(THANKS_QUERY)
}

/// Where to send a browser after an accepted submission. In a frame it stays there: the page around it goes on to the form's
/// redirect, which the frame might not be allowed to show.
pub fn thanks_location(form: &FormDefinition, is_framed: bool) -> String {
    match &form.redirect {
        Some(redirect) if !is_framed => redirect.clone(),
        _ => address(form, is_framed, THANKS_QUERY),
    }
}

/// The form's `action`.
pub(super) fn action(form: &FormDefinition, is_framed: bool) -> String {
    address(form, is_framed, SEND_QUERY)
}

fn address(form: &FormDefinition, is_framed: bool, query: &str) -> String {
    let mark = if is_framed { "embed&" } else { "" };
    ["/f/", form.key.as_str(), "?", mark, query].concat()
}

/// The link to the form's redirect, where a script that goes on to it may be missing.
pub(super) fn next(form: &FormDefinition) -> Markup {
    html! {
        @if let Some(redirect) = &form.redirect {
            p { a rel="next" target="_top" href=(redirect) { (origin_of(redirect)) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Visit, form_page, thanks_page};
    use serde_json::json;

    fn form(redirect: Option<&str>) -> FormDefinition {
        let json = json!({ "key": "t", "allowed_origins": [], "fields": [{ "name": "a", "type": "text" }],
            "theme": { "surface": "bare" }, "on_success": { "message": "Thanks", "redirect": redirect } });
        FormDefinition::parse(&json.to_string()).unwrap()
    }

    #[test]
    fn a_query_marks_a_page_in_a_frame_and_a_page_that_thanks() {
        for (query, expected) in [
            ("", (false, false)),
            ("embed", (true, false)),
            ("embed=", (true, false)),
            ("embed=1", (true, false)),
            ("plan=pro&embed", (true, false)),
            ("embedded", (false, false)),
            ("plan=embed", (false, false)),
            ("submitted=1", (false, true)),
            ("embed&submitted=1", (true, true)),
            ("submitted=1&x", (false, false)),
            ("embed&submitted=1&x", (true, false)),
        ] {
            assert_eq!((is_framed(query), thanks(query)), expected, "{query}");
        }
    }

    #[test]
    fn only_a_page_in_a_frame_has_a_script() {
        let form = form(None);
        for is_framed in [true, false] {
            let visit = Visit {
                is_framed,
                ..Visit::default()
            };
            for page in [
                form_page(&form, "frame-ancestors *", visit),
                thanks_page(&form, "frame-ancestors *", None, is_framed),
            ] {
                let policy = page.header("content-security-policy").unwrap();
                assert_eq!(policy.ends_with("; script-src 'self'"), is_framed);
                let script = "<script defer src=\"/widget/framed.js\"></script>";
                assert_eq!(page.body.contains(script), is_framed);
                let body = if is_framed { "bare framed" } else { "bare" };
                assert!(page.body.contains(&format!("<body class=\"{body}\">")));
            }
        }
    }

    #[test]
    fn a_frame_stays_on_its_page_and_has_a_link_to_the_redirect() {
        let thanks = "/f/t?submitted=1";
        let next = "https://example.com/thanks?a=1&b";
        let link = "<p><a rel=\"next\" target=\"_top\" href=\"https://example.com/thanks?a=1&amp;b\">https://example.com</a></p>";
        for (redirect, is_framed, location, has_link) in [
            (None, false, thanks, false),
            (None, true, "/f/t?embed&submitted=1", false),
            (Some(next), false, next, false),
            (Some(next), true, "/f/t?embed&submitted=1", true),
        ] {
            let form = form(redirect);
            assert_eq!(thanks_location(&form, is_framed), location);
            assert_eq!(
                thanks_page(&form, "", None, is_framed).body.contains(link),
                has_link
            );
            let visit = Visit {
                is_framed,
                ..Visit::default()
            };
            let mark = if is_framed { "embed&amp;" } else { "" };
            let action = format!(" action=\"/f/t?{mark}send=1\"");
            assert!(form_page(&form, "", visit).body.contains(&action));
        }
    }
}
