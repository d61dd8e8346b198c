//! Who may call the owner's API: every route of the table, by every kind of caller.

use formgate::access::{ApiRoute, Role};
use formgate::envelope::Response;

use crate::memory::{Call, Memory, code, json};

const SETTINGS: [(&str, &str); 3] = [
    ("OWNERS", "ann@example.com"),
    ("EDITORS", "ed@example.com"),
    ("VIEWERS", "*@view.example.com"),
];

fn memory() -> Memory {
    Memory::new(&SETTINGS)
}

fn sign_in(memory: &Memory, address: Option<&str>) {
    *memory.stores.signed_in.borrow_mut() = address.map(str::to_owned);
}

/// A call of a route by a program, with a body if it takes one.
fn call(route: ApiRoute) -> Call {
    let path = route.path().replace("{key}", "demo").replace("{id}", "a");
    let method = route.method().as_str().split(',').next().unwrap();
    let call = Call::new(method, &path);
    match method {
        "GET" | "DELETE" => call,
        _ => call.with("content-type", "application/json").body("{}"),
    }
}

/// An address with this role.
fn address_of(role: Role) -> &'static str {
    match role {
        Role::Viewer => "vi@view.example.com",
        Role::Editor => "ed@example.com",
        Role::Owner => "ann@example.com",
    }
}

fn is_refused_as(response: &Response, status: u16, expected: &str) -> bool {
    response.status == status && code(response) == expected
}

#[test]
fn every_route_without_credentials_is_401() {
    let memory = memory();
    for &route in ApiRoute::ALL {
        let response = memory.ask(call(route));
        assert!(
            is_refused_as(&response, 401, "LG_1400"),
            "{route:?} {response:?}"
        );
        assert_eq!(response.header("WWW-Authenticate"), Some("Bearer"));
        assert_eq!(response.header("Cache-Control"), Some("no-store"));
        assert_eq!(response.header("Access-Control-Allow-Origin"), None);
    }
}

#[test]
fn every_route_is_403_with_each_lower_role_and_for_who_has_none() {
    let memory = memory();
    for &route in ApiRoute::ALL {
        let lower = Role::ALL.iter().filter(|role| **role < route.role());
        let addresses = lower.map(|role| address_of(*role));
        for address in addresses.chain(["", "eve@example.com"]) {
            sign_in(&memory, Some(address));
            let response = memory.ask(call(route));
            assert!(
                is_refused_as(&response, 403, "LG_1401"),
                "{route:?} {address}"
            );
        }
    }
}

#[test]
fn every_route_admits_its_role_and_each_higher_one() {
    let memory = memory();
    for &route in ApiRoute::ALL {
        for role in Role::ALL.iter().filter(|role| **role >= route.role()) {
            sign_in(&memory, Some(address_of(*role)));
            let response = memory.ask(call(route));
            assert!(
                ![401, 403, 405, 415, 503].contains(&response.status),
                "{route:?} {role:?} {response:?}"
            );
        }
    }
}

#[test]
fn every_route_is_503_while_no_one_has_a_role() {
    let memory = Memory::new(&[]);
    sign_in(&memory, Some("ann@example.com"));
    for &route in ApiRoute::ALL {
        let response = memory.ask(call(route));
        assert!(is_refused_as(&response, 503, "LG_1901"), "{route:?}");
        let settings = json(&response)["error"]["details"]["settings"].to_string();
        assert!(
            settings.contains("OWNERS") && settings.contains("docs/console.md"),
            "{settings}"
        );
    }
}

#[test]
fn a_fault_in_the_settings_of_access_closes_the_api_alone() {
    let memory = Memory::new(&[("OWNERS", "ann")]);
    sign_in(&memory, Some("ann@example.com"));
    let response = memory.ask(Call::new("GET", "/api/me"));
    assert!(is_refused_as(&response, 503, "LG_1901"));
    assert_eq!(
        memory.ask(Call::submit("{}")).status,
        404,
        "no form, but settings"
    );
    let health = memory.ask(Call::new("GET", "/healthz"));
    assert_eq!(health.status, 503);
    assert_eq!(json(&health)["status"], "misconfigured");
    assert_eq!(json(&health)["settings"][0]["variable"], "OWNERS");
    assert!(!health.body.contains("\"ann"), "no value");
}

