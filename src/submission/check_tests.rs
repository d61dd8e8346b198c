//! The values that each kind of field accepts.

use serde_json::{Value, json};

use super::*;
use crate::form::FormDefinition;
use crate::submission::{RawSubmission, validate};

pub(in crate::submission) fn form(fields: Value) -> FormDefinition {
    let definition = json!({ "key": "t", "allowed_origins": [], "fields": fields });
    FormDefinition::parse(&definition.to_string()).unwrap()
}

pub(in crate::submission) fn raw(pairs: &[(&str, &str)]) -> RawSubmission {
    let mut raw = RawSubmission::default();
    for (name, value) in pairs {
        raw.push(name, RawValue::Text((*value).to_owned())).unwrap();
    }
    raw
}

/// The violation codes of one field `f` with these attributes and these values.
fn codes(mut attributes: Value, values: &[&str]) -> Vec<&'static str> {
    attributes["name"] = json!("f");
    let pairs: Vec<(&str, &str)> = values.iter().map(|&value| ("f", value)).collect();
    match validate(&form(json!([attributes])), &raw(&pairs), Vec::new()) {
        Ok(_) => Vec::new(),
        Err(violations) => violations
            .iter()
            .map(|violation| violation.code.as_str())
            .collect(),
    }
}

#[test]
fn each_kind_refuses_invalid_values() {
    let options = json!([{ "value": "a" }, { "value": "b", "disabled": true }]);
    for (attributes, values, expected) in [
        (
            json!({ "type": "text", "required": true }),
            vec![],
            vec!["value_missing"],
        ),
        (
            json!({ "type": "text", "required": true }),
            vec!["\r\n"],
            vec!["value_missing"],
        ),
        (json!({ "type": "text" }), vec!["a", "b"], vec!["too_many"]),
        (
            json!({ "type": "text" }),
            vec!["a", "", "a"],
            vec!["too_many"],
        ),
        (
            json!({ "type": "text", "minlength": 2 }),
            vec!["", "ab"],
            vec![],
        ),
        (json!({ "type": "text" }), vec!["", ""], vec![]),
        (
            json!({ "type": "text", "required": true }),
            vec!["", ""],
            vec!["value_missing"],
        ),
        (
            json!({ "type": "radio", "options": options, "required": true }),
            vec!["", "a"],
            vec![],
        ),
        (
            json!({ "type": "text", "pattern": "[0-9]+" }),
            vec!["12x"],
            vec!["pattern_mismatch"],
        ),
        (
            json!({ "type": "text", "minlength": 3 }),
            vec!["ab"],
            vec!["too_short"],
        ),
        (
            json!({ "type": "url" }),
            vec!["example.com"],
            vec!["type_mismatch"],
        ),
        (json!({ "type": "tel" }), vec!["anything"], vec![]),
        (json!({ "type": "email" }), vec![" a@b\r\n"], vec![]),
        (
            json!({ "type": "email", "multiple": true }),
            vec!["a@b, c@d"],
            vec![],
        ),
        (
            json!({ "type": "email", "multiple": true }),
            vec!["a@b,"],
            vec!["type_mismatch"],
        ),
        (
            json!({ "type": "email", "multiple": true, "pattern": ".+@x" }),
            vec!["a@x,b@x"],
            vec![],
        ),
        (json!({ "type": "number" }), vec!["1,5"], vec!["bad_input"]),
        (
            json!({ "type": "number", "min": 2, "max": 3 }),
            vec!["1"],
            vec!["range_underflow"],
        ),
        (
            json!({ "type": "number", "min": "2", "max": "3" }),
            vec!["4"],
            vec!["range_overflow"],
        ),
        (
            json!({ "type": "radio", "options": options }),
            vec!["a"],
            vec![],
        ),
        (
            json!({ "type": "radio", "options": options }),
            vec!["c"],
            vec!["unknown_option"],
        ),
        (
            json!({ "type": "select", "options": options }),
            vec!["b"],
            vec!["unknown_option"],
        ),
        (
            json!({ "type": "select", "options": options }),
            vec!["a", "a"],
            vec!["too_many"],
        ),
        (
            json!({ "type": "select", "options": options, "multiple": true }),
            vec!["a", "a"],
            vec![],
        ),
        (
            json!({ "type": "select", "options": options, "multiple": true, "required": true }),
            vec![],
            vec!["value_missing"],
        ),
        (json!({ "type": "checkbox" }), vec![], vec![]),
        (
            json!({ "type": "checkbox", "required": true }),
            vec![],
            vec!["value_missing"],
        ),
        (
            json!({ "type": "checkbox", "required": true }),
            vec!["on"],
            vec![],
        ),
        (
            json!({ "type": "checkbox", "value": "yes" }),
            vec!["on"],
            vec!["unknown_option"],
        ),
        (
            json!({ "type": "consent", "text": "I agree" }),
            vec![],
            vec!["value_missing"],
        ),
        (
            json!({ "type": "consent", "text": "I agree" }),
            vec!["on"],
            vec![],
        ),
        (
            json!({ "type": "hidden", "required": true }),
            vec![],
            vec![],
        ),
    ] {
        assert_eq!(
            codes(attributes.clone(), &values),
            expected,
            "{attributes} {values:?}"
        );
    }
}

