//! What a [`Counter`] tells the other isolates and learns of them, and when.

use super::{Count, Counter};
use crate::clock::UnixMillis;
use crate::limit::partition::{CounterPart, MAX_COUNT};
use crate::limit::policy::RateLimitPolicy;
use crate::limit::share::{Demand, Share};
use crate::limit::window::Window;

/// What happened between a tally and KV.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sync {
    /// Set while a background task is at it.
    running_since: Option<UnixMillis>,
    /// When KV was last written, or refused to be.
    wrote_at: Option<UnixMillis>,
    /// When KV was last read, or refused to be.
    asked_at: Option<UnixMillis>,
    /// When the other isolates' parts were last read.
    read_at: Option<UnixMillis>,
    /// Since when KV could not be read.
    failing_since: Option<UnixMillis>,
}

impl Counter {
    /// Whether a background task should write and read now, and in how many milliseconds. `None` when there is nothing to
    /// tell, or not enough for the trouble, or a task is at it.
    pub(in crate::limit) fn due(&self, policy: &RateLimitPolicy) -> Option<u64> {
        let now = self.seen_at;
        let is_running = self
            .sync
            .running_since
            .is_some_and(|since| now.since(since) < PRESUMED_DEAD_MS);
        if is_running || self.untold == 0 {
            return None;
        }
        let since_last = self.sync.wrote_at.map_or(u64::MAX, |at| now.since(at));
        let is_due = self.untold >= policy.step()
            || self.sync.wrote_at.is_some()
                && self.is_pressed(policy.quota)
                && (since_last >= self.interval_ms() || self.is_used_up(policy.quota));
        is_due.then(|| PUBLISH_INTERVAL_MS.saturating_sub(since_last))
    }

    /// Whether the quota may soon be used up, so that the others should know of every submission.
    fn is_pressed(&self, quota: u64) -> bool {
        let total = self.own.plus(self.peers);
        let used = total.current.saturating_add(total.previous / 2);
        self.share.is_some() || used >= quota / 2
    }

    /// Whether nothing more will be admitted in this window, so that this is the last chance to tell.
    fn is_used_up(&self, quota: u64) -> bool {
        let share = self
            .share
            .map_or(quota, |share| share.quota_in(self.window));
        self.own.current >= share || self.own.plus(self.peers).current >= quota
    }

    /// Others come and go; the longer it has been busy, the less there is to learn in a second.
    fn interval_ms(&self) -> u64 {
        let age_ms = self.seen_at.since(self.since);
        (age_ms / INTERVALS_AN_AGE).clamp(PUBLISH_INTERVAL_MS, MAX_INTERVAL_MS)
    }

    /// What to write, now that it is due.
    pub(in crate::limit) fn part(&self, writer: String, window: Window) -> CounterPart {
        CounterPart {
            writer,
            at: self.seen_at,
            current: self.own.current.min(MAX_COUNT),
            previous: self.own.previous.min(MAX_COUNT),
            demand: self.demand_per_window(window).min(MAX_COUNT),
        }
    }

    /// Submissions asked for in as much time as a window takes, from what was counted in this window and the one before.
    fn demand_per_window(&self, window: Window) -> u64 {
        let counted = self.demand.current.saturating_add(self.demand.previous);
        let busy_ms = self.seen_at.since(self.since);
        let counted_ms = busy_ms.min(window.length_ms.saturating_add(window.elapsed_ms));
        // The first few say little about a pace.
        let counted_ms = counted_ms.max(window.length_ms / MIN_PACE).max(1);
        let demand = u128::from(counted) * u128::from(window.length_ms) / u128::from(counted_ms);
        u64::try_from(demand).unwrap_or(u64::MAX)
    }

    pub(in crate::limit) fn start_sync(&mut self) {
        self.sync.running_since = Some(self.seen_at);
    }

    pub(in crate::limit) fn end_sync(&mut self) {
        self.sync.running_since = None;
    }

    /// Takes in whether KV was told of so many.
    pub(in crate::limit) fn wrote(&mut self, untold_then: u64, is_written: bool) {
        self.sync.wrote_at = Some(self.seen_at);
        if is_written {
            self.untold = self.untold.saturating_sub(untold_then);
        }
    }

    pub(in crate::limit) fn untold(&self) -> u64 {
        self.untold
    }

