//! Diagnoses of whole addresses.

use serde_json::json;

use super::*;

const OWN: &str = "https://forms.example.net";

fn form(allowed: &[&str]) -> FormDefinition {
    let definition = json!({
        "key": "demo", "allowed_origins": allowed, "fields": [{ "name": "n", "type": "text" }],
        "on_success": { "redirect": "https://thanks.example/a?b" },
    });
    FormDefinition::parse(&definition.to_string()).unwrap()
}

fn of(address: &str) -> Diagnosis {
    let allowed = [
        "https://example.com",
        "https://*.shop.example",
        "http://localhost:3000",
        "https://xn--mnchen-3ya.example",
    ];
    diagnose(address, OWN, &form(&allowed))
}

#[test]
fn names_the_entry_that_allows_a_page() {
    for (address, matched) in [
        (
            "https://example.com/contact?utm_source=x",
            Some("https://example.com"),
        ),
        ("https://a.b.shop.example/", Some("https://*.shop.example")),
        ("localhost:3000", Some("http://localhost:3000")),
        (
            "https://münchen.example",
            Some("https://xn--mnchen-3ya.example"),
        ),
        ("https://forms.example.net/demo", None),
    ] {
        let found = of(address);
        assert!(found.is_allowed, "{address}");
        assert_eq!(found.matched.as_deref(), matched, "{address}");
        assert_eq!((found.reason, found.add), (None, None), "{address}");
    }
}

#[test]
fn a_page_on_this_machine_gets_the_line_for_every_port_unless_an_entry_is_near() {
    let advice = "http://localhost:* allows it at every port";
    for (allowed, is_advised) in [
        (["https://example.com"], true),
        (["http://localhost:8080"], false),
        (["http://127.0.0.1:3000"], false),
    ] {
        let found = diagnose("http://localhost:3000", OWN, &form(&allowed));
        let notes = found.notes.join(" ");
        assert_eq!(notes.contains(advice), is_advised, "{allowed:?}: {notes}");
    }
    let page = diagnose(
        "https://www.example.org",
        OWN,
        &form(&["https://example.com"]),
    );
    assert!(!page.notes.join(" ").contains("own machine"));
}

#[test]
fn a_refused_page_gets_the_line_that_would_allow_it_and_the_difference() {
    for (address, add, note) in [
        (
            "https://www.example.com/a",
            "https://www.example.com",
            "with www.",
        ),
        ("http://example.com", "http://example.com", "by http"),
        (
            "https://example.com:8443",
            "https://example.com:8443",
            "another port",
        ),
        (
            "https://shop.example",
            "https://shop.example",
            "not for the domain itself",
        ),
        (
            "https://blog.example.com",
            "https://blog.example.com",
            "not for its subdomains",
        ),
        (
            "http://localhost:8080/",
            "http://localhost:8080",
            "another port",
        ),
        (
            "http://127.0.0.1:3000/",
            "http://127.0.0.1:3000",
            "three sites",
        ),
        (
            "https://my-site.webflow.io/",
            "https://my-site.webflow.io",
            "Webflow",
        ),
        (
            "https://x.framer.website",
            "https://x.framer.website",
            "Framer",
        ),
        (
            "https://deploy-preview-7--site.netlify.app",
            "https://deploy-preview-7--site.netlify.app",
            "Each deployment",
        ),
        (
            "https://app-git-main-team.vercel.app",
            "https://app-git-main-team.vercel.app",
            "Each deployment",
        ),
        ("https://एक.example", "", "xn--"),
    ] {
        let found = of(address);
        assert!(!found.is_allowed, "{address}");
        assert_eq!(found.add.as_deref().unwrap_or_default(), add, "{address}");
        assert!(
            found.notes.iter().any(|said| said.contains(note)),
            "{address}: {:?}",
            found.notes
        );
    }
}

/// The line is exact: with it, the page is allowed, and the line can be published.
#[test]
fn the_line_to_add_is_enough() {
    for address in [
        "https://user@www.Example.com:443/a",
        "http://0x7f.1:5500",
        "https://my-site.webflow.io",
        "http://[::FFFF:192.0.2.1]",
        "bücher.example",
    ] {
        let add = of(address).add.unwrap();
        let found = diagnose(address, OWN, &form(&[&add]));
        assert!(found.is_allowed, "{address}: {add}");
        assert_eq!(found.matched, Some(add));
    }
}

#[test]
fn an_address_without_origin_says_so_and_has_no_line() {
    for (address, reason) in [
        ("file:///index.html", "origin_null"),
        ("null", "origin_null"),
        ("chrome-extension://abc", "origin_not_allowed"),
        ("???", "address_unreadable"),
    ] {
        let found = of(address);
        assert_eq!(
            (found.is_allowed, found.reason),
            (false, Some(reason)),
            "{address}"
        );
        assert_eq!((found.add, found.notes.len()), (None, 1), "{address}");
    }
    let dotted = of("https://example.com./a");
    assert_eq!((dotted.is_allowed, dotted.add), (false, None));
    assert!(dotted.notes[0].contains("without the dot"));
}

#[test]
fn every_page_is_allowed_where_origins_are_not_enforced() {
    let definition = json!({
        "key": "demo", "allowed_origins": [], "enforce_origins": false, "fields": [{ "name": "n", "type": "text" }],
    });
    let form = FormDefinition::parse(&definition.to_string()).unwrap();
    let found = diagnose("https://example.com", OWN, &form);
    assert_eq!(
        (found.is_allowed, found.reason, found.matched),
        (true, None, None)
    );
    assert_eq!(found.add.as_deref(), Some("https://example.com"));
    assert!(
        found.notes[0].contains("enforce_origins"),
        "{:?}",
        found.notes
    );
}

#[test]
fn says_what_a_policy_needs() {
    let json = of("https://example.com").to_json();
    assert_eq!(
        json["content_security_policy"],
        json!({
            "widget": "script-src https://forms.example.net; connect-src https://forms.example.net",
            "frame": "frame-src https://forms.example.net",
            "plain_form": "form-action https://forms.example.net https://thanks.example",
        })
    );
    let mixed = diagnose(
        "https://example.com",
        "http://forms.example.net",
        &form(&["https://example.com"]),
    );
    assert!(
        mixed.notes[0].contains("https address"),
        "{:?}",
        mixed.notes
    );
}

#[test]
fn an_address_is_read_up_to_its_limit() {
    let long = format!("url=https://example.com/{}", "a".repeat(3_000));
    assert_eq!(address_in(&long).unwrap().len(), MAX_ADDRESS_BYTES);
    assert_eq!(
        address_in("a=b&url=https%3A%2F%2Fexample.com").as_deref(),
        Some("https://example.com")
    );
    for none in ["", "url=", "url", "uri=x"] {
        assert_eq!(address_in(none), None, "{none}");
    }
}
