//! [`review`]: advice on a definition that can be published. Nothing of it is a fault.

use super::definition::FormDefinition;
use super::fault::DefinitionFault;
use super::field::Field;
use super::kind::FieldKind;

/// What the owner may not have meant, each with its JSON path.
pub(super) fn review(form: &FormDefinition) -> Vec<DefinitionFault> {
    let mut advice = Vec::new();
    let mut advise = |is_due: bool, path: &str, reason: &str| {
        if is_due {
            advice.push(DefinitionFault::new(path, reason));
        }
    };
    advise(!form.is_published, "status", IS_DRAFT);
    advise(!form.enforces_origins, "enforce_origins", IS_OPEN);
    advise(form.allowed_origins.is_empty(), "allowed_origins", IS_EMPTY);
    let kinds = [FieldKind::Email, FieldKind::Tel];
    let mut fields = form.fields.iter();
    let can_be_answered = fields.any(|field| kinds.contains(&field.kind));
    advise(!can_be_answered, "fields", CANNOT_BE_ANSWERED);
    let is_needed = |field: &Field| field.attributes.required;
    advise(!form.fields.iter().any(is_needed), "fields", MAY_BE_EMPTY);
    for (index, origin) in form.allowed_origins.iter().enumerate() {
        let origin = origin.to_string();
        let is_local = ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|local| origin.contains(local));
        let is_clear = origin.starts_with("http:") && !is_local;
        advise(is_clear, &format!("allowed_origins[{index}]"), IS_CLEAR);
    }
    for (index, field) in form.fields.iter().enumerate() {
        let attributes = &field.attributes;
        let is_shown = !matches!(field.kind, FieldKind::Hidden | FieldKind::Consent);
        let has_no_label = is_shown && attributes.label.is_none();
        advise(
            has_no_label,
            &format!("fields[{index}].label"),
            HAS_NO_LABEL,
        );
        let fills_in = kinds.contains(&field.kind) && attributes.autocomplete.is_none();
        let path = format!("fields[{index}].autocomplete");
        advise(fills_in, &path, HAS_NO_AUTOCOMPLETE);
    }
    advice
}

const IS_DRAFT: &str = "is draft: published like this, the form takes nothing and is not shown";
const IS_OPEN: &str = "is false: pages that are not allowed may send the form, too";
const IS_EMPTY: &str = "is empty: no page may embed the form; only its own page works";
const IS_CLEAR: &str = "is http: what visitors type there can be read on its way";
const CANNOT_BE_ANSWERED: &str = "have neither email nor tel: no lead can be answered";
const MAY_BE_EMPTY: &str = "are all optional: an empty form is a lead";
const HAS_NO_LABEL: &str = "is missing: visitors read the name instead";
const HAS_NO_AUTOCOMPLETE: &str = "is missing: with email or tel, browsers offer what they know";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn advises_on_what_is_valid_and_may_not_be_meant() {
        let good = json!({ "name": "email", "type": "email", "label": "E-mail", "required": true, "autocomplete": "email" });
        let origin = "https://example.com";
        for (members, fields, paths) in [
            (json!({}), json!([good]), &[][..]),
            (json!({ "status": "draft" }), json!([good]), &["status"]),
            (
                json!({ "enforce_origins": false }),
                json!([good]),
                &["enforce_origins"],
            ),
            (
                json!({ "allowed_origins": [] }),
                json!([good]),
                &["allowed_origins"],
            ),
            (
                json!({ "allowed_origins": [origin, "http://example.com", "http://localhost:*", "http://[::1]:3000"] }),
                json!([good]),
                &["allowed_origins[1]"],
            ),
            (
                json!({}),
                json!([{ "name": "n", "type": "text", "label": "Name" }]),
                &["fields", "fields"],
            ),
            (
                json!({}),
                json!([good, { "name": "phone", "type": "tel" }, { "name": "h", "type": "hidden" }]),
                &["fields[1].label", "fields[1].autocomplete"],
            ),
        ] {
            let mut definition =
                json!({ "key": "t", "allowed_origins": [origin], "fields": fields });
            for (name, value) in members.as_object().unwrap() {
                definition[name] = value.clone();
            }
            let form = FormDefinition::parse(&definition.to_string()).unwrap();
            let advice = review(&form);
            let found: Vec<&str> = advice.iter().map(|advice| advice.path.as_str()).collect();
            assert_eq!(found, paths, "{definition}");
        }
    }
}
