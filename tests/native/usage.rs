//! Counts of usage over whole requests: what is written, how often, and that a request does not wait for it.

use formgate::background::expire_usage;
use serde_json::{Value, json};

use crate::forms::{demo, service};
use crate::memory::{Call, Memory};

const LEAD: &str = r#"{"name":"Ada","email":"ada@example.com"}"#;

/// Origin, outcome and count of each row of each write.
fn written(memory: &Memory) -> Vec<Vec<(String, String, u64)>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |row: &Value| (text(&row[2]), text(&row[3]), row[4].as_u64().unwrap());
    let writes = memory.stores.usage.borrow();
    writes
        .iter()
        .map(|rows| rows.as_array().unwrap().iter().map(row).collect())
        .collect()
}

fn of(origin: &str, outcome: &str, count: u64) -> (String, String, u64) {
    (origin.to_owned(), outcome.to_owned(), count)
}

#[test]
fn every_outcome_is_counted_by_page() {
    let memory = service();
    let page = "https://example.com";
    memory.ask(Call::submit(LEAD));
    assert_eq!(
        written(&memory),
        [vec![of(page, "accepted", 1)]],
        "the first at once"
    );
    for call in [
        Call::submit(LEAD),
        Call::submit(LEAD).with("origin", "https://www.example.com"),
        Call::submit("{}"),
        Call::submit("a=b").with("content-type", "text/plain"),
        Call::submit(LEAD).with("origin", "https://evil.net"),
        Call::submit(LEAD).with("origin", "https://evil.net"),
        Call::submit(LEAD).with("origin", "null"),
        Call::submit(LEAD).without("origin"),
        Call::submit(LEAD).with("origin", "ada@example.com"),
        Call::new("GET", "/v1/forms/demo").with("origin", "https://evil.net"),
        Call::new("GET", "/v1/forms/demo").with("origin", page),
        Call::new("GET", "/v1/forms/demo"),
        Call::submit(LEAD).at("/v1/forms/other/submissions"),
        Call::new("GET", "/f/demo"),
    ] {
        memory.ask(call);
    }
    assert_eq!(written(&memory).len(), 1, "not again within ten seconds");
    memory.pass(10_000);
    assert_eq!(
        written(&memory)[1..],
        [vec![
            of(page, "accepted", 1),
            of("https://www.example.com", "accepted", 1),
            of(page, "invalid", 1),
            of(page, "media_type_unsupported", 1),
            of("https://evil.net", "origin_not_allowed", 2),
            of("null", "origin_null", 1),
            of("none", "origin_missing", 1),
            of("unreadable", "origin_not_allowed", 1),
            of("https://evil.net", "load_refused", 1),
            of(page, "loaded", 1),
        ]]
    );
    let writes = memory.stores.usage.borrow();
    assert_eq!(writes[0][0][1], "demo");
    let text = format!("{writes:?}");
    assert!(
        !text.contains("ada@") && !text.contains("192.0.2.1"),
        "{text}"
    );
}

#[test]
fn a_repeated_submission_is_counted_once() {
    let memory = service();
    for _ in 0..3 {
        assert_eq!(
            memory
                .ask(Call::submit(LEAD).with("idempotency-key", "k"))
                .status,
            201
        );
    }
    memory.pass(10_000);
    assert_eq!(
        written(&memory),
        [vec![of("https://example.com", "accepted", 1)]]
    );
}

#[test]
fn a_flood_is_one_write_in_ten_seconds() {
    let memory = service();
    for sent in 0..1_000 {
        let origin = format!("https://site-{}.example", sent % 100);
        memory.ask(Call::submit(LEAD).with("origin", &origin));
        memory.pass(100);
    }
    let writes = written(&memory);
    assert!(writes.len() <= 11, "{}", writes.len());
    assert!(writes.iter().all(|rows| rows.len() <= 51), "{writes:?}");
}

#[test]
fn counts_that_were_not_written_are_written_later() {
    let memory = service();
    memory.ask(Call::new("GET", "/v1/forms/demo"));
    memory.stores.is_down.set(true);
    memory.ask(Call::submit("{}"));
    assert!(memory.logged().contains("write_usage"));
    memory.stores.is_down.set(false);
    memory.pass(10_000);
    memory.ask(Call::submit("{}"));
    assert_eq!(
        written(&memory),
        [vec![of("https://example.com", "invalid", 2)]]
    );
}

#[test]
fn rate_limited_submissions_are_counted_and_old_days_deleted() {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"][1]["quota"] = json!(1);
    memory.publish(&form);
    for _ in 0..3 {
        memory.ask(Call::submit(LEAD));
    }
    memory.pass(10_000);
    assert_eq!(
        written(&memory)[1],
        [of("https://example.com", "rate_limited", 2)]
    );
    memory.block_on(expire_usage(&memory));
    let day = memory.stores.usage.borrow()[2]["before"].clone();
    assert_eq!(day, "2026-08-23");
}

#[test]
fn a_form_that_enforces_no_origins_counts_what_it_would_refuse() {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["enforce_origins"] = json!(false);
    memory.publish(&form);
    let foreign = Call::submit(LEAD).with("origin", "https://evil.net");
    assert_eq!(memory.ask(foreign).status, 201);
    memory.pass(10_000);
    let mut rows = written(&memory).concat();
    rows.sort();
    let page = "https://evil.net";
    assert_eq!(rows, [of(page, "accepted", 1), of(page, "would_refuse", 1)]);
}
