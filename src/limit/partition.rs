//! [`CounterKey`] and [`CounterPart`]: the names of counters in KV, which contain only hashes, and the counts of one isolate.

use serde_json::Value;

use super::policy::{Partition, RateLimitPolicy};
use super::visitor::Visitor;
use crate::clock::UnixMillis;
use crate::hash::{Key, first_half, hex, separated, sha256};

/// The name of one counter: a keyed hash of the form key, the policy, and the visitor or API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CounterKey([u8; 16]);

impl CounterKey {
    /// The counter of `policy` for this form and caller; `None` when the policy does not apply to the caller.
    pub fn new(policy: &RateLimitPolicy, form_key: &str, caller: &Caller) -> Option<Self> {
        let partition_key = match policy.partition {
            Partition::Form => "",
            Partition::Visitor => caller.visitor.name(),
            Partition::Network(bits) => &caller.visitor.network(bits)?,
            Partition::ApiKey => caller.api_key.as_deref()?,
        };
        let window_s = policy.window_s.to_string();
        let parts = [form_key, &policy.name, &window_s, partition_key];
        let parts = separated(&parts);
        let hash = match &caller.key {
            Some(key) => key.hash(&parts),
            // A reader of KV can then find an address by hashing all addresses.
            None => sha256(&parts),
        };
        Some(Self(first_half(hash)))
    }

    /// The prefix of the KV names of this counter's parts: `limit/{hash}/`.
    pub fn prefix(self) -> String {
        format!("limit/{}/", hex(&self.0))
    }
}

/// The counts of one isolate for one counter: only the submissions it admitted itself.
///
/// Only this isolate writes under the name, so no other write overwrites it; the counts of a window only grow (a G-counter).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterPart {
    /// The name of the writer: `{isolate}-{generation}`. An isolate that dropped a counter and makes it again begins another
    /// generation, so that what it published before still counts.
    pub writer: String,
    /// When, by the isolate's clock.
    pub at: UnixMillis,
    /// Submissions admitted in the window that `at` lies in.
    pub current: u64,
    /// Submissions admitted in the window before.
    pub previous: u64,
    /// Demand: submissions per window, admitted or not, extrapolated to a whole window.
    pub demand: u64,
}

impl CounterPart {
    /// Reads a part from its KV name and metadata; `None` when they are not those of a part.
    pub fn read(name: &str, metadata: Option<&Value>) -> Option<Self> {
        let numbers = metadata?.as_array()?;
        let number = |index| numbers.get(index).and_then(Value::as_u64);
        let count = |index| number(index).filter(|&count| count <= MAX_COUNT);
        Some(Self {
            writer: name.rsplit('/').next()?.to_owned(),
            at: UnixMillis(number(0)?),
            current: count(1)?,
            previous: count(2)?,
            demand: count(3)?,
        })
    }

    /// The KV metadata, which a list returns with the name: the time and the three counts.
    pub fn metadata(&self) -> [u64; 4] {
        [self.at.0, self.current, self.previous, self.demand]
    }
}

/// No isolate gets more submissions in a window; a larger count is not from this program.
pub(super) const MAX_COUNT: u64 = 1_000_000_000;

/// The sender of a submission, as far as policies distinguish senders. `Debug` shows none of it.
#[derive(Clone)]
pub struct Caller {
    /// The visitor.
    pub visitor: Visitor,
    api_key: Option<String>,
    key: Option<Key>,
}

impl Caller {
    /// The caller at this address, as the platform gives it, with the values of `X-Api-Key` and `Authorization`. An API
    /// key is not verified here; a caller with a changing key is still counted as one visitor.
    pub fn new(address: Option<&str>, api_key: Option<&str>, authorization: Option<&str>) -> Self {
        let bearer = || {
            let (scheme, token) = authorization?.split_once(' ')?;
            // RFC 9110 section 11.1: schemes in any case.
            scheme.eq_ignore_ascii_case("bearer").then_some(token)
        };
        let api_key = api_key.or_else(bearer).map(str::trim);
        Self {
            visitor: Visitor::from_address(address),
            api_key: api_key.filter(|key| !key.is_empty()).map(str::to_owned),
            key: None,
        }
    }

