//! Which version of its form a submission is checked against.

use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, json};

fn service() -> Memory {
    let memory = Memory::new(&[]);
    memory.publish(&demo());
    memory
}

#[test]
fn a_submission_is_checked_against_the_version_that_was_seen() {
    let memory = service();
    let mut form = demo();
    form["fields"][2] =
        json!({ "name": "note", "type": "consent", "text": "I agree to B", "value": "yes" });
    form["version"] = json!(4);
    memory.publish(&form);
    let lead = |body: Value| {
        let answer = memory.ask(Call::submit(body.to_string()));
        let receipt = json(&answer);
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
fn a_version_that_cannot_be_read_is_the_current_one() {
    let memory = service();
    memory.ask(Call::submit(r#"{"name":"Ada","email":"a@b"}"#));
    memory
        .stores
        .forms
        .borrow_mut()
        .insert("form/demo/v/2".to_owned(), "{".to_owned());
    let body = r#"{"name":"Ada","email":"a@b","_version":2}"#;
    let answer = memory.ask(Call::submit(body));
    assert_eq!(
        (answer.status, &json(&answer)["warnings"][0]["code"]),
        (201, &json!("version_unknown"))
    );
    assert!(memory.logged().contains("form/demo/v/2"));
}
