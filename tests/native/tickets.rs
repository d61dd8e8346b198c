//! Tickets, and forms that require one.

use formgate::embed::{Origin, Ticket};
use formgate::platform::Platform;
use formgate::problem::EmbedReason;
use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const KEY: (&str, &str) = ("SIGNING_KEY", "0123456789abcdef0123456789abcdef");
const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";
const PAGE: &str = "https://example.com";
const OWN: &str = "https://forms.test";
const TWO_HOURS_MS: u64 = 7_200_000;

fn service(settings: &[(&str, &str)], ticket: Option<&str>) -> Memory {
    let memory = Memory::new(settings);
    memory.publish(&form(ticket));
    memory
}

fn form(ticket: Option<&str>) -> Value {
    let mut form = demo();
    // These tests send everything at once.
    form["spam"] = json!({ "mode": "shadow" });
    if let Some(ticket) = ticket {
        form["ticket"] = json!(ticket);
    }
    form
}

fn required() -> Memory {
    service(&[KEY], Some("required"))
}

fn ask_for(origin: Option<&str>) -> Call {
    let call = Call::new("GET", "/v1/forms/demo/ticket");
    match origin {
        Some(origin) => call.with("origin", origin),
        None => call,
    }
}

/// The token that a page gets.
fn ticket(memory: &Memory, origin: Option<&str>) -> String {
    let response = memory.ask(ask_for(origin));
    json(&response)["ticket"].as_str().unwrap().to_owned()
}

/// A submission by script.
fn submission(ticket: Option<&str>) -> Call {
    let mut body = json!({ "name": "Ada", "email": "ada@example.com" });
    if let Some(ticket) = ticket {
        body["_ticket"] = json!(ticket);
    }
    Call::submit(body.to_string())
}

/// A plain form, sent by a browser.
fn plain(origin: Option<&str>, ticket: Option<&str>) -> Call {
    let ticket = ticket.map_or_else(String::new, |ticket| format!("&_ticket={ticket}"));
    let call = Call::new("POST", "/f/demo")
        .with("sec-fetch-mode", "navigate")
        .with("content-type", "application/x-www-form-urlencoded")
        .with("cf-connecting-ip", "192.0.2.1")
        .body(format!("name=Ada&email=ada%40example.com{ticket}"));
    match origin {
        Some(origin) => call.with("origin", origin),
        None => call,
    }
}

fn reason(memory: &Memory, call: Call) -> String {
    let script = call.at("/v1/forms/demo/submissions");
    let response = memory.ask(script.with("sec-fetch-mode", "cors"));
    match response.status {
        201 => "accepted".to_owned(),
        _ => {
            assert_eq!(code(&response), "LG_1103");
            let reason = &json(&response)["error"]["details"]["reason"];
            reason.as_str().unwrap().to_owned()
        }
    }
}

fn leads(memory: &Memory) -> usize {
    memory.stores.inbox.borrow().len()
}

/// The hidden input of a page.
fn hidden<'p>(page: &'p str, name: &str) -> Option<&'p str> {
    let input = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    page.split_once(&input)?
        .1
        .split_once('"')
        .map(|(value, _)| value)
}

fn read(memory: &Memory, token: &str, origin: &str) -> Result<Ticket, EmbedReason> {
    let keys = &memory.isolate().keys().unwrap().tickets;
    let origin = Origin::parse(origin).unwrap();
    Ticket::read(Some(token), "demo", Some(&origin), keys, memory.now())
}

#[test]
fn a_page_that_may_embed_the_form_gets_a_ticket() {
    let memory = service(&[KEY], None);
    for (origin, of) in [(Some(PAGE), PAGE), (Some(OWN), OWN), (None, OWN)] {
        let response = memory.ask(ask_for(origin));
        assert_eq!(response.status, 200, "{origin:?}");
        assert_eq!(response.header("Cache-Control"), Some("no-store"));
        assert_eq!(response.header("Access-Control-Allow-Origin"), origin);
        let body = json(&response);
        assert_eq!(body["expires_at"], "2026-11-21T22:30:00.000Z");
        assert!(read(&memory, body["ticket"].as_str().unwrap(), of).is_ok());
    }
    for (origin, expected) in [
        ("https://evil.net", "origin_not_allowed"),
        ("null", "origin_null"),
        ("https://example.com.", "origin_not_allowed"),
    ] {
        let response = memory.ask(ask_for(Some(origin)));
        assert_eq!((response.status, &*code(&response)), (400, "LG_1103"));
        let details = &json(&response)["error"]["details"];
        assert_eq!(details["reason"], expected);
        assert_eq!(response.header("Access-Control-Allow-Origin"), Some(origin));
    }
    let unknown = memory.ask(Call::new("GET", "/v1/forms/none/ticket"));
    assert_eq!(code(&unknown), "LG_1100");
    assert_ne!(ticket(&memory, Some(PAGE)), ticket(&memory, Some(PAGE)));
}

