//! Repeated submissions: which count as the same, and what they cost of the quota and of KV.

use formgate::envelope::Response;
use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const LEAD: &str = r#"{"name":"Ada","email":"ada@example.com"}"#;

/// A service with this quota a visitor.
fn service(quota: u64) -> Memory {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"][1]["quota"] = json!(quota);
    memory.publish(&form);
    memory
}

fn keyed(body: impl AsRef<[u8]>) -> Call {
    Call::submit(body).with("idempotency-key", "k-1")
}

/// A plain form on the hosted page.
fn page(body: impl AsRef<[u8]>) -> Call {
    Call::new("POST", "/f/demo")
        .with("origin", "https://forms.test")
        .with("content-type", "application/x-www-form-urlencoded")
        .with("cf-connecting-ip", "192.0.2.1")
        .body(body)
}

fn remaining(response: &Response) -> Option<&str> {
    response.header("X-RateLimit-Remaining")
}

fn leads(memory: &Memory) -> usize {
    memory.stores.inbox.borrow().len()
}

fn warned(response: &Response) -> Value {
    let receipt = json(response);
    assert!(receipt["submission"]["id"].is_string(), "{receipt}");
    let warnings = receipt["warnings"].as_array().cloned().unwrap_or_default();
    let pairs = warnings
        .iter()
        .map(|warning| json!([warning["field"], warning["code"]]));
    pairs.collect()
}

#[test]
fn a_key_in_any_notation_makes_two_submissions_one() {
    for key in ["k1", "\"a b\"", "\"k,1\"", r#""k\"x""#, "\"k1\";v=1"] {
        let memory = service(100);
        let in_body = json!({ "name": "Ada", "email": "ada@example.com", "_key": key });
        let in_header = Call::submit(LEAD).with("idempotency-key", key);
        let first = memory.ask(in_header.clone());
        assert_eq!(warned(&first), json!([]), "{key}");
        for again in [in_header, Call::submit(in_body.to_string())] {
            assert_eq!(memory.ask(again).body, first.body, "{key}");
        }
        assert_eq!(leads(&memory), 1);
    }
}

