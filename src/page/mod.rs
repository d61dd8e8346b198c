//! The pages rendered on the server: hosted form, thank-you page, problems, and the list of errors.
//!
//! They work without JavaScript: the response to a refused submission is the same form with what was typed, an error summary
//! and a message at each field, after the pattern of the GOV.UK Design System
//! (<https://design-system.service.gov.uk/components/error-summary/>).

mod control;
mod doctor;
mod errors;
mod field;
mod frame;
mod input;
mod style;
mod texts;
mod words;

pub use doctor::doctor_page;
pub use errors::errors_page;
pub use frame::{is_framed, thanks, thanks_location};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::envelope::Response;
use crate::form::{Field, FormDefinition, Scheme};
use crate::problem::{Problem, Violation};
use crate::submission::{
    ATTRIBUTION_NAMES, KEY_NAME, RawSubmission, RawValue, TICKET_NAME, VERSION_NAME, of_query,
};
use style::{DARK_MEDIA, Look};
use texts::{Texts, direction, texts_of};
use words::{Place, words};

/// What the form page shows besides the form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit<'a> {
    /// What was typed; `None` when the page is opened new.
    pub typed: Option<&'a RawSubmission>,
    /// The problem it was refused with.
    pub problem: Option<&'a Problem>,
    /// The idempotency key of the next submission; empty for none.
    pub key: &'a str,
    /// The ticket of the next submission; empty for none.
    pub ticket: &'a str,
    /// Attribution fields as names and values; those in `typed` take precedence.
    pub attribution: &'a [(&'static str, String)],
    /// The query of the page's address: fills in the fields that allow it, unless something was typed.
    pub query: Option<&'a RawSubmission>,
    /// Whether the page is in a frame of another page.
    pub is_framed: bool,
}

impl<'a> Visit<'a> {
    /// The values to show in a field; `None` for its default.
    fn values(&self, field: &Field) -> Option<&'a [RawValue]> {
        if let Some(typed) = self.typed {
            return Some(typed.values(field.name()));
        }
        let values = self.query?.values(field.name());
        (field.attributes.prefill && !values.is_empty()).then_some(values)
    }
}

/// The values of a query, for a form with a field that it may fill in.
pub fn prefill(form: &FormDefinition, query: &str) -> Option<RawSubmission> {
    let mut fields = form.fields.iter();
    fields.find(|field| field.attributes.prefill)?;
    of_query(query)
}

/// The form page, empty or with what was typed.
pub fn form_page(form: &FormDefinition, frame_ancestors: &str, visit: Visit<'_>) -> Response {
    let violations: &[Violation] = match visit.problem {
        Some(Problem::ValidationFailed(violations)) => violations,
        _ => &[],
    };
    let texts = texts_of(&form.locale);
    let is_checked = form.fields.iter().any(input::can_be_incomplete);
    let main = html! {
        h1 { (form.title) }
        @if let Some(description) = &form.description {
            p class="description" { (control::linked(description, &form.description_parts)) }
        }
        @if let Some(problem) = visit.problem { (summary(form, problem, violations, visit.is_framed, texts)) }
        form action=(frame::action(form, visit.is_framed)) method="post" accept-charset="utf-8"
            novalidate[!is_checked] {
            (field::hidden(VERSION_NAME, Some(&form.version.to_string())))
            @for (name, value) in [(KEY_NAME, visit.key), (TICKET_NAME, visit.ticket)] {
                @if !value.is_empty() { (field::hidden(name, Some(value))) }
            }
            @for name in ATTRIBUTION_NAMES {
                @if let Some(text) = attribution(&visit, name) { (field::hidden(name, Some(text))) }
            }
            @for field in &form.fields {
                @let errors = errors_of(field.name(), violations);
                (field::render(field, visit.values(field), &errors, is_checked, texts))
            }
            @if let Some(name) = &form.honeypot {
                // Browsers and password managers fill in an input off the screen; they skip one without a box, or with these attributes.
                div class="aux" hidden {
                    input type="text" name=(name) tabindex="-1" autocomplete="off" aria-hidden="true" data-1p-ignore data-lpignore="true"
                        data-bwignore data-form-type="other";
                }
            }
            button type="submit" { (form.submit_label) }
        }
    };
    let status = visit
        .problem
        .map_or(200, |problem| problem.problem_type().status());
    let mark = if visit.problem.is_some() {
        [texts.error, " "].concat()
    } else {
        String::new()
    };
    page_of(
        form,
        status,
        &format!("{mark}{}", form.title),
        &main,
        frame_ancestors,
        visit.is_framed,
    )
}

/// The value of a hidden field for attribution: without a script, attribution is sent in such fields, and kept when the form is
/// shown again.
fn attribution<'a>(visit: &Visit<'a>, name: &str) -> Option<&'a str> {
    match visit.typed {
        Some(raw) => raw.values(name).first().map(RawValue::text),
        None => {
            let mut found = visit.attribution.iter();
            found
                .find(|(claim, _)| *claim == name)
                .map(|(_, text)| text.as_str())
        }
    }
}

