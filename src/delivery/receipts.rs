//! [`Receipts`]: the receipts of this isolate by idempotency key, so that a repeated submission gets the same receipt.
//!
//! An isolate recognises a repetition of its own submissions, even while the first one is in progress (a double click). Another
//! isolate does not, and neither does this one after it dropped the receipt; then the same idempotency key reaches the core, or
//! the unique index of the inbox, which detect the repetition. A core that ignores `Idempotency-Key` gets a lead twice whenever
//! its first response was lost.

use std::num::NonZeroUsize;

use lru::LruCache;

use crate::clock::UnixMillis;
use crate::envelope::ReceiptStatus;
use crate::hash::{first_half, separated, sha256};

/// Receipts by form and idempotency key; the least recently used is dropped first.
#[derive(Debug)]
pub struct Receipts {
    known: LruCache<[u8; 16], State>,
}

/// The state of a key in memory.
#[derive(Clone, Debug)]
enum State {
    /// A request delivers a lead under this key, and holds the key until then at the latest.
    InProgress(UnixMillis),
    /// With the number of repetitions that were not counted.
    Acknowledged(Acknowledged, u32),
}

/// The result of [`Receipts::acquire`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// The caller has acquired the key, and has to release it.
    Acquired,
    /// Another request with this key is in progress.
    InProgress,
    /// A submission with this key was acknowledged.
    Acknowledged(Acknowledged),
}

/// The acknowledgement of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The submission id; the same key with other values has another id.
    pub id: String,
    /// Whether it was delivered, stored or queued.
    pub status: ReceiptStatus,
    /// When it was received.
    pub received_at: UnixMillis,
}

impl Receipts {
    /// At most `capacity` receipts.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            known: LruCache::new(capacity),
        }
    }

    /// The acknowledgement under this key of this form; `None` also after 10 repetitions (`MAX_REPETITIONS`).
    pub fn find(&mut self, form_key: &str, idempotency_key: &str) -> Option<Acknowledged> {
        match self.known.get(&name(form_key, idempotency_key)) {
            Some(State::Acknowledged(acknowledged, repetitions))
                if *repetitions < MAX_REPETITIONS =>
            {
                Some(acknowledged.clone())
            }
            _ => None,
        }
    }

    /// Notes a repetition of an acknowledged submission; gives whether it is not counted by rate limits.
    pub fn repeat(&mut self, form_key: &str, idempotency_key: &str) -> bool {
        match self.known.get_mut(&name(form_key, idempotency_key)) {
            Some(State::Acknowledged(_, repetitions)) if *repetitions < MAX_REPETITIONS => {
                *repetitions = repetitions.saturating_add(1);
                true
            }
            _ => false,
        }
    }

    /// Acquires a key of this form for at most `at_most_ms` milliseconds: a cancelled request never releases its key.
    pub fn acquire(
        &mut self,
        form_key: &str,
        idempotency_key: &str,
        now: UnixMillis,
        at_most_ms: u64,
    ) -> KeyState {
        let name = name(form_key, idempotency_key);
        match self.known.get(&name) {
            Some(State::Acknowledged(acknowledged, _)) => {
                KeyState::Acknowledged(acknowledged.clone())
            }
            Some(State::InProgress(until)) if now < *until => KeyState::InProgress,
            Some(State::InProgress(_)) | None => {
                self.known
                    .put(name, State::InProgress(now.plus(at_most_ms)));
                KeyState::Acquired
            }
        }
    }

    /// Releases an acquired key, with the acknowledgement if there is one.
    pub fn release(
        &mut self,
        form_key: &str,
        idempotency_key: &str,
        acknowledged: Option<&Acknowledged>,
    ) {
        let name = name(form_key, idempotency_key);
        match acknowledged {
            Some(acknowledged) => {
                self.known
                    .put(name, State::Acknowledged(acknowledged.clone(), 0));
            }
            // If this request exceeded its time, another one may have been acknowledged in the meantime.
            None if matches!(self.known.peek(&name), Some(State::InProgress(_))) => {
                self.known.pop(&name);
            }
            None => {}
        }
    }
}

/// Hashed, so that every key needs the same memory.
fn name(form_key: &str, idempotency_key: &str) -> [u8; 16] {
    first_half(sha256(&separated(&[form_key, idempotency_key])))
}

/// Repetitions of one submission that rate limits do not count, so that a client whose response was lost gets its receipt. Further
/// ones are counted like new submissions: a known key is no way around the limits. The widget tries 5 times by itself.
pub const MAX_REPETITIONS: u32 = 10;
/// Receipts that one isolate keeps, about 150 bytes each.
pub const MAX_RECEIPTS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn acknowledged(id: &str) -> Acknowledged {
        Acknowledged {
            id: id.to_owned(),
            status: ReceiptStatus::Stored,
            received_at: UnixMillis(1),
        }
    }

    #[test]
    fn finds_receipts_by_form_and_key_and_drops_the_oldest() {
        let mut receipts = Receipts::new(NonZeroUsize::new(2).unwrap());
        receipts.release("demo", "k", Some(&acknowledged("a")));
        receipts.release("other", "k", Some(&acknowledged("b")));
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
        receipts.release("demo", "l", Some(&acknowledged("c")));
        assert_eq!(receipts.find("other", "k"), None);
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
    }

    #[test]
    fn ten_repetitions_are_not_counted() {
        let mut receipts = Receipts::new(NonZeroUsize::new(2).unwrap());
        assert!(!receipts.repeat("demo", "k"), "not known");
        receipts.release("demo", "k", Some(&acknowledged("a")));
        assert!((0..10).all(|_| receipts.repeat("demo", "k")));
        assert!(!receipts.repeat("demo", "k"));
        assert_eq!(receipts.find("demo", "k"), None);
        let known = KeyState::Acknowledged(acknowledged("a"));
        assert_eq!(receipts.acquire("demo", "k", UnixMillis(0), 100), known);
    }

    #[test]
    fn a_key_is_held_until_it_is_released_or_expires() {
        let mut receipts = Receipts::new(NonZeroUsize::new(2).unwrap());
        let mut acquire = |now| receipts.acquire("demo", "k", UnixMillis(now), 100);
        assert_eq!(acquire(0), KeyState::Acquired);
        assert_eq!(
            (acquire(0), acquire(99)),
            (KeyState::InProgress, KeyState::InProgress)
        );
        assert_eq!(
            (acquire(100), acquire(199)),
            (KeyState::Acquired, KeyState::InProgress)
        );
        assert_eq!(receipts.find("demo", "k"), None);
        receipts.release("demo", "k", None);
        assert_eq!(
            receipts.acquire("demo", "k", UnixMillis(0), 100),
            KeyState::Acquired
        );
        receipts.release("demo", "k", Some(&acknowledged("a")));
        let done = KeyState::Acknowledged(acknowledged("a"));
        assert_eq!(receipts.acquire("demo", "k", UnixMillis(0), 100), done);
        // The request that exceeded its time fails only now.
        receipts.release("demo", "k", None);
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
    }
}
