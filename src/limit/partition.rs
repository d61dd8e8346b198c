//! [`CounterKey`]: under which name a partition is counted. Names hold only hashes.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::Value;

use super::policy::{Partition, RateLimitPolicy};
use crate::clock::UnixMillis;
use crate::hash::{Key, first_half, hex, separated, sha256};

/// The name of one counter: a keyed hash of the form key, the policy and who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CounterKey([u8; 16]);

impl CounterKey {
    /// The counter of `policy` for this form and caller; `None` when the policy does not apply to the caller.
    pub fn new(policy: &RateLimitPolicy, form_key: &str, caller: &Caller) -> Option<Self> {
        let partition_key = match policy.partition {
            Partition::Form => "",
            Partition::Visitor => caller.visitor.0.as_str(),
            Partition::ApiKey => caller.api_key.as_deref()?,
        };
        let window_s = policy.window_s.to_string();
        let parts = [form_key, &policy.name, &window_s, partition_key];
        let parts = separated(&parts);
        let hash = match caller.key {
            Some(key) => key.hash(&parts),
            // A reader of KV can then find an address by hashing all addresses.
            None => sha256(&parts),
        };
        Some(Self(first_half(hash)))
    }

    /// What the names of this counter's parts begin with: `limit/{hash}/`.
    pub fn prefix(self) -> String {
        format!("limit/{}/", hex(&self.0))
    }
}

/// What one isolate says of a counter: its own submissions, never anybody else's.
///
/// Only this isolate writes under the name, so no write is ever lost to another's; the counts of a window only grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterPart {
    /// The isolate that says so, and which of its lives with this counter: `{isolate}-{life}`. An isolate that has
    /// forgotten a counter begins another life, so that what it said before still counts.
    pub writer: String,
    /// When, by its clock.
    pub at: UnixMillis,
    /// Submissions admitted in the window that `at` lies in.
    pub current: u64,
    /// Submissions admitted in the window before.
    pub previous: u64,
    /// Submissions asked for, admitted or not, as many as a whole window would have at that pace.
    pub demand: u64,
}

impl CounterPart {
    /// The part as stored under a name and its metadata; `None` when that is no part.
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

    /// What is stored as metadata, which a list brings along: the time and the three counts.
    pub fn metadata(&self) -> [u64; 4] {
        [self.at.0, self.current, self.previous, self.demand]
    }
}

/// No isolate gets so many submissions in a window; what says so is not ours.
pub(super) const MAX_COUNT: u64 = 1_000_000_000;

/// Who asks, as far as policies tell callers apart. Printing it shows nothing of them.
#[derive(Clone)]
pub struct Caller {
    /// Who is counted as one visitor.
    pub visitor: Visitor,
    api_key: Option<String>,
    key: Option<Key>,
}

impl Caller {
    /// The caller at this address, as the platform gives it, with the values of `X-Api-Key` and `Authorization`. A key is
    /// only told apart from others here, not checked: whoever changes it is still counted as a visitor.
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

/// Who is counted as one visitor: an IPv4 address, or the /64 an IPv6 address is in, since one household or server has
/// that many addresses to change between. Printing it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Visitor(String);

impl Visitor {
    /// The visitor at this address, as the platform gives it. Without a readable address all callers are one visitor:
    /// an unknown address must not be a way round the limit.
    pub fn from_address(address: Option<&str>) -> Self {
        let parsed = address.and_then(|text| text.parse::<IpAddr>().ok());
        Self(match parsed.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => network(address).to_string(),
            None => "unknown".to_owned(),
        })
    }

    /// The address or network: personal, so only ever hashed.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visitor(…)")
    }
}

/// The first 64 bits, the rest zero: RFC 4291 section 2.5.4.
fn network(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))
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
    fn an_unreadable_address_is_counted_not_waved_through() {
        let visitor = |address| key(Partition::Visitor, "demo", &at(address));
        assert!(visitor("").is_some());
        assert_eq!(visitor(""), visitor("not an address"));
    }

    #[test]
    fn counts_forms_and_policies_apart() {
        let form = |form_key, address| key(Partition::Form, form_key, &at(address));
        assert_ne!(form("a", "::1"), form("b", "::1"));
        assert_eq!(form("a", "::1"), form("a", "::2"));
    }

    #[test]
    fn counts_an_api_key_however_it_is_sent_and_nothing_without_one() {
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
