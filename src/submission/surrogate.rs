//! Replaces lone surrogates in JSON by U+FFFD, as forms do. JavaScript escapes them as `"\\ud83d"`, and no `str` can
//! contain them: <https://infra.spec.whatwg.org/#javascript-string-convert>.

use std::borrow::Cow;

/// Replaces every `\uxxxx` that is half a surrogate pair by `\ufffd`.
pub(super) fn replace_lone_surrogates(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if !bytes.contains(&b'\\') {
        return text.into();
    }
    let mut halves = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|&byte| byte == b'\\'))
    {
        at += found;
        match (half_of_pair(bytes, at), half_of_pair(bytes, at + 6)) {
            (Some(Half::First), Some(Half::Second)) => at += 12,
            (Some(_), _) => {
                halves.push(at);
                at += 6;
            }
            // Skips the escaped character, which may be a backslash.
            (None, _) => at += 2,
        }
    }
    if halves.is_empty() {
        return text.into();
    }
    let mut replaced = String::with_capacity(text.len());
    let mut from = 0;
    for at in halves {
        replaced.push_str(text.get(from..at).unwrap_or_default());
        replaced.push_str("\\ufffd");
        from = at + 6;
    }
    replaced.push_str(text.get(from..).unwrap_or_default());
    replaced.into()
}

/// Which half of a surrogate pair a `\uxxxx` is; `None` for any other text.
fn half_of_pair(bytes: &[u8], at: usize) -> Option<Half> {
    let [b'\\', b'u', b'd' | b'D', third, rest @ ..] = bytes.get(at..at + 6)? else {
        return None;
    };
    let is_hexadecimal = rest.iter().all(u8::is_ascii_hexdigit);
    match third {
        b'8' | b'9' | b'a' | b'b' | b'A' | b'B' if is_hexadecimal => Some(Half::First),
        b'c'..=b'f' | b'C'..=b'F' if is_hexadecimal => Some(Half::Second),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str) -> String {
        replace_lone_surrogates(text).into_owned()
    }

    #[test]
    fn a_lone_surrogate_is_replaced_and_a_pair_is_not() {
        for (text, expected) in [
            (r"\ud83d\ude00", r"\ud83d\ude00"),
            (r"a\ud83db", r"a\ufffdb"),
            (r"\uDE00\uD83D", r"\ufffd\ufffd"),
            (r"\\ud83d", r"\\ud83d"),
            (r"\ud83d\n", r"\ufffd\n"),
            (r"\ud8zz", r"\ud8zz"),
            (r"\ud8", r"\ud8"),
        ] {
            assert_eq!(replaced(text), expected);
        }
    }
}
