//! [`AllowedOrigin`]: an entry of a form's `allowed_origins`.

use std::fmt;

use super::origin::{Host, Origin, Scheme, parse_port, split_port};
use super::suffix;

/// A pattern over origins: `https://example.com`, `https://*.example.com`, `http://localhost:*`.
///
/// The host follows the `host-part` rules of CSP, so that one list serves both the check of a submission and
/// `frame-ancestors`: <https://www.w3.org/TR/CSP3/#match-hosts>. Scheme and port match only themselves; CSP's upgrade
/// from `http` to `https` is left out, since the owner can list both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin {
    pub(super) scheme: Scheme,
    pub(super) host: HostPattern,
    /// `None` for `:*`, any port.
    pub(super) port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HostPattern {
    Exact(Host),
    /// Subdomains of this domain at any depth, but not the domain itself.
    SubdomainsOf(String),
}

/// Why a text is not an allowed origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidAllowedOrigin {
    /// It does not begin with `http://` or `https://`.
    Scheme,
    /// The host is none of a web page, or an IPv4 address that is not four decimal numbers.
    Host,
    /// Something follows host and port, or a user name goes before them.
    Path,
    /// The host ends in a dot.
    Dot,
    /// The wildcard is not the whole first label, or fewer than two labels follow it.
    Wildcard,
    /// The wildcard is before a public suffix, under which anyone can register a name.
    PublicSuffix,
    /// The port is not a number from 1 to 65535 or `*`.
    Port,
}

impl AllowedOrigin {
    /// Parses a pattern in ASCII. A default port may be written out; it means the same as none. Upper case means the same as
    /// lower case, and an IPv6 address may have any notation.
    ///
    /// # Errors
    /// The part that is wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidAllowedOrigin> {
        let text = text.to_ascii_lowercase();
        let (scheme, rest) = Scheme::split(&text).ok_or(InvalidAllowedOrigin::Scheme)?;
        if rest.contains(['/', '\\', '?', '#', '@']) {
            return Err(InvalidAllowedOrigin::Path);
        }
        let (host, port) = split_port(rest);
        let port = match port {
            None => Some(scheme.default_port()),
            Some("*") => None,
            Some(digits) => Some(parse_port(digits).ok_or(InvalidAllowedOrigin::Port)?),
        };
        if host.ends_with('.') {
            return Err(InvalidAllowedOrigin::Dot);
        }
        let host = match host.strip_prefix("*.") {
            None if host.contains('*') => return Err(InvalidAllowedOrigin::Wildcard),
            None => {
                HostPattern::Exact(Host::parse_written(host).ok_or(InvalidAllowedOrigin::Host)?)
            }
            Some(parent) => match Host::parse(parent) {
                Some(Host::Domain(domain))
                    if suffix::is_public(&domain) && domain.contains('.') =>
                {
                    return Err(InvalidAllowedOrigin::PublicSuffix);
                }
                Some(Host::Domain(domain)) if domain.contains('.') => {
                    HostPattern::SubdomainsOf(domain)
                }
                _ => return Err(InvalidAllowedOrigin::Wildcard),
            },
        };
        Ok(Self { scheme, host, port })
    }

    /// Whether its wildcard allows any page: the domain after it is a public suffix, by `is_suffix`, or has such domains under it.
    /// `None` when that is unknown. [`Self::parse`] checks the best known suffixes only.
    pub fn has_open_wildcard(&self, is_suffix: impl Fn(&str) -> Option<bool>) -> Option<bool> {
        match &self.host {
            HostPattern::SubdomainsOf(parent) if !suffix::is_over_suffixes(parent) => {
                is_suffix(parent)
            }
            HostPattern::SubdomainsOf(_) => Some(true),
            HostPattern::Exact(_) => Some(false),
        }
    }

    /// Whether this pattern allows `origin`.
    pub fn allows(&self, origin: &Origin) -> bool {
        self.scheme == origin.scheme
            && self.port.is_none_or(|port| port == origin.port)
            && self.host.matches(&origin.host)
    }
}

impl HostPattern {
    pub(super) fn matches(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Exact(exact), host) => exact == host,
            (Self::SubdomainsOf(parent), Host::Domain(domain)) => domain
                .strip_suffix(parent)
                .is_some_and(|labels| labels.len() > 1 && labels.ends_with('.')),
            // CSP: a wildcard never matches an address.
            (Self::SubdomainsOf(_), Host::Ipv4(_) | Host::Ipv6(_)) => false,
        }
    }
}

impl fmt::Display for AllowedOrigin {
    /// As a CSP `host-source`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme.as_str())?;
        match &self.host {
            HostPattern::Exact(host) => write!(f, "{host}")?,
            HostPattern::SubdomainsOf(parent) => write!(f, "*.{parent}")?,
        }
        match self.port {
            None => f.write_str(":*"),
            Some(port) if port == self.scheme.default_port() => Ok(()),
            Some(port) => write!(f, ":{port}"),
        }
    }
}

