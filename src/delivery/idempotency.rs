//! [`SubmissionKeys`]: the names by which a repeated submission is known as the same.

use sha2::{Digest, Sha256};

use super::hex;
use super::lead::values_json;
use crate::submission::{CLAIM_NAMES, FieldValue, Submission};

/// The submission id and the idempotency key of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionKeys {
    /// 32 hexadecimal digits. The same key with the same values gives the same id, so a retry is no second lead; the
    /// same key with other values gives another id, so a correction is not lost.
    pub id: String,
    /// What the core is given as `Idempotency-Key`: the client's own, else the id.
    pub idempotency_key: String,
    /// Whether the key is the client's own, and so may come again.
    pub is_clients: bool,
}

impl SubmissionKeys {
    /// Derives the keys from the client's own, as [`parse_idempotency_key`] gives it; `random` stands in for it.
    pub fn derive(
        key: Option<&str>,
        form_key: &str,
        submission: &Submission<'_>,
        random: [u8; 16],
    ) -> Self {
        let Some(key) = key else {
            let id = hex(&random);
            return Self {
                idempotency_key: id.clone(),
                id,
                is_clients: false,
            };
        };
        let mut hash = Sha256::new();
        let fields = values_json(&submission.fields).to_string();
        // The way to the page may look different when the same answers are sent again.
        let is_answer = |(name, _): &&(&str, FieldValue<'_>)| !CLAIM_NAMES.contains(name);
        let extras = values_json(submission.extras.iter().filter(is_answer)).to_string();
        for part in [form_key, key, &fields, &extras] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digest = hash.finalize();
        Self {
            id: hex(digest.get(..16).unwrap_or_default()),
            idempotency_key: key.to_owned(),
            is_clients: true,
        }
    }
}

/// Reads a client's key: a structured field string as the draft asks, or bare as most clients send it; `None` when it is no
/// usable one. draft-ietf-httpapi-idempotency-key-header, section 2.1.
pub fn parse_idempotency_key(header: &str) -> Option<&str> {
    let trimmed = header.trim();
    let bare = trimmed
        .strip_prefix('"')
        .and_then(|quoted| quoted.strip_suffix('"'))
        .unwrap_or(trimmed);
    let is_sound = (1..=MAX_IDEMPOTENCY_KEY_BYTES).contains(&bare.len())
        && bare
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"\\,".contains(&byte));
    is_sound.then_some(bare)
}

/// A name for a text of any length: the beginning of its SHA-256.
pub fn name_of(text: &str) -> String {
    hex(Sha256::digest(text.as_bytes())
        .get(..16)
        .unwrap_or_default())
}

/// The longest idempotency key, as elsewhere: bytes.
pub const MAX_IDEMPOTENCY_KEY_BYTES: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(header: Option<&str>, form_key: &str, value: &str) -> SubmissionKeys {
        let submission = Submission {
            version: 1,
            fields: vec![("email", FieldValue::One(value.into()))],
            extras: Vec::new(),
            consents: Vec::new(),
            warnings: Vec::new(),
            spam: Vec::new(),
        };
        SubmissionKeys::derive(
            header.and_then(parse_idempotency_key),
            form_key,
            &submission,
            [7; 16],
        )
    }

    #[test]
    fn a_retry_has_the_same_id_and_a_correction_another() {
        let first = keys(Some("k1"), "demo", "a@b");
        assert_eq!(first, keys(Some("\"k1\""), "demo", "a@b"));
        assert_eq!(first.idempotency_key, "k1");
        assert_eq!(first.id.len(), 32);
        for other in [
            keys(Some("k1"), "demo", "a@c"),
            keys(Some("k1"), "other", "a@b"),
            keys(Some("k2"), "demo", "a@b"),
        ] {
            assert_ne!(first.id, other.id);
        }
    }

    #[test]
    fn an_unusable_key_is_as_none() {
        let longest = "k".repeat(255);
        assert_eq!(keys(Some(&longest), "demo", "a@b").idempotency_key, longest);
        let too_long = "k".repeat(256);
        for header in [
            None,
            Some(""),
            Some("\"\""),
            Some("a b"),
            Some("ü"),
            Some("a\r\nb"),
            Some(&too_long),
        ] {
            let keys = keys(header, "demo", "a@b");
            assert_eq!(keys.id, "07".repeat(16), "{header:?}");
            assert_eq!(keys.idempotency_key, keys.id);
        }
    }
}
