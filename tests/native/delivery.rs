//! What the core gets, and what its responses mean for the visitor.

use formgate::admin::request_redrive;
use formgate::delivery::DeadLetterBody;
use formgate::dispatch::{Disposition, redrive};
use formgate::envelope::CoreResponse;
use formgate::inbox::{Cursor, Query};
use formgate::platform::Database;
use futures_executor::block_on;
use serde_json::json;

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const LEAD: &str = r#"{"name":"Ada","email":" ada@example.com","utm":"spring"}"#;
const CORE: [(&str, &str); 2] = [
    ("CORE_URL", "https://core.test/v1/forms/{form}/submissions"),
    ("CORE_TOKEN", "s3cret"),
];

/// A service that delivers to a core.
fn service() -> Memory {
    let memory = Memory::new(&CORE);
    memory.publish(&demo());
    memory
}

/// Longer than the first delay of a blocked lead: milliseconds.
const BLOCKED_MS: u64 = 1_100_000;

fn core_answers(memory: &Memory, status: u16, body: &str) {
    memory
        .stores
        .core_response
        .borrow_mut()
        .push_back(CoreResponse {
            status,
            retry_after: Some("7".to_owned()),
            body: body.as_bytes().to_vec(),
            ..CoreResponse::default()
        });
}

#[test]
fn the_core_gets_one_post_with_the_clients_key() {
    let memory = service();
    core_answers(&memory, 201, "{}");
    let response = memory.ask(Call::submit(LEAD).with("idempotency-key", "\"k-1\""));
    assert_eq!(response.status, 201);
    assert_eq!(json(&response)["submission"]["status"], "delivered");
    let requests = memory.stores.core_requests.borrow();
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len())
    };
    assert_eq!(request.url, "https://core.test/v1/forms/demo/submissions");
    let header = |wanted: &str| {
        let found = request.headers.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(header("Idempotency-Key"), Some("k-1"));
    assert_eq!(header("X-Request-Id"), response.header("X-Request-Id"));
    assert_eq!(header("Authorization"), Some("Bearer s3cret"));
    assert!(request.body.contains("ada@example.com"));
    assert!(memory.stores.inbox.borrow().is_empty());
}

#[test]
fn a_lead_the_core_did_not_take_waits_and_is_sent_again_as_it_was() {
    for status in [301, 401, 402, 403, 404, 409, 418, 429, 500, 503] {
        let memory = service();
        let refusal = r#"{"message":"ada@example.com is a riddle"}"#;
        core_answers(&memory, status, refusal);
        let response = memory.ask(Call::submit(LEAD));
        assert_eq!(response.status, 202, "{status}");
        assert_eq!(json(&response)["submission"]["status"], "queued");
        assert!(
            !response.body.contains("riddle"),
            "the core's words are not the visitor's"
        );
        let logged = memory.logged();
        assert!(logged.contains(&format!("status {status}")), "{logged}");
        core_answers(&memory, 201, "{}");
        let is_blocked = memory.stores.outbox.borrow().is_empty();
        assert_eq!(is_blocked, ![409, 429, 500, 503].contains(&status));
        if is_blocked {
            assert_eq!(block_on(redrive(&memory)), 0, "not before its time");
            memory.pass(BLOCKED_MS);
            assert_eq!(block_on(redrive(&memory)), 1);
        }
        assert_eq!(memory.deliver_next(), Some(Disposition::Done));
        assert!(memory.stores.dead.borrow().is_empty());
        let requests = memory.stores.core_requests.borrow();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].body, requests[1].body);
        assert_eq!(
            requests[0].headers, requests[1].headers,
            "the same key, above all"
        );
        assert!(!memory.logged().contains("ada@"));
    }
}

