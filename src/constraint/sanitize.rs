//! HTML's value sanitisation: what a browser does to a value before it checks or sends it, for the clients that are not
//! browsers. <https://html.spec.whatwg.org/multipage/input.html#value-sanitization-algorithm>.

/// A line of text: newlines go.
pub fn line(value: &str) -> String {
    value.replace(['\r', '\n'], "")
}

/// A line without white space around it. Browsers leave it on a *typed* URL; we do not.
pub fn trimmed_line(value: &str) -> String {
    line(value).trim_matches(is_ascii_whitespace).to_owned()
}

/// A comma-separated list of e-mail addresses, without white space around any.
pub fn email_list(value: &str) -> String {
    let line = line(value);
    let items: Vec<&str> = line
        .split(',')
        .map(|item| item.trim_matches(is_ascii_whitespace))
        .collect();
    items.join(",")
}

/// Several lines of text: every newline, which is CR LF on the wire, becomes LF.
/// <https://html.spec.whatwg.org/multipage/form-elements.html#concept-textarea-api-value>.
pub fn lines(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\r', "\n")
}

/// <https://infra.spec.whatwg.org/#ascii-whitespace>, which is not Unicode's white space.
fn is_ascii_whitespace(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_what_browsers_do() {
        assert_eq!(line("a\r\nb\tc "), "ab\tc ");
        assert_eq!(trimmed_line(" \ta@b\r\n "), "a@b");
        assert_eq!(trimmed_line("\u{a0}a\u{2028}"), "\u{a0}a\u{2028}");
        assert_eq!(email_list(" a@b , c@d\n"), "a@b,c@d");
        assert_eq!(lines("a\r\nb\rc\nd"), "a\nb\nc\nd");
    }

    #[test]
    fn sanitising_twice_changes_nothing_more() {
        for value in ["a\r\n\r\nb", " a , ,b\r", "\r\r\n\n", "\u{c}x\u{c}"] {
            for sanitize in [line, trimmed_line, email_list, lines] {
                let once = sanitize(value);
                assert_eq!(sanitize(&once), once);
            }
        }
    }
}
