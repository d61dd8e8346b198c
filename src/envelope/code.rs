//! [`Code`]: a row of a dialect's table of codes. The renderer, the parser and the page of errors use the same rows.

use crate::problem::{OutcomeClass, ProblemType};

/// A code in the reference of a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code on the wire; in `leadron`, which has no codes, the status. A final `$column` is a placeholder for the name of a
    /// column.
    pub code: &'static str,
    /// The HTTP status; `None` when the reference gives none for this code.
    pub status: Option<u16>,
    /// The meaning, in the words of the reference.
    pub meaning: &'static str,
    /// The outcome for a lead when a core responds with this code.
    pub class: OutcomeClass,
    /// The problem types that are rendered with this code.
    pub problem_types: &'static [ProblemType],
}

impl Code {
    /// Whether a code on the wire matches this row.
    pub fn matches(&self, text: &str) -> bool {
        match self.code.strip_suffix("$column") {
            Some(prefix) => text.len() > prefix.len() && text.starts_with(prefix),
            None => self.code == text,
        }
    }
}

/// Makes a row; `problem_types` is empty for a code that is only parsed.
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
