//! [`Difference`]: the parts in which an allowed origin differs from an origin that it nearly allows.

use super::allowed::{AllowedOrigin, HostPattern};
use super::origin::{Host, Origin};

/// What would have to be different for the entry to allow the origin. Fewer and earlier parts sort first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `None` when the entry's host includes the origin's.
    pub host: Option<HostDifference>,
    /// Whether one is `https`, the other `http`.
    pub scheme: bool,
    /// Whether the ports differ; not when both are their scheme's default.
    pub port: bool,
}

/// How two hosts that are nearly the same differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostDifference {
    /// One has `www.` before it.
    Www,
    /// The entry is for the subdomains of the origin's host.
    OnlySubdomains,
    /// The origin's host is a subdomain of the entry's.
    Subdomain,
    /// Both are names of the visitor's own machine: `localhost`, `127.0.0.1`, `[::1]`.
    Loopback,
}

impl AllowedOrigin {
    /// The difference to an origin that is not allowed; `None` when the hosts have nothing to do with each other.
    pub fn difference(&self, origin: &Origin) -> Option<Difference> {
        let host = match (&self.host, &origin.host) {
            (pattern, host) if pattern.matches(host) => None,
            (HostPattern::SubdomainsOf(parent), Host::Domain(domain)) if parent == domain => {
                Some(HostDifference::OnlySubdomains)
            }
            (HostPattern::Exact(listed), host) => Some(host_difference(listed, host)?),
            _ => return None,
        };
        let is_default = |port: u16, of: super::Scheme| port == of.default_port();
        let port = self.port.is_some_and(|port| {
            port != origin.port
                && !(is_default(port, self.scheme) && is_default(origin.port, origin.scheme))
        });
        Some(Difference {
            host,
            scheme: self.scheme != origin.scheme,
            port,
        })
    }
}

fn host_difference(listed: &Host, host: &Host) -> Option<HostDifference> {
    if listed.is_loopback() && host.is_loopback() {
        return Some(HostDifference::Loopback);
    }
    let (Host::Domain(listed), Host::Domain(domain)) = (listed, host) else {
        return None;
    };
    let before = |long: &str, short: &str| {
        let before = long.strip_suffix(short)?.strip_suffix('.')?;
        Some(before.to_owned())
    };
    match (before(domain, listed), before(listed, domain)) {
        (Some(www), _) | (_, Some(www)) if www == "www" => Some(HostDifference::Www),
        (Some(_), _) => Some(HostDifference::Subdomain),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_parts_that_differ() {
        use HostDifference::{Loopback, OnlySubdomains, Subdomain, Www};
        let of = |host, scheme, port| Some(Difference { host, scheme, port });
        for (entry, origin, difference) in [
            (
                "https://example.com",
                "http://example.com",
                of(None, true, false),
            ),
            (
                "https://*.example.com",
                "http://a.example.com",
                of(None, true, false),
            ),
            (
                "https://example.com",
                "https://example.com:8443",
                of(None, false, true),
            ),
            (
                "http://example.com",
                "https://example.com:8080",
                of(None, true, true),
            ),
            (
                "https://example.com",
                "https://www.example.com",
                of(Some(Www), false, false),
            ),
            (
                "https://www.example.com",
                "http://example.com",
                of(Some(Www), true, false),
            ),
            (
                "https://*.example.com",
                "https://example.com",
                of(Some(OnlySubdomains), false, false),
            ),
            (
                "https://example.com",
                "https://a.b.example.com",
                of(Some(Subdomain), false, false),
            ),
            (
                "http://localhost:3000",
                "http://127.0.0.1:3000",
                of(Some(Loopback), false, false),
            ),
            (
                "http://localhost:*",
                "http://[::1]:1",
                of(Some(Loopback), false, false),
            ),
            (
                "http://localhost:3000",
                "http://localhost:8080",
                of(None, false, true),
            ),
            ("https://a.example.com", "https://example.com", None),
            ("https://example.com", "https://wwwexample.com", None),
            ("https://example.com", "https://example.net", None),
            ("https://192.0.2.1", "https://192.0.2.2", None),
        ] {
            let entry = AllowedOrigin::parse(entry).unwrap();
            let found = entry.difference(&Origin::parse(origin).unwrap());
            assert_eq!(found, difference, "{entry} and {origin}");
        }
    }
}
