//! Spam from the request to the folder: a corpus of leads and robots, the folder itself, and what an owner does with it.

use formgate::admin;
use formgate::config::Bindings;
use formgate::dispatch::redrive;
use formgate::envelope::CoreResponse;
use formgate::form::FormDefinition;
use futures_executor::block_on;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use sim::world::Owner;

use crate::memory::{Call, Direct, Folder, Memory, json};

/// A lead or a robot of `tests/fixtures/spam`.
#[derive(Deserialize)]
struct Case {
    who: String,
    /// A name in `clients.json`.
    client: String,
    /// The milliseconds from the ticket to the submission, or `missing` for a submission without a ticket.
    filled_in_ms: Value,
    values: Map<String, Value>,
    /// What it filled into the honeypot.
    #[serde(default)]
    trap: Option<String>,
    /// How many other visitors sent the same message before.
    #[serde(default)]
    sent_before_by: u8,
    /// Whether this robot is not caught.
    #[serde(default)]
    passes: bool,
    /// Whether this robot is caught only by its ticket.
    #[serde(default)]
    passes_without_tickets: bool,
}

fn cases(json: &str) -> Vec<Case> {
    serde_json::from_str(json).unwrap()
}

fn form(spam: &Value) -> Value {
    json!({
        "key": "demo", "allowed_origins": ["https://example.com"], "honeypot": true, "spam": spam,
        "fields": [
            { "name": "name", "type": "text" }, { "name": "email", "type": "email", "required": true },
            { "name": "phone", "type": "tel" }, { "name": "company", "type": "text" },
            { "name": "message", "type": "textarea" },
        ],
    })
}

fn service(settings: &[(&str, &str)], spam: &Value) -> Memory {
    let memory = Memory::new(settings);
    memory.publish(&form(spam));
    memory
}

fn call(case: &Case, clients: &Value, visitor: &str, ticket: Option<Value>) -> Call {
    let mut values = case.values.clone();
    values.extend(ticket.map(|ticket| ("_ticket".to_owned(), ticket)));
    if let Some(trap) = &case.trap {
        let form = FormDefinition::parse(&form(&json!({})).to_string()).unwrap();
        values.insert(form.honeypot.unwrap(), json!(trap));
    }
    let client = &clients[&case.client];
    let mut call =
        Call::submit(Value::Object(values).to_string()).with("cf-connecting-ip", visitor);
    call = match client["user_agent"].as_str() {
        Some(agent) => call.with("user-agent", agent),
        None => call.without("user-agent"),
    };
    if client["fetch"].as_bool().unwrap() {
        call = call
            .with("sec-fetch-site", "cross-site")
            .with("sec-fetch-mode", "cors");
    }
    call
}

/// The lead of a case, by a service without tickets and with these rules; and whether it is in the spam folder.
fn judged(case: &Case, spam: &Value) -> (Value, bool) {
    judged_with(&[], case, spam).unwrap()
}

/// The same by a service with these settings; `None` for a case that is challenged.
fn judged_with(settings: &[(&str, &str)], case: &Case, spam: &Value) -> Option<(Value, bool)> {
    let clients = include_str!("../fixtures/spam/clients.json");
    let clients: Value = serde_json::from_str(clients).unwrap();
    let memory = service(settings, spam);
    let mut answer = None;
    for visitor in 0..=case.sent_before_by {
        let ticket = case.filled_in_ms.as_u64().and_then(|millis| {
            let asked = Call::new("GET", "/v1/forms/demo/ticket");
            let issued = memory.ask(asked.with("origin", "https://example.com"));
            memory.pass(millis);
            (issued.status == 200).then(|| json(&issued)["ticket"].clone())
        });
        let visitor = format!("192.0.2.{visitor}");
        answer = Some(memory.ask(call(case, &clients, &visitor, ticket)));
    }
    let answer = answer.unwrap();
    if answer.status == 428 {
        assert!(memory.stores.inbox.borrow().len() <= case.sent_before_by.into());
        return None;
    }
    assert_eq!(answer.status, 201, "{}: {}", case.who, answer.body);
    let receipt = json(&answer);
    assert_eq!(receipt["submission"]["status"], json!("stored"));
    let id = receipt["submission"]["id"].as_str().unwrap();
    let is_spam = memory.stores.folder(id) == Some(Folder::Spam);
    Some((memory.lead(id), is_spam))
}

const LEADS: &str = include_str!("../fixtures/spam/leads.json");
const BOTS: &str = include_str!("../fixtures/spam/bots.json");

#[test]
fn no_lead_of_the_corpus_goes_into_the_spam_folder() {
    let leads = cases(LEADS);
    assert_eq!(leads.len(), 60);
    for case in &leads {
        let (lead, is_spam) = judged(case, &json!({}));
        let (score, reasons) = (&lead["spam_score"], &lead["spam"]);
        assert!(!is_spam, "{}: {score} {reasons}", case.who);
        assert_eq!(lead["spam_verdict"], json!("inbox"), "{}", case.who);
    }
}

