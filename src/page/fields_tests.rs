//! What the pages show of sections, groups of checkboxes, suggestions, widths, and links in texts.

use serde_json::json;

use super::tests::{assert_has, page_of};
use super::*;

#[test]
fn a_heading_begins_a_section() {
    let fields = json!([
        { "type": "heading", "label": "About <you>", "hint": "See [why](https://example.com/why)" },
        { "name": "a", "type": "text", "label": "A" },
        { "type": "heading", "label": "More", "required": true },
    ]);
    let page = page_of(&fields, &[("a", "x")]);
    assert_has(
        &page,
        "<h2 class=\"section\">About &lt;you&gt;</h2>\
         <p class=\"hint\">See <a target=\"_blank\" rel=\"noopener\" href=\"https://example.com/why\">why</a></p>\
         <div class=\"field\">",
    );
    assert_has(&page, "</div><h2 class=\"section\">More</h2><button");
}

#[test]
fn several_boxes_of_one_name_are_a_group() {
    let fields = json!([{
        "name": "topics", "type": "checkboxes", "label": "Topics", "required": true, "hint": "All that apply",
        "options": [{ "value": "a", "label": "A" }, { "value": "b" }, { "value": "c", "disabled": true }],
    }]);
    assert_has(
        &page_of(&fields, &[("topics", "b"), ("topics", "a")]),
        "<fieldset class=\"field\" aria-describedby=\"hint-topics\"><legend>Topics</legend>\
         <p class=\"hint\" id=\"hint-topics\">All that apply</p>\
         <div class=\"choice\"><input type=\"checkbox\" id=\"field-topics\" name=\"topics\" value=\"a\" checked>\
         <label for=\"field-topics\">A</label></div>\
         <div class=\"choice\"><input type=\"checkbox\" id=\"option-topics-1\" name=\"topics\" value=\"b\" checked>\
         <label for=\"option-topics-1\">b</label></div>\
         <div class=\"choice\"><input type=\"checkbox\" id=\"option-topics-2\" name=\"topics\" value=\"c\" disabled>",
    );
    let json = json!({ "key": "t", "allowed_origins": [], "fields": fields }).to_string();
    let form = FormDefinition::parse(&json).unwrap();
    let typed = RawSubmission::default();
    let problem = Problem::ValidationFailed(
        crate::submission::validate(&form, &typed, Vec::new()).unwrap_err(),
    );
    let visit = Visit {
        typed: Some(&typed),
        problem: Some(&problem),
        ..Visit::default()
    };
    let page = form_page(&form, "", visit).body;
    for expected in [
        "<li><a href=\"#field-topics\">Choose at least one option for Topics</a></li>",
        "<fieldset class=\"field\" aria-describedby=\"hint-topics error-topics\"><legend>",
        "name=\"topics\" value=\"a\" aria-invalid=\"true\">",
    ] {
        assert_has(&page, expected);
    }
}

#[test]
fn an_input_has_suggestions_and_may_be_half_as_wide() {
    let fields = json!([
        { "name": "city", "type": "text", "label": "City", "width": "half", "suggestions": ["Graz", "\"Wien\""] },
        { "name": "a", "type": "text", "label": "A", "width": "full" },
        { "name": "b", "type": "checkbox", "label": "B", "width": "half" },
        { "name": "c", "type": "checkboxes", "label": "C", "width": "half", "options": [{ "value": "x" }] },
    ]);
    let page = page_of(&fields, &[]);
    for expected in [
        "<div class=\"field half\"><label for=\"field-city\">City",
        " list=\"list-city\"><datalist id=\"list-city\"><option value=\"Graz\"></option>\
         <option value=\"&quot;Wien&quot;\"></option></datalist></div>",
        "<div class=\"field\"><label for=\"field-a\">",
        "<div class=\"field half\"><div class=\"choice\">",
        "<fieldset class=\"field half\"><legend>C",
    ] {
        assert_has(&page, expected);
    }
}

#[test]
fn the_description_and_the_thanks_have_links() {
    let json = json!({
        "key": "t", "allowed_origins": [], "fields": [{ "name": "a", "type": "text" }],
        "description": "Read [this](https://example.com/a?b=\"c\") or [that](https://example.com/that)",
        "on_success": { "message": "Thanks & read [our guide](https://example.com/guide) <now>" },
    });
    let form = FormDefinition::parse(&json.to_string()).unwrap();
    assert_has(
        &form_page(&form, "", Visit::default()).body,
        "<p class=\"description\">Read [this](https://example.com/a?b=&quot;c&quot;) or \
         <a target=\"_blank\" rel=\"noopener\" href=\"https://example.com/that\">that</a></p>",
    );
    let thanks = thanks_page(&form, "", None, false).body;
    assert_has(
        &thanks,
        "<h1>Thanks &amp; read <a target=\"_blank\" rel=\"noopener\" href=\"https://example.com/guide\">our guide</a> \
         &lt;now&gt;</h1>",
    );
    assert_has(
        &thanks,
        "<title>Thanks &amp; read our guide &lt;now&gt;</title>",
    );
    // A receipt is plain text.
    let message = "Thanks & read our guide (https://example.com/guide) <now>";
    assert_eq!(form.success_message.as_deref(), Some(message));
    let public: serde_json::Value = serde_json::from_str(&form.public_json).unwrap();
    assert_eq!(
        public["on_success"],
        json!({ "message": message, "message_parts": [
            { "text": "Thanks & read " },
            { "text": "our guide", "href": "https://example.com/guide" },
            { "text": " <now>" },
        ] })
    );
    assert_eq!(public["description_parts"][1]["text"], "that");
}

#[test]
fn a_page_is_written_in_the_direction_of_its_language() {
    for (locale, html) in [
        ("de", "<html lang=\"de\"><head>"),
        ("ar", "<html lang=\"ar\" dir=\"rtl\"><head>"),
    ] {
        let json = json!({
            "key": "t", "allowed_origins": [], "locale": locale, "fields": [{ "name": "a", "type": "text" }],
        });
        let form = FormDefinition::parse(&json.to_string()).unwrap();
        for page in [
            form_page(&form, "", Visit::default()),
            thanks_page(&form, "", None, false),
        ] {
            assert_has(&page.body, html);
        }
    }
}
