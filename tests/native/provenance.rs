//! Where a lead came from: what the edge observed and what the page claimed.

use std::fs;

use formgate::submission::CAMPAIGN_NAMES;
use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, json};

const KEY: (&str, &str) = ("SIGNING_KEY", "0123456789abcdef0123456789abcdef");
const PAGE: &str = "https://example.com/pricing";

fn service(settings: &[(&str, &str)], attributes: Value) -> Memory {
    let memory = Memory::new(settings);
    let mut form = demo();
    let attributes = attributes.as_object().unwrap().clone();
    form.as_object_mut().unwrap().extend(attributes);
    memory.publish(&form);
    memory
}

fn lead_of(memory: &Memory, call: Call) -> Value {
    let response = memory.ask(call);
    assert_eq!(response.status, 201, "{}", response.body);
    memory.lead(json(&response)["submission"]["id"].as_str().unwrap())
}

fn submit(more: Value) -> Call {
    let mut body = json!({ "name": "Ada", "email": "ada@example.com" });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    Call::submit(body.to_string())
}

#[test]
fn a_lead_has_what_the_edge_observed_and_what_the_page_claims() {
    let memory = service(&[], json!({}));
    let sent = submit(json!({
        "_page": PAGE, "_referrer": "https://search.example/",
        "_first_touch": "at=2026-11-20T10:00:00.000Z&page=https%3A%2F%2Fexample.com%2F&utm_source=news",
        "_last_touch": "at=2026-11-24T20:00:00.000Z&gclid=abc",
    }));
    let sent = sent
        .with("referer", "https://example.com/")
        .with("sec-fetch-site", "cross-site")
        .with("sec-fetch-mode", "cors")
        .with("sec-fetch-dest", "empty");
    let lead = lead_of(&memory, sent);
    let observed = &lead["provenance"]["observed"];
    for (name, value) in [
        ("origin", "https://example.com"),
        ("country", "AT"),
        ("referer", "https://example.com/"),
        ("sec_fetch_site", "cross-site"),
        ("sec_fetch_mode", "cors"),
        ("sec_fetch_dest", "empty"),
    ] {
        assert_eq!(observed[name], value, "{name}");
    }
    assert_eq!(
        lead["provenance"]["claimed"],
        json!({
            "page": PAGE, "referrer": "https://search.example/",
            "first_touch": {
                "at": "2026-11-20T10:00:00.000Z", "page": "https://example.com/",
                "parameters": { "utm_source": "news" },
            },
            "last_touch": { "at": "2026-11-24T20:00:00.000Z", "parameters": { "gclid": "abc" } },
        })
    );
    assert_eq!(
        (&lead["extras"], &lead["warnings"]),
        (&json!({}), &json!([]))
    );
}

#[test]
fn an_unusable_claim_is_kept_and_refuses_nothing() {
    for unknown_fields in ["keep", "refuse"] {
        let memory = service(&[], json!({ "unknown_fields": unknown_fields }));
        let lead = lead_of(
            &memory,
            submit(json!({ "_page": "about:blank", "_last_touch": { "a": 1 } })),
        );
        assert_eq!(
            lead["extras"],
            json!({ "_page": "about:blank", "_last_touch": "{\"a\":1}" })
        );
        let codes: Vec<&Value> = lead["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|w| &w["code"])
            .collect();
        assert_eq!(codes, ["claim_unusable", "claim_unusable"]);
        assert_eq!(lead["provenance"]["claimed"]["page"], Value::Null);
    }
}

#[test]
fn the_same_values_are_one_lead_whatever_the_attribution() {
    let memory = service(&[], json!({}));
    let keyed = |more| memory.ask(submit(more).with("idempotency-key", "k-1"));
    let first = keyed(json!({ "_page": PAGE }));
    let again = keyed(json!({ "_page": "about:blank", "_referrer": "https://example.com/" }));
    assert_eq!(
        (again.status, &json(&again)["submission"]),
        (201, &json(&first)["submission"])
    );
    assert_eq!(memory.stores.inbox.borrow().len(), 1);
}

#[test]
fn a_visitor_is_a_keyed_hash_unless_the_form_sets_another_mode() {
    let observed = |settings: &[(&str, &str)], attributes| {
        let memory = service(settings, attributes);
        let lead = lead_of(&memory, submit(json!({})));
        assert!(!memory.logged().contains("192.0.2.1"));
        let observed = &lead["provenance"]["observed"];
        (
            observed["visitor_hash"].as_str().map(str::to_owned),
            observed["visitor_address"].as_str().map(str::to_owned),
        )
    };
    let (hash, address) = observed(&[KEY], json!({}));
    assert_eq!((hash.unwrap().len(), address), (32, None));
    let full = observed(&[KEY], json!({ "visitor_address": "full" }));
    assert_eq!(full, (None, Some("192.0.2.1".to_owned())));
    assert_eq!(
        observed(&[KEY], json!({ "visitor_address": "none" })),
        (None, None)
    );
    // A hash without a key could be reversed by hashing all addresses.
    assert_eq!(observed(&[], json!({})), (None, None));
}

#[test]
fn a_filled_honeypot_is_marked_and_not_refused() {
    let memory = service(&[], json!({ "honeypot": "website" }));
    let lead = lead_of(
        &memory,
        submit(json!({ "website": "https://spam.example" })),
    );
    assert_eq!(
        (&lead["spam"], &lead["extras"]),
        (&json!(["honeypot"]), &json!({}))
    );
    for untouched in [json!({}), json!({ "website": "" })] {
        assert_eq!(lead_of(&memory, submit(untouched))["spam"], json!([]));
    }
}

#[test]
fn the_hosted_page_sends_where_its_visitor_came_from() {
    let memory = service(&[], json!({}));
    let path = "/f/demo?utm_source=a%22%3E%3Cb&token=s3cret";
    let page = memory.ask(Call::new("GET", path).with("referer", "https://mail.example/"));
    assert_eq!(page.status, 200);
    for (name, value) in [
        ("_page", "https://forms.test/f/demo"),
        ("_referrer", "https://mail.example/"),
        ("_last_touch", "at="),
    ] {
        let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}");
        assert!(page.body.contains(&start), "{name}: {}", page.body);
    }
    assert!(page.body.contains("utm_source=a%22%3E%3Cb\"") && !page.body.contains("s3cret"));
    // The page of a refused form has the same values.
    let refused = memory.ask(
        Call::new("POST", "/f/demo")
            .with("origin", "https://forms.test")
            .with("accept", "text/html")
            .with("content-type", "application/x-www-form-urlencoded")
            .body("email=x&_page=https%3A%2F%2Fforms.test%2Ff%2Fdemo&_last_touch=gclid%3D%22"),
    );
    assert_eq!(refused.status, 400);
    assert!(
        refused
            .body
            .contains("name=\"_page\" value=\"https://forms.test/f/demo\"")
    );
    assert!(
        refused
            .body
            .contains("name=\"_last_touch\" value=\"gclid=&quot;\"")
    );
}

#[test]
fn the_widget_sends_the_parameters_the_edge_takes() {
    let widget = fs::read_to_string("www/widget/attribution.js").unwrap();
    let (_, list) = widget.split_once("const CAMPAIGN = [").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    let names: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(names, CAMPAIGN_NAMES);
}
