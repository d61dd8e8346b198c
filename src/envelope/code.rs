//! [`Code`]: a row of a dialect's table. Renderer, parser and the page of errors read the same rows.

use crate::problem::{OutcomeClass, ProblemType};

/// One code of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code on the wire; in `leadron`, which has none, the status. A final `$column` stands for a column's name.
    pub code: &'static str,
    /// The HTTP status, where the reference gives one for the code.
    pub status: Option<u16>,
    /// What the reference says it means.
    pub meaning: &'static str,
    /// What it means for a lead when a core says so.
    pub class: OutcomeClass,
    /// Our problems that are written with it.
    pub problem_types: &'static [ProblemType],
}

impl Code {
    /// Whether a code on the wire is this one.
    pub fn matches(&self, text: &str) -> bool {
        match self.code.strip_suffix("$column") {
            Some(prefix) => text.len() > prefix.len() && text.starts_with(prefix),
            None => self.code == text,
        }
    }
}

/// A row for a code that none of our problems is written with, or, with a list, that those are.
pub(super) const fn code(
    code: &'static str,
    status: Option<u16>,
    class: OutcomeClass,
    problem_types: &'static [ProblemType],
    meaning: &'static str,
) -> Code {
    Code {
        code,
        status,
        meaning,
        class,
        problem_types,
    }
}