#[test]
fn a_core_that_is_away_gets_the_lead_when_it_is_back() {
    let memory = service();
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 202);
    for _ in 0..2 {
        assert_eq!(
            memory.deliver_next(),
            Some(Disposition::Done),
            "again in the outbox"
        );
    }
    core_answers(&memory, 201, "{}");
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(memory.deliver_next(), None, "delivered");
    assert_eq!(memory.stores.core_requests.borrow().len(), 4);
    assert!(memory.stores.dead.borrow().is_empty());
}

#[test]
fn a_core_that_is_gone_for_good_leaves_a_dead_letter_that_can_be_sent_again() {
    let memory = service();
    memory.ask(Call::submit(LEAD).with("idempotency-key", "k-1"));
    let started = memory.stores.now();
    let mut attempts = 1;
    while memory.deliver_next().is_some() {
        attempts += 1;
    }
    assert_eq!(attempts, 10);
    let hours = memory.stores.now().since(started) / 3_600_000;
    assert!((15..=19).contains(&hours), "{hours}");
    {
        let dead = memory.stores.dead.borrow();
        let letter = dead.values().next().unwrap();
        assert_eq!(letter.reason, "unavailable: no connection");
    }
    assert_eq!(block_on(redrive(&memory)), 0, "no redrive was asked for");
    assert_eq!(block_on(request_redrive(&memory, None)), Ok(1));
    assert_eq!(block_on(redrive(&memory)), 1);
    assert!(memory.stores.dead.borrow().is_empty());
    core_answers(&memory, 201, "{}");
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    let requests = memory.stores.core_requests.borrow();
    let key = ("Idempotency-Key", "k-1".to_owned());
    assert!(
        requests
            .iter()
            .all(|request| request.headers.contains(&key))
    );
}

#[test]
fn what_the_core_will_never_take_is_a_dead_letter_at_once() {
    for (status, body, reason) in [
        (422, "", "refused: status 422"),
        (
            422,
            r#"{"error":{"details":{"errors":[{"field":"email","code":"too_long","message":"No"}]}}}"#,
            "invalid: email too_long",
        ),
    ] {
        let memory = service();
        memory.ask(Call::submit(LEAD));
        core_answers(&memory, status, body);
        assert_eq!(memory.deliver_next(), Some(Disposition::Done));
        let dead = memory.stores.dead.borrow();
        let letter = dead.values().next().unwrap();
        assert_eq!(letter.reason, reason);
    }
}

#[test]
fn a_core_that_is_throttled_or_blocked_costs_no_attempt() {
    let memory = service();
    memory.ask(Call::submit(LEAD));
    for status in [429, 401, 409].into_iter().cycle().take(15) {
        core_answers(&memory, status, "");
        if memory.stores.outbox.borrow().is_empty() {
            memory.pass(43_200_000);
            assert_eq!(block_on(redrive(&memory)), 1);
        }
        assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    }
    assert!(memory.stores.dead.borrow().is_empty());
    let outbox = memory.stores.outbox.borrow();
    assert!(outbox[0].0.contains("\"attempts\":1}"), "{outbox:?}");
}

#[test]
fn a_lead_that_the_core_blocks_waits_where_an_owner_sees_it_and_for_a_week() {
    let memory = service();
    core_answers(&memory, 401, "");
    memory.ask(Call::submit(LEAD));
    let waiting = || json(&memory.ask(Call::new("GET", "/healthz")))["waiting"].clone();
    assert_eq!(waiting(), json!({ "blocked": 1, "dead": 0 }));
    let mut attempts = 1;
    loop {
        let retry_at = {
            let dead = memory.stores.dead.borrow();
            let letter = dead.values().next().unwrap();
            assert_eq!(letter.reason, "blocked: status 401");
            letter.retry_at
        };
        let Some(retry_at) = retry_at else { break };
        memory.pass(retry_at.since(memory.stores.now()));
        core_answers(&memory, 401, "");
        assert_eq!(block_on(redrive(&memory)), 1);
        assert_eq!(memory.deliver_next(), Some(Disposition::Done));
        attempts += 1;
    }
    assert!((20..60).contains(&attempts), "{attempts}");
    assert_eq!(waiting(), json!({ "blocked": 0, "dead": 1 }));
    memory.pass(43_200_000);
    assert_eq!(block_on(redrive(&memory)), 0, "an owner has to act");
    assert_eq!(block_on(request_redrive(&memory, None)), Ok(1));
    core_answers(&memory, 201, "{}");
    assert_eq!(block_on(redrive(&memory)), 1);
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(waiting(), json!({ "blocked": 0, "dead": 0 }));
}

