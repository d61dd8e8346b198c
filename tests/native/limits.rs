//! Rate limits over whole requests.

use serde_json::json;

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const LEAD: &str = r#"{"name":"Ada","email":"ada@example.com"}"#;

fn service(visitor_quota: u64) -> Memory {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"][1]["quota"] = json!(visitor_quota);
    memory.publish(&form);
    memory
}

#[test]
fn who_waits_as_told_is_admitted() {
    let memory = service(2);
    for _ in 0..2 {
        assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    }
    let refused = memory.ask(Call::submit(LEAD));
    assert_eq!((refused.status, code(&refused).as_str()), (429, "LG_1902"));
    let details = &json(&refused)["error"]["details"];
    let retry_after_s: u64 = refused.header("Retry-After").unwrap().parse().unwrap();
    assert_eq!(
        *details,
        json!({ "policy": "visitor", "retry_after": retry_after_s })
    );
    assert_eq!(refused.header("X-RateLimit-Limit"), Some("2"));
    assert_eq!(refused.header("X-RateLimit-Remaining"), Some("0"));
    assert!(refused.header("Access-Control-Allow-Origin").is_some());
    memory.pass((retry_after_s - 1) * 1_000);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 429);
    memory.pass(1_000);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
}

#[test]
fn one_visitor_does_not_use_up_anothers_quota() {
    let memory = service(1);
    let from = |address: &str| {
        memory
            .ask(Call::submit(LEAD).with("cf-connecting-ip", address))
            .status
    };
    assert_eq!(
        [from("192.0.2.1"), from("192.0.2.1"), from("192.0.2.2")],
        [201, 429, 201]
    );
    assert_eq!(
        [
            from("2001:db8::1"),
            from("2001:db8::2"),
            from("2001:db8:0:1::1")
        ],
        [201, 429, 201]
    );
    let unknown = || {
        memory
            .ask(Call::submit(LEAD).without("cf-connecting-ip"))
            .status
    };
    assert_eq!(
        [unknown(), unknown()],
        [201, 429],
        "an unknown address is no way round"
    );
}

#[test]
fn a_flood_over_the_limit_costs_no_store() {
    let memory = service(1);
    memory.ask(Call::submit(LEAD));
    let reads = memory.stores.counter_reads.get();
    let counters = memory.stores.counters.borrow().clone();
    for _ in 0..1_000 {
        assert_eq!(memory.ask(Call::submit(LEAD)).status, 429);
    }
    assert_eq!(memory.stores.counter_reads.get(), reads);
    assert_eq!(*memory.stores.counters.borrow(), counters);
    assert_eq!(memory.stores.form_reads.get(), 1);
}

#[test]
fn another_isolate_sees_what_was_counted() {
    let memory = service(3);
    for _ in 0..3 {
        assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    }
    let other = Memory::on(memory.stores.clone(), &[]);
    assert_eq!(other.ask(Call::submit(LEAD)).status, 429);
    let names: Vec<String> = memory.stores.counters.borrow().keys().cloned().collect();
    assert_eq!(names.len(), 2, "one name a policy: {names:?}");
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("limit/") && !name.contains("192"))
    );
}

#[test]
fn counting_goes_on_in_memory_while_the_store_is_down() {
    let memory = service(2);
    memory.ask(Call::new("GET", "/v1/forms/demo"));
    memory.stores.is_down.set(true);
    // The inbox is down too, so a submission that is admitted ends in 503.
    let statuses: Vec<u16> = (0..3)
        .map(|_| memory.ask(Call::submit(LEAD)).status)
        .collect();
    assert_eq!(statuses, [503, 503, 429]);
    assert!(memory.logged().contains("store: down"));
}
