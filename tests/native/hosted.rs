//! The hosted page, as a browser without JavaScript uses it.

use formgate::admin::columns;
use formgate::form::{FormDefinition, FormKey};
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::forms::{demo, service};
use crate::memory::{Call, Memory};

const ACCEPT: &str = "text/html,application/xhtml+xml";

fn post(body: &str) -> Call {
    Call::new("POST", "/f/demo")
        .with("accept", ACCEPT)
        .with("origin", "https://forms.test")
        .with("content-type", "application/x-www-form-urlencoded")
        .body(body)
}

#[test]
fn an_accepted_form_redirects_to_the_thank_you_page() {
    let memory = service();
    let page = memory.ask(Call::new("GET", "/f/demo"));
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("<form action=\"/f/demo?send=1\" method=\"post\"")
    );
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(
        policy.ends_with("frame-ancestors 'self' https://example.com https://*.example.com"),
        "{policy}"
    );
    let sent = memory.ask(post("name=Ada&email=ada%40example.com"));
    assert_eq!(
        (sent.status, sent.header("Location")),
        (303, Some("/f/demo?submitted=1"))
    );
    let thanks = memory.ask(Call::new("GET", "/f/demo?submitted=1"));
    assert!(thanks.body.contains("<h1>Thanks!</h1>"), "{}", thanks.body);
    assert_eq!(memory.stores.inbox.borrow().len(), 1);
}

#[test]
fn the_query_fills_in_the_fields_that_allow_it() {
    let memory = service();
    let mut form = demo();
    form["fields"] = json!([
        { "name": "plan", "type": "text", "prefill": true },
        { "name": "size", "type": "select", "options": [{ "value": "1" }, { "value": "2" }], "prefill": true },
        { "name": "src", "type": "hidden", "value": "web", "prefill": true },
        { "name": "other", "type": "text", "value": "kept", "prefill": true },
        { "name": "note", "type": "text" },
    ]);
    memory.publish(&form);
    let query = "plan=pro+%3Cb%3E&size=2&src=ad&note=evil&plan=second";
    let page = memory.ask(Call::new("GET", &format!("/f/demo?{query}")));
    for expected in [
        "value=\"pro &lt;b&gt;\"",
        "<option value=\"2\" selected>",
        "name=\"src\" value=\"ad\"",
        "value=\"kept\"",
    ] {
        assert!(page.body.contains(expected), "{expected}\n{}", page.body);
    }
    assert!(!page.body.contains("evil"), "{}", page.body);
}

#[test]
fn a_redirect_of_the_form_is_followed() {
    let memory = service();
    let mut form = demo();
    form["on_success"] = json!({ "redirect": "https://example.com/thanks" });
    memory.publish(&form);
    let sent = memory.ask(post("name=Ada&email=ada%40example.com"));
    assert_eq!(sent.header("Location"), Some("https://example.com/thanks"));
}

#[test]
fn a_refused_form_is_shown_again_with_what_was_typed() {
    let memory = service();
    let mut form = demo();
    form["rate_limits"][1]["quota"] = json!(2);
    memory.publish(&form);
    let invalid = memory.ask(post("name=Ada&email=nonsense"));
    assert_eq!(invalid.status, 400);
    assert!(invalid.body.contains("<title>Error: Demo</title>"));
    assert!(invalid.body.contains("value=\"nonsense\"") && invalid.body.contains("#field-email"));
    memory.stores.is_down.set(true);
    let unavailable = memory.ask(post("name=Ada&email=ada%40example.com"));
    assert_eq!(unavailable.status, 503);
    assert!(unavailable.header("Retry-After").is_some());
    assert!(
        unavailable.body.contains("value=\"Ada\"") && unavailable.body.contains("Nothing was lost")
    );
    let limited = memory.ask(post("name=Ada&email=ada%40example.com"));
    assert_eq!(limited.status, 429);
    assert!(
        limited.body.contains("value=\"Ada\"") && limited.body.contains("Nothing was lost. Wait")
    );
}

