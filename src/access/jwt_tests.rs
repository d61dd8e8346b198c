//! The examples of RFC 7515, and tokens that are malformed, forged or out of date.

use serde_json::json;

use super::*;
use crate::hash::base64url;

const NOW_S: u64 = 1_795_293_000;

fn now() -> UnixMillis {
    UnixMillis(NOW_S * 1_000)
}

fn settings() -> JwtSettings {
    JwtSettings {
        issuer: "https://issuer.example".to_owned(),
        audiences: vec!["formgate".to_owned(), "other".to_owned()],
        jwks_url: "https://issuer.example/keys".to_owned(),
    }
}

fn token(header: &str, claims: &str) -> String {
    let [header, claims] = [header, claims].map(|part| base64url(part.as_bytes()));
    format!("{header}.{claims}.c2lnbmF0dXJl")
}

fn refusal(header: &str, claims: &str) -> Option<&'static str> {
    Jwt::parse(&token(header, claims)).err()
}

fn checked(claims: &Value) -> Result<String, &'static str> {
    let text = token(r#"{"alg":"RS256"}"#, &claims.to_string());
    let token = Jwt::parse(&text).unwrap();
    token.check(&settings(), now()).map(str::to_owned)
}

fn claims() -> Value {
    json!({ "iss": "https://issuer.example", "aud": "formgate", "exp": NOW_S + 600, "email": "ann@example.com" })
}

/// RFC 7515 appendices A.2, A.3 and A.4; RFC 8037 appendix A.4, whose payload is no object.
#[test]
fn the_examples_of_the_standards() {
    let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let es256 =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let text = format!("eyJhbGciOiJFUzI1NiJ9.{claims}.{es256}");
    let token = Jwt::parse(&text).unwrap();
    assert_eq!(
        (token.algorithm, token.kid.as_deref()),
        (Algorithm::Es256, None)
    );
    assert_eq!(token.signature.len(), 64);
    assert_eq!(token.claims["iss"], "joe");
    assert_eq!(token.signed, format!("eyJhbGciOiJFUzI1NiJ9.{claims}"));
    let rs256 = Jwt::parse("eyJhbGciOiJSUzI1NiJ9.e30.AA").unwrap();
    assert_eq!(rs256.algorithm, Algorithm::Rs256);
    let es512 = format!("eyJhbGciOiJFUzUxMiJ9.{claims}.AA");
    assert_eq!(Jwt::parse(&es512).err(), Some("algorithm"));
    let ed25519 = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.AA";
    assert_eq!(Jwt::parse(ed25519).err(), Some("malformed"));
}

