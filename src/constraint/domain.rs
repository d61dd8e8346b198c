//! An international domain in its ASCII form, `münchen.de` as `xn--mnchen-3ya.de`: <https://www.rfc-editor.org/rfc/rfc3492>.
//!
//! Which characters may be in a domain, and what they are mapped to, is a table of 100 KB (UTS 46). Here only those are
//! converted that are mapped to nothing but their lower case; a domain with any other keeps its form, and is then no valid
//! e-mail domain. So does one with ß or ς, of which browsers make ss and σ and registries do not. A test compares every
//! character with the whole table.

/// The ASCII form, or `None` for a domain that has none here.
pub fn to_ascii(domain: &str) -> Option<String> {
    let labels: Vec<&str> = domain.split(['.', '。']).collect();
    // Where some labels read from right to left, others that could be read either way are refused: RFC 5893 section 2.
    let is_letters = |label: &&str| label.chars().all(char::is_alphabetic);
    if domain.contains(is_right_to_left) && !labels.iter().all(is_letters) {
        return None;
    }
    let labels: Option<Vec<String>> = labels.into_iter().map(label_to_ascii).collect();
    Some(labels?.join(".")).filter(|ascii| ascii.len() <= MAX_DOMAIN_BYTES)
}

fn label_to_ascii(label: &str) -> Option<String> {
    if label.is_ascii() {
        // One that is in its ASCII form already could only be checked by decoding it.
        let lower = label.to_ascii_lowercase();
        return Some(lower).filter(|lower| !lower.starts_with("xn--"));
    }
    let lower: Vec<char> = label.chars().flat_map(char::to_lowercase).collect();
    let right_to_left = label
        .chars()
        .filter(|&character| is_right_to_left(character))
        .count();
    let reads_one_way = right_to_left == 0 || right_to_left == label.chars().count();
    let is_hyphenated_well = !label.starts_with('-')
        && !label.ends_with('-')
        && lower.get(2..4).is_none_or(|two| two != ['-', '-']);
    let is_sound = reads_one_way
        && is_hyphenated_well
        && lower.len() <= MAX_LABEL_CHARS
        && label.chars().all(is_convertible);
    is_sound
        .then(|| punycode(&lower))
        .flatten()
        .map(|encoded| format!("xn--{encoded}"))
}

/// Mapped to nothing but its lower case, by UTS 46, and composed.
fn is_convertible(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || {
        let code_point = u32::from(character);
        let after = CONVERTIBLE.partition_point(|range| range.0 <= code_point);
        let range = after
            .checked_sub(1)
            .and_then(|index| CONVERTIBLE.get(index));
        range.is_some_and(|range| code_point <= range.1)
    }
}

fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}')
}

