//! [`Report`]: what a core's refusal says, whatever the dialect.

use serde_json::Value;

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

/// One entry of a list of violations. A field may be called `field`, `path`, or be a JSON pointer.
pub(super) fn violation(entry: &Value) -> Option<CoreViolation> {
    let field = ["field", "pointer", "path"]
        .iter()
        .find_map(|name| text(entry, name))?;
    let field = field.trim_start_matches('#').trim_start_matches('/');
    let code = text(entry, "code").and_then(ViolationCode::parse);
    let message = ["message", "reason", "detail"]
        .iter()
        .find_map(|name| text(entry, name));
    Some(CoreViolation {
        field: field.to_owned(),
        code: code.unwrap_or(ViolationCode::BadInput),
        message: message.unwrap_or_default().to_owned(),
    })
}

/// A text member of an object.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}
