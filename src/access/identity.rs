//! [`Identity`]: who calls the API.

use super::role::Role;

/// Who calls the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The e-mail address, or `token:` and the id of an API token.
    pub subject: String,
    /// What the caller may do.
    pub role: Role,
    /// What the caller is known by.
    pub via: Via,
}

/// What a caller is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Cloudflare Access.
    Access,
    /// A JSON Web Token.
    Jwt,
    /// An API token.
    Token,
}

impl Via {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Jwt => "jwt",
            Self::Token => "token",
        }
    }
}
