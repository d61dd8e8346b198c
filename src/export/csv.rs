//! Writes CSV, RFC 4180, that is safe to open in a spreadsheet.
//!
//! A spreadsheet evaluates a cell that begins with certain characters as a formula, quoted or not; a formula can run programs and
//! send other cells to a server. An apostrophe before it makes it text.
//! <https://owasp.org/www-community/attacks/CSV_Injection>, OWASP ASVS 5.0, 1.2.10.
//!
//! The importer decides where a cell begins. One that separates by semicolons, tabs or bars reads the commas and quotes of this
//! file as text and begins a cell after each of its separators, and after each line break. So formulas are made text at all of
//! these places, not only at the beginning of this file's cells.

use crate::json;

/// One record with its line end. Every cell is quoted.
pub(super) fn record(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let json = Some(text).filter(|text| text.starts_with('{'));
    let json = json.filter(|text| json::parse(text).is_ok());
    let guard = if text.starts_with(GUARDED) { "'" } else { "" };
    let safe = guarded(text, json.is_some());
    format!("\"{guard}{}\"", safe.replace('"', "\"\""))
}

/// Makes formulas text wherever an importer may begin a cell. Inside the strings of JSON the first character of a formula is
/// escaped as `\uXXXX` instead, so that the JSON keeps its meaning.
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

/// Characters before a formula that an importer may drop or read as quotes.
fn is_passed_over(c: char) -> bool {
    c == '"' || c == '\u{feff}' || c.is_whitespace() || c.is_control()
}

/// The byte order mark: without it spreadsheets do not read the file as UTF-8.
pub(super) const BOM: char = '\u{feff}';
/// The first characters of formulas: ASVS's list, and the full-width forms, which East Asian spreadsheets treat alike.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Further characters at the beginning of a cell that need an apostrophe: the rest of ASVS's list, and CR and LF.
const GUARDED: [char; 4] = ['\t', '\r', '\n', '\0'];
/// The separators of importers; a colon or a space only separates when a user configures it.
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
            // Places where an importer with another separator begins a cell.
            ("hello\n=1+41", "\"hello\n'=1+41\""),
            ("a;=1", "\"a;'=1\""),
            ("a; =1", "\"a; '=1\""),
            ("a\t@x", "\"a\t'@x\""),
            ("a|-1", "\"a|'-1\""),
            ("a,+1", "\"a,'+1\""),
            ("a;\"=1\"", "\"a;\"\"'=1\"\"\""),
            ("a\u{2028}=1", "\"a\u{2028}'=1\""),
            ("a; b=1, c-d", "\"a; b=1, c-d\""),
            // JSON keeps its meaning.
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
    fn quotes_are_doubled_and_lines_end_with_crlf() {
        let cells = ["a,b".to_owned(), "say \"hi\"\r\nü".to_owned()];
        assert_eq!(record(&cells), "\"a,b\",\"say \"\"hi\"\"\r\nü\"\r\n");
    }
}
