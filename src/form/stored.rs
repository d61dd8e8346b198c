//! Reads the stored JSON of a form definition and reports every fault of its shape.
//!
//! The `validator` crate checks lengths and counts of what the owner wrote.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::fault::DefinitionFault;
use super::kind::FieldKind;
use super::link;
use super::read::{MUST_BE_OBJECT, join, read, read_item, take_items};
use super::stored_field::{MAX_SHORT_TEXT_CHARS, MAX_TEXT_CHARS, StoredField};
use super::theme::Theme;

/// The JSON of a definition. Only `key`, `fields` and `allowed_origins` are required.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct StoredForm {
    /// The key it is published under.
    pub key: String,
    /// Counts up with every publication; [`super::Checked::number`] numbers a definition that has none.
    #[validate(range(min = 1))]
    pub version: Option<u32>,
    /// The oldest version that submissions may still be checked against.
    #[validate(range(min = 1))]
    pub oldest_version: Option<u32>,
    /// `published` or `draft`.
    pub status: Status,
    /// A BCP 47 language tag; `en` when absent.
    pub locale: Option<String>,
    /// The heading of the form.
    #[validate(length(max = "MAX_TEXT_CHARS"))]
    pub title: Option<String>,
    /// A paragraph below the heading.
    #[validate(length(max = "MAX_TEXT_CHARS"))]
    pub description: Option<String>,
    /// The text of the submit button.
    #[validate(length(min = 1, max = "MAX_SHORT_TEXT_CHARS"))]
    pub submit_label: Option<String>,
    /// See [`crate::embed::AllowedOrigin`].
    #[validate(length(max = "MAX_ALLOWED_ORIGINS"))]
    pub allowed_origins: Vec<String>,
    /// Whether the embed check refuses, or only logs what it would refuse; refuses when absent.
    pub enforce_origins: Option<bool>,
    /// See [`crate::limit::RateLimitPolicy`].
    #[serde(skip)]
    #[validate(length(min = 1, max = "MAX_POLICIES"), nested)]
    pub rate_limits: Option<Vec<StoredPolicy>>,
    /// At least one.
    #[serde(skip)]
    #[validate(length(min = 1, max = "MAX_FIELDS"), nested)]
    pub fields: Vec<StoredField>,
    /// How it looks.
    #[serde(skip)]
    pub theme: Option<Theme>,
    /// The name of a hidden input that only robots fill, or `true` for one derived from the key.
    #[serde(skip)]
    pub honeypot: Option<Value>,
    /// How submissions are judged; see [`crate::spam::SpamPolicy`].
    #[serde(skip)]
    pub spam: Option<Value>,
    /// The shortest time a person needs, in milliseconds; where tickets are issued, less is a signal of spam.
    pub min_fill_ms: Option<u32>,
    /// Whether a submission needs a ticket.
    pub ticket: Option<Ticket>,
    /// Whether values without a field are kept or refused.
    pub unknown_fields: UnknownFields,
    /// How a lead contains the visitor's IP address.
    pub visitor_address: VisitorAddress,
    /// What happens after an accepted submission.
    #[serde(skip)]
    #[validate(nested)]
    pub on_success: OnSuccess,
    /// The dialect of responses.
    pub dialect: Option<String>,
}

/// The JSON of a rate limit policy.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct StoredPolicy {
    /// The name in the rate limit headers.
    #[validate(length(min = 1, max = "MAX_POLICY_NAME_CHARS"))]
    pub name: String,
    /// Submissions per window.
    pub quota: u64,
    /// The length of the window: seconds.
    pub window_s: u64,
    /// `form`, `visitor` or `api_key`.
    pub partition: String,
    /// `open` or `closed`; open when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_fault: Option<String>,
}

/// What happens after an accepted submission.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct OnSuccess {
    /// The text shown to the visitor.
    #[validate(length(min = 1, max = "MAX_TEXT_CHARS"))]
    pub message: Option<String>,
    /// The page the visitor is sent to.
    #[validate(length(max = "MAX_REDIRECT_CHARS"))]
    pub redirect: Option<String>,
}

/// Whether a form accepts submissions.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is public and accepts submissions.
    #[default]
    Published,
    /// It is not public.
    Draft,
}

/// Whether a submission needs a ticket.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Ticket {
    /// A submission may have one.
    Optional,
    /// A submission without one is refused.
    Required,
}

/// The treatment of values without a field.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum UnknownFields {
    /// The lead contains them as extras.
    #[default]
    Keep,
    /// The submission is refused.
    Refuse,
}

