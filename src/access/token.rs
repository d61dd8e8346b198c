//! [`ApiToken`]: `fg_<id>_<secret>`, stored only as its hash.

use crate::hash::{hex, sha256};

/// An API token, as it is sent. Prints nothing of its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken {
    text: String,
}

impl ApiToken {
    /// A new token of random bytes.
    pub fn new(id: [u8; 16], secret: [u8; 16]) -> Self {
        let [id, secret] = [hex(&id), hex(&secret)];
        let id = id.get(..ID_DIGITS).unwrap_or_default();
        let text = format!("{PREFIX}{id}_{secret}");
        Self { text }
    }

    /// Whether a bearer token is to be read as an API token.
    pub fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Parses a token; `None` for a text that [`Self::new`] does not make.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let is_hex = |digits: &str| {
            digits
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_one =
            id.len() == ID_DIGITS && secret.len() == SECRET_DIGITS && is_hex(id) && is_hex(secret);
        let text = text.to_owned();
        is_one.then_some(Self { text })
    }

    /// The id, which is no secret.
    pub fn id(&self) -> &str {
        let id = self.text.get(PREFIX.len()..).unwrap_or_default();
        id.split('_').next().unwrap_or_default()
    }

    /// The SHA-256 of the token. A secret of 128 random bits needs no slow hash.
    pub fn hash(&self) -> String {
        hex(&sha256(self.text.as_bytes()))
    }

    /// The whole token, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiToken({}…)", self.id())
    }
}

/// Tells a token from a JSON Web Token, and to a scanner of leaked secrets what it is.
const PREFIX: &str = "fg_";
/// 64 random bits, so that no two tokens have the same id.
const ID_DIGITS: usize = 16;
/// 128 random bits.
const SECRET_DIGITS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> ApiToken {
        ApiToken::new([0xab; 16], [0x12; 16])
    }

    #[test]
    fn parses_what_it_makes() {
        let token = token();
        assert_eq!(
            token.reveal(),
            "fg_abababababababab_12121212121212121212121212121212"
        );
        assert_eq!(token.id(), "abababababababab");
        assert_eq!(ApiToken::parse(token.reveal()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "ApiToken(abababababababab…)");
    }

    #[test]
    fn the_hash_is_of_the_whole_token() {
        let hash = token().hash();
        assert_eq!(hash, hex(&sha256(token().reveal().as_bytes())));
        let others = [
            ApiToken::new([0xab; 16], [0x13; 16]),
            ApiToken::new([0xac; 16], [0x12; 16]),
        ];
        assert!(others.iter().all(|other| other.hash() != hash));
    }

    #[test]
    fn refuses_any_other_text() {
        let token = token();
        let text = token.reveal();
        for other in [
            "",
            "fg_",
            "fg__",
            "fg_abababababababab",
            "fg_abababababababab_",
            text.strip_suffix('2').unwrap(),
            &format!("{text}1"),
            &format!("{text} "),
            &format!(" {text}"),
            &text.to_uppercase(),
            &text.replace('1', "g"),
            &text.replacen('a', "é", 1),
            &text.replace("_1", "-1"),
            &format!("{text}_1"),
            "fg_abababababababab_1212121212121212121212121212121%",
        ] {
            assert_eq!(ApiToken::parse(other), None, "{other}");
        }
    }
}