#[test]
fn says_who_calls() {
    let memory = memory();
    for (address, role) in [
        ("Ann@Example.com", "owner"),
        ("vi@view.example.com", "viewer"),
    ] {
        sign_in(&memory, Some(address));
        let me = json(&memory.ask(Call::new("GET", "/api/me")));
        assert_eq!(
            me,
            serde_json::json!({ "subject": address, "role": role, "via": "access" })
        );
    }
}

#[test]
fn a_page_of_another_origin_can_do_nothing_with_the_cookies_of_an_owner() {
    let memory = memory();
    sign_in(&memory, Some("ann@example.com"));
    for &route in ApiRoute::ALL {
        for site in ["cross-site", "same-site"] {
            let call = call(route).with("sec-fetch-site", site);
            let response = memory.ask(call.with("origin", "https://evil.test"));
            assert!(is_refused_as(&response, 403, "LG_1401"), "{route:?} {site}");
            assert_eq!(response.header("Access-Control-Allow-Origin"), None);
        }
        let old_browser = call(route).with("origin", "https://evil.test");
        assert_eq!(memory.ask(old_browser).status, 403, "{route:?}");
        let own_page = call(route).with("sec-fetch-site", "same-origin");
        assert_ne!(memory.ask(own_page).status, 403, "{route:?}");
    }
    let preflight = Call::new("OPTIONS", "/api/tokens").with("origin", "https://evil.test");
    let response = memory.ask(preflight);
    assert_eq!(response.status, 405);
    assert_eq!(response.header("Access-Control-Allow-Origin"), None);
}

