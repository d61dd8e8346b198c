//! CSV, RFC 4180, that is safe to open in a spreadsheet.
//!
//! A spreadsheet takes a cell that begins in a certain way for a formula, which can run programs and send the other cells
//! away, quoted or not. An apostrophe before it makes it text.
//! <https://owasp.org/www-community/attacks/CSV_Injection>, OWASP ASVS 5.0, 1.2.10.
//!
//! What is a cell is for the importer to say: one that separates by semicolons, tabs or bars takes the comma and the quotes of
//! this file for text, so a new cell begins after any of its separators, and after any line break. Formulas are made text at
//! all of these places, not only where this file's cells begin.

use serde_json::Value;

/// One record with its line end. Every cell is quoted.
pub(super) fn record(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let json = Some(text).filter(|text| text.starts_with('{'));
    let json = json.filter(|text| serde_json::from_str::<Value>(text).is_ok());
    let guard = if text.starts_with(GUARDED) { "'" } else { "" };
    let safe = guarded(text, json.is_some());
    format!("\"{guard}{}\"", safe.replace('"', "\"\""))
}

/// The text without a formula where an importer may begin a cell. What JSON has in its strings is written as `\uFFFF`, so that
/// it means the same.
fn guarded(text: &str, is_json: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    let (mut may_begin, mut in_string, mut is_escaped) = (true, false, false);
    for c in text.chars() {
        if may_begin && FORMULA.contains(&c) {
            if is_json && in_string {
                safe += &format!("\\u{:04x}", u32::from(c));
                may_begin = false;
                continue;
            }
            safe.push('\'');
        }
        safe.push(c);
        in_string ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        may_begin = SEPARATORS.contains(&c) || is_line_break(c) || may_begin && is_passed_over(c);
    }
    safe
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Before a formula an importer may drop these, or take them for quotes.
fn is_passed_over(c: char) -> bool {
    c == '"' || c == '\u{feff}' || c.is_whitespace() || c.is_control()
}

/// Without it spreadsheets read UTF-8 as something else.
pub(super) const BOM: char = '\u{feff}';
/// How a formula may begin: ASVS's list, and the full-width forms that East Asian spreadsheets read alike.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Before what else the first cell of an importer gets an apostrophe: the rest of ASVS's list, and CR and LF.
const GUARDED: [char; 4] = ['\t', '\r', '\n', '\0'];
/// What importers separate cells by; a colon or a space only if they are told to.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text() {
        for (text, written) in [
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            ("+43 1 2345", "\"'+43 1 2345\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t'=1\""),
            ("\r=1", "\"'\r'=1\""),
            ("\n=1", "\"'\n'=1\""),
            ("\0=1", "\"'\0'=1\""),
            ("＝1", "\"'＝1\""),
            ("＋1", "\"'＋1\""),
            ("－1", "\"'－1\""),
            ("＠1", "\"'＠1\""),
            ("1-1=0", "\"1-1=0\""),
            ("", "\"\""),
            ("'=1", "\"'=1\""),
            ("\"=1", "\"\"\"'=1\""),
            (" =1", "\" '=1\""),
            // Where another importer begins a cell.
            ("hello\n=1+41", "\"hello\n'=1+41\""),
            ("a;=1", "\"a;'=1\""),
            ("a; =1", "\"a; '=1\""),
            ("a\t@x", "\"a\t'@x\""),
            ("a|-1", "\"a|'-1\""),
            ("a,+1", "\"a,'+1\""),
            ("a;\"=1\"", "\"a;\"\"'=1\"\"\""),
            ("a\u{2028}=1", "\"a\u{2028}'=1\""),
            ("a; b=1, c-d", "\"a; b=1, c-d\""),
            // JSON stays what it was.
            (
                "{\"a\":[\"x\",\"=1\"]}",
                "\"{\"\"a\"\":[\"\"x\"\",\"\"\\u003d1\"\"]}\"",
            ),
            (
                "{\"a\":\"\\\";=1\"}",
                "\"{\"\"a\"\":\"\"\\\"\";\\u003d1\"\"}\"",
            ),
            ("{;=1", "\"{;'=1\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }

    #[test]
    fn quotes_are_doubled_and_lines_end_with_both() {
        let cells = ["a,b".to_owned(), "say \"hi\"\r\nü".to_owned()];
        assert_eq!(record(&cells), "\"a,b\",\"say \"\"hi\"\"\r\nü\"\r\n");
    }
}
