//! Challenges: a proof of work for a script, a wait for a page without one, and Turnstile instead.

use formgate::envelope::{CoreResponse, Response};
use formgate::hash::{from_hex, hex, pbkdf2};
use formgate::platform::Platform;
use serde_json::{Value, json};

use crate::memory::{Call, Folder, Memory, code, json};

const KEY: (&str, &str) = ("SIGNING_KEY", "0123456789abcdef0123456789abcdef");
const CORE: (&str, &str) = ("CORE_URL", "https://core.test/{form}");
const TURNSTILE: [(&str, &str); 3] = [
    KEY,
    ("TURNSTILE_SITE_KEY", "1x00000000000000000000AA"),
    ("TURNSTILE_SECRET", "1x0000000000000000000000000000000AA"),
];

/// A form for which no more than the user agent of `curl` asks for a challenge.
fn form() -> Value {
    json!({
        "key": "demo", "allowed_origins": ["https://example.com"], "spam": { "spam_at": 9 },
        "fields": [
            { "name": "name", "type": "text", "maxlength": 20 },
            { "name": "email", "type": "email", "required": true },
        ],
    })
}

fn service(settings: &[(&str, &str)]) -> Memory {
    let memory = Memory::new(settings);
    memory.publish(&form());
    memory
}

/// A submission by a script.
fn script(proof: Option<&str>) -> Call {
    sent(json!({ "name": "Ada", "email": "ada@example.com" }), proof)
}

fn sent(mut values: Value, proof: Option<&str>) -> Call {
    if let Some(proof) = proof {
        values["_proof"] = json!(proof);
    }
    Call::submit(values.to_string()).with("user-agent", "curl/8.5.0")
}

/// A page sent by a browser, with these hidden values.
fn page(hidden: &[(&str, &str)]) -> Call {
    let mut body = "name=Ada&email=ada%40example.com".to_owned();
    for (name, value) in hidden {
        body.push_str(&format!("&{name}={value}"));
    }
    Call::new("POST", "/f/demo")
        .with("origin", "https://forms.test")
        .with("user-agent", "curl/8.5.0")
        .with("sec-fetch-mode", "navigate")
        .with("content-type", "application/x-www-form-urlencoded")
        .with("cf-connecting-ip", "192.0.2.1")
        .body(body)
}

/// The value of a hidden input.
fn hidden<'p>(page: &'p Response, name: &str) -> &'p str {
    let input = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let (_, rest) = page
        .body
        .split_once(&input)
        .unwrap_or_else(|| panic!("no {name}"));
    rest.split_once('"').unwrap().0
}

fn altcha(response: &Response) -> Value {
    assert_eq!(response.status, 428, "{}", response.body);
    assert_eq!(code(response), "FORM_CHALLENGE_REQUIRED");
    json(response)["error"]["details"]["altcha"].clone()
}

/// The solution of a challenge, as ALTCHA's widget sends it; found at once by the service's own key, where a client tries a
/// thousand counters (tests/worker/challenge.test.mjs does).
fn solve(memory: &Memory, challenge: &Value) -> String {
    let parameters = &challenge["parameters"];
    let bytes = |name: &str| from_hex::<16>(parameters[name].as_str().unwrap()).unwrap();
    let (nonce, salt) = (bytes("nonce"), bytes("salt"));
    let key = &memory.isolate().keys().unwrap().challenges;
    let [a, b, c, d, ..] = key.hash(&[nonce, salt].concat());
    let bound = parameters["data"]["bound"].as_u64().unwrap();
    let counter = u32::from_be_bytes([a, b, c, d]) % u32::try_from(bound).unwrap();
    let password = [&nonce[..], &counter.to_be_bytes()].concat();
    let derived = hex(&pbkdf2(&password, &salt, 1_000));
    assert!(derived.starts_with(parameters["keyPrefix"].as_str().unwrap()));
    let solution = json!({ "counter": counter, "derivedKey": derived, "time": 900 });
    let payload = json!({ "challenge": challenge, "solution": solution });
    formgate::hash::base64url(payload.to_string().as_bytes())
}

