//! [`AccessSettings`]: who has which role, and whose JSON Web Tokens are accepted.

use super::role::Role;
use crate::constraint::email;

/// Who may call the API. Without these settings it is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessSettings {
    /// The roles by e-mail address.
    pub roles: Roles,
    /// Whose JSON Web Tokens are accepted; `None` accepts none.
    pub jwt: Option<JwtSettings>,
}

/// Whose JSON Web Tokens are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtSettings {
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `aud` must contain one of these.
    pub audiences: Vec<String>,
    /// The address of the issuer's keys, a JSON Web Key Set.
    pub jwks_url: String,
}

/// The roles by e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Vec<(Role, String)>);

/// A list has an entry that is neither an e-mail address nor `*@` and a domain, or no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidList;

impl Roles {
    /// Adds a list of e-mail addresses and of `*@` with a domain, separated by commas. `*@example.com` is every address of exactly
    /// this domain.
    ///
    /// # Errors
    /// [`InvalidList`]; entries before the invalid one are added.
    pub fn add(&mut self, role: Role, list: &str) -> Result<(), InvalidList> {
        let before = self.0.len();
        let entries = list.split(',').map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let local = entry.split('@').next().unwrap_or_default();
            if email::check(entry).is_err() || local != "*" && local.contains('*') {
                return Err(InvalidList);
            }
            self.0.push((role, entry.to_ascii_lowercase()));
        }
        (self.0.len() > before).then_some(()).ok_or(InvalidList)
    }

    /// Whether no one has a role.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The highest role of an e-mail address; case is ignored.
    pub fn role_of(&self, address: &str) -> Option<Role> {
        // Of an address with two `@`, which is none, no part may count as its domain.
        email::check(address).ok()?;
        let address = address.to_ascii_lowercase();
        let domain = address.split('@').nth(1)?;
        let is_of = |entry: &str| match entry.strip_prefix("*@") {
            Some(of_domain) => of_domain == domain,
            None => entry == address,
        };
        let roles = self.0.iter().filter(|(_, entry)| is_of(entry));
        roles.map(|(role, _)| *role).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_highest_role_that_a_list_gives_it() {
        let mut roles = Roles::default();
        assert!(roles.is_empty());
        roles
            .add(Role::Owner, "ann@example.com, BOB@Example.com,")
            .unwrap();
        roles.add(Role::Editor, "*@team.example.com").unwrap();
        roles
            .add(Role::Viewer, "*@example.com,cy@localhost")
            .unwrap();
        for (address, role) in [
            ("ann@example.com", Some(Role::Owner)),
            ("Ann@EXAMPLE.com", Some(Role::Owner)),
            ("bob@example.com", Some(Role::Owner)),
            ("dan@team.example.com", Some(Role::Editor)),
            ("dan@example.com", Some(Role::Viewer)),
            ("cy@localhost", Some(Role::Viewer)),
            // Not of the domain: another one, one below it, one that ends like it.
            ("dan@example.org", None),
            ("dan@x.team.example.com", None),
            ("dan@notexample.com", None),
            ("dan@example.com.evil.test", None),
            // No address.
            ("", None),
            ("example.com", None),
            ("@example.com", None),
            ("dan@evil.test@example.com", None),
            ("dan@evil.test,x@example.com", None),
            ("dan@example.com ", None),
            ("dan@example.com\n", None),
            ("dan <dan@example.com>", None),
            // U+212A, the Kelvin sign, is a k in lower case.
            ("bo\u{212a}@example.com", None),
        ] {
            assert_eq!(roles.role_of(address), role, "{address:?}");
        }
    }

    #[test]
    fn a_list_with_anything_else_is_refused() {
        for list in [
            "",
            ",",
            " , ",
            "*",
            "*@",
            "*@*",
            "*@*.example.com",
            "a*@example.com",
            "example.com",
            "@example.com",
            "a@b@example.com",
            "a@example.com b@example.com",
            "a@example.com;b@example.com",
            "ann@example.com,*",
        ] {
            assert_eq!(
                Roles::default().add(Role::Owner, list),
                Err(InvalidList),
                "{list:?}"
            );
        }
    }
}
