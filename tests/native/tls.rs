//! TLS: http is sent to https, and browsers are kept there.

use crate::forms::service;
use crate::memory::{Call, code};

fn over(own_origin: &str, mut call: Call) -> Call {
    own_origin.clone_into(&mut call.request.own_origin);
    call
}

fn requests() -> Vec<Call> {
    let submission = r#"{"name":"Ada","email":"ada@example.com"}"#;
    vec![
        Call::new("GET", "/healthz"),
        Call::new("GET", "/errors"),
        Call::new("GET", "/f/demo"),
        Call::new("GET", "/f/none"),
        Call::new("GET", "/v1/forms/demo"),
        Call::new("GET", "/v1/forms/demo/ticket"),
        Call::new("OPTIONS", "/v1/forms/demo/submissions"),
        Call::new("DELETE", "/v1/forms/demo"),
        Call::new("GET", "/nothing"),
        Call::submit(submission),
        Call::submit("{"),
        Call::submit(submission).with("origin", "https://evil.net"),
    ]
}

#[test]
fn every_answer_over_https_keeps_browsers_on_https() {
    let memory = service();
    for call in requests() {
        let path = call.request.path.clone();
        let response = memory.ask(call);
        let header = response.header("Strict-Transport-Security");
        assert_eq!(header, Some("max-age=31536000"), "{path}");
    }
}

#[test]
fn every_request_over_http_is_sent_to_https() {
    let memory = service();
    for call in requests() {
        let path = call.request.path.clone();
        let is_get = call.request.method == formgate::route::Method::Get;
        let response = memory.ask(over("http://forms.test", call));
        assert_eq!(response.status, if is_get { 301 } else { 308 }, "{path}");
        let address = format!("https://forms.test{path}");
        assert_eq!(response.header("Location"), Some(&*address));
        assert_eq!(response.header("Strict-Transport-Security"), None);
        assert!(response.header("X-Request-Id").is_some() && response.body.is_empty());
    }
    assert_eq!(memory.stores.inbox.borrow().len(), 0);
    assert_eq!(memory.stores.body_bytes_read.get(), 0);
}

#[test]
fn this_machine_is_served_over_http() {
    let memory = service();
    for own_origin in [
        "http://localhost:8787",
        "http://127.0.0.1:8787",
        "http://[::1]:8787",
    ] {
        let page = memory.ask(over(own_origin, Call::new("GET", "/f/demo")));
        assert_eq!(page.status, 200, "{own_origin}");
        let foreign = Call::submit("{}").with("origin", "https://evil.net");
        assert_eq!(code(&memory.ask(over(own_origin, foreign))), "LG_1103");
    }
}
