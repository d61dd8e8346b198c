//! When a [`Counter`] is published and read, and how the parts of other isolates are merged.

use super::state::{Count, Counter};
use crate::clock::UnixMillis;
use crate::limit::partition::{CounterPart, MAX_COUNT};
use crate::limit::policy::RateLimitPolicy;
use crate::limit::share::{Demand, Share};
use crate::limit::window::Window;

impl Counter {
    /// Milliseconds until a background task should write and read. `None` when there is nothing to publish, or too little for
    /// a write, or a task is running.
    pub(super) fn due(&self, policy: &RateLimitPolicy) -> Option<u64> {
        let now = self.seen_at;
        let is_running = self
            .sync
            .running_since
            .is_some_and(|since| now.since(since) < MAX_TASK_MS);
        if is_running || self.unpublished == 0 {
            return None;
        }
        let since_last = self.sync.wrote_at.map_or(u64::MAX, |at| now.since(at));
        let is_due = self.unpublished >= policy.step()
            || self.sync.wrote_at.is_some()
                && self.is_nearly_used(policy.quota)
                && (since_last >= self.interval_ms() || self.is_used_up(policy.quota));
        is_due.then(|| PUBLISH_INTERVAL_MS.saturating_sub(since_last))
    }

    /// Whether the quota may soon be used, so that every submission should be published.
    fn is_nearly_used(&self, quota: u64) -> bool {
        let total = self.own.plus(self.peers);
        let used = total.current.saturating_add(total.previous / 2);
        self.share.is_some() || used >= quota / 2
    }

    /// Whether nothing more will be admitted in this window, so that a write now publishes its final count.
    fn is_used_up(&self, quota: u64) -> bool {
        let share = self
            .share
            .map_or(quota, |share| share.quota_in(self.window));
        self.own.current >= share || self.own.plus(self.peers).current >= quota
    }

    /// Milliseconds between two reads, or two writes of little. They grow with the time the counter has been busy, because
    /// demand then changes less within a second.
    fn interval_ms(&self) -> u64 {
        let age_ms = self.seen_at.since(self.since);
        (age_ms / INTERVALS_AN_AGE).clamp(PUBLISH_INTERVAL_MS, MAX_INTERVAL_MS)
    }

    /// The part to publish.
    pub(super) fn part(&self, writer: String, window: Window) -> CounterPart {
        CounterPart {
            writer,
            at: self.seen_at,
            current: self.own.current.min(MAX_COUNT),
            previous: self.own.previous.min(MAX_COUNT),
            demand: self.demand_per_window(window).min(MAX_COUNT),
        }
    }

    /// Demand per window, extrapolated from the counts of this window and the one before.
    fn demand_per_window(&self, window: Window) -> u64 {
        let counted = self.demand.current.saturating_add(self.demand.previous);
        let busy_ms = self.seen_at.since(self.since);
        let counted_ms = busy_ms.min(window.length_ms.saturating_add(window.elapsed_ms));
        // The first few submissions are too few to measure a pace.
        let counted_ms = counted_ms.max(window.length_ms / MIN_PACE).max(1);
        let demand = u128::from(counted) * u128::from(window.length_ms) / u128::from(counted_ms);
        u64::try_from(demand).unwrap_or(u64::MAX)
    }

    pub(super) fn start_sync(&mut self) {
        self.sync.running_since = Some(self.seen_at);
    }

    pub(super) fn end_sync(&mut self) {
        self.sync.running_since = None;
    }

    /// Records a write to KV that was to publish `count` submissions.
    pub(super) fn write_ended(&mut self, count: u64, is_written: bool) {
        self.sync.wrote_at = Some(self.seen_at);
        if is_written {
            self.unpublished = self.unpublished.saturating_sub(count);
        }
    }

    pub(super) fn unpublished(&self) -> u64 {
        self.unpublished
    }

    /// Milliseconds to wait before the other isolates' parts are read; `None` when a read is not due.
    pub(super) fn read_due(&self, window: Window) -> Option<u64> {
        match self.sync.tried_read_at {
            // KV caches an empty list for a minute, so the first read waits until isolates that started at the same time have
            // written.
            None => Some((window.length_ms / FIRST_READ_FRACTION).min(MAX_FIRST_READ_DELAY_MS)),
            Some(at) => (self.seen_at.since(at) >= self.interval_ms()).then_some(0),
        }
    }