#[test]
fn refuses_what_is_no_token_of_ours_before_its_signature() {
    let none = json!({ "alg": "none" }).to_string();
    for (header, claims, reason) in [
        (&*none, "{}", "algorithm"),
        (r#"{"alg":"None"}"#, "{}", "algorithm"),
        (r#"{"alg":"NONE"}"#, "{}", "algorithm"),
        (r#"{"alg":""}"#, "{}", "algorithm"),
        (r#"{"alg":null}"#, "{}", "algorithm"),
        (r#"{"alg":["RS256"]}"#, "{}", "algorithm"),
        (r"{}", "{}", "algorithm"),
        (r#"{"alg":"HS256"}"#, "{}", "algorithm"),
        (r#"{"alg":"HS512"}"#, "{}", "algorithm"),
        (r#"{"alg":"RS512"}"#, "{}", "algorithm"),
        (r#"{"alg":"PS256"}"#, "{}", "algorithm"),
        (r#"{"alg":"ES384"}"#, "{}", "algorithm"),
        (r#"{"alg":"rs256"}"#, "{}", "algorithm"),
        (r#"{"alg":"RS256 "}"#, "{}", "algorithm"),
        (
            r#"{"alg":"RS256","crit":["exp"],"exp":1}"#,
            "{}",
            "critical",
        ),
        (r#"{"alg":"RS256","crit":[]}"#, "{}", "critical"),
        (
            r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#,
            "{}",
            "critical",
        ),
        (r#"{"alg":"RS256","kid":1}"#, "{}", "malformed"),
        // Names that occur twice, also written differently or deep inside.
        (r#"{"alg":"none","alg":"RS256"}"#, "{}", "malformed"),
        (r#"{"alg":"RS256","\u0061lg":"RS256"}"#, "{}", "malformed"),
        (
            r#"{"alg":"RS256"}"#,
            r#"{"email":"a","email":"b"}"#,
            "malformed",
        ),
        (
            r#"{"alg":"RS256"}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            "malformed",
        ),
        // No objects, no JSON, something after it.
        (r#"{"alg":"RS256"}"#, "[]", "malformed"),
        (r#"{"alg":"RS256"}"#, "null", "malformed"),
        (r#"{"alg":"RS256"}"#, "", "malformed"),
        (r#"{"alg":"RS256"}"#, "{}{}", "malformed"),
        (r#"{"alg":"RS256"}"#, "{'a':1}", "malformed"),
        (r#""RS256""#, "{}", "malformed"),
    ] {
        assert_eq!(refusal(header, claims), Some(reason), "{header} {claims}");
    }
    assert_eq!(
        refusal(
            r#"{"alg":"RS256","a:\":":"\\"}"#,
            r#"{"a":{"a":":"},"b":[{"a":1},{"a":2}]}"#
        ),
        None
    );
}

#[test]
fn refuses_what_is_not_in_the_compact_form() {
    let whole = token(r#"{"alg":"RS256"}"#, "{}");
    assert!(Jwt::parse(&whole).is_ok());
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30.",
        "e30.e30",
        &format!("{whole}.AA"),
        &format!("{whole}="),
        &format!("{whole} "),
        &format!(" {whole}"),
        &whole.replace('.', ","),
        &format!("{whole}.AA.AA"),
        &whole.replacen("ey", "e+", 1),
        &whole.replace("e30", "e31"),
    ] {
        assert!(Jwt::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_token_is_at_most_so_long() {
    let of_length = |length: usize| {
        let empty = token(r#"{"alg":"RS256"}"#, "{}");
        let whole = format!("{empty}{}", "A".repeat(length - empty.len()));
        Jwt::parse(&whole).err()
    };
    assert_ne!(of_length(MAX_JWT_BYTES), Some("too_long"));
    assert_eq!(of_length(MAX_JWT_BYTES + 1), Some("too_long"));
}

#[test]
fn the_claims_are_of_our_issuer_for_us_and_of_now() {
    assert_eq!(checked(&claims()), Ok("ann@example.com".to_owned()));
    for (name, value, expected) in [
        ("iss", json!("https://issuer.example/"), Err("issuer")),
        ("iss", json!("https://ISSUER.example"), Err("issuer")),
        ("iss", json!(["https://issuer.example"]), Err("issuer")),
        ("iss", Value::Null, Err("issuer")),
        ("aud", json!("formgat"), Err("audience")),
        ("aud", json!("formgate,other"), Err("audience")),
        ("aud", json!([]), Err("audience")),
        ("aud", json!([["formgate"]]), Err("audience")),
        ("aud", json!({ "formgate": true }), Err("audience")),
        ("aud", Value::Null, Err("audience")),
        ("aud", json!(["else", "other"]), Ok("ann@example.com")),
        // Within a minute, which the issuer's clock may be off.
        ("exp", json!(NOW_S - 59), Ok("ann@example.com")),
        ("exp", json!(NOW_S - 60), Err("expired")),
        ("exp", json!(0), Err("expired")),
        ("exp", json!(-1), Err("expired")),
        ("exp", json!(1.5e9), Err("expired")),
        ("exp", json!(4.5e9), Ok("ann@example.com")),
        ("exp", json!((NOW_S + 600).to_string()), Err("malformed")),
        ("exp", json!(true), Err("malformed")),
        ("exp", Value::Null, Err("malformed")),
        ("nbf", json!(NOW_S + 60), Ok("ann@example.com")),
        ("nbf", json!(NOW_S + 61), Err("not_yet_valid")),
        ("nbf", json!("0"), Err("malformed")),
        ("nbf", Value::Null, Err("malformed")),
        ("email_verified", json!(true), Ok("ann@example.com")),
        ("email_verified", json!("true"), Ok("ann@example.com")),
        ("email_verified", json!(false), Ok("")),
        ("email_verified", json!("false"), Ok("")),
        ("email_verified", Value::Null, Ok("")),
        ("email", json!(["ann@example.com"]), Ok("")),
        ("email", Value::Null, Ok("")),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        let expected = expected.map(str::to_owned);
        assert_eq!(checked(&claims), expected, "{name} {value}");
    }
    for name in ["iss", "aud", "exp"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert!(checked(&claims).is_err(), "without {name}");
    }
}
