//! What happens to a lead after it was accepted, noted in the background: nothing waits for it, and nothing depends on it.

use crate::config::Keys;
use crate::delivery::QueuedLead;
use crate::inbox::{Event, Query, Upkeep, addresses_in, hashes, ids_json};
use crate::log::background_line;
use crate::platform::Platform;

/// Notes an event in the timeline of a lead, if there is a database.
pub(super) fn note<P: Platform>(
    platform: &P,
    queued: &QueuedLead,
    name: &'static str,
    detail: String,
) {
    let isolate = platform.isolate();
    if !isolate.bindings.leads || queued.is_spam || queued.is_copy {
        return;
    }
    let people = match name {
        QUEUED => people_in(isolate.keys().as_deref(), &queued.lead),
        _ => String::new(),
    };
    let event = Event {
        at: platform.now(),
        name: name.to_owned(),
        detail,
    };
    add(platform, ids_json([&queued.id]), event, people);
}

/// Notes that an owner moved leads into the spam folder or out of it; `ids` is a JSON array.
pub fn note_moved<P: Platform>(platform: &P, ids: String, is_spam: bool) {
    let name = if is_spam { "spam" } else { "not_spam" };
    let event = Event {
        at: platform.now(),
        name: name.to_owned(),
        detail: String::new(),
    };
    add(platform, ids, event, String::new());
}

/// Adds an event in the background.
fn add<P: Platform>(platform: &P, ids: String, event: Event, people: String) {
    let platform = platform.clone();
    platform.clone().wait_until(async move {
        let query = Upkeep::AddEvent {
            ids: &ids,
            at: &event.at.0.to_string(),
            name: &event.name,
            line: &event.line(),
            people: &people,
        };
        if let Err(fault) = platform.query(&Query::Upkeep(query)).await {
            platform.log(&background_line("timeline", &fault));
        }
    });
}

/// The hashes of the first addresses in a lead, apart by spaces.
fn people_in(keys: Option<&Keys>, lead: &str) -> String {
    let current = keys
        .and_then(|keys| keys.people.get(..1))
        .unwrap_or_default();
    let addresses = addresses_in(lead);
    let first = addresses.iter().take(MAX_PEOPLE);
    let hash = |address: &String| hashes(current, address).into_iter().next();
    let found: Vec<String> = first.filter_map(hash).collect();
    found.join(" ")
}

/// The lead is in the outbox.
pub(super) const QUEUED: &str = "queued";
/// An attempt out of the outbox failed; another follows.
pub(super) const ATTEMPT: &str = "attempt";
/// The core has it.
pub(super) const DELIVERED: &str = "delivered";
/// The core blocks it.
pub(super) const BLOCKED: &str = "blocked";
/// It is a dead letter.
pub(super) const DEAD: &str = "dead";
/// An owner had it sent again.
pub(super) const REDRIVEN: &str = "redriven";
/// The most addresses of a queued lead by which it is counted when a person is erased.
const MAX_PEOPLE: usize = 8;
