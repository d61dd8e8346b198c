//! [`Origin`]: a parsed web origin. Origins are compared as tuples, never as strings.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A tuple origin `(scheme, host, port)` of a web page,
/// <https://html.spec.whatwg.org/multipage/browsers.html#concept-origin>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The host, as serialised in a URL.
    pub host: Host,
    /// The port; the scheme's default when the origin has none.
    pub port: u16,
}

/// The schemes a host page can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

/// A host as serialised in a URL: lower case, ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Labels joined by dots, none empty, e.g. `www.example.com`.
    Domain(String),
    /// `192.0.2.1`
    Ipv4(Ipv4Addr),
    /// `[2001:db8::1]`
    Ipv6(Ipv6Addr),
}

/// The text is not an origin as browsers serialise it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidOrigin;

impl Origin {
    /// Parses the serialisation of a tuple origin, RFC 6454 section 6.2, and nothing else: an origin that differs from
    /// its own serialisation (upper case, a default port, a path, user info, a trailing dot) is not written by browsers.
    ///
    /// # Errors
    /// [`InvalidOrigin`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let (scheme, rest) = Scheme::split(text).ok_or(InvalidOrigin)?;
        let (host, port) = split_port(rest);
        let port = match port {
            None => scheme.default_port(),
            Some(digits) => parse_port(digits)
                .filter(|&port| port != scheme.default_port())
                .ok_or(InvalidOrigin)?,
        };
        let host = Host::parse(host).ok_or(InvalidOrigin)?;
        Ok(Self { scheme, host, port })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.host)?;
        if self.port == self.scheme.default_port() {
            Ok(())
        } else {
            write!(f, ":{}", self.port)
        }
    }
}

impl Scheme {
    /// Splits `https://rest` into the scheme and `rest`.
    pub fn split(text: &str) -> Option<(Self, &str)> {
        [Self::Https, Self::Http].into_iter().find_map(|scheme| {
            let rest = text.strip_prefix(scheme.as_str())?;
            Some((scheme, rest.strip_prefix("://")?))
        })
    }

    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// 80 or 443.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Host {
    /// Parses a host that is already in the form a URL serialises it to.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with('[') {
            return Self::parse_ipv6(text).filter(|host| host.to_string() == text);
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Some(Self::Ipv4(address));
        }
        let labels_are_sound = text.len() <= MAX_DOMAIN_BYTES && text.split('.').all(is_label);
        // A URL parser reads a host whose last label is a number as an IPv4 address, and writes it in another way:
        // <https://url.spec.whatwg.org/#ends-in-a-number-checker>.
        let last_is_numeric = text.rsplit('.').next().is_some_and(is_number);
        (labels_are_sound && !last_is_numeric).then(|| Self::Domain(text.to_owned()))
    }

    /// Parses a host as an owner writes it, in lower case: an IPv6 address in any notation.
    pub(super) fn parse_written(text: &str) -> Option<Self> {
        match text.starts_with('[') {
            true => Self::parse_ipv6(text),
            false => Self::parse(text),
        }
    }

    /// Whether it is a name of the machine it is used on: <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Domain(domain) => domain == "localhost" || domain.ends_with(".localhost"),
            Self::Ipv4(address) => address.is_loopback(),
            Self::Ipv6(address) => address.is_loopback(),
        }
    }

    fn parse_ipv6(text: &str) -> Option<Self> {
        let address = text.strip_prefix('[')?.strip_suffix(']')?;
        address.parse().ok().map(Self::Ipv6)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => f.write_str(domain),
            Self::Ipv4(address) => write!(f, "{address}"),
            // Rust writes the last 32 bits as an IPv4 address here, URLs do not:
            // <https://url.spec.whatwg.org/#concept-ipv6-serializer>.
            Self::Ipv6(address) => match address.segments() {
                [0, 0, 0, 0, 0, 0xffff, high, low] => write!(f, "[::ffff:{high:x}:{low:x}]"),
                _ => write!(f, "[{address}]"),
            },
        }
    }
}

/// Splits `host:port`; the colons of an IPv6 address do not split.
pub(super) fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    }
}

/// A port without sign or leading zeros, 1 to 65,535.
pub(super) fn parse_port(digits: &str) -> Option<u16> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits && !digits.starts_with('0'))
        .then(|| digits.parse().ok())
        .flatten()
}

/// Letters, digits, hyphens and (as browsers allow) underscores; never empty, so no trailing dot.
fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL_BYTES).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

/// Whether a label is a number of an IPv4 address: decimal, or hexadecimal after `0x`.
fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x");
    hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || label.bytes().all(|byte| byte.is_ascii_digit())
}

/// RFC 1035 section 2.3.4: bytes.
const MAX_LABEL_BYTES: usize = 63;
/// RFC 1035 section 2.3.4, less the length byte and the root label: bytes.
const MAX_DOMAIN_BYTES: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_equals_its_own_serialisation() {
        for text in [
            "https://example.com",
            "http://localhost:3000",
            "https://a-b.xn--mnchen-3ya.de:8443",
            "http://127.0.0.1:8787",
            "http://[::1]:8787",
            "https://[2001:db8::1]",
            "http://under_score.example",
            "https://[::ffff:c000:280]",
            "https://[::1:0:0:2]",
        ] {
            assert_eq!(Origin::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_what_browsers_do_not_serialise() {
        let long_label = format!("https://{}.com", "a".repeat(64));
        let long_domain = format!("https://{}com", "a.".repeat(126));
        for text in [
            "",
            "null",
            "example.com",
            "//example.com",
            "https://",
            "https:///",
            "https://:443",
            "HTTPS://EXAMPLE.COM",
            "https://Example.com",
            "https://example.com/",
            "https://example.com:443",
            "http://example.com:80",
            "https://example.com:0",
            "https://example.com:",
            "https://example.com:08",
            "https://example.com:65536",
            "https://example.com:+1",
            "https://example.com.",
            "https://.example.com",
            "https://exa..mple.com",
            "https://user@example.com",
            "https://example.com@evil.net",
            "https://example.com?x",
            "https://example.com#x",
            "https://exämple.com",
            "https://example.com\u{e9}",
            "https://[::1",
            "https://::1",
            "https://[::0001]",
            "https://1.2.3",
            "https://256.1.1.1",
            "https://0x7f.1",
            "https://0x7f000001",
            "https://example.0x",
            "https://[::ffff:192.0.2.128]",
            "https://*.example.com",
            "ftp://example.com",
            "file://",
            "https://example.com https://example.net",
            "https://example.com\\evil",
            long_label.as_str(),
            long_domain.as_str(),
        ] {
            assert_eq!(Origin::parse(text), Err(InvalidOrigin), "{text}");
        }
    }

    #[test]
    fn accepts_a_domain_and_a_label_of_the_maximum_length() {
        let label = format!("https://{}.com", "a".repeat(63));
        assert!(Origin::parse(&label).is_ok());
        let domain = format!("https://{}com", "a.".repeat(125));
        assert_eq!(domain.len() - "https://".len(), 253);
        assert!(Origin::parse(&domain).is_ok());
    }

    #[test]
    fn fills_in_the_default_port() {
        let default = Origin::parse("https://example.com").unwrap();
        assert_eq!(default.port, 443);
        assert_ne!(default, Origin::parse("http://example.com").unwrap());
        assert_ne!(default, Origin::parse("https://example.com:8443").unwrap());
    }
}
