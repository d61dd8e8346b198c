//! Counts submissions and loads by form, UTC day, page origin and outcome, for the form's owner: which pages use a form, which are
//! refused.
//!
//! An isolate collects counts in memory, and `background` writes them to the database, at most once in
//! [`WRITE_INTERVAL_MS`]; counts of an isolate that ends before a write are lost. Nothing of a visitor is counted: an
//! origin names a site.

mod loads;
mod outcome;

pub use loads::{LOAD_INTERVAL_MS, MAX_LOADS};
pub use outcome::{ACCEPTED, LOAD_REFUSED, LOADED, WOULD_REFUSE, outcome_of};

use serde_json::{Value, json};

use crate::clock::{MILLIS_PER_DAY, UnixMillis};
use crate::embed::loggable_origin;
use loads::Loads;
use outcome::is_taken;

/// The counts of one isolate that are not written yet.
#[derive(Debug, Default)]
pub struct Usage {
    entries: Vec<Entry>,
    loads: Loads,
    /// When the write began that is running or waiting.
    write_started_at: Option<UnixMillis>,
    /// When the last write ended.
    written_at: Option<UnixMillis>,
}

/// Counts to write, taken out of [`Usage`].
#[derive(Debug, PartialEq, Eq)]
pub struct Batch(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    form: String,
    origin: String,
    outcome: &'static str,
    count: u64,
    /// The time of the last submission; its day is the entry's.
    last_at: UnixMillis,
    /// Whether it was the first entry of a page's origin: these are limited.
    is_first: bool,
}

impl Usage {
    /// Counts one submission. `origin` is its `Origin` header.
    pub fn count(
        &mut self,
        form: &str,
        origin: Option<&str>,
        outcome: &'static str,
        now: UnixMillis,
    ) {
        self.add(form, name_of(origin), outcome, 1, now);
    }

    /// Counts that an allowed page loaded the form, at most once in [`LOAD_INTERVAL_MS`].
    pub fn count_load(&mut self, form: &str, origin: &str, now: UnixMillis) {
        if self.loads.is_due(form, origin, now) {
            self.count(form, Some(origin), LOADED, now);
        }
    }

    fn add(
        &mut self,
        form: &str,
        origin: &str,
        outcome: &'static str,
        count: u64,
        last_at: UnixMillis,
    ) {
        let day = day_of(last_at);
        let is_entry = |entry: &&mut Entry, origin: &str| {
            entry.outcome == outcome
                && entry.origin == origin
                && entry.form == form
                && day_of(entry.last_at) == day
        };
        let add_to = |entry: &mut Entry| {
            entry.count = entry.count.saturating_add(count);
            entry.last_at = entry.last_at.max(last_at);
        };
        if let Some(entry) = self
            .entries
            .iter_mut()
            .find(|entry| is_entry(entry, origin))
        {
            return add_to(entry);
        }
        // What is taken and what is refused have places of their own, so that a flood of refused submissions leaves those to the
        // form's pages.
        let is_taken_here = is_taken(outcome);
        let mut same = self
            .entries
            .iter()
            .filter(|entry| entry.form == form && is_taken(entry.outcome) == is_taken_here);
        let is_page = !NO_PAGES.contains(&origin);
        let is_known = same.clone().any(|entry| entry.origin == origin);
        let is_first = is_page && !is_known;
        let is_over = is_first
            && same.by_ref().filter(|entry| entry.is_first).count() >= MAX_ORIGINS
            || self.entries.len() >= MAX_ENTRIES;
        let origin = if is_over { OTHER } else { origin };
        if is_over && let Some(entry) = self.entries.iter_mut().find(|entry| is_entry(entry, OTHER))
        {
            return add_to(entry);
        }
        // Only the entries of other origins may exceed the limit, by as much again.
        if self.entries.len() < 2 * MAX_ENTRIES {
            self.entries.push(Entry {
                form: form.to_owned(),
                origin: origin.to_owned(),
                outcome,
                count,
                last_at,
                is_first: is_first && !is_over,
            });
        }
    }

