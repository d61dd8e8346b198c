//! A pattern's text to a tree, by the grammar of JavaScript's `v` flag: <https://tc39.es/ecma262/#sec-patterns>.
//!
//! What the grammar does not have, a browser ignores without a word, and anything is valid then; here it is an error
//! with a suggestion. So is what cannot be run in linear time.

use super::InvalidPattern;
use super::class::{Class, DIGIT, LAST, LINE_TERMINATOR, Property, SPACE, WORD};

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Class(Class),
    Start,
    End,
    /// `\b`, or `\B` when false.
    WordBoundary(bool),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
    },
    /// `(?=…)`, or `(?!…)` when false.
    LookAhead(bool, Box<Node>),
}

type Parsed<T> = Result<T, InvalidPattern>;

pub(super) fn parse(text: &str) -> Parsed<Node> {
    let mut parser = Parser {
        rest: text.chars().collect(),
        names: Vec::new(),
        depth: 0,
    };
    parser.rest.reverse();
    let node = parser.alternatives()?;
    match parser.peek() {
        None => Ok(node),
        // Only this ends alternatives before the text ends.
        Some(_) => Err(ignored("a ) closes nothing; write \\) for the character")),
    }
}

struct Parser {
    /// What is still to be read, the next character last.
    rest: Vec<char>,
    /// Of groups.
    names: Vec<String>,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.rest.last().copied()
    }

    fn take(&mut self, wanted: &str) -> bool {
        let is_next = self
            .rest
            .iter()
            .rev()
            .take(wanted.chars().count())
            .copied()
            .eq(wanted.chars());
        if is_next {
            self.rest.truncate(self.rest.len() - wanted.chars().count());
        }
        is_next
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(next) = self.rest.pop_if(|next| wanted(*next)) {
            taken.push(next);
        }
        taken
    }

    fn alternatives(&mut self) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(refused(format!(
                "groups are nested more than {MAX_DEPTH} deep"
            )));
        }
        let mut alternatives = vec![self.sequence()?];
        while self.take("|") {
            alternatives.push(self.sequence()?);
        }
        self.depth -= 1;
        match <[Node; 1]>::try_from(alternatives) {
            Ok([only]) => Ok(only),
            Err(alternatives) => Ok(Node::Alternatives(alternatives)),
        }
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut nodes = Vec::new();
        while let Some(next) = self.peek().filter(|next| !"|)".contains(*next)) {
            self.rest.pop();
            let atom = self.atom(next)?;
            nodes.push(self.quantified(atom)?);
        }
        Ok(Node::Sequence(nodes))
    }

    fn atom(&mut self, first: char) -> Parsed<Node> {
        match first {
            '^' => Ok(Node::Start),
            '$' => Ok(Node::End),
            '.' => Ok(Node::Class(Class::of(LINE_TERMINATOR).negated())),
            '(' => self.group(),
            '[' => self.class().map(Node::Class),
            '\\' if self.take("b") => Ok(Node::WordBoundary(true)),
            '\\' if self.take("B") => Ok(Node::WordBoundary(false)),
            '\\' => self
                .escape(Place::Outside)
                .map(|escape| Node::Class(escape.class())),
            '*' | '+' | '?' => Err(ignored(format!(
                "there is nothing for {first} to repeat; write \\{first} for the character"
            ))),
            '{' | '}' | ']' => Err(ignored(format!(
                "write \\{first} for the character {first}"
            ))),
            other => Ok(Node::Class(single(other.into()))),
        }
    }

    fn quantified(&mut self, node: Node) -> Parsed<Node> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.counted(node),
            _ => return Ok(node),
        };
        self.rest.pop();
        self.repeat(node, min, max)
    }

    fn counted(&mut self, node: Node) -> Parsed<Node> {
        self.rest.pop();
        let is_digit = |character: char| character.is_ascii_digit();
        let min = self.take_while(is_digit);
        let max = if self.take(",") {
            Some(self.take_while(is_digit))
        } else {
            None
        };
        if min.is_empty() || !self.take("}") {
            return Err(ignored(
                "a { begins a count like {2}, {2,} or {2,5}; write \\{ for the character",
            ));
        }
        let number = |digits: &str| digits.parse().unwrap_or(u32::MAX);
        let min = number(&min);
        let max = match max.as_deref() {
            None => Some(min),
            Some("") => None,
            Some(digits) => Some(number(digits)),
        };
        if max.is_some_and(|max| max < min) {
            return Err(ignored("a count {2,5} has the smaller number first"));
        }
        self.repeat(node, min, max)
    }

    fn repeat(&mut self, node: Node, min: u32, max: Option<u32>) -> Parsed<Node> {
        if matches!(
            node,
            Node::Start | Node::End | Node::WordBoundary(_) | Node::LookAhead(..)
        ) {
            return Err(ignored("^, $, \\b and look-ahead cannot be repeated"));
        }
        // Lazy or not decides what is captured, not what matches.
        self.take("?");
        Ok(Node::Repeat {
            node: Box::new(node),
            min,
            max,
        })
    }

    fn group(&mut self) -> Parsed<Node> {
        let look_ahead = if self.take("?=") {
            Some(true)
        } else if self.take("?!") {
            Some(false)
        } else if self.take("?<=") || self.take("?<!") {
            return Err(refused("look-behind cannot be run in linear time"));
        } else {
            if self.take("?<") {
                self.name()?;
            } else if !self.take("?:") && self.peek() == Some('?') {
                return Err(ignored(
                    "(?…) is not a group that all browsers know; to ignore case, write both: [Aa]",
                ));
            }
            None
        };
        let inside = self.alternatives()?;
        if !self.take(")") {
            return Err(ignored("a ( is not closed; write \\( for the character"));
        }
        Ok(match look_ahead {
            Some(is_wanted) => Node::LookAhead(is_wanted, Box::new(inside)),
            None => inside,
        })
    }

    /// The name of a group, which nothing here refers to.
    fn name(&mut self) -> Parsed<()> {
        let name = self
            .take_while(|character| character.is_ascii_alphanumeric() || "_$".contains(character));
        let is_sound = !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && self.take(">");
        if !is_sound || self.names.contains(&name) {
            return Err(ignored(
                "a group (?<name>…) needs a name of its own, of letters and digits",
            ));
        }
        self.names.push(name);
        Ok(())
    }

    /// What follows a `[`.
    fn class(&mut self) -> Parsed<Class> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(refused(format!(
                "classes are nested more than {MAX_DEPTH} deep"
            )));
        }
        let is_negated = self.take("^");
        let mut class = Class::default();
        let mut operands = 0;
        while !self.take("]") {
            let (operand, is_range) = self.class_member()?;
            class.unite(&operand).ok_or_else(too_involved)?;
            operands += 1;
            let operator = ["--", "&&"]
                .into_iter()
                .find(|operator| self.take(operator));
            if let Some(operator) = operator {
                if operands > 1 || is_range {
                    return Err(ignored(format!(
                        "{operator} stands between two classes: [[a-z]{operator}[aeiou]]"
                    )));
                }
                class = self.set_operation(class, operator)?;
                break;
            }
        }
        self.depth -= 1;
        Ok(if is_negated { class.negated() } else { class })
    }

    /// The operands after the first `--` or `&&`, and the `]`.
    fn set_operation(&mut self, mut class: Class, operator: &str) -> Parsed<Class> {
        loop {
            if operator == "&&" && self.peek() == Some('&') {
                return Err(ignored("&&& means nothing"));
            }
            let operand = self.class_operand()?.class();
            let joined = if operator == "--" {
                class.minus(&operand)
            } else {
                class.intersection(&operand)
            };
            class = joined.ok_or_else(too_involved)?;
            if self.take("]") {
                return Ok(class);
            }
            if !self.take(operator) {
                return Err(ignored(format!(
                    "{operator} does not mix with anything else; put [ ] around each part"
                )));
            }
        }
    }

    /// One member of a class, and whether it is a range.
    fn class_member(&mut self) -> Parsed<(Class, bool)> {
        let first = self.class_operand()?;
        let is_range = self.peek() == Some('-') && !self.rest.ends_with(&['-', '-']);
        if !is_range {
            return Ok((first.class(), false));
        }
        self.rest.pop();
        let hint = "a - in [ ] stands between two characters; write \\- for a hyphen";
        let last = if self.peek() == Some(']') {
            None
        } else {
            Some(self.class_operand()?)
        };
        match (first, last) {
            (Escape::One(first), Some(Escape::One(last))) if first <= last => {
                Ok((Class::of(&[(first, last)]), true))
            }
            (Escape::One(_), Some(Escape::One(_))) => {
                Err(ignored("a range in [ ] has the lower character first"))
            }
            _ => Err(ignored(hint)),
        }
    }

    fn class_operand(&mut self) -> Parsed<Escape> {
        let Some(first) = self.rest.pop() else {
            return Err(ignored("a [ is not closed; write \\[ for the character"));
        };
        let is_doubled = DOUBLED.contains(first) && self.peek() == Some(first);
        match first {
            '[' => self.class().map(Escape::Class),
            '\\' => self.escape(Place::Class),
            '-' => Err(ignored(
                "a - in [ ] stands between two characters; write \\- for a hyphen",
            )),
            '(' | ')' | '{' | '}' | '/' | '|' => Err(ignored(format!(
                "write \\{first} for the character {first} in [ ]"
            ))),
            _ if is_doubled => Err(ignored(format!(
                "{first}{first} in [ ] means nothing; write \\{first} for the character"
            ))),
            other => Ok(Escape::One(other.into())),
        }
    }

    /// What follows a `\`.
    fn escape(&mut self, place: Place) -> Parsed<Escape> {
        let Some(next) = self.rest.pop() else {
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
            'c' => match self.rest.pop_if(|letter| letter.is_ascii_alphabetic()) {
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
        let name = if self.take("{") {
            self.take_while(|next| next != '}')
        } else {
            String::new()
        };
        if !self.take("}") {
            return Err(ignored("\\p needs a name in braces: \\p{L}"));
        }
        let class = Property::parse(&name).ok_or_else(|| {
            refused(
                "of \\p{…}, L, N, Alphabetic, Lowercase, Uppercase, ASCII and Any are known here",
            )
        })?;
        Ok(if is_negated { class.negated() } else { class })
    }

    /// What follows `\u`: four digits, which may be half of a pair, or any number in braces.
    fn unicode(&mut self) -> Parsed<u32> {
        if self.take("{") {
            let digits = self.take_while(|next| next.is_ascii_hexdigit());
            let code_point = u32::from_str_radix(digits.trim_start_matches('0'), 16);
            let code_point = if digits.ends_with('0') {
                code_point.or(Ok(0))
            } else {
                code_point
            };
            let is_closed = self.take("}");
            return match code_point {
                Ok(code_point) if code_point <= LAST && is_closed => Ok(code_point),
                _ => Err(ignored("\\u{…} takes a code point in hexadecimal")),
            };
        }
        let lead = self.hexadecimal(4)?;
        if (0xd800..0xdc00).contains(&lead) && self.take("\\u") {
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
        let digits: String = self.rest.iter().rev().take(count).collect();
        let is_sound =
            digits.len() == count && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u32::from_str_radix(&digits, 16).ok().filter(|_| is_sound);
        self.rest.truncate(self.rest.len().saturating_sub(count));
        number.ok_or_else(|| {
            ignored(format!(
                "\\x takes two hexadecimal digits, \\u four or braces: \\u{{{digits}}}"
            ))
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Class,
}

enum Escape {
    One(u32),
    Class(Class),
}

impl Escape {
    fn class(self) -> Class {
        match self {
            Self::One(code_point) => single(code_point),
            Self::Class(class) => class,
        }
    }
}

fn single(code_point: u32) -> Class {
    Class::of(&[(code_point, code_point)])
}

/// Browsers would ignore the pattern.
fn ignored(advice: impl Into<String>) -> InvalidPattern {
    InvalidPattern(format!("browsers would ignore it: {}", advice.into()))
}

/// Browsers would run the pattern, at whatever cost.
fn refused(advice: impl Into<String>) -> InvalidPattern {
    InvalidPattern(advice.into())
}

fn too_involved() -> InvalidPattern {
    refused(
        "a class that joins \\p{…} with another class is too involved; write it as alternatives: (?:\\p{L}|[…])",
    )
}

/// <https://tc39.es/ecma262/#prod-SyntaxCharacter>, and the slash.
const SYNTAX: &str = "^$\\.*+?()[]{}|/";
/// <https://tc39.es/ecma262/#prod-ClassSetReservedPunctuator>
const PUNCTUATION: &str = "&-!#%,:;<=>@`~";
/// <https://tc39.es/ecma262/#prod-ClassSetReservedDoublePunctuator>
const DOUBLED: &str = "&!#$%*+,.:;<=>?@^`~";
/// Groups and classes inside one another.
const MAX_DEPTH: usize = 30;