    /// The caller, counted under names hashed with `key`, which cannot be guessed without it. All isolates need the same key.
    pub fn keyed(self, key: Option<Key>) -> Self {
        Self { key, ..self }
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caller(…)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::limit::FaultMode;

    fn key(partition: Partition, form_key: &str, caller: &Caller) -> Option<CounterKey> {
        let policy = RateLimitPolicy {
            name: "p".to_owned(),
            quota: 1,
            window_s: 60,
            partition,
            on_fault: FaultMode::Open,
        };
        CounterKey::new(&policy, form_key, caller)
    }

    fn at(address: &str) -> Caller {
        Caller::new(Some(address), None, None)
    }

    #[test]
    fn counts_an_ipv6_network_as_one_visitor() {
        let visitor = |address| key(Partition::Visitor, "demo", &at(address));
        assert_eq!(visitor("2001:db8:1:2::1"), visitor("2001:db8:1:2:ffff::9"));
        assert_ne!(visitor("2001:db8:1:2::1"), visitor("2001:db8:1:3::1"));
        assert_eq!(visitor("::ffff:192.0.2.1"), visitor("192.0.2.1"));
        assert_ne!(visitor("192.0.2.1"), visitor("192.0.2.2"));
    }

    #[test]
    fn an_ipv6_visitor_is_in_two_networks_and_an_ipv4_visitor_in_none() {
        let of = |bits, address| key(Partition::Network(bits), "demo", &at(address));
        assert_eq!(of(56, "2001:db8:1:2ff::1"), of(56, "2001:db8:1:200::1"));
        assert_ne!(of(56, "2001:db8:1:2ff::1"), of(56, "2001:db8:1:300::1"));
        assert_eq!(of(48, "2001:db8:1:2ff::1"), of(48, "2001:db8:1:ffff::1"));
        assert_ne!(of(48, "2001:db8:1::1"), of(48, "2001:db8:2::1"));
        assert_ne!(of(48, "2001:db8:1::1"), of(56, "2001:db8:1::1"));
        for address in ["192.0.2.1", "::ffff:192.0.2.1", "nonsense"] {
            assert_eq!(
                (of(48, address), of(56, address)),
                (None, None),
                "{address}"
            );
        }
    }

    #[test]
    fn an_unreadable_address_is_counted() {
        let visitor = |address| key(Partition::Visitor, "demo", &at(address));
        assert!(visitor("").is_some());
        assert_eq!(visitor(""), visitor("not an address"));
    }

    #[test]
    fn each_form_has_a_counter_of_its_own() {
        let form = |form_key, address| key(Partition::Form, form_key, &at(address));
        assert_ne!(form("a", "::1"), form("b", "::1"));
        assert_eq!(form("a", "::1"), form("a", "::2"));
    }

    #[test]
    fn counts_an_api_key_in_either_header_and_nothing_without_one() {
        let sent = |api_key, authorization| {
            let caller = Caller::new(Some("192.0.2.1"), api_key, authorization);
            key(Partition::ApiKey, "demo", &caller)
        };
        let counted = sent(Some("k1"), None);
        assert!(counted.is_some());
        assert_eq!(counted, sent(None, Some("Bearer k1")));
        assert_eq!(counted, sent(None, Some("bearer  k1 ")));
        assert_ne!(counted, sent(Some("k2"), None));
        for (api_key, authorization) in [
            (None, None),
            (Some(" "), None),
            (None, Some("Bearer")),
            (None, Some("Basic k1")),
        ] {
            assert_eq!(sent(api_key, authorization), None, "{authorization:?}");
        }
    }

    #[test]
    fn names_depend_on_the_key() {
        let visitor = |secret: Option<&str>| {
            let caller = at("192.0.2.1").keyed(secret.map(|secret| Key::derive(secret, "p")));
            key(Partition::Visitor, "demo", &caller)
        };
        assert_eq!(visitor(Some("a")), visitor(Some("a")));
        assert_ne!(visitor(Some("a")), visitor(Some("b")));
        assert_ne!(visitor(Some("a")), visitor(None));
    }

    #[test]
    fn names_hold_no_address_and_no_key() {
        let caller = Caller::new(Some("192.0.2.1"), Some("s3cret"), None);
        for partition in [Partition::Visitor, Partition::ApiKey] {
            let prefix = key(partition, "demo", &caller).unwrap().prefix();
            assert!(
                prefix.starts_with("limit/") && prefix.len() == 39,
                "{prefix}"
            );
            assert!(
                !prefix.contains("192") && !prefix.contains("s3cret"),
                "{prefix}"
            );
        }
        let printed = format!("{caller:?} {:?}", caller.visitor);
        assert!(
            !printed.contains("192") && !printed.contains("s3cret"),
            "{printed}"
        );
    }

    #[test]
    fn reads_back_its_own_parts_and_no_others() {
        let part = CounterPart {
            writer: "i1-2".to_owned(),
            at: UnixMillis(600_000),
            current: 7,
            previous: 9,
            demand: 40,
        };
        let read = |metadata: Value| CounterPart::read("limit/abc/i1-2", Some(&metadata));
        assert_eq!(read(json!(part.metadata())), Some(part));
        assert_eq!(CounterPart::read("limit/abc/i1-2", None), None);
        for garbage in [
            json!(null),
            json!(7),
            json!([]),
            json!([600_000, 1, 2]),
            json!([600_000, -1, 2, 3]),
            json!([600_000, 1.5, 2, 3]),
            json!([600_000, "1", 2, 3]),
            json!([600_000, MAX_COUNT + 1, 2, 3]),
        ] {
            assert_eq!(read(garbage.clone()), None, "{garbage}");
        }
        assert!(read(json!([600_000, MAX_COUNT, 2, 3])).is_some());
    }
}
