//! The path of a submission, in the order of its steps.

use formgate::envelope::Response;
use serde_json::json;

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const LEAD: &str = r#"{"name":"Ada","email":" ada@example.com","utm":"spring"}"#;
fn service(settings: &[(&str, &str)]) -> Memory {
    let memory = Memory::new(settings);
    memory.publish(&demo());
    memory
}

#[test]
fn a_good_submission_is_in_the_inbox_before_it_is_acknowledged() {
    let memory = service(&[]);
    let response = memory.ask(Call::submit(LEAD).with("referer", "https://example.com/pricing"));
    assert_eq!(response.status, 201);
    let receipt = json(&response);
    let id = receipt["submission"]["id"].as_str().unwrap();
    assert_eq!(receipt["submission"]["status"], "stored");
    assert_eq!(
        receipt["submission"]["received_at"],
        "2026-11-21T20:30:00.000Z"
    );
    assert_eq!(
        (&receipt["message"], &receipt["next"]),
        (&json!("Thanks!"), &json!(null))
    );
    let lead = memory.lead(id);
    assert_eq!(
        lead["fields"],
        json!({ "name": "Ada", "email": "ada@example.com" })
    );
    assert_eq!(lead["extras"], json!({ "utm": "spring" }));
    assert_eq!(lead["form"], json!({ "key": "demo", "version": 3 }));
    let observed = &lead["provenance"]["observed"];
    assert_eq!(observed["origin"], "https://example.com");
    assert_eq!(observed["referer"], "https://example.com/pricing");
    assert_eq!(observed["country"], "AT");
}

#[test]
fn every_response_to_a_submission_has_the_headers_of_the_contract() {
    let memory = service(&[]);
    for response in [
        memory.ask(Call::submit(LEAD)),
        memory.ask(Call::submit("{}")),
    ] {
        for name in [
            "X-Request-Id",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-RateLimit-Reset",
            "RateLimit-Policy",
            "RateLimit",
            "Vary",
            "Cache-Control",
            "X-Content-Type-Options",
            "Access-Control-Allow-Origin",
            "Access-Control-Expose-Headers",
        ] {
            assert!(
                response.header(name).is_some(),
                "{name} is missing on {}",
                response.status
            );
        }
        let mut names: Vec<_> = response.headers.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(
            names.len(),
            response.headers.len(),
            "a header is repeated: {names:?}"
        );
    }
}

#[test]
fn a_retry_is_one_lead_and_one_receipt_whichever_isolate_it_reaches() {
    let memory = service(&[]);
    let ask =
        |memory: &Memory, body: &str| memory.ask(Call::submit(body).with("idempotency-key", "k-1"));
    let first = ask(&memory, LEAD);
    assert_eq!(first.status, 201);
    memory.pass(5_000);
    let other = Memory::on(memory.stores.clone(), &[]);
    for isolate in [&memory, &other] {
        assert_eq!(ask(isolate, LEAD).body, first.body);
    }
    let correction = r#"{"name":"Ada","email":"ada@example.org"}"#;
    for isolate in [&memory, &other] {
        let refused = ask(isolate, correction);
        let expected = (422, "FORM_IDEMPOTENCY_KEY_REUSED".to_owned());
        assert_eq!((refused.status, code(&refused)), expected);
    }
    assert_eq!(memory.stores.inbox.borrow().len(), 1);
}

#[test]
fn a_repetition_costs_no_quota() {
    let memory = service(&[]);
    let remaining =
        |response: &Response| response.header("X-RateLimit-Remaining").map(str::to_owned);
    let keyed = || Call::submit(LEAD).with("idempotency-key", "k-1");
    let first = memory.ask(keyed());
    assert_eq!(remaining(&first).as_deref(), Some("99"));
    for _ in 0..10 {
        let again = memory.ask(keyed());
        assert_eq!(
            (&again.body, remaining(&again).as_deref()),
            (&first.body, Some("99"))
        );
    }
    assert_eq!(
        remaining(&memory.ask(Call::submit(LEAD))).as_deref(),
        Some("98")
    );
    let form = r#"{"name":"Ada","email":"ada@example.com","_key":"k-2"}"#;
    for _ in 0..11 {
        assert_eq!(
            memory.ask(Call::submit(form)).status,
            201,
            "a form without a script"
        );
    }
    assert_eq!(
        remaining(&memory.ask(Call::submit(LEAD))).as_deref(),
        Some("96")
    );
    assert_eq!(memory.stores.inbox.borrow().len(), 4);
}

