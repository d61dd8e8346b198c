//! Converts a lead to a row of cells: first the columns that every export has, then one for each field.

use serde_json::{Map, Value};

use crate::inbox::StoredLead;
use crate::json;
use crate::submission::{CAMPAIGN_NAMES, TOUCH_NAMES};

/// The names of the columns. A field with the name of another column is prefixed: `fields.…`.
pub fn head(fields: &[String]) -> Vec<String> {
    let mut names: Vec<String> = BEFORE_TOUCHES.map(str::to_owned).into();
    for touch in TOUCHES {
        let parts = TOUCH_NAMES.iter().chain(&CAMPAIGN_NAMES);
        names.extend(parts.map(|part| format!("{touch}_{part}")));
    }
    names.extend(AFTER_TOUCHES.map(str::to_owned));
    let fixed = names.len();
    for name in fields {
        let is_taken = names.iter().take(fixed).any(|known| known == name);
        let prefix = if is_taken || name.starts_with(PREFIX) {
            PREFIX
        } else {
            ""
        };
        names.push(format!("{prefix}{name}"));
    }
    names
}

/// The cells of one lead, in the order of [`head`].
pub fn cells(fields: &[String], stored: &StoredLead) -> Vec<String> {
    let lead = read(&stored.lead);
    let is_readable = lead.is_some();
    let lead = lead.unwrap_or_default();
    let observed = member(&lead, "/provenance/observed");
    let claimed = member(&lead, "/provenance/claimed");
    let provenance = member(&lead, "/provenance");
    let values = member(&lead, "/fields");
    let fixed = |column| match column {
        "id" => stored.id.clone(),
        "received_at" => stored.received_at.clone(),
        "form" => stored.form.clone(),
        "status" => stored.status.clone(),
        "version" => text(member(&lead, "/form/version")),
        "spam" => spam(&lead),
        "spam_score" => text(member(&lead, "/spam_score")),
        // Older leads have `embed_origin` and `page` instead of `observed` and `claimed`.
        "origin" => first([(observed, "origin"), (provenance, "embed_origin")]),
        "country" => first([(observed, "country")]),
        // The header `Referer` of the request is the page of the form, not the page before it.
        "page" => first([
            (claimed, "page"),
            (observed, "referer"),
            (provenance, "page"),
        ]),
        "referrer" => first([(claimed, "referrer")]),
        "consents" => consents(member(&lead, "/consents")),
        "extras" => extras(&lead, fields),
        "unreadable" if !is_readable => stored.lead.clone(),
        _ => String::new(),
    };
    let mut cells: Vec<String> = BEFORE_TOUCHES.map(&fixed).into();
    for touch in TOUCHES {
        let touch = claimed.and_then(|claimed| claimed.get(format!("{touch}_touch")));
        cells.extend(TOUCH_NAMES.map(|part| first([(touch, part)])));
        let parameters = touch.and_then(|touch| touch.get("parameters"));
        cells.extend(CAMPAIGN_NAMES.map(|name| first([(parameters, name)])));
    }
    cells.extend(AFTER_TOUCHES.map(&fixed));
    let own = fields
        .iter()
        .map(|name| text(values.and_then(|values| values.get(name))));
    cells.extend(own);
    cells
}

/// The signals of spam that a lead shows, in one cell; empty for a lead that shows none.
pub fn spam(lead: &Value) -> String {
    text(member(lead, "/spam"))
}

/// The same after the score; empty for a lead without a score.
pub fn scored_spam(lead: &Value) -> String {
    let score = text(member(lead, "/spam_score"));
    format!("{} {}", score.trim_start_matches('0'), spam(lead))
        .trim()
        .to_owned()
}

/// Parses a lead; `None` when it is not JSON with an object `fields`.
fn read(lead: &str) -> Option<Value> {
    let lead = json::parse(lead).ok()?;
    lead.get("fields")?.is_object().then_some(lead)
}

fn member<'a>(lead: &'a Value, pointer: &str) -> Option<&'a Value> {
    lead.pointer(pointer)
}

/// The first of these members that is a text; empty if none is.
fn first<const N: usize>(candidates: [(Option<&Value>, &str); N]) -> String {
    let mut texts = candidates
        .into_iter()
        .filter_map(|(value, name)| value?.get(name)?.as_str());
    texts.next().unwrap_or_default().to_owned()
}

/// A value in one cell: several values separated by semicolons, other types as JSON.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => {
            let texts: Vec<String> = values.iter().map(|value| text(Some(value))).collect();
            texts.join("; ")
        }
        Some(value) => value.to_string(),
    }
}

/// The fields of consents, each with the text agreed to.
fn consents(consents: Option<&Value>) -> String {
    let consents = consents.and_then(Value::as_array);
    let texts: Vec<String> = consents
        .into_iter()
        .flatten()
        .map(|consent| {
            format!(
                "{}: {}",
                text(consent.get("field")),
                text(consent.get("text"))
            )
        })
        .collect();
    texts.join("; ")
}

/// Everything that has no column, as JSON; also fields that only leads received after the choice of columns have.
fn extras(lead: &Value, fields: &[String]) -> String {
    let object = |pointer| member(lead, pointer).and_then(Value::as_object);
    let mut extras: Map<String, Value> = object("/extras").cloned().unwrap_or_default();
    for (name, value) in object("/fields").into_iter().flatten() {
        if !fields.contains(name) {
            extras.insert(format!("{PREFIX}{name}"), value.clone());
        }
    }
    if extras.is_empty() {
        return String::new();
    }
    Value::Object(extras).to_string()
}

