//! JSON lines: the lead as stored, with its status.

use serde_json::{Value, json};

use crate::inbox::StoredLead;
use crate::json;

/// One lead with its line end: its members and `status`. A lead that is not a JSON object becomes the member `unreadable` of a
/// new object.
pub(super) fn line(lead: &StoredLead) -> String {
    let mut value = match json::parse(&lead.lead) {
        Ok(value @ Value::Object(_)) => value,
        _ => json!({
            "id": lead.id,
            "form": { "key": lead.form },
            "received_at": lead.received_at,
            "unreadable": lead.lead,
        }),
    };
    if let Some(members) = value.as_object_mut() {
        members.insert("status".to_owned(), json!(lead.status));
    }
    format!("{value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(lead: &str) -> String {
        line(&StoredLead {
            id: "a".to_owned(),
            form: "demo".to_owned(),
            received_at: "2026".to_owned(),
            status: "done".to_owned(),
            lead: lead.to_owned(),
            ..StoredLead::default()
        })
    }

    #[test]
    fn a_lead_has_its_members_in_their_order_and_its_status() {
        let lead = r#"{"id":"a","fields":{"b":"=1","a":"ü\n"}}"#;
        let expected =
            "{\"id\":\"a\",\"fields\":{\"b\":\"=1\",\"a\":\"ü\\n\"},\"status\":\"done\"}\n";
        assert_eq!(written(lead), expected);
    }

    #[test]
    fn an_unreadable_lead_is_exported_as_text() {
        for text in ["", "{", "null", "[1]", "\u{0}\n"] {
            let line = written(text);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            let value: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value.get("unreadable"), Some(&json!(text)));
            assert_eq!(value.get("status"), Some(&json!("done")));
        }
    }
}
