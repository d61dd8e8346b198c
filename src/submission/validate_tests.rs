//! A whole submission: every violation at once, and names without a field.

use serde_json::json;

use super::*;
use crate::submission::FieldValue;
use crate::submission::check::tests::{form, raw};

#[test]
fn reports_every_violation_of_every_field() {
    let form = form(json!([
        { "name": "email", "type": "email", "label": "Work email", "required": true, "maxlength": 5 },
        { "name": "size", "type": "select", "label": "Size", "required": true, "options": [{ "value": "1" }] },
        { "name": "note", "type": "textarea" },
    ]));
    let violations = validate(&form, &raw(&[("email", "not an address")]), Vec::new()).unwrap_err();
    let seen: Vec<(&str, &str)> = violations
        .iter()
        .map(|violation| (violation.field.as_deref().unwrap(), violation.code.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("email", "type_mismatch"),
            ("email", "too_long"),
            ("size", "value_missing")
        ]
    );
    assert_eq!(
        violations[0].message,
        "Work email must be an email address, like name@example.com"
    );
}

#[test]
fn extras_beyond_the_budget_are_dropped_with_one_warning() {
    let form = form(json!([{ "name": "f", "type": "text" }]));
    let names: Vec<String> = (0..990).map(|index| format!("{index:03}")).collect();
    let mut pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    pairs.push(("f", "typed"));
    pairs.push(("_version", "x"));
    let sent = raw(&pairs);
    let version = Warning::of("_version", WarningCode::VersionMalformed);
    let taken = validate(&form, &sent, vec![version]).unwrap();
    assert_eq!(taken.fields, [("f", FieldValue::One("typed".into()))]);
    assert_eq!(taken.extras.len(), 32);
    assert_eq!(taken.warnings.len(), 34);
    let code = WarningCode::ExtrasLeftOut(990 - 32 + 1);
    assert_eq!(taken.warnings.last(), Some(&Warning { name: None, code }));
    let json = Warning { name: None, code }.to_json();
    assert_eq!(
        json["message"],
        "Too much came along; 959 more names and their values were left out"
    );
}

#[test]
fn a_form_that_refuses_unknown_names_lists_few_of_them() {
    let definition = json!({
        "key": "t", "allowed_origins": [], "unknown_fields": "refuse",
        "fields": [{ "name": "f", "type": "text" }],
    });
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let names: Vec<String> = (0..990).map(|index| format!("n{index}")).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let violations = validate(&form, &raw(&pairs), Vec::new()).unwrap_err();
    assert_eq!(violations.len(), 33);
    assert_eq!(violations.last().unwrap().field, None);
}

#[test]
fn keeps_sanitised_values_and_extras() {
    let form =
        form(json!([{ "name": "note", "type": "textarea" }, { "name": "empty", "type": "text" }]));
    let sent = raw(&[
        ("note", "a\r\nb"),
        ("utm", "x"),
        ("utm", "y"),
        ("empty", ""),
        ("_v", "1"),
        ("", "z"),
    ]);
    let submission = validate(&form, &sent, Vec::new()).unwrap();
    assert_eq!(
        submission.fields,
        [("note", FieldValue::One("a\nb".into()))]
    );
    let many = FieldValue::Many(vec!["x", "y"]);
    let one = FieldValue::One("1".into());
    assert_eq!(submission.extras, [("utm", many), ("_v", one)]);
    let warned: Vec<(Option<&str>, &str)> = submission
        .warnings
        .iter()
        .map(|warning| (warning.name.as_deref(), warning.code.as_str()))
        .collect();
    assert_eq!(
        warned,
        [
            (Some("utm"), "unknown_field"),
            (Some("_v"), "unknown_field"),
            (None, "name_unusable")
        ]
    );
    assert_eq!(
        format!("{submission:?}"),
        "Submission { fields: [\"note\"], extras: [\"utm\", \"_v\"] }"
    );
}

#[test]
fn a_form_may_refuse_unknown_names() {
    let definition = json!({
        "key": "t", "allowed_origins": [], "unknown_fields": "refuse", "honeypot": "website",
        "fields": [{ "name": "f", "type": "text" }],
    });
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    assert!(
        validate(
            &form,
            &raw(&[("website", "x"), ("_version", "1")]),
            Vec::new()
        )
        .is_ok()
    );
    for (name, field) in [
        ("utm", Some("utm")),
        ("_v", Some("_v")),
        ("__proto__", None),
        ("", None),
    ] {
        let violations = validate(&form, &raw(&[(name, "x")]), Vec::new()).unwrap_err();
        assert_eq!(violations[0].field.as_deref(), field, "{name}");
    }
}

#[test]
fn a_file_is_refused_under_any_name() {
    let form = form(json!([{ "name": "f", "type": "text" }]));
    for name in ["f", "cv", "_cv", "_version"] {
        let mut raw = RawSubmission::default();
        raw.push(name, RawValue::Unusable(Unusable::File, String::new()))
            .unwrap();
        let violations = validate(&form, &raw, Vec::new()).unwrap_err();
        assert_eq!(violations[0].field.as_deref(), Some(name));
    }
    for name in ["", "__proto__", &"n".repeat(129)] {
        let file = RawValue::Unusable(Unusable::File, String::new());
        assert!(RawSubmission::default().push(name, file).is_err(), "{name}");
    }
}

#[test]
fn a_group_of_checkboxes_has_a_list_of_values_and_a_heading_has_none() {
    let options = json!([{ "value": "a" }, { "value": "b" }, { "value": "c", "disabled": true }]);
    let group = |required: bool| {
        json!([
            { "type": "heading", "label": "Topics", "required": true },
            { "name": "t", "type": "checkboxes", "label": "Topics", "required": required, "options": options },
        ])
    };
    for (required, sent, expected) in [
        (true, vec!["b", "a"], Ok(vec!["b", "a"])),
        (true, vec!["", "a"], Ok(vec!["a"])),
        (false, vec![], Ok(vec![])),
        (true, vec![], Err("value_missing")),
        (true, vec![""], Err("value_missing")),
        (false, vec!["a", "x"], Err("unknown_option")),
        (false, vec!["c"], Err("unknown_option")),
    ] {
        let form = form(group(required));
        let pairs: Vec<(&str, &str)> = sent.iter().map(|value| ("t", *value)).collect();
        let raw = raw(&pairs);
        let seen = validate(&form, &raw, Vec::new());
        let seen = match &seen {
            Ok(submission) => Ok(match submission.fields.as_slice() {
                [("t", FieldValue::Many(values))] => values.clone(),
                fields => {
                    assert!(fields.is_empty());
                    Vec::new()
                }
            }),
            Err(violations) => {
                assert_eq!(violations.len(), 1);
                Err(violations[0].code.as_str())
            }
        };
        assert_eq!(seen, expected, "{sent:?}");
    }
    // No name means the heading.
    let form = form(group(false));
    assert!(form.field("").is_none() && form.field_of_core("").is_none());
    let mut raw = raw(&[("[0]", "x")]);
    raw.resolve_list_names(&form);
    assert_eq!(raw.values("[0]").len(), 1);
}
