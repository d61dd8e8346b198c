//! A form definition as it is stored: JSON in, everything wrong with it out.
//!
//! This is where the `validator` crate serves: lengths and counts of what a form's *owner* wrote.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::stored_field::StoredField;

/// One thing wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionFault {
    /// Where, e.g. `fields[2].pattern`; empty for the definition as a whole.
    pub path: String,
    /// What, in words for the form's owner.
    pub reason: String,
}

impl DefinitionFault {
    /// A fault at a path.
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

/// The JSON of a definition. Only `key`, `fields` and `allowed_origins` are required.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct StoredForm {
    /// Under which key it is published.
    pub key: String,
    /// Counts up with every publication.
    #[serde(default = "first_version")]
    pub version: u32,
    /// `published` or `draft`.
    #[serde(default)]
    pub status: Status,
    /// A BCP 47 language tag.
    #[serde(default = "default_locale")]
    #[validate(length(min = 2, max = "MAX_LOCALE_CHARS"))]
    pub locale: String,
    /// The heading.
    #[validate(length(max = "MAX_TEXT_CHARS"))]
    pub title: Option<String>,
    /// A paragraph below the heading.
    #[validate(length(max = "MAX_TEXT_CHARS"))]
    pub description: Option<String>,
    /// On the button.
    #[validate(length(min = 1, max = "MAX_SHORT_TEXT_CHARS"))]
    pub submit_label: Option<String>,
    /// See [`crate::embed::AllowedOrigin`].
    #[validate(length(max = "MAX_ALLOWED_ORIGINS"))]
    pub allowed_origins: Vec<String>,
    /// See [`crate::limit::RateLimitPolicy`].
    #[validate(length(min = 1, max = "MAX_POLICIES"), nested)]
    pub rate_limits: Option<Vec<StoredPolicy>>,
    /// The questions.
    #[validate(length(min = 1, max = "MAX_FIELDS"), nested)]
    pub fields: Vec<StoredField>,
    /// The name of a field that only robots fill.
    pub honeypot: Option<String>,
    /// The least time a person takes, in milliseconds.
    #[validate(range(max = "MAX_MIN_FILL_MS"))]
    pub min_fill_ms: Option<u32>,
    /// Whether a submission needs a ticket.
    pub ticket: Option<Ticket>,
    /// What becomes of values the form has no field for.
    #[serde(default)]
    pub unknown_fields: UnknownFields,
    /// What the visitor gets after an accepted submission.
    #[serde(default)]
    #[validate(nested)]
    pub on_success: OnSuccess,
    /// The dialect of answers.
    pub dialect: Option<String>,
}

/// The JSON of a rate limit policy.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct StoredPolicy {
    /// Shown in headers.
    #[validate(length(min = 1, max = "MAX_POLICY_NAME_CHARS"))]
    pub name: String,
    /// Submissions a window.
    pub quota: u64,
    /// The window in seconds.
    pub window_s: u64,
    /// `form` or `visitor`.
    pub partition: String,
}

/// After an accepted submission.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct OnSuccess {
    /// What to tell the visitor.
    #[validate(length(min = 1, max = "MAX_TEXT_CHARS"))]
    pub message: Option<String>,
    /// Where to send the visitor.
    #[validate(length(max = "MAX_REDIRECT_CHARS"))]
    pub redirect: Option<String>,
}

/// Whether a form takes submissions.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It does.
    #[default]
    Published,
    /// It does not, and nobody sees it.
    Draft,
}

/// Whether a submission needs a ticket.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Ticket {
    /// It may have one.
    Optional,
    /// It must have one.
    Required,
}

/// What becomes of values the form has no field for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum UnknownFields {
    /// They go along with the lead, as extras.
    #[default]
    Keep,
    /// The submission is refused.
    Refuse,
}

impl StoredForm {
    /// Reads the JSON.
    ///
    /// # Errors
    /// The first fault of its syntax or shape, or all faults of its lengths and counts.
    pub fn parse(json: &str) -> Result<Self, Vec<DefinitionFault>> {
        if json.len() > MAX_DEFINITION_BYTES {
            let reason = format!("larger than {MAX_DEFINITION_BYTES} bytes");
            return Err(vec![DefinitionFault::new("", reason)]);
        }
        let stored: Self = serde_json::from_str(json)
            .map_err(|error| vec![DefinitionFault::new("", error.to_string())])?;
        match stored.validate() {
            Ok(()) => Ok(stored),
            Err(errors) => {
                let mut faults = Vec::new();
                collect_faults(&errors, "", &mut faults);
                faults.sort_by(|a, b| a.path.cmp(&b.path));
                Err(faults)
            }
        }
    }
}

/// Flattens the crate's tree of errors into JSON paths.
fn collect_faults(errors: &ValidationErrors, path: &str, faults: &mut Vec<DefinitionFault>) {
    for (name, kind) in errors.errors() {
        let path = match path {
            "" => name.to_string(),
            parent => format!("{parent}.{name}"),
        };
        match kind {
            ValidationErrorsKind::Struct(nested) => collect_faults(nested, &path, faults),
            ValidationErrorsKind::List(items) => {
                for (index, nested) in items {
                    collect_faults(nested, &format!("{path}[{index}]"), faults);
                }
            }
            ValidationErrorsKind::Field(list) => {
                for error in list {
                    let bounds: Vec<String> = ["min", "max"]
                        .iter()
                        .filter_map(|&bound| {
                            let limit = error.params.get(&Cow::Borrowed(bound))?;
                            Some(format!("{bound} {limit}"))
                        })
                        .collect();
                    let reason = format!("{} outside {}", error.code, bounds.join(", "));
                    faults.push(DefinitionFault::new(path.clone(), reason));
                }
            }
        }
    }
}

fn first_version() -> u32 {
    1
}

fn default_locale() -> String {
    "en".to_owned()
}

/// The largest stored definition: bytes.
pub const MAX_DEFINITION_BYTES: usize = 262_144;
/// Fields of one form.
pub const MAX_FIELDS: u64 = 100;
/// Allowed origins of one form.
pub const MAX_ALLOWED_ORIGINS: u64 = 100;
/// Rate limit policies of one form.
pub const MAX_POLICIES: u64 = 8;
/// The longest label, hint, consent text or message: characters.
pub const MAX_TEXT_CHARS: u64 = 5_000;
/// The longest text on a button or inside a control, and the longest `autocomplete`: characters.
pub const MAX_SHORT_TEXT_CHARS: u64 = 200;
/// The longest language tag, as RFC 5646 section 4.4.1 recommends room for: characters.
const MAX_LOCALE_CHARS: u64 = 35;
/// The longest name of a policy, which goes into two headers of every answer: characters.
const MAX_POLICY_NAME_CHARS: u64 = 40;
/// The longest redirect: characters.
const MAX_REDIRECT_CHARS: u64 = 2_000;
/// A minute is longer than a short form takes: milliseconds.
const MAX_MIN_FILL_MS: u32 = 60_000;
