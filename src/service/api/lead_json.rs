//! Leads and their timelines as JSON.

use serde_json::Value;

use crate::inbox::{Event, StoredLead};
use crate::json::{self, Object, push_text};

/// A lead in a list: with its first fields that are filled in.
pub(super) fn write_item(item: &mut Object<'_>, stored: &StoredLead) {
    let lead = json::parse(&stored.lead).unwrap_or_default();
    head(item, stored);
    item.text("received_at", &stored.received_at);
    item.boolean("note", !stored.note.is_empty());
    let fields = lead.get("fields").and_then(Value::as_object);
    let is_filled = |(_, value): &(&String, &Value)| value.as_str() != Some("");
    let filled = fields.into_iter().flatten().filter(is_filled);
    item.array(
        "summary",
        filled.take(SUMMARY_FIELDS),
        |text, (name, value)| {
            text.push('[');
            push_text(text, name);
            text.push(',');
            push_text(text, &shown(value));
            text.push(']');
        },
    );
    item.optional_number("score", lead.get("spam_score").and_then(Value::as_u64));
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

/// The members that a lead has in a list and by itself.
pub(super) fn head(object: &mut Object<'_>, stored: &StoredLead) {
    object.text("id", &stored.id);
    object.text("form", &stored.form);
    object.text("status", &stored.status);
    object.text("folder", if stored.is_spam { "spam" } else { "inbox" });
    object.boolean("starred", stored.is_starred);
    object.boolean("test", stored.is_test);
}

/// The time, the name and the detail of an event.
pub(super) fn shown_event(event: Event) -> (String, String, String) {
    (event.at.to_rfc3339(), event.name, event.detail)
}

/// Adds the lead as it is stored: as JSON, or as a text when it is none.
pub(super) fn write_lead(object: &mut Object<'_>, lead: &str) {
    match json::parse(lead) {
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

/// The fields that a list shows of a lead.
const SUMMARY_FIELDS: usize = 4;
/// The most that a list shows of a value: characters.
const SUMMARY_CHARACTERS: usize = 200;
