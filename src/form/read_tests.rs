//! The reasons for members that cannot be read.

use serde_json::{Value, json};

use crate::form::FormDefinition;

#[test]
fn a_member_of_the_wrong_kind_is_refused_with_the_right_one() {
    let field = |name: &str, value: Value| {
        let mut field = json!({ "name": "a", "type": "text" });
        field[name] = value;
        json!({ "fields": [field] })
    };
    let policy = |name: &str, value: Value| {
        let mut policy = json!({ "name": "r", "quota": 1, "window_s": 1, "partition": "form" });
        policy[name] = value;
        json!({ "rate_limits": [policy] })
    };
    let option = |value: Value| {
        let options = json!([{ "value": "x" }, value]);
        json!({ "fields": [{ "name": "a", "type": "select", "options": options }] })
    };
    for (changed, expected) in [
        (json!({ "title": 5 }), "title: must be a text"),
        (json!({ "title": null }), ""),
        (json!({ "locale": [] }), "locale: must be a text"),
        (
            json!({ "status": "gone" }),
            "status: must be published or draft",
        ),
        (
            json!({ "status": null }),
            "status: must be published or draft",
        ),
        (
            json!({ "ticket": true }),
            "ticket: must be optional or required",
        ),
        (json!({ "ticket": null }), ""),
        (
            json!({ "unknown_fields": "drop" }),
            "unknown_fields: must be keep or refuse",
        ),
        (
            json!({ "visitor_address": 1 }),
            "visitor_address: must be hash or full or none",
        ),
        (
            json!({ "keep_copy": 1 }),
            "keep_copy: must be true or false",
        ),
        (json!({ "retention_days": 1 }), ""),
        (json!({ "retention_days": 3_650 }), ""),
        (
            json!({ "retention_days": 3_651 }),
            "retention_days: must be from 1 to 3650",
        ),
        (
            json!({ "retention_days": 0 }),
            "retention_days: must be from 1 to 3650",
        ),
        (
            json!({ "enforce_origins": "no" }),
            "enforce_origins: must be true or false",
        ),
        (json!({ "enforce_origins": null }), ""),
        (
            json!({ "version": 0 }),
            "version: must be from 1 to 4294967295",
        ),
        (
            json!({ "version": 4_294_967_296_u64 }),
            "version: must be from 1 to 4294967295",
        ),
        (
            json!({ "version": 1.5 }),
            "version: must be a whole number, 0 or more",
        ),
        (json!({ "version": null }), ""),
        (
            json!({ "min_fill_ms": -1 }),
            "min_fill_ms: must be a whole number, 0 or more",
        ),
        (
            json!({ "allowed_origins": "https://a.com" }),
            "allowed_origins: must be an array",
        ),
        (
            json!({ "allowed_origins": ["https://a.com", 5] }),
            "allowed_origins: must be an array of texts",
        ),
        (json!({ "fields": {} }), "fields: must be an array"),
        (
            json!({ "fields": [] }),
            "fields: must have 1 to 100 entries",
        ),
        (json!({ "fields": [5] }), "fields[0]: must be an object"),
        (
            field("required", json!("yes")),
            "fields[0].required: must be true or false",
        ),
        (
            field("required", Value::Null),
            "fields[0].required: must be true or false",
        ),
        (
            field("min", json!(false)),
            "fields[0].min: must be a text or a number",
        ),
        (field("minlength", Value::Null), ""),
        (
            field("label", json!("")),
            "fields[0].label: must have 1 to 5000 characters",
        ),
        (
            field("width", json!("third")),
            "fields[0].width: must be full or half",
        ),
        (field("width", Value::Null), ""),
        (
            field("suggestions", json!([1])),
            "fields[0].suggestions: must be an array of texts",
        ),
        (
            field("onclick", Value::Null),
            "fields[0].onclick: unknown field",
        ),
        (
            option(json!({ "value": 1 })),
            "fields[0].options[1].value: must be a text",
        ),
        (
            option(json!({ "value": "y", "group": "" })),
            "fields[0].options[1].group: must have 1 to 500 characters",
        ),
        (
            policy("quota", json!("many")),
            "rate_limits[0].quota: must be a whole number, 0 or more",
        ),
        (
            policy("name", json!("")),
            "rate_limits[0].name: must have 1 to 40 characters",
        ),
        (
            json!({ "rate_limits": [] }),
            "rate_limits: must have 1 to 8 entries",
        ),
        (
            json!({ "rate_limits": [{ "quota": 1, "window_s": 1, "partition": "form" }] }),
            "rate_limits[0].name: is missing",
        ),
        (json!({ "on_success": [] }), "on_success: must be an object"),
        (
            json!({ "on_success": { "message": "" } }),
            "on_success.message: must have 1 to 5000 characters",
        ),
    ] {
        let mut definition = json!({
            "key": "t", "allowed_origins": [], "fields": [{ "name": "a", "type": "text" }],
        });
        for (name, value) in changed.as_object().unwrap() {
            definition[name] = value.clone();
        }
        let reasons = match FormDefinition::parse(&definition.to_string()) {
            Ok(_) => String::new(),
            Err(faults) => {
                let reasons = faults
                    .iter()
                    .map(|fault| [&*fault.path, ": ", &fault.reason].concat());
                reasons.collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(reasons, expected, "{changed}");
    }
}
