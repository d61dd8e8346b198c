//! [`Loads`]: when an isolate last counted that a page loaded a form. Once in [`LOAD_INTERVAL_MS`] is enough to know that the form
//! is on the page, and costs few writes.

use crate::clock::UnixMillis;

/// The loads that were counted last, of at most [`MAX_LOADS`] forms and origins.
#[derive(Debug, Default)]
pub(super) struct Loads(Vec<Load>);

#[derive(Debug)]
struct Load {
    form: String,
    origin: String,
    counted_at: UnixMillis,
}

impl Loads {
    /// Whether a load is to be counted; then it is remembered.
    pub(super) fn is_due(&mut self, form: &str, origin: &str, now: UnixMillis) -> bool {
        let is_recent = |load: &Load| now.since(load.counted_at) < LOAD_INTERVAL_MS;
        let is_same = |load: &Load| load.form == form && load.origin == origin;
        if self.0.iter().any(|load| is_same(load) && is_recent(load)) {
            return false;
        }
        self.0.retain(is_recent);
        if self.0.len() >= MAX_LOADS {
            return false;
        }
        self.0.push(Load {
            form: form.to_owned(),
            origin: origin.to_owned(),
            counted_at: now,
        });
        true
    }
}

/// A form that a page loads again earlier is not counted again by the same isolate: milliseconds.
pub const LOAD_INTERVAL_MS: u64 = 60_000;
/// Forms and origins that an isolate remembers, of about 100 bytes; beyond it, loads are not counted.
pub const MAX_LOADS: usize = 200;
