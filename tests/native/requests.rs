//! Requests as real clients send them: preflights, plain forms, pages without an origin, paths with a slash at the end.

use formgate::envelope::Response;
use serde_json::json;

use crate::forms::{demo, service};
use crate::memory::{Call, Memory, code, json};

const LEAD: &str = r#"{"name":"Ada","email":"ada@example.com"}"#;
const TYPED: &str = "name=Ada&email=ada%40example.com";
const NAVIGATION: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A service with this quota a visitor.
fn limited(quota: u64) -> Memory {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"][1]["quota"] = json!(quota);
    memory.publish(&form);
    memory
}

/// A plain form on an allowed page, sent by a browser.
fn plain(path: &str, body: impl AsRef<[u8]>) -> Call {
    Call::new("POST", path)
        .with("accept", NAVIGATION)
        .with("sec-fetch-mode", "navigate")
        .with("origin", "https://example.com")
        .with("content-type", "application/x-www-form-urlencoded")
        .with("cf-connecting-ip", "192.0.2.1")
        .body(body)
}

fn leads(memory: &Memory) -> usize {
    memory.stores.inbox.borrow().len()
}

#[test]
fn a_preflight_allows_what_the_page_adds() {
    let memory = service();
    for path in ["/v1/forms/demo", "/v1/forms/demo/submissions", "/f/demo"] {
        let asked = "baggage,hx-request,sentry-trace,traceparent,x-api-key,x-requested-with";
        let response = memory.ask(
            Call::new("OPTIONS", path)
                .with("origin", "https://example.com")
                .with("access-control-request-headers", asked),
        );
        let allowed = response.header("Access-Control-Allow-Headers").unwrap();
        let allowed: Vec<&str> = allowed.split(", ").collect();
        for name in asked.split(',').chain(["Content-Type", "Idempotency-Key"]) {
            assert!(allowed.contains(&name), "{name} at {path}");
        }
        assert_eq!(response.header("Access-Control-Allow-Credentials"), None);
    }
}

#[test]
fn a_script_gets_an_envelope_with_any_accept_and_a_navigation_a_page() {
    let memory = service();
    let path = "/v1/forms/demo/submissions";
    for accept in ["text/html, */*", "text/html, */*; q=0.01", NAVIGATION] {
        let script = plain(path, TYPED)
            .with("accept", accept)
            .with("sec-fetch-mode", "cors");
        let response = memory.ask(script);
        assert_eq!(response.status, 201, "{accept}");
        assert_eq!(json(&response)["submission"]["status"], "stored");
    }
    let page = plain(path, TYPED).with("accept", "*/*");
    assert_eq!(memory.ask(page).status, 303, "a navigation");
    let old = plain(path, TYPED).without("sec-fetch-mode");
    assert_eq!(memory.ask(old).status, 303, "a browser that does not say");
}

#[test]
fn a_script_that_sends_a_plain_form_may_follow_it_to_the_page() {
    let memory = service();
    let sent = memory.ask(plain("/f/demo", TYPED).with("sec-fetch-mode", "cors"));
    let thanks = memory.ask(
        Call::new("GET", sent.header("Location").unwrap()).with("origin", "https://example.com"),
    );
    for response in [sent, thanks] {
        let allowed = response.header("Access-Control-Allow-Origin");
        assert_eq!(allowed, Some("https://example.com"), "{}", response.status);
    }
}

#[test]
fn a_page_without_an_origin_is_answered_with_the_form_on_our_page() {
    for path in ["/f/demo", "/v1/forms/demo/submissions"] {
        for origin in [Some("null"), None] {
            let memory = service();
            let call = plain(path, "name=Ada&email=ada%40example.com&_key=k-1");
            let refused = memory.ask(match origin {
                Some(origin) => call.with("origin", origin),
                None => call.without("origin"),
            });
            assert_eq!((refused.status, leads(&memory)), (400, 0));
            for expected in [
                "<form action=\"/f/demo?send=1\"",
                "value=\"ada@example.com\"",
                "name=\"_key\" value=\"k-1\"",
                "Referrer-Policy",
            ] {
                assert!(
                    refused.body.contains(expected),
                    "{expected}: {}",
                    refused.body
                );
            }
            let again = plain("/f/demo", "name=Ada&email=ada%40example.com&_key=k-1")
                .with("origin", "https://forms.test");
            assert_eq!((memory.ask(again).status, leads(&memory)), (303, 1));
        }
    }
    let memory = service();
    let script = Call::submit(LEAD).with("origin", "null");
    assert_eq!(code(&memory.ask(script)), "LG_1103", "no page, no form");
    let foreign = plain("/f/demo", TYPED).with("origin", "https://evil.net");
    assert!(!memory.ask(foreign).body.contains("<form"));
}

#[test]
fn a_submission_without_an_origin_is_counted() {
    let memory = limited(2);
    let send = || memory.ask(plain("/f/demo", TYPED).with("origin", "null"));
    let statuses = [send().status, send().status, send().status];
    assert_eq!(statuses, [400, 400, 429]);
}

