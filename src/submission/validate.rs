//! [`validate`]: checks a raw submission against the form's rules.

use super::check::check_field;
use super::extras::{Extras, MAX_EXTRAS, PAGE_NAMES, is_extra};
use super::message::message;
use super::raw::{MAX_VALUE_BYTES, RawSubmission, RawValue, Unusable};
use super::validated::Submission;
use crate::form::{FormDefinition, UnknownFields};
use crate::problem::{Violation, ViolationCode, Warning, WarningCode};
use crate::texts::{self, Locale, Wanted};

/// Checks every field and reports every violation. Other names are kept as extras, each with a warning, unless the form
/// refuses them; warnings are added to `warnings`.
///
/// # Errors
/// All violations, in the form's order.
pub fn validate<'a>(
    form: &'a FormDefinition,
    raw: &'a RawSubmission,
    warnings: Vec<Warning>,
) -> Result<Submission<'a>, Vec<Violation>> {
    validate_seen(form, form, raw, warnings, form.wanted(None))
}

/// Checks against `form`, the version that the visitor saw, which may be an earlier one. `current` decides whether
/// other names are refused, and its honeypot counts too: the client chooses the version, and must not choose a weaker
/// protection. `wanted` decides about the language of the violations.
///
/// # Errors
/// All violations, in the form's order.
pub fn validate_seen<'a>(
    form: &'a FormDefinition,
    current: &FormDefinition,
    raw: &'a RawSubmission,
    mut warnings: Vec<Warning>,
    wanted: Wanted<'_>,
) -> Result<Submission<'a>, Vec<Violation>> {
    let refuses_unknown = current.unknown_fields == UnknownFields::Refuse;
    // A page of an earlier version shows the honeypot of that version.
    let honeypots = || {
        [form, current]
            .into_iter()
            .filter_map(|form| form.honeypot.as_deref())
    };
    let mut violations = Vec::new();
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
            let locale = wanted.locale();
            violations.push(unusable_violation(
                field.name(),
                field.label(),
                unusable,
                locale,
            ));
            continue;
        }
        let (value, codes) = check_field(field, sent);
        if !codes.is_empty() {
            let locale = wanted.locale();
            let first = sent.first().map(RawValue::text);
            violations.extend(codes.iter().map(|code| {
                Violation::of_field(field.name(), code, message(field, code, first, locale))
            }));
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
    let files = files.take(MAX_EXTRAS);
    violations.extend(
        files.map(|(name, _)| unusable_violation(name, name, Unusable::File, wanted.locale())),
    );
    for (name, values) in others().filter(|(name, _)| is_extra(name)) {
        if honeypots().any(|honeypot| honeypot == name) {
            continue;
        }
        let Some(code) = extras.keep(name, values) else {
            continue;
        };
        if refuses_unknown {
            let message = format!("The form has no field {name}");
            violations.push(Violation::of_field(name, ViolationCode::BadInput, message));
        }
        warnings.push(Warning::of(name, code));
    }
    let has_others = raw.has_unusable_names() || extras.warning().is_some();
    if has_others && refuses_unknown {
        let message = "A field has a name that the form does not have";
        violations.push(Violation::of_form(ViolationCode::BadInput, message));
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
    if violations.is_empty() {
        Ok(Submission {
            version: form.version,
            fields,
            extras: extras.kept,
            consents,
            warnings,
            is_trap_filled,
        })
    } else {
        Err(violations)
    }
}

/// What a visitor cannot cause is for the developer of the page, in English.
fn unusable_violation(
    name: &str,
    label: &str,
    unusable: Unusable,
    locale: Locale<'_>,
) -> Violation {
    let limit = locale.number(&MAX_VALUE_BYTES.to_string());
    let (code, text) = match unusable {
        Unusable::TooLong => (ViolationCode::TooLong, texts::TOO_MANY_BYTES),
        Unusable::NotUtf8 => (ViolationCode::BadInput, texts::NOT_UTF8),
        Unusable::File => (ViolationCode::BadInput, texts::NO_FILE),
        Unusable::Nested => {
            let message = format!("{label} takes text, not a nested value");
            return Violation::of_field(name, ViolationCode::BadInput, message);
        }
    };
    let message = locale.fill(text, &[label, &limit]);
    Violation::of_field(name, code, message)
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
