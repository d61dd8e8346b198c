//! What a definition may contain, and what it becomes.

use serde_json::{Value, json};

use super::*;

pub(super) fn minimal() -> Value {
    json!({
        "key": "demo",
        "allowed_origins": ["https://example.com"],
        "fields": [{ "name": "email", "type": "email" }],
    })
}

/// The paths of the faults of `minimal()` with some members replaced.
pub(super) fn faults_of(members: Value) -> Vec<String> {
    let mut definition = minimal();
    for (name, value) in members.as_object().unwrap() {
        definition[name] = value.clone();
    }
    match FormDefinition::parse(&definition.to_string()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.into_iter().map(|fault| fault.path).collect(),
    }
}

#[test]
fn only_key_fields_and_allowed_origins_are_required() {
    let form = FormDefinition::parse(&minimal().to_string()).unwrap();
    assert_eq!(
        (form.version, form.is_published, form.locale.as_deref()),
        (1, true, None)
    );
    let defaults = RateLimitPolicy::with_networks(RateLimitPolicy::defaults());
    assert_eq!(form.rate_limits, defaults);
    assert_eq!(form.submit_label, None);
    for missing in ["key", "fields", "allowed_origins"] {
        let mut definition = minimal();
        definition.as_object_mut().unwrap().remove(missing);
        let faults = FormDefinition::parse(&definition.to_string()).unwrap_err();
        assert!(faults.len() == 1 && faults[0].path == missing, "{faults:?}");
    }
}

#[test]
fn a_redirect_is_normalised_as_by_a_browser() {
    let redirect_of = |redirect: &str| {
        let mut definition = minimal();
        definition["on_success"] = json!({ "redirect": redirect });
        FormDefinition::parse(&definition.to_string()).map(|form| form.redirect)
    };
    for (redirect, expected) in [
        (
            "https://example.com/thanks?a=b",
            "https://example.com/thanks?a=b",
        ),
        (
            "https://example.com/danke-schön",
            "https://example.com/danke-sch%C3%B6n",
        ),
        (
            "https://münchen.example/",
            "https://xn--mnchen-3ya.example/",
        ),
        (
            "http://localhost:3000/thanks",
            "http://localhost:3000/thanks",
        ),
    ] {
        assert_eq!(redirect_of(redirect).unwrap().as_deref(), Some(expected));
    }
    let in_ascii = |letters: usize| format!("https://e.com/{}", "ü".repeat(letters));
    assert!(
        redirect_of(&in_ascii(331)).is_ok(),
        "2,000 characters in ASCII"
    );
    for redirect in [
        "http://localhost:80@evil.net/",
        "http://localhost.evil.net/",
        "http://example.com/",
        "https://*",
        "https:///example.com",
        "https://example.com/\r\nSet-Cookie: a=b",
        "https://example.com/; script-src *",
        "//example.com",
        "https://",
        "javascript:alert(1)",
        &in_ascii(332),
    ] {
        let faults = redirect_of(redirect).unwrap_err();
        assert!(
            faults.len() == 1 && faults[0].path == "on_success.redirect",
            "{redirect}: {faults:?}"
        );
    }
}

#[test]
fn an_international_origin_is_compared_as_browsers_send_it() {
    let mut definition = minimal();
    definition["allowed_origins"] =
        json!(["https://münchen.example", "https://*.München.example:8443"]);
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let origins: Vec<String> = form
        .allowed_origins
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        origins,
        [
            "https://xn--mnchen-3ya.example",
            "https://*.xn--mnchen-3ya.example:8443"
        ]
    );
    for (origin, is_allowed) in [
        ("https://xn--mnchen-3ya.example", true),
        ("https://www.xn--mnchen-3ya.example:8443", true),
        ("https://xn--mnchen-3ya.example:8443", false),
        ("https://munchen.example", false),
    ] {
        let origin = crate::embed::Origin::parse(origin).unwrap();
        assert_eq!(
            form.allowed_origins
                .iter()
                .any(|allowed| allowed.allows(&origin)),
            is_allowed
        );
    }
    assert_eq!(
        faults_of(json!({ "allowed_origins": ["https://☃.example"] })),
        ["allowed_origins[0]"]
    );
}

#[test]
fn the_widget_gets_links_as_parts_and_the_lead_as_written() {
    let text = "I agree to the [terms](https://example.com/agb-für-alle)";
    let mut definition = minimal();
    definition["fields"] = json!([
        { "name": "terms", "type": "consent", "text": text, "hint": "[x](javascript:alert(1))" },
        { "name": "a", "type": "text", "hint": "See [this](https://example.com/)!" },
    ]);
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let public: Value = serde_json::from_str(&form.public_json).unwrap();
    assert_eq!(
        public["fields"],
        json!([
            { "name": "terms", "type": "consent", "text": text, "text_parts": [
                { "text": "I agree to the " },
                { "text": "terms", "href": "https://example.com/agb-f%C3%BCr-alle" } ], "required": true,
              "hint": "[x](javascript:alert(1))" },
            { "name": "a", "type": "text", "hint": "See [this](https://example.com/)!", "hint_parts": [
                { "text": "See " }, { "text": "this", "href": "https://example.com/" }, { "text": "!" } ] },
        ])
    );
    let consent = form.fields[0].consent.as_ref().unwrap();
    let sha256 = crate::form::Consent::to(text).sha256;
    assert_eq!((consent.text.as_str(), &consent.sha256), (text, &sha256));
    // The parts are derived, never read.
    let parts = json!([{ "text": "x", "href": "javascript:alert(1)" }]);
    let field = json!({ "name": "a", "type": "text", "hint": "x", "hint_parts": parts });
    assert_eq!(
        faults_of(json!({ "fields": [field] })),
        ["fields[0].hint_parts"]
    );
}

#[test]
fn the_public_definition_keeps_the_owners_settings_private() {
    let mut definition = minimal();
    definition["fields"][0]["min"] = json!(1);
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let public: Value = serde_json::from_str(&form.public_json).unwrap();
    assert_eq!(
        public["fields"],
        json!([{ "name": "email", "type": "email", "min": "1" }])
    );
    assert!(public.get("allowed_origins").is_none() && public.get("rate_limits").is_none());
    assert_eq!(public["aux_inputs"], json!([]));
    // The honeypot is one of the auxiliary inputs, and nothing shows what it is for.
    definition["honeypot"] = json!(true);
    definition["spam"] = json!({ "mode": "shadow" });
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let public: Value = serde_json::from_str(&form.public_json).unwrap();
    assert_eq!(
        public["aux_inputs"],
        json!([form.honeypot.as_ref().unwrap()])
    );
    assert!(public.get("honeypot").is_none() && public.get("spam").is_none());
    assert!(
        form.etag.starts_with('"') && form.etag.len() == 18,
        "{}",
        form.etag
    );
}
