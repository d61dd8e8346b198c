//! The page at `/v1/forms/{key}/doctor`: a diagnosis for people, and a field for the next address.

use maud::{Markup, html};

use super::document;
use super::policy::policy;
use super::style::Look;
use crate::doctor::Diagnosis;
use crate::envelope::Response;

/// Renders a diagnosis; without one, only the field.
pub fn doctor_page(form: &str, diagnosis: Option<&Diagnosis>) -> Response {
    let origin = diagnosis.and_then(|diagnosis| diagnosis.origin.as_deref());
    let page = origin.unwrap_or("that address");
    let heading = match diagnosis {
        None => "Which page embeds the form?".to_owned(),
        Some(diagnosis) if diagnosis.is_allowed => format!("A page at {page} may embed the form"),
        Some(_) => format!("A page at {page} may not embed the form"),
    };
    let main = html! {
        h1 { (heading) }
        @if let Some(diagnosis) = diagnosis { (findings(diagnosis)) }
        form action={ "/v1/forms/" (form) "/doctor" } {
            div class="field" {
                label for="url" { "Address of the page" }
                input id="url" name="url" type="text" inputmode="url" autocomplete="url" required
                    value=(origin.unwrap_or_default());
            }
            button type="submit" { "Check" }
        }
    };
    let look = Look::default();
    Response::html(200, document("en", &heading, &look, &main))
        .with(
            "Content-Security-Policy",
            policy("form-action 'self'", "frame-ancestors 'none'", &look),
        )
        .with("Referrer-Policy", "no-referrer")
}

fn findings(diagnosis: &Diagnosis) -> Markup {
    html! {
        @if let Some(matched) = diagnosis.matched.as_ref().filter(|_| diagnosis.is_allowed) {
            p { "It is allowed by " code { (matched) } "." }
        }
        @for note in &diagnosis.notes { p { (note) } }
        @if let Some(add) = &diagnosis.add {
            p {
                "To allow it, the form's owner adds this line to " code { "allowed_origins" }
                " of the form " code { (diagnosis.form) } " and publishes it:"
            }
            pre { code { "\"" (add) "\"" } }
        }
        h2 { "Content security policy" }
        p { "Only a page that has one needs these sources in it:" }
        dl {
            @for (policy, kind) in diagnosis.policies.iter().zip(KINDS) {
                dt { (kind) }
                dd { code { (policy) } }
            }
        }
    }
}

/// The kinds of embedding, in the order of [`Diagnosis::policies`].
const KINDS: [&str; 3] = [
    "The widget (embed.js)",
    "The hosted page in a frame",
    "A plain form, without JavaScript",
];