#[test]
fn the_core_gets_the_key_as_a_header_value() {
    let memory = Memory::new(&[("CORE_URL", "https://core.test/")]);
    memory.publish(&demo());
    for (key, expected) in [("\"k1\"", "k1"), (r#""a \"b\"""#, r#""a \"b\"""#)] {
        memory.ask(Call::submit(LEAD).with("idempotency-key", key));
        let requests = memory.stores.core_requests.borrow();
        let header = ("Idempotency-Key", expected.to_owned());
        assert!(requests.last().unwrap().headers.contains(&header), "{key}");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_a_warning() {
    let memory = service(100);
    let long = "k".repeat(256);
    let warning = |name: &str| json!([[name, "key_unusable"]]);
    for key in ["", "\"\"", "a b", "k,1", "k1, k1", "ü", "\"a", &long] {
        let response = memory.ask(Call::submit(LEAD).with("idempotency-key", key));
        assert_eq!(warned(&response), warning("Idempotency-Key"), "{key}");
    }
    let leads_before = leads(&memory);
    for key in [
        json!("a b"),
        json!(long),
        json!(["k1", "k2"]),
        json!({ "k": 1 }),
    ] {
        let body = json!({ "name": "Ada", "email": "a@b", "_key": key });
        let response = memory.ask(Call::submit(body.to_string()));
        assert_eq!(warned(&response), warning("_key"), "{key}");
    }
    assert_eq!(leads(&memory), leads_before + 4);
    let both = r#"{"name":"Ada","email":"a@b","_key":"k-2"}"#;
    let ask = || memory.ask(Call::submit(both).with("idempotency-key", "a b"));
    let (first, second) = (ask(), ask());
    assert_eq!(warned(&first), warning("Idempotency-Key"));
    assert_eq!(first.body, second.body, "the other one is taken");
    let none = r#"{"name":"Ada","email":"a@b","_key":""}"#;
    assert_eq!(warned(&memory.ask(Call::submit(none))), json!([]));
}

#[test]
fn fields_that_a_page_adds_do_not_make_another_submission() {
    let memory = service(100);
    let first = memory.ask(keyed(
        r#"{"name":"Ada","email":"ada@example.com","a":"1","captcha":"x","_page":"https://example.com/"}"#,
    ));
    for again in [
        r#"{"captcha":"x","a":"1","name":"Ada","email":"ada@example.com"}"#,
        r#"{"email":"ada@example.com","name":"Ada","a":"1","captcha":"y","ts":"7"}"#,
        LEAD,
    ] {
        let response = memory.ask(keyed(again));
        assert_eq!(
            json(&response)["submission"],
            json(&first)["submission"],
            "{again}"
        );
    }
    let other = r#"{"name":"Ada","email":"ada@example.com","note":"x"}"#;
    assert_eq!(memory.ask(keyed(other)).status, 422);
    assert_eq!(leads(&memory), 1);
}

#[test]
fn a_repetition_gets_its_receipt_when_the_quota_is_used_up() {
    let memory = service(2);
    let in_body = r#"{"name":"Ada","email":"ada@example.com","_key":"k-2"}"#;
    let on_page = "name=Ada&email=ada%40example.com&_key=k-2";
    let (header, body) = (memory.ask(keyed(LEAD)), memory.ask(Call::submit(in_body)));
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 429);
    // Ten under the key k-2.
    for _ in 0..5 {
        assert_eq!(memory.ask(keyed(LEAD)).body, header.body);
        assert_eq!(memory.ask(Call::submit(in_body)).body, body.body);
        assert_eq!(memory.ask(page(on_page)).status, 303);
    }
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 429);
    let other = r#"{"name":"Eve","email":"ada@example.com","_key":"k-2"}"#;
    assert_eq!(memory.ask(Call::submit(other)).status, 429);
    let other = memory.ask(page("name=Eve&email=ada%40example.com&_key=k-2"));
    assert_eq!(other.status, 429);
    assert!(other.body.contains("value=\"Eve\""), "nothing is lost");
    assert_eq!(leads(&memory), 2);
    memory.pass(120_000);
    assert_eq!(remaining(&memory.ask(Call::submit(LEAD))), Some("1"));
}

#[test]
fn a_known_key_with_other_answers_is_counted() {
    let memory = service(10);
    memory.ask(keyed(LEAD));
    let statuses: Vec<u16> = (0..100)
        .map(|n| {
            let body = format!(r#"{{"name":"Ada{n}","email":"ada@example.com"}}"#);
            memory.ask(keyed(body)).status
        })
        .collect();
    assert_eq!(statuses[..9], [422; 9]);
    assert_eq!(statuses[9..], [429; 91]);
    let invalid = service(3);
    invalid.ask(keyed(LEAD));
    let statuses = [0; 4].map(|_| invalid.ask(keyed("{}")).status);
    assert_eq!(statuses, [400, 400, 429, 429]);
}

#[test]
fn the_count_of_a_repetition_is_not_published() {
    let memory = service(4);
    for _ in 0..11 {
        assert_eq!(memory.ask(keyed(LEAD)).status, 201);
    }
    assert!(memory.stores.counters.borrow().is_empty());
    memory.ask(Call::submit(LEAD));
    assert_eq!(memory.stores.counters.borrow().len(), 1, "the visitor's");
}

#[test]
fn reads_of_made_up_versions_are_limited() {
    let memory = service(100);
    let ask = |version: u32| {
        let body = json!({ "name": "Ada", "email": "a@b", "_version": version });
        memory.ask(Call::submit(body.to_string()))
    };
    memory.ask(Call::submit(LEAD));
    let reads = memory.stores.form_reads.get();
    for version in 0..50 {
        let response = ask(1_000 + version);
        assert_eq!(warned(&response), json!([["_version", "version_unknown"]]));
    }
    assert_eq!(memory.stores.form_reads.get(), reads + 20);
    memory.pass(60_000);
    ask(2_000);
    ask(2_001);
    assert_eq!(
        memory.stores.form_reads.get(),
        reads + 22,
        "the form in the background, and versions again"
    );
}

#[test]
fn only_part_of_a_body_over_the_quota_is_read() {
    let memory = service(1);
    memory.ask(Call::submit(LEAD));
    let read = |call: Call| {
        let before = memory.stores.body_bytes_read.get();
        let response = memory.ask(call);
        assert_eq!(response.status, 429);
        (memory.stores.body_bytes_read.get() - before, response.body)
    };
    let json = |bytes: usize| format!("{LEAD}{}", " ".repeat(bytes - LEAD.len()));
    assert_eq!(read(keyed(json(100))).0, 0, "its key is not known");
    assert_eq!(read(Call::submit(json(32_768))).0, 32_768);
    assert_eq!(read(Call::submit(json(1_000_000))).0, 32_768);
    let typed = |bytes: usize| format!("name={}", "\"".repeat(bytes - 5));
    let (bytes, body) = read(page(typed(32_768)));
    assert!(bytes == 32_768 && body.contains("&quot;&quot;"));
    assert!(body.len() < 210_000, "{}", body.len());
    let (bytes, body) = read(page(typed(32_769)));
    assert!(bytes == 32_769 && body.len() < 4_000, "{bytes}");
    assert!(body.contains("Go back"), "{body}");
    assert_eq!(read(page(typed(40_000_000))).0, 32_768 + 131_072);
    assert_eq!(code(&memory.ask(keyed(LEAD))), "LG_1902");
}