#[test]
fn a_lead_that_the_core_blocks_waits_in_the_outbox_while_the_database_is_down() {
    let memory = service();
    memory.stores.is_inbox_down.set(true);
    core_answers(&memory, 403, "");
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 202);
    assert_eq!(memory.stores.outbox.borrow().len(), 1);
    assert_eq!(memory.deliver_next(), Some(Disposition::Done), "put off");
    assert_eq!(memory.stores.core_requests.borrow().len(), 1);
    memory.stores.is_inbox_down.set(false);
    core_answers(&memory, 201, "{}");
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(memory.stores.core_requests.borrow().len(), 2);
}

#[test]
fn a_message_that_cannot_be_read_is_a_dead_letter_and_blocks_nothing() {
    let memory = service();
    for poison in ["", "{", "null", "ada@example.com"] {
        let message = (poison.to_owned(), 0);
        memory.stores.outbox.borrow_mut().push_back(message);
        assert_eq!(memory.deliver_next(), Some(Disposition::Done), "{poison}");
    }
    let dead = memory.stores.dead.borrow();
    assert_eq!(dead.len(), 4);
    assert!(
        dead.values()
            .all(|letter| letter.reason.starts_with("unreadable"))
    );
    assert!(!memory.logged().contains("ada@"));
}

#[test]
fn an_outbox_that_refuses_leaves_the_lead_where_it_is_sent_again_from() {
    let memory = service();
    memory.stores.is_outbox_down.set(true);
    let response = memory.ask(Call::submit(LEAD));
    assert_eq!(
        (response.status, memory.stores.dead.borrow().len()),
        (202, 1)
    );
    assert_eq!(block_on(redrive(&memory)), 0, "not yet");
    assert_eq!(memory.stores.dead.borrow().len(), 1);
    memory.stores.is_outbox_down.set(false);
    assert_eq!(block_on(redrive(&memory)), 1);
    core_answers(&memory, 201, "{}");
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
}

#[test]
fn a_lead_that_is_too_large_for_the_outbox_is_redriven_past_it_and_holds_up_no_other() {
    let memory = service();
    let mut form = demo();
    for name in ["a", "b", "c", "d"] {
        let fields = form["fields"].as_array_mut().unwrap();
        fields.push(json!({ "name": name, "type": "textarea" }));
    }
    memory.publish(&form);
    let large = json!({ "name": "Ada", "email": "ada@example.com", "a": "x".repeat(32_000),
        "b": "x".repeat(32_000), "c": "x".repeat(32_000), "d": "x".repeat(31_500) });
    assert_eq!(memory.ask(Call::submit(large.to_string())).status, 202);
    let died_at = || {
        memory
            .stores
            .dead
            .borrow()
            .values()
            .next()
            .map(|letter| letter.died_at)
    };
    let first = died_at();
    memory.pass(300_000);
    assert_eq!(block_on(redrive(&memory)), 0);
    assert!(died_at() > first, "the next round begins with others");
    memory.pass(300_000);
    core_answers(&memory, 422, "");
    assert_eq!(block_on(redrive(&memory)), 0);
    {
        let dead = memory.stores.dead.borrow();
        assert_eq!(dead.values().next().unwrap().reason, "refused: status 422");
    }
    assert_eq!(block_on(redrive(&memory)), 0, "no redrive was asked for");
    assert_eq!(block_on(request_redrive(&memory, None)), Ok(1));
    core_answers(&memory, 201, "{}");
    assert_eq!((block_on(redrive(&memory)), died_at()), (1, None));
}

