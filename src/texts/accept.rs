//! Reads `Accept-Language`: RFC 9110 section 12.5.4.

use super::{Language, Locale};

/// The language with texts that the header ranks highest; the first of several with the same rank.
pub(super) fn favourite(header: &str) -> Option<Locale<'_>> {
    let mut best = ("", None);
    for range in header.split(',').take(MAX_RANGES) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let (tag, weight) = (tag.trim(), weight.trim());
        // `0.5` and `0.500` are one weight, and weights are in the order of their texts: 0 is empty, and no language is worse.
        let weight = weight.strip_prefix("q=").or(weight.strip_prefix("Q="));
        let weight = weight.unwrap_or_default().trim_end_matches(['0', '.']);
        let is_tag = tag.len() <= MAX_TAG_BYTES
            && tag
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric());
        if weight > best.0
            && weight <= "1"
            && is_tag
            && let Some(language) = Language::of(tag)
        {
            best = (weight, Some(Locale { tag, language }));
        }
    }
    best.1
}

/// How many languages of the header are read.
const MAX_RANGES: usize = 20;
/// The longest tag, as for that of a form: bytes.
const MAX_TAG_BYTES: usize = 35;
