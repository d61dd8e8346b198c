//! Finds faults that only publishing refuses: origins that are unsafe by the whole list of public suffixes, and
//! attributes without effect or sense. The Worker accepts them, so that a form published earlier stays available.

use std::collections::BTreeSet;

use super::address::with_ascii_host;
use super::advice;
use super::fault::DefinitionFault;
use super::hosts::Hosts;
use super::kind::FieldKind;
use super::link::has_broken_link;
use super::rules::Rules;
use super::stored::StoredForm;
use super::stored_field::StoredField;
use super::theme::Theme;
use crate::embed::{AllowedOrigin, InvalidAllowedOrigin};
use crate::problem::ViolationCodes;
use crate::spam::MIN_FILL_LIMIT_MS;

pub(super) fn find(stored: &StoredForm, hosts: &Hosts) -> Vec<DefinitionFault> {
    let mut faults = Vec::new();
    if stored.min_fill_ms.unwrap_or_default() > MIN_FILL_LIMIT_MS {
        let reason = format!("must be from 0 to {MIN_FILL_LIMIT_MS} milliseconds");
        faults.push(DefinitionFault::new("min_fill_ms", reason));
    }
    for (index, pattern) in stored.allowed_origins.iter().enumerate() {
        let Ok(origin) = AllowedOrigin::parse(&with_ascii_host(pattern)) else {
            continue;
        };
        let mut fault = |reason| {
            let path = format!("allowed_origins[{index}]");
            faults.push(DefinitionFault::new(path, reason));
        };
        match origin.has_open_wildcard(|domain| hosts.is_suffix(domain)) {
            Some(true) => fault(InvalidAllowedOrigin::PublicSuffix.to_string()),
            Some(false) => {}
            // Not published: it could allow every page.
            None => fault(UNKNOWN_SUFFIX.to_owned()),
        }
        let origin = origin.to_string();
        if origin.contains("xn--") && hosts.with_ascii_host(&origin).is_none() {
            fault("no browser opens this host: what follows xn-- is no name in ASCII".to_owned());
        }
    }
    faults.extend(stored.theme.iter().flat_map(Theme::mistakes));
    for (path, text) in [
        ("description", &stored.description),
        ("on_success.message", &stored.on_success.message),
    ] {
        let reason = fault_of_links(text.as_deref());
        faults.extend(reason.map(|reason| DefinitionFault::new(path, reason)));
    }
    for (index, field) in stored.fields.iter().enumerate() {
        let mut fault = |attribute: &str, reason: String| {
            let path = format!("fields[{index}].{attribute}");
            faults.push(DefinitionFault::new(path, reason));
        };
        check_field(field, &mut fault);
    }
    faults
}

fn check_field(field: &StoredField, fault: &mut dyn FnMut(&str, String)) {
    let Some(kind) = FieldKind::parse(&field.kind) else {
        return fault("type", advice::of_kind(&field.kind));
    };
    if !field.options.is_empty() && !kind.has_options() {
        let reason = format!(
            "do not belong to {}: for one of several use radio or select, for several checkboxes, or select with multiple",
            kind.as_str()
        );
        fault("options", reason);
    }
    if field.multiple && (kind.is_box() || matches!(kind, FieldKind::Radio | FieldKind::Checkboxes))
    {
        let reason = format!(
            "does not belong to {}: for several options use checkboxes, or select with multiple",
            kind.as_str()
        );
        fault("multiple", reason);
    }
    if field.text.is_some() && kind != FieldKind::Consent {
        fault(
            "text",
            "belongs to consent alone; help goes into hint".to_owned(),
        );
    }
    check_suggestions(field, kind, fault);
    if field.prefill && kind == FieldKind::Consent {
        let reason = "does not belong to consent: only the visitor gives it".to_owned();
        fault("prefill", reason);
    }
    let mut values = BTreeSet::new();
    for (index, option) in field.options.iter().enumerate() {
        if !values.insert(&option.value) {
            fault(
                &format!("options[{index}].value"),
                "is given twice".to_owned(),
            );
        }
    }
    for (attribute, text) in [("text", &field.text), ("hint", &field.hint)] {
        if let Some(reason) = fault_of_links(text.as_deref()) {
            fault(attribute, reason.to_owned());
        }
    }
}

/// What is wrong with the links of a text.
fn fault_of_links(text: Option<&str>) -> Option<&'static str> {
    let text = text.unwrap_or_default();
    if text.to_ascii_lowercase().contains("<a ") {
        Some("is shown as it is written; write a link as [words](https://…)")
    } else if has_broken_link(text) {
        Some(
            "has a link that leads nowhere: write [words](https://…) or [words](mailto:…), and a space before ( where \
             none is meant",
        )
    } else {
        None
    }
}

/// A suggestion that the field's own rules refuse is of no use.
fn check_suggestions(field: &StoredField, kind: FieldKind, fault: &mut dyn FnMut(&str, String)) {
    if !field.suggestions.is_empty() && !kind.has_suggestions() {
        let reason = format!(
            "do not belong to {}: they are for an input of one line",
            kind.as_str()
        );
        return fault("suggestions", reason);
    }
    // Faults of the rules are reported when the definition is read.
    let rules = Rules::compile(field, kind, &mut |_, _| {});
    for (index, suggestion) in field.suggestions.iter().enumerate() {
        let mut codes = ViolationCodes::default();
        rules.check(suggestion, field, &mut codes, &mut None);
        if let Some(code) = codes.iter().next() {
            let reason = format!("breaks the field's own rules: {}", code.as_str());
            fault(&format!("suggestions[{index}]"), reason);
        }
    }
}

const UNKNOWN_SUFFIX: &str = "cannot be checked now, since the list of public suffixes cannot be read: try again later, \
    or name each host without *";

#[cfg(test)]
#[path = "mistakes_tests.rs"]
mod tests;
