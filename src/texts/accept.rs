//! Reads `Accept-Language`: RFC 9110 section 12.5.4.

use super::{Language, Locale};

/// The language with texts that the header ranks highest; the first of several with the same rank.
pub(super) fn favourite(header: &str) -> Option<Locale<'_>> {
    let mut best: Option<(u32, Locale<'_>)> = None;
    for range in header.split(',').take(MAX_RANGES) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let (tag, weight) = (tag.trim(), thousandths(weight.trim()));
        let is_better = weight > best.map_or(0, |(best, _)| best);
        let is_tag = tag.len() <= MAX_TAG_BYTES
            && tag
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric());
        if is_better
            && is_tag
            && let Some(language) = Language::of(tag)
        {
            best = Some((weight, Locale { tag, language }));
        }
    }
    best.map(|(_, locale)| locale)
}

/// `q=0.8` as 800; 0 when it is no weight.
fn thousandths(weight: &str) -> u32 {
    let Some(number) = weight.strip_prefix("q=").or(weight.strip_prefix("Q=")) else {
        return 0;
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = whole.bytes().chain(fraction.bytes()).chain(*b"000").take(4);
    let mut all = digits.map(|byte| char::from(byte).to_digit(10));
    let all = all.try_fold(0, |sum, digit| Some(sum * 10 + digit?));
    all.filter(|_| whole.len() == 1)
        .unwrap_or_default()
        .min(1000)
}

/// How many languages of the header are read.
const MAX_RANGES: usize = 20;
/// The longest tag, as for that of a form: bytes.
const MAX_TAG_BYTES: usize = 35;
