//! `"enforce_origins": false`: what the embed check would refuse passes, and is logged.

use formgate::envelope::Response;
use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, json};

const KEY: (&str, &str) = ("SIGNING_KEY", "0123456789abcdef0123456789abcdef");

fn service(changes: &Value) -> Memory {
    let memory = Memory::new(&[KEY]);
    let mut form = demo();
    for (name, value) in changes.as_object().unwrap() {
        form[name] = value.clone();
    }
    memory.publish(&form);
    memory
}

fn with_origin(call: Call, origin: Option<&str>) -> Call {
    match origin {
        Some(origin) => call.with("origin", origin),
        None => call.without("origin"),
    }
}

fn submission(origin: Option<&str>) -> Call {
    with_origin(Call::submit(r#"{"name":"Ada","email":"a@b"}"#), origin)
}

fn last_line(memory: &Memory) -> Value {
    let log = memory.stores.log.borrow();
    serde_json::from_str(log.last().unwrap()).unwrap()
}

fn lead_origin(memory: &Memory, receipt: &Response) -> Value {
    let id = json(receipt)["submission"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    memory.lead(&id)["provenance"]["observed"]["origin"].clone()
}

#[test]
fn would_be_refusals_pass_and_are_logged() {
    let memory = service(&json!({ "enforce_origins": false }));
    for (origin, reason, in_lead) in [
        (
            Some("https://example.com"),
            None,
            json!("https://example.com"),
        ),
        (
            Some("https://evil.net"),
            Some("origin_not_allowed"),
            json!("https://evil.net"),
        ),
        (Some("null"), Some("origin_null"), json!("null")),
        (None, Some("origin_missing"), Value::Null),
        (
            Some("https://ada@evil.net"),
            Some("origin_not_allowed"),
            json!("unreadable"),
        ),
    ] {
        let response = memory.ask(submission(origin));
        assert_eq!(response.status, 201, "{origin:?}");
        let readable = origin.filter(|origin| !origin.contains('@'));
        assert_eq!(response.header("Access-Control-Allow-Origin"), readable);
        assert_eq!(lead_origin(&memory, &response), in_lead);
        let line = last_line(&memory);
        assert_eq!(line["would_refuse"].as_str(), reason, "{line}");
        assert_eq!(
            (&line["outcome"], line.get("reason")),
            (&json!("stored"), None)
        );
        if reason.is_some() {
            assert_eq!(line["origin"], in_lead);
        }
        let page = submission(origin)
            .at("/f/demo")
            .with("sec-fetch-mode", "navigate");
        assert_eq!(memory.ask(page).status, 303, "{origin:?}");
    }
}

#[test]
fn a_foreign_page_gets_all_that_it_needs_to_show_the_form() {
    let memory = service(&json!({ "enforce_origins": false }));
    let foreign = Some("https://evil.net");
    let definition = memory.ask(with_origin(Call::new("GET", "/v1/forms/demo"), foreign));
    assert_eq!(definition.status, 200);
    assert_eq!(last_line(&memory)["would_refuse"], "origin_not_allowed");
    let ticket = memory.ask(with_origin(
        Call::new("GET", "/v1/forms/demo/ticket"),
        foreign,
    ));
    assert!(json(&ticket)["ticket"].is_string());
    let opaque = memory.ask(with_origin(
        Call::new("GET", "/v1/forms/demo/ticket"),
        Some("null"),
    ));
    assert_eq!(opaque.status, 200);
    assert_eq!(
        json(&opaque)["ticket"],
        Value::Null,
        "there is no page to name"
    );
    let hosted = memory.ask(Call::new("GET", "/f/demo"));
    let policy = hosted.header("Content-Security-Policy").unwrap();
    assert!(policy.ends_with("frame-ancestors *"), "{policy}");
}

#[test]
fn a_required_ticket_is_not_enforced_either() {
    let memory = service(&json!({ "enforce_origins": false, "ticket": "required" }));
    for (origin, reason) in [
        (Some("https://example.com"), "ticket_missing"),
        (Some("null"), "ticket_missing"),
        (Some("https://evil.net"), "origin_not_allowed"),
    ] {
        assert_eq!(memory.ask(submission(origin)).status, 201, "{origin:?}");
        assert_eq!(last_line(&memory)["would_refuse"], reason);
    }
}

#[test]
fn enforcing_is_the_default() {
    for changes in [
        json!({}),
        json!({ "enforce_origins": true }),
        json!({ "enforce_origins": null }),
    ] {
        let memory = service(&changes);
        let refused = memory.ask(submission(Some("https://evil.net")));
        assert_eq!(refused.status, 400);
        let line = last_line(&memory);
        assert_eq!(
            (line["reason"].as_str(), line.get("would_refuse")),
            (Some("origin_not_allowed"), None)
        );
    }
}
