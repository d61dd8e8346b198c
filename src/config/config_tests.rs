//! The values that each setting accepts.

use serde_json::{Value, json};

use super::*;

fn parse(settings: &[(&str, &str)], bindings: Bindings) -> Result<Config, Vec<SettingFault>> {
    let lookup = |name: &str| {
        let found = settings.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::parse(lookup, bindings)
}

fn faulty_variables(settings: &[(&str, &str)], bindings: Bindings) -> Vec<&'static str> {
    let faults = parse(settings, bindings).err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.variable).collect()
}

#[test]
fn every_setting_has_a_default() {
    let config = parse(&[("CORE_URL", "")], Bindings::ALL).unwrap();
    assert_eq!(
        config,
        Config {
            core: None,
            retry_delays_s: RETRY_DELAYS_S.to_vec(),
            keys: None,
            turnstile: None,
            has_form_cache: true,
            default_dialect: Dialect::LeadGen,
            access: Ok(None),
        }
    );
}

#[test]
fn a_signing_key_is_long_enough_and_never_printed() {
    let key = |text: &str| parse(&[("SIGNING_KEY", text)], Bindings::ALL);
    let long_enough = "k".repeat(MIN_SIGNING_KEY_BYTES);
    let config = key(&long_enough).unwrap();
    assert_eq!(config.keys, Some(Keys::derive(&long_enough, None).into()));
    assert!(!format!("{config:?}").contains("kkk"));
    for text in [
        &"k".repeat(MIN_SIGNING_KEY_BYTES - 1),
        &format!("{long_enough} "),
        &"ü".repeat(32),
    ] {
        let faulty = faulty_variables(&[("SIGNING_KEY", text)], Bindings::ALL);
        assert_eq!(faulty, ["SIGNING_KEY"], "{text}");
    }
}

#[test]
fn every_purpose_has_its_own_key() {
    let of = |keys: &Keys| {
        [
            keys.visitor_hashes.clone(),
            keys.counter_names.clone(),
            keys.challenges.clone(),
            keys.tickets.current.clone(),
        ]
    };
    let (keys, others) = (Keys::derive("a", None), Keys::derive("b", Some("a")));
    let all = [of(&keys), of(&others)].concat();
    for (index, key) in all.iter().enumerate() {
        assert!(!all[..index].contains(key), "{index}");
    }
    assert_eq!(others.tickets.previous, Some(keys.tickets.current));
    assert_eq!(keys.tickets.previous, None);
}

#[test]
fn the_former_name_of_the_signing_key_is_a_fault_that_names_the_new_one() {
    let long_enough = "k".repeat(MIN_SIGNING_KEY_BYTES);
    let [old, new] = ["TICKET_KEY", "SIGNING_KEY"].map(|name| (name, &*long_enough));
    let faults = parse(&[old], Bindings::ALL).unwrap_err();
    let faults: Vec<_> = faults.iter().map(|f| (f.variable, &*f.reason)).collect();
    assert_eq!(faults, [("TICKET_KEY", "is now called SIGNING_KEY")]);
    assert!(parse(&[old, new], Bindings::ALL).is_ok());
    assert!(parse(&[("TICKET_KEY", "")], Bindings::ALL).is_ok());
}

#[test]
fn a_form_cache_is_on_or_off() {
    let has_cache = |text| parse(&[("FORM_CACHE", text)], Bindings::ALL).map(|c| c.has_form_cache);
    assert_eq!(
        (has_cache("on"), has_cache("off"), has_cache("")),
        (Ok(true), Ok(false), Ok(true))
    );
    assert_eq!(
        faulty_variables(&[("FORM_CACHE", "0")], Bindings::ALL),
        ["FORM_CACHE"]
    );
}

#[test]
fn a_retry_schedule_is_a_list_of_seconds() {
    let delays_s =
        |text| parse(&[("RETRY_DELAYS_S", text)], Bindings::ALL).map(|c| c.retry_delays_s);
    assert_eq!(delays_s("1, 43200"), Ok(vec![1, 43_200]));
    let longest = vec!["7"; MAX_RETRIES].join(",");
    assert_eq!(delays_s(&longest).unwrap().len(), 20);
    for text in [
        "0",
        "43201",
        "-1",
        "1.5",
        "1,,2",
        "a",
        &format!("{longest},7"),
    ] {
        let faulty = faulty_variables(&[("RETRY_DELAYS_S", text)], Bindings::ALL);
        assert_eq!(faulty, ["RETRY_DELAYS_S"], "{text}");
    }
}

#[test]
fn a_core_needs_only_its_address() {
    let url = "https://core.example/v1/forms/{form}/submissions";
    let config = parse(&[("CORE_URL", url)], Bindings::ALL);
    let core = config.unwrap().core.unwrap();
    assert_eq!(
        (core.auth, core.token, core.timeout_ms),
        (CoreAuth::Bearer, None, 5_000)
    );
}

#[test]
fn a_redirect_means_success_only_if_set() {
    for (text, expected) in [
        ("", Some(false)),
        ("block", Some(false)),
        ("accept", Some(true)),
        ("Accept", None),
        ("302", None),
    ] {
        let settings = [
            ("CORE_URL", "https://core.example/"),
            ("CORE_REDIRECT", text),
        ];
        let config = parse(&settings, Bindings::ALL).ok();
        let accepts = config.map(|config| config.core.unwrap().accepts_redirect);
        assert_eq!(accepts, expected, "{text}");
        if expected.is_none() {
            assert_eq!(
                faulty_variables(&settings, Bindings::ALL),
                ["CORE_REDIRECT"]
            );
        }
    }
}