#[test]
fn a_foreign_page_gets_no_form_to_send() {
    let response = service().ask(post("name=Ada&email=a%40b").with("origin", "https://evil.net"));
    assert_eq!(response.status, 400);
    assert!(
        !response.body.contains("<form") && response.body.contains("cannot be sent from that page")
    );
}

#[test]
fn a_plain_form_on_an_allowed_page_may_post_to_either_address() {
    for path in ["/f/demo", "/v1/forms/demo/submissions"] {
        let memory = service();
        let call = Call::new("POST", path)
            .with("accept", ACCEPT)
            .with("origin", "https://www.example.com")
            .with("content-type", "application/x-www-form-urlencoded")
            .body("name=Ada&email=ada%40example.com");
        assert_eq!(memory.ask(call).status, 303, "{path}");
        assert_eq!(memory.stores.inbox.borrow().len(), 1);
    }
}

#[test]
fn an_unknown_form_is_answered_with_a_page() {
    let response = service().ask(Call::new("GET", "/f/none").with("accept", ACCEPT));
    assert_eq!(response.status, 404);
    assert!(response.body.starts_with("<!DOCTYPE html>") && response.body.contains("not found"));
}

#[test]
fn an_unknown_path_is_answered_with_a_page_in_a_browser() {
    let response = service().ask(Call::new("GET", "/nothing").with("accept", ACCEPT));
    assert_eq!(response.status, 404);
    assert!(response.body.contains("<h1>There is nothing here</h1>"));
    let response = service().ask(Call::new("PUT", "/f/demo").with("accept", ACCEPT));
    assert_eq!(
        (response.status, response.header("Allow")),
        (405, Some("GET, HEAD, POST"))
    );
}

#[test]
fn a_refused_form_is_shown_in_the_version_the_visitor_saw() {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["rate_limits"] =
        json!([{ "name": "visitor", "quota": 1, "window_s": 60, "partition": "visitor" }]);
    memory.publish(&form);
    form["version"] = json!(4);
    form["fields"] = json!([{ "name": "other", "type": "text" }]);
    memory.publish(&form);
    let invalid = memory.ask(post("name=Ada&email=no-address&_version=3"));
    let limited = memory.ask(post("name=Ada&email=no-address&_version=3"));
    assert_eq!((invalid.status, limited.status), (400, 429));
    for page in [invalid, limited] {
        assert!(
            page.body.contains("value=\"Ada\"")
                && page.body.contains("name=\"_version\" value=\"3\"")
        );
    }
    let reads = memory.stores.form_reads.get();
    memory.ask(post("name=Ada&_version=99"));
    assert_eq!(
        memory.stores.form_reads.get(),
        reads,
        "a flood with made-up versions costs no KV"
    );
}

/// The idempotency key in a page.
fn key_in(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"_key\" value=\"").unwrap();
    rest.split_once('"').unwrap().0
}

#[test]
fn a_form_that_is_sent_twice_is_one_lead() {
    let memory = service();
    let page = memory.ask(Call::new("GET", "/f/demo")).body;
    let key = key_in(&page).to_owned();
    assert_ne!(
        key,
        key_in(&memory.ask(Call::new("GET", "/f/demo")).body),
        "each page has its own"
    );
    let send = |name: &str| {
        memory.ask(post(&format!(
            "name={name}&email=ada%40example.com&_key={key}"
        )))
    };
    for _ in 0..3 {
        assert_eq!(send("Ada").status, 303);
    }
    assert_eq!(memory.stores.inbox.borrow().len(), 1);
    let corrected = send("Adele");
    assert_eq!(corrected.status, 422);
    assert!(
        corrected.body.contains("value=\"Adele\""),
        "nothing typed is lost"
    );
    assert!(
        corrected
            .body
            .contains("answers were received. Send it again")
    );
    let new = key_in(&corrected.body);
    assert_ne!(new, key);
    let again = memory.ask(post(&format!(
        "name=Adele&email=ada%40example.com&_key={new}"
    )));
    assert_eq!((again.status, memory.stores.inbox.borrow().len()), (303, 2));
}

