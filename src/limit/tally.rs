//! [`Tally`]: one counter as one isolate knows it. Arithmetic on what is in memory; [`super::Tallies`] keeps them.

use super::counter::{CounterPart, MAX_COUNT};
use super::policy::RateLimitPolicy;
use super::share::{Demand, Share};
use super::window::Window;
use crate::clock::{MILLIS_PER_SECOND, UnixMillis};

/// One counter: exact for this isolate, as last published for the others.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    /// Told apart from earlier lives of this isolate with the same counter.
    pub(super) life: u64,
    window: u64,
    /// The latest moment it was asked at; time does not run backwards for it.
    seen_at: UnixMillis,
    /// Since when there has been demand without a pause of two windows.
    since: UnixMillis,
    /// Admitted by this isolate.
    own: Count,
    /// Admitted by all others, as far as they have said.
    peers: Count,
    /// Asked of this isolate.
    demand: Count,
    share: Option<Share>,
    /// Admitted by this isolate and not yet told.
    untold: u64,
    exchange: Exchange,
}

/// What happened between a tally and KV.
#[derive(Clone, Copy, Debug, Default)]
struct Exchange {
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

/// Submissions in a window and in the one before.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    current: u64,
    previous: u64,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            current: self.current.saturating_add(other.current),
            previous: self.previous.saturating_add(other.previous),
        }
    }

    /// The larger of both: a list may be staler than the one before it, and a grow-only counter only ever grows.
    fn grown_to(self, other: Self) -> Self {
        Self {
            current: self.current.max(other.current),
            previous: self.previous.max(other.previous),
        }
    }

    fn roll(&mut self, windows: u64) {
        self.previous = if windows == 1 { self.current } else { 0 };
        self.current = 0;
    }
}

/// Where a caller stands with one counter.
pub(super) struct Stand {
    /// Submissions left now.
    pub(super) remaining: u64,
    /// Until one more is admitted; 0 now.
    pub(super) wait_ms: u64,
    /// Until the window ends.
    pub(super) until_next_ms: u64,
}

impl Tally {
    pub(super) fn new(life: u64, now: UnixMillis, policy: &RateLimitPolicy) -> Self {
        Self {
            life,
            window: Window::at(now, policy.window_s).index,
            seen_at: now,
            since: now,
            own: Count::default(),
            peers: Count::default(),
            demand: Count::default(),
            share: None,
            untold: 0,
            exchange: Exchange::default(),
        }
    }

    /// Brings the tally forward to `now`, or leaves it where it is if the clock stepped back.
    pub(super) fn forward(&mut self, now: UnixMillis, policy: &RateLimitPolicy) -> Window {
        let window = Window::at(now, policy.window_s).no_earlier_than(self.window);
        self.seen_at = self.seen_at.max(now);
        if window.index > self.window {
            let windows = window.index - self.window;
            for count in [&mut self.own, &mut self.peers, &mut self.demand] {
                count.roll(windows);
            }
            self.window = window.index;
        }
        if self.demand.current == 0 && self.demand.previous == 0 {
            self.since = self.seen_at;
        }
        self.share = self.share.filter(|share| self.seen_at < share.until);
        window
    }

    /// Where a caller stands at `now`; `window` is what [`Self::forward`] gave.
    pub(super) fn stand(&self, now: UnixMillis, window: Window, quota: u64) -> Stand {
        let total = self.own.plus(self.peers);
        // Whatever was admitted above the quota is our error, not something for later callers to pay for.
        let previous = total.previous.min(quota);
        let mut stand = Stand {
            remaining: quota.saturating_sub(window.used(total.current, previous)),
            wait_ms: window.wait_ms(total.current.min(quota), previous, quota),
            until_next_ms: window.until_next_ms(),
        };
        if let Some(share) = self.share {
            stand.remaining = stand.remaining.min(self.remaining_of(share, window));
            let until_old_ms = share.until.since(now).max(stand.wait_ms);
            stand.wait_ms = self.wait_for(share, window, stand.wait_ms, until_old_ms);
        }
        stand
    }

    /// What is left of this isolate's share. The carried part is rounded down, or each isolate would lose one submission in
    /// every window.
    fn remaining_of(&self, share: Share, window: Window) -> u64 {
        let quota = share.quota_in(window.index);
        let carried = window.carried(self.own.previous.min(quota));
        quota.saturating_sub(self.own.current.saturating_add(carried))
    }

