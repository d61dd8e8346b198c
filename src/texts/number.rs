//! How a locale writes a number: its decimal sign, and the mark between groups of three digits. From CLDR.

use super::Locale;

impl Locale<'_> {
    /// A number that is written as HTML does (`-1234.5`) in the locale's way; one with an exponent stays as it is.
    pub(crate) fn number(self, number: &str) -> String {
        let (sign, unsigned) = match number.strip_prefix('-') {
            Some(unsigned) => ("-", unsigned),
            None => ("", number),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        if !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit())
        {
            return number.to_owned();
        }
        // As most are: without a mark between groups and without a decimal sign.
        if whole.len() < 4 && !unsigned.contains('.') {
            return number.to_owned();
        }
        let (group, decimal, is_sparing) = self.marks();
        let mut written = sign.to_owned();
        let is_grouped = whole.len() > if is_sparing { 4 } else { 3 };
        for (index, digit) in whole.chars().enumerate() {
            let left = whole.len() - index;
            if is_grouped && index > 0 && left.is_multiple_of(3) {
                written.push(group);
            }
            written.push(digit);
        }
        if !fraction.is_empty() {
            written.push(decimal);
            written.push_str(fraction);
        }
        written
    }

    /// A number that a visitor wrote in the locale's way, as HTML writes it; `None` for another text.
    pub(crate) fn read_number(self, text: &str) -> Option<String> {
        let (group, decimal, _) = self.marks();
        let text = text.trim();
        let (sign, unsigned) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(unsigned) => ("-", unsigned),
            None => ("", text),
        };
        let (whole, fraction) = unsigned.split_once(decimal).unwrap_or((unsigned, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let mut number = sign.to_owned();
        // Other marks between groups than spaces and apostrophes are a decimal sign in another locale.
        let is_group = |mark: char| mark == group || mark.is_whitespace() || "'’".contains(mark);
        for (index, digits) in whole.split(is_group).enumerate() {
            let is_sound = match index {
                0 => true,
                _ => digits.len() == 3 && number.len() > sign.len(),
            };
            if !is_sound || !is_digits(digits) {
                return None;
            }
            number.push_str(digits);
        }
        let is_grouped = whole.contains(is_group);
        let first = whole.find(is_group).unwrap_or_default();
        if (is_grouped && first > 3)
            || !is_digits(fraction)
            || number.len() == sign.len() && fraction.is_empty()
        {
            return None;
        }
        if !fraction.is_empty() {
            number.push('.');
            number.push_str(fraction);
        }
        Some(number)
    }

    /// A number that HTML can read with the locale's decimal sign, as a visitor may write it; another text as it is.
    pub(crate) fn editable(self, text: &str) -> String {
        let (_, decimal, _) = self.marks();
        let is_number = |byte: u8| byte.is_ascii_digit() || b"-.".contains(&byte);
        match text.bytes().all(is_number) && text.matches('.').count() < 2 {
            true => text.replace('.', decimal.encode_utf8(&mut [0; 4])),
            false => text.to_owned(),
        }
    }

    /// The mark between groups, the decimal sign, and whether four digits are written without a mark.
    fn marks(self) -> (char, char, bool) {
        // The tag of a language without texts has no effect here: numbers are as in the texts around them.
        let tag = match super::Language::of(self.tag) {
            Some(_) => self.tag,
            None => self.language.tag(),
        };
        let is_of = |row: &&(&[&str], char, char, bool)| {
            let starts = |known: &&str| {
                let start = tag.get(..known.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(known))
            };
            row.0.iter().any(starts)
        };
        let found = MARKS.iter().find(is_of);
        found.map_or((',', '.', false), |row| (row.1, row.2, row.3))
    }
}

/// By the beginning of a tag; the first row decides. Arabic is written with the digits of this service's other texts, as CLDR does
/// for `ar`.
const MARKS: [(&[&str], char, char, bool); 12] = [
    (&["de-AT", "fr-CA"], '\u{a0}', ',', false),
    (&["de-CH", "de-LI"], '’', '.', false),
    (&["it-CH"], '’', '.', true),
    (&["fr"], '\u{202f}', ',', false),
    (&["pl", "pt-PT"], '\u{a0}', ',', true),
    (
        &[
            "es-419", "es-MX", "es-US", "es-PR", "es-DO", "es-GT", "es-HN", "es-NI", "es-PA",
            "es-PE", "es-SV",
        ],
        ',',
        '.',
        false,
    ),
    (&["es", "it"], '.', ',', true),
    (&["de", "nl", "pt"], '.', ',', false),
    (&["ar-DZ", "ar-LY", "ar-MA", "ar-TN"], '.', ',', false),
    (&["en-ZA"], '\u{a0}', ',', false),
    (&["en-AT", "en-BE", "en-DE", "en-NL"], '.', ',', false),
    (&["en", "ja", "ar"], ',', '.', false),
];