#[test]
fn without_a_signing_key_there_are_no_tickets() {
    let memory = service(&[], None);
    let response = memory.ask(ask_for(Some(PAGE)));
    assert_eq!(response.status, 200);
    assert_eq!(response.body, r#"{"ticket":null,"expires_at":null}"#);
    let page = memory.ask(Call::new("GET", "/f/demo"));
    assert_eq!(hidden(&page.body, "_ticket"), None);
    assert_eq!(memory.ask(submission(Some("x"))).status, 201);
    let health = json(&memory.ask(Call::new("GET", "/healthz")));
    assert_eq!(
        (&health["status"], &health["tickets"]),
        (&json!("ok"), &json!("off"))
    );
}

#[test]
fn a_ticket_is_no_extra_in_any_encoding_and_no_condition_where_it_is_optional() {
    for form in [None, Some("optional")] {
        let memory = service(&[KEY], form);
        let valid = ticket(&memory, Some(PAGE));
        for ticket in [Some(&*valid), Some("nonsense"), Some(""), None] {
            let part = |name: &str, value: &str| {
                format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            let sent = ticket.map_or_else(String::new, |ticket| part("_ticket", ticket));
            let (name, email) = (part("name", "Ada"), part("email", "a@b"));
            for call in [
                submission(ticket),
                plain(Some(PAGE), ticket)
                    .with("sec-fetch-mode", "cors")
                    .at("/v1/forms/demo/submissions"),
                Call::submit(format!("{name}{email}{sent}--b--"))
                    .with("content-type", "multipart/form-data; boundary=b"),
            ] {
                let receipt = json(&memory.ask(call));
                assert_eq!(receipt["warnings"], Value::Null, "{ticket:?}");
                let lead = memory.lead(receipt["submission"]["id"].as_str().unwrap());
                assert_eq!(lead["extras"], json!({}));
            }
        }
        for (ticket, count) in [("valid", 3), ("ticket_invalid", 3), ("ticket_missing", 6)] {
            let member = format!("\"ticket\":\"{ticket}\"");
            assert_eq!(memory.logged().matches(&member).count(), count, "{ticket}");
        }
        assert!(!memory.logged().contains(&valid));
    }
}

#[test]
fn a_required_ticket_is_checked_with_its_reason() {
    let memory = required();
    let valid = ticket(&memory, Some(PAGE));
    let of_elsewhere = ticket(&memory, Some("https://www.example.com"));
    let of_hosted = ticket(&memory, None);
    for (ticket, expected) in [
        (None, "ticket_missing"),
        (Some(""), "ticket_missing"),
        (Some("nonsense"), "ticket_invalid"),
        (Some(&*of_elsewhere), "ticket_invalid"),
        (Some(&*of_hosted), "ticket_invalid"),
        (Some(&*valid), "accepted"),
        // A ticket is not used up; the quotas bound that.
        (Some(&*valid), "accepted"),
    ] {
        assert_eq!(reason(&memory, submission(ticket)), expected, "{ticket:?}");
        let plain = plain(Some(PAGE), ticket);
        assert_eq!(reason(&memory, plain), expected, "{ticket:?}");
    }
    let list = Call::submit(
        json!({ "name": "Ada", "email": "a@b", "_ticket": [valid, valid] }).to_string(),
    );
    assert_eq!(reason(&memory, list), "ticket_invalid");
    // The background tasks of a submission take time, too.
    let valid = ticket(&memory, Some(PAGE));
    memory.pass(TWO_HOURS_MS + 60_000);
    assert_eq!(reason(&memory, submission(Some(&valid))), "accepted");
    memory.pass(1);
    assert_eq!(reason(&memory, submission(Some(&valid))), "ticket_expired");
}

#[test]
fn a_required_ticket_stands_in_for_an_origin_that_the_browser_does_not_send() {
    let memory = required();
    let (of_page, of_hosted) = (ticket(&memory, Some(PAGE)), ticket(&memory, None));
    for (origin, ticket, expected) in [
        (Some("null"), Some(&of_page), "accepted"),
        (None, Some(&of_page), "accepted"),
        (Some("null"), Some(&of_hosted), "accepted"),
        (None, Some(&of_hosted), "accepted"),
        (Some("null"), None, "ticket_missing"),
        (None, None, "ticket_missing"),
        (
            Some("https://evil.net"),
            Some(&of_page),
            "origin_not_allowed",
        ),
        (Some("https://evil.net"), None, "origin_not_allowed"),
    ] {
        let call = plain(origin, ticket.map(String::as_str));
        assert_eq!(reason(&memory, call), expected, "{origin:?}");
    }
    let inbox = memory.stores.inbox.borrow();
    let origins: Vec<Value> = inbox
        .values()
        .map(|queued| serde_json::from_str::<Value>(&queued.lead).unwrap())
        .map(|lead| lead["provenance"]["observed"]["origin"].clone())
        .collect();
    let of = |origin: &str| origins.iter().filter(|known| **known == origin).count();
    assert_eq!(
        (of(PAGE), of(OWN)),
        (2, 2),
        "the page that the ticket names"
    );
    drop(inbox);

    let mut other = form(Some("required"));
    other["allowed_origins"] = json!(["https://www.example.com"]);
    memory.publish(&other);
    let changed = Memory::on(memory.stores.clone(), &[KEY]);
    let call = plain(Some("null"), Some(&of_page));
    assert_eq!(reason(&changed, call), "origin_not_allowed", "no longer");

    let optional = service(&[KEY], None);
    let call = plain(Some("null"), Some(&of_page));
    assert_eq!(
        reason(&optional, call),
        "origin_null",
        "only where it is required"
    );
}

#[test]
fn a_foreign_page_is_refused_before_its_body_is_read() {
    let memory = required();
    let of_page = ticket(&memory, Some(PAGE));
    let foreign = submission(Some(&of_page)).with("origin", "https://evil.net");
    assert_eq!(reason(&memory, foreign), "origin_not_allowed");
    assert_eq!(memory.stores.body_bytes_read.get(), 0);
    let mut limited = form(Some("required"));
    limited["rate_limits"][1]["quota"] = json!(2);
    memory.publish(&limited);
    let memory = Memory::on(memory.stores.clone(), &[KEY]);
    let send = || memory.ask(plain(Some("null"), Some(&of_page))).status;
    assert_eq!(
        [send(), send(), send()],
        [303, 303, 429],
        "used again and again"
    );
}

#[test]
fn a_hosted_page_that_was_open_too_long_is_shown_again_and_loses_nothing() {
    for form in ["required", "optional"] {
        let memory = service(&[KEY], Some(form));
        let opened_at = memory.now();
        let page = memory.ask(Call::new("GET", "/f/demo"));
        let first = hidden(&page.body, "_ticket").unwrap().to_owned();
        memory.pass(30 * TWO_HOURS_MS);
        let sent = memory.ask(plain(Some(OWN), Some(&first)));
        if form == "optional" {
            assert_eq!((sent.status, leads(&memory)), (303, 1));
            continue;
        }
        assert_eq!((sent.status, leads(&memory)), (400, 0));
        for expected in [
            "value=\"Ada\"",
            "value=\"ada@example.com\"",
            "more than two hours",
            "Nothing was lost",
        ] {
            assert!(sent.body.contains(expected), "{expected}: {}", sent.body);
        }
        assert!(!sent.body.contains("on its own page"));
        let second = hidden(&sent.body, "_ticket").unwrap();
        assert_eq!(read(&memory, second, OWN).unwrap().opened_at, opened_at);
        let again = memory.ask(plain(Some(OWN), Some(second)));
        assert_eq!((again.status, leads(&memory)), (303, 1));
    }
}

#[test]
fn a_plain_form_without_a_ticket_is_answered_with_one() {
    for origin in [Some(PAGE), Some("null"), None] {
        let memory = required();
        let sent = memory.ask(plain(origin, None));
        assert_eq!((sent.status, leads(&memory)), (400, 0));
        assert!(sent.body.contains("value=\"ada@example.com\""));
        let ticket = hidden(&sent.body, "_ticket").unwrap();
        // In a sandboxed frame the response's page has no origin either.
        let again = memory.ask(plain(Some("null"), Some(ticket)));
        assert_eq!((again.status, leads(&memory)), (303, 1), "{origin:?}");
    }
}

#[test]
fn a_renewed_ticket_keeps_the_time_at_which_the_form_was_opened() {
    let memory = service(&[KEY], None);
    let opened_at = memory.now();
    let first = ticket(&memory, Some(PAGE));
    memory.pass(2 * TWO_HOURS_MS);
    for (former, expected) in [(&*first, opened_at), ("nonsense", memory.now())] {
        let path = format!("/v1/forms/demo/ticket?renew={former}");
        let response = json(&memory.ask(Call::new("GET", &path).with("origin", PAGE)));
        let ticket = read(&memory, response["ticket"].as_str().unwrap(), PAGE).unwrap();
        assert_eq!(
            (ticket.opened_at, ticket.issued_at),
            (expected, memory.now())
        );
    }
}

#[test]
fn tickets_outlive_the_rotation_of_the_key() {
    let old = required();
    let issued = ticket(&old, Some(PAGE));
    let rotated = [("SIGNING_KEY", OTHER_KEY), ("SIGNING_KEY_PREVIOUS", KEY.1)];
    let new = Memory::on(old.stores.clone(), &rotated);
    assert_eq!(reason(&new, submission(Some(&issued))), "accepted");
    let issued_by_new = ticket(&new, Some(PAGE));
    assert_eq!(reason(&new, submission(Some(&issued_by_new))), "accepted");
    let done = Memory::on(old.stores.clone(), &rotated[..1]);
    assert_eq!(reason(&done, submission(Some(&issued))), "ticket_invalid");
    assert_eq!(reason(&done, submission(Some(&issued_by_new))), "accepted");
}

#[test]
fn a_form_that_requires_tickets_says_so_when_there_are_none() {
    let memory = service(&[], Some("required"));
    for path in ["/v1/forms/demo", "/v1/forms/demo/ticket"] {
        let refused = memory.ask(Call::new("GET", path).with("origin", PAGE));
        assert_eq!(
            (refused.status, &*code(&refused)),
            (503, "LG_1901"),
            "{path}"
        );
        let settings = &json(&refused)["error"]["details"]["settings"];
        assert_eq!(settings[0]["variable"], "SIGNING_KEY");
    }
    let page = memory.ask(Call::new("GET", "/f/demo"));
    assert_eq!(page.status, 503);
    assert!(page.body.contains("cannot be shown at the moment"));
    let refused = memory.ask(submission(None));
    assert_eq!((refused.status, leads(&memory)), (503, 0));
    assert!(refused.body.contains("SIGNING_KEY"));
    let shown = memory.ask(plain(Some(PAGE), None));
    assert!(shown.status == 503 && shown.body.contains("value=\"Ada\""));
    let health = memory.ask(Call::new("GET", "/healthz"));
    assert_eq!(health.status, 503);
    assert_eq!(json(&health)["tickets"], "off");
    assert!(health.body.contains("SIGNING_KEY") && health.body.contains("required"));
    assert!(memory.logged().contains("setting: SIGNING_KEY is not set"));
    let set = Memory::on(memory.stores.clone(), &[KEY]);
    assert_eq!(set.ask(Call::new("GET", "/v1/forms/demo")).status, 200);
    assert_eq!(set.ask(Call::new("GET", "/healthz")).status, 200);
}

#[test]
fn the_public_definition_says_when_a_ticket_is_required() {
    for (form, expected) in [
        (None, Value::Null),
        (Some("optional"), Value::Null),
        (Some("required"), json!("required")),
    ] {
        let memory = service(&[KEY], form);
        let response = memory.ask(Call::new("GET", "/v1/forms/demo"));
        assert_eq!(json(&response)["ticket"], expected);
    }
}
