//! The dialects against their references: every code, every body, there and back.

use std::collections::BTreeSet;
use std::{env, fs};

use formgate::clock::UnixMillis;
use formgate::envelope::{CoreResponse, Dialect, Outcome, Receipt, ReceiptStatus, Rendering};
use formgate::problem::{
    Challenge, EmbedReason, OutcomeClass, Problem, ProblemType, Violation, ViolationCode,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const NOW: UnixMillis = UnixMillis(1_795_293_000_000);
const RENDERING: Rendering<'_> = Rendering {
    request_id: "5f0c",
    now: NOW,
    service: "https://forms.test",
};

/// A problem of this type, with data where it has any.
fn sample(problem_type: ProblemType) -> Problem {
    let violation =
        |field: &str, code, message: &str| Violation::of_field(field, code, message.to_owned());
    match problem_type {
        ProblemType::RouteNotFound => Problem::RouteNotFound,
        ProblemType::FormNotFound => Problem::FormNotFound,
        ProblemType::MethodNotAllowed => Problem::MethodNotAllowed {
            allow: "GET, HEAD".into(),
        },
        ProblemType::FormEmbedInvalid => Problem::EmbedInvalid(EmbedReason::OriginNotAllowed),
        ProblemType::RateLimitExceeded => Problem::RateLimited {
            policy: "visitor".to_owned(),
            retry_after_s: 45,
        },
        ProblemType::BodyTooLarge => Problem::BodyTooLarge {
            limit_bytes: 131_072,
        },
        ProblemType::MediaTypeUnsupported => Problem::MediaTypeUnsupported {
            reason: "charset_unsupported",
        },
        ProblemType::ChallengeRequired => Problem::ChallengeRequired(Box::new(Challenge {
            details: r#"{ "altcha": { "parameters": { "cost": 1000 }, "signature": "5f" } }"#
                .to_owned(),
            ..Challenge::default()
        })),
        ProblemType::ServiceUnavailable => Problem::Unavailable { retry_after_s: 30 },
        ProblemType::FormValidationFailed => Problem::ValidationFailed(vec![
            violation(
                "email",
                ViolationCode::TypeMismatch,
                "Work email must be an email address, like name@example.com",
            ),
            violation("name", ViolationCode::ValueMissing, "Name is missing"),
        ]),
        other => Problem::Other(other),
    }
}

fn receipt() -> Receipt {
    Receipt {
        id: "ab12".to_owned(),
        status: ReceiptStatus::Delivered,
        received_at: NOW,
        message: "Thanks!".to_owned(),
        next: None,
        warnings: Vec::new(),
    }
}

/// Every response of a dialect, by code: status, content type, body.
fn bodies(dialect: Dialect) -> Value {
    let mut bodies = Map::new();
    let mut add = |name: &str, response: formgate::envelope::Response| {
        let body: Value = serde_json::from_str(&response.body).unwrap();
        let content_type = response.header("content-type").unwrap();
        bodies.insert(
            name.to_owned(),
            json!({ "status": response.status, "content_type": content_type, "body": body }),
        );
    };
    add("receipt", dialect.render_receipt(&receipt()));
    for &problem_type in ProblemType::ALL {
        add(
            problem_type.code(),
            dialect.render_problem(&sample(problem_type), &RENDERING),
        );
    }
    Value::Object(bodies)
}

