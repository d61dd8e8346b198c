//! Parses the links in an owner's text: `I agree to the [privacy policy](https://example.com/privacy)`.
//!
//! The text is stored and hashed as it is written. A link without a safe target stays plain text; `publish` refuses it,
//! so that the owner sees the mistake.

use super::address::link_address;
use crate::json::Object;

/// A part of a text with links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPart {
    /// The visible text.
    pub text: String,
    /// The target of a link: `https`, `http` on localhost, or `mailto`; `None` for plain text.
    pub href: Option<String>,
}

impl TextPart {
    /// Writes it as JSON at the end of `text`.
    pub(super) fn write(text: &mut String, part: &Self) {
        Object::write(text, |object| {
            object.text("text", &part.text);
            object.given("href", part.href.as_deref());
        });
    }
}

/// The parts of a text, in order; empty when it has no link.
pub(super) fn parts(text: &str) -> Vec<TextPart> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MIDDLE) {
        plain.push_str(before);
        rest = match link(&mut plain, after) {
            Some((link, rest)) => {
                push_plain(&mut parts, &mut plain);
                parts.push(link);
                rest
            }
            None => {
                plain.push_str(MIDDLE);
                after
            }
        };
    }
    if !parts.is_empty() {
        plain.push_str(rest);
        push_plain(&mut parts, &mut plain);
    }
    parts
}

/// The parts of a text that may be absent.
pub(super) fn parts_of(text: Option<&str>) -> Vec<TextPart> {
    text.map(parts).unwrap_or_default()
}

/// The text for readers that show no links: the address of each follows its words.
pub(super) fn plain(text: &str, parts: &[TextPart]) -> String {
    if parts.is_empty() {
        return text.to_owned();
    }
    let plain = parts.iter().map(|part| match &part.href {
        Some(href) => [&part.text, " (", href, ")"].concat(),
        None => part.text.clone(),
    });
    plain.collect()
}

/// Whether a text has the syntax of a link with an unsafe or missing target.
pub(super) fn has_broken_link(text: &str) -> bool {
    let parts = parts(text);
    let is_broken = |text: &str| {
        text.split_once(MIDDLE)
            .is_some_and(|(words, _)| words.contains('['))
    };
    if parts.is_empty() {
        is_broken(text)
    } else {
        parts
            .iter()
            .any(|part| part.href.is_none() && is_broken(&part.text))
    }
}

/// Parses the link around `](`: removes its words from the end of `before`, and returns the text after it.
fn link<'a>(before: &mut String, after: &'a str) -> Option<(TextPart, &'a str)> {
    // Only back to the last bracket and forward to the next link, so that the time is linear in the length of the text.
    let start = before.rfind(['[', ']'])?;
    let words = before.get(start..)?.strip_prefix('[')?;
    if words.trim().is_empty() {
        return None;
    }
    let within = after.split(MIDDLE).next()?;
    // Parentheses in pairs are part of the address.
    let mut depth = 0_u32;
    let closes = |character: char| {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return true,
            ')' => depth -= 1,
            _ => {}
        }
        false
    };
    let end = within.find(closes)?;
    let (address, rest) = after.split_at_checked(end)?;
    let link = TextPart {
        text: words.to_owned(),
        href: Some(link_address(address)?),
    };
    before.truncate(start);
    Some((link, rest.strip_prefix(')')?))
}

fn push_plain(parts: &mut Vec<TextPart>, plain: &mut String) {
    if !plain.is_empty() {
        let text = std::mem::take(plain);
        parts.push(TextPart { text, href: None });
    }
}

/// Separates the words of a link from its address.
const MIDDLE: &str = "](";

#[cfg(test)]
mod tests {
    use super::*;

    /// As `plain`, and `{words|address}` for a link.
    fn shown(text: &str) -> String {
        let parts = parts(text);
        let shown = parts.iter().map(|part| match &part.href {
            Some(href) => format!("{{{}|{href}}}", part.text),
            None => part.text.clone(),
        });
        shown.collect()
    }

    #[test]
    fn a_link_has_words_and_an_address() {
        for (text, expected) in [
            (
                "I agree to the [privacy policy](https://example.com/privacy).",
                "I agree to the {privacy policy|https://example.com/privacy}.",
            ),
            (
                "[A](https://a.example)[B](https://b.example/) and [C](http://localhost:1/)",
                "{A|https://a.example}{B|https://b.example/} and {C|http://localhost:1/}",
            ),
            (
                "Write to [us](mailto:us@example.com)",
                "Write to {us|mailto:us@example.com}",
            ),
            (
                "[Erklärung](https://münchen.example/erklärung)",
                "{Erklärung|https://xn--mnchen-3ya.example/erkl%C3%A4rung}",
            ),
            (
                "[Wiki](https://example.com/A_(b)_(c)) (see it)",
                "{Wiki|https://example.com/A_(b)_(c)} (see it)",
            ),
            ("a [b [c](https://x.example)", "a [b {c|https://x.example}"),
            (
                "[a](b [c](https://x.example)",
                "[a](b {c|https://x.example}",
            ),
            (
                "[<b>\"x\"</b>](https://x.example/?a=1&b='2')",
                "{<b>\"x\"</b>|https://x.example/?a=1&b='2'}",
            ),
            ("![x](https://x.example)", "!{x|https://x.example}"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert!(!has_broken_link(
            "I agree to [this](https://x.example) (and that) [1]"
        ));
        assert!(has_broken_link("[a](b [c](https://x.example)"));
    }

    #[test]
    fn a_long_text_takes_linear_time() {
        for piece in [
            "](",
            "[a](",
            "[a](b",
            "[a](()",
            "[a](https://x.example/",
            "[",
            "(",
            "]",
        ] {
            let text = piece.repeat(262_144 / piece.len());
            assert_eq!(parts(&text), []);
        }
        let many = "[a](https://x.example/)".repeat(10_000);
        assert_eq!(parts(&many).len(), 10_000);
    }

    #[test]
    fn an_unsafe_link_stays_plain_text() {
        for (text, looks_like_one) in [
            ("", false),
            ("I agree to the terms", false),
            ("Tick [x] (if you like)", false),
            ("](", false),
            ("[x](javascript:alert(1))", true),
            ("[x](JavaScript://example.com/%0aalert(1))", true),
            ("[x](java\tscript:alert(1))", true),
            ("[x](data:text/html,<script>alert(1)</script>)", true),
            ("[x](https://user@evil.example/)", true),
            ("[x](https://example.com/\"onclick=\"alert(1))", true),
            ("[x](https://example.com \"title\")", true),
            ("[x](http://example.com/)", true),
            ("[x](//example.com/)", true),
            ("[x](/terms)", true),
            ("[x]()", true),
            ("[x](https://example.com", true),
            ("[](https://example.com)", true),
            ("[ ](https://example.com)", true),
            ("[a] b](https://example.com)", true),
            ("[[a]](https://example.com)", true),
            ("[x][y](mailto:?bcc=a@example.com)", true),
        ] {
            assert_eq!(parts(text), [], "{text}");
            assert_eq!(has_broken_link(text), looks_like_one, "{text}");
        }
    }
}
