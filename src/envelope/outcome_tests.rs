//! What a core's answers come to.

use serde_json::json;

use super::*;
use crate::problem::ViolationCode;

/// 2026-11-21T20:30:00Z
const NOW: UnixMillis = UnixMillis(1_795_293_000_000);

fn answer(status: u16, body: &str) -> CoreResponse {
    CoreResponse {
        status,
        body: body.as_bytes().to_vec(),
        ..CoreResponse::default()
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::Invalid(_) => "invalid",
        Outcome::Throttled { .. } => "throttled",
        Outcome::Unavailable { .. } => "unavailable",
        Outcome::Blocked { .. } => "blocked",
        Outcome::Refused { .. } => "refused",
    }
}

/// The outcome of an answer, which no configured dialect changes.
fn outcome(status: u16, body: &str) -> &'static str {
    let of = |dialect: &Dialect| name(&dialect.parse_response(&answer(status, body), NOW));
    let first = of(&Dialect::LeadGen);
    for dialect in Dialect::ALL {
        assert_eq!(
            of(dialect),
            first,
            "{} reads {status} {body}",
            dialect.as_str()
        );
    }
    first
}

#[test]
fn without_a_readable_body_the_status_decides() {
    for (status, expected) in [
        (200, "accepted"),
        (201, "accepted"),
        (204, "accepted"),
        (301, "blocked"),
        (302, "blocked"),
        (307, "blocked"),
        (400, "refused"),
        (401, "blocked"),
        (402, "blocked"),
        (403, "blocked"),
        (404, "blocked"),
        (405, "blocked"),
        (408, "unavailable"),
        (409, "throttled"),
        (410, "refused"),
        (413, "refused"),
        (415, "refused"),
        (422, "refused"),
        (429, "throttled"),
        (500, "unavailable"),
        (502, "unavailable"),
        (503, "unavailable"),
        (504, "unavailable"),
        (0, "unavailable"),
    ] {
        for body in [
            "",
            "{",
            "null",
            "[]",
            "{}",
            "\"text\"",
            "<html>502 Bad Gateway</html>",
        ] {
            assert_eq!(outcome(status, body), expected, "{status} {body}");
        }
    }
}

