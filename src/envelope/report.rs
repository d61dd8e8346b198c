//! [`Report`]: what a core's refusal says, whatever the dialect.

use serde_json::{Map, Value};

use super::CoreViolation;
use crate::problem::ViolationCode;

/// The parts of a refusal that decide what becomes of a lead. Messages are kept only where a visitor may see them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// The codes, most specific first; none in `leadron`.
    pub codes: Vec<String>,
    /// What is wrong with which field.
    pub violations: Vec<CoreViolation>,
    /// Seconds to wait, as the body says.
    pub retry_after_s: Option<u64>,
}

impl Report {
    /// A report with one code.
    pub fn of_code(code: Option<&str>) -> Self {
        Self {
            codes: code.map(str::to_owned).into_iter().collect(),
            ..Self::default()
        }
    }

    /// Adds the violations of a list of `{ field, code, message }`, and whatever else names a field so.
    pub fn with_violations(mut self, list: Option<&Value>) -> Self {
        let entries = list.and_then(Value::as_array).into_iter().flatten();
        self.violations.extend(entries.filter_map(violation));
        self
    }

    /// Adds `retry_after`, in seconds.
    pub fn with_retry_after(mut self, details: Option<&Value>) -> Self {
        let seconds = details.and_then(|details| details.get("retry_after"));
        self.retry_after_s = seconds.and_then(Value::as_u64);
        self
    }
}

/// One entry of a list of violations, under whatever name it has the field. A path is joined by points, without the indices
/// of lists in it.
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

/// What is wrong with which field in a refusal of no dialect, as web frameworks write it: lists of entries, or fields with
/// their messages.
pub(super) fn violations_of(body: &Value) -> Vec<CoreViolation> {
    let mut found = Vec::new();
    search(body, &mut found);
    // Django REST framework has nothing but fields, each with a list.
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
        // What is in `data` may be the lead itself.
        if let Some(fields) = member.as_object()
            && found.len() == before
            && name != "data"
        {
            read_fields(fields, is_list, found);
        }
    }
}

/// Reads `{ "email": ["is invalid"] }`; a bare text is a message only where nothing else can stand.
fn read_fields(fields: &Map<String, Value>, takes_text: bool, found: &mut Vec<CoreViolation>) {
    for (field, reasons) in fields {
        let first = match reasons {
            Value::Array(reasons) => reasons.first(),
            Value::String(_) | Value::Object(_) if takes_text && !is_one_of(field, NO_FIELDS) => {
                Some(reasons)
            }
            _ => None,
        };
        let words = first.and_then(|first| match first {
            Value::Object(rules) => {
                let mut rules = rules.iter().filter(|(rule, _)| !is_one_of(rule, NO_FIELDS));
                message(first).or_else(|| rules.find_map(|(_, words)| words.as_str()))
            }
            other => other.as_str(),
        });
        if let Some(words) = words {
            found.push(CoreViolation {
                field: field.clone(),
                code: ViolationCode::BadInput,
                message: words.to_owned(),
            });
        }
    }
}

fn message(entry: &Value) -> Option<&str> {
    MESSAGES.split(' ').find_map(|name| text(entry, name))
}

/// A field's name or path: a text, or a list of steps.
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

/// Letters and digits alone, in lower case: `error_code`, `errorCode` and `Error-Code` are the same.
pub(super) fn plain(text: &str) -> String {
    let mut plain = text.to_ascii_lowercase();
    plain.retain(|c| c.is_ascii_alphanumeric() || !c.is_ascii());
    plain
}

/// Whether a text is one of the words of a list.
pub(super) fn is_one_of(text: &str, words: &str) -> bool {
    words.split(' ').any(|word| word == text)
}

/// Where an entry has its field: JSON:API and RFC 9457, Zod, `FastAPI`, express-validator, Symfony, Ajv, Salesforce, RFC 7807.
const FIELD_NAMES: &str =
    "field pointer path loc param property propertyPath instancePath attribute name";
/// Where an entry has its words.
const MESSAGES: &str = "message reason detail msg defaultMessage description issue";
/// What stands beside field errors and is no field.
const NO_FIELDS: &str = "message msg code type name status title detail path kind value";
/// Members that have nothing but field errors, as a list or by field.
const LISTS: &str = "errors fielderrors validationerrors validationmessages violations fieldviolations issues \
    invalidfields invalidparams";
/// Members that may have them.
const WRAPPERS: &str = "error detail details message data";