/// The columns every export has: these, then those of [`TOUCHES`], then [`AFTER_TOUCHES`].
const BEFORE_TOUCHES: [&str; 11] = [
    "id",
    "received_at",
    "form",
    "version",
    "status",
    "spam",
    "spam_score",
    "origin",
    "country",
    "page",
    "referrer",
];
/// The first and the last visit of the attribution; each has the columns of [`TOUCH_NAMES`] and [`CAMPAIGN_NAMES`].
const TOUCHES: [&str; 2] = ["first", "last"];
const AFTER_TOUCHES: [&str; 3] = ["consents", "extras", "unreadable"];
/// Prefix of a field that has the name of another column.
const PREFIX: &str = "fields.";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cells_of(lead: &str, fields: &[&str]) -> Vec<(String, String)> {
        let fields: Vec<String> = fields.iter().map(|name| (*name).to_owned()).collect();
        let stored = StoredLead {
            id: "a".to_owned(),
            form: "demo".to_owned(),
            received_at: "2026".to_owned(),
            status: "new".to_owned(),
            lead: lead.to_owned(),
            ..StoredLead::default()
        };
        let (head, cells) = (head(&fields), cells(&fields, &stored));
        assert_eq!(head.len(), cells.len());
        let filled = head.into_iter().zip(cells);
        filled
            .filter(|(_, cell)| !cell.is_empty())
            .skip(3)
            .collect()
    }

    fn assert_cells(lead: &Value, fields: &[&str], expected: &[(&str, &str)]) {
        let cells = cells_of(&lead.to_string(), fields);
        let seen: Vec<(&str, &str)> = cells
            .iter()
            .map(|(name, cell)| (name.as_str(), cell.as_str()))
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_lead_fills_its_columns() {
        let lead = json!({
            "id": "a", "form": { "key": "demo", "version": 3 },
            "fields": { "email": "a@b", "topics": ["x", "y"], "id": "7", "last_gclid": "own" },
            "extras": { "utm": "ü" }, "spam": ["honeypot"],
            "consents": [{ "field": "terms", "text": "I agree", "sha256": "0" }],
            "provenance": {
                "observed": { "origin": "https://example.com", "country": "AT" },
                "claimed": {
                    "page": "https://example.com/p", "referrer": "https://search.example/",
                    "first_touch": {
                        "at": "2026-11-20T08:00:00.000Z", "page": "https://example.com/l",
                        "parameters": { "utm_source": "a b", "gclid": "x&y" },
                    },
                    "last_touch": { "referrer": "https://news.example/", "parameters": { "utm_id": "7" } },
                },
            },
        });
        let expected = [
            ("version", "3"),
            ("status", "new"),
            ("spam", "honeypot"),
            ("origin", "https://example.com"),
            ("country", "AT"),
            ("page", "https://example.com/p"),
            ("referrer", "https://search.example/"),
            ("first_at", "2026-11-20T08:00:00.000Z"),
            ("first_page", "https://example.com/l"),
            ("first_utm_source", "a b"),
            ("first_gclid", "x&y"),
            ("last_referrer", "https://news.example/"),
            ("last_utm_id", "7"),
            ("consents", "terms: I agree"),
            ("extras", r#"{"utm":"ü"}"#),
            ("email", "a@b"),
            ("topics", "x; y"),
            ("fields.id", "7"),
            ("fields.last_gclid", "own"),
        ];
        assert_cells(&lead, &["email", "topics", "id", "last_gclid"], &expected);
    }

    #[test]
    fn the_page_is_the_referer_header_when_none_is_claimed() {
        let (origin, page) = ("https://example.com", "https://example.com/p");
        for provenance in [
            json!({ "observed": { "origin": origin, "referer": page }, "claimed": {} }),
            // The provenance of older leads.
            json!({ "embed_origin": origin, "page": page }),
        ] {
            let lead = json!({ "fields": {}, "extras": null, "provenance": provenance });
            let expected = [("status", "new"), ("origin", origin), ("page", page)];
            assert_cells(&lead, &[], &expected);
        }
    }

    #[test]
    fn a_field_without_a_column_is_among_the_extras() {
        let lead = json!({ "fields": { "email": "a@b", "late": ["1"] } });
        let expected = [
            ("status", "new"),
            ("extras", r#"{"fields.late":["1"]}"#),
            ("email", "a@b"),
        ];
        assert_cells(&lead, &["email"], &expected);
    }

    #[test]
    fn an_unreadable_lead_is_exported_as_text() {
        for text in ["", "{", "null", "[1]", "{\"fields\":7}"] {
            let cells = cells_of(text, &["email"]);
            let expected = ("unreadable".to_owned(), text.to_owned());
            assert_eq!(cells.contains(&expected), !text.is_empty(), "{cells:?}");
        }
    }

    #[test]
    fn no_two_columns_have_the_same_name() {
        let fields = [
            "id",
            "fields.id",
            "fields.fields.id",
            "first_utm_id",
            "email",
        ];
        let mut names = head(&fields.map(str::to_owned));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), head(&[]).len() + fields.len());
    }
}