    /// Whether it is time to read the others' parts, and whether to wait a moment first.
    pub(in crate::limit) fn read_due(&self, window: Window) -> Option<u64> {
        match self.sync.asked_at {
            // KV remembers for a minute that there was nothing to read; so let those who began with us write first.
            None => Some((window.length_ms / SETTLES_A_WINDOW).min(MAX_SETTLE_MS)),
            Some(at) => (self.seen_at.since(at) >= self.interval_ms()).then_some(0),
        }
    }

    /// Takes in the parts of all others; `own_writer` is this isolate's.
    pub(in crate::limit) fn learn(
        &mut self,
        parts: &[CounterPart],
        own_writer: &str,
        window: Window,
        policy: &RateLimitPolicy,
    ) {
        let now = self.seen_at;
        let others = || parts.iter().filter(|part| part.writer != own_writer);
        let mut known = Count::default();
        let mut silent = Count::default();
        let mut asking: Vec<Demand<'_>> = Vec::new();
        let mut heard_at = UnixMillis(0);
        for part in others() {
            let count = in_window(part, self.window, policy.window_s);
            known = known.plus(count);
            if now.since(part.at) < SILENT_MS {
                asking.push((&part.writer, part.demand));
                heard_at = heard_at.max(part.at);
            } else {
                silent = silent.plus(count);
            }
        }
        self.peers = self.peers.grown_to(known);
        let spent = window.used(silent.current, silent.previous.min(policy.quota));
        let own = (own_writer, self.demand_per_window(window));
        self.share = if asking.is_empty() {
            None
        } else {
            let until = heard_at.plus(SILENT_MS);
            Share::of(policy.quota.saturating_sub(spent), own, &asking, until)
        };
        self.sync.asked_at = Some(now);
        self.sync.read_at = Some(now);
        self.sync.failing_since = None;
    }

    /// Takes in that KV could not be read.
    pub(in crate::limit) fn failed_to_read(&mut self) {
        self.sync.asked_at = Some(self.seen_at);
        self.sync.failing_since.get_or_insert(self.seen_at);
    }

    /// Whether the others' counts were never read, or could not be for so long that they say nothing any more.
    pub(in crate::limit) fn is_blind(&self) -> bool {
        let is_failing_long = |since: UnixMillis| self.seen_at.since(since) >= MAX_BLIND_MS;
        self.sync.read_at.is_none() || self.sync.failing_since.is_some_and(is_failing_long)
    }

    /// Whether a caller should wait for a read: nothing is known, and nobody asked just now.
    pub(in crate::limit) fn should_ask(&self) -> bool {
        let asked_lately = |at: UnixMillis| self.seen_at.since(at) < PUBLISH_INTERVAL_MS;
        self.is_blind() && !self.sync.asked_at.is_some_and(asked_lately)
    }
}

/// What a part says of the window called `window` and the one before. Its writer's clock may be ahead or behind.
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

/// KV takes one write a second a key; the next one throws: milliseconds.
pub const PUBLISH_INTERVAL_MS: u64 = 1_000;
/// While a quota is nearly used, others are told at least this often, if there is something to tell: milliseconds. KV
/// serves reads from a cache for 30 seconds at least.
const MAX_INTERVAL_MS: u64 = 30_000;
/// A counter that has been busy for 80 seconds is exchanged every 10.
const INTERVALS_AN_AGE: u64 = 8;
/// How long to let others write before the first read: a tenth of the window.
const SETTLES_A_WINDOW: u64 = 10;
/// And at most so long: milliseconds. Half as long leaves twice as much over-admission in
/// the first window (`make sim`); much longer leaves more where only the isolates of one location compete.
const MAX_SETTLE_MS: u64 = 6_000;
/// A writer that said nothing for so long is gone, or asked for nothing: milliseconds. It is what a list may be old, and
/// [`MAX_INTERVAL_MS`], and twenty seconds on the way. With a fifth less those that are still there are forgotten
/// (`make sim`); with more, those that are gone keep their share for longer.
const SILENT_MS: u64 = 110_000;
/// A background task that has not ended by now was cancelled with its request: milliseconds. Tasks end by themselves
/// within 30 seconds, or are ended.
const PRESUMED_DEAD_MS: u64 = 30_000;
/// How long a policy that is `closed` goes on while KV fails: milliseconds.
const MAX_BLIND_MS: u64 = 60_000;
/// A pace is measured over at least this part of a window.
const MIN_PACE: u64 = 20;
