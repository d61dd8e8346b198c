//! [`Role`]: what a caller may do.

/// What a caller may do; each role may do all that the roles before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads leads and forms.
    Viewer,
    /// Also changes leads, and publishes forms.
    Editor,
    /// Also erases a person, reads the audit, and creates API tokens.
    Owner,
}

impl Role {
    /// Every role, from the least to the most.
    pub const ALL: &[Self] = &[Self::Viewer, Self::Editor, Self::Owner];

    /// The role on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    /// Parses the role on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text)
    }
}
