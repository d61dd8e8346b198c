//! `application/json`: one flat object, field name to value.
//!
//! A value is text, a number, `true` or `false` (a box), `null` (as if not sent), or an array of those. What is nested
//! deeper is kept as JSON, and is spoilt; `serde_json` stops at 128 levels whatever is inside.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::raw::{RawSubmission, RawValue, Spoilt, malformed};
use super::surrogate::mend_surrogates;
use crate::problem::Violation;

/// Decodes a body. Half a surrogate pair, which JavaScript writes as it stands, becomes what a form would send for it.
pub(super) fn parse(bytes: &[u8]) -> Result<RawSubmission, Violation> {
    let bytes = &*mend_surrogates(bytes);
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

    fn push_nested<E: Error>(self, json: &Json) -> Result<(), E> {
        let value = RawValue::Spoilt(Spoilt::Nested, json.to_string());
        self.reader.push(self.name, value)
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
            return self.push_nested(&Json::deserialize(SeqAccessDeserializer::new(seq))?);
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

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.push_nested(&Json::deserialize(MapAccessDeserializer::new(map))?)
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
    fn what_is_nested_is_kept_as_json() {
        for (body, kept) in [
            (r#"{"a":{"b":[1,{"c":null}]}}"#, r#"{"b":[1,{"c":null}]}"#),
            (r#"{"a":[[1,"x"]]}"#, r#"[1,"x"]"#),
        ] {
            let raw = parse(body.as_bytes()).unwrap();
            assert_eq!(
                raw.values("a"),
                [RawValue::Spoilt(Spoilt::Nested, kept.to_owned())]
            );
        }
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
            b"{\"a\":1e400}",
            b"{'a':1}",
            b"{\"a\":\"\xff\"}",
            b"{\"\xff\":1}",
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
