//! [`Efforts`]: how often each visitor was challenged lately, as far as this isolate knows.
//!
//! The memory holds hashes alone. A visitor that meets several isolates starts anew in each.

use super::work::MAX_LEVEL;
use crate::clock::UnixMillis;
use crate::hash::short_hash;

/// How often visitors were challenged, in a table without chains: a visitor replaces the one that has its place.
#[derive(Debug)]
pub struct Efforts {
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    visitor: u64,
    /// The submission that was challenged last.
    submission: u64,
    at: UnixMillis,
    level: u8,
}

impl Efforts {
    /// An empty memory; it allocates at its first use.
    pub const fn new() -> Self {
        Self { places: Vec::new() }
    }

    /// Notes that a submission of a visitor is challenged. Gives its level, which grows by one with each other submission of the
    /// visitor that was challenged within [`EFFORT_WINDOW_MS`] of the last, up to [`MAX_LEVEL`].
    pub fn note(&mut self, visitor: &str, submission: &str, now: UnixMillis) -> u8 {
        self.places.resize(MAX_EFFORTS, Place::default());
        let (visitor, submission) = (short_hash(&[visitor]), short_hash(&[submission]));
        let index = usize::try_from(visitor % MAX_EFFORTS as u64).unwrap_or_default();
        let Some(place) = self.places.get_mut(index) else {
            return 0;
        };
        let is_known = place.visitor == visitor && now.since(place.at) <= EFFORT_WINDOW_MS;
        let level = match is_known {
            false => 0,
            true if place.submission == submission => place.level,
            true => place.level.saturating_add(1).min(MAX_LEVEL),
        };
        *place = Place {
            visitor,
            submission,
            at: now,
            level,
        };
        level
    }
}

impl Default for Efforts {
    fn default() -> Self {
        Self::new()
    }
}

/// The most visitors in memory: 32 bytes each.
pub const MAX_EFFORTS: usize = 1_024;
/// For how long a challenge counts: milliseconds, an hour.
pub const EFFORT_WINDOW_MS: u64 = 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_grows_with_each_submission_that_is_challenged_within_an_hour() {
        let mut efforts = Efforts::new();
        let hour = EFFORT_WINDOW_MS;
        for (visitor, submission, at, level) in [
            ("v1", "a", 0, 0),
            ("v1", "a", 0, 0),
            ("v1", "b", 1, 1),
            ("v1", "b", 1, 1),
            ("v2", "b", 1, 0),
            ("v1", "c", 2, 2),
            ("v1", "d", 2 + hour, 3),
            ("v1", "e", 2 + hour, 4),
            ("v1", "f", 2 + hour, 4),
            ("v1", "g", 3 + hour + hour, 0),
        ] {
            let found = efforts.note(visitor, submission, UnixMillis(at));
            assert_eq!(found, level, "{visitor} {submission} {at}");
        }
    }

    #[test]
    fn its_memory_is_bounded_and_a_new_visitor_replaces_an_old_one() {
        let mut efforts = Efforts::new();
        for submission in ["a", "b"] {
            efforts.note("first", submission, UnixMillis(0));
        }
        for number in 0..20 * MAX_EFFORTS {
            efforts.note(&number.to_string(), "a", UnixMillis(0));
        }
        assert_eq!(efforts.places.len(), MAX_EFFORTS);
        assert_eq!(efforts.note("first", "c", UnixMillis(0)), 0);
    }
}