#[test]
fn a_lead_that_cannot_be_stored_is_not_acknowledged() {
    let memory = service();
    memory.ask(Call::new("GET", "/v1/forms/demo"));
    memory.stores.is_down.set(true);
    let response = memory.ask(Call::submit(LEAD));
    assert_eq!(
        (response.status, code(&response).as_str()),
        (503, "LG_1901")
    );
    assert_eq!(response.header("Retry-After"), Some("30"));
    memory.stores.is_down.set(false);
    assert_eq!(memory.deliver_next(), None);
}

#[test]
fn a_message_stays_in_the_outbox_until_something_else_has_the_lead() {
    let memory = service();
    memory.ask(Call::submit(LEAD));
    memory.stores.is_outbox_down.set(true);
    assert_eq!(memory.deliver_next(), Some(Disposition::Again));
    let memory = service();
    memory.ask(Call::submit(LEAD));
    memory.stores.is_down.set(true);
    core_answers(&memory, 422, "");
    assert_eq!(memory.deliver_next(), Some(Disposition::Again));
    assert!(memory.stores.dead.borrow().is_empty());
}

#[test]
fn a_dead_letter_that_cannot_be_written_goes_into_the_outbox_again() {
    let poison = ("null".to_owned(), 0);
    let memory = service();
    memory.ask(Call::submit(LEAD));
    memory.stores.outbox.borrow_mut().push_back(poison);
    memory.stores.is_inbox_down.set(true);
    for _ in 0..2 {
        core_answers(&memory, 422, "");
        assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    }
    assert!(memory.stores.dead.borrow().is_empty());
    assert_eq!(memory.stores.outbox.borrow().len(), 2);
    memory.stores.is_inbox_down.set(false);
    core_answers(&memory, 422, "");
    while memory.deliver_next().is_some() {}
    assert_eq!(memory.stores.dead.borrow().len(), 2);
}

#[test]
fn leads_wait_in_the_outbox_while_settings_are_invalid_and_lose_no_attempt() {
    let memory = service();
    memory.ask(Call::submit(LEAD));
    let broken = Memory::on(memory.stores.clone(), &[CORE[0], ("CORE_AUTH", "magic")]);
    for _ in 0..40 {
        assert_eq!(broken.deliver_next(), Some(Disposition::Done));
    }
    assert!(memory.stores.inbox.borrow().is_empty() && memory.stores.dead.borrow().is_empty());
    assert!(
        memory.logged().contains("setting: CORE_AUTH"),
        "{}",
        memory.logged()
    );
    core_answers(&memory, 201, "{}");
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(memory.deliver_next(), None);
}

#[test]
fn a_core_that_is_down_costs_no_visitor_its_timeout_after_the_third() {
    let memory = service();
    for visitor in 0..10 {
        let address = format!("192.0.2.{visitor}");
        let response = memory.ask(Call::submit(LEAD).with("cf-connecting-ip", &address));
        assert_eq!(response.status, 202);
    }
    assert_eq!(memory.stores.core_requests.borrow().len(), 3);
    memory.pass(1_000);
    core_answers(&memory, 201, "{}");
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201, "one finds out");
    core_answers(&memory, 201, "{}");
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201, "and then all");
}

#[test]
fn an_inbox_that_is_down_gets_the_lead_from_the_outbox() {
    let memory = Memory::new(&[]);
    memory.publish(&demo());
    memory.stores.is_inbox_down.set(true);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 202);
    memory.stores.is_inbox_down.set(false);
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(memory.stores.inbox.borrow().len(), 1);
}

