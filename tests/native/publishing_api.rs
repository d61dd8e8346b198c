//! `/api/forms` over HTTP, on the platform in memory: shapes, statuses, entity tags, the audit.

use formgate::config::Bindings;
use formgate::envelope::Response;
use formgate::platform::Platform;
use serde_json::{Value, json};
use sim::world::Owner;

use crate::memory::{Call, Direct, Memory, code, json as body_of};

/// A service that an owner calls.
fn service() -> Memory {
    service_with(Bindings::ALL, "")
}

fn service_with(bindings: Bindings, core_url: &str) -> Memory {
    let settings = [("OWNERS", "ann@example.com"), ("CORE_URL", core_url)];
    let stores = Memory::new(&[]).stores;
    let memory = Memory::start_with(stores, Owner(0), &settings, Direct, bindings);
    *memory.stores.signed_in.borrow_mut() = Some("ann@example.com".to_owned());
    memory
}

fn call(method: &str, path: &str) -> Call {
    Call::new(method, path).with("content-type", "application/json")
}

fn put(memory: &Memory, text: &str, if_match: Option<&str>) -> Response {
    let call = call("PUT", "/api/forms/demo").body(text);
    memory.ask(match if_match {
        Some(tag) => call.with("if-match", tag),
        None => call,
    })
}

fn post(memory: &Memory, path: &str) -> Response {
    memory.ask(call("POST", path).body("{}"))
}

fn get(memory: &Memory, path: &str) -> Response {
    memory.ask(Call::new("GET", path))
}

fn definition(title: &str) -> Value {
    json!({
        "key": "demo", "title": title, "allowed_origins": ["https://example.com"],
        "fields": [{ "name": "email", "type": "email", "label": "E-mail", "required": true }],
    })
}

