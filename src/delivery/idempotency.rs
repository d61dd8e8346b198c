//! [`SubmissionKeys`]: the submission id and the idempotency key, by which a repeated submission is recognised.

use super::lead::write_values;
use crate::hash::{first_half, hex, separated, sha256};
use crate::json::Object;
use crate::submission::Submission;

/// The submission id and the idempotency key of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionKeys {
    /// 32 hexadecimal digits. The same key with the same values of the form's own fields gives the same id, so a retry
    /// makes no second lead; the same key with other values gives another id, so a correction is not lost.
    pub id: String,
    /// The `Idempotency-Key` of the request to the core: the client's, else the id.
    pub idempotency_key: String,
    /// Whether the key is the client's, so that a repetition can have it too.
    pub is_clients: bool,
}

impl SubmissionKeys {
    /// Derives the id from the client's key, as [`parse_idempotency_key`] gives it; from `random` if there is none.
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
        // Only the form's own fields: the other values a page sends (a captcha's token, a time, the attribution) can differ each
        // time. Sorted by name, since the order in the form can change between two attempts.
        let mut fields: Vec<_> = submission.fields.iter().collect();
        fields.sort_unstable_by_key(|(name, _)| *name);
        let mut values = String::new();
        Object::write(&mut values, |object| write_values(object, fields));
        let hash = sha256(&separated(&[form_key, key, &values]));
        Self {
            id: hex(&first_half(hash)),
            idempotency_key: key.to_owned(),
            is_clients: true,
        }
    }
}

/// Parses a client's key: a structured field string as the draft requires, or bare as most clients send it; `None` when it is
/// neither. draft-ietf-httpapi-idempotency-key-header, section 2.1; RFC 9651, sections 3.3.3 and 4.2.5.
///
/// The result is the same for both forms of one key: bare where that is possible, else the string with its quotes and escapes.
/// The core gets it in this form.
pub fn parse_idempotency_key(text: &str) -> Option<&str> {
    let text = text.trim_matches([' ', '\t']);
    let Some(rest) = text.strip_prefix('"') else {
        return is_bare(text).then_some(text);
    };
    let mut bytes = rest.bytes().enumerate();
    let end = loop {
        match bytes.next()? {
            (end, b'"') => break end,
            (_, b'\\') => {
                bytes.next().filter(|(_, byte)| b"\"\\".contains(byte))?;
            }
            (_, b' '..=b'~') => {}
            _ => return None,
        }
    };
    let inner = rest.get(..end)?;
    // Parameters of the item are ignored.
    let after = rest.get(end + 1..)?;
    let is_alone = after.is_empty() || after.starts_with(';');
    if !is_alone || !(1..=MAX_IDEMPOTENCY_KEY_BYTES).contains(&end) {
        return None;
    }
    if is_bare(inner) {
        return Some(inner);
    }
    text.get(..end + 2)
}

/// Whether a key needs no quotes: the characters of a structured field token, and a few more.
fn is_bare(text: &str) -> bool {
    (1..=MAX_IDEMPOTENCY_KEY_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"\\,".contains(&byte))
}

/// An id for a text of any length: the first 16 bytes of its SHA-256, in hexadecimal.
pub fn hash_id(text: &str) -> String {
    hex(&first_half(sha256(text.as_bytes())))
}

/// The longest idempotency key, as at other services: bytes.
pub const MAX_IDEMPOTENCY_KEY_BYTES: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::FieldValue;

    fn keys(header: Option<&str>, form_key: &str, value: &str) -> SubmissionKeys {
        let email = ("email", FieldValue::One(value.into()));
        let name = ("name", FieldValue::One("Ada".into()));
        keys_of(header, form_key, vec![email, name], Vec::new())
    }

    fn keys_of(
        header: Option<&str>,
        form_key: &str,
        fields: Vec<(&str, FieldValue<'_>)>,
        extras: Vec<(&str, FieldValue<'_>)>,
    ) -> SubmissionKeys {
        let submission = Submission {
            version: 1,
            fields,
            extras,
            consents: Vec::new(),
            warnings: Vec::new(),
            is_trap_filled: false,
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
    fn the_id_depends_on_the_forms_own_fields_in_any_order() {
        let one = |name, text: &'static str| (name, FieldValue::One(text.into()));
        let own = || vec![one("email", "a@b"), one("name", "Ada")];
        let id = |fields, extras| keys_of(Some("k1"), "demo", fields, extras).id;
        let first = id(own(), vec![one("utm", "x"), one("captcha", "1")]);
        for (fields, extras) in [
            (own(), Vec::new()),
            (own(), vec![one("captcha", "2"), one("utm", "x")]),
            (vec![one("name", "Ada"), one("email", "a@b")], Vec::new()),
        ] {
            assert_eq!(id(fields, extras), first);
        }
        assert_ne!(id(vec![one("email", "a@b")], Vec::new()), first);
    }

    #[test]
    fn strings_and_bare_keys_are_parsed_to_one_form() {
        let longest = "k".repeat(255);
        let quoted = format!("\"{longest}\"");
        for (sent, key) in [
            ("k1", "k1"),
            ("\"k1\"", "k1"),
            (" \t\"k1\" ", "k1"),
            ("\"k1\";a=1", "k1"),
            ("*a/b:c~!#$%&'+-.^_`|", "*a/b:c~!#$%&'+-.^_`|"),
            ("8e03978e-40d5-43dd", "8e03978e-40d5-43dd"),
            ("a=b;c", "a=b;c"),
            ("\"a b\"", "\"a b\""),
            ("\" a\"", "\" a\""),
            ("\"k,1\"", "\"k,1\""),
            (r#""k\"x""#, r#""k\"x""#),
            (r#""\\""#, r#""\\""#),
            (&longest, &longest),
            (&quoted, &longest),
        ] {
            assert_eq!(parse_idempotency_key(sent), Some(key), "{sent}");
        }
    }

    #[test]
    fn an_unusable_key_counts_as_none() {
        let too_long = "k".repeat(256);
        let too_long_quoted = format!("\"{}\"", "k ".repeat(128));
        for header in [
            None,
            Some(""),
            Some("\""),
            Some("\"\""),
            Some("a b"),
            Some("k,1"),
            Some("k1, k1"),
            Some("\"a\" \"b\""),
            Some("\"a"),
            Some("a\""),
            Some(r#""a\x""#),
            Some(r#""a\"#),
            Some(r"a\b"),
            Some("ü"),
            Some("\"ü\""),
            Some("\"a\tb\""),
            Some("a\r\nb"),
            Some(&too_long),
            Some(&too_long_quoted),
        ] {
            let keys = keys(header, "demo", "a@b");
            assert_eq!(keys.id, "07".repeat(16), "{header:?}");
            assert_eq!(keys.idempotency_key, keys.id);
        }
    }
}
