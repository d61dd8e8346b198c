//! Parses an escape, which begins with a backslash: <https://tc39.es/ecma262/#prod-AtomEscape>.

use super::class::{Class, DIGIT, LAST, Property, SPACE, WORD};
use super::cursor::{Cursor, Parsed, ignored, refused};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Class,
}

pub(super) enum Escape {
    One(u32),
    Class(Class),
}

impl Escape {
    pub(super) fn class(self) -> Class {
        match self {
            Self::One(code_point) => single(code_point),
            Self::Class(class) => class,
        }
    }
}

impl Cursor {
    /// Parses an escape after its `\`.
    pub(super) fn escape(&mut self, place: Place) -> Parsed<Escape> {
        let Some(next) = self.next() else {
            return Err(ignored("it ends in a \\; write \\\\ for the character"));
        };
        let class = |ranges| Ok(Escape::Class(Class::of(ranges)));
        let others = |ranges| Ok(Escape::Class(Class::of(ranges).negated()));
        let one = |character: char| Ok(Escape::One(character.into()));
        match next {
            'd' => class(DIGIT),
            'D' => others(DIGIT),
            'w' => class(WORD),
            'W' => others(WORD),
            's' => class(SPACE),
            'S' => others(SPACE),
            'p' | 'P' => self.property(next == 'P').map(Escape::Class),
            'f' => one('\x0c'),
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'v' => one('\x0b'),
            'b' if place == Place::Class => one('\x08'),
            'q' if place == Place::Class => Err(refused(
                "\\q{…} is not known here; write (?:ab|c) outside of [ ]",
            )),
            'c' => match self.next_if(|letter| letter.is_ascii_alphabetic()) {
                Some(letter) => Ok(Escape::One(u32::from(letter) % 32)),
                None => Err(ignored("\\c needs a letter")),
            },
            'x' => self.hexadecimal(2).map(Escape::One),
            'u' => self.unicode().map(Escape::One),
            '0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => one('\0'),
            '0'..='9' | 'k' => Err(refused("back-references cannot be run in linear time")),
            _ if SYNTAX.contains(next) || (place == Place::Class && PUNCTUATION.contains(next)) => {
                one(next)
            }
            _ => Err(ignored(format!("there is no \\{next}; write {next} alone"))),
        }
    }

    fn property(&mut self, is_negated: bool) -> Parsed<Class> {
        let name = if self.eat("{") {
            self.eat_while(|next| next != '}')
        } else {
            String::new()
        };
        if !self.eat("}") {
            return Err(ignored("\\p needs a name in braces: \\p{L}"));
        }
        let class = Property::parse(&name).ok_or_else(|| {
            refused(
                "of \\p{…}, only L, Lu, Ll, M, N, Alphabetic, Uppercase, Lowercase, ASCII and Any are known here",
            )
        })?;
        Ok(if is_negated { class.negated() } else { class })
    }

    /// Parses four digits after `\u`, which may be half of a surrogate pair, or a code point in braces.
    fn unicode(&mut self) -> Parsed<u32> {
        if self.eat("{") {
            let digits = self.eat_while(|next| next.is_ascii_hexdigit());
            let code_point = u32::from_str_radix(digits.trim_start_matches('0'), 16);
            let code_point = if digits.ends_with('0') {
                code_point.or(Ok(0))
            } else {
                code_point
            };
            let is_closed = self.eat("}");
            return match code_point {
                Ok(code_point) if code_point <= LAST && is_closed => Ok(code_point),
                _ => Err(ignored("\\u{…} takes a code point in hexadecimal")),
            };
        }
        let lead = self.hexadecimal(4)?;
        if (0xd800..0xdc00).contains(&lead) && self.eat("\\u") {
            let trail = self
                .hexadecimal(4)
                .ok()
                .filter(|trail| (0xdc00..0xe000).contains(trail));
            let Some(trail) = trail else {
                return Err(refused(
                    "half of a surrogate pair matches nothing; write \\u{1f600} for the whole character",
                ));
            };
            return Ok(0x1_0000 + ((lead - 0xd800) << 10) + (trail - 0xdc00));
        }
        Ok(lead)
    }

    fn hexadecimal(&mut self, count: usize) -> Parsed<u32> {
        let digits = self.eat_count(count);
        let is_valid =
            digits.len() == count && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u32::from_str_radix(&digits, 16).ok().filter(|_| is_valid);
        number.ok_or_else(|| {
            ignored(format!(
                "\\x takes two hexadecimal digits, \\u four or braces: \\u{{{digits}}}"
            ))
        })
    }
}

fn single(code_point: u32) -> Class {
    Class::of(&[(code_point, code_point)])
}

/// <https://tc39.es/ecma262/#prod-SyntaxCharacter>, and the slash.
const SYNTAX: &str = "^$\\.*+?()[]{}|/";
/// <https://tc39.es/ecma262/#prod-ClassSetReservedPunctuator>
const PUNCTUATION: &str = "&-!#%,:;<=>@`~";
