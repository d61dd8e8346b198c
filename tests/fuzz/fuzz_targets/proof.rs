//! Only what this service signed is taken as a proof: the solution of a proof of work and the token of a wait, each for its form and
//! idempotency key, and in its time.
//!
//! The input is a time offset in milliseconds, the index of a byte to change and what to, bytes, and text that is sent as a proof.

#![no_main]

use std::sync::LazyLock;

use formgate::clock::UnixMillis;
use formgate::embed::MAX_CLOCK_SKEW_MS;
use formgate::hash::{Key, base64url, from_base64, from_base64url, from_hex, hex, pbkdf2};
use formgate::spam::{MAX_SOLUTION_CHARS, WAIT_TOLERANCE_MS, WAIT_VALID_MS, WORK_VALID_MS, Wait, Work};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: (i64, usize, u8, Vec<u8>, String)| {
    let (offset_ms, index, byte, bytes, text) = input;
    let key = &*KEY;
    for standard in [base64url(&bytes), base64(&bytes)] {
        assert_eq!(from_base64(&standard), Some(bytes.clone()));
    }
    let read_wait = |token: &str, now| Wait::read(token, key, FORM, ID, now);
    for made_up in [&text, &base64url(&bytes), &base64url(text.as_bytes())] {
        assert_eq!(Work::read(made_up, key, ISSUED_AT), None);
        assert_eq!(read_wait(made_up, ISSUED_AT), None);
    }

    let (work, payload) = &*SOLVED;
    let now = UnixMillis(ISSUED_AT.0.saturating_add_signed(offset_ms));
    let read = |payload: &[u8], now| Work::read(&base64url(payload), key, now);
    let is_early_enough = now.since(ISSUED_AT) <= WORK_VALID_MS + MAX_CLOCK_SKEW_MS;
    assert_eq!(read(payload, now).as_ref(), is_early_enough.then_some(work));
    assert!(work.is_for(FORM, ID));
    assert!(!work.is_for(FORM, &text) || text == ID);
    assert!(!work.is_for(&text, ID) || text == FORM);
    // What is changed in it is either nothing that counts, such as the time it took, or no solution any more.
    let mut changed = payload.clone();
    let at = index % changed.len();
    changed[at] = byte;
    assert!(read(&changed, ISSUED_AT).is_none_or(|read| read == *work));
    changed.splice(at..=at, bytes);
    assert!(read(&changed, ISSUED_AT).is_none_or(|read| read == *work));
    if changed.len() * 4 / 3 > MAX_SOLUTION_CHARS {
        assert_eq!(read(&changed, ISSUED_AT), None);
    }

    let wait = Wait::new(byte, ISSUED_AT);
    let token = wait.token(key, FORM, ID);
    let is_in_time = now.since(wait.until) <= WAIT_VALID_MS;
    let found = read_wait(&token, now);
    assert_eq!(found, is_in_time.then_some(wait));
    if let Some(found) = found {
        assert_eq!(found.is_over(now), now.0.saturating_add(WAIT_TOLERANCE_MS) >= wait.until.0);
        assert!(found.left_s(now) >= 1);
    }
    assert!(Wait::read(&token, key, FORM, &text, ISSUED_AT).is_none() || text == ID);
    assert!(Wait::read(&token, key, &text, ID, ISSUED_AT).is_none() || text == FORM);
    let mut changed = from_base64url(&token).expect("a token");
    let at = index % changed.len();
    if changed[at] != byte {
        changed[at] = byte;
        assert_eq!(read_wait(&base64url(&changed), ISSUED_AT), None);
    }
});

/// A challenge and its solution as JSON, found by the service's own key, where a client tries a thousand counters.
fn solved() -> (Work, Vec<u8>) {
    let random = [[1; 16], [2; 16]];
    let work = Work::new(&KEY, FORM, Some(ID), 0, ISSUED_AT, random);
    let mut text = String::new();
    work.write(&KEY, &mut text);
    let details: Value = serde_json::from_str(&text).expect("JSON");
    let challenge = &details["altcha"];
    let bound = challenge["parameters"]["data"]["bound"].as_u64().expect("a bound");
    let [a, b, c, d, ..] = KEY.hash(&random.concat());
    let counter = u64::from(u32::from_be_bytes([a, b, c, d])) % bound;
    let counter = u32::try_from(counter).expect("a small bound");
    let password = [&random[0][..], &counter.to_be_bytes()].concat();
    let derived = pbkdf2(&password, &random[1], 1_000);
    let prefix = challenge["parameters"]["keyPrefix"].as_str().expect("a prefix");
    assert!(from_hex::<16>(prefix).is_some_and(|prefix| derived.starts_with(&prefix)));
    let solution = json!({ "counter": counter, "derivedKey": hex(&derived), "time": 900 });
    let payload = json!({ "challenge": challenge, "solution": solution });
    (work, payload.to_string().into_bytes())
}

/// As ALTCHA's widget writes it: RFC 4648 section 4, with padding.
fn base64(bytes: &[u8]) -> String {
    let mut text = base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

const FORM: &str = "demo";
const ID: &str = "k1";
const ISSUED_AT: UnixMillis = UnixMillis(1_795_293_000_000);
static KEY: LazyLock<Key> = LazyLock::new(|| Key::derive("a", "challenges"));
static SOLVED: LazyLock<(Work, Vec<u8>)> = LazyLock::new(solved);
