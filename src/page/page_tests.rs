//! What the pages show.

use serde_json::json;

use super::*;
use crate::problem::ViolationCode;
use crate::submission::RawValue;

fn form() -> FormDefinition {
    let definition = json!({
        "key": "t", "allowed_origins": [], "title": "Ask <us>", "honeypot": "website",
        "fields": [
            { "name": "email", "type": "email", "label": "Work email", "required": true,
              "autocomplete": "email", "hint": "We answer here", "maxlength": 50 },
            { "name": "note", "type": "textarea", "label": "Note" },
            { "name": "size", "type": "select", "label": "Size", "options": [
                { "value": "1", "group": "Small" }, { "value": "2", "label": "Two", "group": "Big" },
                { "value": "3", "disabled": true } ] },
            { "name": "plan", "type": "radio", "label": "Plan", "value": "b",
              "options": [{ "value": "a" }, { "value": "b" }] },
            { "name": "terms", "type": "consent", "label": "Terms", "text": "I agree to the terms" },
            { "name": "src", "type": "hidden", "value": "web" },
        ],
        "on_success": { "message": "Thanks & bye", "redirect": "https://example.com/thanks?a=b" },
    });
    FormDefinition::parse(&definition.to_string()).unwrap()
}

#[test]
fn every_control_has_a_label_and_a_type() {
    let page = form_page(&form(), "frame-ancestors 'self'", Visit::default());
    assert_eq!(page.status, 200);
    for expected in [
        "<title>Ask &lt;us&gt;</title>",
        "<html lang=\"en\">",
        "<label for=\"field-email\">Work email</label>",
        "<p class=\"hint\" id=\"hint-email\">We answer here</p>",
        "<input type=\"email\" id=\"field-email\" name=\"email\" required autocomplete=\"email\" \
         maxlength=\"50\" aria-describedby=\"hint-email\">",
        "Note <span class=\"optional\">(optional)</span>",
        "<option value=\"\">Choose one</option><optgroup label=\"Small\"><option value=\"1\">1</option></optgroup>\
         <optgroup label=\"Big\"><option value=\"2\">Two</option></optgroup>\
         <option value=\"3\" disabled>3</option></select>",
        "<legend>Plan <span class=\"optional\">(optional)</span></legend>",
        "<input type=\"radio\" id=\"option-plan-1\" name=\"plan\" value=\"b\" checked>",
        "<label for=\"field-terms\">I agree to the terms</label>",
        "<input type=\"hidden\" name=\"src\" value=\"web\">",
        "<div class=\"aux\" hidden><input type=\"text\" name=\"website\" tabindex=\"-1\" autocomplete=\"off\" aria-hidden=\"true\" data-1p-ignore \
         data-lpignore=\"true\" data-bwignore data-form-type=\"other\"></div>",
    ] {
        assert_has(&page.body, expected);
    }
}

/// The page of a form with these fields, after these values were refused.
pub(super) fn page_of(fields: &serde_json::Value, typed: &[(&str, &str)]) -> String {
    let definition = json!({ "key": "t", "allowed_origins": [], "fields": fields });
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let mut raw = RawSubmission::default();
    for (name, value) in typed {
        raw.push(name, RawValue::Text((*value).to_owned())).unwrap();
    }
    let visit = Visit {
        typed: (!typed.is_empty()).then_some(&raw),
        ..Visit::default()
    };
    form_page(&form, "", visit).body
}

#[track_caller]
pub(super) fn assert_has(page: &str, expected: &str) {
    assert!(page.contains(expected), "{expected}\nnot in\n{page}");
}

#[test]
fn a_number_is_typed_as_text_and_shown_again_as_typed() {
    let number = |attributes: serde_json::Value| {
        let mut field = json!({ "name": "n", "type": "number" });
        for (name, value) in attributes.as_object().unwrap() {
            field[name] = value.clone();
        }
        json!([field])
    };
    let page = page_of(
        &number(json!({ "required": true, "min": 0, "step": 5 })),
        &[("n", "1,500")],
    );
    assert_has(
        &page,
        "<input type=\"text\" inputmode=\"decimal\" id=\"field-n\" name=\"n\" required value=\"1,500\">",
    );
    assert_has(&page, " novalidate>");
    assert_has(
        &page_of(&number(json!({})), &[("n", ""), ("n", "twelve")]),
        " value=\"twelve\">",
    );
    // Not every numeric keyboard has a minus.
    assert_has(
        &page_of(&number(json!({ "min": -5 })), &[]),
        "<input type=\"text\" id=\"field-n\" name=\"n\">",
    );
}

