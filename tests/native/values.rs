//! An accepted value is accepted again in every encoding, with the same meaning (property tests).
//!
//! `PROPTEST_CASES=100000 cargo test --release --test native values` tries more cases.

use formgate::form::FormDefinition;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::memory::{Call, Memory, json as body_of};

/// Every kind with a text value, with attributes that some values violate.
fn form() -> Value {
    json!({
        "key": "demo", "allowed_origins": ["https://example.com"],
        "rate_limits": [{ "name": "form", "quota": 1_000_000, "window_s": 60, "partition": "form" }],
        "fields": [
            { "name": "text", "type": "text", "minlength": 1, "maxlength": 8 },
            { "name": "search", "type": "search", "pattern": "[\\p{L}0-9 ]*" },
            { "name": "tel", "type": "tel" },
            { "name": "url", "type": "url" },
            { "name": "email", "type": "email" },
            { "name": "emails", "type": "email", "multiple": true },
            { "name": "number", "type": "number", "min": -5, "max": 1000, "step": 0.5 },
            { "name": "range", "type": "range", "min": 1, "max": 10, "step": 4 },
            { "name": "any", "type": "range", "min": "-1e3", "max": "1e3", "step": "any" },
            { "name": "date", "type": "date", "min": "2020-02-29", "step": 7 },
            { "name": "month", "type": "month" },
            { "name": "week", "type": "week" },
            { "name": "time", "type": "time", "min": "22:00", "max": "02:00", "step": 1 },
            { "name": "local", "type": "datetime-local", "step": "any" },
            { "name": "color", "type": "color" },
            { "name": "area", "type": "textarea", "maxlength": 12 },
            { "name": "hidden", "type": "hidden" },
            { "name": "select", "type": "select", "options": [{ "value": "" }, { "value": "a" }, { "value": "ü 1" }] },
            { "name": "radio", "type": "radio", "options": [{ "value": "a" }, { "value": "b" }] },
        ],
    })
}

/// Text that is likely to be a value of some kind.
fn value() -> impl Strategy<Value = String> {
    let pieces: &[&str] = &[
        "a",
        "A",
        "ü",
        "ß",
        "Ⅻ",
        "😀",
        "e\u{301}",
        " ",
        "\t",
        "\r\n",
        "\r",
        "\n",
        "\0",
        "\u{2028}",
        "@",
        "b.de",
        "münchen.de",
        ",",
        ".",
        "-",
        "+",
        "%41",
        "%",
        "&",
        "=",
        "\"",
        "\\",
        "http://",
        "https:",
        "/",
        "[::1]",
        "127.0.0.1",
        ":",
        "0",
        "1",
        "5",
        "00",
        "e",
        "1e3",
        "2024-02-29",
        "2026-11-21",
        "2020-03-07",
        "T",
        "22:30",
        "01:59:59",
        ":00",
        ".500",
        "-W07",
        "2026-W53",
        "#",
        "fff",
        "#A1b2C3",
        "red",
    ];
    prop_oneof![
        6 => vec(proptest::sample::select(pieces), 0..5).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        1 => (-1_100_i32..1_100).prop_map(|tenths| format!("{:.1}", f64::from(tenths) / 10.0)),
    ]
}

fn urlencoded(values: &Map<String, Value>) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in values {
        body.append_pair(name, value.as_str().unwrap());
    }
    body.finish()
}

fn multipart(values: &Map<String, Value>) -> String {
    let part = |(name, value): (&String, &Value)| {
        format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n",
            value.as_str().unwrap()
        )
    };
    values.iter().map(part).collect::<String>() + "--frontier--"
}

proptest! {
    #[test]
    fn sanitising_is_idempotent(value in value()) {
        let form = FormDefinition::parse(&form().to_string()).unwrap();
        for field in &form.fields {
            let (once, codes) = field.check(&value);
            let (twice, again) = field.check(&once);
            prop_assert_eq!(&twice, &once, "{}", field.name());
            if codes.is_empty() {
                prop_assert!(again.is_empty(), "{}: {:?}", field.name(), again);
            }
        }
    }

    #[test]
    fn an_accepted_value_is_accepted_in_every_encoding(values in vec(value(), 19)) {
        let memory = Memory::new(&[]);
        memory.publish(&form());
        let definition = FormDefinition::parse(&form().to_string()).unwrap();
        let accepted = |(field, value): (&formgate::form::Field, &String)| {
            let (sanitised, codes) = field.check(value);
            let is_kept = codes.is_empty() && !sanitised.is_empty();
            is_kept.then(|| (field.name().to_owned(), json!(sanitised)))
        };
        // The decoder drops control characters.
        let is_typed = |character: char| character >= ' ' || "\t\n\r".contains(character);
        let values = values.iter().map(|value| value.replace(|character| !is_typed(character), ""));
        let values: Vec<String> = values.collect();
        let values: Map<String, Value> = definition.fields.iter().zip(&values).filter_map(accepted).collect();
        let plain = |kind: &str, body: String| Call::submit(body).with("content-type", kind);
        for call in [
            plain("application/json", Value::Object(values.clone()).to_string()),
            plain("application/x-www-form-urlencoded", urlencoded(&values)),
            plain("multipart/form-data; boundary=frontier", multipart(&values)),
        ] {
            let response = memory.ask(call);
            prop_assert_eq!(response.status, 201, "{}", response.body);
            let id = body_of(&response)["submission"]["id"].as_str().unwrap().to_owned();
            prop_assert_eq!(&memory.lead(&id)["fields"], &Value::Object(values.clone()));
        }
    }
}
