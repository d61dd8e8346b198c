//! What a form is: stored JSON to [`FormDefinition`], refused whole if any part of it is wrong.
//!
//! Also the isolate's [`Shelf`] of definitions it has met. Reading KV is `intake`'s; looking at values is `submission`'s.

mod field;
mod key;
mod shelf;
mod stored;

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest, Sha256};

pub use field::{Field, FieldKind};
pub use key::{
    FormKey, InvalidFieldName, InvalidFormKey, MAX_FIELD_NAME_BYTES, MAX_FORM_KEY_BYTES,
    check_field_name, is_prototype_name,
};
pub use shelf::{Found, MAX_SHELVED_FORMS, Shelf};
pub use stored::{DefinitionFault, OnSuccess, StoredField, StoredOption, UnknownFields};

use crate::constraint::pattern::Pattern;
use crate::embed::AllowedOrigin;
use crate::envelope::Dialect;
use crate::limit::{MAX_QUOTA, MAX_WINDOW_S, Partition, RateLimitPolicy};
use stored::{Status, StoredForm, StoredPolicy, Ticket};

/// A form, ready to take submissions.
#[derive(Clone, Debug)]
pub struct FormDefinition {
    /// Under which key it is published.
    pub key: FormKey,
    /// Its version.
    pub version: u32,
    /// Whether it takes submissions; a draft is answered as if it were not there.
    pub is_published: bool,
    /// A BCP 47 language tag.
    pub locale: String,
    /// The heading.
    pub title: String,
    /// A paragraph below the heading.
    pub description: Option<String>,
    /// On the button.
    pub submit_label: String,
    /// Which pages may embed it.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// How often it may be submitted.
    pub rate_limits: Vec<RateLimitPolicy>,
    /// The questions, in order.
    pub fields: Vec<Field>,
    /// The name of a field that only robots fill; never counted as unknown.
    pub honeypot: Option<String>,
    /// What becomes of values it has no field for.
    pub unknown_fields: UnknownFields,
    /// What to tell the visitor after an accepted submission.
    pub success_message: String,
    /// Where to send the visitor then; `https`, or `http` on this machine.
    pub redirect: Option<String>,
    /// The dialect of answers; `None` leaves it to the setting.
    pub dialect: Option<Dialect>,
    /// What the widget gets, as JSON.
    pub public_json: String,
    /// The entity tag of `public_json`, quoted: RFC 9110 section 8.8.3.
    pub etag: String,
}

impl FormDefinition {
    /// Reads a stored definition.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its path.
    pub fn parse(json: &str) -> Result<Self, Vec<DefinitionFault>> {
        let stored = StoredForm::parse(json)?;
        let mut faults = Vec::new();
        let key = FormKey::parse(&stored.key);
        if key.is_err() {
            faults.push(DefinitionFault::new("key", "takes only A-Z a-z 0-9 _ -"));
        }
        let allowed_origins = parse_origins(&stored.allowed_origins, &mut faults);
        let rate_limits = match &stored.rate_limits {
            Some(policies) => parse_policies(policies, &mut faults),
            None => RateLimitPolicy::defaults(),
        };
        let fields = parse_fields(&stored.fields, &mut faults);
        check_form(&stored, &mut faults);
        let dialect = stored.dialect.as_deref().and_then(|name| {
            let dialect = Dialect::parse(name);
            if dialect.is_none() {
                faults.push(DefinitionFault::new(
                    "dialect",
                    "is not a dialect spoken here",
                ));
            }
            dialect
        });
        let Ok(key) = key else { return Err(faults) };
        if !faults.is_empty() {
            return Err(faults);
        }
        let public_json = public_json(&stored);
        Ok(Self {
            key,
            version: stored.version,
            is_published: stored.status == Status::Published,
            locale: stored.locale,
            title: stored.title.unwrap_or_else(|| "Contact us".to_owned()),
            description: stored.description,
            submit_label: stored.submit_label.unwrap_or_else(default_submit_label),
            allowed_origins,
            rate_limits,
            fields,
            honeypot: stored.honeypot,
            unknown_fields: stored.unknown_fields,
            success_message: stored
                .on_success
                .message
                .unwrap_or_else(|| "Thank you. We have received what you sent.".to_owned()),
            redirect: stored.on_success.redirect,
            dialect,
            etag: etag(&public_json),
            public_json,
        })
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name() == name)
    }
}

fn parse_origins(patterns: &[String], faults: &mut Vec<DefinitionFault>) -> Vec<AllowedOrigin> {
    let mut origins = Vec::with_capacity(patterns.len());
    for (index, pattern) in patterns.iter().enumerate() {
        match AllowedOrigin::parse(pattern) {
            Ok(origin) => origins.push(origin),
            Err(reason) => faults.push(DefinitionFault::new(
                format!("allowed_origins[{index}]"),
                reason.to_string(),
            )),
        }
    }
    origins
}

