//! The suggestions for unknown names and kinds.

use serde_json::{Value, json};

use super::*;
use crate::form::{Record, publish};
use crate::spam::Signal;

/// The faults of a definition, as `path: reason`.
fn faults_of(text: &str) -> Vec<String> {
    match publish(text, &Record::default()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .into_iter()
            .map(|fault| format!("{}: {}", fault.path, fault.reason))
            .collect(),
    }
}

/// A valid definition, and its field.
fn valid(field: Value) -> Value {
    let mut whole = json!({ "name": "a", "type": "text" });
    for (name, value) in field.as_object().unwrap() {
        whole[name] = value.clone();
    }
    json!({ "key": "t", "allowed_origins": ["https://example.com"], "fields": [whole] })
}

#[test]
fn an_unknown_name_gets_a_suggestion() {
    for (path, written, meant) in [
        ("fields[0]", "choices", "options"),
        ("fields[0]", "maxLength", "maxlength"),
        ("fields[0]", "max_length", "maxlength"),
        ("fields[0]", "maxlenght", "maxlength"),
        ("fields[0]", "min-length", "minlength"),
        ("fields[0]", "regex", "pattern"),
        ("fields[0]", "mandatory", "required"),
        ("fields[0]", "requird", "required"),
        ("fields[0]", "optional", "required"),
        ("fields[0]", "id", "name"),
        ("fields[0]", "Name", "name"),
        ("fields[0]", "title", "label"),
        ("fields[0]", "lable", "label"),
        ("fields[0]", "help_text", "hint"),
        ("fields[0]", "description", "hint"),
        ("fields[0]", "placeHolder", "placeholder"),
        ("fields[0]", "place_holder", "placeholder"),
        ("fields[0]", "default", "value"),
        ("fields[0]", "defaultValue", "value"),
        ("fields[0]", "kind", "type"),
        ("fields[0]", "autoComplete", "autocomplete"),
        ("fields[0].options[0]", "text", "label"),
        ("fields[0].options[0]", "id", "value"),
        ("rate_limits[0]", "limit", "quota"),
        ("rate_limits[0]", "window", "window_s"),
        ("rate_limits[0]", "windowS", "window_s"),
        ("on_success", "url", "redirect"),
        ("on_success", "text", "message"),
        ("", "allowedOrigins", "allowed_origins"),
        ("", "domains", "allowed_origins"),
        ("", "name", "key"),
        ("", "heading", "title"),
        ("", "submitLabel", "submit_label"),
        ("", "button", "submit_label"),
        ("", "language", "locale"),
        ("", "questions", "fields"),
        ("", "redirect", "on_success.redirect"),
        ("", "onSuccess", "on_success"),
        ("", "rate_limit", "rate_limits"),
    ] {
        let mut definition = valid(json!({ "type": "select", "options": [{ "value": "x" }] }));
        definition["rate_limits"] =
            json!([{ "name": "r", "quota": 1, "window_s": 1, "partition": "form" }]);
        definition["on_success"] = json!({});
        let parent = if path.is_empty() {
            &mut definition
        } else {
            let pointer = format!("/{path}").replace(['[', '.'], "/").replace(']', "");
            definition.pointer_mut(&pointer).unwrap()
        };
        parent[written] = json!("x");
        let place = if path.is_empty() {
            written.to_owned()
        } else {
            format!("{path}.{written}")
        };
        assert_eq!(
            faults_of(&definition.to_string()),
            [format!("{place}: is not known here; did you mean {meant}?")]
        );
    }
}

#[test]
fn a_name_without_a_suggestion_gets_the_list_of_known_names() {
    let faults = faults_of(&valid(json!({ "zebulon": 1 })).to_string());
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0]
            .starts_with("fields[0].zebulon: is not known here; known are name, core_name, type, "),
        "{faults:?}"
    );
    for name in ["//", "// note", "_comment", "$comment", "comment", "#"] {
        let faults = faults_of(&valid(json!({ name: "for later" })).to_string());
        assert_eq!(
            faults,
            [format!(
                "fields[0].{name}: is a comment, and a definition has no place for one; take it out"
            )]
        );
    }
}

#[test]
fn every_suggested_name_is_valid() {
    let all: Vec<&str> = KNOWN
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    for (slips, meant) in SLIPS {
        let last = meant.rsplit('.').next().unwrap();
        assert!(all.contains(&last), "{meant}, advised for {slips}");
    }
    for (slips, meant) in KIND_SLIPS {
        assert!(
            FieldKind::parse(meant).is_some(),
            "{meant}, advised for {slips}"
        );
    }
    let signals = Signal::ALL.map(|(_, name, _)| name);
    assert!(KNOWN.contains(&("spam.weights", &signals)));
    for (context, names) in KNOWN {
        for name in *names {
            let mut definition = valid(json!({ "options": [{}] }));
            definition["rate_limits"] = json!([{}]);
            definition["on_success"] = json!({});
            definition["spam"] = json!({ "weights": {} });
            definition["theme"] = json!({});
            let parent = match *context {
                "" => &mut definition,
                "fields" => &mut definition["fields"][0],
                "fields.options" => &mut definition["fields"][0]["options"][0],
                "theme" => &mut definition["theme"],
                "rate_limits" => &mut definition["rate_limits"][0],
                "spam" => &mut definition["spam"],
                "spam.weights" => &mut definition["spam"]["weights"],
                _ => &mut definition["on_success"],
            };
            parent[*name] = Value::Null;
            let faults = faults_of(&definition.to_string());
            assert!(
                !faults.iter().any(|fault| fault.contains("not known")),
                "{faults:?}"
            );
        }
    }
}

#[test]
fn an_unknown_kind_gets_the_list_of_kinds() {
    for (written, meant) in [
        ("phone", "tel"),
        ("Email", "email"),
        ("e-mail", "email"),
        ("dropdown", "select"),
        ("datetime", "datetime-local"),
        ("date_time_local", "datetime-local"),
        ("string", "text"),
        ("boolean", "checkbox"),
        ("textaera", "textarea"),
        ("multi-line", "textarea"),
        ("integer", "number"),
    ] {
        let faults = faults_of(&valid(json!({ "type": written })).to_string());
        let expected = format!(
            "fields[0].type: is not a kind of field; did you mean {meant}? The kinds are text, search, tel, url, email, "
        );
        assert!(
            faults.len() == 1 && faults[0].starts_with(&expected),
            "{faults:?}"
        );
    }
    for (written, expected) in [
        (
            "file",
            "fields[0].type: is not a kind of field; the kinds are text, search, tel",
        ),
        (
            "",
            "fields[0].type: is missing; the kinds are text, search, tel",
        ),
    ] {
        let faults = faults_of(&valid(json!({ "type": written })).to_string());
        assert!(
            faults.len() == 1 && faults[0].starts_with(expected),
            "{faults:?}"
        );
    }
}

#[test]
fn an_option_that_is_not_an_object_gets_an_example() {
    let faults = faults_of(&valid(json!({ "type": "radio", "options": ["a"] })).to_string());
    assert!(
        faults[0].contains("such as { \"value\": \"s\", \"label\": \"Small\" }"),
        "{faults:?}"
    );
}
