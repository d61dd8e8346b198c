//! `/api/dead-letters`: leads that could not be delivered, and those that the core blocks.

use super::Api;
use super::lead_json::{shown_event, write_events, write_lead};
use super::leads::{not_found, timeline};
use super::output::{list as list_response, object};
use crate::admin;
use crate::delivery::DeadLetterBody;
use crate::dispatch;
use crate::envelope::Response;
use crate::form::{FormDefinition, FormKey};
use crate::inbox::DeadLetterEntry;
use crate::json::Object;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let page = admin::dead_letters_up_to(api.platform, &api.cursor(is_millis)?, api.limit()?).await;
    let page = page.map_err(|fault| api.unavailable(fault))?;
    let entries = &page.entries;
    let write = |item: &mut Object<'_>, at: usize| {
        if let Some(entry) = entries.get(at) {
            head(item, entry);
        }
    };
    Ok(list_response(entries.len(), page.next.as_ref(), &write))
}

/// Whether a text is milliseconds since 1970; of a damaged row, any number.
fn is_millis(at: &str) -> bool {
    let mut bytes = at.bytes();
    !at.is_empty() && bytes.all(|byte| byte.is_ascii_digit() || byte == b'-')
}

pub(super) async fn get<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let found = admin::dead_letter(api.platform, api.id).await;
    let found = found.map_err(|fault| api.unavailable(fault))?;
    let (entry, body) = found.ok_or_else(|| not_found(&[api.id]))?;
    let events = timeline(api, &entry.id).await?;
    let events: Vec<_> = events.into_iter().map(shown_event).collect();
    Ok(object(200, |letter| {
        head(letter, &entry);
        match &body {
            DeadLetterBody::Lead(queued) => write_lead(letter, &queued.lead),
            DeadLetterBody::Unreadable(message) => letter.text("lead", message),
        }
        write_events(letter, &events);
    }))
}

pub(super) async fn redrive<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    request(api, Some(api.id)).await
}

pub(super) async fn redrive_all<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    request(api, None).await
}

async fn request<P: Platform>(api: &Api<'_, P>, id: Option<&str>) -> Result<Response, Problem> {
    let requested = admin::request_redrive(api.platform, id).await;
    let requested = requested.map_err(|fault| api.unavailable(fault))?;
    if let (Some(id), 0) = (id, requested) {
        return Err(not_found(&[id]));
    }
    let count = u32::try_from(requested).unwrap_or(u32::MAX);
    api.note("redriven", id.unwrap_or_default(), count).await;
    api.redrive_soon();
    Ok(object(202, |done| {
        done.number("requested", u64::from(count))
    }))
}

impl<P: Platform> Api<'_, P> {
    /// Sends what was asked for at once instead of at the next scheduled event.
    pub(super) fn redrive_soon(&self) {
        let platform = self.platform.clone();
        self.platform.wait_until(async move {
            dispatch::redrive(&platform).await;
        });
    }

    /// Whether the inbox keeps a copy of what the core gets of a form.
    pub(super) async fn keeps_copy(&self, form: &str) -> Result<bool, Problem> {
        let form = self.definition(form).await?;
        Ok(form.is_some_and(|form| form.keep_copy))
    }

    /// The current definition of a form, published or not; `None` when there is none that can be read.
    pub(super) async fn definition(&self, key: &str) -> Result<Option<FormDefinition>, Problem> {
        let Ok(key) = FormKey::parse(key) else {
            return Ok(None);
        };
        let stored = self.platform.stored_form(&key.kv_name()).await;
        let stored = stored.map_err(|fault| self.unavailable(fault))?;
        Ok(stored.and_then(|json| FormDefinition::parse(&json).ok()))
    }
}

fn head(object: &mut Object<'_>, entry: &DeadLetterEntry) {
    object.text("id", &entry.id);
    object.optional("form", entry.form.as_deref());
    object.text("reason", &entry.reason);
    object.number("attempts", u64::from(entry.attempts));
    object.text("died_at", &entry.died_at.to_rfc3339());
    object.boolean("redrive_requested", entry.is_to_be_redriven);
    object.text("kind", if entry.is_blocked { "blocked" } else { "dead" });
}