impl fmt::Display for InvalidAllowedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "must begin with https:// or http://",
            Self::Host => {
                "the host must be a domain, 192.0.2.1 or [2001:db8::1]; write an international domain as xn--…"
            }
            Self::Path => "must be scheme, host and port alone: https://example.com",
            Self::Dot => "the host must not end in a dot",
            Self::Wildcard => "the wildcard goes before a domain of two labels or more: https://*.example.com",
            Self::PublicSuffix => "anybody can have a page there: name the pages that are yours, without a wildcard",
            Self::Port => "the port must be from 1 to 65535, or * for any",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, origin: &str) -> bool {
        AllowedOrigin::parse(pattern)
            .expect(pattern)
            .allows(&Origin::parse(origin).expect(origin))
    }

    #[test]
    fn allows_exactly_what_it_names() {
        for (pattern, origin) in [
            ("https://example.com", "https://example.com"),
            ("https://example.com:443", "https://example.com"),
            ("https://*.example.com", "https://www.example.com"),
            ("https://*.example.com", "https://a.b.example.com"),
            ("http://localhost:*", "http://localhost"),
            ("http://localhost:*", "http://localhost:3000"),
            ("https://*.example.com:*", "https://x.example.com:8443"),
            ("http://127.0.0.1:*", "http://127.0.0.1:9"),
            ("http://[::1]:8787", "http://[::1]:8787"),
            ("HTTPS://Example.COM", "https://example.com"),
            ("https://*.EXAMPLE.com:443", "https://www.example.com"),
            ("http://[2001:DB8:0:0::1]", "http://[2001:db8::1]"),
            ("http://[::FFFF:192.0.2.128]:80", "http://[::ffff:c000:280]"),
        ] {
            assert!(allows(pattern, origin), "{pattern} should allow {origin}");
        }
    }

    #[test]
    fn refuses_other_schemes_ports_and_domains() {
        for (pattern, origin) in [
            ("https://example.com", "http://example.com"),
            ("https://example.com", "https://example.com:8443"),
            ("https://example.com", "https://www.example.com"),
            ("https://example.com", "https://example.com.evil.net"),
            ("https://*.example.com", "https://example.com"),
            ("https://*.example.com", "https://evilexample.com"),
            ("https://*.example.com", "https://www.example.com:8443"),
            ("https://*.example.com", "https://www.example.com.evil.net"),
            ("http://localhost:*", "https://localhost"),
            ("http://localhost:*", "http://localhost.evil.net"),
        ] {
            assert!(!allows(pattern, origin), "{pattern} should refuse {origin}");
        }
    }

    #[test]
    fn names_the_part_of_a_pattern_that_is_wrong() {
        use InvalidAllowedOrigin::{Dot, Host, Path, Port, PublicSuffix, Scheme, Wildcard};
        for (pattern, reason) in [
            ("", Scheme),
            ("*", Scheme),
            ("example.com", Scheme),
            ("ftp://example.com", Scheme),
            ("*://example.com", Scheme),
            ("https:example.com", Scheme),
            ("https://", Host),
            ("https://example.com/", Path),
            ("https://example.com\\", Path),
            ("https://example.com?a", Path),
            ("https://example.com#a", Path),
            ("https://münchen.de", Host),
            ("https://exam ple.com", Host),
            ("https://exam%70le.com", Host),
            ("https://example.com;", Host),
            ("https://user@example.com", Path),
            ("http://127.1", Host),
            ("http://2130706433", Host),
            ("http://0x7f.0.0.1", Host),
            ("http://0177.0.0.1", Host),
            ("http://127.0.0.0x1", Host),
            ("http://[::1", Host),
            ("http://[::1%25eth0]", Host),
            ("http://[fe80::1%eth0]", Host),
            ("https://example.com.", Dot),
            ("https://example.com.:8443", Dot),
            ("https://*.example.com.", Dot),
            ("https://*", Wildcard),
            ("http://*", Wildcard),
            ("https://*:443", Wildcard),
            ("http://*:*", Wildcard),
            ("https://**", Wildcard),
            ("https://*.*", Wildcard),
            ("https://*.[::1]", Wildcard),
            ("https://*.com", Wildcard),
            ("https://w*.example.com", Wildcard),
            ("https://*.*.example.com", Wildcard),
            ("https://*.1.2.3.4", Wildcard),
            ("https://*.co.uk", PublicSuffix),
            ("https://*.github.io", PublicSuffix),
            ("https://example.com:0", Port),
            ("https://example.com:99999", Port),
            ("https://example.com:", Port),
            ("https://example.com:8*", Port),
        ] {
            assert_eq!(AllowedOrigin::parse(pattern), Err(reason), "{pattern}");
        }
    }

    #[test]
    fn is_written_as_a_csp_source() {
        for (pattern, source) in [
            ("https://example.com:443", "https://example.com"),
            ("https://*.example.com:*", "https://*.example.com:*"),
            ("http://localhost:3000", "http://localhost:3000"),
        ] {
            assert_eq!(AllowedOrigin::parse(pattern).unwrap().to_string(), source);
        }
    }
}
