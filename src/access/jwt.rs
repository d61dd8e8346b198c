//! [`Jwt`]: a JSON Web Token, RFC 7519, before and after its signature is verified.
//!
//! Decides what RFC 8725 recommends: three signature algorithms and no other, no extension that is not known, every claim that is
//! checked has its type. The key of the header (`jwk`, `jku`, `x5c`, `x5u`) is never used.

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::settings::JwtSettings;
use crate::clock::UnixMillis;
use crate::hash::from_base64url;
use crate::json;

/// A JSON Web Token in the compact form. Nothing in it can be trusted before its signature is verified.
pub struct Jwt<'t> {
    /// The algorithm it claims to be signed with.
    pub algorithm: Algorithm,
    /// The id of the key, if it names one.
    pub kid: Option<String>,
    /// The text that is signed.
    pub signed: &'t str,
    /// The signature.
    pub signature: Vec<u8>,
    claims: Map<String, Value>,
}

impl<'t> Jwt<'t> {
    /// Parses a token.
    ///
    /// # Errors
    /// The reason: `too_long`, `malformed`, `algorithm` or `critical`.
    pub fn parse(text: &'t str) -> Result<Self, &'static str> {
        if text.len() > MAX_JWT_BYTES {
            return Err("too_long");
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(MALFORMED)?;
        let (header, claims) = signed.split_once('.').ok_or(MALFORMED)?;
        let header = object(header)?;
        let claims = object(claims)?;
        let signature = from_base64url(signature).ok_or(MALFORMED)?;
        // RFC 7515 section 4.1.11: an extension that is not understood must be refused, and none is.
        if header.contains_key("crit") {
            return Err("critical");
        }
        let algorithm = header.get("alg").and_then(Value::as_str);
        let kid = match header.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str().ok_or(MALFORMED)?.to_owned()),
        };
        Ok(Self {
            algorithm: algorithm.and_then(Algorithm::parse).ok_or("algorithm")?,
            kid,
            signed,
            signature,
            claims,
        })
    }

    /// Checks the claims of a token whose signature is verified; gives its e-mail address, empty for one without.
    ///
    /// # Errors
    /// The reason: `issuer`, `audience`, `expired`, `not_yet_valid`, or `malformed` for a claim of another type.
    pub fn check(&self, settings: &JwtSettings, now: UnixMillis) -> Result<&str, &'static str> {
        let claim = |name| self.claims.get(name);
        if claim("iss").and_then(Value::as_str) != Some(&settings.issuer) {
            return Err("issuer");
        }
        let is_ours = |audience: &Value| {
            let known = &mut settings.audiences.iter();
            known.any(|known| audience.as_str() == Some(known))
        };
        if !match claim("aud") {
            Some(Value::Array(audiences)) => audiences.iter().any(is_ours),
            audience => audience.is_some_and(is_ours),
        } {
            return Err("audience");
        }
        let now_s = seconds(now);
        let expires_s = claim("exp").and_then(Value::as_f64).ok_or(MALFORMED)?;
        if now_s >= expires_s + LEEWAY_S {
            return Err("expired");
        }
        if let Some(begins) = claim("nbf") {
            let begins_s = begins.as_f64().ok_or(MALFORMED)?;
            if now_s < begins_s - LEEWAY_S {
                return Err("not_yet_valid");
            }
        }
        // An issuer where anyone can register any address sends whether it is verified.
        let is_verified = match claim("email_verified") {
            None | Some(Value::Bool(true)) => true,
            Some(other) => other == "true",
        };
        let address = claim("email").and_then(Value::as_str);
        Ok(address.filter(|_| is_verified).unwrap_or_default())
    }
}

/// Exact: the seconds exceed 2^53 only after the year 285 million.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn seconds(at: UnixMillis) -> f64 {
    at.seconds() as f64
}

/// An object of the token: JSON in base64url, in which no object has a name twice, of which another reader may take the other.
fn object(text: &str) -> Result<Map<String, Value>, &'static str> {
    let bytes = from_base64url(text).ok_or(MALFORMED)?;
    match json::parse_bytes(&bytes) {
        Some(value) if members(&value) == colons(&bytes) => match value {
            Value::Object(object) => Ok(object),
            _ => Err(MALFORMED),
        },
        _ => Err(MALFORMED),
    }
}

/// The number of members of all objects in a value. `serde_json` has dropped those whose name occurs again.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.values().map(|value| 1 + members(value)).sum(),
        _ => 0,
    }
}

/// The number of colons outside texts in valid JSON: one for each member that was written.
fn colons(json: &[u8]) -> usize {
    let (mut count, mut is_text, mut is_escaped) = (0, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b':' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}

const MALFORMED: &str = "malformed";
/// The longest token: bytes. Those of Cloudflare Access have about one kilobyte.
pub const MAX_JWT_BYTES: usize = 8_192;
/// How far the clock of the issuer may be off: seconds.
const LEEWAY_S: f64 = 60.0;

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