#[test]
fn a_duplicate_is_a_success_and_field_errors_come_back_on_their_fields() {
    let memory = service();
    core_answers(&memory, 409, r#"{"error":"This lead already exists"}"#);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    core_answers(
        &memory,
        422,
        r#"{"error":{"details":{"errors":[{"field":"email","code":"too_long","message":"No"}]}}}"#,
    );
    let response = memory.ask(Call::submit(LEAD));
    assert_eq!(code(&response), "LG_1102");
    let expected = json!([{ "field": "email", "code": "too_long", "message": "No" }]);
    assert_eq!(json(&response)["error"]["details"]["errors"], expected);
}

#[test]
fn a_core_in_any_dialect_is_understood_and_its_field_names_are_mapped_back() {
    for body in [
        r#"{"success":false,"status":422,"message":"x","errors":[{"field":"contact.Email","message":"No"}]}"#,
        r#"{"errors":[{"id":"1","title":"x","code":"V1","detail":"No","meta":{"field":"email"}}]}"#,
        r#"{"success":false,"error":{"code":"VALIDATION_ERROR","details":{"field":"email","reason":"No"}}}"#,
        r#"{"error":"x","code":"X","details":{"errors":[{"field":"email","message":"No"}]}}"#,
    ] {
        let memory = service();
        core_answers(&memory, 422, body);
        let response = memory.ask(Call::submit(LEAD));
        let expected = json!([{ "field": "email", "code": "bad_input", "message": "No" }]);
        assert_eq!(
            json(&response)["error"]["details"]["errors"],
            expected,
            "{body}"
        );
    }
}

/// The form `demo`, with a field that no visitor sees.
fn with_hidden_field() -> Memory {
    let memory = service();
    let mut form = demo();
    let hidden = json!({ "name": "campaign", "type": "hidden" });
    form["fields"].as_array_mut().unwrap().push(hidden);
    memory.publish(&form);
    memory
}

#[test]
fn a_core_that_refuses_what_no_visitor_can_change_turns_no_visitor_away() {
    for name in ["company_size_c", "campaign", "fields.campaign"] {
        for body in [
            json!({ "error": { "code": "LG_1102", "details": { "errors": [{ "field": name, "code": "value_missing", "message": "ada is a riddle" }] } } }),
            json!({ "error": "riddle", "code": "X", "details": { "errors": [{ "field": name, "message": "riddle" }] } }),
            json!({ "errors": [{ "title": "riddle", "code": "V1", "detail": "riddle", "meta": { "field": name } }] }),
            json!({ "success": false, "status": 422, "message": "riddle", "errors": [{ "field": name, "message": "riddle" }] }),
            json!({ "success": false, "error": { "code": "VALIDATION_ERROR", "details": { "field": name, "reason": "riddle" } } }),
            json!({ "type": "about:blank", "status": 422, "errors": [{ "pointer": format!("#/{name}"), "detail": "riddle" }] }),
            json!({ "message": "riddle", "errors": { name: ["riddle"] } }),
            json!({ "detail": [{ "loc": ["body", name], "msg": "riddle" }] }),
        ] {
            let memory = with_hidden_field();
            core_answers(&memory, 400, &body.to_string());
            let response = memory.ask(Call::submit(LEAD));
            assert_eq!(response.status, 202, "{body}: {}", response.body);
            assert!(!response.body.contains("riddle"), "{}", response.body);
            let logged = memory.logged();
            assert!(logged.contains("core_refused: invalid: "), "{logged}");
            assert!(logged.contains(name) && !logged.contains("riddle"));
            core_answers(&memory, 400, &body.to_string());
            assert_eq!(memory.deliver_next(), Some(Disposition::Done));
            let dead = memory.stores.dead.borrow();
            let reason = &dead.values().next().unwrap().reason;
            assert!(
                reason.starts_with("invalid: ") && reason.contains(name),
                "{reason}"
            );
        }
    }
}