#[test]
fn robots_of_the_corpus_go_into_the_spam_folder_but_for_those_it_names() {
    let bots = cases(BOTS);
    assert_eq!(bots.len(), 20);
    let mut caught = 0;
    for case in &bots {
        let (lead, is_spam) = judged(case, &json!({}));
        let passes = case.passes || case.passes_without_tickets;
        let (score, reasons) = (&lead["spam_score"], &lead["spam"]);
        assert_eq!(is_spam, !passes, "{}: {score} {reasons}", case.who);
        caught += usize::from(is_spam);
    }
    assert!(caught >= 17, "{caught}");
}

#[test]
fn with_tickets_the_corpus_is_judged_alike_and_one_robot_more_is_caught() {
    const KEY: &[(&str, &str)] = &[("SIGNING_KEY", "0123456789abcdef0123456789abcdef")];
    let strict = &json!({});
    let mut challenged = 0;
    for case in &cases(LEADS) {
        let Some((lead, is_spam)) = judged_with(KEY, case, strict) else {
            panic!("{} is challenged", case.who);
        };
        let (score, reasons) = (&lead["spam_score"], &lead["spam"]);
        assert!(!is_spam, "{}: {score} {reasons}", case.who);
        let reasons = reasons.to_string();
        assert!(!reasons.contains("ticket") && !reasons.contains("filled"));
    }
    for case in &cases(BOTS) {
        let Some((lead, is_spam)) = judged_with(KEY, case, strict) else {
            assert!(!case.passes, "{} is challenged", case.who);
            challenged += 1;
            continue;
        };
        let (score, reasons) = (&lead["spam_score"], &lead["spam"]);
        assert_eq!(is_spam, !case.passes, "{}: {score} {reasons}", case.who);
        let is_missing = reasons.to_string().contains("ticket_missing");
        assert_eq!(is_missing, case.filled_in_ms == "missing", "{}", case.who);
    }
    assert_eq!(challenged, 4, "the others are spam, or named as not caught");
}

#[test]
fn in_shadow_mode_nothing_changes_but_the_score() {
    for case in cases(LEADS).iter().chain(&cases(BOTS)) {
        let (enforced, _) = judged(case, &json!({}));
        let (shadow, is_spam) = judged(case, &json!({ "mode": "shadow" }));
        assert!(!is_spam, "{}", case.who);
        assert_eq!(shadow, enforced, "{}", case.who);
        let (off, is_spam) = judged(case, &json!({ "mode": "off" }));
        assert!(!is_spam, "{}", case.who);
        let spam = [&off["spam"], &off["spam_score"], &off["spam_verdict"]];
        assert_eq!(spam, [&json!([]), &json!(0), &json!(null)]);
    }
}

fn bot() -> Call {
    Call::submit(json!({ "email": "bot@example.com" }).to_string()).with("user-agent", "curl/8.5.0")
}

fn visitor() -> Call {
    Call::submit(json!({ "email": "ada@example.com" }).to_string())
        .with("user-agent", "Mozilla/5.0 Chrome/141.0")
        .with("sec-fetch-mode", "cors")
}

fn id_of(memory: &Memory, call: Call, status: &str) -> String {
    let answer = memory.ask(call);
    let receipt = json(&answer);
    assert_eq!(
        receipt["submission"]["status"],
        json!(status),
        "{}",
        answer.body
    );
    receipt["submission"]["id"].as_str().unwrap().to_owned()
}

const CORE: &[(&str, &str)] = &[("CORE_URL", "https://core.test/{form}")];

fn core_up(memory: &Memory) {
    let response = CoreResponse {
        status: 201,
        ..CoreResponse::default()
    };
    memory.stores.core_response.borrow_mut().push_back(response);
}

