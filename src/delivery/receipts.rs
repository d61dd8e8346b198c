//! [`Receipts`]: what this isolate acknowledged lately, so that the same submission sent again gets the same receipt.
//!
//! What an edge of many isolates can promise: the same isolate recognises a repetition before anybody else has to. Another
//! isolate does not, and neither does this one after it has forgotten; there the same idempotency key reaches the core, or
//! the inbox's unique index, which then say whether they have it. A core that ignores `Idempotency-Key` gets a lead twice
//! whenever its first answer was lost.

use std::num::NonZeroUsize;

use lru::LruCache;
use sha2::{Digest, Sha256};

use crate::clock::UnixMillis;
use crate::envelope::ReceiptStatus;

/// Receipts by form and idempotency key, the least recently used forgotten first.
#[derive(Debug)]
pub struct Receipts {
    known: LruCache<[u8; 16], Acknowledged>,
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
        self.known.get(&name(form_key, idempotency_key)).cloned()
    }

    /// Remembers an acknowledgement.
    pub fn put(&mut self, form_key: &str, idempotency_key: &str, acknowledged: Acknowledged) {
        self.known
            .put(name(form_key, idempotency_key), acknowledged);
    }
}

/// Hashed, so that no key takes more room than another.
fn name(form_key: &str, idempotency_key: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in [form_key, idempotency_key] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut name = [0; 16];
    for (byte, hashed) in name.iter_mut().zip(hash.finalize()) {
        *byte = hashed;
    }
    name
}

/// Receipts one isolate keeps, about 150 bytes each: entries.
pub const MAX_RECEIPTS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_by_form_and_key_and_forgets_the_oldest() {
        let mut receipts = Receipts::new(NonZeroUsize::new(2).unwrap());
        let acknowledged = |id: &str| Acknowledged {
            id: id.to_owned(),
            status: ReceiptStatus::Stored,
            received_at: UnixMillis(1),
        };
        receipts.put("demo", "k", acknowledged("a"));
        receipts.put("other", "k", acknowledged("b"));
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
        receipts.put("demo", "l", acknowledged("c"));
        assert_eq!(receipts.find("other", "k"), None);
        assert_eq!(receipts.find("demo", "k"), Some(acknowledged("a")));
    }
}
