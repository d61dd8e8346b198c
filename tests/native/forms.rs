//! The form definitions in `forms/`, and the one that the tests use.

use std::collections::BTreeSet;
use std::fs;

use formgate::envelope::CoreResponse;
use formgate::form::{
    FieldKind, FormDefinition, Hosts, Known, Record, check, hosts_of, publish, read_definition,
};
use serde_json::{Map, Value, json};

use crate::memory::Memory;

/// A service with [`demo`] published and no core.
pub fn service() -> Memory {
    let memory = Memory::new(&[]);
    memory.publish(&demo());
    memory
}

/// The definition that most tests use.
pub fn demo() -> Value {
    json!({
        "key": "demo", "version": 3, "title": "Demo",
        "allowed_origins": ["https://example.com", "https://*.example.com"],
        "rate_limits": [
            { "name": "form", "quota": 600, "window_s": 60, "partition": "form" },
            { "name": "visitor", "quota": 100, "window_s": 60, "partition": "visitor" },
        ],
        "fields": [
            { "name": "name", "type": "text", "label": "Name", "required": true },
            { "name": "email", "type": "email", "label": "Work email", "required": true },
            { "name": "note", "type": "textarea", "label": "Note", "maxlength": 20 },
        ],
        "on_success": { "message": "Thanks!" },
    })
}

/// The next response of the core has this status.
pub fn core_answers(memory: &Memory, status: u16) {
    let mut responses = memory.stores.core_response.borrow_mut();
    responses.clear();
    responses.push_back(CoreResponse {
        status,
        ..CoreResponse::default()
    });
}

#[test]
fn every_form_in_the_folder_can_be_published() {
    let mut kinds = Vec::new();
    for entry in fs::read_dir("forms").unwrap() {
        let path = entry.unwrap().path();
        let json = fs::read_to_string(&path).unwrap();
        let published = publish(&json, &Record::default())
            .unwrap_or_else(|faults| panic!("{path:?}: {faults:?}"));
        let form = FormDefinition::parse(&published.json).unwrap();
        assert_eq!(
            path.file_stem().unwrap(),
            form.key.as_str(),
            "the file is named after the key"
        );
        kinds.extend(form.fields.iter().map(|field| field.kind.as_str()));
    }
    for kind in FieldKind::ALL {
        assert!(
            kinds.contains(&kind.as_str()),
            "no example of {}",
            kind.as_str()
        );
    }
}

#[test]
fn every_template_of_the_builder_can_be_published_in_each_language_and_needs_no_advice() {
    let tables: Vec<(String, Map<String, Value>)> = files_of("www/console/template-texts")
        .map(|(language, text)| (language, serde_json::from_str(&text).unwrap()))
        .collect();
    let mut languages: Vec<&str> = tables.iter().map(|(language, _)| &**language).collect();
    languages.push("en");
    languages.sort_unstable();
    let spoken: BTreeSet<String> = files_of("texts").map(|(language, _)| language).collect();
    assert!(spoken.iter().eq(languages));

    let mut count = 0;
    let mut used = BTreeSet::new();
    for (name, text) in files_of("www/console/templates") {
        let english = read_definition(&text).unwrap();
        assert_publishable(&name, english.clone());
        for (language, table) in &tables {
            let mut translated = english.clone();
            translate(&mut translated, table, &mut used);
            translated["locale"] = json!(language);
            assert_eq!(
                shape_of(&translated),
                shape_of(&english),
                "{name} {language}"
            );
            assert_publishable(&format!("{name} {language}"), translated);
            count += 1;
        }
        count += 1;
    }
    assert_eq!(count, 7 * 10);
    for (language, table) in &tables {
        let translated: BTreeSet<String> = table.keys().cloned().collect();
        assert_eq!(translated, used, "{language}");
    }
}

/// The files of a folder: their names without the ending, and what is in them.
fn files_of(folder: &str) -> impl Iterator<Item = (String, String)> {
    fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).unwrap())
    })
}

fn assert_publishable(name: &str, mut definition: Value) {
    definition["key"] = json!("new");
    let known = Known {
        hosts: &Hosts::whole(hosts_of(&definition)),
        has_signing_key: false,
        key: None,
    };
    let checked = check(definition, &known);
    let checked = checked.unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
    assert_eq!(checked.advice, [], "{name}");
    let form = checked.form;
    let consents = form
        .fields
        .iter()
        .filter(|it| it.kind == FieldKind::Consent);
    assert_eq!(consents.count(), 1, "{name}");
    assert!(form.honeypot.is_some() && form.locale.is_some(), "{name}");
}

/// As the builder does it (new-form.js): every text that is in the table. Each text that visitors read has to be there, and to
/// have another translation unless the languages share the word.
fn translate(value: &mut Value, table: &Map<String, Value>, used: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| translate(item, table, used)),
        Value::Object(members) => {
            for (name, member) in members {
                if let (Some(text), true) = (member.as_str(), TEXTS.contains(&&**name)) {
                    let own = table.get(text).and_then(Value::as_str);
                    let own = own.unwrap_or_else(|| panic!("no translation of {text}"));
                    assert!(own != text || SHARED.contains(&text), "{text}");
                    let link = "](https://example.com/privacy)";
                    assert_eq!(text.contains(link), own.contains(link), "{own}");
                    used.insert(text.to_owned());
                }
                translate(member, table, used);
            }
        }
        Value::String(text) => {
            if let Some(own) = table.get(&*text) {
                *value = own.clone();
            }
        }
        _ => {}
    }
}

/// A definition without what visitors read, and without its language.
fn shape_of(definition: &Value) -> Value {
    match definition {
        Value::Array(items) => items.iter().map(shape_of).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| **name != "locale")
            .map(|(name, member)| match TEXTS.contains(&&**name) {
                true => (name.clone(), Value::Null),
                false => (name.clone(), shape_of(member)),
            })
            .collect(),
        other => other.clone(),
    }
}

/// The members of a template that visitors read.
const TEXTS: [&str; 7] = [
    "title",
    "description",
    "submit_label",
    "label",
    "hint",
    "text",
    "message",
];
/// Words that some languages have from English.
const SHARED: [&str; 2] = ["Newsletter", "Budget"];
