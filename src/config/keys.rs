//! [`Keys`]: the keys derived from `SIGNING_KEY`.

use crate::hash::Key;

/// One key per purpose, derived from `SIGNING_KEY` when the settings are parsed.
///
/// Before there were derived keys, the setting was called `TICKET_KEY` and was itself the key of every hash: a visitor's hash
/// in a lead from that time is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Hashes the addresses of visitors in leads.
    pub visitor_hashes: Key,
    /// Hashes the names of rate limit counters.
    pub counter_names: Key,
}

impl Keys {
    /// Derives all keys. A label never changes: with another one all hashes change.
    pub(super) fn derive(signing_key: &str) -> Self {
        Self {
            visitor_hashes: Key::derive(signing_key, "formgate visitor hashes"),
            counter_names: Key::derive(signing_key, "formgate counter names"),
        }
    }
}