/// How a lead contains the visitor's IP address.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum VisitorAddress {
    /// A keyed hash: equal for leads of one visitor.
    #[default]
    Hash,
    /// The address itself.
    Full,
    /// Not at all.
    None,
}

impl StoredForm {
    /// Reads as much of the JSON as can be read, and adds every fault of shape, length and count to `faults`.
    ///
    /// # Errors
    /// It is not a JSON object, or too large.
    pub fn parse(json: &str, faults: &mut Vec<DefinitionFault>) -> Result<Self, DefinitionFault> {
        // Editors on Windows may write a byte order mark.
        let json = json.trim_start_matches(BYTE_ORDER_MARK);
        if json.len() > MAX_DEFINITION_BYTES {
            return Err(DefinitionFault::new(
                "",
                format!("larger than {MAX_DEFINITION_BYTES} bytes"),
            ));
        }
        let value: Value = serde_json::from_slice(json.as_bytes())
            .map_err(|error| DefinitionFault::new("", error.to_string()))?;
        let Value::Object(mut members) = value else {
            return Err(DefinitionFault::new("", MUST_BE_OBJECT));
        };
        if !members.contains_key("allowed_origins") {
            faults.push(DefinitionFault::new(
                "allowed_origins",
                "is missing: which pages may embed the form?",
            ));
        }
        let fields = take_items(&mut members, "", "fields", faults).unwrap_or_default();
        let policies = take_items(&mut members, "", "rate_limits", faults);
        let mut take = |name| members.shift_remove(name).filter(|value| !value.is_null());
        let (on_success, theme) = (take("on_success"), take("theme"));
        let (honeypot, spam) = (take("honeypot"), take("spam"));
        let mut stored: Self = read(members, "", faults);
        (stored.honeypot, stored.spam) = (honeypot, spam);
        stored.fields = fields
            .into_iter()
            .map(|(path, item)| read_field(item, &path, faults))
            .collect();
        stored.rate_limits = policies.map(|items| {
            items
                .into_iter()
                .map(|(path, item)| read_item(item, &path, faults))
                .collect()
        });
        stored.on_success = on_success
            .map(|value| read_item(value, "on_success", faults))
            .unwrap_or_default();
        stored.theme = theme.map(|value| Theme::read(&value, faults));
        if let Err(errors) = stored.validate() {
            let mut found = Vec::new();
            collect_faults(&errors, "", &mut found);
            // The crate returns them in a hash map, without order.
            found.sort_by(|a, b| a.path.cmp(&b.path));
            faults.append(&mut found);
        }
        Ok(stored)
    }
}

fn read_field(item: Value, path: &str, faults: &mut Vec<DefinitionFault>) -> StoredField {
    let mut item = item;
    let options = item.as_object_mut().and_then(|members| {
        // A consent is required unless the definition sets `required`; the widget reads the attribute from here.
        let kind = members.get("type").and_then(Value::as_str);
        if kind == Some(FieldKind::Consent.as_str()) && !members.contains_key("required") {
            members.insert("required".to_owned(), Value::Bool(true));
        }
        take_items(members, path, "options", faults)
    });
    let mut field: StoredField = read_item(item, path, faults);
    let options = options.unwrap_or_default().into_iter();
    field.text_parts = link::parts_of(field.text.as_deref());
    field.hint_parts = link::parts_of(field.hint.as_deref());
    field.options = options
        .map(|(path, item)| read_item(item, &path, faults))
        .collect();
    field
}

/// Flattens the crate's tree of errors into JSON paths.
fn collect_faults(errors: &ValidationErrors, path: &str, faults: &mut Vec<DefinitionFault>) {
    for (name, kind) in errors.errors() {
        let path = join(path, name);
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

/// U+FEFF, which a file in UTF-8 may begin with.
pub const BYTE_ORDER_MARK: char = '\u{feff}';
/// The largest stored definition: bytes.
pub const MAX_DEFINITION_BYTES: usize = 262_144;
/// The most fields of one form.
pub const MAX_FIELDS: u64 = 100;
/// The most allowed origins of one form.
pub const MAX_ALLOWED_ORIGINS: u64 = 100;
/// The most rate limit policies of one form.
pub const MAX_POLICIES: u64 = 8;
/// The longest name of a policy, which is in two headers of every response: characters.
const MAX_POLICY_NAME_CHARS: u64 = 40;
/// The longest redirect, both as written and with its letters outside ASCII as `%…`: characters.
pub(super) const MAX_REDIRECT_CHARS: u64 = 2_000;