fn bound(response: &Response) -> u64 {
    altcha(response)["parameters"]["data"]["bound"]
        .as_u64()
        .unwrap()
}

fn id(response: &Response) -> String {
    assert_eq!(response.status, 201, "{}", response.body);
    let receipt = json(response);
    receipt["submission"]["id"].as_str().unwrap().to_owned()
}

fn leads(memory: &Memory) -> usize {
    memory.stores.inbox.borrow().len()
}

fn answer(memory: &Memory, status: u16, body: &Value) {
    let response = CoreResponse {
        status,
        body: body.to_string().into_bytes(),
        ..CoreResponse::default()
    };
    memory.stores.core_response.borrow_mut().push_back(response);
}

#[test]
fn a_script_is_challenged_and_its_solution_makes_a_lead_of_the_inbox() {
    for key in [None, Some("k1")] {
        let memory = service(&[KEY]);
        let keyed = |call: Call| match key {
            Some(key) => call.with("idempotency-key", key),
            None => call,
        };
        let challenge = altcha(&memory.ask(keyed(script(None))));
        assert_eq!(
            challenge["parameters"]["algorithm"],
            json!("PBKDF2/SHA-256")
        );
        assert_eq!(leads(&memory), 0);
        let proof = solve(&memory, &challenge);
        let id = id(&memory.ask(keyed(script(Some(&proof)))));
        assert_eq!(memory.stores.folder(&id), Some(Folder::Inbox));
        let lead = memory.lead(&id);
        let spam = [
            &lead["spam"],
            &lead["spam_score"],
            &lead["spam_verdict"],
            &lead["extras"],
        ];
        let reasons = json!(["ticket_missing", "automation", "challenged"]);
        assert_eq!(spam, [&reasons, &json!(7), &json!("inbox"), &json!({})]);
    }
}

