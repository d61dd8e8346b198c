//! [`Lead`]: an accepted submission, with where and when it came from; what a core or the inbox gets.

use serde_json::{Map, Value, json};

use crate::clock::UnixMillis;
use crate::problem::Warning;
use crate::submission::{FieldValue, Submission};

/// An accepted submission on its way to the core. Prints no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead<'a> {
    /// The submission id; see [`super::SubmissionKeys`].
    pub id: String,
    /// Under which key the form is published.
    pub form_key: String,
    /// When it was received.
    pub received_at: UnixMillis,
    /// What was typed.
    pub submission: Submission<'a>,
    /// Where it came from.
    pub provenance: Provenance,
}

/// Where a submission came from, as the edge saw it. Prints nothing but the origin.
#[derive(Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The origin of the page.
    pub embed_origin: String,
    /// The page, as far as the browser says; at most [`MAX_PROVENANCE_BYTES`].
    pub page: Option<String>,
    /// The browser, as it calls itself; at most [`MAX_PROVENANCE_BYTES`].
    pub user_agent: Option<String>,
    /// The request that brought it, to find it in the log.
    pub request_id: String,
}

impl std::fmt::Debug for Provenance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provenance({})", self.embed_origin)
    }
}

impl Provenance {
    /// Drops a header that is longer than anything a browser sends: a lead is not lost for it.
    pub fn bounded(header: Option<&str>) -> Option<String> {
        header
            .filter(|text| !text.is_empty() && text.len() <= MAX_PROVENANCE_BYTES)
            .map(str::to_owned)
    }
}

impl Lead<'_> {
    /// The lead as JSON: `id`, `form`, `received_at`, `fields`, `extras`, `consents`, `warnings`, `provenance`.
    pub fn to_json(&self) -> String {
        json!({
            "id": self.id,
            "form": { "key": self.form_key, "version": self.submission.version },
            "received_at": self.received_at.to_rfc3339(),
            "fields": values_json(&self.submission.fields),
            "extras": values_json(&self.submission.extras),
            "consents": self.submission.consents.iter().map(|(field, consent)| json!({
                "field": field, "text": consent.text, "sha256": consent.sha256,
            })).collect::<Vec<Value>>(),
            "warnings": self.submission.warnings.iter().map(Warning::to_json).collect::<Vec<Value>>(),
            "provenance": {
                "embed_origin": self.provenance.embed_origin,
                "page": self.provenance.page,
                "user_agent": self.provenance.user_agent,
                "request_id": self.provenance.request_id,
            },
        })
        .to_string()
    }
}

/// Names to values: text for one, an array for several.
pub(super) fn values_json(values: &[(&str, FieldValue<'_>)]) -> Value {
    let members: Map<String, Value> = values
        .iter()
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

/// The longest header kept as provenance: bytes.
pub const MAX_PROVENANCE_BYTES: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::WarningCode;

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
            },
            provenance: Provenance {
                embed_origin: "https://example.com".to_owned(),
                page: Provenance::bounded(Some("https://example.com/pricing")),
                user_agent: Provenance::bounded(Some("")),
                request_id: "r1".to_owned(),
            },
        }
    }

    #[test]
    fn is_written_as_the_core_reads_it() {
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
                "provenance": {
                    "embed_origin": "https://example.com", "page": "https://example.com/pricing",
                    "user_agent": null, "request_id": "r1",
                },
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

    #[test]
    fn an_endless_header_is_dropped_at_its_limit() {
        assert!(Provenance::bounded(Some(&"x".repeat(2_000))).is_some());
        assert!(Provenance::bounded(Some(&"x".repeat(2_001))).is_none());
    }
}