fn parse_policies(
    stored: &[StoredPolicy],
    faults: &mut Vec<DefinitionFault>,
) -> Vec<RateLimitPolicy> {
    let mut names = BTreeSet::new();
    let mut policies = Vec::with_capacity(stored.len());
    for (index, policy) in stored.iter().enumerate() {
        let mut fault = |attribute: &str, reason: String| {
            faults.push(DefinitionFault::new(
                format!("rate_limits[{index}].{attribute}"),
                reason,
            ));
        };
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !policy.name.bytes().all(is_token) {
            // It goes into a structured header between quotes.
            fault("name", "takes only A-Z a-z 0-9 - _ .".to_owned());
        }
        if !names.insert(policy.name.as_str()) {
            fault("name", "stands twice".to_owned());
        }
        if !(1..=MAX_QUOTA).contains(&policy.quota) {
            fault("quota", format!("must be from 1 to {MAX_QUOTA}"));
        }
        if !(1..=MAX_WINDOW_S).contains(&policy.window_s) {
            fault("window_s", format!("must be from 1 to {MAX_WINDOW_S}"));
        }
        match Partition::parse(&policy.partition) {
            Some(partition) => policies.push(RateLimitPolicy {
                name: policy.name.clone(),
                quota: policy.quota,
                window_s: policy.window_s,
                partition,
            }),
            None => fault("partition", "must be form or visitor".to_owned()),
        }
    }
    policies
}

fn parse_fields(stored: &[StoredField], faults: &mut Vec<DefinitionFault>) -> Vec<Field> {
    let mut names = BTreeSet::new();
    let mut fields = Vec::with_capacity(stored.len());
    for (index, attributes) in stored.iter().enumerate() {
        let mut fault = |attribute: &str, reason: &str| {
            faults.push(DefinitionFault::new(
                format!("fields[{index}].{attribute}"),
                reason,
            ));
        };
        if check_field_name(&attributes.name).is_err() {
            fault(
                "name",
                "begins with a letter and takes only A-Z a-z 0-9 _ . : [ ] -",
            );
        }
        if !names.insert(attributes.name.as_str()) {
            fault("name", "stands twice");
        }
        let Some(kind) = FieldKind::parse(&attributes.kind) else {
            fault("type", "is not a kind of field");
            continue;
        };
        if kind.has_options() && attributes.options.is_empty() {
            fault("options", "has nothing to choose from");
        }
        if kind == FieldKind::Consent && attributes.text.is_none() {
            fault("text", "is missing: what does the visitor agree to?");
        }
        if let (Some(min), Some(max)) = (attributes.minlength, attributes.maxlength)
            && min > max
        {
            fault("minlength", "is over maxlength");
        }
        let pattern = attributes.pattern.as_deref().filter(|_| kind.has_pattern());
        let pattern = match pattern.map(Pattern::parse).transpose() {
            Ok(pattern) => pattern,
            Err(invalid) => {
                fault("pattern", &invalid.0);
                None
            }
        };
        fields.push(Field {
            attributes: attributes.clone(),
            kind,
            pattern,
        });
    }
    fields
}

/// What spans more than one attribute of the form itself.
fn check_form(stored: &StoredForm, faults: &mut Vec<DefinitionFault>) {
    if stored.ticket == Some(Ticket::Required) {
        // Better no form than one that promises a protection it does not have.
        faults.push(DefinitionFault::new(
            "ticket",
            "cannot be required: tickets are not issued yet",
        ));
    }
    if let Some(honeypot) = &stored.honeypot
        && (check_field_name(honeypot).is_err()
            || stored.fields.iter().any(|field| field.name == *honeypot))
    {
        faults.push(DefinitionFault::new(
            "honeypot",
            "must be a field name that no field has",
        ));
    }
    if let Some(redirect) = &stored.on_success.redirect
        && !is_redirect(redirect)
    {
        faults.push(DefinitionFault::new(
            "on_success.redirect",
            "must be an https:// address",
        ));
    }
}

/// `https`, or `http` on this machine; no characters that could end a header or a policy.
fn is_redirect(text: &str) -> bool {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"';,<>\\".contains(&byte));
    let local = ["http://localhost", "http://127.0.0.1"];
    let is_local = local.iter().any(|origin| {
        text.strip_prefix(origin)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    let is_https = text
        .strip_prefix("https://")
        .is_some_and(|rest| !rest.is_empty());
    is_plain && (is_https || is_local) && crate::constraint::url::check(text).is_ok()
}

/// What a visitor may see of a definition: no limits, no origins.
fn public_json(stored: &StoredForm) -> String {
    json!({
        "key": stored.key,
        "version": stored.version,
        "locale": stored.locale,
        "title": stored.title,
        "description": stored.description,
        "submit_label": stored.submit_label.clone().unwrap_or_else(default_submit_label),
        "fields": stored.fields,
        "honeypot": stored.honeypot,
    })
    .to_string()
}

fn etag(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}

fn default_submit_label() -> String {
    "Send".to_owned()
}

#[cfg(test)]
mod tests;
