//! Leads as CSV and JSON lines: whatever was typed comes back as it was, and is never a formula.

use formgate::export::Format;
use formgate::records::StoredLead;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A strict reader of RFC 4180 whose every cell is quoted.
fn read(csv: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut rest = csv;
    while !rest.is_empty() {
        let mut row = Vec::new();
        loop {
            let mut cell = String::new();
            rest = rest.strip_prefix('"').unwrap();
            loop {
                let (part, after) = rest.split_once('"').unwrap();
                cell += part;
                rest = after;
                let Some(after) = rest.strip_prefix('"') else {
                    break;
                };
                cell.push('"');
                rest = after;
            }
            row.push(cell);
            let Some(after) = rest.strip_prefix(',') else {
                break;
            };
            rest = after;
        }
        rest = rest.strip_prefix("\r\n").unwrap();
        rows.push(row);
    }
    rows
}

/// The export of one lead: its columns by name.
fn exported(fields: &[&str], stored: &StoredLead) -> Vec<(String, String)> {
    let fields: Vec<String> = fields.iter().map(|name| (*name).to_owned()).collect();
    let text = Format::Csv.head(&fields) + &Format::Csv.line(&fields, stored);
    let rows = read(text.strip_prefix('\u{feff}').unwrap());
    let [head, cells] = rows.as_slice() else {
        panic!("{} rows", rows.len())
    };
    assert_eq!(head.len(), cells.len());
    head.iter().cloned().zip(cells.iter().cloned()).collect()
}

fn stored(lead: impl Into<String>) -> StoredLead {
    StoredLead {
        id: "a".to_owned(),
        form: "demo".to_owned(),
        received_at: "2026-11-21T20:30:00.000Z".to_owned(),
        status: "new".to_owned(),
        lead: lead.into(),
    }
}

/// What a spreadsheet would take for a formula; its own list, not the one it tests.
fn is_dangerous(cell: &str) -> bool {
    let first = cell.chars().next();
    first.is_some_and(|first| "=+-@\t\r\n\0\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first))
}

/// A text as its cell should be.
fn safe(text: &str) -> String {
    let guard = if is_dangerous(text) { "'" } else { "" };
    format!("{guard}{text}")
}

/// Text of which much is dangerous.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(&[
            "=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'", "\"", ",", ";", "\r\n", "cmd|' /C calc'!A0",
        ][..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_comes_back_from_a_csv_and_is_no_formula(
        email in text(), extra in text(), page in text(), name in text(), status in text(),
    ) {
        let lead = json!({
            "fields": { "email": email, name.clone(): "x" }, "extras": { "k": extra },
            "provenance": { "claimed": { "page": page } }, "spam": [status],
        });
        let mut stored = stored(lead.to_string());
        stored.status = status.clone();
        let columns = exported(&["email", &name], &stored);
        for (name, cell) in &columns {
            prop_assert!(!is_dangerous(name) && !is_dangerous(cell), "{name:?} {cell:?}");
        }
        let cell = |name: &str| columns.iter().find(|(known, _)| known == name).unwrap().1.clone();
        prop_assert_eq!(cell("email"), safe(if name == "email" { "x" } else { &email }));
        prop_assert_eq!(cell("page"), safe(&page));
        prop_assert_eq!(cell("spam"), safe(&status));
        prop_assert_eq!(cell("status"), safe(&status));
        let extras: Value = serde_json::from_str(&cell("extras")).unwrap();
        prop_assert_eq!(&extras["k"], &json!(extra));
    }

    #[test]
    fn any_text_where_a_lead_should_be_is_exported(text in prop_oneof![text(), any::<String>()]) {
        let stored = stored(text.as_str());
        let columns = exported(&["email"], &stored);
        prop_assert_eq!(&columns[0].1, "a");
        prop_assert!(columns.iter().any(|(_, cell)| *cell == safe(&text)));
        let line = Format::JsonLines.line(&[], &stored);
        prop_assert_eq!(line.matches('\n').count(), 1);
        let value: Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(&value["unreadable"], &json!(text));
    }

    #[test]
    fn json_lines_have_the_lead_as_it_stands(
        fields in btree_map(text(), text(), 0..4), extra in text(),
    ) {
        let mut lead = json!({ "id": "a", "fields": fields, "extras": { "k": [extra] } });
        let line = Format::JsonLines.line(&[], &stored(lead.to_string()));
        prop_assert_eq!(line.matches('\n').count(), 1);
        lead["status"] = json!("new");
        prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), lead);
    }
}

#[test]
fn a_header_is_no_formula_either() {
    let columns = exported(
        &["=cmd|' /C calc'!A0", "status"],
        &stored("{\"fields\":{}}"),
    );
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.ends_with(&["'=cmd|' /C calc'!A0", "fields.status"]),
        "{names:?}"
    );
}
