//! Finds faults that only [`super::publish`] refuses: origins that are unsafe by the whole list of public suffixes, and
//! attributes without effect or sense. The Worker accepts them, so that a form published earlier stays available.

use std::collections::BTreeSet;

use super::address::with_ascii_host;
use super::advice;
use super::fault::DefinitionFault;
use super::kind::FieldKind;
use super::link::has_broken_link;
use super::stored::StoredForm;
use super::stored_field::StoredField;
use super::theme::Theme;
use super::whole_table;
use crate::embed::{AllowedOrigin, InvalidAllowedOrigin};

pub(super) fn find(stored: &StoredForm) -> Vec<DefinitionFault> {
    let mut faults = Vec::new();
    if stored.min_fill_ms.is_some() {
        faults.push(DefinitionFault::new(
            "min_fill_ms",
            "has no effect yet; leave it out",
        ));
    }
    for (index, pattern) in stored.allowed_origins.iter().enumerate() {
        let Ok(origin) = AllowedOrigin::parse(&with_ascii_host(pattern)) else {
            continue;
        };
        let mut fault = |reason| {
            let path = format!("allowed_origins[{index}]");
            faults.push(DefinitionFault::new(path, reason));
        };
        if origin.has_open_wildcard() {
            fault(InvalidAllowedOrigin::PublicSuffix.to_string());
        }
        let origin = origin.to_string();
        if origin.contains("xn--") && whole_table::with_ascii_host(&origin).is_none() {
            fault("no browser opens this host: what follows xn-- is no name in ASCII".to_owned());
        }
    }
    faults.extend(stored.theme.iter().flat_map(Theme::mistakes));
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
            "do not belong to {}: for one of several use radio or select, for several select with multiple",
            kind.as_str()
        );
        fault("options", reason);
    }
    if field.multiple && (kind.is_box() || kind == FieldKind::Radio) {
        let reason = format!(
            "does not belong to {}: for several of several use select",
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
    let mut values = BTreeSet::new();
    for (index, option) in field.options.iter().enumerate() {
        if !values.insert(&option.value) {
            fault(
                &format!("options[{index}].value"),
                "stands twice".to_owned(),
            );
        }
    }
    for (attribute, text) in [("text", &field.text), ("hint", &field.hint)] {
        let text = text.as_deref().unwrap_or_default();
        if text.to_ascii_lowercase().contains("<a ") {
            let reason = "is shown as it is written; write a link as [words](https://…)";
            fault(attribute, reason.to_owned());
        } else if has_broken_link(text) {
            fault(
                attribute,
                "has a link that leads nowhere: write [words](https://…) or [words](mailto:…), and a space before ( where \
                 none is meant"
                    .to_owned(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{FormDefinition, publish};

    /// The paths of the faults of a definition that the Worker accepts when it reads it from KV.
    fn paths_of_mistakes(field: Value, members: Value) -> Vec<String> {
        let mut whole = json!({ "name": "n", "type": "text" });
        let mut definition = json!({ "key": "t", "allowed_origins": [] });
        for (to, from) in [(&mut whole, field), (&mut definition, members)] {
            for (name, value) in from.as_object().unwrap() {
                to[name] = value.clone();
            }
        }
        definition["fields"] = json!([whole]);
        let json = definition.to_string();
        FormDefinition::parse(&json).expect("what is published already stays");
        match publish(&json, |_| None) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|fault| fault.path).collect(),
        }
    }

    #[test]
    fn attributes_without_effect_or_sense_are_not_published() {
        let two = json!([{ "value": "x" }, { "value": "y" }, { "value": "x", "disabled": true }]);
        let one = json!([{ "value": "x" }]);
        for (field, paths) in [
            (
                json!({ "type": "checkbox", "options": one }),
                vec!["fields[0].options"],
            ),
            (
                json!({ "type": "text", "options": one }),
                vec!["fields[0].options"],
            ),
            (
                json!({ "type": "consent", "text": "I agree", "options": one }),
                vec!["fields[0].options"],
            ),
            (
                json!({ "type": "radio", "options": two }),
                vec!["fields[0].options[2].value"],
            ),
            (
                json!({ "type": "select", "options": two }),
                vec!["fields[0].options[2].value"],
            ),
            (
                json!({ "type": "select", "options": one, "multiple": true }),
                vec![],
            ),
            (json!({ "type": "email", "multiple": true }), vec![]),
            (
                json!({ "type": "radio", "options": one, "multiple": true }),
                vec!["fields[0].multiple"],
            ),
            (
                json!({ "type": "checkbox", "multiple": true }),
                vec!["fields[0].multiple"],
            ),
            (
                json!({ "type": "checkbox", "text": "Yes" }),
                vec!["fields[0].text"],
            ),
            (
                json!({ "hint": "See [this](https://example.com/)" }),
                vec![],
            ),
            (
                json!({ "hint": "See [this](http://example.com/)" }),
                vec!["fields[0].hint"],
            ),
            (
                json!({ "hint": "See <a href='x'>this</a>" }),
                vec!["fields[0].hint"],
            ),
            (
                json!({ "type": "consent", "text": "I agree to [this](javascript:alert(1))" }),
                vec!["fields[0].text"],
            ),
            (
                json!({ "type": "consent", "text": "I agree to [this](/terms)" }),
                vec!["fields[0].text"],
            ),
        ] {
            assert_eq!(
                paths_of_mistakes(field.clone(), json!({})),
                paths,
                "{field}"
            );
        }
        for min_fill_ms in [0, 1500, 60_000, 60_001] {
            let members = json!({ "min_fill_ms": min_fill_ms });
            assert_eq!(paths_of_mistakes(json!({}), members), ["min_fill_ms"]);
        }
    }

    #[test]
    fn no_wildcard_over_a_public_suffix_is_published() {
        for (origin, is_valid) in [
            ("https://*.carrd.co", false),
            ("https://*.leadpages.co", false),
            ("https://*.run.app", false),
            ("https://*.a.run.app", false),
            ("http://*.leadpages.co:*", false),
            ("https://*.s3.amazonaws.com", false),
            ("https://*.amazonaws.com", false),
            ("https://*.公司.cn", false),
            ("https://*.kobe.jp", false),
            ("https://*.city.kobe.jp", true),
            ("https://*.mine.carrd.co", true),
            ("https://mine.carrd.co", true),
            ("https://carrd.co", true),
            ("https://*.example.co.uk", true),
            ("https://*.münchen.example", true),
        ] {
            let members = json!({ "allowed_origins": ["https://example.com", origin] });
            let paths = paths_of_mistakes(json!({}), members);
            assert_eq!(paths.is_empty(), is_valid, "{origin}: {paths:?}");
            assert!(paths.iter().all(|path| path == "allowed_origins[1]"));
        }
    }

    #[test]
    fn mistakes_and_faults_are_reported_together() {
        let definition = json!({
            "key": "t", "allowed_origins": ["https://*.carrd.co", "https://*.github.io"], "min_fill_ms": 1,
            "fields": [{ "name": "a", "type": "phone" }, { "name": "a", "type": "checkbox", "options": [{ "value": "x" }] }],
        });
        let faults = publish(&definition.to_string(), |_| None).unwrap_err();
        let mut paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        paths.sort_unstable();
        assert_eq!(
            paths,
            [
                "allowed_origins[0]",
                "allowed_origins[1]",
                "fields[0].type",
                "fields[1].name",
                "fields[1].options",
                "min_fill_ms",
            ]
        );
    }
}
