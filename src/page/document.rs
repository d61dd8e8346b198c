//! The document around the content of a page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::policy::{origin_of, policy};
use super::style::{DARK_MEDIA, Look, Scripts};
use crate::envelope::Response;
use crate::form::{FormDefinition, Scheme};
use crate::texts::{Locale, direction};

/// The document with this content.
pub(super) fn document(tag: &str, title: &str, look: &Look, main: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(tag) dir=[direction(tag)] {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="description" property="og:title" content=(title);
                meta name="robots" content="noindex";
                link rel="icon" href="/icon.svg";
                link rel="stylesheet" href="/hosted.css";
                @if look.scheme != Scheme::Light {
                    link rel="stylesheet" href="/hosted-dark.css" media=[(look.scheme == Scheme::Auto).then_some(DARK_MEDIA)];
                }
                // Values of a theme have no character with a meaning in HTML.
                @if !look.css.is_empty() { style { (PreEscaped(&look.css)) } }
                @if look.scripts.is_framed { script defer src="/widget/framed.js" {} }
            }
            body class=[look.class()] { main { (main) } }
        }
    };
    page.into_string()
}

/// A page of a form, with its theme. `form-action` also restricts where the form's response may redirect to, so it includes
/// the form's redirect.
pub(super) fn page_of(
    form: &FormDefinition,
    locale: Locale<'_>,
    status: u16,
    title: &str,
    main: &Markup,
    frame_ancestors: &str,
    scripts: Scripts,
) -> Response {
    let look = Look::of(form.theme.as_ref(), scripts);
    let redirect = form.redirect.as_deref().map(origin_of).unwrap_or_default();
    let form_action = ["form-action 'self' ", &redirect].concat();
    Response::html(status, document(locale.tag, title, &look, main))
        .with(
            "Content-Security-Policy",
            policy(form_action.trim_end(), frame_ancestors, &look),
        )
        // With no-referrer, browsers would send `Origin: null` along with the form.
        .with("Referrer-Policy", "strict-origin-when-cross-origin")
}
