//! Invalid definitions: every fault is reported with its path.

use serde_json::{Value, json};

use super::tests::faults_of;
use super::*;

#[test]
fn every_fault_is_reported_with_its_path() {
    let faults = faults_of(json!({
        "key": "de mo",
        "allowed_origins": ["https://example.com", "example.com", "https://*.com"],
        "rate_limits": [
            { "name": "a", "quota": 0, "window_s": 0, "partition": "country", "on_fault": "ajar" },
            { "name": "a", "quota": 1, "window_s": 1, "partition": "form" },
        ],
        "fields": [
            { "name": "__proto__", "type": "text" },
            { "name": "a", "type": "file" },
            { "name": "a", "type": "select" },
            { "name": "b", "type": "text", "minlength": 5, "maxlength": 4, "pattern": "(" },
            { "name": "c", "type": "consent" },
        ],
        "honeypot": "a", "dialect": "klingon",
        "on_success": { "redirect": "javascript:alert(1)" },
    }));
    assert_eq!(
        faults,
        [
            "key",
            "allowed_origins[1]",
            "allowed_origins[2]",
            "rate_limits[0].quota",
            "rate_limits[0].window_s",
            "rate_limits[0].partition",
            "rate_limits[0].on_fault",
            "rate_limits[1].name",
            "fields[0].name",
            "fields[1].type",
            "fields[2].name",
            "fields[2].options",
            "fields[3].pattern",
            "fields[3].minlength",
            "fields[4].text",
            "honeypot",
            "on_success.redirect",
            "dialect",
        ]
    );
}

#[test]
fn a_heading_has_a_text_and_no_name() {
    let option = json!([{ "value": "x" }]);
    for (field, path) in [
        (json!({ "type": "heading" }), "label"),
        (json!({ "type": "heading", "label": "" }), "label"),
        (
            json!({ "type": "heading", "label": "A", "name": "a" }),
            "name",
        ),
        (json!({ "type": "checkboxes", "options": option }), "name"),
        (json!({ "type": "checkboxes", "name": "a" }), "options"),
        (
            json!({ "type": "checkboxes", "name": "a", "options": [{ "value": "x" }, {}] }),
            "options[1].value",
        ),
        (
            json!({ "type": "text", "name": "a", "width": "third" }),
            "width",
        ),
        (
            json!({ "type": "text", "name": "a", "suggestions": "x" }),
            "suggestions",
        ),
    ] {
        let path = format!("fields[0].{path}");
        assert_eq!(faults_of(json!({ "fields": [field] })), [path], "{field}");
    }
    let headings =
        json!([{ "type": "heading", "label": "A" }, { "type": "heading", "label": "A" }]);
    assert_eq!(faults_of(json!({ "fields": headings })), [""; 0]);
}

