//! What the core gets, and what its answers mean for the visitor.

use formgate::envelope::CoreAnswer;
use serde_json::json;

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const LEAD: &str = r#"{"name":"Ada","email":" ada@example.com","utm":"spring"}"#;
const CORE: [(&str, &str); 2] = [
    ("CORE_URL", "https://core.test/v1/forms/{form}/submissions"),
    ("CORE_TOKEN", "s3cret"),
];

fn service() -> Memory {
    let memory = Memory::new(&CORE);
    memory.publish(&demo());
    memory
}

fn core_says(memory: &Memory, status: u16, body: &str) {
    memory
        .stores
        .core_answers
        .borrow_mut()
        .push_back(CoreAnswer {
            status,
            retry_after: Some("7".to_owned()),
            body: body.as_bytes().to_vec(),
            ..CoreAnswer::default()
        });
}

#[test]
fn the_core_gets_one_post_with_the_clients_key() {
    let memory = service();
    core_says(&memory, 201, "{}");
    let answer = memory.ask(Call::submit(LEAD).with("idempotency-key", "\"k-1\""));
    assert_eq!(answer.status, 201);
    assert_eq!(json(&answer)["submission"]["status"], "delivered");
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
    assert_eq!(header("X-Request-Id"), answer.header("X-Request-Id"));
    assert_eq!(header("Authorization"), Some("Bearer s3cret"));
    assert!(request.body.contains("ada@example.com"));
    assert!(memory.stores.inbox.borrow().is_empty());
}

#[test]
fn a_lead_the_core_did_not_take_is_not_acknowledged() {
    for status in [301, 401, 403, 404, 418, 429, 500, 503] {
        let memory = service();
        core_says(
            &memory,
            status,
            r#"{"message":"ada@example.com is unknown"}"#,
        );
        let answer = memory.ask(Call::submit(LEAD));
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (503, "LG_1901"),
            "{status}"
        );
        assert!(answer.header("Retry-After").is_some());
        assert!(
            !answer.body.contains("unknown"),
            "the core's words are not the visitor's"
        );
        assert!(
            memory.logged().contains(&format!("status {status}")),
            "{}",
            memory.logged()
        );
    }
    let unreachable = service().ask(Call::submit(LEAD));
    assert_eq!(code(&unreachable), "LG_1901");
    assert_eq!(unreachable.header("Retry-After"), Some("30"));
}

#[test]
fn a_wait_the_core_asks_for_is_passed_on() {
    let memory = service();
    core_says(&memory, 503, "");
    assert_eq!(
        memory.ask(Call::submit(LEAD)).header("Retry-After"),
        Some("7")
    );
}

#[test]
fn a_duplicate_is_a_success_and_field_errors_come_back_on_their_fields() {
    let memory = service();
    core_says(&memory, 409, "");
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    core_says(
        &memory,
        422,
        r#"{"error":{"details":{"errors":[{"field":"email","code":"too_long","message":"No"}]}}}"#,
    );
    let answer = memory.ask(Call::submit(LEAD));
    assert_eq!(code(&answer), "LG_1102");
    let expected = json!([{ "field": "email", "code": "too_long", "message": "No" }]);
    assert_eq!(json(&answer)["error"]["details"]["errors"], expected);
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
        core_says(&memory, 422, body);
        let answer = memory.ask(Call::submit(LEAD));
        let expected = json!([{ "field": "email", "code": "bad_input", "message": "No" }]);
        assert_eq!(
            json(&answer)["error"]["details"]["errors"],
            expected,
            "{body}"
        );
    }
}

#[test]
fn a_core_that_is_blocked_is_the_operators_to_mend() {
    let memory = service();
    core_says(
        &memory,
        400,
        r#"{"errors":[{"title":"ada@example.com","detail":"x","code":"E9"}]}"#,
    );
    let answer = memory.ask(Call::submit(LEAD));
    assert_eq!(code(&answer), "LG_1901");
    let logged = memory.logged();
    assert!(
        logged.contains("core_blocked: code E9") && !logged.contains("ada@"),
        "{logged}"
    );
}

#[test]
fn a_success_with_an_error_inside_is_not_acknowledged() {
    let memory = service();
    core_says(
        &memory,
        200,
        r#"{"success":false,"error":{"code":"FORBIDDEN","message":"x"}}"#,
    );
    assert_eq!(code(&memory.ask(Call::submit(LEAD))), "LG_1901");
}
