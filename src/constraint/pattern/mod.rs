//! Compiles and runs `pattern`: the whole value has to match.
//! <https://html.spec.whatwg.org/multipage/input.html#attr-input-pattern>.
//!
//! A pattern means what it means in a browser: the grammar of the `v` flag, anchored at both ends, `.` is one code
//! point, `\d` and `\w` are ASCII. `parse` reads that grammar, `program` runs it in time linear in the length of the
//! value, `sets` runs short programs faster. This adds 14 KB gzipped to the wasm; `regex-lite` would add 34 KB and has
//! another grammar.
//!
//! Refused when a form is published, with a suggestion:
//! - what a browser would silently ignore, so that any value is valid: `[a-z-]+`, `\-`, `(?i)a`, `(`;
//! - what has no bound in linear time: back-references, look-behind, look-ahead except at the beginning, counts that
//!   make programs of more than `MAX_STEPS` together;
//! - what would need Unicode's tables: `\p{…}` except a few; `\q{…}`.

mod class;
mod cursor;
mod parse;
mod parse_class;
mod parse_escape;
mod program;
mod sets;
mod unicode;

use crate::problem::ViolationCode;
pub(super) use class::is_mark;
use parse::Node;
use program::{MAX_STEPS, Program, too_many_steps};
use sets::Sets;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What the beginning of the value has to match, or with `false` must not match.
    look_aheads: Vec<(bool, Engine)>,
    whole: Engine,
}

/// A compiled part of a pattern.
#[derive(Clone, Debug)]
enum Engine {
    Sets(Sets),
    Program(Program),
}

impl Engine {
    /// Adds the steps of the node to `steps`, which counts those of the whole pattern: a value may need all of them.
    fn compile(node: &Node, steps: &mut usize) -> Result<Self, InvalidPattern> {
        let program = Program::compile(node)?;
        *steps += program.steps().len();
        if *steps > MAX_STEPS {
            return Err(too_many_steps());
        }
        Ok(Sets::of(&program).map_or(Self::Program(program), Self::Sets))
    }

    /// Whether the whole text matches, or with `is_prefix` a prefix of it.
    fn matches(&self, text: &str, is_prefix: bool) -> bool {
        match self {
            Self::Sets(sets) => sets.matches(text, is_prefix),
            Self::Program(program) => program.matches(text, is_prefix),
        }
    }
}

/// The pattern cannot be run: the reason, and a suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPattern(pub String);

impl Pattern {
    /// Compiles a pattern, anchored at both ends.
    ///
    /// # Errors
    /// [`InvalidPattern`] when it is too long or too large, a browser would ignore it, or it has no bound in linear
    /// time.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        if text.len() > MAX_PATTERN_BYTES {
            return Err(InvalidPattern(format!(
                "longer than {MAX_PATTERN_BYTES} bytes"
            )));
        }
        let mut node = parse::parse(text)?;
        let mut look_aheads = Vec::new();
        let mut steps = 0;
        if let Node::Sequence(nodes) = &mut node {
            let is_leading = |node: &&Node| matches!(node, Node::Start | Node::LookAhead(..));
            let leading = nodes.iter().take_while(is_leading).count();
            for node in nodes.drain(..leading) {
                if let Node::LookAhead(is_wanted, inside) = node {
                    look_aheads.push((is_wanted, Engine::compile(&inside, &mut steps)?));
                }
            }
        }
        Ok(Self {
            look_aheads,
            whole: Engine::compile(&node, &mut steps)?,
        })
    }

    fn matches(&self, value: &str) -> bool {
        let holds =
            |(is_wanted, engine): &(bool, Engine)| engine.matches(value, true) == *is_wanted;
        self.look_aheads.iter().all(holds) && self.whole.matches(value, false)
    }
}

/// Checks a sanitised value.
///
/// # Errors
/// [`ViolationCode::PatternMismatch`].
pub fn check(value: &str, pattern: &Pattern) -> Result<(), ViolationCode> {
    if value.is_empty() || pattern.matches(value) {
        Ok(())
    } else {
        Err(ViolationCode::PatternMismatch)
    }
}

/// The longest pattern: bytes.
pub const MAX_PATTERN_BYTES: usize = 500;

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
