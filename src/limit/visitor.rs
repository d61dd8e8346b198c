//! [`Visitor`]: what is counted as one visitor, and the networks it is in.

use std::net::{IpAddr, Ipv6Addr};

/// What is counted as one visitor: an IPv4 address, or the /64 of an IPv6 address, since one household or server can use all
/// addresses of a /64. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Visitor {
    name: String,
    /// The first address of the /64; `None` for IPv4.
    ipv6: Option<Ipv6Addr>,
}

impl Visitor {
    /// The visitor at this address, as the platform gives it. All callers without a readable address are one visitor, so that
    /// an unreadable address does not avoid the limit.
    pub fn from_address(address: Option<&str>) -> Self {
        let parsed = address.and_then(|text| text.parse::<IpAddr>().ok());
        let (name, ipv6) = match parsed.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => (address.to_string(), None),
            Some(IpAddr::V6(address)) => {
                let address = network(address, 64);
                (address.to_string(), Some(address))
            }
            None => ("unknown".to_owned(), None),
        };
        Self { name, ipv6 }
    }

    /// The network of this many bits that the visitor is in: `2001:db8:1::/48`. `None` for IPv4.
    pub(super) fn network(&self, bits: u32) -> Option<String> {
        Some(format!("{}/{bits}", network(self.ipv6?, bits)))
    }

    /// The address or network: personal data, to be hashed before it is stored.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visitor(…)")
    }
}

/// The first bits, the rest zero: RFC 4291 section 2.5.4.
fn network(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    let rest = u128::MAX.checked_shr(bits).unwrap_or(0);
    Ipv6Addr::from_bits(address.to_bits() & !rest)
}
