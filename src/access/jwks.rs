//! [`Jwks`]: the keys of the issuer, RFC 7517, and when they are fetched again.

use serde_json::Value;

use super::algorithm::Algorithm;
use super::jwt::Jwt;
use crate::clock::UnixMillis;
use crate::hash::from_base64url;
use crate::json::{self, Object};

/// The keys of the issuer, as far as they are known to this isolate.
#[derive(Clone, Debug, Default)]
pub struct Jwks {
    keys: Vec<Jwk>,
    /// When the keys were fetched; `None` before the first time.
    fetched_at: Option<UnixMillis>,
    /// When the last fetch began.
    tried_at: Option<UnixMillis>,
    is_fetching: bool,
}

/// A public key that verifies signatures of one algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    /// The algorithm. A token that names another one is refused, whatever its key.
    pub algorithm: Algorithm,
    /// The public members as JSON.
    pub json: String,
    kid: Option<String>,
}

/// What is known of the key of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The key.
    Found(Jwk),
    /// The keys must be fetched first; [`Jwks::begin`] begins.
    Fetch,
    /// Another request is fetching them.
    Wait,
    /// The issuer has no such key.
    Unknown,
    /// The keys cannot be fetched at the moment.
    Unavailable,
}

impl Jwks {
    /// Looks the key of a token up.
    pub fn find(&self, token: &Jwt<'_>, now: UnixMillis) -> Lookup {
        let within = |at: Option<UnixMillis>, millis| at.is_some_and(|at| now.since(at) < millis);
        let is_usable = within(self.fetched_at, USABLE_FOR_MS);
        let found = self.key_of(token).filter(|_| is_usable);
        if let (Some(key), true) = (found, within(self.fetched_at, FRESH_FOR_MS)) {
            return Lookup::Found(key.clone());
        }
        let is_fetching = self.is_fetching && within(self.tried_at, FETCH_ENDS_AFTER_MS);
        match found {
            None if is_fetching => Lookup::Wait,
            _ if !is_fetching && !within(self.tried_at, FETCH_AGAIN_AFTER_MS) => Lookup::Fetch,
            Some(key) => Lookup::Found(key.clone()),
            None if is_usable => Lookup::Unknown,
            None => Lookup::Unavailable,
        }
    }

    /// Notes that a request fetches the keys.
    pub fn begin(&mut self, now: UnixMillis) {
        self.tried_at = Some(now);
        self.is_fetching = true;
    }

    /// Notes what was fetched: a JSON Web Key Set, or `None` when it could not be. Returns whether it is one; otherwise the
    /// former keys are kept.
    pub fn end(&mut self, fetched: Option<&[u8]>, now: UnixMillis) -> bool {
        self.is_fetching = false;
        let keys = fetched.and_then(parse);
        let is_set = keys.is_some();
        if let Some(keys) = keys {
            self.keys = keys;
            self.fetched_at = Some(now);
        }
        is_set
    }

    /// The key that the token names, or the only one of its algorithm when it names none.
    fn key_of(&self, token: &Jwt<'_>) -> Option<&Jwk> {
        let of_algorithm = |key: &&Jwk| key.algorithm == token.algorithm;
        let mut keys = self.keys.iter().filter(of_algorithm);
        if token.kid.is_some() {
            return keys.find(|key| key.kid == token.kid);
        }
        let key = keys.next();
        key.filter(|_| keys.next().is_none())
    }
}

/// The keys of a set that can be used; `None` when it is no set of keys.
fn parse(bytes: &[u8]) -> Option<Vec<Jwk>> {
    let set = json::parse_bytes(bytes)?;
    let keys = set.get("keys")?.as_array()?;
    Some(keys.iter().filter_map(Jwk::parse).collect())
}

impl Jwk {
    /// A key of one of the algorithms that may verify; `None` for any other.
    fn parse(key: &Value) -> Option<Self> {
        let text = |name| key.get(name).and_then(Value::as_str);
        let is_key = |algorithm: &Algorithm| {
            let (kind, curve) = algorithm.key_type();
            text("kty") == Some(kind) && (curve.is_none() || text("crv") == curve)
        };
        let algorithm = *Algorithm::ALL.iter().find(|algorithm| is_key(algorithm))?;
        let is_or_missing = |name, expected| key.get(name).is_none_or(|value| value == expected);
        let operations = key.get("key_ops").and_then(Value::as_array);
        let may_verify = operations.is_none_or(|all| all.iter().any(|one| one == "verify"));
        if !(is_or_missing("use", "sig") && is_or_missing("alg", algorithm.as_str()) && may_verify)
        {
            return None;
        }
        let (kind, curve) = algorithm.key_type();
        // Only public members: a private key that was published by mistake is not passed on.
        let names: &[&str] = match algorithm {
            Algorithm::Rs256 => &["n", "e"],
            Algorithm::Es256 => &["x", "y"],
            Algorithm::EdDsa => &["x"],
        };
        let mut json = String::new();
        let mut is_whole = true;
        Object::write(&mut json, |object| {
            object.text("kty", kind);
            if let Some(curve) = curve {
                object.text("crv", curve);
            }
            for name in names {
                object.text(name, text(name).unwrap_or_default());
                let bytes = text(name)
                    .and_then(from_base64url)
                    .map_or(0, |bytes| bytes.len());
                is_whole &= match *name {
                    "n" => MODULUS_BYTES.contains(&bytes),
                    "e" => bytes > 0,
                    _ => bytes == CURVE_BYTES,
                };
            }
        });
        let kid = text("kid").map(str::to_owned);
        is_whole.then_some(Self {
            algorithm,
            json,
            kid,
        })
    }
}

/// The moduli of RSA that are accepted: bytes. RFC 7518 section 3.3 requires 2,048 bits; more than 8,192 only cost time.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;
/// A coordinate of P-256, and a key of Ed25519: bytes.
const CURVE_BYTES: usize = 32;
/// How long the keys are used without fetching them again: milliseconds.
const FRESH_FOR_MS: u64 = 3_600_000;
/// How long they are used while they cannot be fetched: milliseconds.
const USABLE_FOR_MS: u64 = 7_200_000;
/// The least time between two fetches, also for keys that are unknown: milliseconds.
const FETCH_AGAIN_AFTER_MS: u64 = 60_000;
/// How long a fetch may take: milliseconds.
pub const JWKS_TIMEOUT_MS: u64 = 5_000;
/// After this time another request does not wait any more for a fetch, which may have ended with its request: milliseconds.
const FETCH_ENDS_AFTER_MS: u64 = JWKS_TIMEOUT_MS + 1_000;
/// The largest set of keys that is read: bytes.
pub const MAX_JWKS_BYTES: usize = 65_536;

#[cfg(test)]
#[path = "jwks_tests.rs"]
mod tests;
