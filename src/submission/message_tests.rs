use serde_json::{Value, json};

use super::*;
use crate::form::FormDefinition;
use crate::texts::{Language, Wanted};

fn message_of(field: &Value, code: ViolationCode, sent: Option<&str>, locale: &str) -> String {
    let definition =
        json!({ "key": "t", "locale": locale, "allowed_origins": [], "fields": [field] });
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    message(&form.fields[0], code, sent, form.wanted(None).locale())
}

/// The widget is tested with the same cases: `tests/www/texts.test.mjs`.
#[test]
fn a_message_says_in_the_forms_language_what_would_be_valid() {
    let cases = include_str!("../../tests/fixtures/messages.jsonl").lines();
    for case in cases.map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let code = ViolationCode::parse(case["code"].as_str().unwrap()).unwrap();
        let locale = case["locale"].as_str().unwrap();
        let message = message_of(&case["field"], code, case["sent"].as_str(), locale);
        assert_eq!(message, case["message"].as_str().unwrap(), "{case}");
    }
}

/// A core's violation of a rule is worded without the value, and even if the field has no such rule.
#[test]
fn a_message_without_the_value_gives_examples() {
    use ViolationCode::{
        PatternMismatch, RangeOverflow, StepMismatch, TooLong, TooMany, TooShort, UnknownOption,
    };
    for (field, code, words) in [
        (
            json!({ "type": "number", "min": 2, "step": 5 }),
            StepMismatch,
            "It must be a step like 2, 7 or 12",
        ),
        (
            json!({ "type": "time", "step": 900 }),
            StepMismatch,
            "It must be a step like 00:00, 00:15 or 00:30",
        ),
        (
            json!({ "type": "number", "step": "any" }),
            StepMismatch,
            "It is not in the expected form",
        ),
        (
            json!({ "type": "text" }),
            RangeOverflow,
            "It is not in the expected form",
        ),
        (
            json!({ "type": "text" }),
            PatternMismatch,
            "It is not in the expected form",
        ),
        (json!({ "type": "text" }), TooLong, "It is too long"),
        (json!({ "type": "text" }), TooShort, "It is too short"),
        (
            json!({ "type": "text" }),
            TooMany,
            "It takes only one answer",
        ),
        (
            json!({ "type": "text" }),
            UnknownOption,
            "Choose one of the listed options for It",
        ),
    ] {
        let mut field = field;
        (field["name"], field["label"]) = (json!("f"), json!("It"));
        assert_eq!(message_of(&field, code, None, "en"), words, "{field}");
    }
}

/// Every code of every kind of field in every language: no placeholder is left, and no value is missing.
#[test]
fn every_violation_has_words_in_every_language() {
    let kinds = [
        json!({ "type": "text", "minlength": 3, "maxlength": 5, "pattern": "a+", "hint": "H" }),
        json!({ "type": "email", "multiple": true }),
        json!({ "type": "email" }),
        json!({ "type": "url" }),
        json!({ "type": "number", "min": 2, "max": 12, "step": 5 }),
        json!({ "type": "range", "min": 2, "max": 12, "step": 5 }),
        json!({ "type": "date", "min": "2026-01-31", "max": "2026-12-31", "step": 7 }),
        json!({ "type": "month", "min": "2026-01", "max": "2026-12", "step": 2 }),
        json!({ "type": "week", "min": "2026-W02", "max": "2026-W50", "step": 2 }),
        json!({ "type": "time", "min": "10:00", "max": "20:00", "step": 900 }),
        json!({ "type": "datetime-local", "min": "2026-01-31T10:00", "max": "2026-12-31T10:00", "step": 900 }),
        json!({ "type": "color" }),
        json!({ "type": "checkbox" }),
        json!({ "type": "consent", "text": "Yes" }),
        json!({ "type": "radio", "options": [{ "value": "a" }] }),
        json!({ "type": "select", "multiple": true, "options": [{ "value": "a" }] }),
    ];
    for tag in ["en", "ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt"] {
        assert!(Language::of(tag).is_some());
        for kind in &kinds {
            let mut field = kind.clone();
            (field["name"], field["label"]) = (json!("f"), json!("Its label"));
            for &code in ViolationCode::ALL {
                for sent in [None, Some("4"), Some("2026-03-03"), Some("10:07")] {
                    let message = message_of(&field, code, sent, tag);
                    assert!(
                        message.contains("Its label"),
                        "{tag} {field} {code:?}: {message}"
                    );
                    let is_whole = !message.chars().any(|c| c.is_control() || "{}|".contains(c))
                        && !message.contains("  ");
                    assert!(is_whole, "{tag} {field} {code:?}: {message}");
                }
            }
        }
    }
    assert_eq!(Wanted::default().locale(), Locale::default());
}
