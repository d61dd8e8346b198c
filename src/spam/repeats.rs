//! [`Repeats`]: which texts several visitors sent lately, as far as this isolate received them.
//!
//! The memory holds hashes alone. Its error: a text counts as repeated only if this isolate received it from two other visitors
//! within an hour, or by a collision of 64-bit hashes (n texts an hour: n² in 2^65). It misses the first two visitors in each
//! isolate, and what another text with the same place has replaced.

use crate::clock::UnixMillis;
use crate::hash::short_hash;

/// The texts that were sent lately, in a table without chains: a text replaces the one that has its place.
#[derive(Debug)]
pub struct Repeats {
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    text: u64,
    /// When it was last sent.
    at: UnixMillis,
    /// Hashes of the first two visitors; 0 is none.
    visitors: [u64; 2],
}

impl Repeats {
    /// An empty memory; it allocates at its first use.
    pub const fn new() -> Self {
        Self { places: Vec::new() }
    }

    /// Notes that a visitor sent a text to a form. Gives whether two other visitors sent it before, each time within
    /// [`REPEAT_WINDOW_MS`] of the last.
    pub fn note(&mut self, form_key: &str, text: &str, visitor: &str, now: UnixMillis) -> bool {
        self.places.resize(MAX_CONTENTS, Place::default());
        let (text, visitor) = (short_hash(&[form_key, text]), short_hash(&[visitor]).max(1));
        let index = usize::try_from(text % MAX_CONTENTS as u64).unwrap_or_default();
        let Some(place) = self.places.get_mut(index) else {
            return false;
        };
        let is_known = place.text == text && now.since(place.at) <= REPEAT_WINDOW_MS;
        if !is_known {
            *place = Place {
                text,
                at: now,
                visitors: [visitor, 0],
            };
            return false;
        }
        place.at = now;
        let [first, second] = place.visitors;
        if second == 0 && first != visitor {
            place.visitors = [first, visitor];
        }
        second != 0 && ![first, second].contains(&visitor)
    }
}

impl Default for Repeats {
    fn default() -> Self {
        Self::new()
    }
}

/// The most texts in memory: 40 bytes each.
pub const MAX_CONTENTS: usize = 1_024;
/// For how long a text counts since it was last sent: milliseconds.
pub const REPEAT_WINDOW_MS: u64 = 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_repeated_after_two_other_visitors_within_an_hour() {
        let mut repeats = Repeats::new();
        let hour = REPEAT_WINDOW_MS;
        for (text, visitor, at, expected) in [
            ("a", "v1", 0, false),
            ("a", "v1", 0, false),
            ("a", "v2", 0, false),
            ("a", "v1", 1, false),
            ("a", "v2", 1, false),
            ("b", "v3", 1, false),
            ("a", "v3", 1, true),
            ("a", "v3", 1 + hour, true),
            ("a", "v4", 2 + hour + hour, false),
            ("a", "v5", 2 + hour + hour, false),
            ("a", "v6", 2 + hour + hour, true),
        ] {
            let is_repeated = repeats.note("f", text, visitor, UnixMillis(at));
            assert_eq!(is_repeated, expected, "{text} {visitor} {at}");
        }
    }

    #[test]
    fn its_memory_is_bounded_and_a_new_text_replaces_an_old_one() {
        let mut repeats = Repeats::new();
        for visitor in ["v1", "v2"] {
            repeats.note("f", "first", visitor, UnixMillis(0));
        }
        // Enough texts that each place is certainly taken.
        for number in 0..20 * MAX_CONTENTS {
            repeats.note("f", &number.to_string(), "v1", UnixMillis(0));
        }
        assert_eq!(repeats.places.len(), MAX_CONTENTS);
        assert!(!repeats.note("f", "first", "v3", UnixMillis(0)));
        assert!(!format!("{repeats:?}").contains("v1"));
    }
}