#[test]
fn a_cached_form_is_not_read_again_and_a_change_arrives_within_a_minute() {
    let memory = service(&[]);
    for _ in 0..5 {
        memory.ask(Call::submit(LEAD));
    }
    assert_eq!(memory.stores.form_reads.get(), 1);
    let mut changed = demo();
    changed["version"] = json!(4);
    memory.publish(&changed);
    memory.pass(60_000);
    memory.ask(Call::submit(LEAD));
    assert_eq!(memory.stores.form_reads.get(), 2, "in the background");
    let response = memory.ask(Call::new("GET", "/v1/forms/demo"));
    assert_eq!(json(&response)["version"], 4);
}

#[test]
fn a_broken_definition_refuses_and_a_broken_update_changes_nothing() {
    let memory = service(&[]);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    memory
        .stores
        .forms
        .borrow_mut()
        .insert("form/demo".to_owned(), "{".to_owned());
    memory.pass(60_000);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
    assert!(
        memory.logged().contains("form_broken: form/demo:"),
        "{}",
        memory.logged()
    );
    let cold = Memory::on(memory.stores.clone(), &[]);
    let reads = memory.stores.form_reads.get();
    for _ in 0..20 {
        assert_eq!(code(&cold.ask(Call::submit(LEAD))), "LG_1901");
    }
    assert_eq!(memory.stores.form_reads.get(), reads + 1, "remembered");
    let line = memory.stores.log.borrow().last().unwrap().clone();
    assert!(line.contains("form_broken: form/demo:"), "{line}");
    let mut elsewhere = demo();
    elsewhere["key"] = json!("other");
    memory
        .stores
        .forms
        .borrow_mut()
        .insert("form/demo".to_owned(), elsewhere.to_string());
    memory.pass(10_000);
    assert_eq!(code(&cold.ask(Call::submit(LEAD))), "LG_1901");
    memory.publish(&demo());
    memory.pass(10_000);
    assert_eq!(cold.ask(Call::submit(LEAD)).status, 201, "mended");
}

#[test]
fn drafts_and_unknown_forms_are_not_found() {
    let memory = service(&[]);
    let mut draft = demo();
    draft["key"] = json!("draft");
    draft["status"] = json!("draft");
    memory.publish(&draft);
    for path in [
        "/v1/forms/draft",
        "/v1/forms/none",
        "/v1/forms/%00",
        "/v1/forms/a.b",
    ] {
        assert_eq!(
            code(&memory.ask(Call::new("GET", path))),
            "LG_1100",
            "{path}"
        );
    }
}

#[test]
fn a_store_that_is_down_is_answered_with_try_again() {
    let memory = service(&[]);
    memory.ask(Call::new("GET", "/v1/forms/demo"));
    memory.stores.is_down.set(true);
    let response = memory.ask(Call::submit(LEAD));
    assert_eq!(code(&response), "LG_1901", "the inbox is down");
    memory.stores.is_down.set(false);
    assert_eq!(memory.ask(Call::submit(LEAD)).status, 201);
}

#[test]
fn a_malformed_setting_is_named_in_every_response() {
    let memory = service(&[("CORE_TIMEOUT_MS", "soon")]);
    let health = memory.ask(Call::new("GET", "/healthz"));
    assert_eq!(health.status, 503);
    assert_eq!(json(&health)["settings"][0]["variable"], "CORE_TIMEOUT_MS");
    let response = memory.ask(Call::submit(LEAD));
    assert_eq!(
        (response.status, code(&response).as_str()),
        (503, "LG_1901")
    );
    assert_eq!(
        json(&response)["error"]["details"]["settings"][0]["variable"],
        "CORE_TIMEOUT_MS"
    );
    assert_eq!(service(&[]).ask(Call::new("GET", "/healthz")).status, 200);
}

#[test]
fn without_a_cache_every_request_reads_its_form() {
    for (settings, expected, max_age) in [
        (&[][..], [0, 60_000], "max-age=60"),
        (&[("FORM_CACHE", "off")], [0, 0], "max-age=0"),
    ] {
        let memory = service(settings);
        let title = || {
            let response = memory.ask(Call::new("GET", "/v1/forms/demo"));
            let header =
                |(name, value): &(&str, String)| (*name == "Cache-Control").then(|| value.clone());
            assert_eq!(
                response.headers.iter().find_map(header).as_deref(),
                Some(max_age)
            );
            json(&response)["title"].clone()
        };
        title();
        let mut form = demo();
        form["title"] = "new".into();
        memory.publish(&form);
        let [at_once, later] = expected.map(|millis| {
            memory.pass(millis);
            // The first request after a minute starts a refresh of the form in the background.
            _ = title();
            title() == "new"
        });
        assert_eq!((at_once, later), (expected == [0, 0], true));
    }
}

