//! [`DefinitionFault`]: one thing wrong with a definition, and where.

/// One thing wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionFault {
    /// Where, e.g. `fields[2].pattern`; empty for the definition as a whole.
    pub path: String,
    /// What, in words for the form's owner.
    pub reason: String,
}

impl DefinitionFault {
    /// A fault at a path.
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }

    /// Whether it is about what is at a path, or about a member of that.
    pub(super) fn is_within(&self, path: &str) -> bool {
        let rest = self.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}
