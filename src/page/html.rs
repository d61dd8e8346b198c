//! Escapes text for HTML, and writes attributes.

use crate::form::TextPart;

/// Escapes text for an element's content or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text with its links, which open in a new tab, so that what was typed is kept.
pub(super) fn linked(text: &str, parts: &[TextPart]) -> String {
    if parts.is_empty() {
        return escape(text);
    }
    let html = parts.iter().map(|part| match &part.href {
        Some(href) => [
            "<a target=\"_blank\" rel=\"noopener\"",
            &attribute("href", Some(href)),
            ">",
            &escape(&part.text),
            "</a>",
        ]
        .concat(),
        None => escape(&part.text),
    });
    html.collect()
}

/// ` name="value"`; empty for `None`.
pub(super) fn attribute(name: &str, value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| {
        format!(" {name}=\"{}\"", escape(value))
    })
}

/// ` name` if it is set, else empty.
pub(super) fn flag(name: &str, is_set: bool) -> String {
    if is_set {
        format!(" {name}")
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_can_become_markup() {
        let typed = "\"><script>alert('x')</script>&amp;";
        assert_eq!(
            escape(typed),
            "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;"
        );
        assert_eq!(attribute("value", Some("a\"b")), " value=\"a&quot;b\"");
        assert_eq!(attribute("value", None), "");
    }
}
