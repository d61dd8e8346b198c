//! Explains why a definition is not JSON, for a person who edits the file.

use std::collections::BTreeSet;

use serde_json::Error;

/// The fault of a text that is JSON and has an object with a name twice, of which `serde_json` keeps only the last.
pub(super) fn repeated_name(json: &str) -> Option<String> {
    let mut objects: Vec<BTreeSet<&str>> = Vec::new();
    let mut rest = json;
    while let Some(at) = rest.find(['"', '{', '[', '}', ']']) {
        let mark = rest.as_bytes().get(at)?;
        rest = rest.get(at.checked_add(1)?..)?;
        match mark {
            b'{' | b'[' => objects.push(BTreeSet::new()),
            b'}' | b']' => _ = objects.pop(),
            _ => {
                let length = text_length(rest);
                let (text, after) = rest.split_at_checked(length)?;
                let after = after.get(1..)?;
                let is_name = after.trim_start().starts_with(':');
                if is_name && !objects.last_mut()?.insert(text) {
                    let before = json.get(..json.len().checked_sub(rest.len())?)?;
                    let line = before.matches('\n').count() + 1;
                    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
                    return Some(format!(
                        "cannot be read, line {line} column {column}: an object has the name {text} twice; take one out"
                    ));
                }
                rest = after;
            }
        }
    }
    None
}

/// The length of a text that ends with a quote: bytes.
fn text_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.unwrap_or(text.len())
}

/// The position of the error, and a suggestion.
pub(super) fn fault_in(json: &str, error: &Error) -> String {
    if json.trim().is_empty() {
        return "is empty".to_owned();
    }
    let error_text = error.to_string();
    let error_text = error_text.split(" at line ").next().unwrap_or(&error_text);
    let line = json
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    // The column counts bytes from one, and is sometimes after the error.
    let column = error.column().saturating_sub(1);
    let here = line
        .get(column..)
        .or_else(|| line.get(column.saturating_sub(1)..));
    let here = here.unwrap_or_default();
    let before = line.get(..column).unwrap_or_default();
    let begins = |marks: &[&str]| marks.iter().any(|mark| here.starts_with(mark));
    let advice = if error_text == "invalid escape" {
        "a backslash in a text is written twice: \"\\\\d+\""
    } else if begins(&["//", "/*", "#", "<!--"]) || before.ends_with("/") && begins(&["/", "*"]) {
        "a comment, which JSON does not have; take it out"
    } else if begins(&["'", "`"]) || begins(&["“", "”", "„", "‘", "’", "«", "»"]) {
        "JSON takes straight double quotes: \"…\""
    } else if error_text == "trailing comma" {
        "nothing follows the last comma; take it out"
    } else if error_text == "key must be a string" {
        "a name has to be in double quotes: \"key\""
    } else if error_text.starts_with("control character") {
        "a text goes over one line: write \\n for a line break and \\t for a tab"
    } else if error_text.starts_with("EOF") {
        "it ends too early: a } or ] or a quote is missing"
    } else if error_text.starts_with("expected `,`") {
        "a comma is missing before this, or a quote"
    } else if error_text.starts_with("expected value") || error_text.starts_with("expected ident") {
        "expected here: a text in double quotes, a number, true, false, null, { } or [ ]"
    } else if error_text == "trailing characters" {
        "something follows the end of the definition"
    } else {
        error_text
    };
    match (error.line(), error.column()) {
        // Column 0 is the end of the line before.
        (line, 0) => format!("cannot be read, line {}: {advice}", line.saturating_sub(1)),
        (line, column) => format!("cannot be read, line {line} column {column}: {advice}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::form::{Record, publish};

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

    #[test]
    fn an_error_is_reported_with_its_line_and_a_suggestion() {
        for (text, line, advice) in [
            ("", 0, "is empty"),
            (" \n", 0, "is empty"),
            ("{\n  // the key\n  \"key\": \"t\"\n}", 2, "a comment"),
            (
                "{\n  \"key\": \"t\", // the key\n  \"title\": \"T\"\n}",
                2,
                "a comment",
            ),
            ("{\n  \"key\": \"t\" // the key\n}", 2, "a comment"),
            ("// a form\n{}", 1, "a comment"),
            ("{}\n// a form", 2, "a comment"),
            ("{\n  \"fields\": [ // none\n  ]\n}", 2, "a comment"),
            ("{\n  \"key\": // t\n \"t\"\n}", 2, "a comment"),
            ("{\n  /* the key */ \"key\": \"t\"\n}", 2, "a comment"),
            ("{\n  \"key\": \"t\"\n  # the key\n}", 3, "a comment"),
            (
                "{\n  \"key\": \"t\",\n}",
                3,
                "nothing follows the last comma",
            ),
            (
                "{\n  \"fields\": [1,\n  ]\n}",
                3,
                "nothing follows the last comma",
            ),
            (
                "{\n  'key': \"t\"\n}",
                2,
                "JSON takes straight double quotes",
            ),
            (
                "{\n  \"key\": 't'\n}",
                2,
                "JSON takes straight double quotes",
            ),
            (
                "{\n  “key”: \"t\"\n}",
                2,
                "JSON takes straight double quotes",
            ),
            (
                "{\n  \"key\": „t“\n}",
                2,
                "JSON takes straight double quotes",
            ),
            ("{\n  key: \"t\"\n}", 2, "a name has to be in double quotes"),
            (
                "{\n  \"pattern\": \"\\d+\"\n}",
                2,
                "a backslash in a text is written twice",
            ),
            (
                "{\n  \"title\": \"don\\'t\"\n}",
                2,
                "a backslash in a text is written twice",
            ),
            (
                "{\n  \"fields\": [{ \"name\": \"a\",\n  \"type\": \"text\", \"type\": \"tel\" }]\n}",
                3,
                "an object has the name type twice",
            ),
            (
                "{\n  \"title\": \"a\nb\"\n}",
                2,
                "a text goes over one line",
            ),
            (
                "{\n  \"title\": \"a\tb\"\n}",
                2,
                "a text goes over one line",
            ),
            (
                "{\n  \"required\": True\n}",
                2,
                "expected here: a text in double quotes",
            ),
            (
                "{\n  \"title\": undefined\n}",
                2,
                "expected here: a text in double quotes",
            ),
            (
                "{\n  \"key\": \"t\"\n  \"title\": \"T\"\n}",
                3,
                "a comma is missing before this",
            ),
            ("{\n  \"key\": \"t\"\n", 2, "it ends too early"),
            ("{\"key\": \"t", 1, "it ends too early"),
            ("{}\n{}", 2, "something follows the end"),
        ] {
            let faults = faults_of(text);
            assert_eq!(faults.len(), 1, "{text}: {faults:?}");
            let expected = match line {
                0 => format!(": {advice}"),
                line => format!(": cannot be read, line {line}"),
            };
            assert!(
                faults[0].starts_with(&expected) && faults[0].contains(advice),
                "{text}: {faults:?}"
            );
        }
    }

    #[test]
    fn a_byte_order_mark_is_accepted() {
        let definition = json!({ "key": "t", "allowed_origins": [], "fields": [{ "name": "a", "type": "text" }] });
        let definition = definition.to_string();
        assert_eq!(faults_of(&format!("\u{feff}{definition}")), [""; 0]);
        let publication = publish(&format!("\u{feff}{definition}"), &Record::default()).unwrap();
        assert!(publication.json.starts_with('{'));
    }
}
