//! Normalises an international domain: to its ASCII form, `münchen.de` to `xn--mnchen-3ya.de`
//! (<https://www.rfc-editor.org/rfc/rfc3492>), or leaves it as typed.
//!
//! The full table of allowed characters and their mapping (UTS 46) is 100 KB. Here full-width letters become ASCII and
//! invisible characters are dropped. Only characters that the table maps to their lower case are converted; a test
//! compares each one with the table. A domain with any other letter, `हिन्दी.in`, stays as typed: browsers accept it,
//! and Firefox sends it like that. The table would refuse some of those. Refused here is only what no name has:
//! punctuation, white space, a label that mixes writing directions.

use super::pattern::is_mark;

/// The domain as it is stored; `None` for what is not a domain. The caller checks the ASCII labels.
pub fn normalize(domain: &str) -> Option<String> {
    let visible = map_visible(domain);
    let is_bidirectional = visible.contains(is_right_to_left);
    let mut is_exact = true;
    let mut ascii = Vec::new();
    for label in visible.split('.') {
        if is_bidirectional && !has_one_direction(label) {
            return None;
        }
        is_exact &= label.chars().all(is_convertible);
        ascii.push(label_to_ascii(label)?);
    }
    let ascii = ascii.join(".");
    (ascii.len() <= MAX_DOMAIN_BYTES).then_some(if is_exact { ascii } else { visible })
}

/// One label in its ASCII form; `None` when UTS 46 maps one of its characters to anything but its lower case.
pub fn to_ascii(label: &str) -> Option<String> {
    let is_exact = label.chars().all(is_convertible);
    label_to_ascii(label).filter(|_| is_exact)
}

/// Drops invisible characters, and converts full-width characters and other full stops to ASCII.
fn map_visible(domain: &str) -> String {
    let is_joiner = |character| matches!(character, '\u{200c}' | '\u{200d}');
    let is_dropped = |character| {
        matches!(character, '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}')
            || matches!(character, '\u{200b}' | '\u{2060}' | '\u{2064}' | '\u{feff}')
            || matches!(character, '\u{fe00}'..='\u{fe0f}')
    };
    // Some scripts need joiners; between ASCII letters they have no meaning.
    let needs_joiners = domain
        .chars()
        .any(|character| !(character.is_ascii() || is_joiner(character) || is_dropped(character)));
    let kept = domain
        .chars()
        .filter(|&character| !is_dropped(character) && (needs_joiners || !is_joiner(character)));
    kept.map(|character| match character {
        '。' | '｡' => '.',
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        other => other,
    })
    .collect()
}

/// Whether a label has one writing direction: RFC 5893 section 2, for letters and digits.
fn has_one_direction(label: &str) -> bool {
    let is_leftward = label.contains(is_right_to_left);
    let first = label.chars().next().unwrap_or('0');
    let begins_with_digit =
        matches!(first, '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}');
    let is_rightward = |character: char| character.is_alphabetic() && !is_right_to_left(character);
    !(begins_with_digit || is_leftward && label.contains(is_rightward))
}

fn label_to_ascii(label: &str) -> Option<String> {
    let lower: Vec<char> = label.chars().flat_map(char::to_lowercase).collect();
    if label.is_ascii() {
        return Some(lower.into_iter().collect());
    }
    let first = label.chars().next().unwrap_or('-');
    let begins_badly = first == '-' || is_mark(first) && !first.is_alphabetic();
    let is_valid = !begins_badly
        && !label.ends_with('-')
        && !lower.starts_with(&['x', 'n', '-', '-'])
        && lower.len() <= MAX_LABEL_BYTES
        && label.chars().all(can_be_in_a_name);
    let encoded = punycode(&lower).filter(|_| is_valid)?;
    Some(format!("xn--{encoded}")).filter(|ascii| ascii.len() <= MAX_LABEL_BYTES)
}

/// Whether it is a letter, digit, mark or hyphen, or a symbol that registered domains have.
fn can_be_in_a_name(character: char) -> bool {
    let is_symbol = matches!(character, '·' | '・' | '\u{200c}' | '\u{200d}')
        || matches!(character, '\u{2100}'..='\u{2bff}' | '\u{3200}'..='\u{33ff}' | '\u{1f000}'..='\u{1faff}');
    if character.is_ascii() {
        character.is_ascii_alphanumeric() || character == '-'
    } else {
        character.is_alphanumeric() || is_symbol || is_mark(character)
    }
}

/// Whether UTS 46 maps it only to its lower case, and it is composed.
fn is_convertible(character: char) -> bool {
    character.is_ascii() || {
        let code_point = u32::from(character);
        let after = CONVERTIBLE.partition_point(|range| range.0 <= code_point);
        let range = after
            .checked_sub(1)
            .and_then(|index| CONVERTIBLE.get(index));
        range.is_some_and(|range| code_point <= range.1)
    }
}

/// Whether it is of a script written from right to left, such as Hebrew or Arabic; Persian digits are not.
fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        && !matches!(character, '\u{6f0}'..='\u{6f9}')
        || matches!(character, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The Punycode of a label, RFC 3492 section 6.3; `None` on overflow.
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

/// Writes a number in digits of varying weight, the least significant first.
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

/// The next bias: RFC 3492 section 6.1.
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
/// The longest label of a domain: bytes.
const MAX_LABEL_BYTES: usize = 63;

/// Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian, Vietnamese, Kana, Han, Hangul.
const CONVERTIBLE: &[(u32, u32)] = &[
    (0xc0, 0xd6),
    (0xd8, 0xf6),
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
    (0x3a3, 0x3cf),
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
#[path = "domain_tests.rs"]
mod tests;
