//! The document around the content of a page, and the policy that it is sent with.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::style::{DARK_MEDIA, Look, Scripts};
use super::texts::direction;
use crate::envelope::Response;
use crate::form::{FormDefinition, Scheme};

/// The document with this content.
pub(super) fn document(locale: &str, title: &str, look: &Look, main: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(locale) dir=[direction(locale)] {
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
    status: u16,
    title: &str,
    main: &Markup,
    frame_ancestors: &str,
    scripts: Scripts,
) -> Response {
    let look = Look::of(form.theme.as_ref(), scripts);
    let redirect = form.redirect.as_deref().map(origin_of).unwrap_or_default();
    let form_action = ["form-action 'self' ", &redirect].concat();
    Response::html(status, document(&form.locale, title, &look, main))
        .with(
            "Content-Security-Policy",
            policy(form_action.trim_end(), frame_ancestors, &look),
        )
        // With no-referrer, browsers would send `Origin: null` along with the form.
        .with("Referrer-Policy", "strict-origin-when-cross-origin")
}

/// `https://example.com` of `https://example.com/thanks?a=b`, since a policy's sources have no query.
pub(super) fn origin_of(url: &str) -> String {
    let end = url
        .char_indices()
        .filter(|(_, character)| "/?#".contains(*character))
        .map(|(index, _)| index)
        .find(|&index| index >= "https://".len());
    end.and_then(|end| url.get(..end)).unwrap_or(url).to_owned()
}

/// The content security policy of a page.
pub(super) fn policy(form_action: &str, frame_ancestors: &str, look: &Look) -> String {
    format!(
        "default-src 'none'; style-src {}; img-src 'self'; base-uri 'none'; {form_action}; {frame_ancestors}{}",
        look.sources(),
        look.scripts.directives(),
    )
}
