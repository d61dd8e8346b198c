//! The version of the form that a submission is checked against.

use serde_json::{Value, json};

use crate::forms::{demo, service};
use crate::memory::{Call, Memory, json};

#[test]
fn a_submission_is_checked_against_the_version_that_was_seen() {
    let memory = service();
    let mut form = demo();
    form["fields"][2] =
        json!({ "name": "note", "type": "consent", "text": "I agree to B", "value": "yes" });
    form["version"] = json!(4);
    memory.publish(&form);
    let lead = |body: Value| {
        let response = memory.ask(Call::submit(body.to_string()));
        let receipt = json(&response);
        let id = receipt["submission"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{receipt}"));
        (memory.lead(id), receipt["warnings"].clone())
    };
    let sent = |note: &str, version: Value| json!({ "name": "Ada", "email": "a@b", "note": note, "_version": version });

    let (old, warnings) = lead(sent("hello", json!(3)));
    assert_eq!(
        (&old["form"]["version"], &old["fields"]["note"]),
        (&json!(3), &json!("hello"))
    );
    assert_eq!((&old["consents"], &warnings), (&json!([]), &Value::Null));
    let (new, _) = lead(sent("yes", json!("4")));
    assert_eq!(new["form"]["version"], 4);
    assert_eq!(
        new["consents"],
        json!([{
            "field": "note", "text": "I agree to B",
            "sha256": "509f6bfc2423e4821379f16e650738515e7ebf733bdebd49c4f0cd29610172a6",
        }])
    );
    for (version, code) in [
        (json!(99), "version_unknown"),
        (json!("x"), "version_malformed"),
        (json!(0), "version_malformed"),
    ] {
        let (lead, warnings) = lead(sent("yes", version.clone()));
        assert_eq!(lead["form"]["version"], 4);
        assert_eq!(
            (&warnings[0]["code"], &lead["warnings"]),
            (&json!(code), &warnings)
        );
        let text = version
            .as_str()
            .map_or_else(|| version.to_string(), str::to_owned);
        assert_eq!(lead["extras"]["_version"], text);
    }
}

#[test]
fn an_unreadable_version_is_replaced_by_the_current_one() {
    let memory = service();
    memory.ask(Call::submit(r#"{"name":"Ada","email":"a@b"}"#));
    memory
        .stores
        .forms
        .borrow_mut()
        .insert("form/demo/v/2".to_owned(), "{".to_owned());
    let body = r#"{"name":"Ada","email":"a@b","_version":2}"#;
    let response = memory.ask(Call::submit(body));
    assert_eq!(
        (response.status, &json(&response)["warnings"][0]["code"]),
        (201, &json!("version_unknown"))
    );
    assert!(memory.logged().contains("form/demo/v/2"));
}

/// A form whose visitors agreed to "A" in version 3 and agree to "B" in version 4.
fn two_versions(changes: Value) -> Memory {
    let memory = Memory::new(&[]);
    let mut form = demo();
    for (version, text) in [(3, "A"), (4, "B")] {
        form["version"] = json!(version);
        form["fields"][2] = json!({ "name": "terms", "type": "consent", "text": text });
        if version == 4 {
            for (name, value) in changes.as_object().unwrap() {
                form[name] = value.clone();
            }
        }
        memory.publish(&form);
    }
    memory
}

fn agreeing(version: &Value) -> Call {
    let body = json!({ "name": "Ada", "email": "a@b", "terms": "on", "_version": version });
    Call::submit(body.to_string())
}

fn lead_of(memory: &Memory, call: Call) -> Value {
    let receipt = json(&memory.ask(call));
    let id = receipt["submission"]["id"].as_str();
    memory.lead(id.unwrap_or_else(|| panic!("{receipt}")))
}

#[test]
fn a_lead_has_no_consent_text_when_the_version_shown_is_unknown() {
    let memory = two_versions(json!({}));
    let text = |version: &Value| {
        let lead = lead_of(&memory, agreeing(version));
        let consent = &lead["consents"][0];
        assert_eq!(consent["text"].is_null(), consent["sha256"].is_null());
        (consent["field"].clone(), consent["text"].clone())
    };
    let of = |text: Value| (json!("terms"), text);
    assert_eq!(text(&json!(4)), of(json!("B")));
    memory.stores.is_forms_down.set(true);
    assert_eq!(text(&json!(3)), of(Value::Null), "KV is down");
    assert!(memory.logged().contains("store: forms down"));
    memory.stores.is_forms_down.set(false);
    assert_eq!(text(&json!(3)), of(json!("A")), "KV is read again");
    assert_eq!(text(&json!(99)), of(Value::Null));
    assert_eq!(text(&json!("x")), of(Value::Null));
}

#[test]
fn an_owner_can_withdraw_versions() {
    let memory = two_versions(json!({ "oldest_version": 4 }));
    memory.ask(agreeing(&json!(4)));
    let reads = memory.stores.form_reads.get();
    let lead = lead_of(&memory, agreeing(&json!(3)));
    assert_eq!(lead["form"]["version"], 4);
    assert_eq!(lead["warnings"][0]["code"], "version_withdrawn");
    assert_eq!(lead["extras"]["_version"], "3");
    assert_eq!(lead["consents"][0]["text"], Value::Null);
    assert_eq!(memory.stores.form_reads.get(), reads);
    // A cached version is withdrawn too.
    let memory = two_versions(json!({}));
    assert_eq!(lead_of(&memory, agreeing(&json!(3)))["form"]["version"], 3);
    let other = two_versions(json!({ "oldest_version": 4 }));
    memory.stores.forms.swap(&other.stores.forms);
    memory.pass(60_000);
    memory.ask(Call::new("GET", "/v1/forms/demo"));
    assert_eq!(lead_of(&memory, agreeing(&json!(3)))["form"]["version"], 4);
}

#[test]
fn an_earlier_version_does_not_weaken_the_current_protection() {
    let memory = two_versions(json!({ "unknown_fields": "refuse", "honeypot": "website" }));
    let send = |more: Value| {
        let mut body = json!({ "name": "Ada", "email": "a@b", "terms": "on", "_version": 3 });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        Call::submit(body.to_string())
    };
    let refused = json(&memory.ask(send(json!({ "utm": "x" }))));
    assert_eq!(refused["error"]["details"]["errors"][0]["field"], "utm");
    let lead = lead_of(&memory, send(json!({ "website": "x" })));
    assert_eq!(
        (&lead["form"]["version"], &lead["spam"]),
        (&json!(3), &json!(["honeypot"]))
    );
}

#[test]
fn a_page_of_an_earlier_version_keeps_its_honeypot_and_its_fields() {
    let memory = Memory::new(&[]);
    let mut form = demo();
    form["honeypot"] = json!("trap");
    memory.publish(&form);
    form["version"] = json!(4);
    form["honeypot"] = json!("note");
    form["unknown_fields"] = json!("refuse");
    form["fields"].as_array_mut().unwrap().pop();
    memory.publish(&form);
    let send = |trap: &str| {
        let body =
            json!({ "name": "Ada", "email": "a@b", "note": "hello", "trap": trap, "_version": 3 });
        lead_of(&memory, Call::submit(body.to_string()))
    };
    let lead = send("");
    assert_eq!(
        (&lead["spam"], &lead["fields"]["note"]),
        (&json!([]), &json!("hello")),
        "it was a field of version 3"
    );
    assert_eq!(send("x")["spam"], json!(["honeypot"]));
}
