//! What real lead systems answer, and what it comes to.

use super::super::{CoreResponse, Dialect, Outcome};
use crate::clock::UnixMillis;

/// The outcome of an answer, the same whichever dialect is configured.
fn outcome(status: u16, media_type: &str, body: &str) -> Outcome {
    let answer = CoreResponse {
        status,
        content_type: Some(media_type.to_owned()),
        body: body.as_bytes().to_vec(),
        ..CoreResponse::default()
    };
    let of = |dialect: &Dialect| dialect.parse_response(&answer, UnixMillis(0));
    let all: Vec<Outcome> = Dialect::ALL.iter().map(of).collect();
    let first = all.first().unwrap().clone();
    assert!(all.iter().all(|other| *other == first), "{body}: {all:?}");
    first
}

/// The rows of a table, apart by ` | `.
fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    let lines = table.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let columns: Vec<&str> = line.splitn(N, " | ").collect();
        columns.try_into().unwrap()
    })
}

#[test]
fn a_success_is_one_unless_it_says_otherwise_itself() {
    let table = include_str!("../../tests/fixtures/core-answers.txt");
    assert!(rows::<5>(table).count() > 90);
    for [whose, status, media_type, verdict, body] in rows(table) {
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
        assert_eq!(is_taken, verdict == "taken", "{whose}: {body}: {outcome:?}");
    }
}

#[test]
fn what_a_success_says_of_its_failure_decides_what_becomes_of_it() {
    for (body, expected) in [
        (r#"{"status":401,"message":"m"}"#, "blocked: status 401"),
        (r#"{"status":429}"#, "throttled: status 429"),
        (r#"{"statusCode":503}"#, "unavailable: status 503"),
        (r#"{"status":400,"error":"m"}"#, "refused: status 400"),
        (r#"{"status":409,"message":"exists already"}"#, "delivered"),
        (r#"{"status":409,"message":"m"}"#, "throttled: status 409"),
        (r#"{"status":99999}"#, "unavailable: status 65535"),
        (r#"{"status":"error"}"#, "unavailable: status 200"),
        // Who says that it failed and which field.
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
fn field_errors_of_frameworks_are_violations_of_those_fields() {
    let table = include_str!("../../tests/fixtures/core-field-errors.txt");
    for [whose, field, body] in rows(table) {
        for status in [400, 422] {
            let Outcome::Invalid(found) = outcome(status, JSON, body) else {
                panic!("{whose}: {body}")
            };
            let found = found.iter();
            let found: Vec<_> = found.map(|one| (&*one.field, &*one.message)).collect();
            assert_eq!(found, [(field, "m")], "{whose}: {body}");
        }
        // Whatever the fields, credentials are the operator's.
        let blocked = reason_of(&outcome(401, JSON, body));
        assert_eq!(blocked, "blocked: status 401", "{whose}");
    }
}

#[test]
fn what_only_looks_like_field_errors_is_none() {
    for body in [
        r#"{"error":"Bad Request","message":"email must be an email","statusCode":400}"#,
        r#"{"message":["email must be an email"],"error":"Bad Request","statusCode":400}"#,
        r#"{"errors":["Email is invalid"]}"#,
        r#"{"errors":{"message":"m","code":"x"}}"#,
        r#"{"error":{"code":"x","message":"m"}}"#,
        r#"{"detail":"m"}"#,
        // The lead, as it was sent.
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