#[test]
fn with_a_core_spam_is_stored_and_reaches_the_core_only_when_the_owner_says_so() {
    let memory = service(CORE, &json!({}));
    let id = id_of(&memory, bot().with("idempotency-key", "k7"), "stored");
    assert_eq!(memory.stores.folder(&id), Some(Folder::Spam));
    let requests = || memory.stores.core_requests.borrow().len();
    assert_eq!(block_on(redrive(&memory)), 0);
    assert_eq!((requests(), memory.stores.outbox.borrow().len()), (0, 0));

    assert_eq!(block_on(admin::not_spam(&memory, &[&id], &[])), Ok(1));
    assert_eq!(
        block_on(admin::not_spam(&memory, &[&id], &[])),
        Ok(0),
        "once"
    );
    assert_eq!(memory.stores.folder(&id), None);
    assert_eq!(block_on(redrive(&memory)), 1);
    assert_eq!(block_on(redrive(&memory)), 0);
    core_up(&memory);
    memory.deliver_next().unwrap();
    let requests = memory.stores.core_requests.borrow();
    let [request] = requests.as_slice() else {
        panic!("{}", requests.len())
    };
    let key = ("Idempotency-Key", "k7".to_owned());
    assert!(request.headers.contains(&key));
    let lead: Value = serde_json::from_str(&request.body).unwrap();
    let found = (&lead["id"], &lead["spam"]);
    assert_eq!(found, (&json!(id), &json!(["automation"])));
    assert!(memory.stores.outbox.borrow().is_empty() && memory.stores.dead.borrow().is_empty());
    drop(requests);

    // A copy that the outbox delivers late does not go into the spam folder again, nor does the visitor's repetition.
    assert_eq!(
        id_of(&memory, bot().with("idempotency-key", "k7"), "stored"),
        id
    );
    assert_eq!(memory.stores.folder(&id), None);
}

#[test]
fn without_a_core_a_lead_that_is_not_spam_goes_into_the_inbox() {
    let memory = service(&[], &json!({}));
    let id = id_of(&memory, bot(), "stored");
    let mark_spam = || block_on(admin::mark_spam(&memory, &id));
    assert_eq!(mark_spam(), Ok(false), "it is there");
    assert_eq!(block_on(admin::not_spam(&memory, &[&id], &[])), Ok(1));
    assert_eq!(block_on(redrive(&memory)), 1);
    memory.deliver_next().unwrap();
    assert_eq!(memory.stores.folder(&id), Some(Folder::Inbox));
    assert!(memory.stores.outbox.borrow().is_empty());
    assert_eq!(mark_spam(), Ok(true));
    assert_eq!(memory.stores.folder(&id), Some(Folder::Spam));
}

#[test]
fn spam_that_the_database_refuses_waits_in_the_outbox_and_never_reaches_the_core() {
    let memory = service(CORE, &json!({}));
    memory.stores.is_inbox_down.set(true);
    let id = id_of(&memory, bot(), "queued");
    memory.deliver_next().unwrap();
    assert_eq!(memory.stores.outbox.borrow().len(), 1, "tried again later");
    memory.stores.is_inbox_down.set(false);
    memory.deliver_next().unwrap();
    assert_eq!(memory.stores.folder(&id), Some(Folder::Spam));
    assert!(memory.stores.core_requests.borrow().is_empty());
}

#[test]
fn with_a_core_and_no_database_spam_is_delivered_with_its_score() {
    let bindings = Bindings {
        leads: false,
        ..Bindings::ALL
    };
    let stores = Memory::new(&[]).stores;
    let memory = Memory::start_with(stores, Owner(0), CORE, Direct, bindings);
    memory.publish(&form(&json!({})));
    core_up(&memory);
    id_of(&memory, bot(), "delivered");
    let requests = memory.stores.core_requests.borrow();
    let lead: Value = serde_json::from_str(&requests[0].body).unwrap();
    let spam = [&lead["spam"], &lead["spam_score"], &lead["spam_verdict"]];
    assert_eq!(spam, [&json!(["automation"]), &json!(5), &json!("spam")]);
}

#[test]
fn a_form_may_change_weights_and_thresholds() {
    for (spam, folder) in [
        (json!({ "weights": { "automation": 0 } }), Folder::Inbox),
        (json!({ "weights": { "automation": 2 } }), Folder::Inbox),
        (json!({ "spam_at": 9, "challenge_at": 9 }), Folder::Inbox),
        (json!({ "spam_at": 9 }), Folder::Spam),
    ] {
        let memory = service(&[], &spam);
        let id = id_of(&memory, bot(), "stored");
        assert_eq!(memory.stores.folder(&id), Some(folder), "{spam}");
        let id = id_of(&memory, visitor(), "stored");
        assert_eq!(memory.stores.folder(&id), Some(Folder::Inbox), "{spam}");
    }
}

#[test]
fn a_text_that_the_form_itself_fills_in_is_not_repeated() {
    let memory = Memory::new(&[]);
    let text = "I am interested in this flat. Please send me an appointment.";
    let mut form = form(&json!({}));
    form["fields"][4]["value"] = json!(text);
    memory.publish(&form);
    for visitor in 0..5 {
        let values = json!({ "email": "ada@example.com", "message": text });
        let call = Call::submit(values.to_string()).with("user-agent", "w3m/0.5");
        let call = call.with("cf-connecting-ip", &format!("192.0.2.{visitor}"));
        let id = id_of(&memory, call, "stored");
        assert_eq!(memory.lead(&id)["spam"], json!([]));
    }
}
