//! [`Receipts`]: what this isolate acknowledged lately, so that the same submission sent again gets the same receipt.
//!
//! What an edge of many isolates can promise: the same isolate recognises a repetition before anybody else has to, even while
//! the first is still on its way (a double click). Another isolate does not, and neither does this one after it has
//! forgotten; there the same idempotency key reaches the core, or the inbox's unique index, which then say whether they have
//! it. A core that ignores `Idempotency-Key` gets a lead twice whenever its first answer was lost.

use std::num::NonZeroUsize;

use lru::LruCache;

use crate::clock::UnixMillis;
use crate::envelope::ReceiptStatus;
use crate::hash::{first_half, separated, sha256};

/// Receipts by form and idempotency key, the least recently used forgotten first.
#[derive(Debug)]
pub struct Receipts {
    known: LruCache<[u8; 16], State>,
}

/// What is known of a key.
#[derive(Clone, Debug)]
enum State {
    /// Somebody is handing a lead over under it; given up when it takes longer than that.
    InProgress(UnixMillis),
    Acknowledged(Acknowledged),
}

/// Whose turn it is with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// The caller's, who has it until then.
    Acquired,
    /// Somebody else's, who is not done yet.
    InProgress,
    /// It is done.
    Acknowledged(Acknowledged),
}

/// What was acknowledged under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The submission id, which another content under the same key would not have.
    pub id: String,
    /// What became of it.
    pub status: ReceiptStatus,
    /// When it was received.
    pub received_at: UnixMillis,
}

impl Receipts {
    /// Room for `capacity` receipts.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            known: LruCache::new(capacity),
        }
    }

    /// What was acknowledged under this key of this form.
    pub fn find(&mut self, form_key: &str, idempotency_key: &str) -> Option<Acknowledged> {
        match self.known.get(&name(form_key, idempotency_key)) {
            Some(State::Acknowledged(acknowledged)) => Some(acknowledged.clone()),
            Some(State::InProgress(_)) | None => None,
        }
    }

    /// Takes a key of this form, for so many milliseconds at most: a request may end anywhere, and says nothing then.
    pub fn acquire(
        &mut self,
        form_key: &str,
        idempotency_key: &str,
        now: UnixMillis,
        at_most_ms: u64,
    ) -> KeyState {
        let name = name(form_key, idempotency_key);
        match self.known.get(&name) {
            Some(State::Acknowledged(acknowledged)) => KeyState::Acknowledged(acknowledged.clone()),
            Some(State::InProgress(until)) if now < *until => KeyState::InProgress,
            Some(State::InProgress(_)) | None => {
                self.known
                    .put(name, State::InProgress(now.plus(at_most_ms)));
                KeyState::Acquired
            }
        }
    }

    /// Notes what came of a key that was taken: it was acknowledged, or is free again.
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
                    .put(name, State::Acknowledged(acknowledged.clone()));
            }
            // Whoever came after this one took too long may have been acknowledged meanwhile.
            None if matches!(self.known.peek(&name), Some(State::InProgress(_))) => {
                self.known.pop(&name);
            }
            None => {}
        }
    }
}

/// Hashed, so that no key takes more room than another.
fn name(form_key: &str, idempotency_key: &str) -> [u8; 16] {
    first_half(sha256(&separated(&[form_key, idempotency_key])))
}

/// Receipts one isolate keeps, about 150 bytes each: entries.
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
    fn remembers_by_form_and_key_and_forgets_the_oldest() {
        let mut receipts = Receipts::new(NonZeroUsize::new(2).unwrap());
        receipts.release("demo", "k", Some(&acknowledged("a")));
        receipts.release("other", "k", Some(&acknowledged("b")));
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
        receipts.release("demo", "l", Some(&acknowledged("c")));
        assert_eq!(receipts.find("other", "k"), None);
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
    }

    #[test]
    fn a_key_is_one_callers_until_it_is_settled_or_takes_too_long() {
        let mut receipts = Receipts::new(NonZeroUsize::new(2).unwrap());
        let mut take = |now| receipts.acquire("demo", "k", UnixMillis(now), 100);
        assert_eq!(take(0), KeyState::Acquired);
        assert_eq!(
            (take(0), take(99)),
            (KeyState::InProgress, KeyState::InProgress)
        );
        assert_eq!(
            (take(100), take(199)),
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
        // The one that took too long fails only now.
        receipts.release("demo", "k", None);
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
    }
}
