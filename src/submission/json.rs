//! Decodes `application/json`: one flat object, field name to value.
//!
//! A value is text, a number, `true` or `false` (a checkbox), `null` (as if not sent), or an array of those. Numbers
//! keep their notation. A value nested deeper is kept as JSON text and is unusable; it is not parsed, whatever its
//! depth.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue as Json;

use super::raw::{RawSubmission, RawValue, Unusable, malformed};
use super::surrogate::replace_lone_surrogates;
use crate::problem::Violation;

/// Decodes a body. Invalid UTF-8 and lone surrogates become U+FFFD, as in a form.
pub(super) fn parse(bytes: &[u8]) -> Result<RawSubmission, Violation> {
    let utf8 = std::str::from_utf8(bytes);
    let is_lossy = utf8.is_err();
    let text = utf8.map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let text = replace_lone_surrogates(&text);
    let mut reader = Reader {
        raw: RawSubmission::default(),
        violation: None,
        is_lossy,
    };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let read = Object(&mut reader)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    match (reader.violation, read) {
        (Some(violation), _) => Err(violation),
        (None, Ok(())) => Ok(reader.raw),
        (None, Err(error)) => Err(malformed(match error.classify() {
            serde_json::error::Category::Data => "The body is not a flat JSON object",
            _ => "The body is not valid JSON",
        })),
    }
}

struct Reader {
    raw: RawSubmission,
    /// The violation that stopped the reader; the errors of serde carry only text.
    violation: Option<Violation>,
    /// Whether the body was not UTF-8, so that U+FFFD may replace other bytes.
    is_lossy: bool,
}

impl Reader {
    /// Adds one value, or one of an array.
    fn push<E: Error>(&mut self, name: &str, json: &Json, is_in_array: bool) -> Result<(), E> {
        let json = json.get();
        let value = match json.as_bytes().first() {
            Some(b'n') => return Ok(()),
            Some(b't' | b'f') => RawValue::Flag(json == "true"),
            Some(b'"') => RawValue::Text(serde_json::from_str(json).map_err(E::custom)?),
            Some(b'[') if !is_in_array => {
                let mut items = serde_json::Deserializer::from_str(json);
                return items
                    .deserialize_seq(Array { reader: self, name })
                    .map_err(E::custom);
            }
            Some(b'[' | b'{') => RawValue::Unusable(Unusable::Nested, json.to_owned()),
            _ => RawValue::Text(json.to_owned()),
        };
        let value = match value {
            RawValue::Text(text) if self.is_replaced(&text) => {
                RawValue::Unusable(Unusable::NotUtf8, text)
            }
            value => value,
        };
        self.raw.push(name, value).map_err(|violation| {
            self.violation = Some(violation);
            E::custom("refused")
        })
    }

    fn is_replaced(&self, text: &str) -> bool {
        self.is_lossy && text.contains(char::REPLACEMENT_CHARACTER)
    }
}

/// Reads the body, an object.
struct Object<'a>(&'a mut Reader);

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, json)) = map.next_entry::<Cow<'_, str>, &Json>()? {
            if self.0.is_replaced(&name) {
                self.0.raw.drop_unusable_name();
            } else {
                self.0.push(&name, json, false)?;
            }
        }
        Ok(())
    }
}

/// Reads an array, the values of one field.
struct Array<'a> {
    reader: &'a mut Reader,
    name: &'a str,
}

impl<'de> Visitor<'de> for Array<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(json) = seq.next_element::<&Json>()? {
            self.reader.push(self.name, json, true)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ViolationCode;

    fn values(body: &str, name: &str) -> Vec<String> {
        let raw = parse(body.as_bytes()).expect(body);
        raw.values(name)
            .iter()
            .map(|value| value.text().to_owned())
            .collect()
    }

    #[test]
    fn reads_every_scalar_as_a_form_sends_it() {
        let body =
            r#"{"a":"x","b":1.5,"c":-3,"d":true,"e":null,"f":["1",2],"g":18446744073709551615}"#;
        for (name, expected) in [
            ("a", vec!["x"]),
            ("b", vec!["1.5"]),
            ("c", vec!["-3"]),
            ("d", vec!["true"]),
            ("e", vec![]),
            ("f", vec!["1", "2"]),
            ("g", vec!["18446744073709551615"]),
        ] {
            assert_eq!(values(body, name), expected, "{name}");
        }
    }

    #[test]
    fn a_repeated_name_is_two_values() {
        assert_eq!(values(r#"{"a":"1","a":"2"}"#, "a"), ["1", "2"]);
    }

    #[test]
    fn numbers_keep_their_notation() {
        for number in [
            "1.50",
            "1e400",
            "12345678901234567890123456789",
            "-0",
            "1E+3",
        ] {
            assert_eq!(values(&format!("{{\"a\":{number}}}"), "a"), [number]);
        }
    }

    #[test]
    fn a_value_that_is_not_utf8_keeps_its_readable_part() {
        let raw = parse(b"{\"a\":\"caf\xe9\",\"b\":\"x\",\"\xff\":1}").unwrap();
        assert_eq!(
            raw.values("a"),
            [RawValue::Unusable(
                Unusable::NotUtf8,
                "caf\u{fffd}".to_owned()
            )]
        );
        assert_eq!(raw.values("b"), [RawValue::Text("x".to_owned())]);
        assert!(raw.has_unusable_names() && raw.entries().count() == 2);
        assert_eq!(
            values("{\"a\":\"\u{fffd}\"}", "a"),
            ["\u{fffd}"],
            "sent as one"
        );
    }

    #[test]
    fn a_nested_value_is_kept_as_json() {
        for (body, kept) in [
            (r#"{"a":{"b":[1,{"c":null}]}}"#, r#"{"b":[1,{"c":null}]}"#),
            (r#"{"a":[[1,"x"]]}"#, r#"[1,"x"]"#),
        ] {
            let raw = parse(body.as_bytes()).unwrap();
            assert_eq!(
                raw.values("a"),
                [RawValue::Unusable(Unusable::Nested, kept.to_owned())]
            );
        }
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let raw = parse(format!("{{\"a\":{deep}}}").as_bytes()).unwrap();
        assert_eq!(raw.values("a")[0].unusable(), Some(Unusable::TooLong));
        let raw = parse(br#"{"__proto__":{"x":1},"a":"b"}"#).unwrap();
        assert!(raw.has_unusable_names() && raw.entries().count() == 1);
    }

    #[test]
    fn refuses_what_is_not_a_flat_object() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        let deep_objects = "{\"a\":".repeat(100_000);
        for body in [
            &b""[..],
            b"{",
            b"[]",
            b"null",
            b"\"a\"",
            b"{\"a\":1}x",
            b"{'a':1}",
            b"{\"a\":{",
            deep.as_bytes(),
            deep_objects.as_bytes(),
        ] {
            let violation = parse(body).unwrap_err();
            assert_eq!(
                (violation.field, violation.code),
                (None, ViolationCode::BadInput),
                "{body:?}"
            );
        }
    }

    #[test]
    fn stops_at_the_limit_of_values() {
        let many: Vec<String> = (0..10_000).map(|index| format!("\"f{index}\":1")).collect();
        let body = format!("{{{}}}", many.join(","));
        assert_eq!(
            parse(body.as_bytes()).unwrap_err().code,
            ViolationCode::TooMany
        );
    }
}
