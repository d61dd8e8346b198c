//! `/api/leads`: the leads of the inbox and the spam folder.

use serde_json::{Value, json};

use super::Api;
use super::input::{invalid, is_moment, violation};
use super::lead_json::{head, shown_event, write_events, write_item, write_lead};
use super::output::{list_to, object};
use super::selection;
use crate::admin::{self, Changed};
use crate::dispatch;
use crate::envelope::Response;
use crate::inbox::{Address, Change, Cursor, Event, ids_json};
use crate::json::Object;
use crate::platform::Platform;
use crate::problem::{Fault, Problem, ProblemType, ViolationCode};

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let mut selection = selection::read(&api.request.query)?;
    let after = match api.cursor(is_moment)? {
        cursor if cursor == Cursor::default() => selection.start(),
        cursor => cursor,
    };
    let limit = api.limit()?;
    let page = admin::leads_listed(api.platform, &mut selection, &after, limit, MAX_SEARCHED).await;
    let (page, is_bounded) = page.map_err(|fault| api.unavailable(fault))?;
    let entries = &page.entries;
    let write = |item: &mut Object<'_>, at: usize| {
        if let Some(stored) = entries.get(at) {
            write_item(item, stored);
        }
    };
    let reached = Some(selection.since()).filter(|_| is_bounded);
    Ok(list_to(entries.len(), page.next.as_ref(), reached, &write))
}

pub(super) async fn get<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let stored = admin::lead(api.platform, api.id).await;
    let stored = stored.map_err(|fault| api.unavailable(fault))?;
    let stored = stored.ok_or_else(|| not_found(&[api.id]))?;
    let events = timeline(api, &stored.id).await?;
    let is_moved = |event: &Event| ["spam", "not_spam"].contains(&event.name.as_str());
    let was_spam = events.iter().any(is_moved);
    let was_sent = !events.iter().all(is_moved);
    let at = |name: &str| (stored.received_at.clone(), name.to_owned(), String::new());
    let mut all = vec![at("accepted")];
    if stored.is_spam && !was_spam {
        all.push(at("spam"));
    } else if !was_sent {
        all.push(at("stored"));
    }
    all.extend(events.into_iter().map(shown_event));
    Ok(object(200, |lead| {
        head(lead, &stored);
        lead.text("note", &stored.note);
        write_lead(lead, &stored.lead);
        write_events(lead, &all);
    }))
}

/// `{ "status"?, "note"?, "replaces"?, "starred"? }`. With `replaces` a note is changed only if that is still the note.
pub(super) async fn patch<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let body = api.json()?;
    let mut changes = Vec::new();
    if let Some(status) = body.get("status") {
        let status = selection::status(status.as_str().unwrap_or_default())?;
        changes.push(Change::Status(status));
    }
    if let Some(note) = body.get("note") {
        let note = note
            .as_str()
            .ok_or_else(|| invalid("note", "A note is a text"))?;
        if note.chars().count() > MAX_NOTE_CHARACTERS {
            let message = "A note has at most 2,000 characters";
            return Err(violation("note", ViolationCode::TooLong, message));
        }
        let former = body.get("replaces").and_then(Value::as_str);
        changes.push(Change::Note { note, former });
    }
    if let Some(starred) = body.get("starred") {
        let starred = starred.as_bool();
        let starred = starred.ok_or_else(|| invalid("starred", "This is true or false"))?;
        changes.push(Change::Starred(starred));
    }
    for change in changes {
        let changed = all_of(api, admin::change(api.platform, &[api.id], change).await)?;
        if let (Change::Note { .. }, 0) = (change, changed) {
            return Err(Problem::Other(ProblemType::DraftChanged));
        }
    }
    let response = get(api).await?;
    api.note("lead_changed", api.id, 1).await;
    Ok(response)
}

pub(super) async fn delete<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let changed = admin::change(api.platform, &[api.id], Change::Delete).await;
    all_of(api, changed)?;
    api.note("lead_deleted", api.id, 1).await;
    Ok(Response::empty(204))
}

/// `{ "action", "ids" }`: all of them, or none.
pub(super) async fn act<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let body = api.json()?;
    let ids = ids_of(&body)?;
    let action = body
        .get("action")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (noted, change) = match action {
        "new" | "done" => ("leads_marked", Change::Status(selection::status(action)?)),
        "spam" => ("leads_into_spam", Change::Spam),
        "not_spam" => ("leads_out_of_spam", Change::Inbox),
        "delete" => ("leads_deleted", Change::Delete),
        _ => {
            return Err(invalid(
                "action",
                "An action is new, done, spam, not_spam or delete",
            ));
        }
    };
    let changed = match change {
        Change::Inbox => release(api, &ids).await?,
        change => all_of(api, admin::change(api.platform, &ids, change).await)?,
    };
    if matches!(change, Change::Spam | Change::Inbox) {
        let is_spam = change == Change::Spam;
        dispatch::note_moved(api.platform, ids_json(&ids), is_spam);
    }
    let count = u32::try_from(changed).unwrap_or(u32::MAX);
    api.note(noted, "", count).await;
    Ok(object(200, |done| done.number("changed", u64::from(count))))
}

