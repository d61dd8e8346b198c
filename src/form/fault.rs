//! [`DefinitionFault`]: one fault of a definition, with its path.

/// One fault of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionFault {
    /// The JSON path, such as `fields[2].pattern`; empty for the definition as a whole.
    pub path: String,
    /// The reason, for the form's owner.
    pub reason: String,
}

impl DefinitionFault {
    /// A fault at this path, for this reason.
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }

    /// Whether it is about the value at this path, or about a member of it.
    pub(super) fn is_within(&self, path: &str) -> bool {
        let rest = self.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}