    /// The first moment, not before `at_least_ms`, at which the share has something left or is too old.
    fn wait_for(&self, share: Share, window: Window, at_least_ms: u64, until_old_ms: u64) -> u64 {
        // Callers are told whole seconds; a moment is no good if a second later it is over.
        let lasts = |wait_ms: u64, end_ms: u64| wait_ms.saturating_add(MILLIS_PER_SECOND) < end_ms;
        let quota = share.quota_in(window.index);
        let mut end_ms = window.until_next_ms();
        if self.own.current < quota {
            let spare = quota.saturating_sub(self.own.current);
            // It has to fade below a whole number.
            let fades_ms = match self.remaining_of(share, window) {
                0 => window
                    .wait_ms(0, self.own.previous.min(quota), spare.saturating_add(1))
                    .saturating_add(1),
                _ => 0,
            };
            let wait_ms = fades_ms.max(at_least_ms);
            if wait_ms == 0 || lasts(wait_ms, end_ms) {
                return wait_ms;
            }
        }
        for ahead in 1..MAX_TURNS {
            // One more millisecond, and what is carried over has begun to fade.
            let wait_ms = end_ms.saturating_add(1).max(at_least_ms);
            end_ms = end_ms.saturating_add(window.length_ms);
            if wait_ms >= until_old_ms {
                break;
            }
            let has_turn = share.quota_in(window.index.saturating_add(ahead)) > 0;
            if has_turn && lasts(wait_ms, end_ms) {
                return wait_ms;
            }
        }
        until_old_ms
    }

    /// Notes that a submission was asked for, and whether it was admitted.
    pub(super) fn count(&mut self, is_admitted: bool) {
        self.demand.current = self.demand.current.saturating_add(1);
        if is_admitted {
            self.own.current = self.own.current.saturating_add(1);
            self.untold = self.untold.saturating_add(1);
        }
    }

    /// Whether a background task should write and read now, and in how many milliseconds. `None` when there is nothing to
    /// tell, or not enough for the trouble, or a task is at it.
    pub(super) fn due(&self, policy: &RateLimitPolicy) -> Option<u64> {
        let now = self.seen_at;
        let is_running = self
            .exchange
            .running_since
            .is_some_and(|since| now.since(since) < PRESUMED_DEAD_MS);
        if is_running || self.untold == 0 {
            return None;
        }
        let since_last = self.exchange.wrote_at.map_or(u64::MAX, |at| now.since(at));
        let is_due = self.untold >= policy.step()
            || self.exchange.wrote_at.is_some()
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
        (age_ms / 2).clamp(PUBLISH_INTERVAL_MS, MAX_INTERVAL_MS)
    }

    /// What to write, now that it is due.
    pub(super) fn part(&self, writer: String, window: Window) -> CounterPart {
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

    pub(super) fn start_exchange(&mut self) {
        self.exchange.running_since = Some(self.seen_at);
    }

    pub(super) fn end_exchange(&mut self) {
        self.exchange.running_since = None;
    }

    /// Takes in whether KV was told of so many.
    pub(super) fn wrote(&mut self, untold_then: u64, is_written: bool) {
        self.exchange.wrote_at = Some(self.seen_at);
        if is_written {
            self.untold = self.untold.saturating_sub(untold_then);
        }
    }

    pub(super) fn untold(&self) -> u64 {
        self.untold
    }

    /// Whether it is time to read the others' parts, and whether to wait a moment first.
    pub(super) fn read_due(&self) -> Option<u64> {
        match self.exchange.asked_at {
            // KV remembers for a minute that there was nothing to read; so let those who began with us write first.
            None => Some(SETTLE_MS),
            Some(at) => (self.seen_at.since(at) >= self.interval_ms()).then_some(0),
        }
    }

    /// Takes in the parts of all others; `own_writer` is this isolate's.
    pub(super) fn learn(
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
        self.exchange.asked_at = Some(now);
        self.exchange.read_at = Some(now);
        self.exchange.failing_since = None;
    }

    /// Takes in that KV could not be read.
    pub(super) fn failed_to_read(&mut self) {
        self.exchange.asked_at = Some(self.seen_at);
        self.exchange.failing_since.get_or_insert(self.seen_at);
    }

    /// Whether the others' counts were never read, or could not be for so long that they say nothing any more.
    pub(super) fn is_blind(&self) -> bool {
        let is_failing_long = |since: UnixMillis| self.seen_at.since(since) >= MAX_BLIND_MS;
        self.exchange.read_at.is_none() || self.exchange.failing_since.is_some_and(is_failing_long)
    }

    /// Whether a caller should wait for a read: nothing is known, and nobody asked just now.
    pub(super) fn should_ask(&self) -> bool {
        let asked_lately = |at: UnixMillis| self.seen_at.since(at) < PUBLISH_INTERVAL_MS;
        self.is_blind() && !self.exchange.asked_at.is_some_and(asked_lately)
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
/// How long to let others write before the first read: milliseconds.
const SETTLE_MS: u64 = 3_000;
/// A writer that said nothing for so long is gone, or asked for nothing: milliseconds. It is what a list may be old, and
/// [`MAX_INTERVAL_MS`], and ten seconds on the way.
const SILENT_MS: u64 = 100_000;
/// A background task that has not ended by now was cancelled with its request: milliseconds. Tasks end by themselves
/// within 30 seconds, or are ended.
const PRESUMED_DEAD_MS: u64 = 30_000;
/// How long a policy that is `closed` goes on while KV fails: milliseconds.
const MAX_BLIND_MS: u64 = 60_000;
/// A pace is measured over at least this part of a window.
const MIN_PACE: u64 = 20;
/// How far ahead a turn is looked for: windows. A page of a list has no more writers, so no share is smaller.
const MAX_TURNS: u64 = 1_000;
