//! [`Wait`]: what a page without a script does instead of a proof of work: it is sent again some seconds later.

use crate::clock::UnixMillis;
use crate::hash::{Key, base64url, first_half, from_base64url, separated};

/// The moment from which a submission is taken, signed for one form and idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The moment.
    pub until: UnixMillis,
}

impl Wait {
    /// The wait of a visitor at a level of 0 to [`super::MAX_LEVEL`], from now on.
    pub fn new(level: u8, now: UnixMillis) -> Self {
        let millis = WAIT_MS << u32::from(level.min(super::MAX_LEVEL));
        Self {
            until: now.plus(millis),
        }
    }

    /// The token that [`Self::read`] reads.
    pub fn token(self, key: &Key, form_key: &str, idempotency_key: &str) -> String {
        let signed = self.signed(form_key, idempotency_key);
        let mut bytes = self.until.0.to_be_bytes().to_vec();
        bytes.extend_from_slice(&first_half(key.hash(&signed)));
        base64url(&bytes)
    }

    /// Reads the token of a submission. `None` unless it was issued for the form and the key; it may be too early for it.
    pub fn read(
        token: &str,
        key: &Key,
        form_key: &str,
        idempotency_key: &str,
        now: UnixMillis,
    ) -> Option<Self> {
        if token.len() != TOKEN_CHARS {
            return None;
        }
        let bytes = from_base64url(token)?;
        let (until, tag) = bytes.split_first_chunk()?;
        let wait = Self {
            until: UnixMillis(u64::from_be_bytes(*until)),
        };
        let signed = wait.signed(form_key, idempotency_key);
        let is_signed = key.verifies(&signed, tag.first_chunk()?);
        (is_signed && now.since(wait.until) <= WAIT_VALID_MS).then_some(wait)
    }

    /// Whether it is over. The clocks of two machines may differ by `WAIT_TOLERANCE_MS`.
    pub fn is_over(self, now: UnixMillis) -> bool {
        self.until.since(now) <= WAIT_TOLERANCE_MS
    }

    /// The seconds left, at least 1.
    pub fn left_s(self, now: UnixMillis) -> u64 {
        self.until.since(now).div_ceil(1_000).max(1)
    }

    fn signed(self, form_key: &str, idempotency_key: &str) -> Vec<u8> {
        let until = self.until.0.to_string();
        separated(&["wait", form_key, idempotency_key, &until])
    }
}

/// 24 bytes in base64url.
const TOKEN_CHARS: usize = 32;
/// The shortest wait: milliseconds. As long as it takes to read the page's text.
pub const WAIT_MS: u64 = 6_000;
/// How much earlier a page may be sent: milliseconds.
pub const WAIT_TOLERANCE_MS: u64 = 1_000;
/// How long a page may be sent after its wait: milliseconds, two hours, as the ticket in it.
pub const WAIT_VALID_MS: u64 = 7_200_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_over_after_its_seconds_for_two_hours_and_doubles_with_each_level() {
        let key = Key::derive("s", "p");
        for (level, wait_ms) in [(0, 6_000), (1, 12_000), (4, 96_000), (9, 96_000)] {
            let token = Wait::new(level, UnixMillis(1_000)).token(&key, "demo", "k1");
            let read = |at| Wait::read(&token, &key, "demo", "k1", UnixMillis(1_000 + at));
            let is_over = |at| read(at).is_some_and(|wait| wait.is_over(UnixMillis(1_000 + at)));
            assert_eq!(read(0).unwrap().left_s(UnixMillis(1_000)), wait_ms / 1_000);
            assert!(!is_over(0) && !is_over(wait_ms - 1_001));
            assert!(is_over(wait_ms - 1_000) && is_over(wait_ms + 7_200_000));
            assert_eq!(read(wait_ms + 7_200_001), None);
            assert_eq!(read(wait_ms).unwrap().left_s(UnixMillis(1_000_000)), 1);
        }
    }

    #[test]
    fn a_token_is_for_one_form_and_one_idempotency_key() {
        let (key, now) = (Key::derive("s", "p"), UnixMillis(1_000));
        let token = Wait::new(0, now).token(&key, "demo", "k1");
        let read = |token: &str, key: &Key, form, idempotency_key| {
            Wait::read(token, key, form, idempotency_key, now).is_some()
        };
        assert!(read(&token, &key, "demo", "k1"));
        assert!(!read(&token, &key, "other", "k1") && !read(&token, &key, "demo", "k2"));
        assert!(!read(&token, &Key::derive("t", "p"), "demo", "k1"));
        for index in 0..token.len() {
            let other = if token.as_bytes()[index] == b'A' {
                "B"
            } else {
                "A"
            };
            let mut changed = token.clone();
            changed.replace_range(index..=index, other);
            assert!(!read(&changed, &key, "demo", "k1"), "{changed}");
        }
        for token in [
            "",
            "A",
            token.split_at(1).1,
            &format!("{token}A"),
            &"ü".repeat(16),
        ] {
            assert!(!read(token, &key, "demo", "k1"), "{token}");
        }
    }
}
