//! The leads of the owner's API: lists, changes of one and of many, dead letters, export, erasing, and what it refuses.

use formgate::envelope::{CoreResponse, Response};
use formgate::service::continue_body;
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const OWNER: (&str, &str) = ("OWNERS", "ann@example.com");
const CORE: (&str, &str) = ("CORE_URL", "https://core.test/leads");

fn service(settings: &[(&str, &str)]) -> Memory {
    let memory = Memory::new(&[&[OWNER], settings].concat());
    memory.publish(&demo());
    *memory.stores.signed_in.borrow_mut() = Some("ann@example.com".to_owned());
    memory
}

fn submit(memory: &Memory, email: &str) -> String {
    submit_as(memory, "Ada", email)
}

fn submit_as(memory: &Memory, name: &str, email: &str) -> String {
    let body = json!({ "name": name, "email": email }).to_string();
    let response = memory.ask(Call::submit(&body));
    assert!(response.status < 300, "{}", response.body);
    memory.pass(1_000);
    json(&response)["submission"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn get(memory: &Memory, path: &str) -> Response {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut call = Call::new("GET", path);
    call.request.query = query.to_owned();
    memory.ask(call)
}

fn send(memory: &Memory, method: &str, path: &str, body: &Value) -> Response {
    let call = Call::new(method, path).with("content-type", "application/json");
    memory.ask(call.body(body.to_string()))
}

fn ids(response: &Response) -> Vec<String> {
    let page = json(response);
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

fn act(memory: &Memory, action: &str, ids: &[&str]) -> Response {
    let body = json!({ "action": action, "ids": ids });
    send(memory, "POST", "/api/leads/actions", &body)
}

#[test]
fn a_list_shows_what_is_asked_for_page_by_page() {
    let memory = service(&[]);
    let sent = [
        submit(&memory, "a@example.com"),
        submit_as(&memory, "ÄDA 100%", "b@example.com"),
        submit(&memory, "c@example.com"),
    ];
    let [a, b, c] = [&sent[0], &sent[1], &sent[2]];
    send(
        &memory,
        "PATCH",
        &format!("/api/leads/{a}"),
        &json!({ "starred": true, "note": "call back" }),
    );
    assert_eq!(act(&memory, "done", &[b]).status, 200);
    assert_eq!(act(&memory, "spam", &[c]).status, 200);
    for (query, expected) in [
        ("", vec![b, a]),
        ("?form=demo", vec![b, a]),
        ("?form=other", vec![]),
        ("?status=done", vec![b]),
        ("?folder=spam", vec![c]),
        ("?folder=all", vec![c, b, a]),
        ("?starred=1", vec![a]),
        ("?form=demo&q=%20%C3%84da%20100%25", vec![b]),
        ("?form=demo&q=a%25", vec![]),
        ("?form=demo&q=email", vec![]),
        ("?test=1", vec![]),
        ("?from=2030-01-01", vec![]),
        ("?to=2030-01-01&limit=1", vec![b]),
    ] {
        let response = get(&memory, &format!("/api/leads{query}"));
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(ids(&response), expected, "{query}");
    }
    let first = json(&get(&memory, "/api/leads?limit=1"));
    let next = first["next"].as_str().unwrap().to_owned();
    assert_eq!(
        ids(&get(&memory, &format!("/api/leads?limit=1&cursor={next}"))),
        std::slice::from_ref(a)
    );
    let item = &json(&get(&memory, "/api/leads?starred=1"))["items"][0];
    assert_eq!(
        item,
        &json!({
            "id": a, "form": "demo", "status": "new", "folder": "inbox", "starred": true, "test": false,
            "received_at": item["received_at"], "note": true,
            "summary": [["name", "Ada"], ["email", "a@example.com"]], "score": item["score"],
        })
    );
}

#[test]
fn a_lead_is_changed_and_shows_what_happened_to_it() {
    let memory = service(&[]);
    let id = submit(&memory, "ada@example.com");
    let path = format!("/api/leads/{id}");
    let change = json!({ "status": "done", "note": "n".repeat(2_000), "starred": true });
    let changed = json(&send(&memory, "PATCH", &path, &change));
    assert_eq!(changed, json(&get(&memory, &path)));
    assert_eq!(changed["status"], "done");
    assert_eq!(changed["note"], change["note"]);
    assert_eq!(changed["starred"], true);
    assert_eq!(changed["lead"]["fields"]["email"], "ada@example.com");
    let events = |lead: &Value| -> Vec<String> {
        let events = lead["timeline"].as_array().unwrap().iter();
        events
            .map(|event| event["event"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(events(&changed), ["accepted", "stored"]);
    act(&memory, "spam", &[&id]);
    let moved = act(&memory, "not_spam", &[&id]);
    assert_eq!(
        json(&moved),
        json!({ "changed": 1 }),
        "at once, without a core"
    );
    assert_eq!(
        events(&json(&get(&memory, &path))),
        ["accepted", "stored", "spam", "not_spam"]
    );
    for (body, status, expected) in [
        (json!({ "status": "lost" }), 400, "LG_1002"),
        (json!({ "status": 7 }), 400, "LG_1002"),
        (json!({ "note": "n".repeat(2_001) }), 400, "LG_1102"),
        (json!({ "note": 7 }), 400, "LG_1102"),
        (json!({ "starred": "yes" }), 400, "LG_1102"),
    ] {
        let refused = send(&memory, "PATCH", &path, &body);
        assert_eq!(
            (refused.status, code(&refused).as_str()),
            (status, expected),
            "{body}"
        );
    }
    assert_eq!(json(&get(&memory, &path))["status"], "done");
    let deleted = memory.ask(Call::new("DELETE", &path));
    assert_eq!(deleted.status, 204);
    for method in ["GET", "DELETE"] {
        let gone = memory.ask(Call::new(method, &path));
        assert_eq!((gone.status, code(&gone).as_str()), (404, "LG_1000"));
        assert_eq!(json(&gone)["error"]["details"], json!({ "missing": [id] }));
    }
    let gone = send(&memory, "PATCH", &path, &json!({ "status": "new" }));
    assert_eq!(code(&gone), "LG_1000");
}

#[test]
fn an_action_changes_all_leads_or_none() {
    let memory = service(&[CORE]);
    let hostile = ["'; DROP TABLE leads; --", "", "\u{0}", "../x", "%"];
    let robot = Call::submit(r#"{"name":"Ada","email":"a@example.com"}"#);
    let response = memory.ask(robot.with("user-agent", "curl/8.5.0"));
    let id = json(&response)["submission"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for action in ["new", "done", "spam", "not_spam", "delete"] {
        for other in hostile {
            let refused = act(&memory, action, &[&id, other]);
            assert_eq!((refused.status, code(&refused).as_str()), (404, "LG_1000"));
            assert_eq!(
                json(&refused)["error"]["details"]["missing"],
                json!([other])
            );
        }
    }
    let left = json(&get(&memory, "/api/leads?folder=spam"));
    assert_eq!(left["items"][0]["status"], "new");
    assert!(memory.stores.dead.borrow().is_empty());
    for (action, ids) in [
        ("archive", json!([id])),
        ("", json!([id])),
        ("done", json!([])),
        ("done", json!("x")),
        ("done", json!([7])),
        ("done", json!(vec!["x"; 501])),
    ] {
        let body = json!({ "action": action, "ids": ids });
        let refused = send(&memory, "POST", "/api/leads/actions", &body);
        assert_eq!(
            (refused.status, code(&refused).as_str()),
            (400, "LG_1102"),
            "{body}"
        );
    }
    let twice = act(&memory, "done", &[&id, &id]);
    assert_eq!(json(&twice), json!({ "changed": 1 }));
    let most: Vec<String> = (0..500).map(|number| format!("x{number}")).collect();
    let most: Vec<&str> = most.iter().map(String::as_str).collect();
    assert_eq!(
        act(&memory, "done", &most).status,
        404,
        "500 are looked for"
    );
    // Taken out of the spam folder, it is delivered at once, not at the next scheduled event.
    memory
        .stores
        .core_response
        .borrow_mut()
        .push_back(CoreResponse {
            status: 201,
            ..CoreResponse::default()
        });
    assert_eq!(act(&memory, "not_spam", &[&id]).status, 200);
    while memory.deliver_next().is_some() {}
    assert_eq!(memory.stores.core_requests.borrow().len(), 1);
    assert_eq!(
        ids(&get(&memory, "/api/leads?folder=all")),
        Vec::<String>::new()
    );
}

// The core's next response has this status.
fn core_responds(memory: &Memory, status: u16) {
    let mut responses = memory.stores.core_response.borrow_mut();
    responses.push_back(CoreResponse {
        status,
        ..CoreResponse::default()
    });
}

#[test]
fn blocked_leads_and_dead_letters_are_listed_and_sent_again() {
    let memory = service(&[CORE]);
    let core_responds = |status| core_responds(&memory, status);
    core_responds(401);
    let blocked = submit(&memory, "a@example.com");
    core_responds(422);
    core_responds(422);
    let dead = submit(&memory, "b@example.com");
    memory.deliver_next();
    let page = json(&get(&memory, "/api/dead-letters"));
    let kinds: Vec<(&Value, &Value)> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (&item["id"], &item["kind"]))
        .collect();
    assert_eq!(
        kinds,
        [
            (&json!(dead), &json!("dead")),
            (&json!(blocked), &json!("blocked"))
        ]
    );
    let one = json(&get(&memory, &format!("/api/dead-letters/{blocked}")));
    assert_eq!(one["reason"], "blocked: status 401");
    assert_eq!(one["lead"]["fields"]["email"], "a@example.com");
    assert_eq!(one["timeline"][0]["event"], "blocked");
    let unknown = get(&memory, "/api/dead-letters/x");
    assert_eq!((unknown.status, code(&unknown).as_str()), (404, "LG_1000"));
    let unknown = send(&memory, "POST", "/api/dead-letters/x/redrive", &json!({}));
    assert_eq!((unknown.status, code(&unknown).as_str()), (404, "LG_1000"));
    core_responds(201);
    let path = format!("/api/dead-letters/{blocked}/redrive");
    let sent = send(&memory, "POST", &path, &json!({}));
    assert_eq!((sent.status, json(&sent)), (202, json!({ "requested": 1 })));
    memory.deliver_next();
    assert_eq!(ids(&get(&memory, "/api/dead-letters")), [dead]);
    let sent = send(&memory, "POST", "/api/dead-letters/redrive", &json!({}));
    assert_eq!(json(&sent), json!({ "requested": 1 }));
    core_responds(201);
    memory.deliver_next();
    assert!(ids(&get(&memory, "/api/dead-letters")).is_empty());
}

#[test]
fn a_person_is_erased_with_counts_and_the_audit_does_not_name_them() {
    let memory = service(&[CORE]);
    memory.stores.is_core_down.set(true);
    submit(&memory, "ada@example.com");
    submit(&memory, "bea@example.com");
    let erased = send(
        &memory,
        "POST",
        "/api/leads/erase",
        &json!({ "email": " ADA@example.com" }),
    );
    assert_eq!(
        json(&erased),
        json!({ "leads": 0, "outbox": 1, "dead_letters": 0 })
    );
    let audit = get(&memory, "/api/audit");
    assert!(audit.body.contains("person_erased"), "{}", audit.body);
    assert!(!audit.body.contains("ada@"), "{}", audit.body);
    for email in [
        json!("ada"),
        json!(7),
        json!(null),
        json!("a@b.example, c@d.example"),
    ] {
        let refused = send(
            &memory,
            "POST",
            "/api/leads/erase",
            &json!({ "email": email }),
        );
        assert_eq!((refused.status, code(&refused).as_str()), (400, "LG_1102"));
    }
}

#[test]
fn an_export_is_whole_and_comes_in_parts() {
    let memory = service(&[]);
    let sent: Vec<String> = (0..3)
        .map(|number| submit(&memory, &format!("a{number}@example.com")))
        .collect();
    act(&memory, "done", &[&sent[0]]);
    let whole = |query: &str| {
        let response = get(&memory, &format!("/api/leads/export{query}"));
        assert_eq!(response.status, 200, "{}", response.body);
        let (mut text, mut rest) = (response.body.clone(), response.rest.clone());
        while let Some(from) = rest {
            let (part, then) = block_on(continue_body(&memory, &from)).unwrap();
            text += &part;
            rest = then;
        }
        (response, text)
    };
    let (response, csv) = whole("?form=demo");
    assert_eq!(
        response.header("Content-Type"),
        Some("text/csv; charset=utf-8")
    );
    let name = response.header("Content-Disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"demo-2026-11-21.csv\"");
    assert_eq!(csv.lines().count(), 4);
    let (_, lines) = whole("?form=demo&format=jsonl&status=new");
    assert_eq!(lines.lines().count(), 2);
    for (query, expected) in [
        ("", "LG_1102"),
        ("?form=demo&format=xlsx", "LG_1102"),
        ("?form=demo&status=x", "LG_1002"),
    ] {
        let refused = get(&memory, &format!("/api/leads/export{query}"));
        assert_eq!(
            (refused.status, code(&refused).as_str()),
            (400, expected),
            "{query}"
        );
    }
    let broken = block_on(continue_body(&memory, "{}"));
    assert!(broken.is_err());
}

#[test]
fn what_selects_no_leads_is_refused_clearly() {
    let memory = service(&[]);
    let long = "a".repeat(10_240);
    for (query, field) in [
        (format!("form=demo&q={long}"), "q"),
        (format!("form=demo&q={}", "a".repeat(201)), "q"),
        ("q=ada".to_owned(), "form"),
        ("form=a%20b".to_owned(), "form"),
        ("folder=trash".to_owned(), "folder"),
        ("from=yesterday".to_owned(), "from"),
        ("to=2026-13-01".to_owned(), "to"),
        ("limit=101".to_owned(), "limit"),
        ("limit=0".to_owned(), "limit"),
        ("cursor=%27%20OR%201".to_owned(), "cursor"),
    ] {
        let refused = get(&memory, &format!("/api/leads?{query}"));
        assert_eq!(
            (refused.status, code(&refused).as_str()),
            (400, "LG_1102"),
            "{field}"
        );
        assert_eq!(
            json(&refused)["error"]["details"]["errors"][0]["field"],
            field
        );
    }
    let longest = format!("/api/leads?form=demo&q={}", "%C3%A4".repeat(200));
    assert_eq!(get(&memory, &longest).status, 200);
}

#[test]
fn a_test_is_marked_never_forwarded_and_deleted_after_a_week() {
    let memory = service(&[CORE]);
    let body = r#"{"name":"Ada","email":"a@example.com","_test":"1"}"#;
    let sent = memory.ask(Call::submit(body).with("idempotency-key", "\"k\""));
    assert_eq!(sent.status, 201);
    assert_eq!(json(&sent)["submission"]["status"], "stored");
    let id = json(&sent)["submission"]["id"].as_str().unwrap().to_owned();
    assert!(memory.stores.core_requests.borrow().is_empty());
    assert!(ids(&get(&memory, "/api/leads")).is_empty());
    let tests = || ids(&get(&memory, "/api/leads?test=1"));
    assert_eq!(tests(), std::slice::from_ref(&id));
    assert_eq!(
        json(&get(&memory, &format!("/api/leads/{id}")))["test"],
        true
    );
    // A test does not go into the spam folder, from which it would be delivered.
    assert_eq!(json(&act(&memory, "spam", &[&id])), json!({ "changed": 0 }));
    memory
        .stores
        .core_response
        .borrow_mut()
        .push_back(CoreResponse {
            status: 201,
            ..CoreResponse::default()
        });
    let body = body.replace(r#","_test":"1""#, "");
    let earnest = memory.ask(Call::submit(&body).with("idempotency-key", "\"k\""));
    assert_eq!(json(&earnest)["submission"]["status"], "delivered");
    let week_ms = 7 * 86_400_000;
    memory.pass(week_ms - 60_000);
    block_on(formgate::background::expire(&memory));
    assert_eq!(ids(&get(&memory, "/api/leads?test=1")), [id]);
    memory.pass(120_000);
    block_on(formgate::background::expire(&memory));
    assert!(ids(&get(&memory, "/api/leads?test=1")).is_empty());
    memory.stores.is_inbox_down.set(true);
    let sent = memory.ask(Call::submit(
        r#"{"name":"A","email":"a@example.com","_test":true}"#,
    ));
    assert_eq!(sent.status, 503, "a test does not wait in the outbox");
    assert!(memory.stores.outbox.borrow().is_empty());
}

#[test]
fn leads_are_kept_as_long_as_their_form_says() {
    let memory = service(&[]);
    let mut form = demo();
    form["retention_days"] = json!(30);
    memory.publish(&form);
    let old = submit(&memory, "a@example.com");
    memory.pass(30 * 86_400_000 - 60_000);
    let new = submit(&memory, "b@example.com");
    block_on(formgate::background::expire(&memory));
    assert_eq!(ids(&get(&memory, "/api/leads")), [new.clone(), old]);
    memory.pass(120_000);
    // Also while the form takes no submission.
    form["status"] = json!("draft");
    memory.publish(&form);
    block_on(formgate::background::expire(&memory));
    assert_eq!(ids(&get(&memory, "/api/leads")), [new]);
}

#[test]
fn a_form_keeps_a_copy_of_what_the_core_gets() {
    let memory = service(&[CORE]);
    let mut form = demo();
    form["keep_copy"] = json!(true);
    memory.publish(&form);
    let core_responds = |status| core_responds(&memory, status);
    core_responds(201);
    let id = submit(&memory, "a@example.com");
    let lead = json(&get(&memory, &format!("/api/leads/{id}")));
    assert_eq!(lead["timeline"][1]["event"], "delivered");
    memory.stores.is_inbox_down.set(true);
    core_responds(201);
    let late = submit(&memory, "b@example.com");
    memory.stores.is_inbox_down.set(false);
    memory.deliver_next();
    assert_eq!(ids(&get(&memory, "/api/leads")), [late, id]);
    assert_eq!(memory.stores.core_requests.borrow().len(), 2);
    memory.stores.is_core_down.set(true);
    let queued = submit(&memory, "c@example.com");
    let lead = json(&get(&memory, &format!("/api/leads/{queued}")));
    assert_eq!(lead["timeline"][1]["event"], "queued");
}
