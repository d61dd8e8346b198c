//! A pattern's text to a tree, by the grammar of JavaScript's `v` flag: <https://tc39.es/ecma262/#sec-patterns>.
//!
//! What the grammar does not have, a browser ignores without a word, and anything is valid then; here it is an error
//! with a suggestion. So is what cannot be run in linear time.

use super::InvalidPattern;
use super::class::{Class, LINE_TERMINATOR};
use super::parse_escape::Place;

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

pub(super) type Parsed<T> = Result<T, InvalidPattern>;

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

pub(super) struct Parser {
    /// What is still to be read, the next character last.
    pub(super) rest: Vec<char>,
    /// Of groups.
    names: Vec<String>,
    pub(super) depth: usize,
}

impl Parser {
    pub(super) fn peek(&self) -> Option<char> {
        self.rest.last().copied()
    }

    pub(super) fn take(&mut self, wanted: &str) -> bool {
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

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
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
            other => Ok(Node::Class(Class::of(&[(other.into(), other.into())]))),
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
}

/// Browsers would ignore the pattern.
pub(super) fn ignored(advice: impl Into<String>) -> InvalidPattern {
    InvalidPattern(format!("browsers would ignore it: {}", advice.into()))
}

/// Browsers would run the pattern, at whatever cost.
pub(super) fn refused(advice: impl Into<String>) -> InvalidPattern {
    InvalidPattern(advice.into())
}

/// Groups and classes inside one another.
pub(super) const MAX_DEPTH: usize = 30;
