//! Reads the stored JSON of a form definition and reports every fault of its shape.

use serde_json::Value;

use crate::json;

use super::fault::DefinitionFault;
use super::kind::FieldKind;
use super::link;
use super::read::{
    ENTRIES, MUST_BE_OBJECT, Part, Reason, UNKNOWN, check_length, flag, join, one_of,
    optional_number, optional_text, read, take_items, text, texts,
};
use super::stored_field::{
    MAX_OPTIONS, MAX_SHORT_TEXT_CHARS, MAX_TEXT_CHARS, StoredField, StoredOption,
};
use super::stored_policy::{StoredPolicy, read_policy};
use super::theme::Theme;

/// The JSON of a definition. Only `key`, `fields` and `allowed_origins` are required.
#[derive(Clone, Debug, Default)]
pub struct StoredForm {
    /// The key it is published under.
    pub key: String,
    /// Counts up with every publication; [`super::Checked::number`] numbers a definition that has none.
    pub version: Option<u32>,
    /// The oldest version that submissions may still be checked against.
    pub oldest_version: Option<u32>,
    /// `published` or `draft`.
    pub status: Status,
    /// A BCP 47 language tag; `en` when absent.
    pub locale: Option<String>,
    /// The heading of the form.
    pub title: Option<String>,
    /// A paragraph below the heading.
    pub description: Option<String>,
    /// The text of the submit button.
    pub submit_label: Option<String>,
    /// See [`crate::embed::AllowedOrigin`].
    pub allowed_origins: Vec<String>,
    /// Whether the embed check refuses, or only logs what it would refuse; refuses when absent.
    pub enforce_origins: Option<bool>,
    /// See [`crate::limit::RateLimitPolicy`].
    pub rate_limits: Option<Vec<StoredPolicy>>,
    /// At least one.
    pub fields: Vec<StoredField>,
    /// How it looks.
    pub theme: Option<Theme>,
    /// The name of a hidden input that only robots fill, or `true` for one derived from the key.
    pub honeypot: Option<Value>,
    /// How submissions are judged; see [`crate::spam::SpamPolicy`].
    pub spam: Option<Value>,
    /// The shortest time a person needs, in milliseconds; where tickets are issued, less is a signal of spam.
    pub min_fill_ms: Option<u32>,
    /// Whether a submission needs a ticket.
    pub ticket: Option<Ticket>,
    /// Whether values without a field are kept or refused.
    pub unknown_fields: UnknownFields,
    /// How a lead contains the visitor's IP address.
    pub visitor_address: VisitorAddress,
    /// Whether the inbox keeps a copy of what the core gets.
    pub keep_copy: bool,
    /// How long the database keeps leads: days; for ever when absent.
    pub retention_days: Option<u32>,
    /// What happens after an accepted submission.
    pub on_success: OnSuccess,
    /// The dialect of responses.
    pub dialect: Option<String>,
}

/// What happens after an accepted submission.
#[derive(Clone, Debug, Default)]
pub struct OnSuccess {
    /// The text shown to the visitor.
    pub message: Option<String>,
    /// The page the visitor is sent to.
    pub redirect: Option<String>,
}

/// Whether a form accepts submissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It is public and accepts submissions.
    #[default]
    Published,
    /// It is not public.
    Draft,
}

/// Whether a submission needs a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// A submission may have one.
    Optional,
    /// A submission without one is refused.
    Required,
}

/// The treatment of values without a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownFields {
    /// The lead contains them as extras.
    #[default]
    Keep,
    /// The submission is refused.
    Refuse,
}

/// How a lead contains the visitor's IP address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
        let value =
            json::parse(json).map_err(|error| DefinitionFault::new("", error.to_string()))?;
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
        let mut stored = Self {
            honeypot: take("honeypot"),
            spam: take("spam"),
            ..Self::default()
        };
        read(&mut stored, Value::Object(members), "", faults);
        check_count(fields.len(), 1, MAX_FIELDS, "fields", faults);
        stored.fields = fields
            .into_iter()
            .map(|(path, item)| read_field(item, &path, faults))
            .collect();
        stored.rate_limits = policies.map(|items| {
            check_count(items.len(), 1, MAX_POLICIES, "rate_limits", faults);
            items
                .into_iter()
                .map(|(path, item)| read_policy(item, &path, faults))
                .collect()
        });
        if let Some(on_success) = on_success {
            read(&mut stored.on_success, on_success, "on_success", faults);
        }
        stored.theme = theme.map(|value| Theme::read(&value, faults));
        Ok(stored)
    }
}

