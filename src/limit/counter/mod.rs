//! [`Counter`]: one counter as one isolate knows it. Arithmetic on what is in memory; [`super::Counters`] keeps them, `exchange`
//! is what goes to KV and comes from it.

mod sync;

pub use sync::PUBLISH_INTERVAL_MS;

use sync::Sync;

use super::policy::RateLimitPolicy;
use super::share::Share;
use super::window::Window;
use crate::clock::{MILLIS_PER_SECOND, UnixMillis};

/// One counter: exact for this isolate, as last published for the others.
#[derive(Clone, Debug)]
pub(super) struct Counter {
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
    sync: Sync,
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
pub(super) struct Headroom {
    /// Submissions left now.
    pub(super) remaining: u64,
    /// Until one more is admitted; 0 now.
    pub(super) wait_ms: u64,
    /// Until the window ends.
    pub(super) until_next_ms: u64,
}

impl Counter {
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
            sync: Sync::default(),
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
    pub(super) fn headroom(&self, now: UnixMillis, window: Window, quota: u64) -> Headroom {
        let total = self.own.plus(self.peers);
        // Whatever was admitted above the quota is our error, not something for later callers to pay for.
        let previous = total.previous.min(quota);
        let mut headroom = Headroom {
            remaining: quota.saturating_sub(window.used(total.current, previous)),
            wait_ms: window.wait_ms(total.current.min(quota), previous, quota),
            until_next_ms: window.until_next_ms(),
        };
        if let Some(share) = self.share {
            headroom.remaining = headroom.remaining.min(self.remaining_of(share, window));
            let until_old_ms = share.until.since(now).max(headroom.wait_ms);
            headroom.wait_ms = self.wait_for(share, window, headroom.wait_ms, until_old_ms);
        }
        headroom
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

    /// Takes back one that was admitted. What the others were told stays: they know of one too many, for a window.
    pub(super) fn uncount(&mut self) {
        self.own.current = self.own.current.saturating_sub(1);
        self.untold = self.untold.saturating_sub(1);
    }

    /// Notes that a submission was asked for, and whether it was admitted.
    pub(super) fn count(&mut self, is_admitted: bool) {
        self.demand.current = self.demand.current.saturating_add(1);
        if is_admitted {
            self.own.current = self.own.current.saturating_add(1);
            self.untold = self.untold.saturating_add(1);
        }
    }
}

/// How far ahead a turn is looked for: windows. A page of a list has no more writers, so no share is smaller.
const MAX_TURNS: u64 = 1_000;