#[test]
fn a_refusal_inside_a_success_is_a_refusal() {
    for (body, expected) in [
        (
            r#"{"error":{"code":"LG_1001","message":"m","http":409}}"#,
            "duplicate",
        ),
        (
            r#"{"success":false,"error":{"code":"ALREADY_EXISTS"}}"#,
            "duplicate",
        ),
        (
            r#"{"success":false,"error":{"code":"WHO_KNOWS"}}"#,
            "unavailable",
        ),
        (r#"{"success":false,"message":"no"}"#, "unavailable"),
        (
            r#"{"error":"over quota","code":"INSUFFICIENT_CREDITS"}"#,
            "blocked",
        ),
        (r#"{"errors":[{"title":"t","code":"E5"}]}"#, "unavailable"),
        (
            r#"{"success":false,"status":200,"message":"no"}"#,
            "unavailable",
        ),
        (
            r#"{"success":false,"status":409,"message":"It already exists"}"#,
            "duplicate",
        ),
        (r#"{"success":false,"error":null}"#, "unavailable"),
        (r#"{"success":"false"}"#, "unavailable"),
        (r#"{"error":true}"#, "unavailable"),
        (r#"{"error":["x"]}"#, "unavailable"),
        (
            r#"{"errors":[{"field":"email","message":"m"}]}"#,
            "unavailable",
        ),
        (r#"{"error":null,"errors":[],"id":"1"}"#, "accepted"),
        (r#"{"error":"","id":"1"}"#, "accepted"),
        (r#"{"success":true,"data":{}}"#, "accepted"),
        (r#"{"submission":{"id":"1"},"errors":[]}"#, "accepted"),
    ] {
        assert_eq!(outcome(200, body), expected, "{body}");
    }
}

#[test]
fn a_page_with_a_status_of_success_was_written_by_something_else() {
    for (status, content_type, expected) in [
        (200, "text/html; charset=utf-8", "unavailable"),
        (201, "Text/HTML", "unavailable"),
        (200, "application/xhtml+xml", "unavailable"),
        (409, "text/html", "throttled"),
        (200, "text/plain", "accepted"),
    ] {
        let mut page = answer(status, "<!doctype html>");
        page.content_type = Some(content_type.to_owned());
        let outcome = Dialect::Flat.parse_response(&page, NOW);
        assert_eq!(name(&outcome), expected, "{status} {content_type}");
    }
}

#[test]
fn a_conflict_is_a_duplicate_only_if_it_says_so() {
    for (body, expected) in [
        (
            r#"{"error":{"code":"LG_1001","message":"exists","http":409}}"#,
            "duplicate",
        ),
        (
            r#"{"success":false,"error":{"code":"ALREADY_EXISTS"}}"#,
            "duplicate",
        ),
        (
            r#"{"error":"A lead with this email already exists","code":"CONFLICT"}"#,
            "duplicate",
        ),
        (
            r#"{"errors":[{"title":"Taken","code":"DuplicateValue"}]}"#,
            "duplicate",
        ),
        (
            r#"{"success":false,"status":409,"message":"Already subscribed"}"#,
            "duplicate",
        ),
        (
            r#"{"type":"about:blank","title":"Member Exists","status":409}"#,
            "duplicate",
        ),
        (
            r#"{"status":"error","message":"Contact already exists. Existing ID: 1","category":"CONFLICT"}"#,
            "duplicate",
        ),
        (
            r#"{"errors":{"email":["has already been taken"]}}"#,
            "duplicate",
        ),
        (r#"[{"errorCode":"DUPLICATES_DETECTED"}]"#, "duplicate"),
        ("This submission has already been processed.", "duplicate"),
        ("\"Duplicate\"", "duplicate"),
        (
            r#"{"type":"https://developer.example/idempotency","title":"A request is outstanding for this Idempotency-Key","detail":"A request with the same Idempotency-Key for the same operation is being processed or is outstanding."}"#,
            "throttled",
        ),
        (
            r#"{"error":{"code":"idempotency_key_in_use","message":"There is currently another in-progress request using this key"}}"#,
            "throttled",
        ),
        (
            r#"{"error":"Duplicate request: the first one is still being processed"}"#,
            "throttled",
        ),
        (
            r#"{"success":false,"status":409,"message":"The key exists with different values"}"#,
            "throttled",
        ),
        (
            r#"{"success":false,"error":{"code":"CONFLICT","message":"The list does not exist"}}"#,
            "throttled",
        ),
        (r#"{"errors":[{"title":"Conflict"}]}"#, "throttled"),
        // What a visitor wrote is no word of the core's.
        (
            r#"{"fields":{"message":"I already exist"},"id":"1"}"#,
            "throttled",
        ),
        (r#"{"submission":{"id":"1"}}"#, "throttled"),
        ("Conflict", "throttled"),
    ] {
        assert_eq!(outcome(409, body), expected, "{body}");
    }
    // A code that says what else is in conflict is the operator's.
    let body = r#"{"error":{"code":"LG_1202","message":"x already exists","http":409}}"#;
    assert_eq!(outcome(409, body), "blocked");
}

#[test]
fn field_errors_are_found_wherever_a_dialect_keeps_them() {
    for (status, body, expected) in [
        (
            400,
            r#"{"error":{"code":"LG_1102","details":{"errors":[{"field":"email","code":"too_long","message":"m"}]}}}"#,
            ViolationCode::TooLong,
        ),
        (
            400,
            r#"{"error":"Bad","code":"BAD","details":{"errors":[{"field":"email","message":"m"}]}}"#,
            ViolationCode::BadInput,
        ),
        (
            400,
            r#"{"errors":[{"id":"1","title":"t","code":"V1","detail":"m","meta":{"field":"email"}}]}"#,
            ViolationCode::BadInput,
        ),
        (
            422,
            r#"{"errors":[{"title":"t","detail":"m","source":{"pointer":"/data/attributes/email"}}]}"#,
            ViolationCode::BadInput,
        ),
        (
            422,
            r#"{"success":false,"status":422,"message":"Validation failed","errors":[{"field":"email","message":"m"}]}"#,
            ViolationCode::BadInput,
        ),
        (
            400,
            r#"{"success":false,"error":{"code":"VALIDATION_ERROR","details":{"field":"email","reason":"m"}}}"#,
            ViolationCode::BadInput,
        ),
        (
            400,
            r#"{"error":{"code":"MISSING_FIELD","message":"x","details":{"field":"email","reason":"m"}}}"#,
            ViolationCode::ValueMissing,
        ),
        (
            422,
            r##"{"type":"about:blank","title":"t","status":422,"errors":[{"pointer":"#/email","detail":"m"}]}"##,
            ViolationCode::BadInput,
        ),
    ] {
        let expected = vec![CoreViolation {
            field: "email".to_owned(),
            code: expected,
            message: "m".to_owned(),
        }];
        for dialect in Dialect::ALL {
            let outcome = dialect.parse_response(&answer(status, body), NOW);
            assert_eq!(
                outcome,
                Outcome::Invalid(expected.clone()),
                "{} {body}",
                dialect.as_str()
            );
        }
    }
}

#[test]
fn the_worst_of_several_codes_counts() {
    let body = r#"{"errors":[{"title":"t","code":"V1","meta":{"field":"email"}},{"title":"t","code":"E9"}]}"#;
    assert_eq!(outcome(400, body), "blocked");
    let body = r#"{"errors":[{"title":"t","code":"?1_last_name"}]}"#;
    assert_eq!(outcome(400, body), "blocked");
    assert_eq!(Dialect::JsonApi.class_of("?1_"), None);
}

#[test]
fn every_way_to_ask_for_patience_is_understood() {
    let wait = |retry_after: Option<&str>, reset: Option<&str>, body: &str| {
        let mut answer = answer(429, body);
        answer.retry_after = retry_after.map(str::to_owned);
        answer.rate_limit_reset = reset.map(str::to_owned);
        match Dialect::Result.parse_response(&answer, NOW) {
            Outcome::Throttled { retry_after_s, .. } => retry_after_s,
            other => panic!("{other:?}"),
        }
    };
    let result = json!({ "success": false, "error": { "code": "RATE_LIMIT_EXCEEDED", "details": { "retry_after": 60 } } });
    for (retry_after, reset, body, expected) in [
        (Some("7"), None, String::new(), Some(7)),
        (Some("0"), None, String::new(), Some(1)),
        (Some("999999"), None, String::new(), Some(3_600)),
        (
            Some("Sat, 21 Nov 2026 20:31:00 GMT"),
            None,
            String::new(),
            Some(60),
        ),
        (
            Some("Sat, 21 Nov 2020 20:31:00 GMT"),
            None,
            String::new(),
            Some(1),
        ),
        (Some("soon"), None, String::new(), None),
        (None, Some("1795293030"), String::new(), Some(30)),
        (None, Some("30"), String::new(), Some(30)),
        (Some("soon"), Some("30"), String::new(), Some(30)),
        (None, Some("x"), String::new(), None),
        (Some("7"), None, result.to_string(), Some(60)),
    ] {
        assert_eq!(
            wait(retry_after, reset, &body),
            expected,
            "{retry_after:?} {reset:?}"
        );
    }
}