#[test]
fn names_every_malformed_setting_and_repeats_no_value() {
    let settings = [
        ("CORE_URL", "ftp://core.example"),
        ("CORE_AUTH", "basic"),
        ("CORE_REDIRECT", "follow"),
        ("CORE_TOKEN", "se cret"),
        ("CORE_TIMEOUT_MS", "soon"),
        ("CORE_DIALECT", "klingon"),
        ("DEFAULT_DIALECT", "LEAD-GEN"),
    ];
    let faults = parse(&settings, Bindings::default()).unwrap_err();
    let variables: Vec<&str> = faults.iter().map(|fault| fault.variable).collect();
    assert_eq!(
        variables,
        [
            "CORE_URL",
            "CORE_AUTH",
            "CORE_REDIRECT",
            "CORE_TOKEN",
            "CORE_TIMEOUT_MS",
            "CORE_DIALECT",
            "DEFAULT_DIALECT",
            "FORMS",
            "LIMITS",
        ]
    );
    let written = format!("{faults:?}");
    for (_, value) in settings {
        assert!(!written.contains(&format!("{value}\"")) && !written.contains("se cret"));
    }
}

#[test]
fn the_timeout_is_checked_at_its_limits() {
    for (text, is_sound) in [
        ("100", true),
        ("25000", true),
        ("99", false),
        ("25001", false),
        ("-1", false),
    ] {
        let faults = faulty_variables(&[("CORE_TIMEOUT_MS", text)], Bindings::ALL);
        assert_eq!(faults.is_empty(), is_sound, "{text}");
    }
}

#[test]
fn without_an_inbox_a_core_is_required() {
    let no_inbox = Bindings {
        leads: false,
        ..Bindings::ALL
    };
    assert_eq!(faulty_variables(&[], no_inbox), ["CORE_URL"]);
    assert!(parse(&[("CORE_URL", "http://localhost:9000/")], no_inbox).is_ok());
}

#[test]
fn health_shows_where_leads_go() {
    let health = health(
        &parse(&[], Bindings::ALL),
        Bindings::ALL,
        Ok(&Waiting::default()),
        false,
    );
    assert_eq!(
        (&health["status"], &health["leads_go_to"]),
        (&json!("ok"), &json!("inbox"))
    );
}

#[test]
fn health_shows_whether_there_are_tickets_and_whether_a_form_lacks_them() {
    let key = "k".repeat(MIN_SIGNING_KEY_BYTES);
    let (on, off) = (vec![("SIGNING_KEY", key.as_str())], vec![]);
    for (settings, is_required, status, tickets, variable) in [
        (&on, true, "ok", json!("on"), None),
        (&on, false, "ok", json!("on"), None),
        (&off, false, "ok", json!("off"), None),
        (
            &off,
            true,
            "misconfigured",
            json!("off"),
            Some("SIGNING_KEY"),
        ),
    ] {
        let config = parse(settings, Bindings::ALL);
        let health = health(&config, Bindings::ALL, Ok(&Waiting::default()), is_required);
        assert_eq!(
            (&health["status"], &health["tickets"]),
            (&json!(status), &tickets)
        );
        assert_eq!(health["settings"][0]["variable"].as_str(), variable);
        assert!(!health.to_string().contains(&key));
    }
    let broken = parse(&[("FORM_CACHE", "x")], Bindings::ALL);
    let health = health(&broken, Bindings::ALL, Ok(&Waiting::default()), true);
    assert_eq!(health["tickets"], Value::Null);
}

#[test]
fn the_previous_signing_key_is_as_long_and_never_alone() {
    let (key, other) = ("k".repeat(32), "o".repeat(32));
    let both = [("SIGNING_KEY", &*key), ("SIGNING_KEY_PREVIOUS", &*other)];
    let config = parse(&both, Bindings::ALL).unwrap();
    assert_eq!(config.keys, Some(Keys::derive(&key, Some(&other)).into()));
    for (current, previous, faulty) in [
        (&*key, "o", &["SIGNING_KEY_PREVIOUS"][..]),
        ("k", "o", &["SIGNING_KEY", "SIGNING_KEY_PREVIOUS"]),
        ("", &other, &["SIGNING_KEY"]),
        (&key, "", &[]),
    ] {
        let settings = [("SIGNING_KEY", current), ("SIGNING_KEY_PREVIOUS", previous)];
        assert_eq!(faulty_variables(&settings, Bindings::ALL), faulty);
    }
}

#[test]
fn a_token_is_sent_to_the_core_only_under_tls_or_on_this_machine() {
    for (address, is_sound) in [
        ("https://core.example/v1/{form}", true),
        ("http://localhost:9000/v1/{form}", true),
        ("http://core.localhost/v1", true),
        ("http://127.0.0.1:9000/", true),
        ("http://[::1]:9000/", true),
        ("http://core.example/v1/{form}", false),
        ("http://10.0.0.5/", false),
        ("http://localhost.example.com/", false),
        ("http://localhost@core.example/", false),
        ("HTTP://core.example/", false),
    ] {
        let with_token = [("CORE_URL", address), ("CORE_TOKEN", "t0ken")];
        let expected = if is_sound { &[][..] } else { &["CORE_URL"] };
        assert_eq!(
            faulty_variables(&with_token, Bindings::ALL),
            expected,
            "{address}"
        );
        if address.starts_with("http") {
            let without = faulty_variables(&with_token[..1], Bindings::ALL);
            assert!(without.is_empty(), "{address}");
        }
    }
}