    /// Starts a write if one is due; gives the milliseconds to wait before it. The caller has to run it.
    pub fn start_write(&mut self, now: UnixMillis) -> Option<u64> {
        let started = self.write_started_at;
        let is_running = started.is_some_and(|at| now.since(at) < MAX_WRITE_MS);
        if is_running || self.entries.is_empty() {
            return None;
        }
        self.write_started_at = Some(now);
        let since_last = self.written_at.map_or(u64::MAX, |at| now.since(at));
        Some(WRITE_INTERVAL_MS.saturating_sub(since_last))
    }

    /// Takes the counts out, to write them.
    pub fn take(&mut self) -> Batch {
        Batch(std::mem::take(&mut self.entries))
    }

    /// Ends a write; the counts of one that failed are kept for the next.
    pub fn write_ended(&mut self, batch: Batch, is_written: bool, now: UnixMillis) {
        self.write_started_at = None;
        self.written_at = Some(now);
        if !is_written {
            for entry in batch.0 {
                self.add(
                    &entry.form,
                    &entry.origin,
                    entry.outcome,
                    entry.count,
                    entry.last_at,
                );
            }
        }
    }
}

impl Batch {
    /// A JSON array of `[day, form, origin, outcome, count, last_at_ms]`, as `inbox` writes it.
    pub fn to_json(&self) -> String {
        let row = |entry: &Entry| {
            let last_at = entry.last_at;
            let day = day_text(last_at);
            json!([
                day,
                entry.form,
                entry.origin,
                entry.outcome,
                entry.count,
                last_at.0
            ])
        };
        Value::from_iter(self.0.iter().map(row)).to_string()
    }
}

/// The first day that is kept: `2026-08-28`. Earlier ones are deleted.
pub fn oldest_day(now: UnixMillis) -> String {
    day_text(UnixMillis(now.0.saturating_sub(DAYS_KEPT * MILLIS_PER_DAY)))
}

/// `2026-11-26`
fn day_text(at: UnixMillis) -> String {
    let mut text = at.to_rfc3339();
    text.truncate("2026-11-26".len());
    text
}

fn day_of(at: UnixMillis) -> u64 {
    at.0 / MILLIS_PER_DAY
}

/// The origin as it is counted. Of a long one the end is kept, which shows whose site it is.
fn name_of(origin: Option<&str>) -> &str {
    let Some(text) = loggable_origin(origin) else {
        return NONE;
    };
    let cut = text.len().saturating_sub(MAX_ORIGIN_BYTES);
    text.get(cut..).unwrap_or(OTHER)
}

/// The name for a request without `Origin`.
const NONE: &str = "none";
/// The name for all origins beyond [`MAX_ORIGINS`].
const OTHER: &str = "other";
/// Names that are no page; `null` and `unreadable` are [`loggable_origin`]'s. `inbox/usage.rs` has the same list.
const NO_PAGES: [&str; 4] = [NONE, "null", "unreadable", OTHER];

/// The most origins of one form and day, of pages that load and send it, and of refused ones; the rest is counted together.
pub const MAX_ORIGINS: usize = 50;
/// The longest origin: bytes. A longer one is cut.
pub const MAX_ORIGIN_BYTES: usize = 100;
/// Entries that an isolate collects between two writes, of about 150 bytes; beyond it, each form's are counted together.
pub const MAX_ENTRIES: usize = 1_000;
/// An isolate writes at most this often: milliseconds.
pub const WRITE_INTERVAL_MS: u64 = 10_000;
/// Days after which counts are deleted.
pub const DAYS_KEPT: u64 = 90;
/// A write that began longer ago was cancelled with its request: milliseconds.
const MAX_WRITE_MS: u64 = 30_000;

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
