//! Whatever is sent, the response is one the contract knows, and the service is alive after it.
//!
//! `PROPTEST_CASES=100000 cargo test --test native anything` looks longer.

use formgate::form::FormDefinition;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::string::string_regex;

use crate::forms::demo;
use crate::memory::{Call, Memory};

/// Text that is likely to mean something to a parser.
fn pieces(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(pieces).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let json = pieces(&[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"name\"",
        "\"email\"",
        "\"a@b\"",
        "true",
        "null",
        "1e9",
        "\"\\ud83d\"",
        "\"__proto__\"",
        " ",
    ]);
    let urlencoded = pieces(&[
        "name", "email", "=", "&", "a%40b", "%", "%f", "%FF", "+", "ü",
    ]);
    let multipart = pieces(&[
        "--b0",
        "\r\n",
        "\r\n\r\n",
        "--",
        "Content-Disposition: form-data; name=\"name\"",
        "\"",
        "; filename=\"\"",
        "; filename=\"x\"",
        "a@b",
        "Content-Disposition:",
        "name=",
        ";",
        "%22",
    ]);
    let text = prop_oneof![json, urlencoded, multipart];
    prop_oneof![
        6 => text.prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..200),
    ]
}

fn content_type() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("application/json".to_owned()),
        Just("application/x-www-form-urlencoded".to_owned()),
        Just("multipart/form-data; boundary=b0".to_owned()),
        pieces(&[
            "multipart/form-data",
            ";",
            "boundary=",
            "\"",
            "charset=",
            "utf-8",
            "b0"
        ]),
    ]
}

fn origin() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just("https://example.com".to_owned()),
        1 => pieces(&["https://", "http://", "example.com", "*.", ":", "443", "[", "::1", "]", "@", "/", "null"]),
    ]
}

proptest! {
    #[test]
    fn a_submission_of_anything_is_answered(
        body in body(), content_type in content_type(), origin in origin(),
        path in string_regex("/(v1/forms|f)/(demo|[a-z%./]{0,9})(/submissions)?").unwrap(),
        method in proptest::sample::select(&["GET", "POST", "OPTIONS", "PUT"][..]),
        header in any::<String>(),
    ) {
        let memory = Memory::new(&[]);
        memory.publish(&demo());
        let call = Call::new(method, &path)
            .with("origin", &origin)
            .with("content-type", &content_type)
            .with("idempotency-key", &header)
            .with("if-none-match", &header)
            .with("referer", &header)
            .body(body);
        let response = memory.ask(call);
        prop_assert!(
            [200, 201, 204, 303, 304, 400, 404, 405, 413, 415].contains(&response.status),
            "status {}", response.status
        );
        prop_assert!(response.headers.iter().all(|(_, value)| !value.contains(['\r', '\n'])));
        let good = Call::submit(r#"{"name":"Ada","email":"ada@example.com"}"#);
        prop_assert_eq!(memory.ask(good).status, 201);
    }

    #[test]
    fn a_definition_of_anything_is_refused_or_can_be_used(
        name in ".{0,12}", kind in "text|email|select|consent|file|", pattern in ".{0,20}",
        origin in origin(), number in any::<u64>(),
    ) {
        let definition = serde_json::json!({
            "key": "demo", "allowed_origins": [origin],
            "rate_limits": [{ "name": "r", "quota": number, "window_s": number, "partition": "form" }],
            "fields": [{ "name": name, "type": kind, "pattern": pattern, "text": "t", "options": [{ "value": "v" }] }],
        });
        if FormDefinition::parse(&definition.to_string()).is_ok() {
            let memory = Memory::new(&[]);
            memory.publish(&definition);
            let page = memory.ask(Call::new("GET", "/f/demo"));
            prop_assert_eq!(page.status, 200);
        }
    }

    #[test]
    fn a_definition_of_any_text_is_refused(text in any::<String>()) {
        prop_assert!(FormDefinition::parse(&text).is_err());
    }
}
