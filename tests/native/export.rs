//! Leads as CSV and JSON lines: whatever was typed comes back as it was, and is never a formula.

use formgate::export::Format;
use formgate::inbox::StoredLead;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Every cell that an importer may make of a text: whatever it separates by, whether it knows quotes or not, and whether line
/// breaks within quotes end a line or not.
fn cells_of_any_importer(csv: &str) -> Vec<String> {
    let mut cells = Vec::new();
    for separator in [',', ';', '\t', '|'] {
        let ends_line = |c: char| "\n\r\u{b}\u{c}\u{85}\u{2028}\u{2029}".contains(c);
        cells.extend(
            csv.split(|c| c == separator || ends_line(c))
                .map(str::to_owned),
        );
        // Quotes where a cell begins make its separators text, as far as they are closed.
        for breaks_within_quotes in [false, true] {
            let (mut cell, mut is_quoted, mut begins) = (String::new(), false, true);
            let mut rest = csv.chars().peekable();
            while let Some(c) = rest.next() {
                match c {
                    '"' if begins => (is_quoted, begins) = (true, false),
                    '"' if is_quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
                    '"' if is_quoted => is_quoted = false,
                    _ if c == separator && !is_quoted
                        || ends_line(c) && (breaks_within_quotes || !is_quoted) =>
                    {
                        cells.push(std::mem::take(&mut cell));
                        (is_quoted, begins) = (false, true);
                    }
                    _ => {
                        cell.push(c);
                        begins = false;
                    }
                }
            }
            cells.push(cell);
        }
    }
    cells
}

/// A text without what importers drop before a cell, or take for its quotes.
fn trimmed(cell: &str) -> &str {
    cell.trim_start_matches(|c: char| {
        c == '"' || c == '\u{feff}' || c.is_whitespace() || c.is_control()
    })
}

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
        ..StoredLead::default()
    }
}

/// What a spreadsheet would take for a formula; its own list, not the one it tests.
fn is_dangerous(cell: &str) -> bool {
    let first = cell.chars().next();
    first.is_some_and(|first| "=+-@\t\r\n\0\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first))
}

/// A text as it was before apostrophes were put into it, if it was so.
fn is_of(cell: &str, text: &str) -> bool {
    let mut rest = text.chars().peekable();
    let mut cell = cell.chars().peekable();
    while let Some(c) = cell.next() {
        if rest.peek() == Some(&c) {
            rest.next();
        } else if c != '\'' || !cell.peek().is_some_and(|c| is_dangerous(&c.to_string())) {
            return false;
        }
    }
    rest.next().is_none()
}

/// Text of which much is dangerous.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(&[
            "=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'", "\"", ",", ";", "|", " ", "\r\n", "\u{2028}", "a", "cmd|' /C calc'!A0",
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
        let email = if name == "email" { "x" } else { &email };
        for (column, text) in [("email", email), ("page", &page), ("spam", &status), ("status", &status)] {
            // What begins like JSON may be JSON, which is guarded by escapes.
            prop_assert!(is_of(&cell(column), text) || text.starts_with('{'), "{column}: {text:?}");
        }
        let extras: Value = serde_json::from_str(&cell("extras")).unwrap();
        prop_assert_eq!(&extras["k"], &json!(extra));
    }

    #[test]
    fn no_importer_finds_a_formula(
        name in text(), one in text(), other in text(), extra in vec(text(), 0..3),
    ) {
        let lead = json!({
            "fields": { "a": one, "b": [other, one], name.clone(): other, "c": extra },
            "extras": { "k": extra, name.clone(): one, "l": other },
            "consents": [{ "field": "c", "text": other }],
        });
        for lead in [lead.to_string(), one, json!({ "a": extra }).to_string()] {
            let fields = ["a".to_owned(), "b".to_owned(), name.clone()];
            let csv = Format::Csv.head(&fields) + &Format::Csv.line(&fields, &stored(lead));
            for cell in cells_of_any_importer(&csv) {
                prop_assert!(!is_dangerous(trimmed(&cell)), "{cell:?} of {csv:?}");
            }
        }
    }

    #[test]
    fn any_text_where_a_lead_should_be_is_exported(text in prop_oneof![text(), any::<String>()]) {
        let stored = stored(text.as_str());
        let columns = exported(&["email"], &stored);
        prop_assert_eq!(&columns[0].1, "a");
        let is_there = columns.iter().any(|(_, cell)| is_of(cell, &text)) || text.starts_with('{');
        prop_assert!(is_there, "{columns:?}");
        let line = Format::JsonLines.line(&[], &stored);
        prop_assert_eq!(line.matches('\n').count(), 1);
        let value: Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(&value["unreadable"], &json!(text));
    }

    #[test]
    fn json_lines_have_the_lead_as_it_is_stored(
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