#[test]
fn the_browser_checks_a_form_with_dates_for_incomplete_dates_only() {
    let fields = json!([
        { "name": "when", "type": "date", "required": true, "min": "2026-01-01" },
        { "name": "email", "type": "email", "required": true, "minlength": 3, "maxlength": 9, "pattern": ".+@x" },
        { "name": "plan", "type": "radio", "required": true, "options": [{ "value": "a" }] },
        { "name": "terms", "type": "consent", "text": "I agree" },
    ]);
    let page = page_of(&fields, &[]);
    assert!(
        !page.contains("novalidate") && !page.contains(" required"),
        "{page}"
    );
    for expected in [
        "<input type=\"date\" id=\"field-when\" name=\"when\" aria-required=\"true\" min=\"2026-01-01\" \
         placeholder=\"2026-11-21\">",
        "<input type=\"text\" inputmode=\"email\" id=\"field-email\" name=\"email\" aria-required=\"true\" maxlength=\"9\">",
        "role=\"radiogroup\" aria-required=\"true\"><legend>",
        "<input type=\"radio\" id=\"field-plan\" name=\"plan\" value=\"a\">",
        "<input type=\"checkbox\" id=\"field-terms\" name=\"terms\" aria-required=\"true\" value=\"on\">",
    ] {
        assert_has(&page, expected);
    }
    // A date control would not show a value that is not a date.
    assert_has(
        &page_of(&fields, &[("when", "21.11.2026")]),
        "<input type=\"text\" id=\"field-when\" name=\"when\" aria-required=\"true\" value=\"21.11.2026\"",
    );
}

#[test]
fn a_date_field_has_an_example_and_a_pattern_for_browsers_without_a_date_control() {
    let own = json!([{ "name": "f", "type": "month", "placeholder": "1999-12" }]);
    for (fields, expected) in [
        (
            json!([{ "name": "f", "type": "month" }]),
            " pattern=\"[0-9]{4,}-(0[1-9]|1[0-2])\" title=\"2026-11\" placeholder=\"2026-11\">",
        ),
        (
            json!([{ "name": "f", "type": "week" }]),
            " pattern=\"[0-9]{4,}-W(0[1-9]|[1-4][0-9]|5[0-3])\" title=\"2026-W47\" placeholder=\"2026-W47\">",
        ),
        (own, " placeholder=\"1999-12\">"),
        (
            json!([{ "name": "f", "type": "time" }]),
            " placeholder=\"20:30\">",
        ),
    ] {
        assert_has(&page_of(&fields, &[]), expected);
    }
}

#[test]
fn a_consent_that_is_not_required_is_marked_optional() {
    let fields = json!([{ "name": "f", "type": "consent", "text": "I agree", "required": false }]);
    assert_has(
        &page_of(&fields, &[("f", "yes")]),
        "name=\"f\" value=\"on\" checked><label for=\"field-f\">I agree <span class=\"optional\">(optional)</span>",
    );
}

#[test]
fn a_refused_form_is_shown_again_as_typed() {
    let mut typed = RawSubmission::default();
    for (name, value) in [
        ("email", "\"><script>"),
        ("note", "\na\nb"),
        ("size", "2"),
        ("plan", "a"),
        ("terms", "on"),
        ("src", "mail"),
    ] {
        typed.push(name, RawValue::Text(value.to_owned())).unwrap();
    }
    let problem = Problem::ValidationFailed(vec![
        Violation::of_field(
            "email",
            ViolationCode::TypeMismatch,
            "Work email is wrong".to_owned(),
        ),
        Violation::of_field("src", ViolationCode::BadInput, "Out of reach".to_owned()),
        Violation::of_form(ViolationCode::BadInput, "And so is the rest"),
    ]);
    let visit = Visit {
        is_test: false,
        typed: Some(&typed),
        problem: Some(&problem),
        key: "k-1",
        ticket: "t-1",
        attribution: &[],
        query: None,
        ..Visit::default()
    };
    let page = form_page(&form(), "frame-ancestors 'self'", visit);
    assert_eq!(page.status, 400);
    for expected in [
        "<title>Error: Ask &lt;us&gt;</title>",
        "<li><a href=\"#field-email\">Work email is wrong</a></li><li>Out of reach</li><li>And so is the rest</li>",
        "value=\"&quot;&gt;&lt;script&gt;\"",
        "aria-invalid=\"true\" aria-describedby=\"hint-email error-email\"",
        "<p class=\"error\" id=\"error-email\"><span class=\"visually-hidden\">Error:</span> Work email is wrong</p>",
        ">\n\na\nb</textarea>",
        "<option value=\"2\" selected>Two</option>",
        "value=\"a\" checked>",
        "value=\"on\" checked>",
        "<input type=\"hidden\" name=\"src\" value=\"mail\">",
        "<input type=\"hidden\" name=\"_ticket\" value=\"t-1\">",
    ] {
        assert_has(&page.body, expected);
    }
}

