//! [`Window`]: computes from two counts and a time how much of a quota is used and how long to wait.
//!
//! The counts are those of the current wall-clock window and of the one before, whose weight falls linearly to zero during the
//! current one:
//! <https://blog.cloudflare.com/counting-things-a-lot-of-different-things/>. Isolates need no agreement about wall-clock windows
//! beyond their clocks.

use crate::clock::{MILLIS_PER_SECOND, UnixMillis};

/// The wall-clock window of one policy that contains a moment, and the position of the moment in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many whole windows have passed since the epoch.
    pub index: u64,
    /// Milliseconds since the window began.
    pub elapsed_ms: u64,
    /// The window's length in milliseconds.
    pub length_ms: u64,
    /// Milliseconds until the window begins: 0, unless the clock stepped back.
    ahead_ms: u64,
}

impl Window {
    /// The window of `window_s` seconds that `now` lies in.
    pub fn at(now: UnixMillis, window_s: u64) -> Self {
        let length_ms = window_s.saturating_mul(MILLIS_PER_SECOND).max(1);
        Self {
            index: now.0 / length_ms,
            elapsed_ms: now.0 % length_ms,
            length_ms,
            ahead_ms: 0,
        }
    }

    /// This window, or the beginning of the window of this index if that is later: a clock that steps back does not end a
    /// window that has begun.
    pub(super) fn no_earlier_than(self, index: u64) -> Self {
        if self.index >= index {
            return self;
        }
        let until_next = self.length_ms.saturating_sub(self.elapsed_ms);
        let between = (index - self.index - 1).saturating_mul(self.length_ms);
        Self {
            index,
            elapsed_ms: 0,
            ahead_ms: until_next.saturating_add(between),
            ..self
        }
    }

    /// Milliseconds until the window ends, at least 1.
    pub fn remaining_ms(self) -> u64 {
        self.length_ms.saturating_sub(self.elapsed_ms).max(1)
    }

    /// Milliseconds until the next window begins.
    pub(super) fn until_next_ms(self) -> u64 {
        self.remaining_ms().saturating_add(self.ahead_ms)
    }

    /// How much of a quota is used, given the counts of this window and the one before; rounded up.
    pub fn used(self, current: u64, previous: u64) -> u64 {
        let carried = self.weighted(previous).div_ceil(u128::from(self.length_ms));
        current.saturating_add(u64::try_from(carried).unwrap_or(u64::MAX))
    }

    /// The weight of the count of the window before, rounded down.
    pub(super) fn carried(self, previous: u64) -> u64 {
        let carried = self.weighted(previous) / u128::from(self.length_ms);
        u64::try_from(carried).unwrap_or(u64::MAX)
    }

    fn weighted(self, previous: u64) -> u128 {
        u128::from(previous) * u128::from(self.remaining_ms())
    }

    /// Milliseconds until one more submission fits into `quota`, if no other is admitted meanwhile; 0 when it fits now.
    pub fn wait_ms(self, current: u64, previous: u64, quota: u64) -> u64 {
        if current < quota {
            let spare = quota.saturating_sub(current).saturating_sub(1);
            self.wait_for_carried(previous, spare)
        } else {
            // Nothing fits before the window ends; in the next one, this window's count is the carried one.
            let next = Self {
                elapsed_ms: 0,
                ahead_ms: 0,
                ..self
            };
            self.until_next_ms()
                .saturating_add(next.wait_for_carried(current, quota.saturating_sub(1)))
        }
    }

    /// Milliseconds until `previous` weighs at most `spare`.
    fn wait_for_carried(self, previous: u64, spare: u64) -> u64 {
        if previous <= spare {
            return 0;
        }
        // previous * (length - elapsed) / length <= spare, solved for the largest time that may remain.
        let may_remain = u128::from(spare) * u128::from(self.length_ms) / u128::from(previous);
        let may_remain = u64::try_from(may_remain).unwrap_or(u64::MAX);
        match self.remaining_ms().saturating_sub(may_remain) {
            0 => 0,
            wait_ms => wait_ms.saturating_add(self.ahead_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_weight_of_the_window_before_falls_linearly() {
        for (now, used) in [(60_000, 100), (90_000, 50), (119_999, 1)] {
            assert_eq!(Window::at(UnixMillis(now), 60).used(0, 100), used, "{now}");
        }
    }

    #[test]
    fn the_wait_is_zero_below_the_quota() {
        assert_eq!(Window::at(UnixMillis(61_000), 60).wait_ms(9, 0, 10), 0);
    }

    proptest! {
        /// Refused at every moment before the end of the wait, admitted exactly at it.
        #[test]
        fn the_wait_is_exact(
            start in 0_u64..1_000_000, window_s in 1_u64..120,
            current in 0_u64..200, previous in 0_u64..200, quota in 1_u64..150,
        ) {
            let window = Window::at(UnixMillis(start), window_s);
            let wait = window.wait_ms(current, previous, quota);
            let used_at = |millis: u64| {
                let then = Window::at(UnixMillis(start + millis), window_s);
                match then.index - window.index {
                    0 => then.used(current, previous),
                    1 => then.used(0, current),
                    _ => 0,
                }
            };
            prop_assert!(used_at(wait) < quota, "admitted after {} ms", wait);
            if wait > 0 {
                prop_assert!(used_at(wait - 1) >= quota, "refused just before {} ms", wait);
            }
        }

        #[test]
        fn never_panics(
            now: u64, window_s: u64, current: u64, previous: u64, quota: u64,
        ) {
            let window = Window::at(UnixMillis(now), window_s);
            let _ = window.used(current, previous);
            let _ = window.wait_ms(current, previous, quota);
        }
    }
}
