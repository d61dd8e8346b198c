//! What is shown on a terminal: no text in it moves the cursor, changes colours, or runs backwards.

/// One line of a table: each cell with the width of its column, in characters; what is longer moves the rest.
pub fn row(cells: &[(&str, usize)]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|(text, width)| format!("{:width$}", visible(text)))
        .collect();
    format!("{}\n", cells.join("  ").trim_end())
}

/// A text with everything written out that a terminal would obey.
pub fn visible(text: &str) -> String {
    written_out(text, is_obeyed)
}

/// JSON that means the same, with everything written out that a terminal would obey.
pub fn visible_json(json: &str) -> String {
    // In JSON a line break stands between two members, never inside one.
    written_out(json, |c| c != '\n' && is_obeyed(c))
}

/// As JSON writes it: all of them are within `\uFFFF`.
fn written_out(text: &str, is_hidden: impl Fn(char) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            written += &format!("\\u{:04x}", u32::from(c));
        } else {
            written.push(c);
        }
    }
    written
}

/// Control characters, and those that change the direction of writing: Unicode, UAX #9, section 2.
fn is_obeyed(c: char) -> bool {
    let is_direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || is_direction
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn nothing_is_left_to_obey() {
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
    fn a_row_is_one_line_whatever_is_in_it() {
        assert_eq!(row(&[("a", 3), ("ü\n", 2), ("c", 9)]), "a    ü\\u000a  c\n");
    }
}
