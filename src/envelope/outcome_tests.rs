//! Tests of the outcome of a core's responses, in every dialect.

use serde_json::json;

use super::*;
use crate::problem::ViolationCode;

/// 2026-11-21T20:30:00Z
const NOW: UnixMillis = UnixMillis(1_795_293_000_000);

fn response(status: u16, body: &str) -> CoreResponse {
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

/// The outcome of a response; checks that it is the same with every configured dialect.
fn outcome(status: u16, body: &str) -> &'static str {
    let of = |dialect: &Dialect| name(&dialect.parse_response(&response(status, body), NOW));
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
fn an_unreadable_body_leaves_the_decision_to_the_status() {
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
fn an_html_page_with_status_200_is_no_success() {
    for (status, content_type, expected) in [
        (200, "text/html; charset=utf-8", "unavailable"),
        (201, "Text/HTML", "unavailable"),
        (200, "application/xhtml+xml", "unavailable"),
        (409, "text/html", "throttled"),
        (200, "text/plain", "accepted"),
    ] {
        let mut page = response(status, "<!doctype html>");
        page.content_type = Some(content_type.to_owned());
        let outcome = Dialect::Flat.parse_response(&page, NOW);
        assert_eq!(name(&outcome), expected, "{status} {content_type}");
    }
}

#[test]
fn field_errors_are_found_in_every_dialect() {
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
            let outcome = dialect.parse_response(&response(status, body), NOW);
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
fn the_worst_of_several_codes_decides() {
    let body = r#"{"errors":[{"title":"t","code":"V1","meta":{"field":"email"}},{"title":"t","code":"E9"}]}"#;
    assert_eq!(outcome(400, body), "blocked");
    let body = r#"{"errors":[{"title":"t","code":"?1_last_name"}]}"#;
    assert_eq!(outcome(400, body), "blocked");
    assert_eq!(Dialect::JsonApi.class_of("?1_"), None);
}

#[test]
fn retry_after_is_read_from_the_body_and_both_headers() {
    let wait = |retry_after: Option<&str>, reset: Option<&str>, body: &str| {
        let mut response = response(429, body);
        response.retry_after = retry_after.map(str::to_owned);
        response.rate_limit_reset = reset.map(str::to_owned);
        match Dialect::Result.parse_response(&response, NOW) {
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
