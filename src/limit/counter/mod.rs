//! [`CurrentCounter`]: one counter, moved to the window that lies at a given moment. Arithmetic on what is in memory.

mod headroom;
mod state;
mod sync;

pub(super) use headroom::Headroom;
pub(super) use state::Counter;
pub use sync::PUBLISH_INTERVAL_MS;

use super::partition::{CounterKey, CounterPart};
use super::policy::{FaultMode, Partition, RateLimitPolicy};
use super::window::Window;
use crate::clock::UnixMillis;

/// One counter at one moment; `Counters::at` makes it.
#[derive(Debug)]
pub struct CurrentCounter<'a> {
    counter: &'a mut Counter,
    isolate: &'a str,
    key: CounterKey,
    policy: &'a RateLimitPolicy,
    window: Window,
    now: UnixMillis,
}

/// What to write to KV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterUpdate {
    /// The counts, stored as metadata.
    pub part: CounterPart,
    /// The name to write it under.
    pub name: String,
    /// How many submissions it publishes that were unpublished before.
    unpublished: u64,
}

impl<'a> CurrentCounter<'a> {
    /// Moves `counter` to `now`.
    pub(super) fn new(
        counter: &'a mut Counter,
        isolate: &'a str,
        key: CounterKey,
        policy: &'a RateLimitPolicy,
        now: UnixMillis,
    ) -> Self {
        let window = counter.forward(now, policy);
        Self {
            counter,
            isolate,
            key,
            policy,
            window,
            now,
        }
    }

    /// What is left of the quota; of a form's, `is_known` visitors have a part.
    pub(super) fn headroom(&self, is_known: bool) -> Headroom {
        let is_part = is_known && self.policy.partition == Partition::Form;
        self.counter
            .headroom(self.now, self.window, self.policy.quota, is_part)
    }

    /// Whether anything was admitted in this window or the one before.
    pub(super) fn is_used(&self) -> bool {
        let total = self.counter.own.plus(self.counter.peers);
        total.current > 0 || total.previous > 0
    }

    /// Whether the policy is `closed` and the counts of the other isolates are unknown.
    pub(super) fn is_unknown(&self) -> bool {
        self.policy.on_fault == FaultMode::Closed && self.counter.is_stale()
    }

    /// Counts one submission, admitted or refused.
    pub(super) fn count(&mut self, is_admitted: bool) {
        self.counter.count(is_admitted);
    }

    /// Uncounts one admitted submission.
    pub(super) fn uncount(&mut self) {
        self.counter.uncount();
    }

    /// Whether the request waits for a read of KV, because the policy is `closed` and the counts of the other isolates are
    /// unknown. At most once a second.
    pub fn must_read_first(&self) -> bool {
        self.is_unknown() && self.counter.may_read()
    }

    /// Starts a synchronisation if one is due; gives the milliseconds to wait before it. The caller has to run it.
    pub fn start_sync(&mut self) -> Option<u64> {
        let delay_ms = self.counter.due(self.policy)?;
        self.counter.start_sync();
        Some(delay_ms)
    }

    /// What to publish.
    pub fn update(&self) -> CounterUpdate {
        let writer = self.writer();
        CounterUpdate {
            name: format!("{}{writer}", self.key.prefix()),
            part: self.counter.part(writer, self.window),
            unpublished: self.counter.unpublished(),
        }
    }

    /// Records that `update` was written to KV, or that KV failed. Gives the milliseconds to wait before the other isolates'
    /// parts are read; `None` when a read is not due.
    pub fn write_ended(&mut self, update: &CounterUpdate, is_written: bool) -> Option<u64> {
        self.counter.write_ended(update.unpublished, is_written);
        self.counter.read_due(self.window)
    }

    /// Merges the parts that were read; this isolate's own is ignored.
    pub fn merge(&mut self, parts: &[CounterPart]) {
        let writer = self.writer();
        self.counter.merge(parts, &writer, self.window, self.policy);
    }

    /// Records that KV could not be read.
    pub fn read_failed(&mut self) {
        self.counter.read_failed();
    }

    /// Ends a synchronisation. If the next one is due already, starts it and gives the milliseconds to wait before it.
    pub fn end_sync(&mut self) -> Option<u64> {
        self.counter.end_sync();
        self.start_sync()
    }

    fn writer(&self) -> String {
        format!("{}-{}", self.isolate, self.counter.generation)
    }
}