/// RFC 3492 section 6.3; `None` when a number grows too large.
fn punycode(label: &[char]) -> Option<String> {
    let mut written: String = label
        .iter()
        .filter(|character| character.is_ascii())
        .collect();
    let basic = u32::try_from(written.len()).ok()?;
    if basic > 0 {
        written.push('-');
    }
    let (mut next, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    let code_points: Vec<u32> = label.iter().map(|&character| character.into()).collect();
    while let Some(least) = code_points
        .iter()
        .copied()
        .filter(|&code_point| code_point >= next)
        .min()
    {
        delta = (least - next)
            .checked_mul(handled + 1)?
            .checked_add(delta)?;
        next = least;
        for &code_point in &code_points {
            delta = delta.checked_add(u32::from(code_point < next))?;
            if code_point == next {
                write_delta(delta, bias, &mut written);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        next += 1;
    }
    Some(written)
}

/// A number in digits of varying weight, the least first.
fn write_delta(delta: u32, bias: u32, written: &mut String) {
    let mut rest = delta;
    for place in (36..).step_by(36) {
        let threshold = u32::saturating_sub(place, bias).clamp(1, 26);
        if rest < threshold {
            break;
        }
        let spread = 36 - threshold;
        written.push(digit(threshold + (rest - threshold) % spread));
        rest = (rest - threshold) / spread;
    }
    written.push(digit(rest));
}

fn digit(value: u32) -> char {
    char::from_digit(value.saturating_sub(26), 10)
        .filter(|_| value >= 26)
        .or_else(|| char::from_digit(value + 10, 36))
        .unwrap_or('0')
}

/// RFC 3492 section 6.1.
fn adapt(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

/// The longest domain, RFC 1035 section 2.3.4: bytes.
const MAX_DOMAIN_BYTES: usize = 255;
/// A label has 63 bytes, so that no more characters could fit.
const MAX_LABEL_CHARS: usize = 63;

/// Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian, Vietnamese, Kana, Han, Hangul.
const CONVERTIBLE: &[(u32, u32)] = &[
    (0xc0, 0xd6),
    (0xd8, 0xde),
    (0xe0, 0xf6),
    (0xf8, 0x131),
    (0x134, 0x13e),
    (0x141, 0x148),
    (0x14a, 0x17e),
    (0x180, 0x1c3),
    (0x1cd, 0x1f0),
    (0x1f4, 0x24f),
    (0x370, 0x373),
    (0x376, 0x377),
    (0x37b, 0x37d),
    (0x386, 0x386),
    (0x388, 0x38a),
    (0x38c, 0x38c),
    (0x38e, 0x3a1),
    (0x3a3, 0x3c1),
    (0x3c3, 0x3cf),
    (0x3fa, 0x481),
    (0x48a, 0x52f),
    (0x531, 0x556),
    (0x560, 0x586),
    (0x5d0, 0x5ea),
    (0x620, 0x64a),
    (0x671, 0x674),
    (0x679, 0x6d3),
    (0x10d0, 0x10fa),
    (0x10fd, 0x10ff),
    (0x1e00, 0x1e99),
    (0x1e9c, 0x1e9d),
    (0x1e9f, 0x1eff),
    (0x3041, 0x3096),
    (0x309d, 0x309e),
    (0x30a1, 0x30fa),
    (0x30fc, 0x30fe),
    (0x3400, 0x4dbf),
    (0x4e00, 0x9fff),
    (0xac00, 0xd7a3),
];

#[cfg(test)]
mod tests {
    use super::*;
    use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

    fn by_the_whole_table(domain: &str) -> Option<String> {
        let ascii = Uts46::new().to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::Check,
            DnsLength::Ignore,
        );
        ascii.ok().map(|ascii| ascii.into_owned())
    }

    #[test]
    fn converts_known_domains() {
        for (domain, ascii) in [
            ("münchen.de", "xn--mnchen-3ya.de"),
            ("MÜNCHEN.DE", "xn--mnchen-3ya.de"),
            ("παράδειγμα.ελ", "xn--hxajbheg2az3al.xn--qxam"),
            ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
            ("실례.com", "xn--9n2bp8q.com"),
            ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
        ] {
            assert_eq!(to_ascii(domain).as_deref(), Some(ascii), "{domain}");
            assert_eq!(
                by_the_whole_table(domain).as_deref(),
                Some(ascii),
                "{domain}"
            );
        }
        for domain in [
            "ａ.de",
            "u\u{308}.de",
            "☃.net",
            "a\u{200d}b.de",
            "ﬁ.de",
            "מa.com",
            "1.מ.com",
            "ü-.de",
            "-ü.de",
            "ab--ü.de",
            "straße.de",
        ] {
            assert_eq!(to_ascii(domain), None, "{domain}");
        }
    }

    #[test]
    fn every_character_is_converted_as_by_the_whole_table() {
        let mut converted = 0;
        for character in ('\u{80}'..=char::MAX).filter(|&character| is_convertible(character)) {
            let domain = if is_right_to_left(character) {
                format!("{character}{character}")
            } else {
                format!("a{character}-b{character}1.com")
            };
            let ascii = to_ascii(&domain);
            assert!(
                ascii.is_some() && ascii == by_the_whole_table(&domain),
                "{domain}: {ascii:?}"
            );
            converted += 1;
        }
        assert!(converted > 40_000, "{converted}");
    }
}
