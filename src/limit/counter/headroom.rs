//! [`Headroom`]: what is left of a quota, and how long to wait when there is nothing left.

use super::state::Counter;
use crate::clock::{MILLIS_PER_SECOND, UnixMillis};
use crate::limit::share::Share;
use crate::limit::window::Window;

/// What is left of one counter's quota.
pub(in crate::limit) struct Headroom {
    /// Submissions left now.
    pub(in crate::limit) remaining: u64,
    /// Milliseconds until one more is admitted; 0 if one is admitted now.
    pub(in crate::limit) wait_ms: u64,
    /// Milliseconds until the next window begins.
    until_next_ms: u64,
}

impl Headroom {
    /// Milliseconds until more is left.
    pub(in crate::limit) fn reset_ms(&self) -> u64 {
        match self.wait_ms {
            0 => self.until_next_ms,
            wait_ms => wait_ms,
        }
    }
}

impl Counter {
    /// What is left at `now`; `window` is the result of [`Counter::forward`].
    /// With `is_part`, a part of the quota is kept for others ([`part_of`]).
    pub(super) fn headroom(
        &self,
        now: UnixMillis,
        window: Window,
        quota: u64,
        is_part: bool,
    ) -> Headroom {
        let part = part_of(quota, is_part);
        let total = self.own.plus(self.peers);
        // Over-admission of the window before must not make later callers wait longer.
        let used = window.used(total.current, total.previous.min(quota));
        let mut headroom = Headroom {
            remaining: quota.saturating_sub(used),
            wait_ms: window.wait_ms(total.current.min(part), total.previous.min(part), part),
            until_next_ms: window.until_next_ms(),
        };
        if let Some(share) = self.share {
            headroom.remaining = headroom
                .remaining
                .min(self.remaining_of(share, window, false));
            let until_expiry_ms = share.until.since(now).max(headroom.wait_ms);
            let wait_ms = headroom.wait_ms;
            headroom.wait_ms = self.wait_for(share, window, is_part, wait_ms, until_expiry_ms);
        }
        if is_part && headroom.wait_ms > 0 {
            headroom.remaining = 0;
        }
        headroom
    }

    /// What is left of this isolate's share. The carried part is rounded down; rounded up, each isolate would lose one
    /// submission in every window.
    fn remaining_of(&self, share: Share, window: Window, is_part: bool) -> u64 {
        let quota = part_of(share.quota_in(window.index), is_part);
        let carried = window.carried(self.own.previous.min(quota));
        quota.saturating_sub(self.own.current.saturating_add(carried))
    }

    /// Milliseconds until the share has something left or expires, at least `at_least_ms`.
    fn wait_for(
        &self,
        share: Share,
        window: Window,
        is_part: bool,
        at_least_ms: u64,
        until_expiry_ms: u64,
    ) -> u64 {
        // `Retry-After` is in whole seconds, so something must still be left a second after the moment found.
        let lasts = |wait_ms: u64, end_ms: u64| wait_ms.saturating_add(MILLIS_PER_SECOND) < end_ms;
        let quota = part_of(share.quota_in(window.index), is_part);
        let mut end_ms = window.until_next_ms();
        if self.own.current < quota {
            let spare = quota.saturating_sub(self.own.current);
            // The carried part has to fall below a whole number.
            let fading_ms = match self.remaining_of(share, window, is_part) {
                0 => window
                    .wait_ms(0, self.own.previous.min(quota), spare.saturating_add(1))
                    .saturating_add(1),
                _ => 0,
            };
            let wait_ms = fading_ms.max(at_least_ms);
            if wait_ms == 0 || lasts(wait_ms, end_ms) {
                return wait_ms;
            }
        }
        for ahead in 1..MAX_WINDOWS_AHEAD {
            // One millisecond into the window, the carried part has begun to fall.
            let wait_ms = end_ms.saturating_add(1).max(at_least_ms);
            end_ms = end_ms.saturating_add(window.length_ms);
            if wait_ms >= until_expiry_ms {
                break;
            }
            let has_share = share.quota_in(window.index.saturating_add(ahead)) > 0;
            if has_share && lasts(wait_ms, end_ms) {
                return wait_ms;
            }
        }
        until_expiry_ms
    }
}

/// The quota, or the part of it that is not kept for visitors who have sent nothing: three quarters, rounded up.
fn part_of(quota: u64, is_part: bool) -> u64 {
    let kept = if is_part { quota / KEPT_PART } else { 0 };
    quota.saturating_sub(kept)
}

/// A quarter of a form's quota is kept.
const KEPT_PART: u64 = 4;
/// How many windows ahead are searched for one with a share. One list of KV has at most this many parts, so each isolate has a
/// share in one of so many windows.
const MAX_WINDOWS_AHEAD: u64 = 1_000;
