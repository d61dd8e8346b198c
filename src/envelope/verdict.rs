//! Detects failures and duplicates in response bodies that use no code of a dialect's table.

use serde_json::Value;

use super::report::{is_one_of, plain, text};

/// Whether a body reports a refusal: `success` is false, a status is 400 or more, or a status contains a word of failure.
/// Looks only at the top level and in wrappers; members further inside may repeat what the visitor typed.
pub(super) fn reports_refusal(body: &Value) -> bool {
    match body {
        Value::Bool(is_taken) => !is_taken,
        Value::String(text) => is_failure(text),
        Value::Array(items) => items
            .iter()
            .any(|item| item.is_object() && reports_refusal(item)),
        Value::Object(members) => members.iter().any(|(name, member)| {
            match plain(name).as_str() {
                name if is_one_of(name, SUCCESSES) => {
                    member.as_f64() == Some(0.0) || reports_refusal(member)
                }
                // `spam` without an id is a mail that was not sent (Contact Form 7), with an id a lead in the spam folder.
                "status" => {
                    reports_refusal(member)
                        || member == "spam" && body.get("id").is_none()
                        || status_of(body).is_some()
                }
                "statuscode" => status_of(body).is_some(),
                "result" | "response" => reports_refusal(member),
                "data" => data_reports_refusal(body, member),
                _ => false,
            }
        }),
        Value::Null | Value::Number(_) => false,
    }
}

/// Whether `error` or `errors` has content.
pub(super) fn has_errors(body: &Value) -> bool {
    match body {
        Value::Array(items) => items.iter().any(has_errors),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| match plain(name).as_str() {
                "error" | "errors" => is_something(member),
                "result" | "response" => has_errors(member),
                _ => false,
            }),
        _ => false,
    }
}

/// The first status of 400 or more in the body.
pub(super) fn status_of(body: &Value) -> Option<u16> {
    let members = body.as_object()?.iter();
    let mut statuses = members.filter_map(|(name, member)| {
        if !matches!(plain(name).as_str(), "status" | "statuscode") {
            return None;
        }
        let status = member
            .as_u64()
            .or_else(|| member.as_str()?.trim().parse().ok())?;
        (status >= 400).then(|| u16::try_from(status).unwrap_or(u16::MAX))
    });
    statuses.next()
}

/// [`reports_refusal`] for `data`, which usually contains the lead with what the visitor typed: only known shapes count.
fn data_reports_refusal(body: &Value, data: &Value) -> bool {
    let has_code = |value: &Value| text(value, "code").and(text(value, "message")).is_some();
    let entries = data
        .as_array()
        .map_or(std::slice::from_ref(data), Vec::as_slice);
    // WordPress: { "code", "message", "data": { "status": 401 } }; Zoho: a code, a message and a status each.
    has_code(body) && status_of(data).is_some()
        || entries.iter().any(|entry| {
            ["success", "ok"]
                .iter()
                .any(|name| entry.get(name) == Some(&Value::Bool(false)))
                || has_code(entry) && text(entry, "status").is_some_and(is_failure)
        })
}

fn is_failure(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    // Truncated JSON, or XML.
    if text.starts_with(['{', '[', '<']) {
        return false;
    }
    let is_short = text.split(' ').count() <= MAX_STATUS_WORDS;
    let has_failure =
        begins_with_one_of(&text, FAILURES) || is_short && has_one_of(&text, FAILURES);
    is_one_of(&plain(&text), REFUSALS) || has_failure && !begins_with_one_of(&text, NEGATIONS)
}

/// Whether a member for errors has content.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !is_one_of(&plain(text), NOTHING),
        Value::Array(items) => items.iter().any(is_something),
        Value::Object(members) => members.values().any(is_something),
    }
}

/// Whether a conflict reports that the lead exists already, and not that another request with its key is in progress.
pub(super) fn reports_existing(body: &Value) -> bool {
    let mut texts = Vec::new();
    collect_texts(body, false, &mut texts);
    let contain = |words| texts.iter().any(|text| has_one_of(text, words));
    let is_already = |text: &String| {
        let after = text.split("already").skip(1);
        let mut after = after.map(|rest| rest.strip_prefix("been").unwrap_or(rest));
        after.any(|rest| begins_with_one_of(rest, ALREADY))
    };
    (contain(EXISTS) || texts.iter().any(is_already)) && !contain(IN_PROGRESS)
}

/// Collects the texts that explain a refusal, reduced by [`plain`]. Other members may repeat what the visitor typed.
fn collect_texts(value: &Value, is_all: bool, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(plain(text)),
        Value::Array(items) => {
            for item in items {
                collect_texts(item, is_all, texts);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let name = plain(name);
                let holds_errors = is_one_of(&name, "error errors");
                if is_all || holds_errors || is_one_of(&name, EXPLANATIONS) {
                    collect_texts(member, is_all || holds_errors, texts);
                }
            }
        }
        _ => {}
    }
}

fn begins_with_one_of(text: &str, words: &str) -> bool {
    words.split(' ').any(|word| text.starts_with(word))
}

/// Whether a text contains one of the words of a list.
fn has_one_of(text: &str, words: &str) -> bool {
    words.split(' ').any(|word| text.contains(word))
}

/// Members that are true for success.
const SUCCESSES: &str = "success ok issuccess successful succeeded isvalid";
/// Words of failure, anywhere in a status: `mail_failed`, `VALIDATION_ERROR`.
const FAILURES: &str =
    "error fail invalid reject refus denied forbid unauthor unsuccess abort exception";
/// A status that reports failure when it is exactly one of these.
const REFUSALS: &str = "false no ko nok notok notsent notfound notauthorized acceptancemissing";
/// Contents of a member for errors that mean "no error".
const NOTHING: &str = " 0 false no none null ok success noerror noerrors";
/// Words that negate a word of failure: "no errors".
const NEGATIONS: &str = "no 0 zero without";
/// A longer text is a sentence; it counts only if it begins with a word of failure: "Error: …".
const MAX_STATUS_WORDS: usize = 2;
/// Members with a code or a message about the response itself.
const EXPLANATIONS: &str = "code errorcode name type category status result reason title message msg detail details \
    description";
/// "Contact already exists", `DUPLICATE_VALUE`, "has been taken".
const EXISTS: &str = "exists duplica beentaken";
/// What follows "already" or "already been" when the lead exists: "already registered".
const ALREADY: &str = "exist regist subscri taken submitted received processed created recorded stored accepted \
    delivered imported enrolled known present member amember";
/// The first request is in progress and may still fail, or was for another lead: the core does not have this lead yet.
/// draft-ietf-httpapi-idempotency-key-header, section 2.7.
const IN_PROGRESS: &str = "outstanding progress processing beingprocessed pending inflight concurrent lock inuse retry \
    tryagain different mismatch nolonger";

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
