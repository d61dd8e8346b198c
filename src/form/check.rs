//! Parses the parts of a stored definition and reports each fault with its path; lengths and counts are checked in
//! `stored`.

use std::collections::BTreeSet;

use super::address::{web_address, with_ascii_host};
use super::fault::DefinitionFault;
use super::field::{Consent, Field};
use super::key::check_field_name;
use super::kind::FieldKind;
use super::locale::check_locale;
use super::rules::Rules;
use super::stored::{MAX_REDIRECT_CHARS, StoredForm};
use super::stored_field::StoredField;
use super::stored_policy::StoredPolicy;
use crate::embed::AllowedOrigin;
use crate::limit::{FaultMode, MAX_QUOTA, MAX_WINDOW_S, Partition, RateLimitPolicy};

pub(super) fn parse_origins(
    patterns: &[String],
    faults: &mut Vec<DefinitionFault>,
) -> Vec<AllowedOrigin> {
    let mut origins = Vec::with_capacity(patterns.len());
    for (index, pattern) in patterns.iter().enumerate() {
        match AllowedOrigin::parse(&with_ascii_host(pattern)) {
            Ok(origin) => origins.push(origin),
            Err(reason) => faults.push(DefinitionFault::new(
                format!("allowed_origins[{index}]"),
                reason.to_string(),
            )),
        }
    }
    origins
}

pub(super) fn parse_policies(
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
            // The name is quoted in a structured header.
            fault("name", "takes only A-Z a-z 0-9 - _ .".to_owned());
        }
        if !names.insert(policy.name.as_str()) {
            fault("name", "is given twice".to_owned());
        }
        if !(1..=MAX_QUOTA).contains(&policy.quota) {
            fault("quota", format!("must be from 1 to {MAX_QUOTA}"));
        }
        if !(1..=MAX_WINDOW_S).contains(&policy.window_s) {
            fault("window_s", format!("must be from 1 to {MAX_WINDOW_S}"));
        }
        let partition = Partition::parse(&policy.partition);
        if partition.is_none() {
            fault("partition", "must be form, visitor or api_key".to_owned());
        }
        let on_fault = match policy.on_fault.as_deref() {
            Some(mode) => FaultMode::parse(mode),
            None => Some(FaultMode::default()),
        };
        if on_fault.is_none() {
            fault("on_fault", "must be open or closed".to_owned());
        }
        if let (Some(partition), Some(on_fault)) = (partition, on_fault) {
            policies.push(RateLimitPolicy {
                name: policy.name.clone(),
                quota: policy.quota,
                window_s: policy.window_s,
                partition,
                on_fault,
            });
        }
    }
    policies
}

pub(super) fn parse_fields(
    stored: &[StoredField],
    faults: &mut Vec<DefinitionFault>,
) -> Vec<Field> {
    let mut names = BTreeSet::new();
    let mut fields = Vec::with_capacity(stored.len());
    for (index, attributes) in stored.iter().enumerate() {
        let mut fault = |attribute: &str, reason: String| {
            faults.push(DefinitionFault::new(
                format!("fields[{index}].{attribute}"),
                reason,
            ));
        };
        let kind = FieldKind::parse(&attributes.kind);
        if kind == Some(FieldKind::Heading) {
            check_heading(attributes, &mut fault);
        } else {
            check_name(attributes, &mut names, &mut fault);
        }
        let Some(kind) = kind else {
            let reason = if attributes.kind.is_empty() {
                "is missing"
            } else {
                "is not a kind of field"
            };
            fault("type", reason.to_owned());
            continue;
        };
        check_options(attributes, kind, &mut fault);
        if kind == FieldKind::Consent && attributes.text.is_none() {
            fault(
                "text",
                "is missing: what does the visitor agree to?".to_owned(),
            );
        }
        let rules = Rules::compile(attributes, kind, &mut fault);
        let consent = attributes
            .text
            .as_deref()
            .filter(|_| kind == FieldKind::Consent);
        let consent = consent.map(Consent::to);
        fields.push(Field {
            attributes: attributes.clone(),
            kind,
            rules,
            consent,
        });
    }
    fields
}

/// A heading has nothing but its text, and a hint below it.
fn check_heading(attributes: &StoredField, fault: &mut dyn FnMut(&str, String)) {
    if attributes.label.is_none() {
        fault("label", "is missing: what does the heading say?".to_owned());
    }
    if !attributes.name.is_empty() {
        let reason = "does not belong to a heading, which has no value";
        fault("name", reason.to_owned());
    }
}

fn check_name<'a>(
    attributes: &'a StoredField,
    names: &mut BTreeSet<&'a str>,
    fault: &mut dyn FnMut(&str, String),
) {
    if attributes.name.is_empty() {
        fault("name", "is missing".to_owned());
    } else if check_field_name(&attributes.name).is_err() {
        fault(
            "name",
            "begins with a letter and takes only A-Z a-z 0-9 _ . : [ ] -".to_owned(),
        );
    } else if !names.insert(&attributes.name) {
        fault("name", "is given twice".to_owned());
    }
}

/// An option with an empty value means that nothing is chosen. Of a required field, browsers accept one only as the
/// first option of a list, the placeholder.
fn check_options(attributes: &StoredField, kind: FieldKind, fault: &mut dyn FnMut(&str, String)) {
    if !kind.has_options() {
        return;
    }
    if attributes.offered().next().is_none() {
        fault("options", "has nothing to choose from".to_owned());
    }
    for (index, option) in attributes.options.iter().enumerate() {
        let is_placeholder = index == 0
            && kind == FieldKind::Select
            && !attributes.multiple
            && option.group.is_none();
        let has_to_be_chosen =
            attributes.required || attributes.multiple || kind == FieldKind::Checkboxes;
        if option.value.is_empty() && has_to_be_chosen && !is_placeholder {
            fault(
                &format!("options[{index}].value"),
                "is empty, which says that nothing is chosen: only the first option of a list may be".to_owned(),
            );
        }
    }
}

/// Checks the remaining attributes of the form itself.
pub(super) fn check_form(stored: &StoredForm, faults: &mut Vec<DefinitionFault>) {
    if let Some(locale) = &stored.locale
        && let Err(reason) = check_locale(locale)
    {
        faults.push(DefinitionFault::new("locale", reason));
    }
}

/// The redirect, ready for a `Location` header.
pub(super) fn parse_redirect(
    stored: &StoredForm,
    faults: &mut Vec<DefinitionFault>,
) -> Option<String> {
    let redirect = web_address(stored.on_success.redirect.as_deref()?);
    let limit = usize::try_from(MAX_REDIRECT_CHARS).unwrap_or(usize::MAX);
    match redirect {
        Ok(redirect) if redirect.len() <= limit => return Some(redirect),
        Ok(_) => faults.push(DefinitionFault::new(
            REDIRECT,
            "is too long when written in ASCII",
        )),
        Err(reason) => faults.push(DefinitionFault::new(REDIRECT, reason)),
    }
    None
}

const REDIRECT: &str = "on_success.redirect";
