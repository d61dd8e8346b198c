//! Parses JSON, and writes it straight into a text: for what is written for every submission, where a tree of values costs an allocation for each
//! name and value.

use serde_json::{Error, Value};

use crate::hash::hex;

/// Parses a text as a tree of values. The one place that does, so that the parser is compiled once, for one kind of input.
///
/// # Errors
/// It is not JSON.
pub fn parse(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text)
}

/// The same; `None` when it is not JSON in UTF-8.
pub fn parse_bytes(bytes: &[u8]) -> Option<Value> {
    parse(std::str::from_utf8(bytes).ok()?).ok()
}

/// An object that is being written. The caller gives each name once.
pub struct Object<'t> {
    text: &'t mut String,
    is_empty: bool,
}

impl<'t> Object<'t> {
    /// Writes an object at the end of `text`; `members` adds its members.
    pub fn write(text: &'t mut String, members: impl FnOnce(&mut Self)) {
        text.push('{');
        let mut object = Self {
            text,
            is_empty: true,
        };
        members(&mut object);
        object.text.push('}');
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) {
        push_text(self.name(name), value);
    }

    /// Adds a text, or `null`.
    pub fn optional(&mut self, name: &str, value: Option<&str>) {
        let text = self.name(name);
        match value {
            Some(value) => push_text(text, value),
            None => text.push_str("null"),
        }
    }

    /// Adds a text, if there is one.
    pub fn given(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// Adds `true`, if it is.
    pub fn flag(&mut self, name: &str, is_set: bool) {
        if is_set {
            self.name(name).push_str("true");
        }
    }

    /// Adds a number.
    pub fn number(&mut self, name: &str, value: u64) {
        let digits = value.to_string();
        self.name(name).push_str(&digits);
    }

    /// Adds `true` or `false`.
    pub fn boolean(&mut self, name: &str, is_set: bool) {
        self.raw(name, if is_set { "true" } else { "false" });
    }

    /// Adds a text that is JSON already.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.name(name).push_str(json);
    }

    /// Adds a number, or `null`.
    pub fn optional_number(&mut self, name: &str, value: Option<u64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.optional(name, None),
        }
    }

    /// Adds an object.
    pub fn object(&mut self, name: &str, members: impl FnOnce(&mut Object<'_>)) {
        Object::write(self.name(name), members);
    }

    /// Adds an object, or `null`.
    pub fn optional_object<T>(
        &mut self,
        name: &str,
        value: Option<T>,
        members: impl FnOnce(&mut Object<'_>, T),
    ) {
        let text = self.name(name);
        match value {
            Some(value) => Object::write(text, |object| members(object, value)),
            None => text.push_str("null"),
        }
    }

    /// Adds an array; `write` writes an item at the end of the text.
    pub fn array<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(&mut String, T),
    ) {
        let text = self.name(name);
        text.push('[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            write(text, item);
        }
        text.push(']');
    }

    /// Adds an array of texts.
    pub fn texts<T: AsRef<str>>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        self.array(name, values, |text, value| push_text(text, value.as_ref()));
    }

    fn name(&mut self, name: &str) -> &mut String {
        if !std::mem::take(&mut self.is_empty) {
            self.text.push(',');
        }
        push_text(self.text, name);
        self.text.push(':');
        self.text
    }
}

/// Writes a text with its quotes: RFC 8259 section 7, with the escapes that `serde_json` writes.
pub fn push_text(text: &mut String, value: &str) {
    text.push('"');
    let mut rest = value;
    while let Some(at) = find_special(rest.as_bytes(), *b"\"\\") {
        let (plain, special) = rest.split_at_checked(at).unwrap_or_default();
        text.push_str(plain);
        text.push('\\');
        match special.bytes().next().unwrap_or_default() {
            b'\n' => text.push('n'),
            b'\r' => text.push('r'),
            b'\t' => text.push('t'),
            0x08 => text.push('b'),
            0x0c => text.push('f'),
            byte @ (b'"' | b'\\') => text.push(char::from(byte)),
            byte => {
                text.push_str("u00");
                text.push_str(&hex(&[byte]));
            }
        }
        rest = special.get(1..).unwrap_or_default();
    }
    text.push_str(rest);
    text.push('"');
}