fn errors_of<'a>(name: &str, violations: &'a [Violation]) -> Vec<&'a str> {
    violations
        .iter()
        .filter(|violation| violation.field.as_deref() == Some(name))
        .map(|violation| violation.message.as_str())
        .collect()
}

/// The page after an accepted submission.
pub fn thanks_page(form: &FormDefinition, frame_ancestors: &str, is_framed: bool) -> Response {
    let (message, parts) = (&form.success_message, &form.success_parts);
    let main = html! {
        h1 { (control::linked(message, parts)) }
        @if is_framed { (frame::next(form)) }
    };
    let words: String = parts.iter().map(|part| part.text.as_str()).collect();
    let title = if parts.is_empty() { message } else { &words };
    page_of(form, 200, title, &main, frame_ancestors, is_framed)
}

/// The page for a problem without a form. `frame_ancestors` is the directive of the form if there is one; `is_sent` is whether the
/// visitor has sent something.
pub fn problem_page(problem: &Problem, frame_ancestors: Option<&str>, is_sent: bool) -> Response {
    let place = if is_sent { Place::Sent } else { Place::Opened };
    // Without a form, its language is not known.
    let (heading, text) = words(problem, place, texts_of("en"));
    let main = html! {
        h1 { (heading) }
        p { (text.as_deref().unwrap_or(problem.problem_type().message())) }
    };
    let look = Look::default();
    let page = document("en", heading, &look, &main);
    // Safe to frame anywhere: without a form there is nothing to click, and the problem must be readable in a frame, too.
    let frame_ancestors = frame_ancestors.unwrap_or("frame-ancestors *");
    let policy = policy("form-action 'none'", frame_ancestors, &look);
    Response::html(problem.problem_type().status(), page).with("Content-Security-Policy", policy)
}

/// The query that turns the form page into the thank-you page.
const THANKS_QUERY: &str = "submitted=1";

/// The query of the form's `action`, so that its address differs from the page's: a successful POST invalidates what caches have
/// under its address (RFC 9111 section 4.4), and the back button needs the cached page.
const SEND_QUERY: &str = "send=1";

/// The error summary above the form, with a link to each refused field.
fn summary(
    form: &FormDefinition,
    problem: &Problem,
    violations: &[Violation],
    is_framed: bool,
    texts: &Texts,
) -> Markup {
    html! {
        // In a frame of another origin browsers refuse it; there the script moves the focus.
        div class="summary" tabindex="-1" autofocus[!is_framed] {
            div role="alert" {
                h2 { (texts.problem) }
                ul {
                    @for violation in violations {
                        @let field = violation.field.as_deref().and_then(|name| form.field(name));
                        li {
                            @match field.and_then(control::link_target) {
                                Some(id) => a href={ "#" (id) } { (violation.message) },
                                None => (violation.message),
                            }
                        }
                    }
                    @if violations.is_empty() {
                        @let (heading, text) = words(problem, Place::Form, texts);
                        li { (text.as_deref().unwrap_or(heading)) }
                        @if matches!(problem, Problem::EmbedInvalid(reason) if reason.is_origin_unknown()) {
                            li {
                                a href={ "/f/" (form.key.as_str()) } target="_blank" {
                                    (texts.open_alone)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn document(locale: &str, title: &str, look: &Look, main: &Markup) -> String {
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
                @if look.is_framed { (frame::script()) }
            }
            body class=[look.class()] { main { (main) } }
        }
    };
    page.into_string()
}

/// A page of a form, with its theme. `form-action` also restricts where the form's response may redirect to, so it includes
/// the form's redirect.
fn page_of(
    form: &FormDefinition,
    status: u16,
    title: &str,
    main: &Markup,
    frame_ancestors: &str,
    is_framed: bool,
) -> Response {
    let look = Look::of(form.theme.as_ref(), is_framed);
    let redirect = form.redirect.as_deref().map(origin_of).unwrap_or_default();
    let form_action = format!("form-action 'self' {redirect}");
    Response::html(status, document(&form.locale, title, &look, main))
        .with(
            "Content-Security-Policy",
            policy(form_action.trim_end(), frame_ancestors, &look),
        )
        // With no-referrer, browsers would send `Origin: null` along with the form.
        .with("Referrer-Policy", "strict-origin-when-cross-origin")
}

/// `https://example.com` of `https://example.com/thanks?a=b`, since a policy's sources have no query.
fn origin_of(url: &str) -> String {
    let end = url
        .char_indices()
        .filter(|(_, character)| "/?#".contains(*character))
        .map(|(index, _)| index)
        .find(|&index| index >= "https://".len());
    end.and_then(|end| url.get(..end)).unwrap_or(url).to_owned()
}

fn policy(form_action: &str, frame_ancestors: &str, look: &Look) -> String {
    let script = if look.is_framed {
        "script-src 'self'; "
    } else {
        ""
    };
    format!(
        "default-src 'none'; {script}style-src {}; img-src 'self'; base-uri 'none'; {form_action}; {frame_ancestors}",
        look.sources()
    )
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "fields_tests.rs"]
mod fields_tests;
