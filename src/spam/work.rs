//! [`Work`]: a proof of work. It costs a client computing time for each submission.
//!
//! Challenge and solution are those of ALTCHA 3 (<https://altcha.org/docs/v2/proof-of-work>) in its deterministic mode: the client
//! tries counters from 0 until the derived key begins with a prefix, which the service has computed for a counter below a bound. So
//! the service derives one key for each challenge, and verifying a solution takes two HMACs.
//!
//! A challenge is for one form and one idempotency key: a solution that is sent twice makes one lead, and the service stores
//! nothing.

use serde_json::Value;

use crate::clock::UnixMillis;
use crate::embed::MAX_CLOCK_SKEW_MS;
use crate::hash::{Key, first_half, from_base64, from_hex, hex, pbkdf2, separated, sha256};
use crate::json::{self, Object};

/// The parts of a challenge that differ from one to the next. The texts are hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// 16 random bytes; also the idempotency key of a submission that has none.
    pub nonce: String,
    salt: String,
    /// What the derived key begins with: 16 bytes.
    key_prefix: String,
    /// Signs the derived key.
    key_signature: String,
    /// Until when a solution is taken: seconds since 1970.
    expires_at_s: u64,
    /// The counter is below it.
    bound: u64,
    /// Of the form and the idempotency key.
    hash: String,
}

impl Work {
    /// A challenge for one form and idempotency key; without a key, for the submission that has the nonce as its key.
    /// `level` is 0 to [`MAX_LEVEL`]: each one doubles the work.
    pub fn new(
        key: &Key,
        form_key: &str,
        idempotency_key: Option<&str>,
        level: u8,
        now: UnixMillis,
        [nonce, salt]: [[u8; 16]; 2],
    ) -> Self {
        let bound = BOUND << u32::from(level.min(MAX_LEVEL));
        // Unpredictable for a client, since the key is secret.
        let [a, b, c, d, ..] = key.hash(&[nonce, salt].concat());
        let counter = u32::from_be_bytes([a, b, c, d]) % bound;
        let password = [&nonce[..], &counter.to_be_bytes()].concat();
        let derived = pbkdf2(&password, &salt, COST);
        let nonce = hex(&nonce);
        Self {
            salt: hex(&salt),
            key_prefix: hex(&first_half(derived)),
            key_signature: sign(key, &derived),
            expires_at_s: now.plus(WORK_VALID_MS).0 / 1_000,
            bound: bound.into(),
            hash: hash(form_key, idempotency_key.unwrap_or(&nonce)),
            nonce,
        }
    }

    /// Writes the challenge at the end of `text`, as JSON: `{ "altcha": { "parameters", "signature" } }`.
    pub fn write(&self, key: &Key, text: &mut String) {
        let parameters = self.parameters();
        let signature = sign(key, parameters.as_bytes());
        for part in [
            r#"{"altcha":{"parameters":"#,
            &parameters,
            r#","signature":""#,
            &signature,
            r#""}}"#,
        ] {
            text.push_str(part);
        }
    }

    /// Reads a solution: Base64 of JSON, as ALTCHA's widget sends it, or base64url. `None` unless it solves a challenge of this
    /// service that has not expired. [`Self::is_for`] tells for which submission.
    pub fn read(text: &str, key: &Key, now: UnixMillis) -> Option<Self> {
        if text.len() > MAX_SOLUTION_CHARS {
            return None;
        }
        let payload: Value = json::parse_bytes(&from_base64(text)?)?;
        let (challenge, solution) = (payload.get("challenge")?, payload.get("solution")?);
        let parameters = challenge.get("parameters")?;
        let data = parameters.get("data")?;
        let text = |object: &Value, name| Some(object.get(name)?.as_str()?.to_owned());
        let work = Self {
            nonce: text(parameters, "nonce")?,
            salt: text(parameters, "salt")?,
            key_prefix: text(parameters, "keyPrefix")?,
            key_signature: text(parameters, "keySignature")?,
            expires_at_s: parameters.get("expiresAt")?.as_u64()?,
            bound: data.get("bound")?.as_u64()?,
            hash: text(data, "for")?,
        };
        let derived = from_hex::<32>(&text(solution, "derivedKey")?)?;
        let signature = text(challenge, "signature")?;
        let is_solved = is_signed(key, work.parameters().as_bytes(), &signature)
            && is_signed(key, &derived, &work.key_signature);
        let ends_at = UnixMillis(work.expires_at_s.saturating_mul(1_000));
        (is_solved && now.since(ends_at) <= MAX_CLOCK_SKEW_MS).then_some(work)
    }

    /// Whether it is for this form and idempotency key.
    pub fn is_for(&self, form_key: &str, idempotency_key: &str) -> bool {
        self.hash == hash(form_key, idempotency_key)
    }

    /// In the order in which ALTCHA signs them. What a client changes in the texts, it cannot sign.
    fn parameters(&self) -> String {
        let mut text = String::with_capacity(512);
        Object::write(&mut text, |parameters| {
            parameters.text("algorithm", "PBKDF2/SHA-256");
            parameters.number("cost", COST.into());
            parameters.object("data", |data| {
                data.number("bound", self.bound);
                data.text("for", &self.hash);
            });
            parameters.number("expiresAt", self.expires_at_s);
            parameters.number("keyLength", 32);
            parameters.text("keyPrefix", &self.key_prefix);
            parameters.text("keySignature", &self.key_signature);
            parameters.text("nonce", &self.nonce);
            parameters.text("salt", &self.salt);
        });
        text
    }
}

fn hash(form_key: &str, idempotency_key: &str) -> String {
    hex(&first_half(sha256(&separated(&[
        form_key,
        idempotency_key,
    ]))))
}

fn sign(key: &Key, bytes: &[u8]) -> String {
    hex(&first_half(key.hash(bytes)))
}

fn is_signed(key: &Key, bytes: &[u8], signature: &str) -> bool {
    from_hex(signature).is_some_and(|half| key.verifies(bytes, &half))
}

/// Iterations of PBKDF2 for each counter that is tried: about a millisecond, so that a call of the browser's own function costs
/// little beside.
pub const COST: u32 = 1_000;
/// The least bound of the counter. Half of it is tried on average: a million iterations, for which a cheap phone (Galaxy A14, by
/// ALTCHA's benchmark) takes about half a second, and a second at most.
pub const BOUND: u32 = 2_048;
/// The highest level: 16 times the work.
pub const MAX_LEVEL: u8 = 4;
/// How long a challenge may be solved: milliseconds, ten minutes.
pub const WORK_VALID_MS: u64 = 600_000;
/// The longest solution: characters of Base64. One is about 800 long.
pub const MAX_SOLUTION_CHARS: usize = 2_048;

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
