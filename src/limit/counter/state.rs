//! [`Counter`]: the counts of one counter that an isolate has in memory, and how they move from window to window.

use crate::clock::UnixMillis;
use crate::limit::policy::RateLimitPolicy;
use crate::limit::share::Share;
use crate::limit::window::Window;

/// One counter. The count of this isolate is exact; those of the others are as last read.
#[derive(Clone, Debug)]
pub(in crate::limit) struct Counter {
    /// Differs from that of any counter with the same key that this isolate had before and dropped.
    pub(super) generation: u64,
    /// The index of the current window.
    pub(super) window: u64,
    /// The latest moment of a call; never decreases when the clock steps back.
    pub(super) seen_at: UnixMillis,
    /// Since when there has been demand without a pause of two windows.
    pub(super) since: UnixMillis,
    /// Admitted by this isolate.
    pub(super) own: Count,
    /// Admitted by all other isolates, as far as their published parts were read.
    pub(super) peers: Count,
    /// Requested of this isolate, admitted or not.
    pub(super) demand: Count,
    /// The limit of this isolate while the demand on all exceeds the quota.
    pub(super) share: Option<Share>,
    /// Admitted by this isolate and not yet published.
    pub(super) unpublished: u64,
    pub(super) sync: SyncTimes,
}

/// When this counter was written to KV and read from it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SyncTimes {
    /// When the background task began that is running.
    pub(super) running_since: Option<UnixMillis>,
    /// When KV was last written, successfully or not.
    pub(super) wrote_at: Option<UnixMillis>,
    /// When KV was last read, successfully or not.
    pub(super) tried_read_at: Option<UnixMillis>,
    /// When KV was last read successfully.
    pub(super) read_at: Option<UnixMillis>,
    /// When the first of the reads began that have failed since then.
    pub(super) failing_since: Option<UnixMillis>,
}

/// Submissions in a window and in the one before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) current: u64,
    pub(super) previous: u64,
}

impl Count {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            current: self.current.saturating_add(other.current),
            previous: self.previous.saturating_add(other.previous),
        }
    }

    /// The larger of both: KV may answer with an older list than before, and the counts of a window never decrease.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            current: self.current.max(other.current),
            previous: self.previous.max(other.previous),
        }
    }

    /// Moves the counts by `windows` windows, at least 1.
    fn roll(&mut self, windows: u64) {
        self.previous = if windows == 1 { self.current } else { 0 };
        self.current = 0;
    }
}

impl Counter {
    pub(in crate::limit) fn new(
        generation: u64,
        now: UnixMillis,
        policy: &RateLimitPolicy,
    ) -> Self {
        Self {
            generation,
            window: Window::at(now, policy.window_s).index,
            seen_at: now,
            since: now,
            own: Count::default(),
            peers: Count::default(),
            demand: Count::default(),
            share: None,
            unpublished: 0,
            sync: SyncTimes::default(),
        }
    }

    /// Moves the counter to the window of `now`; a clock that stepped back does not move it.
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

    /// Uncounts one admitted submission. If it is already published, the other isolates count one too many for a window.
    pub(super) fn uncount(&mut self) {
        self.own.current = self.own.current.saturating_sub(1);
        self.unpublished = self.unpublished.saturating_sub(1);
    }

    /// Counts one submission, admitted or refused.
    pub(super) fn count(&mut self, is_admitted: bool) {
        self.demand.current = self.demand.current.saturating_add(1);
        if is_admitted {
            self.own.current = self.own.current.saturating_add(1);
            self.unpublished = self.unpublished.saturating_add(1);
        }
    }
}
