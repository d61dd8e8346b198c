//! A urlencoded body is decoded as the URL standard defines it, within the limits, and encoded again it means the same.

#![no_main]

use std::collections::BTreeMap;

use form_urlencoded::Serializer;
use formgate::submission::{
    MAX_NAME_BYTES, MAX_VALUE_BYTES, MAX_VALUES, MediaType, RawSubmission, decode,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(raw) = decode(body, &MediaType::Urlencoded) else {
        return;
    };
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _) in form_urlencoded::parse(body) {
        *sent.entry(name.trim_start_matches('\u{feff}').to_owned()).or_default() += 1;
    }
    let mut encoded = Serializer::new(String::new());
    let mut values_seen = 0;
    let mut is_whole = true;
    for (name, values) in raw.entries() {
        assert!((1..=MAX_NAME_BYTES).contains(&name.len()));
        let bare = name.trim_start_matches('\u{feff}');
        assert!(sent.get(bare).is_some_and(|count| values.len() <= *count), "{name:?}");
        for value in values {
            values_seen += 1;
            let text = value.text();
            assert!(text.len() <= MAX_VALUE_BYTES);
            assert!(!text.bytes().any(|byte| byte < b' ' && !b"\t\r\n".contains(&byte)));
            is_whole &= value.unusable().is_none();
            encoded.append_pair(name, text);
        }
    }
    assert!(values_seen <= MAX_VALUES);
    let encoded = encoded.finish();
    // A byte order mark at the beginning of the body is not part of the first name.
    if is_whole && !encoded.starts_with("%EF%BB%BF") {
        let again = decode(encoded.as_bytes(), &MediaType::Urlencoded).expect("what was encoded");
        assert!(entries(&again) == entries(&raw), "and means the same");
    }
});

fn entries(raw: &RawSubmission) -> Vec<(&str, Vec<&str>)> {
    let texts = |(name, values)| {
        let values: &[formgate::submission::RawValue] = values;
        (name, values.iter().map(|value| value.text()).collect())
    };
    raw.entries().map(texts).collect()
}
