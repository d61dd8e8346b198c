//! [`Lead`]: an accepted submission with its time and provenance, as the core or the inbox gets it.

use serde_json::{Map, Value, json};

use super::provenance::Provenance;
use crate::clock::UnixMillis;
use crate::problem::Warning;
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
        json!({
            "id": self.id,
            "form": { "key": self.form_key, "version": self.submission.version },
            "received_at": self.received_at.to_rfc3339(),
            "fields": values_json(&self.submission.fields),
            "extras": values_json(&self.submission.extras),
            "consents": self.submission.consents.iter().map(|(field, consent)| json!({
                "field": field,
                "text": self.is_as_seen.then_some(&consent.text),
                "sha256": self.is_as_seen.then_some(&consent.sha256),
            })).collect::<Vec<Value>>(),
            "warnings": self.submission.warnings.iter().map(Warning::to_json).collect::<Vec<Value>>(),
            "spam": self.spam.reasons(),
            "spam_score": self.spam.score,
            "spam_verdict": self.spam.scored.map(Verdict::as_str),
            "provenance": self.provenance.to_json(),
        })
        .to_string()
    }
}

/// Values by name: a string for one value, an array for several.
pub(super) fn values_json<'v, 'f: 'v>(
    values: impl IntoIterator<Item = &'v (&'f str, FieldValue<'f>)>,
) -> Value {
    let members: Map<String, Value> = values
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                FieldValue::One(text) => json!(text),
                FieldValue::Many(texts) => json!(texts),
            };
            ((*name).to_owned(), value)
        })
        .collect();
    Value::Object(members)
}

/// The largest lead, as JSON: bytes. Twice the largest body, since JSON writes a quote as two bytes.
pub const MAX_LEAD_BYTES: usize = 262_144;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Observed;
    use crate::problem::WarningCode;
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
                "provenance": lead().provenance.to_json(),
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
