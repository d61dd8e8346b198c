//! [`Key`]: a key for one purpose, whose own blocks are hashed once.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{hash_with, mac_under};

/// A key for one purpose, derived from a secret that has several. Prints nothing of itself.
#[derive(Clone)]
pub struct Key {
    bytes: [u8; 32],
    /// The HMAC of nothing yet: the two blocks of the key are hashed once, not for every hash.
    mac: Hmac<Sha256>,
}

impl Key {
    /// The HMAC of the purpose under the secret. A key reveals neither the secret nor the key of
    /// another purpose.
    pub fn derive(secret: &str, purpose: &str) -> Self {
        let bytes = hash_with(mac_under(secret.as_bytes()), purpose.as_bytes());
        let mac = mac_under(&bytes);
        Self { bytes, mac }
    }

    /// The HMAC-SHA-256 of some bytes under this key.
    pub fn hash(&self, bytes: &[u8]) -> [u8; 32] {
        hash_with(self.mac.clone(), bytes)
    }

    /// Whether `half` is the [`first_half`](super::first_half) of the hash of some bytes. Takes the same time for every wrong `half`, so that it
    /// cannot be guessed byte by byte.
    pub fn verifies(&self, bytes: &[u8], half: &[u8; 16]) -> bool {
        let mac = Mac::chain_update(self.mac.clone(), bytes);
        mac.verify_truncated_left(half).is_ok()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Key {}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::first_half;

    #[test]
    fn a_key_verifies_the_first_half_of_its_own_hash_alone() {
        let (key, other) = (Key::derive("a", "p"), Key::derive("b", "p"));
        let half = first_half(key.hash(b"bytes"));
        assert!(key.verifies(b"bytes", &half));
        assert!(!other.verifies(b"bytes", &half) && !key.verifies(b"byte", &half));
        for index in 0..half.len() {
            let mut wrong = half;
            wrong[index] ^= 1;
            assert!(!key.verifies(b"bytes", &wrong), "{index}");
        }
    }
}
