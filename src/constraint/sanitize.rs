//! Sanitises values as a browser does before it checks and sends them, for clients that are not browsers:
//! <https://html.spec.whatwg.org/multipage/input.html#value-sanitization-algorithm>.

use std::borrow::Cow;

use super::{domain, email};

/// A line of text, without newlines.
pub fn line(value: &str) -> Cow<'_, str> {
    if has_byte(value, b'\n') || has_byte(value, b'\r') {
        value.replace(NEWLINES, "").into()
    } else {
        value.into()
    }
}

/// A line without white space around it. Browsers keep the white space around a *typed* URL; this does not.
pub fn trimmed_line(value: &str) -> Cow<'_, str> {
    match line(value) {
        Cow::Borrowed(line) => line.trim_matches(is_ascii_whitespace).into(),
        Cow::Owned(line) => line.trim_matches(is_ascii_whitespace).to_owned().into(),
    }
}

/// An e-mail address: a trimmed line; an international domain is [normalised](domain).
pub fn email(value: &str) -> Cow<'_, str> {
    let line = trimmed_line(value);
    if line.is_ascii() {
        return line;
    }
    let converted = line.rsplit_once('@').and_then(|(local, domain)| {
        let ascii = format!("{local}@{}", domain::normalize(domain)?);
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

/// Several lines of text: CR LF, which browsers send, and CR become LF.
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

/// Searching bytes is many times faster than searching characters.
fn has_byte(value: &str, byte: u8) -> bool {
    value.as_bytes().contains(&byte)
}

/// ASCII white space, not that of Unicode: <https://infra.spec.whatwg.org/#ascii-whitespace>.
fn is_ascii_whitespace(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

const NEWLINES: [char; 2] = ['\r', '\n'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sanitises_as_browsers_do() {
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
    fn a_sanitised_value_is_not_copied() {
        for sanitize in [line, trimmed_line, email, email_list, lines] {
            assert!(matches!(sanitize("a@b.de"), Cow::Borrowed(_)));
        }
    }
}
