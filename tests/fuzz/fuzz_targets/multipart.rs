//! A multipart body is decoded within the limits, a file is never taken for text, and encoded again it means the same.
//!
//! The boundary is `b`, or with a first byte `0` that of the body's first line.

#![no_main]

use formgate::submission::{
    MAX_NAME_BYTES, MAX_VALUE_BYTES, MAX_VALUES, MediaType, RawSubmission, RawValue, Unusable,
    decode,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (boundary, body) = match input.strip_prefix(b"0") {
        Some(body) => ("", body),
        None => ("b", input),
    };
    let Ok(raw) = decode(body, &MediaType::Multipart(boundary.to_owned())) else {
        return;
    };
    let mut encoded = String::new();
    let mut values_seen = 0;
    let mut is_plain = true;
    for (name, values) in raw.entries() {
        assert!((1..=MAX_NAME_BYTES).contains(&name.len()));
        assert!(!name.bytes().any(|byte| byte < b' '));
        for value in values {
            values_seen += 1;
            let text = value.text();
            assert!(text.len() <= MAX_VALUE_BYTES);
            assert!(!text.bytes().any(|byte| byte < b' ' && !b"\t\r\n".contains(&byte)));
            assert!(value.unusable() != Some(Unusable::File) || text.is_empty());
            // A browser chooses a boundary that no value has; and the first byte order mark of a value is dropped.
            is_plain &= value.unusable().is_none()
                && !text.contains("--b")
                && !text.starts_with('\u{feff}')
                && !name.contains("--b");
            let name = name.replace('"', "%22");
            encoded.push_str("--b\r\nContent-Disposition: form-data; name=\"");
            encoded.push_str(&name);
            encoded.push_str("\"\r\n\r\n");
            encoded.push_str(text);
            encoded.push_str("\r\n");
        }
    }
    assert!(values_seen <= MAX_VALUES);
    encoded.push_str("--b--\r\n");
    if is_plain {
        let media_type = MediaType::Multipart("b".to_owned());
        let again = decode(encoded.as_bytes(), &media_type).expect("what was encoded");
        assert!(entries(&again) == entries(&raw), "and means the same");
    }
});

fn entries(raw: &RawSubmission) -> Vec<(&str, Vec<&str>)> {
    raw.entries()
        .map(|(name, values)| (name, values.iter().map(RawValue::text).collect()))
        .collect()
}
