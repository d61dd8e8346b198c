//! Only an origin that the list names is ever admitted, and only text that is an origin is repeated in a header or the log.
//!
//! The input is lines: the `Origin` header, then the entries of `allowed_origins`.

#![no_main]

use formgate::embed::{
    AllowedOrigin, Origin, check, cors_headers, frame_ancestors, loggable_origin,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (header, entries) = input.split_once('\n').unwrap_or((input, ""));
    let allowed: Vec<AllowedOrigin> = entries
        .lines()
        .filter_map(|entry| AllowedOrigin::parse(entry).ok())
        .collect();
    for entry in &allowed {
        let source = entry.to_string();
        let again = AllowedOrigin::parse(&source).expect("a CSP source is an entry");
        assert_eq!(&again, entry);
        assert!(source.bytes().all(|byte| byte.is_ascii_graphic() && !b",;'\"".contains(&byte)));
    }
    assert!(!frame_ancestors(&allowed).contains([';', ',', '\r', '\n']));
    let parsed = Origin::parse(header);
    if let Ok(origin) = &parsed {
        assert_eq!(origin.to_string(), header, "an origin equals its serialisation");
    }
    if let Ok(admitted) = check(Some(header), OWN, &allowed) {
        assert_eq!(Ok(&admitted), parsed.as_ref());
        let sources: Vec<String> = allowed.iter().map(AllowedOrigin::to_string).collect();
        assert!(
            header == OWN || sources.iter().any(|source| is_named_by(source, header)),
            "{header} by {sources:?}"
        );
    }
    for (_, value) in cors_headers(Some(header)) {
        assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{value}");
    }
    let logged = loggable_origin(Some(header)).unwrap_or_default();
    assert!(logged == "unreadable" || logged == header && !logged.contains(['@', '?', '#', ' ']));
});

/// The same decision from the texts alone.
fn is_named_by(source: &str, origin: &str) -> bool {
    let Some((scheme, rest)) = source.split_once("://") else {
        return false;
    };
    let Some(of_origin) = origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"))
    else {
        return false;
    };
    let (host, of_origin) = match rest.strip_suffix(":*") {
        Some(host) => (host, without_port(of_origin)),
        None => (rest, of_origin),
    };
    match host.strip_prefix("*.") {
        Some(parent) => of_origin
            .strip_suffix(parent)
            .is_some_and(|labels| labels.len() > 1 && labels.ends_with('.')),
        None => host == of_origin,
    }
}

fn without_port(text: &str) -> &str {
    match text.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => text,
    }
}

const OWN: &str = "https://forms.example.net";
