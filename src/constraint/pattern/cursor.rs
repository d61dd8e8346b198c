//! [`Cursor`]: the position in a pattern's text, and the two ways to refuse a pattern.

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

    /// The next character, which stays.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest.last().copied()
    }

    /// The next character, which is consumed.
    pub(super) fn next(&mut self) -> Option<char> {
        self.rest.pop()
    }

    /// The next character, consumed if it is wanted.
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

    /// Consumes as many characters as are wanted.
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