#[test]
fn a_visitor_sees_only_what_a_visitor_can_change_and_the_log_has_the_rest() {
    let memory = with_hidden_field();
    let errors = json!([
        { "field": "company_size_c", "message": "riddle" },
        { "field": "email", "message": "No" },
        { "field": "campaign", "message": "riddle" },
        { "field": "ada@example.com", "message": "riddle" },
    ]);
    let body = json!({ "error": { "code": "LG_1102", "details": { "errors": errors } } });
    core_answers(&memory, 400, &body.to_string());
    let response = memory.ask(Call::submit(LEAD));
    assert_eq!(code(&response), "LG_1102");
    let expected = json!([{ "field": "email", "code": "bad_input", "message": "No" }]);
    assert_eq!(json(&response)["error"]["details"]["errors"], expected);
    let logged = memory.logged();
    assert!(
        logged
            .contains("company_size_c bad_input, email bad_input, campaign bad_input, ? bad_input"),
        "{logged}"
    );
    assert!(!logged.contains("riddle") && !logged.contains("ada@"));
    // Nothing is wrong on our side when all of it can be corrected.
    core_answers(&memory, 422, r#"{"errors":{"email":["No"]}}"#);
    assert_eq!(code(&memory.ask(Call::submit(LEAD))), "LG_1102");
    assert_eq!(memory.logged().matches("core_refused").count(), 1);
}

#[test]
fn a_core_that_blocks_us_is_reported_to_the_operator() {
    let memory = service();
    core_answers(
        &memory,
        400,
        r#"{"errors":[{"title":"ada@example.com","detail":"x","code":"E9"}]}"#,
    );
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 202);
    let logged = memory.logged();
    assert!(
        logged.contains("core_blocked: code E9") && !logged.contains("ada@"),
        "{logged}"
    );
}

#[test]
fn a_success_status_with_an_error_in_the_body_is_a_failure() {
    let memory = service();
    core_answers(
        &memory,
        200,
        r#"{"success":false,"error":{"code":"FORBIDDEN","message":"x"}}"#,
    );
    let response = memory.ask(Call::submit(LEAD));
    assert_eq!(json(&response)["submission"]["status"], "queued");
}

#[test]
fn a_dead_letter_that_died_again_is_not_removed() {
    let memory = service();
    memory.ask(Call::submit(LEAD));
    core_answers(&memory, 422, "");
    memory.deliver_next();
    let died_at = memory.stores.dead.borrow().values().next().unwrap().died_at;
    let id = memory.stores.dead.borrow().keys().next().unwrap().clone();
    // Sent again, and refused again before the one who sent it has removed it.
    memory.pass(1);
    let again = memory.stores.dead.borrow()[&id].body.clone();
    let DeadLetterBody::Lead(queued) = again else {
        panic!("whole")
    };
    memory
        .stores
        .outbox
        .borrow_mut()
        .push_back((queued.to_json(), 0));
    core_answers(&memory, 422, "");
    memory.deliver_next();
    let letter = &Cursor::after(died_at.0.to_string(), &id);
    block_on(Database::query(
        &memory,
        &Query::DeleteDeadLetter { letter },
    ))
    .unwrap();
    assert_eq!(memory.stores.dead.borrow().len(), 1);
}

#[test]
fn a_lead_is_not_tried_before_the_core_asks_for_it() {
    for (retry_after, least_s) in [("7", 7), ("2", 5), ("soon", 5), ("90", 90)] {
        let memory = service();
        memory
            .stores
            .core_response
            .borrow_mut()
            .push_back(CoreResponse {
                status: 503,
                retry_after: Some(retry_after.to_owned()),
                ..CoreResponse::default()
            });
        assert_eq!(memory.ask(Call::submit(LEAD)).status, 202);
        let delay_s = memory.stores.outbox.borrow()[0].1;
        assert!(
            (least_s..=least_s + least_s / 5).contains(&delay_s),
            "{retry_after}: {delay_s}"
        );
    }
}
