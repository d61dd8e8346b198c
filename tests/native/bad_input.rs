//! Invalid requests never cause a 500: each gets its documented error, and the next request works.

use serde_json::Value;

use crate::forms::service;
use crate::memory::{Call, Memory, code, json};

const LEAD: &str = r#"{"name":"Ada","email":"ada@example.com"}"#;

/// Sends a request, then checks that nothing was stored and that the next request works.
fn refused(memory: &Memory, call: Call) -> (u16, String, Value) {
    let before = memory.stores.inbox.borrow().len();
    let response = memory.ask(call);
    assert_eq!(
        memory.stores.inbox.borrow().len(),
        before,
        "nothing is stored"
    );
    assert_eq!(
        memory.ask(Call::submit(LEAD)).status,
        201,
        "the next request works"
    );
    let details = json(&response)["error"]["details"].clone();
    assert_eq!(json(&response)["error"]["http"], response.status);
    (response.status, code(&response), details)
}

#[test]
fn refuses_bodies_that_cannot_be_decoded() {
    let memory = service();
    let many: Vec<String> = (0..10_000).map(|index| format!("\"f{index}\":1")).collect();
    for (body, field, violation) in [
        (b"{".to_vec(), None, "bad_input"),
        (b"[]".to_vec(), None, "bad_input"),
        (b"".to_vec(), None, "bad_input"),
        (b"{\"name\":\"\xff\"}".to_vec(), Some("name"), "bad_input"),
        ("[".repeat(100_000).into_bytes(), None, "bad_input"),
        (
            format!("{{\"name\":{}", "[".repeat(100_000)).into_bytes(),
            None,
            "bad_input",
        ),
        (b"{\"name\":{\"a\":1}}".to_vec(), Some("name"), "bad_input"),
        (
            format!("{{\"name\":\"{}\"}}", "x".repeat(32_769)).into_bytes(),
            Some("name"),
            "too_long",
        ),
        (
            format!("{{{}}}", many.join(",")).into_bytes(),
            None,
            "too_many",
        ),
        (
            b"{\"name\":\"a\",\"name\":\"b\",\"email\":\"a@b\"}".to_vec(),
            Some("name"),
            "too_many",
        ),
    ] {
        let (status, code, details) = refused(&memory, Call::submit(&body));
        assert_eq!((status, code.as_str()), (400, "LG_1102"));
        assert_eq!(details["errors"][0]["field"].as_str(), field);
        assert_eq!(details["errors"][0]["code"], violation);
    }
}

#[test]
fn refuses_bodies_without_reading_them() {
    let memory = service();
    let at_limit = format!(
        "{{\"name\":\"a\",\"email\":\"a@b\"}}{}",
        " ".repeat(131_072 - 26)
    );
    assert_eq!(at_limit.len(), 131_072);
    assert_eq!(memory.ask(Call::submit(&at_limit)).status, 201);
    let (status, code, details) = refused(&memory, Call::submit(at_limit + " "));
    assert_eq!((status, code.as_str()), (413, "FORM_BODY_TOO_LARGE"));
    assert_eq!(details["limit_bytes"], 131_072);
    for call in [
        Call::submit(LEAD).with("content-type", "text/plain"),
        Call::submit(LEAD).without("content-type"),
        Call::submit(LEAD).with("content-encoding", "gzip"),
        Call::submit(LEAD).with("content-type", "application/json; charset=utf-16"),
    ] {
        let (status, code, _) = refused(&memory, call);
        assert_eq!(
            (status, code.as_str()),
            (415, "FORM_MEDIA_TYPE_UNSUPPORTED")
        );
    }
}

#[test]
fn refuses_origins_that_resemble_an_allowed_one() {
    let memory = service();
    for (origin, reason) in [
        (None, "origin_missing"),
        (Some("null"), "origin_null"),
        (Some("https://example.com.evil.net"), "origin_not_allowed"),
        (Some("https://example.com@evil.net"), "origin_not_allowed"),
        (Some("HTTPS://EXAMPLE.COM"), "origin_not_allowed"),
        (Some("https://example.com."), "origin_not_allowed"),
        (Some("https://example.com:443"), "origin_not_allowed"),
        (Some("https://exämple.com"), "origin_not_allowed"),
        (Some("http://example.com"), "origin_not_allowed"),
        (Some(""), "origin_not_allowed"),
    ] {
        let call = match origin {
            Some(origin) => Call::submit(LEAD).with("origin", origin),
            None => Call::submit(LEAD).without("origin"),
        };
        let (status, code, details) = refused(&memory, call);
        assert_eq!((status, code.as_str()), (400, "LG_1103"), "{origin:?}");
        assert_eq!(details["reason"], reason, "{origin:?}");
    }
}

#[test]
fn refuses_unknown_routes_and_methods() {
    let memory = service();
    for (method, path, status, expected) in [
        ("GET", "/v1/forms", 404, "FORM_ROUTE_NOT_FOUND"),
        ("POST", "/v1/forms/none/submissions", 404, "LG_1100"),
        (
            "PUT",
            "/v1/forms/demo/submissions",
            405,
            "FORM_METHOD_NOT_ALLOWED",
        ),
        ("DELETE", "/f/demo", 405, "FORM_METHOD_NOT_ALLOWED"),
    ] {
        let (got, code, _) = refused(
            &memory,
            Call::new(method, path).with("origin", "https://example.com"),
        );
        assert_eq!((got, code.as_str()), (status, expected), "{method} {path}");
    }
    let response = memory.ask(Call::new("PATCH", "/v1/forms/demo"));
    assert_eq!(response.header("Allow"), Some("GET, HEAD, OPTIONS"));
}

#[test]
fn accepts_header_bytes_that_no_browser_sends() {
    let memory = service();
    let call = Call::submit(LEAD)
        .with("user-agent", "\u{ff}\u{80}")
        .with("referer", "https://exämple.com/\u{0}")
        .with("accept", "\u{e9}")
        .with("idempotency-key", "\u{e9}")
        .with("if-none-match", "\u{e9}")
        .with("content-length", "\u{e9}")
        .with("cf-connecting-ip", "\u{e9}");
    assert_eq!(memory.ask(call).status, 201);
}
