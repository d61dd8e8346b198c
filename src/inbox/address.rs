//! [`Address`]: an e-mail address that leads are searched for.

use crate::constraint::{email, sanitize};

/// An e-mail address in lower case. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    typed: String,
    stored: String,
}

/// The text is not one e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAddress;

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}

impl Address {
    /// Parses one address that an e-mail field would accept.
    ///
    /// # Errors
    /// [`InvalidAddress`] for anything else, also for a list of addresses.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let typed = text.trim().to_lowercase();
        let stored = sanitize::email(&typed).to_lowercase();
        let is_one = !stored.is_empty() && email::check(&stored).is_ok();
        is_one
            .then_some(Self { typed, stored })
            .ok_or(InvalidAddress)
    }

    /// As a text field stores it: the domain as typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// As an e-mail field stores it: the domain in ASCII (Punycode).
    pub fn stored(&self) -> &str {
        &self.stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_parsed_in_any_case_and_has_the_stored_form() {
        let address = Address::parse(" Ada@MÜNCHEN.example\n").unwrap();
        assert_eq!(address.typed(), "ada@münchen.example");
        assert_eq!(address.stored(), "ada@xn--mnchen-3ya.example");
        assert_eq!(format!("{address:?}"), "Address(…)");
        for text in ["", " ", "ada", "@example.com", "a@b, c@d", "a@b' OR 1=1"] {
            assert_eq!(Address::parse(text), Err(InvalidAddress), "{text}");
        }
    }
}
