//! Formats text for a terminal, with control characters escaped, so that no lead moves the cursor, changes colours or reverses the
//! writing direction.

/// One line of a table: each cell is padded to the width of its column, in characters; a longer cell shifts the rest.
pub fn row(cells: &[(&str, usize)]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|(text, width)| format!("{:width$}", visible(text)))
        .collect();
    format!("{}\n", cells.join("  ").trim_end())
}

/// Escapes the characters that control a terminal.
pub fn visible(text: &str) -> String {
    escape(text, is_control)
}

/// Escapes the characters that control a terminal; the JSON keeps its meaning and its line breaks.
pub fn visible_json(json: &str) -> String {
    // In JSON, line breaks occur only between members, never inside a string.
    escape(json, |c| c != '\n' && is_control(c))
}

/// Escapes characters as `\uXXXX`, like JSON; all of them are in the Basic Multilingual Plane.
fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if is_escaped(c) {
            written += &format!("\\u{:04x}", u32::from(c));
        } else {
            written.push(c);
        }
    }
    written
}

/// Control characters, and those that change the writing direction: Unicode, UAX #9, section 2.
fn is_control(c: char) -> bool {
    let is_direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    char::is_control(c) || is_direction
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn escapes_every_control_character() {
        for (text, shown) in [
            ("\u{1b}[31mred", "\\u001b[31mred"),
            ("\u{9b}2J", "\\u009b2J"),
            ("a\nb\r", "a\\u000ab\\u000d"),
            ("\u{202e}abc", "\\u202eabc"),
            ("Grüße 👋", "Grüße 👋"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn json_keeps_its_meaning_and_its_lines() {
        let value = json!({ "a": "\u{9b}2J\u{1b}\u{202e}\n", "b": "ü" });
        let shown = visible_json(&format!("{value:#}"));
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
        assert!(!shown.contains('\u{9b}') && !shown.contains('\u{202e}'));
        assert_eq!(shown.lines().count(), 4);
    }

    #[test]
    fn a_row_is_one_line_whatever_its_cells_contain() {
        assert_eq!(row(&[("a", 3), ("ü\n", 2), ("c", 9)]), "a    ü\\u000a  c\n");
    }
}
