//! Rate limits against those who want to use up a form: one line with many addresses, invalid submissions, repetitions.

use serde_json::json;

use crate::forms::demo;
use crate::memory::{Call, Memory, code};

const LEAD: &str = r#"{"name":"Ada","email":"ada@example.com"}"#;

/// A form with these quotas, of which the visitor's may be `closed`.
fn service(form_quota: u64, visitor_quota: u64) -> Memory {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"][0]["quota"] = json!(form_quota);
    form["rate_limits"][1]["quota"] = json!(visitor_quota);
    memory.publish(&form);
    memory
}

fn from(memory: &Memory, address: &str) -> u16 {
    memory
        .ask(Call::submit(LEAD).with("cf-connecting-ip", address))
        .status
}

#[test]
fn a_line_with_many_networks_has_the_quota_of_four_or_sixteen_visitors() {
    let admitted = |addresses: &dyn Fn(u32) -> String| {
        let memory = service(600, 2);
        (0..100)
            .filter(|index| from(&memory, &addresses(*index)) == 201)
            .count()
    };
    assert_eq!(admitted(&|_| "2001:db8::1".to_owned()), 2);
    assert_eq!(
        admitted(&|index| format!("2001:db8:0:{index:x}::1")),
        8,
        "a /56"
    );
    assert_eq!(
        admitted(&|index| format!("2001:db8:0:{:x}::1", index << 8)),
        32,
        "a /48"
    );
    assert_eq!(
        admitted(&|index| format!("2001:db8:{index:x}::1")),
        100,
        "other lines"
    );
    assert_eq!(admitted(&|index| format!("192.0.2.{index}")), 100, "IPv4");
}

#[test]
fn a_network_that_refuses_is_reported_as_the_visitors_policy() {
    let memory = service(600, 2);
    for index in 0..8 {
        assert_eq!(from(&memory, &format!("2001:db8:0:{index:x}::1")), 201);
    }
    let refused = memory.ask(Call::submit(LEAD).with("cf-connecting-ip", "2001:db8:0:ff::1"));
    assert_eq!(refused.status, 429);
    assert_eq!(
        crate::memory::json(&refused)["error"]["details"]["policy"],
        "visitor"
    );
    assert_eq!(refused.header("X-RateLimit-Limit"), Some("2"));
    assert_eq!(refused.header("X-RateLimit-Remaining"), Some("0"));
    assert_eq!(
        refused.header("RateLimit-Policy"),
        Some("\"form\";q=600;w=60, \"visitor\";q=2;w=60"),
        "networks have no line of their own"
    );
    let wait_s: u64 = refused.header("Retry-After").unwrap().parse().unwrap();
    memory.pass(wait_s * 1_000);
    assert_eq!(from(&memory, "2001:db8:0:ff::1"), 201);
}

#[test]
fn invalid_submissions_use_up_no_quota_of_the_form() {
    let memory = service(4, 2);
    for index in 0..20 {
        let call = Call::submit("{}").with("cf-connecting-ip", &format!("198.51.100.{index}"));
        let invalid = memory.ask(call);
        assert_eq!(invalid.status, 400);
        assert!(
            invalid
                .header("RateLimit")
                .unwrap()
                .starts_with("\"form\";r=4;")
        );
    }
    let statuses: Vec<u16> = (0..5)
        .map(|index| from(&memory, &format!("192.0.2.{index}")))
        .collect();
    assert_eq!(
        statuses,
        [201, 201, 201, 201, 429],
        "the whole quota, and no more"
    );
    assert_eq!(memory.stores.inbox.borrow().len(), 4);
}

#[test]
fn invalid_submissions_use_up_the_visitors_quota() {
    let memory = service(600, 2);
    let invalid = || memory.ask(Call::submit("{}")).status;
    assert_eq!([invalid(), invalid(), invalid()], [400, 400, 429]);
    assert_eq!(from(&memory, "192.0.2.1"), 429);
}

#[test]
fn a_quarter_of_the_forms_quota_is_for_visitors_who_sent_nothing() {
    let memory = service(8, 100);
    let flood: Vec<u16> = (0..8).map(|_| from(&memory, "192.0.2.1")).collect();
    assert_eq!(flood, [201, 201, 201, 201, 201, 201, 429, 429]);
    assert_eq!(
        [from(&memory, "192.0.2.2"), from(&memory, "192.0.2.2")],
        [201, 429]
    );
    assert_eq!(
        [from(&memory, "192.0.2.3"), from(&memory, "192.0.2.4")],
        [201, 429]
    );
    let refused = memory.ask(Call::submit(LEAD));
    let wait_s: u64 = refused.header("Retry-After").unwrap().parse().unwrap();
    memory.pass(wait_s * 1_000 - 1_000);
    assert_eq!(from(&memory, "192.0.2.1"), 429);
    memory.pass(1_000);
    assert_eq!(from(&memory, "192.0.2.1"), 201);
}

#[test]
fn a_flood_that_an_open_policy_refuses_reads_no_store_for_a_closed_one() {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"][0]["on_fault"] = json!("closed");
    form["rate_limits"][1]["quota"] = json!(1);
    memory.publish(&form);
    assert_eq!(from(&memory, "192.0.2.1"), 201);
    memory.stores.are_counters_down.set(true);
    let reads = memory.stores.counter_reads.get();
    for _ in 0..20 {
        assert_eq!(from(&memory, "192.0.2.1"), 429);
        memory.pass(100);
    }
    assert_eq!(memory.stores.counter_reads.get(), reads);
}

#[test]
fn an_acknowledged_key_is_no_way_around_the_limit() {
    for header in [true, false] {
        let memory = service(600, 2);
        let lead = r#"{"name":"Ada","email":"ada@example.com","_key":"k"}"#;
        let repeat = || match header {
            true => memory.ask(Call::submit(LEAD).with("idempotency-key", "k")),
            false => memory.ask(Call::submit(lead)),
        };
        let statuses: Vec<u16> = (0..30).map(|_| repeat().status).collect();
        let accepted = statuses.iter().filter(|status| **status == 201).count();
        // The first one, ten repetitions that are not counted, and one more that is.
        assert_eq!(accepted, 12, "{statuses:?}");
        assert_eq!(code(&repeat()), "LG_1902");
        assert_eq!(memory.stores.inbox.borrow().len(), 1);
        let read = memory.stores.body_bytes_read.get();
        repeat();
        assert_eq!(
            memory.stores.body_bytes_read.get() == read,
            header,
            "not even read"
        );
    }
}

#[test]
fn a_lost_response_is_repeated_over_the_quota() {
    let memory = service(600, 1);
    let send = || {
        memory
            .ask(Call::submit(LEAD).with("idempotency-key", "k"))
            .status
    };
    assert!((0..11).all(|_| send() == 201));
    assert_eq!(send(), 429);
}
