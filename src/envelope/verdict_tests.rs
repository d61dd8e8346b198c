//! Tests with the responses of real lead systems, CRMs and web frameworks.

use super::super::{CoreResponse, Dialect, Outcome};
use crate::clock::UnixMillis;

/// The outcome of a response; checks that it is the same with every configured dialect.
fn outcome(status: u16, media_type: &str, body: &str) -> Outcome {
    let response = CoreResponse {
        status,
        content_type: Some(media_type.to_owned()),
        body: body.as_bytes().to_vec(),
        ..CoreResponse::default()
    };
    let of = |dialect: &Dialect| dialect.parse_response(&response, UnixMillis(0));
    let all: Vec<Outcome> = Dialect::ALL.iter().map(of).collect();
    let first = all.first().unwrap().clone();
    assert!(all.iter().all(|other| *other == first), "{body}: {all:?}");
    first
}

/// The rows of a table with columns separated by ` | `.
fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    let lines = table.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let columns: Vec<&str> = line.splitn(N, " | ").collect();
        columns.try_into().unwrap()
    })
}

#[test]
fn status_2xx_is_success_unless_the_body_reports_a_failure() {
    let table = include_str!("../../tests/fixtures/core-answers.txt");
    assert!(rows::<5>(table).count() > 90);
    for [system, status, media_type, verdict, body] in rows(table) {
        let media_type = match media_type {
            "json" => JSON,
            "html" => "text/html; charset=utf-8",
            "text" => "text/plain",
            other => other,
        };
        let body = body
            .replace("\\u{feff}", "\u{feff}")
            .replace("(nothing)", "");
        let outcome = outcome(status.parse().unwrap(), media_type, &body);
        let is_taken = outcome == Outcome::Accepted;
        assert_eq!(
            is_taken,
            verdict == "taken",
            "{system}: {body}: {outcome:?}"
        );
    }
}