#[test]
fn counts_and_lengths_have_limits() {
    let fields = |count: usize| {
        let fields: Vec<Value> = (0..count)
            .map(|index| json!({ "name": format!("f{index}"), "type": "text" }))
            .collect();
        json!({ "fields": fields })
    };
    assert_eq!(faults_of(fields(100)), [""; 0]);
    assert_eq!(faults_of(fields(101)), ["fields"]);
    assert_eq!(faults_of(fields(0)), ["fields"]);
    let origins = |count: usize| json!({ "allowed_origins": vec!["https://a.com"; count] });
    assert_eq!(faults_of(origins(100)), [""; 0]);
    assert_eq!(faults_of(origins(101)), ["allowed_origins"]);
    let options = |count: usize| {
        let options = vec![json!({ "value": "x" }); count];
        json!({ "fields": [{ "name": "a", "type": "select", "options": options }] })
    };
    assert_eq!(faults_of(options(500)), [""; 0]);
    assert_eq!(faults_of(options(501)), ["fields[0].options"]);
    let suggestions = |count: usize| {
        let suggestions = vec!["x"; count];
        json!({ "fields": [{ "name": "a", "type": "text", "suggestions": suggestions }] })
    };
    assert_eq!(faults_of(suggestions(200)), [""; 0]);
    assert_eq!(faults_of(suggestions(201)), ["fields[0].suggestions"]);
    let field = |name: &str, value: Value| {
        let mut field = json!({ "name": "a", "type": "select", "options": [{ "value": "x" }] });
        field[name] = value;
        json!({ "fields": [field] })
    };
    let text = |chars: usize| "ü".repeat(chars);
    for (limit, path, with_length) in [
        (
            5_000,
            "title",
            &(|n| json!({ "title": text(n) })) as &dyn Fn(usize) -> Value,
        ),
        (5_000, "fields[0].hint", &|n| field("hint", json!(text(n)))),
        (200, "submit_label", &|n| json!({ "submit_label": text(n) })),
        (200, "fields[0].placeholder", &|n| {
            field("placeholder", json!(text(n)))
        }),
        (200, "fields[0].autocomplete", &|n| {
            field("autocomplete", json!(text(n)))
        }),
        (500, "fields[0].options[0].label", &|n| {
            field("options", json!([{ "value": "x", "label": text(n) }]))
        }),
        (
            35,
            "locale",
            &|n| json!({ "locale": format!("en{}-{}", "-abcdefgh".repeat(3), "a".repeat(n - 30)) }),
        ),
        (
            2_000,
            "on_success.redirect",
            &|n| json!({ "on_success": { "redirect": format!("https://e.com/{}", "a".repeat(n - 14)) } }),
        ),
        (40, "rate_limits[0].name", &|n| {
            let name = "n".repeat(n);
            json!({ "rate_limits": [{ "name": name, "quota": 1, "window_s": 1, "partition": "form" }] })
        }),
    ] {
        assert_eq!(faults_of(with_length(limit)), [""; 0], "{path} at {limit}");
        assert_eq!(
            faults_of(with_length(limit + 1)),
            [path],
            "{path} over {limit}"
        );
    }
}

#[test]
fn refuses_what_is_not_a_definition() {
    let huge = format!("{{\"key\":\"{}\"}}", "k".repeat(262_144));
    let deep = "[".repeat(100_000);
    for text in [
        "",
        "null",
        "{",
        "[]",
        "\"form/other\"",
        "{\"ref\":\"other\"}",
        &huge,
        &deep,
    ] {
        assert!(FormDefinition::parse(text).is_err());
    }
}

#[test]
fn one_fault_does_not_hide_another() {
    let definition = json!({
        "colour": "red", "locale": "klingon", "status": "gone", "title": 5, "version": 0,
        "allowed_origins": ["https://*.co.uk", "https://*.github.io"],
        "rate_limits": [{ "name": "r", "quota": "many", "window_s": 60, "partition": "form" }],
        "fields": [
            5,
            { "name": "a", "type": "text", "maxLength": 5, "required": "yes", "placeholder": [] },
            { "name": "a", "type": "number", "min": 5, "max": 1, "step": 0, "value": "x" },
            { "name": "b", "type": "date", "min": "tomorrow", "step": 1.5, "value": "2024-2-1" },
            { "name": "c", "type": "text", "maxlength": 2, "pattern": "[a-z-]+", "value": "abc" },
            { "name": "d", "type": "select", "value": "z", "required": true, "options": [{ "value": "y", "text": "Y" }, { "value": "" }] },
            { "name": "e", "type": "range", "max": -1 },
            { "name": "f", "type": "range", "value": 101 },
            { "name": "g", "type": "time", "min": "22:00", "max": "02:00", "step": "any" },
        ],
        "on_success": { "redirect": "http://example.com", "delay": 1 },
    });
    let faults = FormDefinition::parse(&definition.to_string()).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "colour",
            "status",
            "title",
            "version",
            "fields[0]",
            "fields[1].maxLength",
            "fields[1].required",
            "fields[1].placeholder",
            "fields[5].options[0].text",
            "rate_limits[0].quota",
            "on_success.delay",
            "key",
            "allowed_origins[0]",
            "allowed_origins[1]",
            "fields[2].name",
            "fields[2].min",
            "fields[2].step",
            "fields[2].value",
            "fields[3].min",
            "fields[3].step",
            "fields[3].value",
            "fields[4].pattern",
            "fields[4].value",
            "fields[5].options[1].value",
            "fields[5].value",
            "fields[6].max",
            "fields[7].value",
            "locale",
            "on_success.redirect",
        ]
    );
}
