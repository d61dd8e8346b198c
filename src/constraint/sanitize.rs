//! Sanitises values as a browser does before it checks and sends them, for clients that are not browsers:
//! <https://html.spec.whatwg.org/multipage/input.html#value-sanitization-algorithm>.

use std::borrow::Cow;

use super::{domain, email};

/// A line of text, without newlines.
pub fn line(value: &str) -> Cow<'_, str> {
    if first_control(value, 0).is_some() && value.contains(NEWLINES) {
        value.replace(NEWLINES, "").into()
    } else {
        value.into()
    }
}

/// A line without white space around it. Browsers keep the white space around a *typed* URL; this does not.
pub fn trimmed_line(value: &str) -> Cow<'_, str> {
    match line(value) {
        Cow::Borrowed(line) => line.trim_ascii().into(),
        Cow::Owned(line) => line.trim_ascii().to_owned().into(),
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
    if line.is_ascii() && !line.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return line;
    }
    let items: Vec<Cow<'_, str>> = line.split(',').map(email).collect();
    items.join(",").into()
}

/// Several lines of text: CR LF, which browsers send, and CR become LF.
/// <https://html.spec.whatwg.org/multipage/form-elements.html#concept-textarea-api-value>.
pub fn lines(value: &str) -> Cow<'_, str> {
    let mut lines = String::new();
    // The beginning of what is not copied yet, and where the next CR may be.
    let (mut rest, mut next) = (0, 0);
    let is = |at, byte| value.as_bytes().get(at) == Some(&byte);
    while let Some(at) = first_control(value, next) {
        next = at + 1;
        if is(at, b'\r') {
            // Allocates once: the result is not longer.
            lines.reserve(value.len() - rest);
            lines.push_str(value.get(rest..at).unwrap_or_default());
            rest = next;
            if is(next, b'\n') {
                next += 1;
            } else {
                lines.push('\n');
            }
        }
    }
    if rest == 0 {
        return value.into();
    }
    lines.push_str(value.get(rest..).unwrap_or_default());
    lines.into()
}

/// The index of the first byte up to CR, which few values have, from an index on. Eight bytes at a time, which is many times
/// faster than by characters.
fn first_control(value: &str, from: usize) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xff;
    let (words, last) = value.as_bytes().get(from..)?.as_chunks();
    let mut at = from;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte that is one of them; of those above the first, also of others.
        let found = word.wrapping_sub(ONES * (CR + 1)) & !word & (ONES << 7);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let in_last = last.iter().position(|byte| u64::from(*byte) <= CR);
    in_last.map(|index| at + index)
}

const CR: u64 = 0x0d;
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
    fn a_newline_is_found_at_every_place_of_a_word() {
        for length in 0..20 {
            for newlines in ["\r\n", "\r", "\n\r", "\r\r\n\t\r\nü\n", "\x0e", "\t", "ü"] {
                let value = [
                    "ü".repeat(length / 2),
                    "x".repeat(length),
                    newlines.to_owned(),
                ]
                .concat();
                for value in [
                    value.clone(),
                    format!("{value}{newlines}z"),
                    value.repeat(3),
                ] {
                    let with_lf = value.replace("\r\n", "\n").replace('\r', "\n");
                    assert_eq!(lines(&value), with_lf, "{value:?}");
                    assert_eq!(line(&value), value.replace(NEWLINES, ""), "{value:?}");
                    let is_copied = matches!(lines(&value), Cow::Owned(_));
                    assert_eq!(is_copied, value.contains('\r'), "{value:?}");
                }
            }
        }
    }

    #[test]
    fn a_sanitised_value_is_not_copied() {
        for sanitize in [line, trimmed_line, email, email_list, lines] {
            assert!(matches!(sanitize("a@b.de"), Cow::Borrowed(_)));
        }
    }
}