#[test]
fn a_failure_in_a_2xx_body_decides_the_outcome() {
    for (body, expected) in [
        (r#"{"status":401,"message":"m"}"#, "blocked: status 401"),
        (r#"{"status":429}"#, "throttled: status 429"),
        (r#"{"statusCode":503}"#, "unavailable: status 503"),
        (r#"{"status":400,"error":"m"}"#, "refused: status 400"),
        (r#"{"status":409,"message":"exists already"}"#, "delivered"),
        (r#"{"status":409,"message":"m"}"#, "throttled: status 409"),
        (r#"{"status":99999}"#, "unavailable: status 65535"),
        (r#"{"status":"error"}"#, "unavailable: status 200"),
        // A failure that names the field.
        (
            r#"{"status":"validation_failed","invalid_fields":[{"field":"email","message":"m"}]}"#,
            "invalid: email bad_input",
        ),
        (
            r#"{"success":false,"errors":{"email":["m"]}}"#,
            "invalid: email bad_input",
        ),
        (
            r#"{"is_valid":false,"validation_messages":{"3":"m"}}"#,
            "invalid: 3 bad_input",
        ),
        (
            r#"{"errors":[{"field":"email","message":"m"}]}"#,
            "unavailable: status 200",
        ),
    ] {
        let reason = reason_of(&outcome(200, JSON, body));
        assert_eq!(reason, expected, "{body}");
    }
}

fn reason_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted | Outcome::Duplicate => "delivered".to_owned(),
        Outcome::Invalid(violations) => {
            let faults = violations.iter();
            let faults = faults.map(|found| format!("{} {}", found.field, found.code.as_str()));
            format!("invalid: {}", faults.collect::<Vec<_>>().join(", "))
        }
        Outcome::Throttled { reason, .. } => format!("throttled: {reason}"),
        Outcome::Unavailable { reason, .. } => format!("unavailable: {reason}"),
        Outcome::Refused { reason } => format!("refused: {reason}"),
        Outcome::Blocked { reason } => format!("blocked: {reason}"),
    }
}

#[test]
fn a_conflict_is_a_duplicate_only_if_it_reports_an_existing_lead() {
    for body in [
        r#"{"error":{"code":"LG_1001","message":"exists","http":409}}"#,
        r#"{"success":false,"error":{"code":"ALREADY_EXISTS"}}"#,
        r#"{"error":"A lead with this email already exists","code":"CONFLICT"}"#,
        r#"{"errors":[{"title":"Taken","code":"DuplicateValue"}]}"#,
        r#"{"success":false,"status":409,"message":"Already subscribed"}"#,
        r#"{"type":"about:blank","title":"Member Exists","status":409}"#,
        r#"{"status":"error","message":"Contact already exists. Existing ID: 1","category":"CONFLICT"}"#,
        r#"{"errors":{"email":["has already been taken"]}}"#,
        r#"[{"errorCode":"DUPLICATES_DETECTED"}]"#,
        "This submission has already been processed.",
        "\"Duplicate\"",
    ] {
        assert_eq!(outcome(409, JSON, body), Outcome::Duplicate, "{body}");
    }
    for body in [
        r#"{"type":"https://developer.example/idempotency","title":"A request is outstanding for this Idempotency-Key","detail":"A request with the same Idempotency-Key for the same operation is being processed or is outstanding."}"#,
        r#"{"error":{"code":"idempotency_key_in_use","message":"There is currently another in-progress request using this key"}}"#,
        r#"{"error":"Duplicate request: the first one is still being processed"}"#,
        r#"{"success":false,"status":409,"message":"The key exists with different values"}"#,
        r#"{"success":false,"error":{"code":"CONFLICT","message":"The list does not exist"}}"#,
        r#"{"errors":[{"title":"Conflict"}]}"#,
        // A value that the visitor typed, not a message of the core.
        r#"{"fields":{"message":"I already exist"},"id":"1"}"#,
        r#"{"submission":{"id":"1"}}"#,
        "Conflict",
    ] {
        let outcome = outcome(409, JSON, body);
        assert!(matches!(outcome, Outcome::Throttled { .. }), "{body}");
    }
    // This code reports another conflict, which only the operator can resolve.
    let body = r#"{"error":{"code":"LG_1202","message":"x already exists","http":409}}"#;
    assert_eq!(
        reason_of(&outcome(409, JSON, body)),
        "blocked: code LG_1202"
    );
}

#[test]
fn field_errors_of_frameworks_are_violations_of_those_fields() {
    let table = include_str!("../../tests/fixtures/core-field-errors.txt");
    for [system, field, body] in rows(table) {
        for status in [400, 422] {
            let Outcome::Invalid(found) = outcome(status, JSON, body) else {
                panic!("{system}: {body}")
            };
            let found = found.iter();
            let found: Vec<_> = found.map(|one| (&*one.field, &*one.message)).collect();
            assert_eq!(found, [(field, "m")], "{system}: {body}");
        }
        // Status 401 concerns the credentials, whatever fields the body names.
        let blocked = reason_of(&outcome(401, JSON, body));
        assert_eq!(blocked, "blocked: status 401", "{system}");
    }
}

#[test]
fn other_lists_are_no_field_errors() {
    for body in [
        r#"{"error":"Bad Request","message":"email must be an email","statusCode":400}"#,
        r#"{"message":["email must be an email"],"error":"Bad Request","statusCode":400}"#,
        r#"{"errors":["Email is invalid"]}"#,
        r#"{"errors":{"message":"m","code":"x"}}"#,
        r#"{"error":{"code":"x","message":"m"}}"#,
        r#"{"detail":"m"}"#,
        // The lead, as it was sent to the core.
        r#"{"error":"m","data":{"topics":["a","b"],"email":"a@b"}}"#,
        r#"{"fields":{"topics":["a","b"]},"id":"1"}"#,
        "{}",
        "[]",
    ] {
        assert_eq!(
            reason_of(&outcome(422, JSON, body)),
            "refused: status 422",
            "{body}"
        );
    }
}

const JSON: &str = "application/json";
