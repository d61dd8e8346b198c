use serde_json::json;

use super::*;
use crate::hash::base64url;

const NOW: UnixMillis = UnixMillis(1_795_293_000_000);

fn key() -> Key {
    Key::derive("s", "p")
}

fn work(idempotency_key: Option<&str>, level: u8) -> Work {
    Work::new(
        &key(),
        "demo",
        idempotency_key,
        level,
        NOW,
        [[7; 16], [9; 16]],
    )
}

impl Work {
    fn json(&self) -> Value {
        let mut text = String::new();
        self.write(&key(), &mut text);
        let details: Value = serde_json::from_str(&text).unwrap();
        details["altcha"].clone()
    }
}

/// The solution, found at once by the key; a client tries counters.
fn solve(challenge: &Value) -> Value {
    let parameters = &challenge["parameters"];
    let bytes = |name: &str| from_hex::<16>(parameters[name].as_str().unwrap()).unwrap();
    let [a, b, c, d, ..] = key().hash(&[bytes("nonce"), bytes("salt")].concat());
    let bound = parameters["data"]["bound"].as_u64().unwrap();
    let counter = u32::from_be_bytes([a, b, c, d]) % u32::try_from(bound).unwrap();
    let password = [&bytes("nonce")[..], &counter.to_be_bytes()].concat();
    let derived = hex(&pbkdf2(&password, &bytes("salt"), COST));
    assert!(derived.starts_with(parameters["keyPrefix"].as_str().unwrap()));
    json!({ "counter": counter, "derivedKey": derived, "time": 812.5 })
}

fn sent(challenge: &Value, solution: &Value) -> String {
    let payload = json!({ "challenge": challenge, "solution": solution });
    base64url(payload.to_string().as_bytes())
}

#[test]
fn a_challenge_is_solved_below_its_bound_and_taken_in_either_base64() {
    let work = work(Some("k1"), 0);
    let challenge = work.json();
    assert_eq!(challenge["parameters"]["data"]["bound"], json!(BOUND));
    let solution = solve(&challenge);
    let text = sent(&challenge, &solution);
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    let standard = text.replace('-', "+").replace('_', "/") + &padding;
    for text in [&text, &standard] {
        assert_eq!(Work::read(text, &key(), NOW), Some(work.clone()));
    }
    // As a client writes it that sorts or indents otherwise.
    let mut shuffled = challenge.clone();
    let members = shuffled["parameters"].as_object_mut().unwrap();
    let algorithm = members.shift_remove("algorithm").unwrap();
    members.insert("algorithm".to_owned(), algorithm);
    assert_eq!(
        Work::read(&sent(&shuffled, &solution), &key(), NOW),
        Some(work)
    );
}

#[test]
fn a_solution_is_for_one_form_and_one_idempotency_key() {
    let keyed = work(Some("k1"), 0);
    assert!(keyed.is_for("demo", "k1"));
    for (form, key) in [("demo", "k2"), ("other", "k1"), ("demo", &keyed.nonce)] {
        assert!(!keyed.is_for(form, key), "{form} {key}");
    }
    let unkeyed = work(None, 0);
    assert_eq!(unkeyed.nonce, "07".repeat(16));
    assert!(unkeyed.is_for("demo", &unkeyed.nonce) && !unkeyed.is_for("demo", "k1"));
}

#[test]
fn each_level_doubles_the_bound_up_to_sixteen_times() {
    for (level, times) in [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 16), (255, 16)] {
        let challenge = work(None, level).json();
        assert_eq!(
            challenge["parameters"]["data"]["bound"],
            json!(BOUND * times)
        );
    }
}

#[test]
fn the_counter_is_spread_over_the_whole_range() {
    let key = key();
    let counters = (0..64_u8).map(|number| {
        let [a, b, c, d, ..] = key.hash(&[[number; 16], [9; 16]].concat());
        u32::from_be_bytes([a, b, c, d]) % BOUND
    });
    let sum: u32 = counters.sum();
    let mean = sum / 64;
    assert!((BOUND / 3..BOUND * 2 / 3).contains(&mean), "{mean}");
}

#[test]
fn a_solution_is_taken_for_ten_minutes_and_the_clock_skew() {
    let challenge = work(None, 0).json();
    let text = sent(&challenge, &solve(&challenge));
    let is_taken = |after_ms| Work::read(&text, &key(), NOW.plus(after_ms)).is_some();
    assert!(is_taken(0) && is_taken(660_000) && !is_taken(660_001));
}

#[test]
fn nothing_but_a_solution_of_this_service_is_taken() {
    let challenge = work(Some("k1"), 0).json();
    let solution = solve(&challenge);
    for (path, value) in [
        ("/challenge/parameters/nonce", json!("08".repeat(16))),
        ("/challenge/parameters/salt", json!("08".repeat(16))),
        ("/challenge/parameters/keyPrefix", json!("00")),
        ("/challenge/parameters/keySignature", json!("00".repeat(16))),
        ("/challenge/parameters/expiresAt", json!(u64::MAX)),
        ("/challenge/parameters/data/bound", json!(1)),
        ("/challenge/parameters/data/for", json!("00".repeat(16))),
        ("/challenge/signature", json!("00".repeat(16))),
        ("/challenge/signature", json!("")),
        ("/solution/derivedKey", json!("00".repeat(32))),
        ("/solution/derivedKey", json!("")),
        ("/solution/derivedKey", json!(1)),
        ("/challenge/parameters/nonce", json!(null)),
        ("/challenge", json!([])),
        ("/solution", json!({})),
    ] {
        let mut payload = json!({ "challenge": challenge, "solution": solution });
        *payload.pointer_mut(path).unwrap() = value;
        let text = base64url(payload.to_string().as_bytes());
        assert_eq!(Work::read(&text, &key(), NOW), None, "{path}");
    }
    let text = sent(&challenge, &solution);
    assert!(Work::read(&text, &key(), NOW).is_some());
    assert_eq!(Work::read(&text, &Key::derive("t", "p"), NOW), None);
    let long = "A".repeat(MAX_SOLUTION_CHARS);
    for text in [
        "",
        "=",
        "ü",
        "e30",
        "bnVsbA",
        text.split_at(1).1,
        &long,
        &format!("{long}A"),
    ] {
        assert_eq!(Work::read(text, &key(), NOW), None, "{text}");
    }
}

#[test]
fn a_padded_solution_up_to_the_limit_is_read_and_not_beyond() {
    let challenge = work(None, 0).json();
    let mut solution = solve(&challenge);
    let bare = sent(&challenge, &solution).len();
    assert!(bare < 1_000, "{bare}");
    for (extra, is_read) in [(0, true), (1, false)] {
        let mut text = String::new();
        let mut padding = 0;
        while text.len() < MAX_SOLUTION_CHARS + extra {
            padding += 1;
            solution["time"] = json!("1".repeat(padding));
            text = sent(&challenge, &solution);
        }
        assert!(text.len() <= MAX_SOLUTION_CHARS + extra + 2);
        if text.len() == MAX_SOLUTION_CHARS + extra || !is_read {
            assert_eq!(Work::read(&text, &key(), NOW).is_some(), is_read);
        }
    }
}