#[test]
fn health_reports_missing_tables_and_queries_for_them_once_in_a_while() {
    let memory = service(&[]);
    let health = || {
        let response = memory.ask(Call::new("GET", "/healthz"));
        let [status, reason] =
            ["/status", "/settings/0/reason"].map(|path| json(&response).pointer(path).cloned());
        (
            response.status,
            status,
            reason.map(|reason| reason.to_string()),
        )
    };
    memory.stores.has_no_tables.set(true);
    let (status, word, reason) = health();
    assert_eq!((status, word), (503, Some("misconfigured".into())));
    assert!(reason.unwrap().contains("`make seed` creates them"));
    memory.stores.has_no_tables.set(false);
    assert_eq!(health(), (200, Some("ok".into()), None), "at once");
    let questions = memory.stores.queries.get();
    memory.stores.is_down.set(true);
    memory.pass(9_999);
    assert_eq!(health().0, 200);
    assert_eq!(memory.stores.queries.get(), questions);
    memory.pass(1);
    let (status, word, reason) = health();
    assert_eq!((status, word), (503, Some("unavailable".into())));
    assert_eq!(reason.as_deref(), Some("\"does not answer\""));
}

#[test]
fn only_pages_that_may_embed_the_form_get_its_definition() {
    let memory = service(&[]);
    let ask = |origin: Option<&str>| {
        let call = Call::new("GET", "/v1/forms/demo");
        memory.ask(match origin {
            Some(origin) => call.with("origin", origin),
            None => call,
        })
    };
    assert_eq!(ask(Some("https://example.com")).status, 200);
    assert_eq!(ask(None).status, 200, "no page");
    let refused = ask(Some("https://evil.net"));
    assert_eq!(code(&refused), "LG_1103");
    assert_eq!(
        refused.header("Access-Control-Allow-Origin"),
        Some("https://evil.net")
    );
    let etag = ask(None).header("ETag").unwrap().to_owned();
    let known =
        memory.ask(Call::new("GET", "/v1/forms/demo").with("if-none-match", &format!("W/{etag}")));
    assert_eq!((known.status, known.body.as_str()), (304, ""));
}

#[test]
fn the_log_has_names_of_fields_and_no_value() {
    let core = [("CORE_URL", "https://core.test/"), ("CORE_TOKEN", "s3cret")];
    let memory = service(&core);
    memory.ask(Call::submit(LEAD));
    memory.ask(Call::submit(
        r#"{"name":"Grace","email":"not-an-address","note":"tell Charles"}"#,
    ));
    memory.ask(Call::submit(r#"{"name":["a","b"],"my diary":{"x":1}}"#));
    memory.ask(Call::submit("{").with("referer", "https://example.com/?email=ada"));
    let logged = memory.logged();
    assert_eq!(memory.stores.log.borrow().len(), 4);
    assert!(logged.contains(r#""refused_fields":["email"]"#), "{logged}");
    for value in [
        "ada",
        "Grace",
        "not-an-address",
        "Charles",
        "diary",
        "192.0.2",
        "s3cret",
    ] {
        assert!(!logged.contains(value), "{value} is in {logged}");
    }
}

#[test]
fn the_request_chooses_the_dialect_then_the_form_then_the_setting() {
    let memory = service(&[("DEFAULT_DIALECT", "flat")]);
    let ask = |accept: &str| json(&memory.ask(Call::submit("{}").with("accept", accept)));
    assert_eq!(
        ask("application/json")["code"],
        "FORM_VALIDATION_FAILED",
        "the setting's"
    );
    assert_eq!(ask("application/problem+json")["status"], 400);
    assert_eq!(
        ask("application/vnd.formgate.result+json")["error"]["code"],
        "VALIDATION_ERROR"
    );
    let mut form = demo();
    form["key"] = json!("other");
    form["dialect"] = json!("leadron");
    memory.publish(&form);
    let to_other = |accept: &str| {
        let call = Call::new("POST", "/v1/forms/other/submissions")
            .with("origin", "https://example.com")
            .with("content-type", "application/json")
            .with("accept", accept)
            .body("{}");
        memory.ask(call)
    };
    let of_form = to_other("*/*");
    assert_eq!(
        (of_form.status, &json(&of_form)["status"]),
        (422, &json!(422)),
        "the form's"
    );
    assert!(of_form.header("Vary").unwrap().contains("Accept"));
    assert_eq!(
        json(&to_other("application/vnd.api+json"))["errors"][0]["code"],
        "V1"
    );
}
