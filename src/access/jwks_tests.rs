//! Which keys of a set are used, and when the set is fetched again.

use serde_json::json;

use super::*;
use crate::hash::base64url;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const START: u64 = 1_795_293_000_000;

fn at(millis: u64) -> UnixMillis {
    UnixMillis(START + millis)
}

fn rsa(kid: &str) -> Value {
    json!({ "kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": base64url(&[0xc1; 256]), "e": "AQAB" })
}

fn ec(kid: &str) -> Value {
    let coordinate = base64url(&[7; 32]);
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": coordinate, "y": coordinate })
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn fetched(keys: &[Value], millis: u64) -> Jwks {
    let mut jwks = Jwks::default();
    jwks.begin(at(millis));
    assert!(jwks.end(Some(set(keys).as_bytes()), at(millis)));
    jwks
}

/// What is known of the key of a token with this header.
fn find(jwks: &Jwks, header: &Value, millis: u64) -> Lookup {
    let text = format!("{}.e30.AA", base64url(header.to_string().as_bytes()));
    jwks.find(&Jwt::parse(&text).unwrap(), at(millis))
}

fn of(kid: &str) -> Value {
    json!({ "alg": "RS256", "kid": kid })
}

fn is_found(lookup: &Lookup) -> bool {
    matches!(lookup, Lookup::Found(_))
}

#[test]
fn a_key_is_only_used_with_its_algorithm() {
    let jwks = fetched(&[rsa("a"), ec("b")], 0);
    assert!(is_found(&find(&jwks, &of("a"), 1)));
    for header in [
        json!({ "alg": "ES256", "kid": "a" }),
        json!({ "alg": "RS256", "kid": "b" }),
        json!({ "alg": "EdDSA", "kid": "a" }),
        json!({ "alg": "EdDSA" }),
        json!({ "alg": "RS256", "kid": "A" }),
        json!({ "alg": "RS256", "kid": "" }),
    ] {
        assert_eq!(find(&jwks, &header, 1), Lookup::Unknown, "{header}");
    }
}

#[test]
fn a_token_without_kid_needs_the_only_key_of_its_algorithm() {
    let header = json!({ "alg": "RS256" });
    assert!(is_found(&find(
        &fetched(&[rsa("a"), ec("b")], 0),
        &header,
        1
    )));
    assert_eq!(
        find(&fetched(&[rsa("a"), rsa("b")], 0), &header, 1),
        Lookup::Unknown
    );
}

#[test]
fn only_public_keys_for_signatures_are_used_and_only_their_public_members() {
    let with = |mut key: Value, name: &str, value: Value| {
        key[name] = value;
        key
    };
    let n = |bytes: usize| json!(base64url(&vec![0xc1; bytes]));
    for (key, is_used) in [
        (rsa("a"), true),
        (ec("a"), true),
        (
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": base64url(&[7; 32]) }),
            true,
        ),
        (with(rsa("a"), "key_ops", json!(["verify"])), true),
        (with(rsa("a"), "d", json!("AQAB")), true),
        (with(rsa("a"), "n", n(1_024)), true),
        (with(rsa("a"), "n", n(1_025)), false),
        (with(rsa("a"), "n", n(255)), false),
        (with(rsa("a"), "n", json!("!")), false),
        (with(rsa("a"), "n", Value::Null), false),
        (with(rsa("a"), "e", json!("")), false),
        (with(rsa("a"), "use", json!("enc")), false),
        (with(rsa("a"), "alg", json!("RSA-OAEP")), false),
        (with(rsa("a"), "alg", json!("HS256")), false),
        (with(rsa("a"), "key_ops", json!(["sign"])), false),
        (with(ec("a"), "crv", json!("P-384")), false),
        (with(ec("a"), "x", json!(base64url(&[7; 31]))), false),
        (
            json!({ "kty": "oct", "kid": "a", "k": base64url(&[7; 32]) }),
            false,
        ),
        (
            json!({ "kty": "OKP", "crv": "X25519", "kid": "a", "x": base64url(&[7; 32]) }),
            false,
        ),
        (json!({ "kty": 1 }), false),
        (json!("a"), false),
    ] {
        let keys = parse(set(std::slice::from_ref(&key)).as_bytes()).unwrap();
        assert_eq!(keys.len(), usize::from(is_used), "{key}");
        assert!(keys.iter().all(|key| !key.json.contains("\"d\"")), "{key}");
    }
    let [key] = &parse(set(&[rsa("a")]).as_bytes()).unwrap()[..] else {
        panic!("one key")
    };
    let public = json!({ "kty": "RSA", "n": base64url(&[0xc1; 256]), "e": "AQAB" });
    assert_eq!(key.json, public.to_string());
}

#[test]
fn what_is_no_set_of_keys_does_not_replace_one() {
    let mut jwks = fetched(&[rsa("a")], 0);
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        "null",
        r#"{"keys":[]"#,
    ] {
        jwks.begin(at(HOUR));
        assert!(!jwks.end(Some(body.as_bytes()), at(HOUR)), "{body}");
        assert!(is_found(&find(&jwks, &of("a"), HOUR + 1)), "{body}");
    }
    // An issuer without keys accepts no token.
    jwks.begin(at(HOUR));
    assert!(jwks.end(Some(br#"{"keys":[]}"#), at(HOUR)));
    assert_eq!(find(&jwks, &of("a"), HOUR + 1), Lookup::Unknown);
}

#[test]
fn keys_are_fetched_at_first_and_after_an_hour() {
    assert_eq!(find(&Jwks::default(), &of("a"), 0), Lookup::Fetch);
    let jwks = fetched(&[rsa("a")], 0);
    assert!(is_found(&find(&jwks, &of("a"), HOUR - 1)));
    assert_eq!(find(&jwks, &of("a"), HOUR), Lookup::Fetch);
}

#[test]
fn an_unknown_key_is_fetched_at_most_once_a_minute() {
    let mut jwks = fetched(&[rsa("a")], 0);
    assert_eq!(find(&jwks, &of("b"), 1), Lookup::Unknown);
    assert_eq!(find(&jwks, &of("b"), MINUTE - 1), Lookup::Unknown);
    assert_eq!(find(&jwks, &of("b"), MINUTE), Lookup::Fetch);
    jwks.begin(at(MINUTE));
    // Meanwhile known keys are used, and unknown ones wait.
    assert!(is_found(&find(&jwks, &of("a"), MINUTE)));
    assert_eq!(find(&jwks, &of("b"), MINUTE), Lookup::Wait);
    jwks.end(Some(set(&[rsa("a"), rsa("b")]).as_bytes()), at(MINUTE + 10));
    assert!(is_found(&find(&jwks, &of("b"), MINUTE + 10)), "rotated");
    assert_eq!(find(&jwks, &of("c"), MINUTE + 10), Lookup::Unknown);
}

#[test]
fn while_the_keys_cannot_be_fetched_they_are_used_for_an_hour_more() {
    let mut jwks = fetched(&[rsa("a")], 0);
    for minute in 60..120 {
        let now = minute * MINUTE;
        assert_eq!(find(&jwks, &of("a"), now), Lookup::Fetch, "{minute}");
        jwks.begin(at(now));
        assert!(!jwks.end(None, at(now + 5_000)));
        assert!(is_found(&find(&jwks, &of("a"), now + 5_000)), "{minute}");
    }
    jwks.begin(at(2 * HOUR - 1));
    jwks.end(None, at(2 * HOUR - 1));
    assert!(is_found(&find(&jwks, &of("a"), 2 * HOUR - 1)));
    assert_eq!(find(&jwks, &of("a"), 2 * HOUR), Lookup::Unavailable);
    assert_eq!(find(&jwks, &of("a"), 2 * HOUR + MINUTE), Lookup::Fetch);
}

#[test]
fn a_fetch_that_never_ends_is_waited_for_six_seconds() {
    let mut jwks = Jwks::default();
    jwks.begin(at(0));
    assert_eq!(find(&jwks, &of("a"), 5_999), Lookup::Wait);
    assert_eq!(find(&jwks, &of("a"), 6_000), Lookup::Unavailable);
    assert_eq!(find(&jwks, &of("a"), MINUTE), Lookup::Fetch);
}
