//! `application/json`: one flat object, field name to value.
//!
//! A value is text, a number, `true` or `false` (a box), `null` (as if not sent), or an array of those. The reader
//! never builds a tree: nesting ends in a violation at the first level that a form cannot have, and `serde_json` stops
//! at 128 levels whatever is inside.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::raw::{RawSubmission, RawValue, check_name, malformed};
use crate::problem::{Violation, ViolationCode};

/// Decodes a body.
pub(super) fn parse(bytes: &[u8]) -> Result<RawSubmission, Violation> {
    let mut reader = Reader::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
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

#[derive(Default)]
struct Reader {
    raw: RawSubmission,
    /// Why reading stopped: serde's errors carry only text, so the violation is kept beside them.
    violation: Option<Violation>,
}

impl Reader {
    fn push<E: Error>(&mut self, name: &str, value: RawValue) -> Result<(), E> {
        let pushed = self.raw.push(name, value);
        pushed.map_err(|violation| self.stop(violation))
    }

    fn stop<E: Error>(&mut self, violation: Violation) -> E {
        self.violation = Some(violation);
        E::custom("refused")
    }
}

/// The whole body.
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
        while let Some(name) = map.next_key::<String>()? {
            check_name(&name).map_err(|violation| self.0.stop(violation))?;
            map.next_value_seed(Value {
                reader: self.0,
                name: &name,
                in_array: false,
            })?;
        }
        Ok(())
    }
}

/// The value, or one of the values, of a field.
struct Value<'a> {
    reader: &'a mut Reader,
    name: &'a str,
    in_array: bool,
}

impl Value<'_> {
    fn push<E: Error>(self, text: String) -> Result<(), E> {
        self.reader.push(self.name, RawValue::Text(text))
    }

    fn nested<E: Error>(self) -> E {
        let message = format!("{} takes text, not a nested value", self.name);
        let violation = Violation::of_field(self.name, ViolationCode::BadInput, message);
        self.reader.stop(violation)
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, true, false, null or an array of these")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.push(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<(), E> {
        self.push(text)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.reader.push(self.name, RawValue::Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.push(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.push(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.push(number.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.in_array {
            return Err(self.nested());
        }
        loop {
            let value = Value {
                reader: &mut *self.reader,
                name: self.name,
                in_array: true,
            };
            if seq.next_element_seed(value)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Look at one key, so that broken JSON is called broken rather than nested.
        map.next_key::<IgnoredAny>()?;
        Err(self.nested())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(body: &str, name: &str) -> Vec<String> {
        let raw = parse(body.as_bytes()).expect(body);
        raw.values(name)
            .iter()
            .map(|value| value.text().to_owned())
            .collect()
    }

    fn refusal(body: &[u8]) -> (Option<String>, ViolationCode) {
        let violation = parse(body).unwrap_err();
        (violation.field, violation.code)
    }

    #[test]
    fn reads_every_scalar_as_a_form_would_send_it() {
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
            b"{\"a\":1e400}",
            b"{'a':1}",
            b"{\"a\":\"\xff\"}",
            b"{\"\xff\":1}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":{",
        ] {
            assert_eq!(refusal(body), (None, ViolationCode::BadInput), "{body:?}");
        }
        let of_field = |name: &str| (Some(name.to_owned()), ViolationCode::BadInput);
        assert_eq!(refusal(deep.as_bytes()), of_field("a"));
        assert_eq!(refusal(deep_objects.as_bytes()), of_field("a"));
        assert_eq!(refusal(b"{\"a\":{}}"), of_field("a"));
        assert_eq!(refusal(b"{\"a\":[[1]]}"), of_field("a"));
        assert_eq!(
            refusal(b"{\"__proto__\":{\"x\":1}}"),
            (None, ViolationCode::BadInput)
        );
    }

    #[test]
    fn stops_at_the_limit_of_values() {
        let many: Vec<String> = (0..10_000).map(|index| format!("\"f{index}\":1")).collect();
        let body = format!("{{{}}}", many.join(","));
        assert_eq!(refusal(body.as_bytes()), (None, ViolationCode::TooMany));
    }
}
