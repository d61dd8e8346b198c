//! Links in a text of the owner's: `I agree to the [privacy policy](https://example.com/privacy)`.
//!
//! The text is kept and hashed as it is written. What looks like a link and leads nowhere safe stays plain text; `publish`
//! refuses it, so that its owner learns of it.

use serde::Serialize;

use super::address::link_address;

/// A part of a text that has links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextPart {
    /// What is seen.
    pub text: String,
    /// Where it leads: `https`, `http` on this machine, or `mailto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

/// The parts of a text, in order; none when it has no link.
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

/// Whether something in a text looks like a link and is none.
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

/// Reads a link around its middle, takes its words off what is before it, and returns what comes after it.
fn link<'a>(before: &mut String, after: &'a str) -> Option<(TextPart, &'a str)> {
    // No further back than the bracket before, and no further on than the next link: a long text takes linear time.
    let start = before.rfind(['[', ']'])?;
    let words = before.get(start..)?.strip_prefix('[')?;
    if words.trim().is_empty() {
        return None;
    }
    let within = after.split(MIDDLE).next()?;
    // Parentheses in an address are its own as long as they are in pairs.
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

/// Between the words of a link and its address.
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
    fn a_link_is_words_and_an_address() {
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
    fn whatever_is_no_safe_link_stays_as_it_is_written() {
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
