//! Requests as real clients send them: each is accepted, with the meaning its sender intended.

use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, json as body_of};

const URLENCODED: &str = "application/x-www-form-urlencoded";

fn service(fields: &Value) -> Memory {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["fields"] = fields.clone();
    memory.publish(&form);
    memory
}

/// The lead of a submission that must be accepted.
#[track_caller]
fn lead_of(memory: &Memory, call: Call) -> Value {
    let response = memory.ask(call);
    assert_eq!(response.status, 201, "{}", response.body);
    let id = body_of(&response)["submission"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    memory.lead(&id)
}

fn urlencoded(body: &str) -> Call {
    Call::submit(body).with("content-type", URLENCODED)
}

#[test]
fn content_types_of_many_libraries() {
    let memory = service(&json!([{ "name": "name", "type": "text", "required": true }]));
    let part = "--b\r\nContent-Disposition: form-data; name=name\r\n\r\nAda\r\n--b--";
    for (content_type, body) in [
        ("application/json; charset=utf8", "{\"name\":\"Ada\"}"),
        ("application/json; charset=us-ascii", "{\"name\":\"Ada\"}"),
        ("application/json; charset=ISO-8859-1", "{\"name\":\"Ada\"}"),
        ("application/json, application/json", "{\"name\":\"Ada\"}"),
        ("application/json", "\u{feff}{\"name\":\"Ada\"}"),
        (URLENCODED, "\u{feff}name=Ada"),
        (URLENCODED, "%EF%BB%BFname=Ada"),
        ("multipart/form-data", part),
        (
            "multipart/form-data; boundary=b",
            &format!("\u{feff}{part}"),
        ),
    ] {
        let call = Call::submit(body).with("content-type", content_type);
        assert_eq!(
            lead_of(&memory, call)["fields"],
            json!({ "name": "Ada" }),
            "{content_type}"
        );
    }
    for (content_type, reason) in [
        ("", "media_type_missing"),
        ("text/plain", "media_type_unknown"),
        ("application/json; charset=utf-16", "charset_unsupported"),
        (
            "application/json, multipart/form-data; boundary=b",
            "media_types_differ",
        ),
    ] {
        let response = memory.ask(Call::submit("{}").with("content-type", content_type));
        assert_eq!(response.status, 415);
        assert_eq!(
            body_of(&response)["error"]["details"]["reason"],
            reason,
            "{content_type}"
        );
    }
    let response = memory.ask(Call::submit("{}").with("content-encoding", "gzip"));
    assert_eq!(
        body_of(&response)["error"]["details"]["reason"],
        "content_encoded"
    );
}

fn topics() -> Value {
    json!([
        { "name": "topics", "type": "select", "multiple": true, "options": [{ "value": "a" }, { "value": "b" }] },
        { "name": "size", "type": "radio", "required": true, "options": [{ "value": "s" }] },
    ])
}

#[test]
fn names_with_brackets_belong_to_the_field_and_to_the_same_submission() {
    let memory = service(&topics());
    let mut leads = Vec::new();
    for call in [
        urlencoded("topics=a&topics=b&size=s"),
        urlencoded("topics[]=a&topics[]=b&size[]=s"),
        urlencoded("topics%5B0%5D=a&topics%5B1%5D=b&size=s"),
        Call::submit(r#"{"topics[]":["a","b"],"size":"s"}"#),
        Call::submit(r#"{"topics[0]":"a","topics[1]":"b","size":"s"}"#),
    ] {
        let lead = lead_of(&memory, call.with("idempotency-key", "k-1"));
        assert_eq!(lead["fields"], json!({ "topics": ["a", "b"], "size": "s" }));
        assert_eq!(
            (&lead["extras"], &lead["warnings"]),
            (&json!({}), &json!([]))
        );
        leads.push(lead["id"].clone());
    }
    leads.dedup();
    assert_eq!(
        leads.len(),
        1,
        "one lead: the same answers under the same key"
    );
}

#[test]
fn brackets_are_read_by_the_version_seen_and_shown_again_on_the_page() {
    let memory = service(&topics());
    let mut form = demo();
    form["version"] = json!(4);
    form["fields"] = json!([{ "name": "topics[]", "type": "text" }]);
    memory.publish(&form);
    let lead = lead_of(&memory, urlencoded("topics[]=a&size=s&_version=3"));
    assert_eq!(lead["fields"]["topics"], json!(["a"]));
    let lead = lead_of(&memory, urlencoded("topics[]=a&_version=4"));
    assert_eq!(lead["fields"], json!({ "topics[]": "a" }));
    let page = memory.ask(
        Call::new("POST", "/f/demo")
            .with("accept", "text/html")
            .with("origin", "https://forms.test")
            .with("content-type", URLENCODED)
            .body("topics[]=b&_version=3"),
    );
    assert_eq!(page.status, 400);
    assert!(
        page.body.contains("<option value=\"b\" selected>"),
        "{}",
        page.body
    );
}

#[test]
fn a_checkbox_is_ticked_by_every_usual_value() {
    let memory = service(&json!([
        { "name": "agree", "type": "checkbox" },
        { "name": "terms", "type": "consent", "text": "I agree" },
    ]));
    for (call, agree) in [
        (urlencoded("agree=0&agree=on&terms=yes"), json!("on")),
        (urlencoded("agree=0&agree=1&terms=true"), json!("on")),
        (urlencoded("agree=0&terms=1"), Value::Null),
        (urlencoded("agree=&terms=on"), Value::Null),
        (
            Call::submit(r#"{"agree":"true","terms":"true"}"#),
            json!("on"),
        ),
        (Call::submit(r#"{"agree":1,"terms":true}"#), json!("on")),
        (Call::submit(r#"{"agree":false,"terms":1}"#), Value::Null),
        (Call::submit(r#"{"agree":null,"terms":"yes"}"#), Value::Null),
    ] {
        let lead = lead_of(&memory, call);
        assert_eq!(
            (&lead["fields"]["agree"], &lead["fields"]["terms"]),
            (&agree, &json!("on"))
        );
        assert_eq!(lead["consents"][0]["text"], "I agree");
    }
    let refused = memory.ask(urlencoded("terms=0"));
    assert_eq!(
        body_of(&refused)["error"]["details"]["errors"][0]["code"],
        "value_missing"
    );
}

#[test]
fn an_optional_consent_is_recorded_when_it_is_given() {
    let memory = service(&json!([
        { "name": "news", "type": "consent", "text": "Send me news", "required": false },
        { "name": "terms", "type": "consent", "text": "I agree" },
    ]));
    let definition = memory.ask(Call::new("GET", "/v1/forms/demo"));
    let fields = &body_of(&definition)["fields"];
    assert_eq!(
        (&fields[0]["required"], &fields[1]["required"]),
        (&Value::Null, &json!(true))
    );
    for (body, agreed) in [
        (r#"{"terms":"on"}"#, vec!["terms"]),
        (r#"{"terms":"on","news":"off"}"#, vec!["terms"]),
        (r#"{"terms":"on","news":"on"}"#, vec!["news", "terms"]),
    ] {
        let lead = lead_of(&memory, Call::submit(body));
        let consents = lead["consents"].as_array().unwrap();
        let fields: Vec<&str> = consents
            .iter()
            .map(|consent| consent["field"].as_str().unwrap())
            .collect();
        assert_eq!(fields, agreed, "{body}");
        assert!(
            consents
                .iter()
                .all(|consent| consent["sha256"].as_str().unwrap().len() == 64)
        );
    }
}

#[test]
fn extras_and_attribution_are_within_a_budget() {
    let memory = service(&json!([{ "name": "note", "type": "textarea" }]));
    let unknown: String = (0..990)
        .map(|index| format!("&{index:03}={}", "%01\"".repeat(20)))
        .collect();
    let lead = lead_of(
        &memory,
        urlencoded(&format!("note=typed%0D%0Atwice%00{unknown}")),
    );
    assert_eq!(lead["fields"], json!({ "note": "typed\ntwice" }));
    let warnings = lead["warnings"].as_array().unwrap();
    assert_eq!(
        (lead["extras"].as_object().unwrap().len(), warnings.len()),
        (32, 33)
    );
    assert_eq!(warnings[32]["code"], "extras_left_out");
    assert!(
        lead.to_string().len() < 10_000,
        "{}",
        lead.to_string().len()
    );
    // The attribution counts against the budget too.
    let attribution = format!(
        "_page=x{0}&_referrer=x{0}&_first_touch=x{0}&_last_touch=x{0}",
        "%22".repeat(5_000)
    );
    let lead = lead_of(&memory, urlencoded(&attribution));
    assert!(
        lead.to_string().len() < 20_000,
        "{}",
        lead.to_string().len()
    );
    // A control character takes six bytes in JSON.
    let touch = format!("_last_touch=utm_source%3D{}", "%2501".repeat(300));
    assert_eq!(
        lead_of(&memory, urlencoded(&touch))["warnings"][0]["code"],
        "claim_unusable"
    );
}

#[test]
fn a_lead_over_the_largest_size_is_refused() {
    let text = "\"".repeat(3_000);
    let memory = service(&json!([
        { "name": "a", "type": "textarea" }, { "name": "b", "type": "textarea" },
        { "name": "c", "type": "textarea" }, { "name": "d", "type": "textarea" },
        { "name": "terms", "type": "consent", "text": text },
    ]));
    let call = |quotes: usize, more: &str| {
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
        };
        let long = "\"".repeat(32_000);
        let last = "\"".repeat(quotes) + more;
        let parts = [
            ("a", &*long),
            ("b", &*long),
            ("c", &*long),
            ("d", &*last),
            ("terms", "on"),
        ];
        let body: String = parts
            .iter()
            .map(|(name, value)| part(name, value))
            .collect();
        Call::submit(body + "--b--").with("content-type", "multipart/form-data; boundary=b")
    };
    let size = |call| lead_of(&memory, call).to_string().len();
    let left = 262_144 - size(call(30_000, ""));
    let (quotes, more) = (30_000 + left / 2, if left % 2 == 1 { "x" } else { "" });
    assert_eq!(size(call(quotes, more)), 262_144);
    let before = memory.stores.inbox.borrow().len();
    let refused = memory.ask(call(quotes, &format!("{more}x")));
    assert_eq!(refused.status, 413);
    assert_eq!(
        body_of(&refused)["error"]["details"]["limit_bytes"],
        262_144
    );
    assert_eq!(memory.stores.inbox.borrow().len(), before);
}

#[test]
fn an_email_address_is_accepted_as_firefox_sends_it_and_without_pasted_invisible_characters() {
    let memory = service(&json!([{ "name": "email", "type": "email" }]));
    for (sent, stored) in [
        ("ada@exam\u{200b}ple.com\u{feff}", "ada@example.com"),
        ("ada@exam\u{ad}ple.com", "ada@example.com"),
        ("ada@ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),
        ("ada@straße.de", "ada@xn--strae-oqa.de"),
        ("ada@σοφός.gr", "ada@xn--0xagbn4a.gr"),
        ("ada@हिन्दी.in", "ada@हिन्दी.in"),
    ] {
        let lead = lead_of(&memory, Call::submit(json!({ "email": sent }).to_string()));
        assert_eq!(lead["fields"]["email"], stored);
    }
}

#[test]
fn an_invalid_number_is_shown_again_as_typed() {
    let memory = service(&json!([{ "name": "people", "type": "number", "label": "People" }]));
    let send = |value: &str| {
        memory.ask(
            Call::new("POST", "/f/demo")
                .with("accept", "text/html")
                .with("origin", "https://forms.test")
                .with("content-type", URLENCODED)
                .body(format!("people={value}")),
        )
    };
    for (sent, shown) in [("1%2C50", "1,50"), ("12+people", "12 people")] {
        let page = send(sent);
        assert_eq!(page.status, 400);
        assert!(
            page.body.contains(&format!(" value=\"{shown}\"")),
            "{}",
            page.body
        );
        assert!(
            page.body
                .contains("People must be a number, like 12 or 1.5")
        );
    }
    for sent in ["+12+", "1%2C500"] {
        assert_eq!(send(sent).status, 303, "{sent}");
    }
    let leads = memory.stores.inbox.borrow();
    let has = |people: &str| leads.values().any(|queued| queued.lead.contains(people));
    assert!(has(r#""people":"12""#) && has(r#""people":"1500""#));
}