#[test]
fn every_page_of_a_form_may_be_framed_by_its_allowed_origins() {
    let memory = limited(1);
    let framed = |response: &Response| {
        let policy = response.header("Content-Security-Policy").unwrap();
        policy.ends_with("frame-ancestors 'self' https://example.com https://*.example.com")
    };
    let pages = [
        memory.ask(Call::new("GET", "/f/demo")),
        memory.ask(plain("/f/demo", "name=&email=")),
        memory.ask(plain("/f/demo", TYPED)),
        memory.ask(plain("/f/demo", "n=".repeat(40_000))),
        memory.ask(plain("/f/demo", TYPED).with("origin", "null")),
        memory.ask(plain("/f/demo", TYPED).with("origin", "https://evil.net")),
        memory.ask(plain("/f/demo", TYPED).with("content-type", "text/plain")),
    ];
    for page in &pages {
        assert!(framed(page), "{} {:?}", page.status, page.headers);
    }
    let broken = Memory::on(memory.stores.clone(), &[("CORE_TIMEOUT_MS", "soon")]);
    let page = broken.ask(plain("/f/demo", TYPED));
    assert!(page.status == 503 && framed(&page));
    assert!(page.body.contains("value=\"Ada\""), "{}", page.body);
    let unknown = memory.ask(Call::new("GET", "/f/none"));
    let policy = unknown.header("Content-Security-Policy").unwrap();
    assert!(policy.ends_with("frame-ancestors *") && !unknown.body.contains("<form"));
}

#[test]
fn opening_a_broken_form_is_not_answered_as_a_failed_submission() {
    let memory = service();
    let broken = "{".to_owned();
    let mut forms = memory.stores.forms.borrow_mut();
    forms.insert("form/demo".to_owned(), broken);
    drop(forms);
    let opened = memory.ask(Call::new("GET", "/f/demo"));
    assert_eq!(opened.status, 503);
    assert!(opened.body.contains("cannot be shown"), "{}", opened.body);
    assert!(!opened.body.contains("sent") && !opened.body.contains("lost"));
    let sent = memory.ask(plain("/f/demo", TYPED));
    assert!(sent.body.contains("could not be sent"), "{}", sent.body);
    assert_eq!(memory.stores.form_reads.get(), 1);
}

#[test]
fn a_flood_of_made_up_keys_evicts_no_cached_form() {
    let memory = service();
    memory.ask(Call::submit(LEAD));
    for made_up in 0..520 {
        let path = format!("/v1/forms/made-up-{made_up}");
        assert_eq!(memory.ask(Call::new("GET", &path)).status, 404);
    }
    let reads = memory.stores.form_reads.get();
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    assert_eq!(memory.stores.form_reads.get(), reads);
}

#[test]
fn the_log_has_the_reason_and_the_origin_of_a_refused_embed() {
    for (origin, expected) in [
        (
            Some("https://evil.net"),
            r#""reason":"origin_not_allowed","origin":"https://evil.net""#,
        ),
        (
            Some("https://example.com."),
            r#""reason":"origin_not_allowed","origin":"https://example.com.""#,
        ),
        (Some("null"), r#""reason":"origin_null","origin":"null""#),
        (None, r#""reason":"origin_missing","origin":null"#),
        (
            Some("https://ada@example.com"),
            r#""reason":"origin_not_allowed","origin":"unreadable""#,
        ),
    ] {
        let memory = service();
        let call = Call::submit(LEAD);
        memory.ask(match origin {
            Some(origin) => call.with("origin", origin),
            None => call.without("origin"),
        });
        let logged = memory.logged();
        assert!(logged.contains(expected), "{logged}");
    }
}

#[test]
fn a_page_whose_host_ends_in_a_dot_may_read_the_reason() {
    let memory = service();
    let origin = "https://example.com.";
    for call in [
        Call::submit(LEAD).with("origin", origin),
        Call::new("GET", "/v1/forms/demo").with("origin", origin),
    ] {
        let refused = memory.ask(call);
        assert_eq!(code(&refused), "LG_1103");
        let allowed = refused.header("Access-Control-Allow-Origin");
        assert_eq!(allowed, Some(origin));
        let details = &json(&refused)["error"]["details"];
        assert_eq!(details["reason"], "origin_not_allowed");
        let hint = details["hint"].as_str().unwrap();
        assert!(hint.contains("ends in a dot"), "{hint}");
    }
    let page = memory.ask(plain("/f/demo", TYPED).with("origin", origin));
    assert!(page.body.contains("without the dot") && !page.body.contains("<form"));
}

#[test]
fn a_slash_at_the_end_of_a_path_is_ignored() {
    let memory = service();
    let mut call = Call::submit(LEAD);
    assert_eq!(memory.ask(call.clone()).status, 201);
    call = call.at("/v1/forms/demo/submissions/");
    assert_eq!(memory.ask(call).status, 201);
    assert_eq!(memory.ask(plain("/f/demo/", TYPED)).status, 303);
    assert_eq!(memory.ask(Call::new("GET", "/healthz/")).status, 200);
}