#[test]
fn the_policy_allows_the_redirect_and_no_script() {
    let page = form_page(
        &form(),
        "frame-ancestors 'self' https://example.com",
        Visit::default(),
    );
    assert_eq!(
        page.header("content-security-policy"),
        Some(
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
             form-action 'self' https://example.com; frame-ancestors 'self' https://example.com"
        )
    );
}

#[test]
fn a_consent_and_a_hint_have_links_and_no_other_markup() {
    let definition = json!({ "key": "t", "allowed_origins": [], "fields": [
        { "name": "terms", "type": "consent",
          "text": "I <b>agree</b> to the [\"terms\" & <i>more</i>](https://example.com/?a='1'&b=ü)",
          "hint": "[x](javascript:alert(1)) or [us](mailto:us@example.com)" },
        { "name": "a", "type": "text", "hint": "[y](https://e.com/\" onclick=\"alert(1))" },
        { "name": "b", "type": "radio", "options": [{ "value": "v" }], "hint": "[z](https://example.com/)" },
    ] });
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let page = form_page(&form, "frame-ancestors 'self'", Visit::default());
    for expected in [
        "<label for=\"field-terms\">I &lt;b&gt;agree&lt;/b&gt; to the <a target=\"_blank\" rel=\"noopener\" \
         href=\"https://example.com/?a='1'&amp;b=%C3%BC\">&quot;terms&quot; &amp; &lt;i&gt;more&lt;/i&gt;</a></label>",
        "id=\"hint-terms\">[x](javascript:alert(1)) or \
         <a target=\"_blank\" rel=\"noopener\" href=\"mailto:us@example.com\">us</a></p>",
        "id=\"hint-a\">[y](https://e.com/&quot; onclick=&quot;alert(1))</p>",
        "id=\"hint-b\"><a target=\"_blank\" rel=\"noopener\" href=\"https://example.com/\">z</a></p>",
    ] {
        assert_has(&page.body, expected);
    }
}

#[test]
fn nothing_typed_can_become_markup() {
    let fields = json!([
        { "name": "a", "type": "text" }, { "name": "b", "type": "textarea" }, { "name": "c", "type": "hidden" },
    ]);
    let typed = "\"><script>alert('x')</script>&amp;";
    let page = page_of(&fields, &[("a", typed), ("b", typed), ("c", typed)]);
    // An apostrophe ends no attribute value, since all are between quotation marks.
    let escaped = "&quot;&gt;&lt;script&gt;alert('x')&lt;/script&gt;&amp;amp;";
    for expected in &[
        format!(" name=\"a\" value=\"{escaped}\""),
        format!(">\n{escaped}</textarea>"),
        format!(" name=\"c\" value=\"{escaped}\""),
    ] {
        assert_has(&page, expected);
    }
}

#[test]
fn tells_the_visitor_that_nothing_was_lost() {
    let problem = Problem::Unavailable { retry_after_s: 30 };
    let visit = Visit {
        is_test: false,
        typed: Some(&RawSubmission::default()),
        problem: Some(&problem),
        key: "k-1",
        ticket: "t-1",
        attribution: &[],
        query: None,
        ..Visit::default()
    };
    let page = form_page(&form(), "frame-ancestors 'self'", visit);
    assert_eq!(page.status, 503);
    assert!(page.body.contains("<li>Nothing was lost."), "{}", page.body);
    assert!(
        thanks_page(&form(), "", None, false)
            .body
            .contains("<h1>Thanks &amp; bye</h1>")
    );
    assert!(
        problem_page(&Problem::FormNotFound, None, false, Locale::default())
            .body
            .contains("<h1>This form was not found</h1>")
    );
}
