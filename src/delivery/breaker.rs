//! [`Breaker`]: while the core is down, most visitors do not wait for its timeout.
//!
//! While the breaker is open, leads go to the outbox at once. After a cool-down one lead probes whether the core responds again.
//! Nygard, Release It!, "Circuit Breaker".

use crate::clock::UnixMillis;

/// One isolate's circuit breaker for the core.
#[derive(Clone, Copy, Debug, Default)]
pub struct Breaker {
    /// Failed attempts in a row.
    failures: u32,
    open_until: UnixMillis,
    cool_down_ms: u64,
    /// Whether a probe is in progress.
    is_probing: bool,
}

impl Breaker {
    /// Whether this lead may go to the core. While the breaker is open, one lead per cool-down may, as a probe.
    pub fn allows(&mut self, now: UnixMillis) -> bool {
        if self.failures < MAX_FAILURES {
            return true;
        }
        if now < self.open_until {
            return false;
        }
        self.open_until = now.plus(self.cool_down_ms);
        self.is_probing = true;
        true
    }

    /// Records how an attempt ended: `is_up` if the core sent a readable response.
    pub fn record(&mut self, is_up: bool, now: UnixMillis) {
        if is_up {
            *self = Self::default();
            return;
        }
        self.failures = self.failures.saturating_add(1);
        // Attempts that began before the breaker opened, and those from the outbox, do not prolong the cool-down.
        if self.failures == MAX_FAILURES || std::mem::take(&mut self.is_probing) {
            let longer_ms = self.cool_down_ms.saturating_mul(2);
            self.cool_down_ms = longer_ms.clamp(MIN_COOL_DOWN_MS, MAX_COOL_DOWN_MS);
            self.open_until = now.plus(self.cool_down_ms);
        }
    }
}

/// Failed attempts in a row that open the breaker.
pub const MAX_FAILURES: u32 = 3;
/// The first cool-down: milliseconds.
pub const MIN_COOL_DOWN_MS: u64 = 1_000;
/// The longest cool-down: milliseconds.
pub const MAX_COOL_DOWN_MS: u64 = 30_000;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_293_000_000);

    fn open() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..MAX_FAILURES {
            assert!(breaker.allows(NOW));
            breaker.record(false, NOW);
        }
        breaker
    }

    #[test]
    fn opens_after_three_failures_in_a_row() {
        assert!(!open().allows(NOW));
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            breaker.record(false, NOW);
            breaker.record(false, NOW);
            breaker.record(true, NOW);
            assert!(breaker.allows(NOW));
        }
    }

    #[test]
    fn failures_at_the_same_time_open_it_for_one_second() {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            assert!(breaker.allows(NOW));
        }
        let late = NOW.plus(900);
        for failed_at in [[NOW; 5], [late; 5]].concat() {
            breaker.record(false, failed_at);
        }
        assert!(!breaker.allows(late));
        assert!(breaker.allows(NOW.plus(MIN_COOL_DOWN_MS)));
        // Only one of these is the lead that went to see.
        for _ in 0..10 {
            breaker.record(false, NOW.plus(MIN_COOL_DOWN_MS));
        }
        let again = NOW.plus(3 * MIN_COOL_DOWN_MS);
        assert!(!breaker.allows(NOW.plus(3 * MIN_COOL_DOWN_MS - 1)));
        assert!(breaker.allows(again));
    }

    #[test]
    fn allows_one_probe_after_the_cool_down_and_closes_when_it_succeeds() {
        let mut breaker = open();
        let then = NOW.plus(MIN_COOL_DOWN_MS);
        assert!(!breaker.allows(NOW.plus(MIN_COOL_DOWN_MS - 1)));
        assert!(breaker.allows(then) && !breaker.allows(then));
        breaker.record(true, then);
        assert!(breaker.allows(then) && breaker.allows(then));
    }

    #[test]
    fn waits_twice_as_long_each_time_up_to_half_a_minute() {
        let (mut breaker, mut now) = (open(), NOW);
        for cool_down_ms in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            assert!(
                !breaker.allows(now.plus(cool_down_ms - 1)),
                "{cool_down_ms}"
            );
            now = now.plus(cool_down_ms);
            assert!(breaker.allows(now), "{cool_down_ms}");
            breaker.record(false, now);
        }
    }
}
