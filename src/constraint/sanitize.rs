//! HTML's value sanitisation: what a browser does to a value before it checks or sends it, for the clients that are not
//! browsers. <https://html.spec.whatwg.org/multipage/input.html#value-sanitization-algorithm>.

use std::borrow::Cow;

use super::{domain, email};

/// A line of text: newlines go.
pub fn line(value: &str) -> Cow<'_, str> {
    if has_byte(value, b'\n') || has_byte(value, b'\r') {
        value.replace(NEWLINES, "").into()
    } else {
        value.into()
    }
}

/// A line without white space around it. Browsers leave it on a *typed* URL; we do not.
pub fn trimmed_line(value: &str) -> Cow<'_, str> {
    match line(value) {
        Cow::Borrowed(line) => line.trim_matches(is_ascii_whitespace).into(),
        Cow::Owned(line) => line.trim_matches(is_ascii_whitespace).to_owned().into(),
    }
}

/// An e-mail address: a trimmed line, an international domain in its ASCII form or as it was typed.
pub fn email(value: &str) -> Cow<'_, str> {
    let line = trimmed_line(value);
    if line.is_ascii() {
        return line;
    }
    let converted = line.rsplit_once('@').and_then(|(local, domain)| {
        let ascii = format!("{local}@{}", domain::settle(domain)?);
        email::check(&ascii).is_ok().then_some(ascii)
    });
    converted.map_or(line, Cow::Owned)
}

/// A comma-separated list of e-mail addresses, without white space around any.
pub fn email_list(value: &str) -> Cow<'_, str> {
    let line = line(value);
    if line.is_ascii() && !line.contains(is_ascii_whitespace) {
        return line;
    }
    let items: Vec<Cow<'_, str>> = line.split(',').map(email).collect();
    items.join(",").into()
}

/// Several lines of text: every newline, which is CR LF on the wire, becomes LF.
/// <https://html.spec.whatwg.org/multipage/form-elements.html#concept-textarea-api-value>.
pub fn lines(value: &str) -> Cow<'_, str> {
    if !has_byte(value, b'\r') {
        return value.into();
    }
    let mut parts = value.split('\r');
    let mut lines = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        lines.push('\n');
        lines.push_str(part.strip_prefix('\n').unwrap_or(part));
    }
    lines.into()
}

/// Many times faster than looking for characters.
fn has_byte(value: &str, byte: u8) -> bool {
    value.as_bytes().contains(&byte)
}

/// <https://infra.spec.whatwg.org/#ascii-whitespace>, which is not Unicode's white space.
fn is_ascii_whitespace(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

const NEWLINES: [char; 2] = ['\r', '\n'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_what_browsers_do() {
        assert_eq!(line("a\r\nb\tc "), "ab\tc ");
        assert_eq!(trimmed_line(" \ta@b\r\n "), "a@b");
        assert_eq!(trimmed_line("\u{a0}a\u{2028}"), "\u{a0}a\u{2028}");
        assert_eq!(email(" ada@München.de\n"), "ada@xn--mnchen-3ya.de");
        assert_eq!(email("ada@exam\u{200b}ple.com\u{feff}"), "ada@example.com");
        assert_eq!(email("ada@ไทย.th"), "ada@ไทย.th");
        assert_eq!(email("ü@example.com"), "ü@example.com");
        assert_eq!(email_list(" a@b , c@d\n"), "a@b,c@d");
        assert_eq!(lines("a\r\nb\rc\nd"), "a\nb\nc\nd");
        assert_eq!(lines("\r\r\n\n\r"), "\n\n\n\n");
    }

    #[test]
    fn what_needs_nothing_is_not_copied() {
        for sanitize in [line, trimmed_line, email, email_list, lines] {
            assert!(matches!(sanitize("a@b.de"), Cow::Borrowed(_)));
        }
    }
}
