//! Parses a class, `[ ]`: <https://tc39.es/ecma262/#prod-ClassContents>.

use super::InvalidPattern;
use super::class::Class;
use super::cursor::{Cursor, MAX_DEPTH, Parsed, ignored, refused};
use super::parse_escape::{Escape, Place};

impl Cursor {
    /// Parses a class after its `[`.
    pub(super) fn class(&mut self) -> Parsed<Class> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(refused(format!(
                "classes are nested more than {MAX_DEPTH} deep"
            )));
        }
        let is_negated = self.eat("^");
        let mut class = Class::default();
        let mut operands = 0;
        while !self.eat("]") {
            let (operand, is_range) = self.class_member()?;
            class.unite(&operand).ok_or_else(too_involved)?;
            operands += 1;
            let operator = ["--", "&&"].into_iter().find(|operator| self.eat(operator));
            if let Some(operator) = operator {
                if operands > 1 || is_range {
                    return Err(ignored(format!(
                        "{operator} goes between two classes: [[a-z]{operator}[aeiou]]"
                    )));
                }
                class = self.set_operation(class, operator)?;
                break;
            }
        }
        self.depth -= 1;
        Ok(if is_negated { class.negated() } else { class })
    }

    /// Parses the operands after the first `--` or `&&`, and the `]`.
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
            if self.eat("]") {
                return Ok(class);
            }
            if !self.eat(operator) {
                return Err(ignored(format!(
                    "{operator} does not mix with anything else; put [ ] around each part"
                )));
            }
        }
    }

    /// Parses one member of a class; the flag is true for a range.
    fn class_member(&mut self) -> Parsed<(Class, bool)> {
        let first = self.class_operand()?;
        let is_range = self.peek() == Some('-') && !self.is_at("--");
        if !is_range {
            return Ok((first.class(), false));
        }
        self.next();
        let hint = "a - in [ ] goes between two characters; write \\- for a hyphen";
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
        let Some(first) = self.next() else {
            return Err(ignored("a [ is not closed; write \\[ for the character"));
        };
        let is_doubled = DOUBLED.contains(first) && self.peek() == Some(first);
        match first {
            '[' => self.class().map(Escape::Class),
            '\\' => self.escape(Place::Class),
            '-' => Err(ignored(
                "a - in [ ] goes between two characters; write \\- for a hyphen",
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
}

fn too_involved() -> InvalidPattern {
    refused(
        "a class that joins \\p{…} with another class is too involved; write it as alternatives: (?:\\p{L}|[…])",
    )
}

/// <https://tc39.es/ecma262/#prod-ClassSetReservedDoublePunctuator>
const DOUBLED: &str = "&!#$%*+,.:;<=>?@^`~";