#[test]
fn a_form_goes_from_draft_to_published_to_unpublished() {
    let memory = service();
    let missing = get(&memory, "/api/forms/demo");
    assert_eq!((missing.status, code(&missing).as_str()), (404, "LG_1100"));
    let saved = put(&memory, &definition("One").to_string(), None);
    assert_eq!(saved.status, 200, "{saved:?}");
    let expected = json!({
        "faults": [],
        "advice": [{ "path": "fields[0].autocomplete", "reason": "is missing: with email or tel, browsers offer what they know" }],
        "status": "draft",
        "public": body_of(&saved)["public"],
    });
    assert_eq!(body_of(&saved), expected);
    let tag = saved.header("ETag").unwrap().to_owned();

    let form = get(&memory, "/api/forms/demo");
    let expected = json!({ "published": null, "draft": definition("One"), "version": null, "status": "draft" });
    assert_eq!(body_of(&form), expected);
    assert_eq!(form.header("ETag"), Some(tag.as_str()));
    assert_eq!(form.header("Cache-Control"), Some("no-store"));

    let published = post(&memory, "/api/forms/demo/publish");
    let expected =
        json!({ "version": 1, "visible_to_all_by": memory.now().plus(120_000).to_rfc3339() });
    assert_eq!((published.status, body_of(&published)), (200, expected));
    let public = body_of(&get(&memory, "/v1/forms/demo"));
    assert_eq!(body_of(&saved)["public"], public);
    let again = post(&memory, "/api/forms/demo/publish");
    assert_eq!((again.status, code(&again).as_str()), (409, "LG_1101"));

    let form = get(&memory, "/api/forms/demo");
    let mut numbered = definition("One");
    numbered["version"] = json!(1);
    let expected =
        json!({ "published": numbered, "draft": null, "version": 1, "status": "published" });
    assert_eq!((body_of(&form), form.header("ETag")), (expected, None));

    let unpublished = post(&memory, "/api/forms/demo/unpublish");
    assert_eq!(body_of(&unpublished)["status"], "unpublished");
    let submitted = memory.ask(Call::submit(r#"{"email":"ada@example.com"}"#));
    assert_eq!(submitted.status, 404);

    let listed = body_of(&get(&memory, "/api/forms"));
    let expected = json!({ "items": [{
        "key": "demo", "title": "One", "version": 1, "status": "unpublished", "has_draft": false, "leads_30d": 0, "rejects_30d": 0,
    }], "next": null });
    assert_eq!(listed, expected);

    let audit = body_of(&get(&memory, "/api/audit"));
    let actions: Vec<&str> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions.len(), 3, "{actions:?}");
    for action in ["draft_saved", "published", "unpublished"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
}

#[test]
fn if_match_is_needed_only_where_a_draft_is() {
    let memory = service();
    let one = put(&memory, &definition("One").to_string(), None);
    let one = one.header("ETag").unwrap();
    let two = definition("Two").to_string();
    for (if_match, status) in [
        (None, 412),
        (Some("\"0123456789abcdef\""), 412),
        (Some(one), 200),
        (Some(one), 200),
        (Some("*"), 200),
    ] {
        let saved = put(&memory, &two, if_match);
        assert_eq!(saved.status, status, "{if_match:?}");
        if status == 412 {
            assert_eq!(code(&saved), "FORM_DRAFT_CHANGED");
        }
    }
    let delete = |tag: &str| memory.ask(call("DELETE", "/api/forms/demo").with("if-match", tag));
    assert_eq!(delete(one).status, 412);
    assert_eq!(delete("*").status, 204);
    assert_eq!(delete("*").status, 404);
}

#[test]
fn faults_are_told_where_they_are() {
    let memory = service();
    let mut faulty = definition("One");
    faulty["fields"][0]["maxLength"] = json!(3);
    faulty["allowed_origins"] = json!(["https://*.carrd.co"]);
    let faults = json!([
        { "path": "fields[0].maxLength", "reason": "is not known here; did you mean maxlength?" },
        { "path": "allowed_origins[0]", "reason": "anyone can have a page there: name your own domain, or each host" },
    ]);
    let checked = memory.ask(call("POST", "/api/forms/check").body(faulty.to_string()));
    let found = body_of(&checked);
    assert_eq!(found["faults"][0], faults[0], "{found}");
    assert_eq!(found["faults"][1]["path"], faults[1]["path"], "{found}");
    assert_eq!(
        (&found["advice"], &found["public"]),
        (&json!([]), &Value::Null)
    );
    assert!(
        memory.stores.form_rows.borrow().is_empty(),
        "nothing is stored"
    );

    let saved = put(&memory, &faulty.to_string(), None);
    assert_eq!(
        (saved.status, &body_of(&saved)["faults"]),
        (200, &found["faults"])
    );
    let refused = post(&memory, "/api/forms/demo/publish");
    assert_eq!((refused.status, code(&refused).as_str()), (400, "LG_1102"));
    let errors = &body_of(&refused)["error"]["details"]["errors"];
    let expected = json!({
        "field": "fields[0].maxLength", "code": "bad_input", "message": "is not known here; did you mean maxlength?",
    });
    assert_eq!(errors[0], expected, "{errors}");

    for (text, reason) in [
        ("{\"key\": 'demo'}", "line 1 column 9"),
        ("", "is empty"),
        ("[]", "must be an object"),
    ] {
        let checked = memory.ask(call("POST", "/api/forms/check").body(text));
        let found = body_of(&checked)["faults"][0]["reason"].clone();
        assert!(found.as_str().unwrap().contains(reason), "{text}: {found}");
        let saved = put(&memory, text, None);
        assert_eq!(
            (saved.status, code(&saved).as_str()),
            (400, "LG_1102"),
            "{text}"
        );
        assert_eq!(
            body_of(&saved)["error"]["details"]["errors"][0]["message"],
            found
        );
    }
}

#[test]
fn a_draft_takes_tests_which_are_stored_and_not_forwarded() {
    let memory = service_with(Bindings::ALL, "https://core.test/{form}");
    let test = |body: &str| memory.ask(call("POST", "/api/forms/demo/test").body(body));
    let ada = r#"{"email":"ada@example.com"}"#;
    assert_eq!(test(ada).status, 404);
    let mut draft = definition("One");
    draft["on_success"] = json!({ "message": "We will call you" });
    draft["min_fill_ms"] = json!(60_000);
    put(&memory, &draft.to_string(), None);

    let taken = test(ada);
    let receipt = body_of(&taken);
    assert_eq!(
        (
            taken.status,
            &receipt["submission"]["status"],
            &receipt["message"]
        ),
        (201, &json!("stored"), &json!("We will call you")),
        "{receipt}"
    );
    let leads = body_of(&get(&memory, "/api/leads?test=1"));
    let lead = &leads["items"][0];
    assert_eq!(
        (&lead["id"], &lead["test"], &lead["folder"], &lead["score"]),
        (
            &receipt["submission"]["id"],
            &json!(true),
            &json!("inbox"),
            &json!(0)
        )
    );
    assert_eq!(
        memory.stores.core_requests.borrow().len(),
        0,
        "not forwarded"
    );
    let counted = &body_of(&get(&memory, "/api/forms"))["items"][0];
    assert_eq!(
        (&counted["leads_30d"], &counted["rejects_30d"]),
        (&json!(0), &json!(0))
    );

    let refused = test(r#"{"email":"ada"}"#);
    let error = body_of(&refused)["error"]["details"]["errors"][0].clone();
    assert_eq!(
        (refused.status, &error["field"], &error["code"]),
        (400, &json!("email"), &json!("type_mismatch"))
    );
    let large = |bytes: usize| {
        format!(
            r#"{{"email":"ada@example.com","x":"{}"}}"#,
            "x".repeat(bytes - 34)
        )
    };
    for (bytes, status) in [(131_072, 201), (131_073, 413)] {
        let body = large(bytes);
        assert_eq!((body.len(), test(&body).status), (bytes, status));
    }

    post(&memory, "/api/forms/demo/publish");
    assert_eq!(test(ada).status, 201, "what is published takes tests, too");
    draft["fields"] = json!([]);
    put(&memory, &draft.to_string(), None);
    let refused = test(ada);
    let error = &body_of(&refused)["error"]["details"]["errors"][0];
    assert_eq!(
        (refused.status, &error["field"]),
        (400, &json!("fields")),
        "{error}"
    );
    let audit = body_of(&get(&memory, "/api/audit"));
    let rows = audit["items"].as_array().unwrap();
    assert_eq!(
        rows.iter()
            .filter(|row| row["action"] == "test_sent")
            .count(),
        3
    );
}

#[test]
fn large_drafts_and_keys_that_are_none_are_refused() {
    let memory = service();
    let padded = |bytes: usize| {
        let text = definition("One").to_string();
        let spaces = " ".repeat(bytes - text.len());
        text + &spaces
    };
    let too_large = put(&memory, &padded(307_201), None);
    assert_eq!(
        (too_large.status, code(&too_large).as_str()),
        (413, "FORM_BODY_TOO_LARGE")
    );
    assert_eq!(
        body_of(&too_large)["error"]["details"]["limit_bytes"],
        307_200
    );
    assert_eq!(put(&memory, &padded(307_200), None).status, 200);
    assert_eq!(put(&memory, &padded(524_289), None).status, 413);
    for path in [
        "/api/forms/a%2Fb",
        "/api/forms/ä",
        &format!("/api/forms/{}", "k".repeat(65)),
    ] {
        assert_eq!(get(&memory, path).status, 404, "{path}");
    }
    assert_eq!(post(&memory, "/api/forms/unknown/publish").status, 404);
    assert_eq!(post(&memory, "/api/forms/unknown/unpublish").status, 404);
    assert_eq!(get(&memory, "/api/forms?limit=0").status, 400);
}

#[test]
fn without_its_stores_the_api_says_which_is_missing() {
    for (core, variable) in [("", "CORE_URL"), ("https://core.test/{form}", "LEADS")] {
        let bindings = Bindings {
            leads: false,
            ..Bindings::ALL
        };
        let memory = service_with(bindings, core);
        for path in ["/api/forms", "/api/forms/demo"] {
            let response = get(&memory, path);
            let setting = body_of(&response)["error"]["details"]["settings"][0].clone();
            assert_eq!(
                (response.status, &setting["variable"]),
                (503, &json!(variable)),
                "{path}"
            );
            assert!(setting["reason"].as_str().unwrap().contains("LEADS") || variable == "LEADS");
        }
    }
    let memory = service();
    memory.stores.has_no_tables.set(true);
    let response = get(&memory, "/api/forms/demo");
    assert_eq!(
        (response.status, code(&response).as_str()),
        (503, "LG_1901")
    );
    assert!(response.body.contains("make deploy"), "{}", response.body);
    memory.stores.has_no_tables.set(false);
    memory.stores.is_inbox_down.set(true);
    let response = get(&memory, "/api/forms/demo");
    assert_eq!(response.status, 503);
    assert!(
        !response.body.contains("inbox down"),
        "what failed is for the log"
    );
}
