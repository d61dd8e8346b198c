//! Reads the settings of access to the owner's API.

use super::{fault, is_visible};
use crate::access::{AccessSettings, JwtSettings, Role, Roles};
use crate::constraint::url;
use crate::problem::SettingFault;
use crate::tls;

/// Reads `OWNERS`, `EDITORS` and `VIEWERS`, and `JWT_ISSUER`, `JWT_AUDIENCE` and `JWT_JWKS_URL`; `None` when there are no lists.
///
/// # Errors
/// Every setting that is missing or malformed; never with its value.
pub(super) fn read(
    read: impl Fn(&'static str) -> Option<String>,
) -> Result<Option<AccessSettings>, Vec<SettingFault>> {
    let mut faults = Vec::new();
    let mut roles = Roles::default();
    for (name, role) in [
        (OWNERS, Role::Owner),
        ("EDITORS", Role::Editor),
        ("VIEWERS", Role::Viewer),
    ] {
        if read(name).is_some_and(|list| roles.add(role, &list).is_err()) {
            faults.push(fault(name, NO_LIST));
        }
    }
    let [issuer, audience, jwks_url] = JWT.map(&read);
    let jwt = match (issuer, audience, jwks_url) {
        (None, None, None) => None,
        (issuer, audience, jwks_url) => {
            let values = [&issuer, &audience, &jwks_url];
            for (name, value) in JWT.into_iter().zip(values) {
                match value {
                    None => faults.push(fault(name, "is not set, but another JWT setting is")),
                    Some(value) if !is_visible(value) => {
                        faults.push(fault(
                            name,
                            "must be visible ASCII characters, without spaces",
                        ));
                    }
                    _ => {}
                }
            }
            let is_keys = |url: &String| url::check(url).is_ok() && tls::is_private(url);
            if !jwks_url.as_ref().is_none_or(is_keys) {
                faults.push(fault(JWKS_URL, "must be an https:// address"));
            }
            let audiences = audience.unwrap_or_default();
            Some(JwtSettings {
                issuer: issuer.unwrap_or_default(),
                audiences: audiences
                    .split(',')
                    .filter(|audience| !audience.is_empty())
                    .map(str::to_owned)
                    .collect(),
                jwks_url: jwks_url.unwrap_or_default(),
            })
        }
    };
    match (faults.is_empty(), roles.is_empty()) {
        (false, _) => Err(faults),
        (true, true) => Ok(None),
        (true, false) => Ok(Some(AccessSettings { roles, jwt })),
    }
}

/// The fault when the API is called and no one has a role.
pub(crate) fn no_access() -> SettingFault {
    fault(OWNERS, NO_OWNERS)
}

const OWNERS: &str = "OWNERS";
const JWKS_URL: &str = "JWT_JWKS_URL";
const JWT: [&str; 3] = ["JWT_ISSUER", "JWT_AUDIENCE", JWKS_URL];
const NO_LIST: &str = "must be e-mail addresses or *@ and a domain, apart by commas";
const NO_OWNERS: &str = "is not set: the API is closed until OWNERS lists your e-mail address and Cloudflare Access or the JWT \
    settings say who calls (docs/console.md)";

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: (&str, &str) = ("JWT_JWKS_URL", "https://issuer.example/keys");
    const ALL: [(&str, &str); 4] = [
        ("OWNERS", "ann@example.com"),
        ("JWT_ISSUER", "https://issuer.example"),
        ("JWT_AUDIENCE", "a,b,"),
        KEYS,
    ];

    fn parse(settings: &[(&str, &str)]) -> Result<Option<AccessSettings>, Vec<SettingFault>> {
        read(|name| {
            let found = settings.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn faulty(settings: &[(&str, &str)]) -> Vec<&'static str> {
        let faults = parse(settings).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.variable).collect()
    }

    #[test]
    fn reads_roles_and_the_issuer() {
        assert_eq!(parse(&[]), Ok(None));
        let settings = parse(&ALL).unwrap().unwrap();
        assert_eq!(settings.roles.role_of("ann@example.com"), Some(Role::Owner));
        let jwt = settings.jwt.unwrap();
        assert_eq!(jwt.issuer, "https://issuer.example");
        assert_eq!(jwt.audiences, ["a", "b"]);
        assert_eq!(parse(&ALL[..1]).unwrap().unwrap().jwt, None);
        // Tokens without anyone who has a role open nothing.
        assert_eq!(parse(&ALL[1..]), Ok(None));
    }

    #[test]
    fn names_what_is_missing_or_malformed() {
        let with = |name: &'static str, value: &'static str| {
            let others = ALL.into_iter().filter(|(known, _)| *known != name);
            faulty(&others.chain([(name, value)]).collect::<Vec<_>>())
        };
        for (name, value) in [
            ("OWNERS", "ann"),
            ("OWNERS", ","),
            ("EDITORS", "*"),
            ("VIEWERS", "a@b@c"),
            ("JWT_ISSUER", "a b"),
            ("JWT_AUDIENCE", "ü"),
            ("JWT_JWKS_URL", "issuer.example/keys"),
            ("JWT_JWKS_URL", "http://issuer.example/keys"),
            ("JWT_JWKS_URL", "ftp://issuer.example/keys"),
        ] {
            assert_eq!(with(name, value), [name], "{value}");
        }
        assert!(with("JWT_JWKS_URL", "http://127.0.0.1:8080/keys").is_empty());
        for left_out in 1..4 {
            let mut settings = ALL.to_vec();
            let (name, _) = settings.remove(left_out);
            assert_eq!(faulty(&settings), [name]);
        }
        assert_eq!(faulty(&[KEYS]), ["JWT_ISSUER", "JWT_AUDIENCE"]);
    }
}