#[test]
fn a_checkbox_is_ticked_by_the_words_other_programs_send() {
    let own = json!({ "value": "v1" });
    let negative = json!({ "value": "no" });
    for (attributes, values, is_ticked) in [
        (json!({}), &["on"][..], Some(true)),
        (json!({}), &["yes"], Some(true)),
        (json!({}), &["true"], Some(true)),
        (json!({}), &["True"], Some(true)),
        (json!({}), &["1"], Some(true)),
        (json!({}), &["0", "on"], Some(true)),
        (json!({}), &["0", "1"], Some(true)),
        (json!({}), &["true", "false"], Some(true)),
        (json!({}), &["on", "on"], Some(true)),
        (json!({}), &["0"], Some(false)),
        (json!({}), &["false"], Some(false)),
        (json!({}), &["False"], Some(false)),
        (json!({}), &["no"], Some(false)),
        (json!({}), &["off"], Some(false)),
        (json!({}), &[""], Some(false)),
        (json!({}), &[], Some(false)),
        (json!({}), &["maybe"], None),
        (json!({}), &["2"], None),
        (json!({}), &["on", "maybe"], None),
        (own.clone(), &["v1"], Some(true)),
        (own.clone(), &["0", "v1"], Some(true)),
        (own.clone(), &["off"], Some(false)),
        (own.clone(), &["on"], None),
        (own.clone(), &["yes"], None),
        (own, &["V1"], None),
        (negative.clone(), &["no"], Some(true)),
        (negative, &["off"], Some(false)),
    ] {
        for kind in [
            json!({ "type": "checkbox" }),
            json!({ "type": "consent", "text": "I agree" }),
        ] {
            let mut field = attributes.clone();
            (field["name"], field["required"]) = (json!("f"), json!(false));
            for (name, value) in kind.as_object().unwrap() {
                field[name] = value.clone();
            }
            let form = form(json!([field]));
            let pairs: Vec<(&str, &str)> = values.iter().map(|&value| ("f", value)).collect();
            let raw = raw(&pairs);
            let own_value = form.fields[0].ticked_value();
            let seen = validate(&form, &raw, Vec::new()).ok().map(|taken| {
                assert_eq!(
                    taken.consents.len(),
                    usize::from(kind["text"] != json!(null) && !taken.fields.is_empty())
                );
                taken.fields == [("f", FieldValue::One(own_value.into()))]
            });
            assert_eq!(seen, is_ticked, "{field} {values:?}");
        }
    }
}

#[test]
fn a_consent_is_optional_where_required_is_false() {
    for (required, codes_of_none) in [
        (None, vec!["value_missing"]),
        (Some(true), vec!["value_missing"]),
        (Some(false), vec![]),
    ] {
        let mut field = json!({ "type": "consent", "text": "I agree" });
        if let Some(required) = required {
            field["required"] = json!(required);
        }
        assert_eq!(codes(field.clone(), &[]), codes_of_none, "{field}");
        assert_eq!(codes(field.clone(), &["on"]), Vec::<&str>::new(), "{field}");
    }
}

#[test]
fn white_space_around_a_number_or_a_date_is_dropped() {
    for (kind, sent, kept) in [
        ("number", " 12\t", "12"),
        ("month", "2026-11 ", "2026-11"),
        ("date", "\n2026-11-21", "2026-11-21"),
    ] {
        let form = form(json!([{ "name": "f", "type": kind }]));
        let sent = raw(&[("f", sent)]);
        let taken = validate(&form, &sent, Vec::new()).unwrap();
        assert_eq!(taken.fields, [("f", FieldValue::One(kept.into()))]);
    }
    assert_eq!(
        codes(json!({ "type": "number" }), &[" "]),
        Vec::<&str>::new()
    );
    assert_eq!(
        codes(json!({ "type": "number", "required": true }), &[" "]),
        ["value_missing"]
    );
    assert_eq!(
        codes(json!({ "type": "number" }), &["1 500"]),
        ["bad_input"]
    );
}

#[test]
fn a_json_true_ticks_a_checkbox() {
    let form = form(json!([{ "name": "f", "type": "consent", "text": "I agree", "value": "v1" }]));
    for (flag, is_accepted) in [(true, true), (false, false)] {
        let mut raw = RawSubmission::default();
        raw.push("f", RawValue::Flag(flag)).unwrap();
        let validated = validate(&form, &raw, Vec::new());
        assert_eq!(validated.is_ok(), is_accepted);
        if let Ok(submission) = validated {
            let ticked = FieldValue::One("v1".into());
            assert_eq!(submission.fields, [("f", ticked)]);
        }
    }
}
