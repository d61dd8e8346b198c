//! `pattern`: the whole value has to match.
//! <https://html.spec.whatwg.org/multipage/input.html#attr-input-pattern>.
//!
//! The engine is `regex-lite`: linear in the value whatever the pattern, its `\d \w \s` are ASCII as in JavaScript, and
//! it adds 34 KB gzipped to the wasm. It reads the part of JavaScript's syntax that most patterns use; the rest (look-around,
//! back-references, `\p{…}`) is refused when the form is read. It also takes some patterns that a browser silently
//! ignores (`[a-z-]+` under the `v` flag); telling those apart is still to come.

use regex_lite::{Regex, RegexBuilder};

use crate::problem::ViolationCode;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// The pattern cannot be run; the text says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPattern(pub String);

impl Pattern {
    /// Compiles a pattern, anchored at both ends.
    ///
    /// # Errors
    /// [`InvalidPattern`] when it is too long, too large, or not in the supported syntax.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        if text.len() > MAX_PATTERN_BYTES {
            return Err(InvalidPattern(format!(
                "longer than {MAX_PATTERN_BYTES} bytes"
            )));
        }
        let compile = |text: &str| {
            RegexBuilder::new(text)
                .size_limit(MAX_COMPILED_BYTES)
                .build()
                .map_err(|error| InvalidPattern(error.to_string()))
        };
        // Alone first: `a)|(b` must not become valid by being wrapped.
        compile(text)?;
        compile(&format!("^(?:{text})$")).map(Self)
    }
}

/// Checks a sanitised value.
///
/// # Errors
/// [`ViolationCode::PatternMismatch`].
pub fn check(value: &str, pattern: &Pattern) -> Result<(), ViolationCode> {
    if value.is_empty() || pattern.0.is_match(value) {
        Ok(())
    } else {
        Err(ViolationCode::PatternMismatch)
    }
}

/// The longest pattern: bytes.
pub const MAX_PATTERN_BYTES: usize = 500;
/// The largest compiled pattern, which bounds the work per character of a value: bytes.
const MAX_COMPILED_BYTES: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        check(value, &Pattern::parse(pattern).expect(pattern)).is_ok()
    }

    #[test]
    fn the_whole_value_has_to_match() {
        assert!(matches("a|bb", "bb"));
        assert!(!matches("a|bb", "xbb"));
        assert!(!matches("a", "a\n"));
        assert!(matches("a", ""), "emptiness is for `required`");
    }

    #[test]
    fn classes_are_ascii_and_a_dot_is_a_code_point() {
        assert!(!matches(r"\d", "١"));
        assert!(!matches(r"\w", "é"));
        assert!(matches(".", "😀"));
    }

    #[test]
    fn refuses_what_it_cannot_run() {
        for pattern in [
            "a)|(b",
            "(?=a)b",
            r"(a)\1",
            "[",
            "a{1000}{1000}",
            &"a".repeat(501),
        ] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
        assert!(Pattern::parse(&"a".repeat(500)).is_ok());
    }

    #[test]
    fn nested_repetition_takes_linear_time() {
        let value = format!("{}!", "a".repeat(5_000));
        assert!(!matches("(a+)+b", &value));
    }
}
