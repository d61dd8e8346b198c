//! Rate limits over whole requests.

use std::net::Ipv4Addr;
use std::num::NonZeroUsize;

use formgate::clock::UnixMillis;
use formgate::limit::{Caller, CounterKey, Counters, MAX_COUNTERS, RateLimitPolicy};
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
fn a_caller_who_waits_for_retry_after_is_admitted() {
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
fn one_visitor_does_not_use_the_quota_of_another() {
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
fn a_flood_over_the_limit_causes_no_store_operation() {
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
fn a_flood_of_pages_of_earlier_versions_causes_no_store_operation() {
    let memory = service(1);
    let mut form = demo();
    form["version"] = json!(9);
    form["rate_limits"][1]["quota"] = json!(1);
    memory.publish(&form);
    let page = |version: u32| {
        Call::new("POST", "/f/demo")
            .with("origin", "https://forms.test")
            .with("accept", "text/html")
            .with("content-type", "application/x-www-form-urlencoded")
            .with("cf-connecting-ip", "192.0.2.1")
            .body(format!(
                "name=Ada&email=ada%40example.com&_version={version}"
            ))
    };
    assert_eq!(memory.ask(page(9)).status, 303);
    for version in 1..9 {
        let refused = memory.ask(page(version));
        assert_eq!(refused.status, 429);
        assert!(
            refused.body.contains("ada@example.com"),
            "nothing typed is lost"
        );
    }
    assert_eq!(memory.stores.form_reads.get(), 1);
}

#[test]
fn a_visitor_who_submits_once_touches_no_counter() {
    let memory = service(10);
    memory.ask(Call::submit(LEAD));
    assert_eq!(memory.stores.counter_reads.get(), 0);
    assert!(memory.stores.counters.borrow().is_empty());
    memory.ask(Call::submit(LEAD));
    assert_eq!(
        memory.stores.counters.borrow().len(),
        1,
        "the visitor's, not the form's"
    );
}

#[test]
fn another_isolate_reads_what_was_counted() {
    let memory = service(6);
    for _ in 0..6 {
        assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    }
    let other = Memory::on(memory.stores.clone(), &[]);
    let statuses: Vec<u16> = (0..3)
        .map(|_| other.ask(Call::submit(LEAD)).status)
        .collect();
    assert_eq!(
        statuses,
        [201, 201, 429],
        "the second submission published and read"
    );
    let names: Vec<String> = memory.stores.counters.borrow().keys().cloned().collect();
    assert_eq!(names.len(), 2, "one name an isolate: {names:?}");
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("limit/") && !name.contains("192"))
    );
}

#[test]
fn an_api_key_is_counted_where_a_request_carries_one() {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"] =
        json!([{ "name": "key", "quota": 1, "window_s": 60, "partition": "api_key" }]);
    memory.publish(&form);
    let with = |header, value| memory.ask(Call::submit(LEAD).with(header, value)).status;
    assert_eq!(with("x-api-key", "k1"), 201);
    assert_eq!(with("x-api-key", "k1"), 429);
    assert_eq!(with("authorization", "Bearer k1"), 429);
    assert_eq!(with("authorization", "Bearer k2"), 201);
    for _ in 0..3 {
        let response = memory.ask(Call::submit(LEAD));
        assert_eq!(
            (response.status, response.header("X-RateLimit-Limit")),
            (201, None)
        );
    }
    assert!(!memory.logged().contains("k1") && !memory.logged().contains("k2"));
}

/// A form whose only policy is `closed`.
fn closed(quota: u64) -> Memory {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"] = json!([{
        "name": "strict", "quota": quota, "window_s": 60, "partition": "form", "on_fault": "closed",
    }]);
    memory.publish(&form);
    memory
}

#[test]
fn a_closed_policy_reads_all_counts_before_it_admits_one() {
    let memory = closed(2);
    for _ in 0..2 {
        assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    }
    let other = Memory::on(memory.stores.clone(), &[]);
    assert_eq!(other.ask(Call::submit(LEAD)).status, 429);
}

#[test]
fn a_closed_policy_refuses_with_retry_after_while_the_store_is_down() {
    let memory = closed(2);
    memory.stores.are_counters_down.set(true);
    let refused = memory.ask(Call::submit(LEAD));
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("Retry-After"), Some("5"));
    assert!(memory.stores.inbox.borrow().is_empty());
    memory.stores.are_counters_down.set(false);
    memory.pass(5_000);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
}

#[test]
fn a_store_that_is_down_refuses_no_visitor_and_is_logged_once_a_minute() {
    let memory = service(1_000);
    memory.stores.are_counters_down.set(true);
    for _ in 0..50 {
        assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
        memory.pass(1_000);
    }
    let lines = || memory.logged().matches("counters down").count();
    assert_eq!(lines(), 1);
    for _ in 0..50 {
        memory.ask(Call::submit(LEAD));
        memory.pass(1_000);
    }
    assert!((2..=4).contains(&lines()), "{} in more than 100 s", lines());
}

#[test]
fn unreadable_counters_are_ignored_and_logged() {
    let memory = service(6);
    for _ in 0..2 {
        memory.ask(Call::submit(LEAD));
    }
    for counts in memory.stores.counters.borrow_mut().values_mut() {
        *counts = json!({ "garbage": -1 });
    }
    let other = Memory::on(memory.stores.clone(), &[]);
    for _ in 0..6 {
        assert_eq!(other.ask(Call::submit(LEAD)).status, 201);
    }
    assert_eq!(other.ask(Call::submit(LEAD)).status, 429);
    assert!(
        memory
            .logged()
            .contains("1 parts of a counter are unreadable")
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
}

#[test]
fn ten_thousand_counters_are_kept_and_then_the_oldest_is_dropped() {
    let policy = &RateLimitPolicy {
        quota: 1,
        ..RateLimitPolicy::defaults().remove(1)
    };
    let mut counters = Counters::new("me".to_owned(), NonZeroUsize::new(MAX_COUNTERS).unwrap());
    let mut is_admitted = |visitor: u32| {
        let address = Ipv4Addr::from(visitor).to_string();
        let caller = Caller::new(Some(&address), None, None);
        let counter = CounterKey::new(policy, "demo", &caller).unwrap();
        let decision = counters.decide(&[(policy, counter)], UnixMillis(1_795_293_000_000));
        decision.refusal.is_none()
    };
    let kept = u32::try_from(MAX_COUNTERS).unwrap();
    assert_eq!(kept, 10_000);
    assert!((0..kept).all(&mut is_admitted));
    assert!(!is_admitted(0), "known, and now the most recent");
    assert!(is_admitted(kept), "a new one");
    assert!(!is_admitted(2) && is_admitted(1), "the oldest was dropped");
}
