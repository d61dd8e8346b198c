//! Converts text declared as ISO 8859-1 to UTF-8. As on the web it is read as windows-1252, which has more characters:
//! <https://encoding.spec.whatwg.org/#names-and-labels>.

use percent_encoding::percent_decode;

/// True for ISO 8859-1 and windows-1252, false for UTF-8 and ASCII, `None` for a charset that is not supported.
pub(super) fn is_declared(charset: &str) -> Option<bool> {
    let is_one_of = |names: &[&str]| names.iter().any(|name| charset.eq_ignore_ascii_case(name));
    if is_one_of(&["", "utf-8", "utf8", "us-ascii", "ascii"]) {
        Some(false)
    } else {
        is_one_of(&[
            "iso-8859-1",
            "iso8859-1",
            "latin1",
            "windows-1252",
            "cp1252",
        ])
        .then_some(true)
    }
}

/// The text in UTF-8. Text that already is UTF-8 stays unchanged, since programs declare this charset by mistake. In a
/// urlencoded text, escaped bytes are converted too.
pub(super) fn to_utf8(bytes: &[u8], is_urlencoded: bool) -> Vec<u8> {
    let mut read = Vec::with_capacity(bytes.len());
    let mut converted = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = unescape(rest, is_urlencoded) {
        read.push(byte);
        if byte < 0x80 {
            let as_sent = rest.len().saturating_sub(after.len());
            converted.extend_from_slice(rest.get(..as_sent).unwrap_or_default());
        } else {
            let other = WINDOWS_1252.chars().nth(usize::from(byte & 0x7f));
            let character = other.unwrap_or(char::from(byte));
            converted.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest = after;
    }
    match std::str::from_utf8(&read) {
        Ok(_) => bytes.to_vec(),
        Err(_) => converted,
    }
}

/// The first byte, decoded if `is_urlencoded` and it is a `%xx`, and what follows it.
fn unescape(bytes: &[u8], is_urlencoded: bool) -> Option<(u8, &[u8])> {
    if let Some((escape, after)) = bytes.split_first_chunk::<3>().filter(|_| is_urlencoded) {
        let mut decoded = percent_decode(escape);
        // Three bytes that are not an escape are decoded to three.
        if let (Some(byte), None) = (decoded.next(), decoded.next()) {
            return Some((byte, after));
        }
    }
    let (&first, after) = bytes.split_first()?;
    Some((first, after))
}

/// The characters of windows-1252 from 0x80 to 0x9f; the others are those of ISO 8859-1.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_the_character_that_browsers_read() {
        let high: Vec<u8> = (0x80..=0xff).collect();
        let text = String::from_utf8(to_utf8(&high, false)).unwrap();
        assert_eq!(text.chars().count(), 128);
        for (byte, character) in [(0x80, '€'), (0x9f, 'Ÿ'), (0xa0, '\u{a0}'), (0xff, 'ÿ')] {
            assert_eq!(text.chars().nth(byte - 0x80), Some(character));
        }
    }
}
