//! [`Keys`]: the keys derived from `SIGNING_KEY`.

use super::{fault, is_visible};
use crate::embed::TicketKeys;
use crate::hash::Key;
use crate::problem::SettingFault;

/// One key per purpose, derived from `SIGNING_KEY` when the settings are parsed.
///
/// Before there were derived keys, the setting was called `TICKET_KEY` and was itself the key of every hash: a visitor's hash
/// in a lead from that time is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Hashes the addresses of visitors in leads.
    pub visitor_hashes: Key,
    /// Hashes the names of rate limit counters.
    pub counter_names: Key,
    /// Signs challenges and verifies what solves them.
    pub challenges: Key,
    /// Sign and verify tickets.
    pub tickets: TicketKeys,
    /// Hash the addresses of people who are erased: the current key, and the previous one while there is one.
    pub people: Vec<Key>,
}

impl Keys {
    /// Reads and checks `SIGNING_KEY` and `SIGNING_KEY_PREVIOUS`; `None` when there is no key.
    pub(super) fn read(
        read: impl Fn(&'static str) -> Option<String>,
        faults: &mut Vec<SettingFault>,
    ) -> Option<Self> {
        let (current, previous) = (read(SIGNING_KEY), read(PREVIOUS_KEY));
        for (name, key) in [(SIGNING_KEY, &current), (PREVIOUS_KEY, &previous)] {
            let is_sound = |key: &String| key.len() >= MIN_SIGNING_KEY_BYTES && is_visible(key);
            if !key.as_ref().is_none_or(is_sound) {
                let reason =
                    format!("must be at least {MIN_SIGNING_KEY_BYTES} visible ASCII characters");
                faults.push(fault(name, &reason));
            }
        }
        if current.is_none() && previous.is_some() {
            faults.push(fault(
                SIGNING_KEY,
                "is not set, but SIGNING_KEY_PREVIOUS is",
            ));
        }
        // While both are set there is nothing to correct, so that the new one can be set before the old one is removed.
        if current.is_none() && read(FORMER_NAME).is_some() {
            faults.push(fault(FORMER_NAME, "is now called SIGNING_KEY"));
        }
        Some(Self::derive(&current?, previous.as_deref()))
    }

    /// Derives all keys. A label never changes: with another one all hashes change. The previous key only verifies: hashes of
    /// visitors and counter names are those of the current key alone.
    pub(super) fn derive(signing_key: &str, previous: Option<&str>) -> Self {
        let ticket_key = |secret| Key::derive(secret, "formgate tickets");
        let people_key = |secret| Key::derive(secret, "formgate people");
        Self {
            visitor_hashes: Key::derive(signing_key, "formgate visitor hashes"),
            counter_names: Key::derive(signing_key, "formgate counter names"),
            challenges: Key::derive(signing_key, "formgate challenges"),
            tickets: TicketKeys {
                current: ticket_key(signing_key),
                previous: previous.map(ticket_key),
            },
            people: Some(signing_key)
                .into_iter()
                .chain(previous)
                .map(people_key)
                .collect(),
        }
    }
}

/// The name of the setting.
pub(super) const SIGNING_KEY: &str = "SIGNING_KEY";
const PREVIOUS_KEY: &str = "SIGNING_KEY_PREVIOUS";
/// The former name of `SIGNING_KEY`.
const FORMER_NAME: &str = "TICKET_KEY";
/// The length of a SHA-256 hash, the minimum that RFC 2104 section 3 recommends: bytes.
pub const MIN_SIGNING_KEY_BYTES: usize = 32;
