//! The form definitions in `forms/`, and the one that the tests use.

use std::fs;

use formgate::envelope::CoreResponse;
use formgate::form::{
    FieldKind, FormDefinition, Hosts, Known, Record, check, hosts_of, publish, read_definition,
};
use serde_json::{Value, json};

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
fn every_template_of_the_builder_can_be_published_and_needs_no_advice() {
    let mut count = 0;
    for entry in fs::read_dir("www/console/templates").unwrap() {
        let path = entry.unwrap().path();
        let mut definition = read_definition(&fs::read_to_string(&path).unwrap()).unwrap();
        definition["key"] = json!("new");
        let known = Known {
            hosts: &Hosts::whole(hosts_of(&definition)),
            has_signing_key: false,
            key: None,
        };
        let checked = check(definition, &known);
        let checked = checked.unwrap_or_else(|faults| panic!("{path:?}: {faults:?}"));
        assert_eq!(checked.advice, [], "{path:?}");
        let form = checked.form;
        let consents = form
            .fields
            .iter()
            .filter(|it| it.kind == FieldKind::Consent);
        assert_eq!(consents.count(), 1, "{path:?}");
        assert!(form.honeypot.is_some() && form.locale.is_some(), "{path:?}");
        count += 1;
    }
    assert_eq!(count, 7);
}