    /// Merges the parts of all other isolates; `own_writer` is the name of this one.
    pub(super) fn merge(
        &mut self,
        parts: &[CounterPart],
        own_writer: &str,
        window: Window,
        policy: &RateLimitPolicy,
    ) {
        let now = self.seen_at;
        let others = || parts.iter().filter(|part| part.writer != own_writer);
        let mut known = Count::default();
        let mut gone = Count::default();
        let mut active: Vec<Demand<'_>> = Vec::new();
        let mut last_at = UnixMillis(0);
        for part in others() {
            let count = in_window(part, self.window, policy.window_s);
            known = known.plus(count);
            if now.since(part.at) < PEER_EXPIRY_MS {
                active.push((&part.writer, part.demand));
                last_at = last_at.max(part.at);
            } else {
                gone = gone.plus(count);
            }
        }
        self.peers = self.peers.max(known);
        let used = window.used(gone.current, gone.previous.min(policy.quota));
        let own = (own_writer, self.demand_per_window(window));
        self.share = if active.is_empty() {
            None
        } else {
            let until = last_at.plus(PEER_EXPIRY_MS);
            Share::of(policy.quota.saturating_sub(used), own, &active, until)
        };
        self.sync.tried_read_at = Some(now);
        self.sync.read_at = Some(now);
        self.sync.failing_since = None;
    }

    /// Records that KV could not be read.
    pub(super) fn read_failed(&mut self) {
        self.sync.tried_read_at = Some(self.seen_at);
        self.sync.failing_since.get_or_insert(self.seen_at);
    }

    /// Whether the counts of other isolates were never read, or reads have failed for too long to rely on the last one.
    pub(super) fn is_stale(&self) -> bool {
        let has_failed_long = |since: UnixMillis| self.seen_at.since(since) >= MAX_STALE_MS;
        self.sync.read_at.is_none() || self.sync.failing_since.is_some_and(has_failed_long)
    }

    /// Whether KV was not read within the last second.
    pub(super) fn may_read(&self) -> bool {
        let tried_lately = |at: UnixMillis| self.seen_at.since(at) < PUBLISH_INTERVAL_MS;
        !self.sync.tried_read_at.is_some_and(tried_lately)
    }
}

/// The counts of a part in the window of index `window` and the one before. The writer's clock may be ahead or behind.
fn in_window(part: &CounterPart, window: u64, window_s: u64) -> Count {
    let of = Window::at(part.at, window_s).index;
    if of == window {
        Count {
            current: part.current,
            previous: part.previous,
        }
    } else if of.checked_add(1) == Some(window) {
        Count {
            current: 0,
            previous: part.current,
        }
    } else if window.checked_add(1) == Some(of) {
        Count {
            current: part.previous,
            previous: 0,
        }
    } else {
        Count::default()
    }
}

/// KV accepts one write per key and second and fails a second one: milliseconds.
pub const PUBLISH_INTERVAL_MS: u64 = 1_000;
/// While a quota is nearly used, new counts are published at least this often: milliseconds. KV serves reads from a cache for
/// at least 30 seconds.
const MAX_INTERVAL_MS: u64 = 30_000;
/// A counter that has been busy for 80 seconds is synchronised every 10.
const INTERVALS_AN_AGE: u64 = 8;
/// The first read waits for a tenth of the window.
const FIRST_READ_FRACTION: u64 = 10;
/// The longest wait before the first read: milliseconds. Half of it doubles the over-admission in the first window
/// (`make sim`); much more increases it where only the isolates of one location compete.
const MAX_FIRST_READ_DELAY_MS: u64 = 6_000;
/// An isolate that published nothing for this long has ended or has no demand: milliseconds. The sum of the greatest age of a
/// list, [`MAX_INTERVAL_MS`], and twenty seconds of latency. With a fifth less, active isolates are dropped (`make sim`); with
/// more, ended isolates keep their share for longer.
const PEER_EXPIRY_MS: u64 = 110_000;
/// A background task that began longer ago was cancelled with its request: milliseconds. The platform cancels tasks after 30
/// seconds.
const MAX_TASK_MS: u64 = 30_000;
/// How long a `closed` policy admits submissions while reads of KV fail: milliseconds.
const MAX_STALE_MS: u64 = 60_000;
/// Demand is measured over at least a twentieth of a window.
const MIN_PACE: u64 = 20;
