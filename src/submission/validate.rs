//! [`validate`]: checks a raw submission against the form's rules.

use super::check::check_field;
use super::extras::{Extras, MAX_EXTRAS, PAGE_NAMES, is_extra};
use super::finding::{Finding, worded};
use super::raw::{RawSubmission, RawValue, Unusable};
use super::validated::Submission;
use crate::form::{FormDefinition, UnknownFields};
use crate::problem::{Violation, ViolationCodes, Warning, WarningCode};

/// Checks every field and reports every violation. Other names are kept as extras, each with a warning, unless the form
/// refuses them; warnings are added to `warnings`.
///
/// # Errors
/// All violations, in the form's order and language.
pub fn validate<'a>(
    form: &'a FormDefinition,
    raw: &'a RawSubmission,
    warnings: Vec<Warning>,
) -> Result<Submission<'a>, Vec<Violation>> {
    validate_seen(form, form, raw, warnings)
        .map_err(|findings| worded(&findings, form.wanted(None)))
}

/// Checks against `form`, the version that the visitor saw, which may be an earlier one. `current` decides whether
/// other names are refused, and its honeypot counts too: the client chooses the version, and must not choose a weaker
/// protection.
///
/// # Errors
/// All violations, in the form's order.
pub fn validate_seen<'a>(
    form: &'a FormDefinition,
    current: &FormDefinition,
    raw: &'a RawSubmission,
    mut warnings: Vec<Warning>,
) -> Result<Submission<'a>, Vec<Finding<'a>>> {
    let refuses_unknown = current.unknown_fields == UnknownFields::Refuse;
    // A page of an earlier version shows the honeypot of that version.
    let honeypots = || {
        [form, current]
            .into_iter()
            .filter_map(|form| form.honeypot.as_deref())
    };
    let mut findings = Vec::new();
    let mut fields = Vec::with_capacity(form.fields.len());
    let mut consents = Vec::new();
    let mut others: Vec<bool> = vec![true; raw.len()];
    let mut after = 0;
    for field in &form.fields {
        // Clients usually send the fields in the form's order.
        let index = raw.index_of(field.name(), after);
        if let Some(index) = index {
            after = index + 1;
            others
                .get_mut(index)
                .into_iter()
                .for_each(|is_other| *is_other = false);
        }
        let sent = index.map_or(&[][..], |index| raw.values_at(index));
        if let Some(unusable) = sent.iter().find_map(RawValue::unusable) {
            findings.push(Finding::Unusable(field.name(), field.label(), unusable));
            continue;
        }
        let mut codes = ViolationCodes::default();
        let value = check_field(field, sent, &mut codes);
        if !codes.is_empty() {
            let first = sent.first().map(RawValue::text);
            for code in codes.iter() {
                findings.push(Finding::Refused(field, code, first));
            }
        }
        if let Some(value) = value {
            consents.extend(field.consent.iter().map(|consent| (field.name(), consent)));
            fields.push((field.name(), value));
        }
    }
    let mut extras = Extras::new();
    let others = || {
        raw.entries()
            .zip(&others)
            .filter(|(_, is_other)| **is_other)
            .map(|(entry, _)| entry)
    };
    // The visitor chose to send the file, so it is refused under any name.
    let is_file = |value: &RawValue| value.unusable() == Some(Unusable::File);
    let files = others().filter(|(_, values)| values.iter().any(is_file));
    for (name, _) in files.take(MAX_EXTRAS) {
        findings.push(Finding::Unusable(name, name, Unusable::File));
    }
    for (name, values) in others().filter(|(name, _)| is_extra(name)) {
        if honeypots().any(|honeypot| honeypot == name) {
            continue;
        }
        let Some(code) = extras.keep(name, values) else {
            continue;
        };
        if refuses_unknown {
            findings.push(Finding::UnknownName(name));
        }
        warnings.push(Warning::of(name, code));
    }
    let has_others = raw.has_unusable_names() || extras.warning().is_some();
    if has_others && refuses_unknown {
        findings.push(Finding::UnknownNames);
    }
    if raw.has_unusable_names() {
        warnings.push(Warning {
            name: None,
            code: WarningCode::NameUnusable,
        });
    }
    // An unusable version or attribution refuses nothing; it is kept as an extra.
    for name in PAGE_NAMES {
        if warnings
            .iter()
            .any(|warning| warning.name.as_deref() == Some(name))
        {
            extras.keep(name, raw.values(name));
        }
    }
    warnings.extend(extras.warning());
    // The current honeypot may have been a field of the version seen.
    let is_trap_filled = honeypots()
        .filter(|name| form.field(name).is_none())
        .flat_map(|name| raw.values(name))
        .any(|value| !value.text().is_empty());
    if findings.is_empty() {
        Ok(Submission {
            version: form.version,
            fields,
            extras: extras.kept,
            consents,
            warnings,
            is_trap_filled,
        })
    } else {
        Err(findings)
    }
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
