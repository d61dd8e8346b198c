//! What a body says of itself in words that are in no dialect's table.

use serde_json::Value;

/// Whether a conflict says that the lead is there already, and not that another request with its key is under way.
pub(super) fn says_exists(body: &Value) -> bool {
    let mut texts = Vec::new();
    collect_texts(body, false, &mut texts);
    let says = |words: &[&str]| {
        let is_in = |text: &String| words.iter().any(|word| text.contains(word));
        texts.iter().any(is_in)
    };
    let is_already = |text: &String| {
        let after = text.split("already").skip(1);
        let mut after = after.map(|rest| rest.strip_prefix("been").unwrap_or(rest));
        after.any(|rest| ALREADY.iter().any(|word| rest.starts_with(word)))
    };
    (says(EXISTS) || texts.iter().any(is_already)) && !says(UNDER_WAY)
}

/// The texts a refusal explains itself with, in lower-case letters and digits alone. Others may repeat what was sent.
fn collect_texts(value: &Value, is_all: bool, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let letters = text.chars().filter(|c| c.is_alphanumeric());
            texts.push(letters.collect::<String>().to_ascii_lowercase());
        }
        Value::Array(items) => {
            for item in items {
                collect_texts(item, is_all, texts);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let holds_errors = matches!(name.as_str(), "error" | "errors");
                if is_all || holds_errors || EXPLANATIONS.contains(&name.as_str()) {
                    collect_texts(member, is_all || holds_errors, texts);
                }
            }
        }
        _ => {}
    }
}

/// Members that hold a code or words about the answer itself.
const EXPLANATIONS: &[&str] = &[
    "code",
    "errorCode",
    "error_code",
    "name",
    "type",
    "category",
    "status",
    "result",
    "reason",
    "title",
    "message",
    "msg",
    "detail",
    "details",
    "description",
];
/// "Contact already exists", `DUPLICATE_VALUE`, "has been taken".
const EXISTS: &[&str] = &["exists", "duplica", "beentaken"];
/// What follows on "already" or "already been" when a lead is there: "already registered".
const ALREADY: &[&str] = &[
    "exist",
    "regist",
    "subscri",
    "taken",
    "submitted",
    "received",
    "processed",
    "created",
    "recorded",
    "stored",
    "accepted",
    "delivered",
    "imported",
    "enrolled",
    "known",
    "present",
    "member",
    "amember",
];
/// The first request may still fail, or was another one: the lead is not there yet. draft-ietf-httpapi-idempotency-key-header,
/// section 2.7.
const UNDER_WAY: &[&str] = &[
    "outstanding",
    "progress",
    "processing",
    "beingprocessed",
    "pending",
    "inflight",
    "concurrent",
    "lock",
    "inuse",
    "retry",
    "tryagain",
    "different",
    "mismatch",
    "nolonger",
];
