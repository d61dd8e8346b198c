//! The form as a definition of formgate's.

use formgate::form::FormDefinition;
use formgate::problem::Violation;
use formgate::submission::{self, Finding, MediaType, RawSubmission, RawValue, Submission};
use formgate::texts::Locale;
use serde_json::{Value, json};

use super::lead::{AGREED, FIRST_DAY, SIZES};

/// The compiled form.
pub fn form() -> FormDefinition {
    let options: Vec<Value> = SIZES.iter().map(|size| json!({ "value": size })).collect();
    let definition = json!({
        "key": "lead", "allowed_origins": ["https://example.com"],
        "fields": [
            { "name": "name", "type": "text", "label": "Name", "required": true, "minlength": 2, "maxlength": 100 },
            { "name": "email", "type": "email", "label": "Email", "required": true },
            { "name": "phone", "type": "tel", "label": "Phone", "pattern": r"[0-9+\(\) \-]{5,20}" },
            { "name": "website", "type": "url", "label": "Website" },
            { "name": "company", "type": "text", "label": "Company", "maxlength": 120 },
            { "name": "size", "type": "select", "label": "Company size", "options": options },
            { "name": "seats", "type": "number", "label": "Seats", "min": 1, "max": 1000 },
            { "name": "start", "type": "date", "label": "Start", "min": FIRST_DAY },
            { "name": "message", "type": "textarea", "label": "Message", "maxlength": 2000 },
            { "name": "terms", "type": "consent", "label": "Terms", "text": "I agree to the terms", "value": AGREED },
        ],
    });
    FormDefinition::parse(&definition.to_string()).unwrap()
}

/// What was sent, as formgate's own reader leaves it: numbers are text.
pub fn decoded(sent: &Value) -> RawSubmission {
    let mut raw = RawSubmission::default();
    for (name, value) in sent.as_object().unwrap() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        raw.push(name, RawValue::Text(text)).unwrap();
    }
    raw
}

pub fn check<'a>(
    form: &'a FormDefinition,
    raw: &'a RawSubmission,
) -> Result<Submission<'a>, Vec<Finding<'a>>> {
    submission::validate_seen(form, form, raw, Vec::new())
}

/// With a sentence about each violation.
pub fn worded<'a>(
    form: &'a FormDefinition,
    raw: &'a RawSubmission,
) -> Result<Submission<'a>, Vec<Violation>> {
    submission::validate(form, raw, Vec::new())
}

/// From the bytes of a JSON body.
pub fn decode(body: &[u8]) -> Result<RawSubmission, Violation> {
    submission::decode(body, &MediaType::Json)
}

/// The names of the fields that are wrong.
pub fn at_fault(checked: &Result<Submission<'_>, Vec<Finding<'_>>>) -> Vec<String> {
    let findings = checked.as_ref().err().into_iter().flatten();
    findings
        .filter_map(|finding| finding.worded(Locale::default()).field)
        .collect()
}