/// `GOLDEN=write cargo test --test native golden` writes the files anew; review what changed: it is the API.
#[test]
fn every_body_is_the_golden_one() {
    for dialect in Dialect::ALL {
        let path = format!("tests/fixtures/golden/{}.json", dialect.as_str());
        let written = format!("{:#}\n", bodies(*dialect));
        if env::var("GOLDEN").is_ok_and(|mode| mode == "write") {
            fs::write(&path, &written).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap();
        assert!(
            written == golden,
            "{path} differs: a changed body is a changed API"
        );
    }
}

#[test]
fn what_one_side_writes_the_other_understands() {
    for &dialect in Dialect::ALL {
        for &problem_type in ProblemType::ALL {
            let response = dialect.render_problem(&sample(problem_type), &RENDERING);
            let expected = match dialect {
                // It has statuses and no codes.
                Dialect::Leadron => match response.status {
                    // Without a field there is nothing a visitor can correct.
                    422 if problem_type == ProblemType::FormValidationFailed => {
                        OutcomeClass::Invalid
                    }
                    // Its message tells that apart.
                    409 if problem_type == ProblemType::LeadAlreadyExists => {
                        OutcomeClass::Duplicate
                    }
                    status => OutcomeClass::of_status(status),
                },
                _ => problem_type.class(),
            };
            let core_response = CoreResponse {
                status: response.status,
                body: response.body.clone().into_bytes(),
                ..CoreResponse::default()
            };
            for reader in Dialect::ALL {
                let outcome = reader.parse_response(&core_response, NOW);
                let what = format!(
                    "{} as {}, read as {}",
                    problem_type.code(),
                    dialect.as_str(),
                    reader.as_str()
                );
                assert_eq!(class(&outcome), expected, "{what}: {}", response.body);
                if let Outcome::Invalid(violations) = outcome {
                    let mut fields: Vec<&str> =
                        violations.iter().map(|v| v.field.as_str()).collect();
                    fields.sort_unstable();
                    assert_eq!(fields, ["email", "name"], "{what}");
                }
            }
        }
        let accepted = dialect.render_receipt(&receipt());
        let core_response = CoreResponse {
            status: accepted.status,
            body: accepted.body.into_bytes(),
            ..CoreResponse::default()
        };
        for reader in Dialect::ALL {
            assert_eq!(
                reader.parse_response(&core_response, NOW),
                Outcome::Accepted
            );
        }
    }
}

#[test]
fn a_wait_survives_every_dialect_that_can_express_it() {
    let problem = sample(ProblemType::RateLimitExceeded);
    for dialect in Dialect::ALL {
        let response = dialect.render_problem(&problem, &RENDERING);
        let core_response = CoreResponse {
            status: response.status,
            retry_after: response.header("retry-after").map(str::to_owned),
            body: response.body.into_bytes(),
            ..CoreResponse::default()
        };
        let Outcome::Throttled { retry_after_s, .. } = dialect.parse_response(&core_response, NOW)
        else {
            panic!("{} is not throttled", dialect.as_str());
        };
        assert_eq!(retry_after_s, Some(45), "{}", dialect.as_str());
    }
}

/// The codes a reference lists, as a reader of the document finds them.
fn listed(dialect: Dialect) -> BTreeSet<String> {
    let document = match dialect {
        Dialect::Problem => return BTreeSet::new(),
        other => fs::read_to_string(format!("tests/fixtures/{}.txt", other.as_str())).unwrap(),
    };
    let lines = document.lines().map(str::trim);
    let codes: Vec<Option<String>> = match dialect {
        Dialect::LeadGen => lines
            .map(|line| Some(line.split_once(" | ")?.0.to_owned()))
            .filter(|code| code.as_ref().is_some_and(|code| code.starts_with("LG_")))
            .collect(),
        // The code runs into what it means: its last capital begins the next word.
        Dialect::Flat => lines
            .map(|line| {
                let end = line.find(|c: char| !c.is_ascii_uppercase() && c != '_')?;
                let known = dialect
                    .codes()
                    .into_iter()
                    .find(|row| line.starts_with(row.code));
                let code = known.map_or(line.get(..end)?, |row| row.code);
                code.contains('_').then(|| code.to_owned())
            })
            .collect(),
        Dialect::JsonApi => lines
            .map(|line| Some(line.strip_prefix("• ")?.split_once(" - ")?.0.to_owned()))
            .collect(),
        Dialect::Leadron => lines
            .skip_while(|line| *line != "CodeMeaning")
            .map(|line| {
                line.get(..3)
                    .filter(|code| code.parse::<u16>().is_ok())
                    .map(str::to_owned)
            })
            .collect(),
        Dialect::Result | Dialect::Problem => lines
            .map(|line| {
                Some(
                    line.strip_prefix("\"code\": \"")?
                        .split('"')
                        .next()?
                        .to_owned(),
                )
            })
            // What the envelope is explained with.
            .filter(|code| code.as_deref() != Some("ERROR_CODE"))
            .collect(),
    };
    codes.into_iter().flatten().collect()
}

#[test]
fn no_code_of_any_reference_is_missing_and_none_is_made_up() {
    for (dialect, count) in [
        (Dialect::LeadGen, 27),
        (Dialect::Flat, 10),
        (Dialect::JsonApi, 49),
        (Dialect::Leadron, 10),
        (Dialect::Result, 7),
        (Dialect::Problem, 0),
    ] {
        let ours: BTreeSet<String> = dialect
            .codes()
            .iter()
            .map(|row| row.code.to_owned())
            .collect();
        assert_eq!(ours, listed(dialect), "{}", dialect.as_str());
        assert_eq!(dialect.codes().len(), count, "{}", dialect.as_str());
        let document = fs::read_to_string(format!("tests/fixtures/{}.txt", dialect.as_str()))
            .map(|text| text.replace('\u{2019}', "'"));
        for row in dialect.codes() {
            assert!(
                document
                    .as_ref()
                    .unwrap()
                    .contains(&row.meaning.replace('\u{2019}', "'")),
                "{} {}",
                row.code,
                row.meaning
            );
        }
    }
}

#[test]
fn a_problem_type_is_written_with_at_most_one_code() {
    for dialect in Dialect::ALL {
        let mut seen = Vec::new();
        for row in dialect.codes() {
            for ours in row.problem_types {
                assert!(
                    !seen.contains(ours),
                    "{} twice in {}",
                    ours.code(),
                    dialect.as_str()
                );
                seen.push(*ours);
                if *dialect != Dialect::Leadron {
                    assert_eq!(
                        ours.class(),
                        row.class,
                        "{} in {}",
                        ours.code(),
                        dialect.as_str()
                    );
                }
            }
        }
    }
}

fn class(outcome: &Outcome) -> OutcomeClass {
    match outcome {
        Outcome::Accepted => OutcomeClass::Accepted,
        Outcome::Duplicate => OutcomeClass::Duplicate,
        Outcome::Invalid(_) => OutcomeClass::Invalid,
        Outcome::Throttled { .. } => OutcomeClass::Throttled,
        Outcome::Unavailable { .. } => OutcomeClass::Unavailable,
        Outcome::Blocked { .. } => OutcomeClass::Blocked,
        Outcome::Refused { .. } => OutcomeClass::Refused,
    }
}

/// Envelopes of all dialects, cut up and put together again.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<String> = Dialect::ALL
        .iter()
        .flat_map(|dialect| {
            [
                ProblemType::FormValidationFailed,
                ProblemType::RateLimitExceeded,
                ProblemType::Forbidden,
            ]
            .map(|ours| dialect.render_problem(&sample(ours), &RENDERING).body)
        })
        .collect();
    let cut = (
        proptest::sample::select(pieces),
        any::<prop::sample::Index>(),
        any::<Vec<u8>>(),
        any::<prop::sample::Index>(),
    );
    prop_oneof![
        4 => cut.prop_map(|(text, at, middle, to)| {
            let bytes = text.into_bytes();
            let (at, to) = (at.index(bytes.len()), to.index(bytes.len()));
            [&bytes[..at], &middle, &bytes[to..]].concat()
        }),
        1 => any::<Vec<u8>>(),
    ]
}

proptest! {
    #[test]
    fn any_answer_of_a_core_is_one_outcome(
        body in body(), status: u16, retry_after: Option<String>, rate_limit_reset: Option<String>,
        content_type: Option<String>, now: u64, dialect in proptest::sample::select(Dialect::ALL),
    ) {
        let response = CoreResponse { status, content_type, location: None, retry_after, rate_limit_reset, body };
        match dialect.parse_response(&response, UnixMillis(now)) {
            Outcome::Invalid(violations) => prop_assert!(!violations.is_empty()),
            Outcome::Throttled { retry_after_s, .. } | Outcome::Unavailable { retry_after_s, .. } => {
                prop_assert!(retry_after_s.is_none_or(|seconds| (1..=3_600).contains(&seconds)));
            }
            Outcome::Accepted => prop_assert!((200..300).contains(&status)),
            _ => {}
        }
    }
}