/// The index of the first byte that is below a space or one of `others`. Compares eight bytes at a time, as
/// <https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord> does: a loop over bytes takes the Worker, which is compiled
/// for size, ten times as long.
pub fn find_special(bytes: &[u8], others: [u8; 2]) -> Option<usize> {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = EACH << 7;
    // The lowest bit is in the first byte of `word` that is less than `limit`, which is at most 128.
    let below = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word & HIGH;
    let [one, other] = others.map(|byte| EACH * u64::from(byte));
    let mut rest = bytes;
    loop {
        let (word, after) = match rest.split_first_chunk() {
            Some((eight, after)) => (u64::from_le_bytes(*eight), after),
            // The last ones, and spaces after them.
            None => {
                let spaces = EACH * u64::from(b' ');
                let bytes = rest.iter().rev();
                let word = bytes.fold(spaces, |word, byte| word << 8 | u64::from(*byte));
                (word, &[][..])
            }
        };
        let found = below(word, 32) | below(word ^ one, 1) | below(word ^ other, 1);
        if found != 0 {
            let before = bytes.len() - rest.len();
            return Some(before + found.trailing_zeros() as usize / 8);
        }
        if after.is_empty() {
            return None;
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn writes_every_kind_of_member() {
        let mut text = String::new();
        Object::write(&mut text, |object| {
            object.text("text", "a\"b");
            object.given("not_given", None);
            object.given("given", Some(""));
            object.flag("not_set", false);
            object.flag("set", true);
            object.optional("none", None);
            object.optional("some", Some(""));
            object.number("number", u64::MAX);
            object.optional_number("a_number", Some(0));
            object.optional_number("no_number", None);
            object.object("object", |inner| inner.object("empty", |_| {}));
            object.optional_object("no_object", None::<u8>, |_, _| {});
            object.optional_object("an_object", Some("a"), |inner, a| inner.text(a, "b"));
            object.texts("texts", ["a", "b"]);
            object.texts("no_texts", Vec::<String>::new());
        });
        let expected = json!({
            "text": "a\"b", "given": "", "set": true, "none": null, "some": "", "number": u64::MAX, "a_number": 0, "no_number": null, "object": { "empty": {} }, "no_object": null,
            "an_object": { "a": "b" }, "texts": ["a", "b"], "no_texts": [],
        });
        assert_eq!(text, expected.to_string());
    }

    #[test]
    fn escapes_every_character_as_serde_json_does() {
        for character in ('\0'..='\u{2ff}').chain(['\u{2028}', '\u{fffd}', '\u{10ffff}']) {
            let value = format!("a{character}{character}b");
            let mut text = String::new();
            push_text(&mut text, &value);
            assert_eq!(text, Value::from(value).to_string());
        }
    }

    #[test]
    fn finds_the_first_special_byte_at_every_place() {
        for length in 0..20 {
            for at in 0..length {
                for special in [0x00, 0x1f, b'"', b'\\'] {
                    let mut bytes: Vec<u8> = [b' ', b'!', b'#', 0x7f, 0x80, 0xff].repeat(4);
                    bytes.truncate(length);
                    assert_eq!(find_special(&bytes, *b"\"\\"), None);
                    bytes[at] = special;
                    assert_eq!(find_special(&bytes, *b"\"\\"), Some(at), "{bytes:?}");
                    bytes[length - 1] = 0x01;
                    assert_eq!(find_special(&bytes, *b"\"\\"), Some(at), "{bytes:?}");
                }
            }
        }
        assert_eq!(find_special(b"\"\\a\t", [0; 2]), Some(3));
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(value in any::<String>()) {
            let mut text = String::new();
            push_text(&mut text, &value);
            prop_assert_eq!(serde_json::from_str::<String>(&text).unwrap(), value);
        }
    }
}