#[test]
fn a_missing_or_wrong_proof_is_challenged_again_and_leaves_nothing() {
    let memory = service(&[KEY, CORE]);
    let other = {
        let other = service(&[("SIGNING_KEY", "another-key-of-at-least-32-characters")]);
        other.publish(&form());
        solve(&other, &altcha(&other.ask(script(None))))
    };
    let expired = solve(&memory, &altcha(&memory.ask(script(None))));
    memory.pass(660_001);
    let long = "A".repeat(3_000);
    for proof in [
        None,
        Some(""),
        Some("x"),
        Some(&*other),
        Some(&*expired),
        Some(&*long),
    ] {
        altcha(&memory.ask(script(proof)));
        memory.pass(60_000);
    }
    let stores = &memory.stores;
    assert_eq!((leads(&memory), stores.outbox.borrow().len()), (0, 0));
    assert!(stores.core_requests.borrow().is_empty() && stores.dead.borrow().is_empty());
    let logged = memory.logged();
    assert!(logged.contains(r#""outcome":"FORM_CHALLENGE_REQUIRED","status":428"#));
    assert!(!logged.contains("ada@") && !logged.contains(expired.split_at(20).0));
}

#[test]
fn a_solution_is_for_one_submission() {
    let values = |name: &str| json!({ "name": name, "email": "ada@example.com" });
    // With a key of its own, and without.
    for key in [Some("k1"), None] {
        let memory = service(&[KEY]);
        let ask = |name, key: Option<&str>, proof: Option<&str>| {
            let call = sent(values(name), proof);
            memory.ask(match key {
                Some(key) => call.with("idempotency-key", key),
                None => call,
            })
        };
        let proof = solve(&memory, &altcha(&ask("Ada", key, None)));
        altcha(&ask("Ada", Some("k2"), Some(&proof)));
        let first = id(&ask("Ada", key, Some(&proof)));
        assert_eq!(id(&ask("Ada", key, Some(&proof))), first, "a repetition");
        let reused = ask("Eve", key, Some(&proof));
        assert_eq!(code(&reused), "FORM_IDEMPOTENCY_KEY_REUSED");
        // Another isolate, which remembers nothing: the database does.
        let other = Memory::on(memory.stores.clone(), &[KEY]);
        let repeated = sent(values("Eve"), Some(&proof));
        let repeated = match key {
            Some(key) => repeated.with("idempotency-key", key),
            None => repeated,
        };
        assert_eq!(code(&other.ask(repeated)), "FORM_IDEMPOTENCY_KEY_REUSED");
        assert_eq!(leads(&memory), 1);
    }
}

#[test]
fn answers_that_were_corrected_need_no_second_solution() {
    let memory = service(&[KEY]);
    let keyed = |values, proof: Option<&str>| sent(values, proof).with("idempotency-key", "k1");
    let valid = json!({ "name": "Ada", "email": "ada@example.com" });
    let proof = solve(&memory, &altcha(&memory.ask(keyed(valid, None))));
    let invalid = json!({ "name": "A".repeat(21), "email": "ada@example.com" });
    assert_eq!(code(&memory.ask(keyed(invalid, Some(&proof)))), "LG_1102");
    let corrected = json!({ "name": "Ada L.", "email": "ada@example.com" });
    id(&memory.ask(keyed(corrected, Some(&proof))));
}

#[test]
fn the_work_doubles_with_each_submission_of_a_visitor_and_not_with_its_repetitions() {
    let memory = service(&[KEY]);
    let ask = |visitor: &str, key: &str| {
        let call = script(None).with("idempotency-key", key);
        bound(&memory.ask(call.with("cf-connecting-ip", visitor)))
    };
    for (key, times) in [
        ("a", 1),
        ("a", 1),
        ("b", 2),
        ("c", 4),
        ("d", 8),
        ("e", 16),
        ("f", 16),
    ] {
        assert_eq!(ask("192.0.2.1", key), 2_048 * times, "{key}");
    }
    assert_eq!(ask("192.0.2.2", "g"), 2_048);
    memory.pass(3_600_001);
    assert_eq!(ask("192.0.2.1", "h"), 2_048);
}

#[test]
fn a_challenge_uses_up_the_quota_of_the_visitor_and_not_that_of_the_form() {
    let memory = Memory::new(&[KEY]);
    let mut form = form();
    form["rate_limits"] = json!([
        { "name": "form", "quota": 1, "window_s": 3600, "partition": "form" },
        { "name": "visitor", "quota": 3, "window_s": 3600, "partition": "visitor" },
    ]);
    memory.publish(&form);
    let from = |visitor: &str, call: Call| memory.ask(call.with("cf-connecting-ip", visitor));
    for visitor in [
        "192.0.2.2",
        "192.0.2.3",
        "192.0.2.9",
        "192.0.2.9",
        "192.0.2.9",
    ] {
        altcha(&from(visitor, script(None)));
    }
    let policy = |response: &Response| json(response)["error"]["details"]["policy"].clone();
    assert_eq!(policy(&from("192.0.2.9", script(None))), json!("visitor"));
    let proof = solve(&memory, &altcha(&from("192.0.2.1", script(None))));
    id(&from("192.0.2.1", script(Some(&proof))));
    assert_eq!(policy(&from("192.0.2.2", script(None))), json!("form"));
}

#[test]
fn only_a_form_that_enforces_challenges_and_only_with_a_key_to_sign_with() {
    for (settings, spam, folder) in [
        (
            &[KEY][..],
            json!({ "mode": "shadow", "spam_at": 9 }),
            Folder::Inbox,
        ),
        (&[KEY], json!({ "mode": "off" }), Folder::Inbox),
        (
            &[KEY],
            json!({ "challenge_at": 9, "spam_at": 9 }),
            Folder::Inbox,
        ),
        (&[KEY], json!({ "spam_at": 5 }), Folder::Spam),
        (&[], json!({ "spam_at": 9 }), Folder::Spam),
    ] {
        let memory = Memory::new(settings);
        let mut form = form();
        form["spam"] = spam;
        memory.publish(&form);
        let id = id(&memory.ask(script(None)));
        assert_eq!(memory.stores.folder(&id), Some(folder), "{}", form["spam"]);
    }
}

#[test]
fn with_a_core_only_the_solved_submission_reaches_it() {
    let memory = service(&[KEY, CORE]);
    let proof = solve(&memory, &altcha(&memory.ask(script(None))));
    assert!(memory.stores.core_requests.borrow().is_empty());
    answer(&memory, 201, &json!({}));
    let receipt = memory.ask(script(Some(&proof)));
    assert_eq!(json(&receipt)["submission"]["status"], json!("delivered"));
    let requests = memory.stores.core_requests.borrow();
    let lead: Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(lead["spam_verdict"], json!("inbox"));
    assert!(!requests[0].body.contains(proof.split_at(40).0));
}

#[test]
fn a_lead_that_cannot_be_stored_keeps_its_solution() {
    let memory = service(&[KEY]);
    let proof = solve(&memory, &altcha(&memory.ask(script(None))));
    let stores = &memory.stores;
    stores.is_inbox_down.set(true);
    stores.is_outbox_down.set(true);
    assert_eq!(memory.ask(script(Some(&proof))).status, 503);
    stores.is_inbox_down.set(false);
    id(&memory.ask(script(Some(&proof))));
}

#[test]
fn a_page_without_a_script_is_sent_again_some_seconds_later() {
    // As the hosted page sends it, and as a plain form on a page, which has no key.
    for key in [Some("0123456789abcdef0123456789abcdef"), None] {
        let memory = service(&[KEY]);
        let own = key.map(|key| ("_key", key));
        let shown = memory.ask(page(&Vec::from_iter(own)));
        assert_eq!(shown.status, 428);
        assert_eq!(shown.header("Retry-After"), Some("6"));
        assert!(shown.body.contains("Wait 6 seconds and send it again."));
        assert!(shown.body.contains(r#"value="Ada""#) && !shown.body.contains("<script"));
        let (own, proof) = (hidden(&shown, "_key"), hidden(&shown, "_proof"));
        assert!(key.is_none_or(|key| key == own));
        let again = || page(&[("_key", own), ("_proof", proof)]);
        memory.pass(2_000);
        let early = memory.ask(again());
        assert_eq!(early.status, 428);
        assert!(early.body.contains("Wait 4 seconds"));
        let kept = (hidden(&early, "_key"), hidden(&early, "_proof"));
        assert_eq!(kept, (own, proof), "the time goes on");
        memory.pass(3_000);
        let sent = memory.ask(again());
        assert_eq!(sent.status, 303, "{}", sent.body);
        assert_eq!(memory.ask(again()).status, 303, "a repetition");
        assert_eq!(leads(&memory), 1);
        let other = page(&[("_key", "another"), ("_proof", proof)]);
        assert_eq!(memory.ask(other).status, 428);
    }
}

#[test]
fn a_page_that_is_corrected_after_its_wait_does_not_wait_again() {
    let memory = service(&[KEY]);
    let shown = memory.ask(page(&[]));
    let (key, proof) = (hidden(&shown, "_key"), hidden(&shown, "_proof"));
    memory.pass(6_000);
    let wrong = page(&[("_key", key), ("_proof", proof)]).body(format!(
        "name={}&email=ada%40example.com&_key={key}&_proof={proof}",
        "A".repeat(21)
    ));
    let refused = memory.ask(wrong);
    assert_eq!(refused.status, 400);
    assert_eq!(hidden(&refused, "_proof"), proof);
    assert_eq!(
        memory.ask(page(&[("_key", key), ("_proof", proof)])).status,
        303
    );
}

#[test]
fn the_token_of_a_page_is_not_taken_from_a_script_before_its_time_and_is_bound_to_its_key() {
    let memory = service(&[KEY]);
    let shown = memory.ask(page(&[]));
    let (key, proof) = (hidden(&shown, "_key"), hidden(&shown, "_proof"));
    let keyed = |key: &str| script(Some(proof)).with("idempotency-key", key);
    altcha(&memory.ask(keyed(key)));
    memory.pass(6_000);
    altcha(&memory.ask(script(Some(proof))));
    altcha(&memory.ask(keyed("another")));
}

#[test]
fn turnstile_is_asked_only_for_what_would_be_challenged() {
    let memory = service(&TURNSTILE);
    let refused = memory.ask(script(None));
    assert_eq!(code(&refused), "FORM_CHALLENGE_REQUIRED");
    let details = &json(&refused)["error"]["details"];
    assert_eq!(
        *details,
        json!({ "turnstile": { "site_key": "1x00000000000000000000AA" } })
    );
    let browser = |values: Value| {
        let call = sent(values, Some("XXXX.DUMMY.TOKEN.XXXX"));
        call.with("user-agent", "Mozilla/5.0")
            .with("sec-fetch-mode", "cors")
    };
    id(&memory.ask(browser(json!({ "email": "ada@example.com" }))));
    assert_eq!(
        code(&memory.ask(browser(json!({ "email": "x" })))),
        "LG_1102"
    );
    let foreign =
        browser(json!({ "email": "ada@example.com" })).with("origin", "https://evil.test");
    assert_eq!(code(&memory.ask(foreign)), "LG_1103");
    assert!(memory.stores.core_requests.borrow().is_empty());
}

#[test]
fn a_token_that_turnstile_confirms_makes_a_lead_of_the_inbox() {
    let memory = service(&TURNSTILE);
    answer(
        &memory,
        200,
        &json!({ "success": true, "hostname": "example.com" }),
    );
    let call = || script(Some("XXXX.DUMMY.TOKEN.XXXX")).with("idempotency-key", "k1");
    let id = id(&memory.ask(call()));
    assert_eq!(memory.stores.folder(&id), Some(Folder::Inbox));
    let requests = memory.stores.core_requests.borrow();
    let [request] = requests.as_slice() else {
        panic!("{}", requests.len())
    };
    let verify_url = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
    assert_eq!((&*request.url, request.timeout_ms), (verify_url, 5_000));
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let sent = [&body["secret"], &body["response"]];
    assert_eq!(sent, [TURNSTILE[2].1, "XXXX.DUMMY.TOKEN.XXXX"]);
    let uuid = body["idempotency_key"].as_str().unwrap();
    let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
    assert_eq!(
        (lengths, uuid.split_at(14).1.starts_with('8')),
        (vec![8, 4, 4, 4, 12], true)
    );
    assert!(!request.body.contains("192.0.2.1"));
    assert!(
        !memory
            .logged()
            .contains("1x0000000000000000000000000000000AA")
    );
}

#[test]
fn what_turnstile_says_about_a_token_is_a_challenge_and_what_it_does_not_say_is_the_spam_folder() {
    let refused = |codes: Value| json!({ "success": false, "error-codes": codes });
    for (status, body, folder) in [
        (200, refused(json!(["invalid-input-response"])), None),
        (200, refused(json!(["timeout-or-duplicate"])), None),
        (400, refused(json!(["missing-input-response"])), None),
        (
            200,
            refused(json!(["invalid-input-secret"])),
            Some(Folder::Spam),
        ),
        (200, refused(json!(["something new"])), Some(Folder::Spam)),
        (200, refused(json!(null)), Some(Folder::Spam)),
        (500, json!("down"), Some(Folder::Spam)),
        (200, json!({ "success": "true" }), Some(Folder::Spam)),
    ] {
        let memory = service(&TURNSTILE);
        answer(&memory, status, &body);
        let response = memory.ask(script(Some("a-token-of-no-known-length")));
        match folder {
            None => assert_eq!(response.status, 428, "{body}"),
            Some(folder) => {
                let found = memory.stores.folder(&id(&response));
                assert_eq!(found, Some(folder), "{body}");
            }
        }
        assert_eq!(
            memory.logged().contains("TURNSTILE"),
            folder.is_some(),
            "{body}"
        );
        assert!(!memory.logged().contains("something new"));
    }
    // It cannot be reached.
    let memory = service(&TURNSTILE);
    let id = id(&memory.ask(script(Some("a-token-of-no-known-length"))));
    assert_eq!(memory.stores.folder(&id), Some(Folder::Spam));
}

#[test]
fn a_page_has_turnstile_and_without_a_script_its_wait_leads_into_the_spam_folder() {
    let memory = service(&TURNSTILE);
    let shown = memory.ask(page(&[]));
    assert_eq!(shown.status, 428);
    let widget = r#"<div class="cf-turnstile" data-sitekey="1x00000000000000000000AA" data-response-field-name="_proof">"#;
    assert!(shown.body.contains(widget), "{}", shown.body);
    let policy = shown.header("Content-Security-Policy").unwrap();
    for source in ["script-src", "frame-src"] {
        let directive = format!("; {source} https://challenges.cloudflare.com");
        assert!(policy.contains(&directive), "{policy}");
    }
    let (key, proof) = (hidden(&shown, "_key"), hidden(&shown, "_proof"));
    // Beside the page's own proof, the one of Turnstile.
    let with_token = [("_key", key), ("_proof", proof), ("_proof", "a-token")];
    answer(
        &memory,
        200,
        &json!({ "success": false, "error-codes": ["timeout-or-duplicate"] }),
    );
    assert_eq!(memory.ask(page(&with_token)).status, 428);
    memory.pass(6_000);
    assert_eq!(
        memory.ask(page(&[("_key", key), ("_proof", proof)])).status,
        303
    );
    let inbox = memory.stores.inbox.borrow();
    let lead = inbox.values().next().unwrap();
    assert_eq!(memory.stores.folder(&lead.id), Some(Folder::Spam));

    let memory = service(&TURNSTILE);
    answer(&memory, 200, &json!({ "success": true }));
    assert_eq!(memory.ask(page(&with_token)).status, 303);
}

#[test]
fn a_proof_of_work_is_not_taken_where_turnstile_is_on() {
    let proof = {
        let memory = service(&[KEY]);
        solve(&memory, &altcha(&memory.ask(script(None))))
    };
    let memory = service(&TURNSTILE);
    answer(
        &memory,
        200,
        &json!({ "success": false, "error-codes": ["invalid-input-response"] }),
    );
    assert_eq!(memory.ask(script(Some(&proof))).status, 428);
}

#[test]
fn a_form_that_was_filled_in_before_its_page_was_shown_may_be_sent_at_once() {
    let memory = Memory::new(&[KEY]);
    let mut form = form();
    form["spam"] = json!({});
    form["fields"][0]["prefill"] = json!(true);
    memory.publish(&form);
    let ticket_of = |call: Call| {
        let shown = memory.ask(call.with("user-agent", "Mozilla/5.0"));
        hidden(&shown, "_ticket").to_owned()
    };
    let no_origin = || page(&[]).without("origin");
    let invalid = || page(&[]).body("name=Ada&email=x");
    for (call, is_challenged) in [
        // Shown again, with what was typed on another page or on this one; filled in by its address; opened empty.
        (no_origin(), false),
        (invalid(), false),
        (Call::new("GET", "/f/demo?name=Ada"), false),
        (Call::new("GET", "/f/demo?other=Ada"), true),
        (Call::new("GET", "/f/demo"), true),
    ] {
        let ticket = ticket_of(call);
        let call = page(&[("_ticket", &ticket)]).with("user-agent", "Mozilla/5.0");
        let status = memory
            .ask(call.with("cf-connecting-ip", "192.0.2.7"))
            .status;
        assert_eq!(status, if is_challenged { 428 } else { 303 });
        memory.pass(60_000);
    }
    // What is sent within a second by a script is not.
    let issued =
        memory.ask(Call::new("GET", "/v1/forms/demo/ticket").with("origin", "https://example.com"));
    let values = json!({ "email": "ada@example.com", "_ticket": json(&issued)["ticket"] });
    let call = || Call::submit(values.to_string()).with("user-agent", "Mozilla/5.0");
    altcha(&memory.ask(call()));
    memory.pass(1_000);
    id(&memory.ask(call()));
}
