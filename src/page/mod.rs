//! The pages rendered on the server: hosted form, thank-you page, problems, and the list of errors.
//!
//! They work without JavaScript: the response to a refused submission is the same form with what was typed, an error summary
//! and a message at each field, after the pattern of the GOV.UK Design System
//! (<https://design-system.service.gov.uk/components/error-summary/>).

mod control;
mod doctor;
mod document;
mod errors;
mod field;
mod frame;
mod input;
mod policy;
mod style;
mod summary;
mod trial;
mod words;

pub use doctor::doctor_page;
pub use errors::errors_page;
pub use frame::{is_framed, thanks, thanks_location};
pub use trial::asks_for_test;

use maud::html;

use crate::envelope::Response;
use crate::form::{Field, FormDefinition};
use crate::problem::{Problem, Violation};
use crate::submission::{
    ATTRIBUTION_NAMES, KEY_NAME, PROOF_NAME, RawSubmission, RawValue, TICKET_NAME, VERSION_NAME,
    of_query,
};
use crate::texts::{self, Locale};
use document::{document, page_of};
use policy::policy;
use style::{Look, Scripts, TURNSTILE};
use summary::summary;
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
    /// Whether it is opened for a test.
    pub is_test: bool,
    /// The query of the page's address: fills in the fields that allow it, unless something was typed.
    pub query: Option<&'a RawSubmission>,
    /// Whether the page is in a frame of another page.
    pub is_framed: bool,
    /// `Accept-Language`, for a form without a locale.
    pub accept_language: Option<&'a str>,
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

/// Whether these values fill in a field.
pub fn is_prefilled(form: &FormDefinition, query: &RawSubmission) -> bool {
    let mut fields = form.fields.iter();
    fields.any(|field| field.attributes.prefill && !query.values(field.name()).is_empty())
}

/// The form page, empty or with what was typed.
pub fn form_page(form: &FormDefinition, frame_ancestors: &str, visit: Visit<'_>) -> Response {
    let violations: &[Violation] = match visit.problem {
        Some(Problem::ValidationFailed(violations)) => violations,
        _ => &[],
    };
    let challenge = match visit.problem {
        Some(Problem::ChallengeRequired(challenge)) => Some(challenge),
        _ => None,
    };
    // After an error elsewhere, the wait of the page before still counts.
    let sent = visit.typed.and_then(|typed| typed.proofs().next());
    let proof = challenge.map_or(sent.unwrap_or_default(), |challenge| &challenge.proof);
    let site_key = challenge.and_then(|challenge| challenge.site_key.as_deref());
    let locale = form.wanted(visit.accept_language).locale();
    let title = title_of(form, locale);
    let is_checked = form.fields.iter().any(input::can_be_incomplete);
    let is_test = visit.typed.map_or(visit.is_test, RawSubmission::is_test);
    let main = html! {
        h1 { (title) }
        @if let Some(description) = &form.description {
            p class="description" { (control::linked(description, &form.description_parts)) }
        }
        @if is_test { (trial::note()) }
        @if let Some(problem) = visit.problem { (summary(form, problem, violations, visit.is_framed, locale)) }
        form action=(frame::action(form, visit.is_framed)) method="post" accept-charset="utf-8"
            novalidate[!is_checked] {
            (field::hidden(VERSION_NAME, Some(&form.version.to_string())))
            @for (name, value) in [(KEY_NAME, visit.key), (TICKET_NAME, visit.ticket), (PROOF_NAME, proof)] {
                @if !value.is_empty() { (field::hidden(name, Some(value))) }
            }
            @if is_test { (trial::mark()) }
            @for name in ATTRIBUTION_NAMES {
                @if let Some(text) = attribution(&visit, name) { (field::hidden(name, Some(text))) }
            }
            @for field in &form.fields {
                @let errors = errors_of(field.name(), violations);
                (field::render(field, visit.values(field), &errors, is_checked, locale))
            }
            @if let Some(name) = &form.honeypot {
                // Browsers and password managers fill in an input off the screen; they skip one without a box, or with these attributes.
                div class="aux" hidden {
                    input type="text" name=(name) tabindex="-1" autocomplete="off" aria-hidden="true" data-1p-ignore data-lpignore="true"
                        data-bwignore data-form-type="other";
                }
            }
            @if let Some(site_key) = site_key {
                div class="cf-turnstile" data-sitekey=(site_key) data-response-field-name=(PROOF_NAME) {}
                script src={ (TURNSTILE) "/turnstile/v0/api.js" } async defer {}
            }
            button type="submit" { (form.submit_label.as_deref().unwrap_or_else(|| locale.text(texts::SUBMIT))) }
        }
    };
    let status = visit
        .problem
        .map_or(200, |problem| problem.problem_type().status());
    let mark = if visit.problem.is_some() {
        [locale.text(texts::ERROR_PREFIX), " "].concat()
    } else {
        String::new()
    };
    let scripts = Scripts {
        is_framed: visit.is_framed,
        has_turnstile: site_key.is_some(),
    };
    let title = [&mark, title].concat();
    page_of(
        form,
        locale,
        status,
        &title,
        &main,
        frame_ancestors,
        scripts,
    )
}

fn title_of<'a>(form: &'a FormDefinition, locale: Locale<'_>) -> &'a str {
    let own = form.title.as_deref();
    own.unwrap_or_else(|| locale.text(texts::TITLE))
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
pub fn thanks_page(
    form: &FormDefinition,
    frame_ancestors: &str,
    accept_language: Option<&str>,
    is_framed: bool,
) -> Response {
    let locale = form.wanted(accept_language).locale();
    let (message, parts) = (form.success_message.as_deref(), &form.success_parts);
    let message = message.unwrap_or_else(|| locale.text(texts::THANKS));
    let main = html! {
        h1 { (control::linked(message, parts)) }
        @if is_framed { (frame::next(form)) }
    };
    let words: String = parts.iter().map(|part| part.text.as_str()).collect();
    let title = if parts.is_empty() { message } else { &words };
    let scripts = Scripts {
        is_framed,
        has_turnstile: false,
    };
    page_of(form, locale, 200, title, &main, frame_ancestors, scripts)
}

/// The page for a problem without a form. `frame_ancestors` is the directive of the form if there is one; `is_sent` is whether the
/// visitor has sent something.
pub fn problem_page(
    problem: &Problem,
    frame_ancestors: Option<&str>,
    is_sent: bool,
    locale: Locale<'_>,
) -> Response {
    let place = if is_sent { Place::Sent } else { Place::Opened };
    let (heading, text) = words(problem, place, locale);
    let main = html! {
        h1 { (heading) }
        @match text {
            Some(text) => p { (text) },
            None => p lang="en" dir="ltr" { (problem.problem_type().message()) },
        }
    };
    let look = Look::default();
    let page = document(locale.tag, heading, &look, &main);
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

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "fields_tests.rs"]
mod fields_tests;

#[cfg(test)]
#[path = "languages_tests.rs"]
mod languages_tests;
