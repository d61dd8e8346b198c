//! [`Report`]: the parts of a core's refusal, independent of the dialect.

use serde_json::{Map, Value};

use super::CoreViolation;
use crate::problem::ViolationCode;

/// The parts of a refusal that decide the outcome. Contains only messages that a visitor may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// The codes, most specific first; in `leadron` the status.
    pub codes: Vec<String>,
    /// The violations, each with its field.
    pub violations: Vec<CoreViolation>,
    /// The waiting time in the body: seconds.
    pub retry_after_s: Option<u64>,
}

impl Report {
    /// A report with one code, or none.
    pub fn of_code(code: Option<&str>) -> Self {
        Self {
            codes: code.map(str::to_owned).into_iter().collect(),
            ..Self::default()
        }
    }

    /// Adds the violations of a list of `{ field, code, message }`, or of entries with other names that [`violation`] knows.
    pub fn with_violations(mut self, list: Option<&Value>) -> Self {
        let entries = list.and_then(Value::as_array).into_iter().flatten();
        self.violations.extend(entries.filter_map(violation));
        self
    }

    /// Adds the member `retry_after` of `details`, in seconds.
    pub fn with_retry_after(mut self, details: Option<&Value>) -> Self {
        let seconds = details.and_then(|details| details.get("retry_after"));
        self.retry_after_s = seconds.and_then(Value::as_u64);
        self
    }
}

/// Parses one entry of a list of violations; [`FIELD_NAMES`] has the names under which the field is found. A path is joined by
/// dots, without list indices.
pub(super) fn violation(entry: &Value) -> Option<CoreViolation> {
    let members = entry.as_object()?;
    let field = FIELD_NAMES
        .split(' ')
        .find_map(|name| path(members.get(name)?));
    let field = field
        .or_else(|| path(members.get("source")?.get("pointer")?))
        .or_else(|| path(members.get("fields")?.get(0)?))?;
    let code = text(entry, "code").and_then(ViolationCode::parse);
    Some(CoreViolation {
        field,
        code: code.unwrap_or(ViolationCode::BadInput),
        message: message(entry).unwrap_or_default().to_owned(),
    })
}

/// The violations in a refusal that is in none of the dialects but as web frameworks write it: lists of entries, or fields with
/// their messages.
pub(super) fn violations_of(body: &Value) -> Vec<CoreViolation> {
    let mut found = Vec::new();
    search(body, &mut found);
    // Django REST framework sends an object of fields only, each with a list.
    let is_field =
        |(name, reasons): (&String, &Value)| reasons.is_array() && !is_one_of(&plain(name), LISTS);
    if let (true, Some(members)) = (found.is_empty(), body.as_object())
        && members.iter().all(is_field)
    {
        read_fields(members, false, &mut found);
    }
    found
}

fn search(value: &Value, found: &mut Vec<CoreViolation>) {
    if let Some(items) = value.as_array() {
        for item in items {
            match violation(item) {
                Some(violation) => found.push(violation),
                None => search(item, found),
            }
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let name = plain(name);
        let is_list = is_one_of(&name, LISTS);
        if !is_list && !is_one_of(&name, WRAPPERS) {
            continue;
        }
        let before = found.len();
        search(member, found);
        // `data` may be the lead itself.
        if let Some(fields) = member.as_object()
            && found.len() == before
            && name != "data"
        {
            read_fields(fields, is_list, found);
        }
    }
}

/// Parses `{ "email": ["is invalid"] }`. A text without a list is a message only if `takes_text`.
fn read_fields(fields: &Map<String, Value>, takes_text: bool, found: &mut Vec<CoreViolation>) {
    for (field, reasons) in fields {
        let first = match reasons {
            Value::Array(reasons) => reasons.first(),
            Value::String(_) | Value::Object(_) if takes_text && !is_one_of(field, NO_FIELDS) => {
                Some(reasons)
            }
            _ => None,
        };
        let text = first.and_then(|first| match first {
            Value::Object(rules) => {
                let mut rules = rules.iter().filter(|(rule, _)| !is_one_of(rule, NO_FIELDS));
                message(first).or_else(|| rules.find_map(|(_, text)| text.as_str()))
            }
            other => other.as_str(),
        });
        if let Some(text) = text {
            found.push(CoreViolation {
                field: field.clone(),
                code: ViolationCode::BadInput,
                message: text.to_owned(),
            });
        }
    }
}

fn message(entry: &Value) -> Option<&str> {
    MESSAGES.split(' ').find_map(|name| text(entry, name))
}

/// A field's name or path: a text, or a list of path segments.
fn path(value: &Value) -> Option<String> {
    let steps: Vec<&str> = match value {
        Value::String(text) => vec![text.trim_start_matches('#').trim_start_matches('/')],
        Value::Array(steps) => steps.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    Some(steps.join(".")).filter(|path| !path.is_empty())
}

/// A text member of an object.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// Removes everything but letters and digits, in lower case, so that `error_code`, `errorCode` and `Error-Code` are equal.
pub(super) fn plain(text: &str) -> String {
    let mut plain = text.to_ascii_lowercase();
    plain.retain(|c| c.is_ascii_alphanumeric() || !c.is_ascii());
    plain
}

/// Whether a text is one of the words of a list separated by spaces.
pub(super) fn is_one_of(text: &str, words: &str) -> bool {
    words.split(' ').any(|word| word == text)
}

/// Members of an entry with its field: JSON:API and RFC 9457, Zod, `FastAPI`, express-validator, Symfony, Ajv, Salesforce,
/// RFC 7807.
const FIELD_NAMES: &str =
    "field pointer path loc param property propertyPath instancePath attribute name";
/// Members of an entry with its message.
const MESSAGES: &str = "message reason detail msg defaultMessage description issue";
/// Members beside field errors that are not fields.
const NO_FIELDS: &str = "message msg code type name status title detail path kind value";
/// Members that contain only field errors, as a list or by field.
const LISTS: &str = "errors fielderrors validationerrors validationmessages violations fieldviolations issues \
    invalidfields invalidparams";
/// Members that may contain field errors.
const WRAPPERS: &str = "error detail details message data";
