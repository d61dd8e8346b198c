//! What a body says of itself in words that are in no dialect's table.

use serde_json::Value;

use super::report::{is_one_of, plain, text};

/// Whether a body refuses: `success` false, a status of 400 or more, a word of failure where a status stands. Only at the
/// top and in what wraps it; further inside may stand what a visitor wrote.
pub(super) fn refuses(body: &Value) -> bool {
    match body {
        Value::Bool(is_taken) => !is_taken,
        Value::String(text) => is_failure(text),
        Value::Array(items) => items.iter().any(|item| item.is_object() && refuses(item)),
        Value::Object(members) => members.iter().any(|(name, member)| {
            match plain(name).as_str() {
                name if is_one_of(name, SUCCESSES) => {
                    member.as_f64() == Some(0.0) || refuses(member)
                }
                // `spam` without an id is a mail that was not sent, with one a lead that was put there.
                "status" => {
                    refuses(member)
                        || member == "spam" && body.get("id").is_none()
                        || status_of(body).is_some()
                }
                "statuscode" => status_of(body).is_some(),
                "result" | "response" => refuses(member),
                "data" => refuses_data(body, member),
                _ => false,
            }
        }),
        Value::Null | Value::Number(_) => false,
    }
}

/// Whether there is something in `error` or `errors`.
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

/// The status a body gives itself, if that is one of failure.
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

/// `data` is where most put the lead itself, with what a visitor wrote; a refusal there has to be of a known shape.
fn refuses_data(body: &Value, data: &Value) -> bool {
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
    // JSON that breaks off, or XML: no words of its own.
    if text.starts_with(['{', '[', '<']) {
        return false;
    }
    let is_short = text.split(' ').count() <= MAX_STATUS_WORDS;
    let says_so = begins_with_one_of(&text, FAILURES) || is_short && has_one_of(&text, FAILURES);
    is_one_of(&plain(&text), REFUSALS) || says_so && !begins_with_one_of(&text, NEGATIONS)
}

/// Whether a member for errors says anything.
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

/// Whether a conflict says that the lead is there already, and not that another request with its key is under way.
pub(super) fn says_exists(body: &Value) -> bool {
    let mut texts = Vec::new();
    collect_texts(body, false, &mut texts);
    let says = |words| texts.iter().any(|text| has_one_of(text, words));
    let is_already = |text: &String| {
        let after = text.split("already").skip(1);
        let mut after = after.map(|rest| rest.strip_prefix("been").unwrap_or(rest));
        after.any(|rest| begins_with_one_of(rest, ALREADY))
    };
    (says(EXISTS) || texts.iter().any(is_already)) && !says(UNDER_WAY)
}

/// The texts a refusal explains itself with, in lower-case letters and digits alone. Others may repeat what was sent.
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

/// Whether a text has one of the words of a list in it.
fn has_one_of(text: &str, words: &str) -> bool {
    words.split(' ').any(|word| text.contains(word))
}

/// Members that say whether it is one.
const SUCCESSES: &str = "success ok issuccess successful succeeded isvalid";
/// Words of failure, wherever they stand in a status: `mail_failed`, `VALIDATION_ERROR`.
const FAILURES: &str =
    "error fail invalid reject refus denied forbid unauthor unsuccess abort exception";
/// What is failure only as a whole.
const REFUSALS: &str = "false no ko nok notok notsent notfound notauthorized acceptancemissing";
/// What says of an error that there is none.
const NOTHING: &str = " 0 false no none null ok success noerror noerrors";
/// What turns a word of failure round: "no errors".
const NEGATIONS: &str = "no 0 zero without";
/// More words are a sentence, which is no status unless it begins with one: "Error: …".
const MAX_STATUS_WORDS: usize = 2;
/// Members that hold a code or words about the answer itself.
const EXPLANATIONS: &str = "code errorcode name type category status result reason title message msg detail details \
    description";
/// "Contact already exists", `DUPLICATE_VALUE`, "has been taken".
const EXISTS: &str = "exists duplica beentaken";
/// What follows on "already" or "already been" when a lead is there: "already registered".
const ALREADY: &str = "exist regist subscri taken submitted received processed created recorded stored accepted \
    delivered imported enrolled known present member amember";
/// The first request may still fail, or was another one: the lead is not there yet. draft-ietf-httpapi-idempotency-key-header,
/// section 2.7.
const UNDER_WAY: &str = "outstanding progress processing beingprocessed pending inflight concurrent lock inuse retry \
    tryagain different mismatch nolonger";

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
