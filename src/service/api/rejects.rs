//! `/api/forms/{key}/rejects`: what a form refused, with the line that would allow the page; `/api/forms/{key}/pages`: where it is.

use super::Api;
use super::output::list as list_response;
use crate::admin;
use crate::clock::UnixMillis;
use crate::embed::Origin;
use crate::envelope::Response;
use crate::form::FormKey;
use crate::json::Object;
use crate::platform::Platform;
use crate::problem::Problem;
use crate::usage::LOAD_REFUSED;

/// Whether a text may be a day: 2026-11-26.
fn is_day(at: &str) -> bool {
    at.len() == 10
}

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let form = FormKey::parse(api.id).map_err(|_| Problem::FormNotFound)?;
    let page = admin::rejects(api.platform, &form, &api.cursor(is_day)?, api.limit()?).await;
    let page = page.map_err(|fault| api.unavailable(fault))?;
    let entries = &page.entries;
    let write = |item: &mut Object<'_>, at: usize| {
        let Some(entry) = entries.get(at) else { return };
        item.text("day", &entry.day);
        item.text("origin", &entry.origin);
        item.text("outcome", &entry.outcome);
        item.number("count", entry.count);
        item.text("last_at", &entry.last_at.to_rfc3339());
        let is_of_page = ["origin_not_allowed", LOAD_REFUSED].contains(&&*entry.outcome);
        let origin = Origin::parse(&entry.origin).ok().filter(|_| is_of_page);
        let origin = origin.map(|origin| origin.to_string());
        item.optional("add", origin.as_deref());
    };
    Ok(list_response(entries.len(), page.next.as_ref(), &write))
}

pub(super) async fn pages<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let form = FormKey::parse(api.id).map_err(|_| Problem::FormNotFound)?;
    let seen = admin::pages_seen(api.platform, &form).await;
    let seen = seen.map_err(|fault| api.unavailable(fault))?;
    let write = |item: &mut Object<'_>, at: usize| {
        let Some(page) = seen.get(at) else { return };
        item.text("origin", &page.origin);
        item.text("last_at", &page.last_at.to_rfc3339());
        item.number("accepted", page.accepted);
        let accepted_at = page.accepted_at.map(UnixMillis::to_rfc3339);
        item.optional("accepted_at", accepted_at.as_deref());
    };
    Ok(list_response(seen.len(), None, &write))
}
