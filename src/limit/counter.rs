//! [`CounterKey`]: under which name a partition is counted. Names hold only hashes.

use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};

use sha2::{Digest, Sha256};

use super::policy::{Partition, RateLimitPolicy};

/// The name of one counter: a hash of the form key, the policy and who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CounterKey([u8; 16]);

impl CounterKey {
    /// The counter of `policy` for this form and visitor.
    pub fn new(policy: &RateLimitPolicy, form_key: &str, visitor: &Visitor) -> Self {
        let partition_key = match policy.partition {
            Partition::Form => "",
            Partition::Visitor => visitor.0.as_str(),
        };
        let mut hash = Sha256::new();
        for part in [
            form_key,
            &policy.name,
            &policy.window_s.to_string(),
            partition_key,
        ] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mut key = [0; 16];
        for (byte, hashed) in key.iter_mut().zip(hash.finalize()) {
            *byte = hashed;
        }
        Self(key)
    }

    /// What the names of this counter's parts begin with: `limit/{hash}/`.
    pub fn prefix(self) -> String {
        let mut prefix = "limit/".to_owned();
        for byte in self.0 {
            // Writing to a String cannot fail.
            let _ = write!(prefix, "{byte:02x}");
        }
        prefix.push('/');
        prefix
    }

    /// The name under which one isolate publishes its part: `limit/{hash}/{window}/{isolate}`.
    pub fn name(self, window: u64, isolate: &str) -> String {
        format!("{}{window}/{isolate}", self.prefix())
    }
}

/// What one isolate has counted in one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterPart {
    /// The name it is published under; see [`CounterKey::name`].
    pub name: String,
    /// Submissions admitted.
    pub count: u64,
}

impl CounterPart {
    /// The window and the isolate in the name, if it is one of ours.
    pub(super) fn window_and_isolate(&self) -> Option<(u64, &str)> {
        let mut parts = self.name.rsplit('/');
        let isolate = parts.next()?;
        let window = parts.next()?.parse().ok()?;
        Some((window, isolate))
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
    use super::*;

    fn key(partition: Partition, form_key: &str, address: &str) -> CounterKey {
        let policy = RateLimitPolicy {
            name: "p".to_owned(),
            quota: 1,
            window_s: 60,
            partition,
        };
        CounterKey::new(&policy, form_key, &Visitor::from_address(Some(address)))
    }

    #[test]
    fn counts_an_ipv6_network_as_one_visitor() {
        let visitor = |address| key(Partition::Visitor, "demo", address);
        assert_eq!(visitor("2001:db8:1:2::1"), visitor("2001:db8:1:2:ffff::9"));
        assert_ne!(visitor("2001:db8:1:2::1"), visitor("2001:db8:1:3::1"));
        assert_eq!(visitor("::ffff:192.0.2.1"), visitor("192.0.2.1"));
        assert_ne!(visitor("192.0.2.1"), visitor("192.0.2.2"));
    }

    #[test]
    fn an_unreadable_address_is_counted_not_waved_through() {
        let visitor = |address| key(Partition::Visitor, "demo", address);
        assert_eq!(visitor(""), visitor("not an address"));
    }

    #[test]
    fn counts_forms_and_policies_apart() {
        assert_ne!(
            key(Partition::Form, "a", "::1"),
            key(Partition::Form, "b", "::1")
        );
        assert_eq!(
            key(Partition::Form, "a", "::1"),
            key(Partition::Form, "a", "::2")
        );
    }

    #[test]
    fn names_hold_no_address() {
        let name = key(Partition::Visitor, "demo", "192.0.2.1").name(7, "i1");
        assert!(!name.contains("192"), "{name}");
        assert!(name.ends_with("/7/i1") && name.len() < 100, "{name}");
        let printed = format!("{:?}", Visitor::from_address(Some("192.0.2.1")));
        assert!(!printed.contains("192"), "{printed}");
    }

    #[test]
    fn reads_back_its_own_names_and_no_others() {
        let part = |name: &str| CounterPart {
            name: name.to_owned(),
            count: 1,
        };
        let own = part(&key(Partition::Form, "demo", "::1").name(7, "i1"));
        assert_eq!(own.window_and_isolate(), Some((7, "i1")));
        for name in ["", "x", "limit/abc/seven/i1"] {
            assert_eq!(part(name).window_and_isolate(), None, "{name}");
        }
    }
}
