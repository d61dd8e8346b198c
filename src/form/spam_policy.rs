//! Parses the member `spam` of a definition to a [`SpamPolicy`].

use serde_json::{Map, Value};

use super::fault::DefinitionFault;
use super::read::{MUST_BE_OBJECT, UNKNOWN, join};
use crate::spam::{DEFAULT_POLICY, MAX_THRESHOLD, MIN_FILL_LIMIT_MS, Mode, Signal, SpamPolicy};

/// The policy of a form; that of [`DEFAULT_POLICY`] for what the definition does not have.
pub(super) fn parse_spam(
    stored: Option<&Value>,
    min_fill_ms: Option<u32>,
    faults: &mut Vec<DefinitionFault>,
) -> SpamPolicy {
    let mut policy = SpamPolicy {
        // A form that was published with more stays available.
        min_fill_ms: min_fill_ms.map_or(DEFAULT_POLICY.min_fill_ms, |millis| {
            millis.min(MIN_FILL_LIMIT_MS)
        }),
        ..DEFAULT_POLICY
    };
    let before = faults.len();
    let stored = stored.and_then(|stored| members(stored, SPAM, faults));
    for (name, value) in stored.into_iter().flatten() {
        let path = join(SPAM, name);
        match name.as_str() {
            "mode" => match value.as_str().and_then(Mode::parse) {
                Some(mode) => policy.mode = mode,
                None => faults.push(DefinitionFault::new(path, "must be enforce, shadow or off")),
            },
            "spam_at" => set(&mut policy.spam_at, 1, value, &path, faults),
            "challenge_at" => set(&mut policy.challenge_at, 1, value, &path, faults),
            "max_links" => set(&mut policy.max_links, 0, value, &path, faults),
            WEIGHTS => {
                for (name, value) in members(value, &path, faults).into_iter().flatten() {
                    let path = join(&path, name);
                    let index = Signal::ALL.iter().position(|(_, known, _)| known == name);
                    match index.and_then(|index| policy.weights.get_mut(index)) {
                        Some(weight) => set(weight, 0, value, &path, faults),
                        None => faults.push(DefinitionFault::new(path, UNKNOWN)),
                    }
                }
            }
            _ => faults.push(DefinitionFault::new(path, UNKNOWN)),
        }
    }
    if faults.len() == before {
        check(&policy, faults);
    }
    policy
}

fn check(policy: &SpamPolicy, faults: &mut Vec<DefinitionFault>) {
    if policy.challenge_at > policy.spam_at {
        let reason = "must not be above spam_at";
        faults.push(DefinitionFault::new("spam.challenge_at", reason));
    }
    let [honeypot, ..] = policy.weights;
    if honeypot >= policy.challenge_at {
        let reason = "must be below challenge_at: programs that fill in forms for people fill the honeypot, too";
        faults.push(DefinitionFault::new("spam.weights.honeypot", reason));
    }
}

/// The members of an object, if it is one.
fn members<'a>(
    stored: &'a Value,
    path: &str,
    faults: &mut Vec<DefinitionFault>,
) -> Option<&'a Map<String, Value>> {
    let members = stored.as_object();
    if members.is_none() {
        faults.push(DefinitionFault::new(path, MUST_BE_OBJECT));
    }
    members
}

/// Sets a number from `min` to [`MAX_THRESHOLD`].
fn set(number: &mut u8, min: u8, value: &Value, path: &str, faults: &mut Vec<DefinitionFault>) {
    let given = value.as_u64().and_then(|given| u8::try_from(given).ok());
    match given.filter(|given| (min..=MAX_THRESHOLD).contains(given)) {
        Some(given) => *number = given,
        None => {
            let reason = format!("must be a whole number from {min} to {MAX_THRESHOLD}");
            faults.push(DefinitionFault::new(path, reason));
        }
    }
}

const SPAM: &str = "spam";
const WEIGHTS: &str = "weights";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(stored: Value) -> Result<SpamPolicy, Vec<String>> {
        let mut faults = Vec::new();
        let policy = parse_spam(Some(&stored), None, &mut faults);
        match faults.is_empty() {
            true => Ok(policy),
            false => Err(faults.into_iter().map(|fault| fault.path).collect()),
        }
    }

    #[test]
    fn what_is_absent_has_its_default() {
        for stored in [json!({}), json!({ "weights": {} })] {
            assert_eq!(parsed(stored), Ok(DEFAULT_POLICY));
        }
        let policy = parsed(
            json!({ "mode": "shadow", "spam_at": 9, "challenge_at": 9, "max_links": 0,
            "weights": { "automation": 0, "honeypot": 8 } }),
        )
        .unwrap();
        let mut weights = DEFAULT_POLICY.weights;
        (weights[0], weights[10]) = (8, 0);
        let expected = SpamPolicy {
            mode: Mode::Shadow,
            spam_at: 9,
            challenge_at: 9,
            max_links: 0,
            min_fill_ms: 0,
            weights,
        };
        assert_eq!(policy, expected);
        for (given, taken) in [(1_500, 1_500), (60_000, 60_000), (60_001, 60_000)] {
            let policy = parse_spam(None, Some(given), &mut Vec::new());
            assert_eq!(policy.min_fill_ms, taken);
        }
    }

    #[test]
    fn every_fault_has_its_path() {
        for (stored, paths) in [
            (json!([]), &["spam"][..]),
            (json!(true), &["spam"]),
            (json!({ "mode": "on" }), &["spam.mode"]),
            (json!({ "mode": null }), &["spam.mode"]),
            (
                json!({ "spam_at": 0, "challenge_at": 0 }),
                &["spam.spam_at", "spam.challenge_at"],
            ),
            (
                json!({ "spam_at": 101, "max_links": 101 }),
                &["spam.spam_at", "spam.max_links"],
            ),
            (
                json!({ "max_links": -1, "spam_at": 4.5 }),
                &["spam.max_links", "spam.spam_at"],
            ),
            (
                json!({ "spam_at": "5", "limit": 1 }),
                &["spam.spam_at", "spam.limit"],
            ),
            (json!({ "weights": 1 }), &["spam.weights"]),
            (
                json!({ "weights": { "trap": 1, "links": 101 } }),
                &["spam.weights.trap", "spam.weights.links"],
            ),
            (
                json!({ "spam_at": 4, "challenge_at": 5 }),
                &["spam.challenge_at"],
            ),
            (
                json!({ "weights": { "honeypot": 3 } }),
                &["spam.weights.honeypot"],
            ),
            (json!({ "challenge_at": 2 }), &["spam.weights.honeypot"]),
        ] {
            let expected = Err(paths.iter().map(|path| (*path).to_owned()).collect());
            assert_eq!(parsed(stored.clone()), expected, "{stored}");
        }
        for limit in [1, 100] {
            assert!(
                parsed(
                    json!({ "spam_at": limit, "challenge_at": limit, "weights": { "honeypot": 0 } })
                )
                .is_ok()
            );
        }
    }
}
