//! [`Failures`]: how many tokens of each visitor address were refused lately, as far as this isolate knows.
//!
//! While there are too many, no token of that address is looked at, not even a right one: each would cost a query of the database or
//! the verification of a signature, and a guess would show whether it was right. The memory holds hashes alone.

use crate::clock::UnixMillis;

/// The counts by the hash of an address, in a table without chains: an address replaces the one that has its place.
#[derive(Debug, Default)]
pub struct Failures {
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    address: u64,
    /// When the first of them was refused.
    since: UnixMillis,
    count: u32,
}

impl Failures {
    /// Notes that a token from an address was refused.
    pub fn note(&mut self, address: u64, now: UnixMillis) {
        self.places.resize(MAX_ADDRESSES, Place::default());
        if let Some(place) = self.places.get_mut(index(address)) {
            let is_known = place.address == address && now.since(place.since) < FAILURES_WINDOW_MS;
            if !is_known {
                let (since, count) = (now, 0);
                *place = Place {
                    address,
                    since,
                    count,
                };
            }
            place.count = place.count.saturating_add(1);
        }
    }

    /// The seconds for which no token from an address is looked at; `None` while it may send one.
    pub fn wait_s(&self, address: u64, now: UnixMillis) -> Option<u64> {
        let place = self.places.get(index(address))?;
        let is_over = place.address == address && place.count >= MAX_FAILURES;
        let left_ms = FAILURES_WINDOW_MS.checked_sub(now.since(place.since))?;
        (is_over && left_ms > 0).then(|| left_ms.div_ceil(1_000))
    }
}

fn index(address: u64) -> usize {
    usize::try_from(address % MAX_ADDRESSES as u64).unwrap_or_default()
}

/// Refused tokens of one address within [`FAILURES_WINDOW_MS`] after which it has to wait.
pub const MAX_FAILURES: u32 = 20;
/// How long they count, from the first of them: milliseconds.
pub const FAILURES_WINDOW_MS: u64 = 60_000;
/// The most addresses in memory: 24 bytes each.
const MAX_ADDRESSES: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_after_so_many_failures_until_their_time_is_over() {
        let mut failures = Failures::default();
        assert_eq!(failures.wait_s(1, UnixMillis(0)), None, "nothing is known");
        for failure in 1..=u64::from(MAX_FAILURES) {
            assert_eq!(failures.wait_s(1, UnixMillis(failure)), None, "{failure}");
            failures.note(1, UnixMillis(failure));
        }
        for (address, now, wait_s) in [
            (1, 20, Some(60)),
            (1, 1_001, Some(59)),
            (1, FAILURES_WINDOW_MS, Some(1)),
            (1, FAILURES_WINDOW_MS + 1, None),
            (2, 20, None),
            // The clock may step back.
            (1, 0, Some(60)),
        ] {
            let found = failures.wait_s(address, UnixMillis(now));
            assert_eq!(found, wait_s, "{address} {now}");
        }
        failures.note(1, UnixMillis(FAILURES_WINDOW_MS + 1));
        let later = UnixMillis(FAILURES_WINDOW_MS + 2);
        assert_eq!(failures.wait_s(1, later), None, "counted from 1 again");
    }

    #[test]
    fn its_memory_is_bounded() {
        let mut failures = Failures::default();
        for number in 0..10 * MAX_ADDRESSES as u64 {
            failures.note(number, UnixMillis(0));
        }
        assert_eq!(failures.places.len(), MAX_ADDRESSES);
    }
}