#[test]
fn only_json_is_read_so_that_no_plain_form_of_another_site_is() {
    let memory = memory();
    sign_in(&memory, Some("ann@example.com"));
    for media_type in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/json, text/plain",
    ] {
        let call = Call::new("POST", "/api/tokens").with("content-type", media_type);
        let response = memory.ask(call.body(r#"{"name":"a","role":"owner"}"#));
        assert_eq!(response.status, 415, "{media_type}");
    }
    assert!(memory.stores.tokens.borrow().is_empty());
}

mod jwt {
    use formgate::access::{FAILURES_WINDOW_MS, MAX_FAILURES};
    use formgate::clock::UnixMillis;
    use formgate::hash::base64url;
    use formgate::platform::Platform;
    use serde_json::{Value, json};

    use super::*;
    use crate::memory::signature;

    const SETTINGS: [(&str, &str); 5] = [
        ("OWNERS", "ann@example.com"),
        ("VIEWERS", "*@view.example.com"),
        ("JWT_ISSUER", "https://issuer.example"),
        ("JWT_AUDIENCE", "formgate"),
        ("JWT_JWKS_URL", "https://issuer.example/keys"),
    ];

    fn key(kid: &str) -> Value {
        json!({ "kty": "RSA", "n": base64url(kid.repeat(256).as_bytes()), "e": "AQAB", "kid": kid })
    }

    /// The issuer publishes these keys.
    fn publish_keys(memory: &Memory, kids: &[&str]) {
        let keys: Vec<Value> = kids.iter().map(|kid| key(kid)).collect();
        *memory.stores.jwks.borrow_mut() = Some(json!({ "keys": keys }).to_string());
    }

    fn service() -> Memory {
        let memory = Memory::new(&SETTINGS);
        publish_keys(&memory, &["a"]);
        memory
    }

    fn claims(address: &str, now: UnixMillis) -> Value {
        let expires_s = now.seconds() + 3_600;
        json!({ "iss": "https://issuer.example", "aud": ["formgate"], "exp": expires_s, "email": address })
    }

    fn token(kid: &str, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "kid": kid });
        let [header, claims] =
            [header, claims.clone()].map(|part| base64url(part.to_string().as_bytes()));
        let signed = format!("{header}.{claims}");
        let public = json!({ "kty": "RSA", "n": key(kid)["n"], "e": "AQAB" });
        let signature = base64url(&signature(&public.to_string(), &signed));
        format!("{signed}.{signature}")
    }

    fn me(memory: &Memory, token: &str) -> Response {
        memory.ask(Call::new("GET", "/api/me").with("authorization", &format!("Bearer {token}")))
    }

    fn reason(response: &Response) -> String {
        assert!(is_refused_as(response, 401, "LG_1402"), "{response:?}");
        let challenge = response.header("WWW-Authenticate");
        assert_eq!(challenge, Some("Bearer error=\"invalid_token\""));
        json(response)["error"]["details"]["reason"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_token_is_read_from_either_header() {
        let memory = service();
        let token = token("a", &claims("ann@example.com", memory.now()));
        for (header, value) in [
            ("authorization", format!("Bearer {token}")),
            ("authorization", format!("bearer  {token}")),
            ("cf-access-jwt-assertion", token.clone()),
        ] {
            let response = memory.ask(Call::new("GET", "/api/me").with(header, &value));
            let expected = json!({ "subject": "ann@example.com", "role": "owner", "via": "jwt" });
            assert_eq!(json(&response), expected, "{header}");
        }
        assert_eq!(memory.stores.jwks_reads.get(), 1);
        for value in [format!("Basic {token}"), token.clone(), "Bearer".to_owned()] {
            let call = Call::new("GET", "/api/me").with("authorization", &value);
            assert!(is_refused_as(&memory.ask(call), 401, "LG_1400"), "{value}");
        }
        let in_address = Call::new(
            "GET",
            &format!("/api/me?token={token}&access_token={token}"),
        );
        assert!(is_refused_as(&memory.ask(in_address), 401, "LG_1400"));
    }

    #[test]
    fn a_forged_token_is_refused_with_its_reason() {
        let memory = service();
        let now = memory.now();
        let good = token("a", &claims("ann@example.com", now));
        let (signed, _) = good.rsplit_once('.').unwrap();
        let with = |name: &str, value: Value| {
            let mut claims = claims("ann@example.com", now);
            claims[name] = value;
            token("a", &claims)
        };
        for (token, expected) in [
            (format!("{signed}.AAAA"), "signature"),
            (format!("{signed}."), "signature"),
            (signed.to_owned(), "malformed"),
            (token("b", &claims("ann@example.com", now)), "key"),
            (with("iss", json!("https://evil.example")), "issuer"),
            (with("aud", json!("other")), "audience"),
            (with("exp", json!(1)), "expired"),
            (with("nbf", json!(now.seconds() + 120)), "not_yet_valid"),
            ("x".repeat(9_000), "too_long"),
            (
                "fg_0123456789abcdef_0123456789abcdef0123456789abcdef".to_owned(),
                "token",
            ),
            ("fg_x".to_owned(), "malformed"),
        ] {
            assert_eq!(reason(&me(&memory, &token)), expected);
        }
        for address in ["eve@example.com", ""] {
            let response = me(&memory, &token("a", &claims(address, now)));
            assert!(is_refused_as(&response, 403, "LG_1401"));
        }
        assert!(!memory.logged().contains("eve@") && !memory.logged().contains(signed));
    }

    #[test]
    fn without_its_settings_no_token_is_accepted() {
        let memory = Memory::new(&SETTINGS[..2]);
        publish_keys(&memory, &["a"]);
        let token = token("a", &claims("ann@example.com", memory.now()));
        assert_eq!(reason(&me(&memory, &token)), "jwt_not_set_up");
        assert_eq!(memory.stores.jwks_reads.get(), 0);
    }

    #[test]
    fn a_rotated_key_is_found_and_a_flood_of_unknown_ones_fetches_once_a_minute() {
        let memory = service();
        let of = |kid: &str| token(kid, &claims("ann@example.com", memory.now()));
        // From many addresses: one alone has to wait after a few.
        let flood = |number: u32| {
            let address = format!("192.0.2.{number}");
            let call = Call::new("GET", "/api/me").with("cf-connecting-ip", &address);
            let token = of(&format!("x{number}"));
            memory.ask(call.with("authorization", &format!("Bearer {token}")))
        };
        assert_eq!(me(&memory, &of("a")).status, 200);
        publish_keys(&memory, &["a", "b"]);
        for number in 0..100 {
            assert_eq!(reason(&flood(number)), "key");
        }
        assert_eq!(memory.stores.jwks_reads.get(), 1);
        memory.pass(60_000);
        assert_eq!(me(&memory, &of("b")).status, 200);
        for number in 0..100 {
            assert_eq!(reason(&flood(number)), "key");
        }
        assert_eq!(memory.stores.jwks_reads.get(), 2);
        publish_keys(&memory, &["b"]);
        memory.pass(3_600_000);
        assert_eq!(reason(&me(&memory, &of("a"))), "key", "withdrawn");
        assert_eq!(memory.stores.jwks_reads.get(), 3);
    }

    #[test]
    fn while_the_keys_cannot_be_fetched_nothing_is_decided() {
        let memory = Memory::new(&SETTINGS);
        let token = || token("a", &claims("ann@example.com", memory.now()));
        for lie in [None, Some("<html>"), Some("{}")] {
            *memory.stores.jwks.borrow_mut() = lie.map(str::to_owned);
            let response = me(&memory, &token());
            assert!(is_refused_as(&response, 503, "LG_1901"), "{lie:?}");
            assert!(response.header("Retry-After").is_some());
            memory.pass(60_000);
        }
        assert!(memory.logged().contains("JWT_JWKS_URL: no set of keys"));
        publish_keys(&memory, &["a"]);
        assert_eq!(me(&memory, &token()).status, 200);
    }

    /// The edge of the limit: the last token of the 20 is looked at, the next is not, from that address alone.
    #[test]
    fn an_address_with_too_many_wrong_tokens_waits_and_a_signed_in_browser_there_does_not() {
        let memory = service();
        let secret = super::tokens::create(&memory, "viewer");
        let right = token("a", &claims("ann@example.com", memory.now()));
        let unknown = format!("fg_{}_{}", "0".repeat(16), "0".repeat(32));
        let forged = format!("{right}x");
        let old = claims("ann@example.com", UnixMillis(1_000));
        let expired = token("a", &old);
        let ask = |token: &str, address: &str| {
            let call = Call::new("GET", "/api/me").with("cf-connecting-ip", address);
            memory.ask(call.with("authorization", &format!("Bearer {token}")))
        };
        // The issuer gave it out: no guess, however often it comes.
        for _ in 0..30 {
            assert_eq!(reason(&ask(&expired, "192.0.2.7")), "expired");
        }
        for failure in 0..MAX_FAILURES {
            let wrong = [unknown.as_str(), &forged, "not.a.token"][failure as usize % 3];
            let response = ask(wrong, "192.0.2.7");
            assert!(is_refused_as(&response, 401, "LG_1402"), "{failure}");
        }
        let queries = memory.stores.queries.get();
        for token in [unknown.as_str(), &forged, &right, &secret, &expired] {
            let response = ask(token, "192.0.2.7");
            assert!(is_refused_as(&response, 429, "LG_1902"), "{response:?}");
            assert_eq!(response.header("Retry-After"), Some("60"));
        }
        assert_eq!(
            memory.stores.queries.get(),
            queries,
            "no token was looked up"
        );
        assert_eq!(ask(&secret, "192.0.2.8").status, 200, "another address");
        sign_in(&memory, Some("ann@example.com"));
        assert_eq!(
            ask(&secret, "192.0.2.7").status,
            200,
            "by Cloudflare Access"
        );
        sign_in(&memory, None);
        let without = Call::new("GET", "/api/me").with("cf-connecting-ip", "192.0.2.7");
        assert!(is_refused_as(&memory.ask(without), 401, "LG_1400"));
        assert!(!memory.logged().contains("192.0.2.7"));
        memory.pass(FAILURES_WINDOW_MS);
        assert_eq!(ask(&secret, "192.0.2.7").status, 200);
        assert_eq!(ask(&right, "192.0.2.7").status, 200);
    }

    #[test]
    fn an_api_token_is_accepted_behind_the_identity_of_a_program_that_has_no_address() {
        let memory = service();
        let secret = super::tokens::create(&memory, "viewer");
        let program = token(
            "a",
            &json!({ "iss": "https://issuer.example", "aud": "formgate", "exp": memory.now().seconds() + 60 }),
        );
        sign_in(&memory, Some(""));
        let call = Call::new("GET", "/api/me").with("authorization", &format!("Bearer {secret}"));
        let response = memory.ask(call.with("cf-access-jwt-assertion", &program));
        assert_eq!(json(&response)["via"], "token");
    }
}

mod tokens {
    use formgate::admin::{AUDIT_DAYS, MAX_TOKENS, expire_audit};
    use serde_json::{Value, json};

    use super::*;

    fn call_as(memory: &Memory, address: Option<&str>, call: Call) -> Response {
        sign_in(memory, address);
        memory.ask(call)
    }

    fn post(body: &Value) -> Call {
        Call::new("POST", "/api/tokens")
            .with("content-type", "application/json")
            .body(body.to_string())
    }

    /// Creates a token; gives the whole of it.
    pub(super) fn create(memory: &Memory, role: &str) -> String {
        let body = json!({ "name": " CI ", "role": role });
        let created = call_as(memory, Some("ann@example.com"), post(&body));
        sign_in(memory, None);
        assert_eq!(created.status, 201, "{created:?}");
        let body = json(&created);
        let token = body["token"].as_str().unwrap().to_owned();
        assert!(token.starts_with(&format!("fg_{}_", body["id"].as_str().unwrap())));
        token
    }

    fn with(token: &str, call: Call) -> Call {
        call.with("authorization", &format!("Bearer {token}"))
    }

    fn list(memory: &Memory) -> Value {
        let response = call_as(
            memory,
            Some("ann@example.com"),
            Call::new("GET", "/api/tokens"),
        );
        sign_in(memory, None);
        json(&response)
    }

    #[test]
    fn a_token_lives_until_it_is_deleted() {
        let memory = memory();
        let token = create(&memory, "editor");
        let secret = token.rsplit('_').next().unwrap();
        let rows = format!("{:?}", memory.stores.tokens.borrow());
        assert!(!rows.contains(secret), "stored only as a hash");
        let item = list(&memory)["items"][0].clone();
        let id = item["id"].as_str().unwrap().to_owned();
        let expected = json!({
            "id": id, "name": "CI", "role": "editor", "created_at": "2026-11-21T20:30:00.000Z", "created_by": "ann@example.com",
            "last_used_day": null,
        });
        assert_eq!(item, expected);
        let me = json(&memory.ask(with(&token, Call::new("GET", "/api/me"))));
        assert_eq!(
            me,
            json!({ "subject": format!("token:{id}"), "role": "editor", "via": "token" })
        );
        assert_eq!(list(&memory)["items"][0]["last_used_day"], "2026-11-21");
        let refused = memory.ask(with(&token, Call::new("GET", "/api/tokens")));
        assert!(is_refused_as(&refused, 403, "LG_1401"), "an editor");
        let path = format!("/api/tokens/{id}");
        let deleted = call_as(&memory, Some("ann@example.com"), Call::new("DELETE", &path));
        assert_eq!((deleted.status, &*deleted.body), (204, ""));
        let again = call_as(&memory, Some("ann@example.com"), Call::new("DELETE", &path));
        assert_eq!(again.status, 404);
        sign_in(&memory, None);
        let refused = memory.ask(with(&token, Call::new("GET", "/api/me")));
        assert!(is_refused_as(&refused, 401, "LG_1402"));
        assert!(!memory.logged().contains(secret) && !memory.logged().contains("ann@"));
        let actions: Vec<Value> = audit(&memory)["items"].as_array().unwrap().clone();
        let rows: Vec<[&str; 3]> = actions
            .iter()
            .map(|row| ["subject", "action", "object"].map(|name| row[name].as_str().unwrap()))
            .collect();
        assert_eq!(
            rows,
            [
                ["ann@example.com", "token_deleted", &id],
                ["ann@example.com", "token_created", &id]
            ]
        );
    }

    fn audit(memory: &Memory) -> Value {
        json(&call_as(
            memory,
            Some("ann@example.com"),
            Call::new("GET", "/api/audit"),
        ))
    }

    #[test]
    fn the_day_of_the_last_use_is_written_once_a_day() {
        let memory = memory();
        let token = create(&memory, "viewer");
        let queries = || {
            let before = memory.stores.queries.get();
            assert_eq!(
                memory.ask(with(&token, Call::new("GET", "/api/me"))).status,
                200
            );
            memory.stores.queries.get() - before
        };
        assert_eq!([queries(), queries(), queries()], [2, 1, 1]);
        memory.pass(24 * 3_600_000);
        assert_eq!([queries(), queries()], [2, 1]);
    }

    #[test]
    fn a_token_with_one_changed_letter_is_refused() {
        let memory = memory();
        let token = create(&memory, "owner");
        for at in 3..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            let other = String::from_utf8(other).unwrap();
            let address = format!("192.0.2.{at}");
            let call = Call::new("GET", "/api/me").with("cf-connecting-ip", &address);
            let response = memory.ask(with(&other, call));
            assert!(is_refused_as(&response, 401, "LG_1402"), "{at}");
        }
    }

    #[test]
    fn a_token_needs_a_name_and_a_role() {
        let memory = memory();
        for (body, field) in [
            (json!({}), json!("name")),
            (json!({ "name": "", "role": "owner" }), json!("name")),
            (json!({ "name": " ", "role": "owner" }), json!("name")),
            (json!({ "name": "a\u{0}", "role": "owner" }), json!("name")),
            (
                json!({ "name": "ü".repeat(101), "role": "owner" }),
                json!("name"),
            ),
            (json!({ "name": 1, "role": "owner" }), json!("name")),
            (json!([]), json!("name")),
            (json!({ "name": "a" }), json!("role")),
            (json!({ "name": "a", "role": "admin" }), json!("role")),
            (json!({ "name": "a", "role": "Owner" }), json!("role")),
        ] {
            let response = call_as(&memory, Some("ann@example.com"), post(&body));
            assert!(is_refused_as(&response, 400, "LG_1102"), "{body}");
            assert_eq!(
                json(&response)["error"]["details"]["errors"][0]["field"],
                field,
                "{body}"
            );
        }
        for body in ["{", "", "\u{feff}", "nul"] {
            let call = post(&Value::Null).body(body);
            let response = call_as(&memory, Some("ann@example.com"), call);
            assert!(is_refused_as(&response, 400, "LG_1102"), "{body}");
        }
        let call = post(&Value::Null).body(b"{\"name\":\"\xff\"}");
        assert!(is_refused_as(&memory.ask(call), 400, "LG_1102"));
        let longest = json!({ "name": "ü".repeat(100), "role": "viewer" });
        assert_eq!(memory.ask(post(&longest)).status, 201);
    }

    #[test]
    fn a_body_has_a_limit() {
        let memory = memory();
        let body = |bytes: usize| post(&Value::Null).body(" ".repeat(bytes - 2) + "{}");
        let at = call_as(&memory, Some("ann@example.com"), body(524_288));
        assert_eq!(at.status, 400);
        let over = memory.ask(body(524_289));
        assert_eq!(over.status, 413);
        assert_eq!(json(&over)["error"]["details"]["limit_bytes"], 524_288);
    }

    #[test]
    fn there_are_at_most_a_hundred_tokens() {
        let memory = memory();
        for _ in 0..MAX_TOKENS {
            create(&memory, "viewer");
        }
        let body = json!({ "name": "a", "role": "viewer" });
        let response = call_as(&memory, Some("ann@example.com"), post(&body));
        assert!(is_refused_as(&response, 400, "LG_1102"));
        assert_eq!(
            json(&response)["error"]["details"]["errors"][0]["code"],
            "too_many"
        );
    }

    #[test]
    fn the_audit_has_pages_and_an_end() {
        let memory = memory();
        for _ in 0..3 {
            memory.pass(1_000);
            create(&memory, "viewer");
        }
        let ask = |query: &str| {
            let call = Call::new("GET", &format!("/api/audit?{query}"));
            call_as(&memory, Some("ann@example.com"), call)
        };
        let first = json(&ask("limit=2"));
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        assert_eq!(first["items"][0]["count"], 1);
        let second = json(&ask(&format!(
            "limit=2&cursor={}",
            first["next"].as_str().unwrap()
        )));
        assert_eq!(second["items"].as_array().unwrap().len(), 1);
        assert_eq!(second["next"], Value::Null);
        for query in [
            "limit=0",
            "limit=101",
            "limit=x",
            "cursor=x",
            "cursor=%00_a",
        ] {
            assert!(is_refused_as(&ask(query), 400, "LG_1102"), "{query}");
        }
        memory.pass(AUDIT_DAYS * 86_400_000 - 2_000);
        memory.block_on(expire_audit(&memory));
        assert_eq!(memory.stores.audit.borrow().len(), 3);
        memory.pass(1_000);
        memory.block_on(expire_audit(&memory));
        assert_eq!(memory.stores.audit.borrow().len(), 2);
    }

    #[test]
    fn while_the_database_fails_no_token_is_accepted_or_created() {
        let memory = memory();
        let token = create(&memory, "owner");
        memory.stores.is_inbox_down.set(true);
        for call in [
            with(&token, Call::new("GET", "/api/me")),
            with(&token, post(&json!({}))),
        ] {
            assert!(is_refused_as(&memory.ask(call), 503, "LG_1901"));
        }
        let body = json!({ "name": "a", "role": "viewer" });
        let response = call_as(&memory, Some("ann@example.com"), post(&body));
        assert!(is_refused_as(&response, 503, "LG_1901"));
    }
}
