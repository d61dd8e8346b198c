//! [`Lead`]: an accepted submission with its time and provenance, as the core or the inbox gets it.

use super::provenance::Provenance;
use crate::clock::UnixMillis;
use crate::json::Object;
use crate::spam::{Assessment, Verdict};
use crate::submission::{FieldValue, Submission};

/// An accepted submission with its time and provenance. `Debug` shows no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead<'a> {
    /// The submission id; see [`super::SubmissionKeys`].
    pub id: String,
    /// The key of the form.
    pub form_key: String,
    /// When it was received.
    pub received_at: UnixMillis,
    /// The values.
    pub submission: Submission<'a>,
    /// Whether the version it was validated against is the one the visitor saw. If not, the consent texts that the visitor saw
    /// are unknown and the lead quotes none.
    pub is_as_seen: bool,
    /// Its score.
    pub spam: Assessment,
    /// Where it came from.
    pub provenance: Provenance<'a>,
}

impl Lead<'_> {
    /// The lead as JSON: `id`, `form`, `received_at`, `fields`, `extras`, `consents`, `warnings`, `spam`, `spam_score`,
    /// `spam_verdict`, `provenance`.
    pub fn to_json(&self) -> String {
        let mut json = String::with_capacity(TYPICAL_LEAD_BYTES);
        Object::write(&mut json, |lead| {
            lead.text("id", &self.id);
            lead.object("form", |form| {
                form.text("key", &self.form_key);
                form.number("version", u64::from(self.submission.version));
            });
            lead.text("received_at", &self.received_at.to_rfc3339());
            lead.object("fields", |fields| {
                write_values(fields, &self.submission.fields);
            });
            lead.object("extras", |extras| {
                write_values(extras, &self.submission.extras);
            });
            lead.array("consents", &self.submission.consents, |text, item| {
                let (field, consent) = item;
                let quoted = self.is_as_seen.then_some(*consent);
                Object::write(text, |item| {
                    item.text("field", field);
                    item.optional("text", quoted.map(|consent| consent.text.as_str()));
                    item.optional("sha256", quoted.map(|consent| consent.sha256.as_str()));
                });
            });
            lead.array("warnings", &self.submission.warnings, |text, warning| {
                text.push_str(&warning.to_json().to_string());
            });
            lead.texts("spam", self.spam.reasons());
            lead.number("spam_score", u64::from(self.spam.score));
            lead.optional("spam_verdict", self.spam.scored.map(Verdict::as_str));
            lead.object("provenance", |provenance| self.provenance.write(provenance));
        });
        json
    }
}

/// Adds values by name: a text for one value, an array for several.
pub(super) fn write_values<'v, 'f: 'v>(
    object: &mut Object<'_>,
    values: impl IntoIterator<Item = &'v (&'f str, FieldValue<'f>)>,
) {
    for (name, value) in values {
        match value {
            FieldValue::One(text) => object.text(name, text),
            FieldValue::Many(texts) => object.texts(name, texts),
        }
    }
}

/// The largest lead, as JSON: bytes. Twice the largest body, since JSON writes a quote as two bytes.
pub const MAX_LEAD_BYTES: usize = 262_144;
/// Reserved for a lead, so that few leads need more: bytes.
const TYPICAL_LEAD_BYTES: usize = 2_048;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::delivery::Observed;
    use crate::problem::{Warning, WarningCode};
    use crate::spam::{Client, Content, DEFAULT_POLICY, Evidence, TicketState, assess};
    use crate::submission::Attribution;

    fn lead() -> Lead<'static> {
        let one = |text: &'static str| FieldValue::One(text.into());
        Lead {
            id: "abc".to_owned(),
            form_key: "demo".to_owned(),
            received_at: UnixMillis(0),
            submission: Submission {
                version: 3,
                fields: vec![("email", one("ada@example.com"))],
                extras: vec![("utm", FieldValue::Many(vec!["a", "b"]))],
                consents: Vec::new(),
                warnings: vec![Warning::of("utm", WarningCode::UnknownField)],
                is_trap_filled: true,
            },
            is_as_seen: true,
            spam: assess(
                &DEFAULT_POLICY,
                &Evidence {
                    is_trap_filled: true,
                    ticket: TicketState::NotExpected,
                    is_repeated: false,
                    content: Content::default(),
                    client: Client::default(),
                },
            ),
            provenance: Provenance {
                observed: Observed {
                    origin: Some("https://example.com".to_owned()),
                    referer: Some("https://example.com/pricing"),
                    request_id: "r1".to_owned(),
                    ..Observed::default()
                },
                claimed: Attribution::default(),
            },
        }
    }

    #[test]
    fn is_rendered_as_the_documented_json() {
        let written: Value = serde_json::from_str(&lead().to_json()).unwrap();
        assert_eq!(
            written,
            json!({
                "id": "abc", "form": { "key": "demo", "version": 3 },
                "received_at": "1970-01-01T00:00:00.000Z",
                "fields": { "email": "ada@example.com" }, "extras": { "utm": ["a", "b"] },
                "consents": [],
                "warnings": [{
                    "field": "utm", "code": "unknown_field",
                    "message": "The form has no field of this name; it was kept as an extra",
                }],
                "spam": ["honeypot"],
                "spam_score": 2,
                "spam_verdict": "inbox",
                "provenance": written["provenance"],
            })
        );
    }

    #[test]
    fn prints_no_value() {
        let printed = format!("{:?}", lead());
        assert!(
            !printed.contains("ada") && !printed.contains("pricing"),
            "{printed}"
        );
    }
}