impl Part for StoredForm {
    fn set(&mut self, name: &str, value: Value) -> Result<(), Reason> {
        match name {
            "key" => text(&mut self.key, value),
            "version" => optional_number(&mut self.version, &value, 1, u32::MAX),
            "oldest_version" => optional_number(&mut self.oldest_version, &value, 1, u32::MAX),
            "status" => {
                self.status = one_of(
                    &[("published", Status::Published), ("draft", Status::Draft)],
                    &value,
                )?;
                Ok(())
            }
            "locale" => optional_text(&mut self.locale, value, 0, u64::MAX),
            "title" => optional_text(&mut self.title, value, 0, MAX_TEXT_CHARS),
            "description" => optional_text(&mut self.description, value, 0, MAX_TEXT_CHARS),
            "submit_label" => optional_text(&mut self.submit_label, value, 1, MAX_SHORT_TEXT_CHARS),
            "allowed_origins" => texts(&mut self.allowed_origins, value, MAX_ALLOWED_ORIGINS),
            "enforce_origins" if value.is_null() => Ok(()),
            "enforce_origins" => flag(self.enforce_origins.insert(true), &value),
            "min_fill_ms" => optional_number(&mut self.min_fill_ms, &value, 0, u32::MAX),
            "ticket" if value.is_null() => Ok(()),
            "ticket" => {
                let all = [
                    ("optional", Ticket::Optional),
                    ("required", Ticket::Required),
                ];
                self.ticket = Some(one_of(&all, &value)?);
                Ok(())
            }
            "unknown_fields" => {
                let all = [
                    ("keep", UnknownFields::Keep),
                    ("refuse", UnknownFields::Refuse),
                ];
                self.unknown_fields = one_of(&all, &value)?;
                Ok(())
            }
            "visitor_address" => {
                let all = [
                    ("hash", VisitorAddress::Hash),
                    ("full", VisitorAddress::Full),
                    ("none", VisitorAddress::None),
                ];
                self.visitor_address = one_of(&all, &value)?;
                Ok(())
            }
            "keep_copy" => flag(&mut self.keep_copy, &value),
            "retention_days" => {
                optional_number(&mut self.retention_days, &value, 1, MAX_RETENTION_DAYS)
            }
            "dialect" => optional_text(&mut self.dialect, value, 0, u64::MAX),
            _ => Err(UNKNOWN.into()),
        }
    }
}

impl Part for OnSuccess {
    fn set(&mut self, name: &str, value: Value) -> Result<(), Reason> {
        match name {
            "message" => optional_text(&mut self.message, value, 1, MAX_TEXT_CHARS),
            "redirect" => optional_text(&mut self.redirect, value, 0, MAX_REDIRECT_CHARS),
            _ => Err(UNKNOWN.into()),
        }
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
    let mut field = StoredField::default();
    read(&mut field, item, path, faults);
    field.text_parts = link::parts_of(field.text.as_deref());
    field.hint_parts = link::parts_of(field.hint.as_deref());
    let options = options.unwrap_or_default();
    check_count(
        options.len(),
        0,
        MAX_OPTIONS,
        &join(path, "options"),
        faults,
    );
    let read_option = |(path, item): (String, Value)| {
        let mut option = StoredOption::default();
        read(&mut option, item, &path, faults);
        option
    };
    field.options = options.into_iter().map(read_option).collect();
    field
}

fn check_count(count: usize, min: u64, max: u64, path: &str, faults: &mut Vec<DefinitionFault>) {
    if let Err(reason) = check_length(count, min, max, ENTRIES)
        && faults.iter().all(|fault| fault.path != path)
    {
        faults.push(DefinitionFault::new(path, reason));
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
/// The longest retention, ten years: days.
pub const MAX_RETENTION_DAYS: u32 = 3_650;
/// The longest redirect, both as written and with its letters outside ASCII as `%…`: characters.
pub(super) const MAX_REDIRECT_CHARS: u64 = 2_000;
