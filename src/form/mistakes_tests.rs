//! What is not published, though the Worker accepts it.

use serde_json::{Value, json};

use super::super::{FormDefinition, Record, publish};

/// The paths of the faults of a definition that the Worker accepts when it reads it from KV.
fn paths_of_mistakes(field: Value, members: Value) -> Vec<String> {
    let mut whole = json!({ "name": "n", "type": "text" });
    let mut definition = json!({ "key": "t", "allowed_origins": [] });
    for (to, from) in [(&mut whole, field), (&mut definition, members)] {
        for (name, value) in from.as_object().unwrap() {
            to[name] = value.clone();
        }
    }
    definition["fields"] = json!([whole]);
    let json = definition.to_string();
    FormDefinition::parse(&json).expect("what is published already stays");
    match publish(&json, &Record::default()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.into_iter().map(|fault| fault.path).collect(),
    }
}

#[test]
fn attributes_without_effect_or_sense_are_not_published() {
    let two = json!([{ "value": "x" }, { "value": "y" }, { "value": "x", "disabled": true }]);
    let one = json!([{ "value": "x" }]);
    for (field, paths) in [
        (
            json!({ "type": "checkbox", "options": one }),
            vec!["fields[0].options"],
        ),
        (
            json!({ "type": "text", "options": one }),
            vec!["fields[0].options"],
        ),
        (
            json!({ "type": "consent", "text": "I agree", "options": one }),
            vec!["fields[0].options"],
        ),
        (
            json!({ "type": "radio", "options": two }),
            vec!["fields[0].options[2].value"],
        ),
        (
            json!({ "type": "select", "options": two }),
            vec!["fields[0].options[2].value"],
        ),
        (
            json!({ "type": "select", "options": one, "multiple": true }),
            vec![],
        ),
        (json!({ "type": "email", "multiple": true }), vec![]),
        (
            json!({ "type": "radio", "options": one, "multiple": true }),
            vec!["fields[0].multiple"],
        ),
        (
            json!({ "type": "checkbox", "multiple": true }),
            vec!["fields[0].multiple"],
        ),
        (
            json!({ "type": "consent", "text": "I agree", "prefill": true }),
            vec!["fields[0].prefill"],
        ),
        (json!({ "prefill": true, "sensitive": true }), vec![]),
        (
            json!({ "type": "checkbox", "text": "Yes" }),
            vec!["fields[0].text"],
        ),
        (
            json!({ "hint": "See [this](https://example.com/)" }),
            vec![],
        ),
        (
            json!({ "hint": "See [this](http://example.com/)" }),
            vec!["fields[0].hint"],
        ),
        (
            json!({ "hint": "See <a href='x'>this</a>" }),
            vec!["fields[0].hint"],
        ),
        (
            json!({ "type": "consent", "text": "I agree to [this](javascript:alert(1))" }),
            vec!["fields[0].text"],
        ),
        (
            json!({ "type": "consent", "text": "I agree to [this](/terms)" }),
            vec!["fields[0].text"],
        ),
        (
            json!({ "type": "checkboxes", "options": one, "multiple": true }),
            vec!["fields[0].multiple"],
        ),
        (
            json!({ "type": "checkboxes", "options": two }),
            vec!["fields[0].options[2].value"],
        ),
        (
            json!({ "type": "email", "suggestions": ["a@b.example", "a", "b"] }),
            vec!["fields[0].suggestions[1]", "fields[0].suggestions[2]"],
        ),
        (
            json!({ "type": "number", "max": 3, "suggestions": ["3", "4"] }),
            vec!["fields[0].suggestions[1]"],
        ),
        (
            json!({ "type": "textarea", "suggestions": ["a"] }),
            vec!["fields[0].suggestions"],
        ),
        (
            json!({ "type": "select", "options": one, "suggestions": ["x"] }),
            vec!["fields[0].suggestions"],
        ),
    ] {
        assert_eq!(
            paths_of_mistakes(field.clone(), json!({})),
            paths,
            "{field}"
        );
    }
    for (min_fill_ms, paths) in [(0, &[][..]), (60_000, &[]), (60_001, &["min_fill_ms"])] {
        let members = json!({ "min_fill_ms": min_fill_ms });
        assert_eq!(paths_of_mistakes(json!({}), members), paths);
    }
}

#[test]
fn no_wildcard_over_a_public_suffix_is_published() {
    for (origin, is_valid) in [
        ("https://*.carrd.co", false),
        ("https://*.leadpages.co", false),
        ("https://*.run.app", false),
        ("https://*.a.run.app", false),
        ("http://*.leadpages.co:*", false),
        ("https://*.s3.amazonaws.com", false),
        ("https://*.amazonaws.com", false),
        ("https://*.公司.cn", false),
        ("https://*.kobe.jp", false),
        ("https://*.city.kobe.jp", true),
        ("https://*.mine.carrd.co", true),
        ("https://mine.carrd.co", true),
        ("https://carrd.co", true),
        ("https://*.example.co.uk", true),
        ("https://*.münchen.example", true),
    ] {
        let members = json!({ "allowed_origins": ["https://example.com", origin] });
        let paths = paths_of_mistakes(json!({}), members);
        assert_eq!(paths.is_empty(), is_valid, "{origin}: {paths:?}");
        assert!(paths.iter().all(|path| path == "allowed_origins[1]"));
    }
}

#[test]
fn mistakes_and_faults_are_reported_together() {
    let definition = json!({
        "key": "t", "allowed_origins": ["https://*.carrd.co", "https://*.github.io"], "min_fill_ms": 60_001,
        "fields": [{ "name": "a", "type": "phone" }, { "name": "a", "type": "checkbox", "options": [{ "value": "x" }] }],
    });
    let faults = publish(&definition.to_string(), &Record::default()).unwrap_err();
    let mut paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "allowed_origins[0]",
            "allowed_origins[1]",
            "fields[0].type",
            "fields[1].name",
            "fields[1].options",
            "min_fill_ms",
        ]
    );
}
