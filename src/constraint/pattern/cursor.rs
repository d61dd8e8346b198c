//! [`Cursor`]: reads a pattern's text character by character; and the two kinds of error.

use super::InvalidPattern;

pub(super) type Parsed<T> = Result<T, InvalidPattern>;

/// A position in a pattern's text.
pub(super) struct Cursor {
    /// The characters that follow, in reverse order.
    rest: Vec<char>,
    /// How many groups and classes are open.
    pub(super) depth: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self {
            rest: text.chars().rev().collect(),
            depth: 0,
        }
    }

    /// The next character; does not consume it.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest.last().copied()
    }

    /// Consumes the next character.
    pub(super) fn next(&mut self) -> Option<char> {
        self.rest.pop()
    }

    /// Consumes the next character if it is wanted.
    pub(super) fn next_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        self.rest.pop_if(|next| wanted(*next))
    }

    /// Whether this text follows.
    pub(super) fn is_at(&self, wanted: &str) -> bool {
        let next = self.rest.iter().rev().take(wanted.chars().count());
        next.copied().eq(wanted.chars())
    }

    /// Consumes this text if it follows.
    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        let is_next = self.is_at(wanted);
        if is_next {
            self.skip(wanted.chars().count());
        }
        is_next
    }

    /// Consumes characters as long as they are wanted.
    pub(super) fn eat_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut eaten = String::new();
        while let Some(next) = self.next_if(&wanted) {
            eaten.push(next);
        }
        eaten
    }

    /// Consumes this many characters, or all that are left.
    pub(super) fn eat_count(&mut self, count: usize) -> String {
        let eaten = self.rest.iter().rev().take(count).collect();
        self.skip(count);
        eaten
    }

    fn skip(&mut self, count: usize) {
        self.rest.truncate(self.rest.len().saturating_sub(count));
    }
}

/// An error: browsers would ignore the pattern, so that any value were valid.
pub(super) fn ignored(advice: impl Into<String>) -> InvalidPattern {
    InvalidPattern(format!("browsers would ignore it: {}", advice.into()))
}

/// An error: browsers would run the pattern, but it has no bound in linear time or is not supported.
pub(super) fn refused(advice: impl Into<String>) -> InvalidPattern {
    InvalidPattern(advice.into())
}

/// How deep groups and classes may be nested.
pub(super) const MAX_DEPTH: usize = 30;
