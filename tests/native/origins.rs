//! Which origins a form admits: a table of verdicts, which `tests/worker/origins.test.mjs` compares with the URL standard, and
//! properties over arbitrary lists and origins.

use std::fs;

use formgate::embed::{AllowedOrigin, check};
use formgate::form::{FormDefinition, Record, publish};
use formgate::problem::EmbedReason;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forms::demo;

/// The name of a verdict in the table.
fn verdict(origin: Option<&str>, own_origin: &str, allowed: &[AllowedOrigin]) -> &'static str {
    match check(origin, own_origin, allowed) {
        Ok(admitted) => {
            assert_eq!(Some(admitted.to_string().as_str()), origin);
            "allowed"
        }
        Err(EmbedReason::OriginEndsInDot) => "ends_in_dot",
        Err(reason) => reason.as_str(),
    }
}

#[test]
fn the_table_of_origins_holds() {
    let table = fs::read_to_string("tests/fixtures/origins.jsonl").unwrap();
    let mut lines = table
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let head: Value = lines.next().unwrap();
    let mut form = demo();
    form["allowed_origins"] = head["allowed_origins"].clone();
    let published = publish(&form.to_string(), &Record::default()).unwrap();
    let form = FormDefinition::parse(&published.json).unwrap();
    let own_origin = head["own_origin"].as_str().unwrap();
    let rows: Vec<Value> = lines.collect();
    assert!(rows.len() >= 250, "{}", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let found = verdict(row[0].as_str(), own_origin, &form.allowed_origins);
            (row[1] != found).then(|| format!("{row}: {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Few names, so that a random origin often is on a random list.
fn host() -> impl Strategy<Value = String> {
    let label = prop_oneof![
        Just("a"),
        Just("b"),
        Just("example"),
        Just("com"),
        Just("xn--mnchen-3ya")
    ];
    let domain = prop::collection::vec(label, 1..5).prop_map(|labels| labels.join("."));
    let address = prop_oneof![Just("127.0.0.1"), Just("[::1]"), Just("[2001:db8::1]")];
    prop_oneof![4 => domain, 1 => address.prop_map(str::to_owned)]
}

fn scheme() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("https"), Just("http")]
}

fn port() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just(""), 1 => Just(":80"), 1 => Just(":443"), 1 => Just(":8443"), 1 => Just(":*")]
}

fn pattern() -> impl Strategy<Value = String> {
    let wildcard = prop_oneof![Just(""), Just("*.")];
    (scheme(), wildcard, host(), port())
        .prop_map(|(scheme, wildcard, host, port)| format!("{scheme}://{wildcard}{host}{port}"))
}

/// An origin, changed at one place in half of the cases.
fn origin() -> impl Strategy<Value = String> {
    let inserted = prop_oneof![
        Just(""),
        Just("."),
        Just("@"),
        Just("/"),
        Just("\\"),
        Just(":"),
        Just("A"),
        Just("%2e"),
        Just(" "),
        Just("*"),
        Just("\0"),
        Just("ü"),
        Just("#"),
        Just("?"),
        Just("0x1"),
        Just("com"),
    ];
    let changed = (
        scheme(),
        host(),
        port(),
        inserted,
        any::<prop::sample::Index>(),
    );
    changed.prop_map(|(scheme, host, port, inserted, place)| {
        let mut origin = format!("{scheme}://{host}{port}");
        if place.index(2) == 0 {
            origin.insert_str(place.index(origin.len() + 1), inserted);
        }
        origin
    })
}

/// Scheme, host and port of an origin or a pattern, by string comparison alone; `*` for any port.
fn parts(text: &str) -> (String, String, String) {
    let (scheme, rest) = text.split_once("://").unwrap();
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (rest, if scheme == "https" { "443" } else { "80" }),
    };
    (scheme.to_owned(), host.to_owned(), port.to_owned())
}

/// Whether a pattern names an origin, written without the code under test.
fn names(pattern: &str, origin: &str) -> bool {
    let (of_pattern, of_origin) = (parts(pattern), parts(origin));
    let is_host = match of_pattern.1.strip_prefix('*') {
        Some(suffix) => of_origin.1.ends_with(suffix) && of_origin.1.len() > suffix.len(),
        None => of_pattern.1 == of_origin.1,
    };
    of_pattern.0 == of_origin.0 && is_host && (of_pattern.2 == "*" || of_pattern.2 == of_origin.2)
}

const OWN: &str = "https://forms.test";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_origin_outside_the_parsed_list_is_admitted(
        patterns in prop::collection::vec(pattern(), 0..6),
        origin in prop_oneof![6 => origin(), 1 => any::<String>(), 1 => "https?://[a-z.:*@/]{0,20}"],
    ) {
        let list: Vec<(&String, AllowedOrigin)> = patterns
            .iter()
            .filter_map(|pattern| Some((pattern, AllowedOrigin::parse(pattern).ok()?)))
            .collect();
        let allowed: Vec<AllowedOrigin> = list.iter().map(|(_, allowed)| allowed.clone()).collect();
        if let Ok(admitted) = check(Some(&origin), OWN, &allowed) {
            prop_assert_eq!(admitted.to_string(), origin.clone());
            let is_listed = list.iter().any(|(pattern, _)| names(pattern, &origin));
            prop_assert!(is_listed, "{} is not in {:?}", origin, patterns);
        } else if let Ok(parsed) = formgate::embed::Origin::parse(&origin) {
            prop_assert!(!list.iter().any(|(pattern, _)| names(pattern, &parsed.to_string())));
        }
    }

    /// What CSP is told is what is checked: the written form of an entry parses to the entry.
    #[test]
    fn an_entry_equals_its_written_form(pattern in pattern()) {
        if let Ok(allowed) = AllowedOrigin::parse(&pattern) {
            let written = allowed.to_string();
            prop_assert_eq!(AllowedOrigin::parse(&written), Ok(allowed.clone()));
            prop_assert_eq!(AllowedOrigin::parse(&pattern.to_uppercase()), Ok(allowed));
        }
    }
}

#[test]
fn a_list_of_every_page_is_refused() {
    for origin in [
        "https://*",
        "http://*",
        "*",
        "https://*:*",
        "https://*.",
        "*://*",
        "null",
        "https://*.com",
    ] {
        let mut form = demo();
        form["allowed_origins"] = json!([origin]);
        let faults = publish(&form.to_string(), &Record::default()).unwrap_err();
        assert_eq!(faults[0].path, "allowed_origins[0]", "{origin}");
        assert!(
            FormDefinition::parse(&form.to_string()).is_err(),
            "{origin}"
        );
    }
}