#[test]
fn a_form_that_is_shown_again_keeps_its_key() {
    let memory = service();
    let refused = memory.ask(post("name=&email=&_key=k-1"));
    assert_eq!((refused.status, key_in(&refused.body)), (400, "k-1"));
    let odd = memory.ask(post("name=&email=&_key=%22%3E%3Cscript%3E"));
    assert!(!odd.body.contains("<script>"), "{}", odd.body);
}

#[test]
fn the_back_button_shows_the_page_that_was_sent() {
    let memory = service();
    let kept = |call: Call| {
        let response = memory.ask(call);
        response.header("Cache-Control").map(str::to_owned)
    };
    let page = memory.ask(Call::new("GET", "/f/demo"));
    assert_eq!(page.header("Cache-Control"), Some("private, no-cache"));
    let (_, rest) = page.body.split_once("<form action=\"").unwrap();
    let (action, _) = rest.split_once('"').unwrap();
    assert!(
        action != "/f/demo" && action.starts_with("/f/demo?"),
        "caches forget what is under the address of an accepted POST: {action}"
    );
    for body in ["name=Ada&email=ada%40example.com", "name=&email="] {
        let call = Call::new("POST", action)
            .with("accept", ACCEPT)
            .with("origin", "https://forms.test")
            .with("content-type", "application/x-www-form-urlencoded")
            .body(body);
        assert_eq!(kept(call).as_deref(), Some("no-store"), "{body}");
    }
    let thanks = Call::new("GET", "/f/demo?submitted=1");
    assert_eq!(kept(thanks).as_deref(), Some("no-store"));
}

#[test]
fn several_of_a_list_and_sections_reach_the_lead_and_the_export() {
    let memory = service();
    let mut form = demo();
    form["fields"] = json!([
        { "type": "heading", "label": "You" },
        { "name": "email", "type": "email", "required": true },
        { "type": "heading", "label": "Your wishes" },
        { "name": "topics", "type": "checkboxes", "required": true, "options": [{ "value": "a" }, { "value": "b" }] },
        { "name": "news", "type": "consent", "required": false, "text": "Write to me, see [how](https://example.com/how)" },
    ]);
    memory.publish(&form);
    assert_eq!(memory.ask(post("email=ada%40example.com")).status, 400);
    let sent = memory.ask(post("email=ada%40example.com&topics=b&topics=a&news=on"));
    assert_eq!(sent.status, 303);
    let other = memory.ask(post("email=bob%40example.com&topics=a"));
    assert_eq!(other.status, 303);
    let inbox = memory.stores.inbox.borrow();
    let mut leads: Vec<Value> = inbox
        .values()
        .map(|queued| serde_json::from_str(&queued.lead).unwrap())
        .collect();
    leads.sort_by_key(|lead| lead["fields"]["email"].to_string());
    assert_eq!(
        leads[0]["fields"],
        json!({ "email": "ada@example.com", "topics": ["b", "a"], "news": "on" })
    );
    let text = "Write to me, see [how](https://example.com/how)";
    assert_eq!(
        (
            &leads[0]["consents"][0]["field"],
            &leads[0]["consents"][0]["text"]
        ),
        (&json!("news"), &json!(text)),
        "an optional consent that was given is on record"
    );
    assert_eq!(
        leads[1]["consents"],
        json!([]),
        "and one that was not is not"
    );
    drop(inbox);
    let definition = FormDefinition::parse(&form.to_string()).unwrap();
    let key = FormKey::parse("demo").unwrap();
    let columns = block_on(columns(&memory, &key, Some(&definition))).unwrap();
    assert_eq!(columns, ["email", "topics", "news"]);
}
