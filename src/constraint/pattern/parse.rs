//! Parses a pattern to a tree, by the grammar of JavaScript's `v` flag: <https://tc39.es/ecma262/#sec-patterns>.
//!
//! A browser silently ignores a pattern outside that grammar, so that any value is valid. Here it is an error with a
//! suggestion, and so is a pattern that cannot be run in linear time.

use super::class::{Class, LINE_TERMINATOR};
use super::cursor::{Cursor, MAX_DEPTH, Parsed, ignored, refused};
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

pub(super) fn parse(text: &str) -> Parsed<Node> {
    let mut parser = Parser {
        cursor: Cursor::new(text),
        names: Vec::new(),
    };
    let node = parser.alternatives()?;
    match parser.cursor.peek() {
        None => Ok(node),
        // Only a `)` ends the alternatives before the end of the text.
        Some(_) => Err(ignored("a ) closes nothing; write \\) for the character")),
    }
}

/// Reads groups, repetitions and alternatives.
struct Parser {
    cursor: Cursor,
    /// The names of groups.
    names: Vec<String>,
}

impl Parser {
    fn alternatives(&mut self) -> Parsed<Node> {
        self.cursor.depth += 1;
        if self.cursor.depth > MAX_DEPTH {
            return Err(refused(format!(
                "groups are nested more than {MAX_DEPTH} deep"
            )));
        }
        let mut alternatives = vec![self.sequence()?];
        while self.cursor.eat("|") {
            alternatives.push(self.sequence()?);
        }
        self.cursor.depth -= 1;
        match <[Node; 1]>::try_from(alternatives) {
            Ok([only]) => Ok(only),
            Err(alternatives) => Ok(Node::Alternatives(alternatives)),
        }
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut nodes = Vec::new();
        while let Some(next) = self.cursor.peek().filter(|next| !"|)".contains(*next)) {
            self.cursor.next();
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
            '[' => self.cursor.class().map(Node::Class),
            '\\' if self.cursor.eat("b") => Ok(Node::WordBoundary(true)),
            '\\' if self.cursor.eat("B") => Ok(Node::WordBoundary(false)),
            '\\' => self
                .cursor
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
        let (min, max) = match self.cursor.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.counted(node),
            _ => return Ok(node),
        };
        self.cursor.next();
        self.repeat(node, min, max)
    }

    fn counted(&mut self, node: Node) -> Parsed<Node> {
        self.cursor.next();
        let is_digit = |character: char| character.is_ascii_digit();
        let min = self.cursor.eat_while(is_digit);
        let max = if self.cursor.eat(",") {
            Some(self.cursor.eat_while(is_digit))
        } else {
            None
        };
        if min.is_empty() || !self.cursor.eat("}") {
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
        // Laziness changes what is captured, not what matches.
        self.cursor.eat("?");
        Ok(Node::Repeat {
            node: Box::new(node),
            min,
            max,
        })
    }

    fn group(&mut self) -> Parsed<Node> {
        let look_ahead = if self.cursor.eat("?=") {
            Some(true)
        } else if self.cursor.eat("?!") {
            Some(false)
        } else if self.cursor.eat("?<=") || self.cursor.eat("?<!") {
            return Err(refused("look-behind cannot be run in linear time"));
        } else {
            if self.cursor.eat("?<") {
                self.name()?;
            } else if !self.cursor.eat("?:") && self.cursor.peek() == Some('?') {
                return Err(ignored(
                    "(?…) is not a group that all browsers know; to ignore case, write both: [Aa]",
                ));
            }
            None
        };
        let inside = self.alternatives()?;
        if !self.cursor.eat(")") {
            return Err(ignored("a ( is not closed; write \\( for the character"));
        }
        Ok(match look_ahead {
            Some(is_wanted) => Node::LookAhead(is_wanted, Box::new(inside)),
            None => inside,
        })
    }

    /// The name of a group, which is checked and not used.
    fn name(&mut self) -> Parsed<()> {
        let name = self
            .cursor
            .eat_while(|character| character.is_ascii_alphanumeric() || "_$".contains(character));
        let is_valid = !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && self.cursor.eat(">");
        if !is_valid || self.names.contains(&name) {
            return Err(ignored(
                "a group (?<name>…) needs a name of its own, of letters and digits",
            ));
        }
        self.names.push(name);
        Ok(())
    }
}
