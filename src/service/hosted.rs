//! The hosted page: its form, and what it is sent with.

use crate::embed;
use crate::envelope::Response;
use crate::form::FormDefinition;
use crate::hash;
use crate::intake::Intake;
use crate::page::{self, Visit};
use crate::platform::Platform;
use crate::submission::{LAST_TOUCH_NAME, PAGE_NAME, REFERRER_NAME, touch_of_query};

/// The form page, or the page that thanks.
pub(super) fn page<P: Platform>(intake: &Intake<'_, P>, form: &FormDefinition) -> Response {
    let frame_ancestors = frame_ancestors(form);
    let accept_language = intake.request.header("accept-language");
    let query = &intake.request.query;
    let is_framed = page::is_framed(query);
    if page::thanks(query) {
        return page::thanks_page(form, &frame_ancestors, accept_language, is_framed)
            .with("Cache-Control", "no-store");
    }
    let query = page::prefill(form, query);
    let is_filled = query
        .as_ref()
        .is_some_and(|query| page::is_prefilled(form, query));
    let visit = Visit {
        key: &new_key(intake.platform),
        ticket: &intake.own_ticket(form, None, is_filled),
        attribution: &own_attribution(intake),
        is_test: page::asks_for_test(&intake.request.query),
        query: query.as_ref(),
        is_framed,
        accept_language,
        ..Visit::default()
    };
    // The back button shows the cached page, with what was typed and the same idempotency key; a new visit gets a new key.
    page::form_page(form, &frame_ancestors, visit).with("Cache-Control", "private, no-cache")
}

/// The attribution of a hosted page, from its own address and `Referer`.
fn own_attribution<P: Platform>(intake: &Intake<'_, P>) -> Vec<(&'static str, String)> {
    let request = intake.request;
    let page = format!("{}{}", request.own_origin, request.path);
    let now = intake.platform.now().to_rfc3339();
    let touch = touch_of_query(&request.query, &now, &page);
    let referrer = request.header("referer").map(str::to_owned);
    [
        (PAGE_NAME, Some(page)),
        (REFERRER_NAME, referrer),
        (LAST_TOUCH_NAME, touch),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}

/// The pages that may frame the form: any, while the form does not enforce its list.
pub(super) fn frame_ancestors(form: &FormDefinition) -> String {
    match form.enforces_origins {
        true => embed::frame_ancestors(&form.allowed_origins),
        false => "frame-ancestors *".to_owned(),
    }
}

/// An idempotency key for an empty form; empty when there is no randomness.
pub(super) fn new_key(platform: &impl Platform) -> String {
    platform
        .random()
        .map_or_else(|_| String::new(), |random| hash::hex(&random))
}
