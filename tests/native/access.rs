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
