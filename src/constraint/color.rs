//! Reads the value of a colour field, `#rrggbb`:
//! <https://html.spec.whatwg.org/multipage/input.html#color-state-(type=color)>.
//!
//! Browsers convert any CSS colour set by a script; from other clients this accepts the notations with digits.

/// `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa` as `#rrggbb`, in lower case and without the alpha.
pub fn parse(text: &str) -> Option<String> {
    let is_space = |character: char| matches!(character, '\t' | '\n' | '\x0c' | '\r' | ' ');
    let digits = text.trim_matches(is_space).strip_prefix('#')?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let rgb: String = match digits.len() {
        3 | 4 => digits
            .chars()
            .take(3)
            .flat_map(|digit| [digit, digit])
            .collect(),
        6 | 8 => digits.chars().take(6).collect(),
        _ => return None,
    };
    Some(format!("#{}", rgb.to_ascii_lowercase()))
}

/// The value of a colour field that was given no readable colour.
pub const BLACK: &str = "#000000";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_every_notation_with_digits_to_six_digits() {
        for (text, value) in [
            ("#1d4ed8", "#1d4ed8"),
            ("#FFF", "#ffffff"),
            ("#abcd", "#aabbcc"),
            ("#11223344", "#112233"),
            (" #123456\n", "#123456"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(value), "{text}");
        }
        for text in ["", "#", "red", "#12", "#12345", "#gggggg", "1d4ed8", "#ééé"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
