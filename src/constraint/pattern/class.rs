//! [`Class`]: a set of characters.

use super::unicode::{LETTER_LIKE, LOWERCASE_LIKE, MARKS};

/// The characters that match at one position of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Class {
    /// Code points, ascending, not adjacent.
    ranges: Vec<(u32, u32)>,
    /// Characters with one of these properties also belong to it.
    properties: Vec<Property>,
    /// Whether it is all other characters instead.
    is_negated: bool,
}

/// A Unicode property that the standard library knows, or that its tables plus [`unicode`](super::unicode) give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    Letter,
    UppercaseLetter,
    LowercaseLetter,
    Mark,
    Number,
    Alphabetic,
    Uppercase,
    Lowercase,
}

impl Class {
    pub(super) fn of(ranges: &[(u32, u32)]) -> Self {
        let mut class = Self::default();
        for &(first, last) in ranges {
            class.add(first, last);
        }
        class
    }

    pub(super) fn of_property(property: Property) -> Self {
        Self {
            properties: vec![property],
            ..Self::default()
        }
    }

    /// Adds the code points from `first` to `last`.
    pub(super) fn add(&mut self, first: u32, last: u32) {
        let mut joined = (first, last);
        self.ranges.retain(|&(low, high)| {
            let is_apart = high.saturating_add(1) < first || low > last.saturating_add(1);
            if !is_apart {
                joined = (joined.0.min(low), joined.1.max(high));
            }
            is_apart
        });
        let place = self.ranges.partition_point(|range| range.0 < joined.0);
        self.ranges.insert(place, joined);
    }

    /// Adds another class; `None` when the union cannot be represented.
    pub(super) fn unite(&mut self, other: &Self) -> Option<()> {
        if other.is_negated {
            return None;
        }
        for &(first, last) in &other.ranges {
            self.add(first, last);
        }
        self.properties.extend(&other.properties);
        Some(())
    }

    /// All other characters.
    pub(super) fn negated(self) -> Self {
        if self.properties.is_empty() && !self.is_negated {
            return Self::of(&self.gaps());
        }
        Self {
            is_negated: !self.is_negated,
            ..self
        }
    }

    /// The intersection; `None` unless both are plain ranges.
    pub(super) fn intersection(&self, other: &Self) -> Option<Self> {
        self.minus(&Self::of(&other.plain()?.gaps()))
    }

    /// The difference; `None` unless both are plain ranges.
    pub(super) fn minus(&self, other: &Self) -> Option<Self> {
        let mut gaps = Self::of(&self.plain()?.gaps());
        gaps.unite(other.plain()?)?;
        Some(gaps.negated())
    }

    pub(super) fn has(&self, code_point: u32) -> bool {
        let in_ranges = || {
            let after = self.ranges.partition_point(|range| range.0 <= code_point);
            let range = after
                .checked_sub(1)
                .and_then(|index| self.ranges.get(index));
            range.is_some_and(|range| code_point <= range.1)
        };
        let has_property = || {
            let character = char::from_u32(code_point);
            character.is_some_and(|character| {
                self.properties
                    .iter()
                    .any(|property| property.holds(character))
            })
        };
        (in_ranges() || has_property()) != self.is_negated
    }

    fn plain(&self) -> Option<&Self> {
        (self.properties.is_empty() && !self.is_negated).then_some(self)
    }

    fn gaps(&self) -> Vec<(u32, u32)> {
        let mut gaps = Vec::new();
        let mut next = 0;
        for &(first, last) in &self.ranges {
            if first > next {
                gaps.push((next, first - 1));
            }
            next = last.saturating_add(1);
        }
        if next <= LAST {
            gaps.push((next, LAST));
        }
        gaps
    }
}

impl Property {
    /// The class of a `\p{…}`, if its property is supported:
    /// <https://tc39.es/ecma262/#table-binary-unicode-properties>.
    pub(super) fn parse(name: &str) -> Option<Class> {
        let category = name
            .strip_prefix("General_Category=")
            .or_else(|| name.strip_prefix("gc="));
        let (is_category, name) = (category.is_some(), category.unwrap_or(name));
        Some(match name {
            "L" | "Letter" => Class::of_property(Self::Letter),
            "Lu" | "Uppercase_Letter" => Class::of_property(Self::UppercaseLetter),
            "Ll" | "Lowercase_Letter" => Class::of_property(Self::LowercaseLetter),
            "M" | "Mark" | "Combining_Mark" => Class::of_property(Self::Mark),
            "N" | "Number" => Class::of_property(Self::Number),
            "Alphabetic" | "Alpha" if !is_category => Class::of_property(Self::Alphabetic),
            "Uppercase" | "Upper" if !is_category => Class::of_property(Self::Uppercase),
            "Lowercase" | "Lower" if !is_category => Class::of_property(Self::Lowercase),
            "ASCII" if !is_category => Class::of(&[(0, 0x7f)]),
            "Any" if !is_category => Class::of(&[(0, LAST)]),
            _ => return None,
        })
    }

    fn holds(self, character: char) -> bool {
        let is_letter = || {
            character.is_alphabetic() && !is_in(MARKS, character) && !is_in(LETTER_LIKE, character)
        };
        match self {
            Self::Letter => is_letter(),
            Self::UppercaseLetter => character.is_uppercase() && is_letter(),
            Self::LowercaseLetter => character.is_lowercase() && !is_in(LOWERCASE_LIKE, character),
            Self::Mark => is_mark(character),
            Self::Number => character.is_numeric(),
            Self::Alphabetic => character.is_alphabetic(),
            Self::Uppercase => character.is_uppercase(),
            Self::Lowercase => character.is_lowercase(),
        }
    }
}

/// Whether it is a combining mark: an accent or a vowel sign, which follows a letter.
pub(in crate::constraint) fn is_mark(character: char) -> bool {
    is_in(MARKS, character)
}

/// Whether a table of [`unicode`](super::unicode) has this character.
fn is_in(table: &[u32], character: char) -> bool {
    let code_point = u32::from(character);
    let (ranges, _) = table.as_chunks::<2>();
    let after = ranges.partition_point(|&[first, _]| first <= code_point);
    let range = after.checked_sub(1).and_then(|index| ranges.get(index));
    range.is_some_and(|&[first, more]| code_point - first <= more)
}

/// The last code point.
pub(super) const LAST: u32 = 0x10_ffff;
pub(super) const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];
pub(super) const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
/// White space and line terminators: <https://tc39.es/ecma262/#sec-white-space>.
pub(super) const SPACE: &[(u32, u32)] = &[
    (0x09, 0x0d),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];
pub(super) const LINE_TERMINATOR: &[(u32, u32)] = &[(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)];
