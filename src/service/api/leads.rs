//! `/api/leads`: the leads of the inbox and the spam folder.

use serde_json::{Value, json};

use super::Api;
use super::input::{invalid, violation};
use super::output::{list as list_response, object};
use super::selection;
use crate::admin::{self, Changed};
use crate::dispatch;
use crate::envelope::Response;
use crate::inbox::{Address, Change, Cursor, Event, StoredLead, ids_json};
use crate::json::{Object, push_text};
use crate::platform::Platform;
use crate::problem::{Fault, Problem, ProblemType, ViolationCode};

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let selection = selection::read(&api.request.query)?;
    let after = match api.cursor()? {
        cursor if cursor == Cursor::default() => selection.start(),
        cursor => cursor,
    };
    let page = admin::leads_up_to(api.platform, &selection, &after, api.limit()?).await;
    let page = page.map_err(|fault| api.unavailable(fault))?;
    Ok(list_response(
        &page.entries,
        page.next.as_ref(),
        |item, stored| {
            let lead: Value = serde_json::from_str(&stored.lead).unwrap_or_default();
            head(item, stored);
            item.text("received_at", &stored.received_at);
            item.flag("note", !stored.note.is_empty());
            let fields = lead.get("fields").and_then(Value::as_object);
            let fields = fields.into_iter().flatten().filter(|(_, value)| {
                let is_empty = value.as_str().is_some_and(str::is_empty);
                !is_empty
            });
            item.array(
                "summary",
                fields.take(SUMMARY_FIELDS),
                |text, (name, value)| {
                    text.push('[');
                    push_text(text, name);
                    text.push(',');
                    push_text(text, &shown(value));
                    text.push(']');
                },
            );
            let score = lead.get("spam_score").unwrap_or(&Value::Null);
            item.raw("score", &score.to_string());
        },
    ))
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

/// `{ "status"?, "note"?, "starred"? }`
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
        changes.push(Change::Note(note));
    }
    if let Some(starred) = body.get("starred") {
        let starred = starred.as_bool();
        let starred = starred.ok_or_else(|| invalid("starred", "This is true or false"))?;
        changes.push(Change::Starred(starred));
    }
    for change in changes {
        all_of(api, admin::change(api.platform, &[api.id], change).await)?;
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
    let keys = keys.map_or([None; 2], |keys| keys.people);
    let keys: Vec<_> = keys.into_iter().flatten().collect();
    let erased = admin::erase(api.platform, &address, &keys).await;
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

/// The time, the name and the detail of an event.
pub(super) fn shown_event(event: Event) -> (String, String, String) {
    (event.at.to_rfc3339(), event.name, event.detail)
}

/// Adds the lead as it is stored: as JSON, or as a text when it is none.
pub(super) fn write_lead(object: &mut Object<'_>, lead: &str) {
    match serde_json::from_str::<Value>(lead) {
        Ok(_) => object.raw("lead", lead),
        Err(_) => object.text("lead", lead),
    }
}

/// Adds events: time, name and detail of each.
pub(super) fn write_events(object: &mut Object<'_>, events: &[(String, String, String)]) {
    object.array("timeline", events, |text, (at, name, detail)| {
        Object::write(text, |event| {
            event.text("at", at);
            event.text("event", name);
            event.optional(
                "detail",
                Some(detail.as_str()).filter(|text| !text.is_empty()),
            );
        });
    });
}

/// There are no leads or dead letters with these ids.
pub(super) fn not_found<T: AsRef<str>>(ids: &[T]) -> Problem {
    let missing: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
    Problem::Detailed(ProblemType::LeadNotFound, json!({ "missing": missing }))
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
    let mut ids = ids.unwrap_or_default();
    if !(1..=MAX_IDS).contains(&ids.len()) {
        return Err(invalid("ids", "These are 1 to 500 ids of leads"));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The members that a lead has in a list and by itself.
fn head(object: &mut Object<'_>, stored: &StoredLead) {
    object.text("id", &stored.id);
    object.text("form", &stored.form);
    object.text("status", &stored.status);
    object.text("folder", if stored.is_spam { "spam" } else { "inbox" });
    object.flag("starred", stored.is_starred);
    object.flag("test", stored.is_test);
}

/// A value as one short text.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            texts.join(", ")
        }
        other => other.to_string(),
    };
    text.chars().take(SUMMARY_CHARACTERS).collect()
}

/// The fields that a list shows of a lead.
const SUMMARY_FIELDS: usize = 4;
/// The most that a list shows of a value: characters.
const SUMMARY_CHARACTERS: usize = 200;
/// The most leads of one action.
const MAX_IDS: usize = 500;
/// The longest note: characters.
const MAX_NOTE_CHARACTERS: usize = 2_000;
