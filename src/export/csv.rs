//! CSV, RFC 4180, that is safe to open in a spreadsheet.
//!
//! A spreadsheet takes a cell that begins in a certain way for a formula, which can run programs and send the other cells
//! away, quoted or not. An apostrophe before it makes it text.
//! <https://owasp.org/www-community/attacks/CSV_Injection>, OWASP ASVS 5.0, 1.2.10.

/// One record with its line end. Every cell is quoted.
pub(super) fn record(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let guard = if text.starts_with(DANGEROUS) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// Without it spreadsheets read UTF-8 as something else.
pub(super) const BOM: char = '\u{feff}';
/// How a formula may begin: ASVS's list, CR and LF, and the full-width forms that East Asian spreadsheets read alike.
const DANGEROUS: [char; 12] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
];

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
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("\0=1", "\"'\0=1\""),
            ("＝1", "\"'＝1\""),
            ("＋1", "\"'＋1\""),
            ("－1", "\"'－1\""),
            ("＠1", "\"'＠1\""),
            ("1-1=0", "\"1-1=0\""),
            ("", "\"\""),
            ("'=1", "\"'=1\""),
            ("\"=1", "\"\"\"=1\""),
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