/// Takes leads out of the spam folder and delivers what was held: to the core, or into the inbox of a service without one.
async fn release<P: Platform>(api: &Api<'_, P>, ids: &[&str]) -> Result<usize, Problem> {
    let platform = api.platform;
    let isolate = platform.isolate();
    let config = isolate.config.as_ref();
    if config.is_ok_and(|config| config.core.is_none()) {
        return all_of(api, admin::keep_spam(platform, ids).await);
    }
    let found = admin::find(platform, ids).await;
    let found = found.map_err(|fault| api.unavailable(fault))?;
    let missing = admin::missing(&found, ids);
    if !missing.is_empty() {
        return Err(not_found(&missing));
    }
    let mut kept = Vec::new();
    let mut forms: Vec<(&str, bool)> = Vec::new();
    for (id, form) in &found {
        let known = forms.iter().find(|(known, _)| known == form);
        let is_kept = match known {
            Some((_, is_kept)) => *is_kept,
            None => {
                let is_kept = api.keeps_copy(form).await?;
                forms.push((form, is_kept));
                is_kept
            }
        };
        if is_kept {
            kept.push(id.as_str());
        }
    }
    let released = admin::not_spam(platform, ids, &kept).await;
    let released = released.map_err(|fault| api.unavailable(fault))?;
    api.redrive_soon();
    Ok(released)
}

/// `{ "email" }`
pub(super) async fn erase<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let body = api.json()?;
    let email = body
        .get("email")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let address = Address::parse(email).map_err(|_| {
        let message = "This is not one e-mail address";
        violation("email", ViolationCode::TypeMismatch, message)
    })?;
    let keys = api.platform.isolate().keys();
    let keys = keys.as_ref().map_or(&[][..], |keys| &keys.people);
    let erased = admin::erase(api.platform, &address, keys).await;
    let erased = erased.map_err(|fault| api.unavailable(fault))?;
    let counts = [
        ("leads", erased.leads),
        ("outbox", erased.outbox),
        ("dead_letters", erased.dead_letters),
    ];
    let counts = counts.map(|(name, count)| (name, u32::try_from(count).unwrap_or(u32::MAX)));
    let all = counts
        .iter()
        .fold(0_u32, |all, (_, count)| all.saturating_add(*count));
    api.note("person_erased", "", all).await;
    Ok(object(200, |done| {
        for (name, count) in counts {
            done.number(name, u64::from(count));
        }
    }))
}

/// The events of a timeline.
pub(super) async fn timeline<P: Platform>(
    api: &Api<'_, P>,
    id: &str,
) -> Result<Vec<Event>, Problem> {
    let events = admin::timeline(api.platform, id).await;
    events.map_err(|fault| api.unavailable(fault))
}

/// There are no leads or dead letters with these ids.
pub(super) fn not_found<T: AsRef<str>>(ids: &[T]) -> Problem {
    let missing: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
    let missing = json!({ "missing": missing });
    Problem::Detailed(ProblemType::LeadNotFound, Box::new(missing))
}

/// How many leads were changed, if all of them exist.
fn all_of<P: Platform>(
    api: &Api<'_, P>,
    changed: Result<Changed, Fault>,
) -> Result<usize, Problem> {
    match changed.map_err(|fault| api.unavailable(fault))? {
        Changed::All(count) => Ok(count),
        Changed::Missing(ids) => Err(not_found(&ids)),
    }
}

/// The ids of an action, each once.
fn ids_of(body: &Value) -> Result<Vec<&str>, Problem> {
    let given = body.get("ids").and_then(Value::as_array);
    let ids: Option<Vec<&str>> = given.and_then(|ids| ids.iter().map(Value::as_str).collect());
    let ids = ids.unwrap_or_default();
    if !(1..=MAX_IDS).contains(&ids.len()) {
        return Err(invalid("ids", "These are 1 to 500 ids of leads"));
    }
    // Few enough to compare each with all; a sort would be two kilobytes of code.
    let mut once: Vec<&str> = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    Ok(once)
}

/// The most leads of one action.
const MAX_IDS: usize = 500;
/// The longest note: characters.
const MAX_NOTE_CHARACTERS: usize = 2_000;
/// The most leads that one page of a search looks through: a few milliseconds of the database.
const MAX_SEARCHED: u32 = 20_000;
