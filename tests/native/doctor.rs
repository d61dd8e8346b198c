//! The doctor: whether a page of an address may embed a form, as JSON and as a page.

use serde_json::json;

use crate::forms::service;
use crate::memory::{Call, code, json};

fn ask(query: &str) -> Call {
    Call::new("GET", &format!("/v1/forms/demo/doctor{query}"))
}

#[test]
fn a_program_gets_the_diagnosis_as_json() {
    let memory = service();
    let allowed = memory.ask(ask("?url=https%3A%2F%2Fwww.example.com%2Fa%3Fb"));
    assert_eq!(allowed.status, 200);
    assert_eq!(
        json(&allowed),
        json!({
            "form": "demo", "origin": "https://www.example.com", "allowed": true,
            "matched": "https://*.example.com", "reason": null, "add": null, "notes": [],
            "content_security_policy": {
                "widget": "script-src https://forms.test; connect-src https://forms.test",
                "frame": "frame-src https://forms.test",
                "plain_form": "form-action https://forms.test",
            },
        })
    );
    let refused = json(&memory.ask(ask("?url=https://site.webflow.io/")));
    assert_eq!(
        (&refused["allowed"], &refused["add"]),
        (&json!(false), &json!("https://site.webflow.io"))
    );
    assert_eq!(memory.stores.form_reads.get(), 1, "the form is cached");
}

#[test]
fn every_page_may_read_it() {
    let call = ask("?url=https://evil.net").with("origin", "https://evil.net");
    let answer = service().ask(call);
    assert_eq!(
        answer.header("Access-Control-Allow-Origin"),
        Some("https://evil.net")
    );
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
}

#[test]
fn an_address_is_needed_and_a_form() {
    let memory = service();
    let missing = memory.ask(ask(""));
    assert_eq!((missing.status, code(&missing).as_str()), (400, "LG_1102"));
    assert_eq!(
        json(&missing)["error"]["details"]["errors"][0]["field"],
        "url"
    );
    let unknown = memory.ask(Call::new(
        "GET",
        "/v1/forms/other/doctor?url=https://a.example",
    ));
    assert_eq!((unknown.status, code(&unknown).as_str()), (404, "LG_1100"));
}

#[test]
fn a_browser_gets_a_page_that_names_the_line_to_add() {
    let memory = service();
    let page = |query: &str| memory.ask(ask(query).with("sec-fetch-mode", "navigate"));
    let refused = page("?url=http://example.com/%3Cscript%3E");
    assert_eq!(refused.status, 200);
    for text in [
        "<h1>A page at http://example.com may not embed the form</h1>",
        "<pre><code>&quot;http://example.com&quot;</code></pre>",
        "script-src https://forms.test; connect-src https://forms.test",
        "value=\"http://example.com\"",
    ] {
        assert!(refused.body.contains(text), "{text}: {}", refused.body);
    }
    let policy = refused.header("Content-Security-Policy").unwrap();
    assert!(policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"));
    let allowed = page("?url=https://example.com");
    assert!(
        allowed.body.contains(
            "may embed the form</h1><p>It is allowed by <code>https://example.com</code>"
        )
    );
    let empty = page("");
    assert_eq!(empty.status, 200);
    assert!(empty.body.contains("<h1>Which page embeds the form?</h1>"));
    let hostile = page("?url=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(!hostile.body.contains("<script"), "{}", hostile.body);
}

#[test]
fn an_address_is_not_logged() {
    let memory = service();
    memory.ask(ask("?url=https://evil.net/ada@example.com"));
    assert!(!memory.logged().contains("ada@") && !memory.logged().contains("evil.net"));
    assert!(memory.logged().contains("\"route\":\"doctor\""));
}
