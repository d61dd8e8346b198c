//! Reads the address of a page as a browser's address bar does: <https://url.spec.whatwg.org/#concept-basic-url-parser>, as far as
//! the origin depends on it.

use percent_encoding::percent_decode_str;

use crate::constraint::{domain, host};
use crate::embed::{AllowedOrigin, Origin};

/// The result of reading the address of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PageAddress {
    /// A page with an origin.
    Page {
        /// The origin; without the dot at the end of its host.
        origin: Origin,
        /// Whether the host ends in a dot.
        ends_in_dot: bool,
    },
    /// A file: its origin is `null`.
    File,
    /// Another address without an origin: `null`, `data:`, `about:srcdoc`.
    NoOrigin,
    /// An address of another scheme than `http` and `https`.
    OtherScheme,
    /// No address of a web page.
    Unreadable,
}

impl PageAddress {
    /// Reads an address; without a scheme, `https` is assumed, and `http` on the visitor's own machine.
    pub(super) fn read(text: &str) -> Self {
        let is_space = |character: char| character <= ' ';
        let text: String = text
            .trim_matches(is_space)
            .chars()
            .filter(|character| !matches!(character, '\t' | '\n' | '\r'))
            .collect();
        let Some((scheme, rest)) = split_scheme(&text) else {
            return match text.as_str() {
                "null" => Self::NoOrigin,
                text => Self::without_scheme(text),
            };
        };
        match scheme.as_str() {
            "https" | "http" => page(&scheme, rest).unwrap_or(Self::Unreadable),
            // A page made by a script has the origin of the script's page.
            "blob" => match split_scheme(rest) {
                Some((scheme, rest)) if scheme.starts_with("http") => {
                    page(&scheme, rest).unwrap_or(Self::NoOrigin)
                }
                _ => Self::NoOrigin,
            },
            "file" => Self::File,
            "data" | "about" | "javascript" => Self::NoOrigin,
            // `localhost:3000`, `example.com:8080/page`
            _ if rest.starts_with(|first: char| first.is_ascii_digit()) => {
                Self::without_scheme(&text)
            }
            _ => Self::OtherScheme,
        }
    }

    fn without_scheme(text: &str) -> Self {
        let is_local =
            |page: &Self| matches!(page, Self::Page { origin, .. } if origin.host.is_loopback());
        match page("http", text).filter(is_local) {
            Some(local) => local,
            None => page("https", text).unwrap_or(Self::Unreadable),
        }
    }
}

/// The scheme in lower case, and what follows its colon.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme.then(|| (scheme.to_ascii_lowercase(), rest))
}

fn page(scheme: &str, rest: &str) -> Option<PageAddress> {
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    let (_, authority) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.trim_start_matches('0')),
        _ => (authority, ""),
    };
    let decoded = percent_decode_str(host).decode_utf8().ok()?;
    let host = to_ascii(&decoded)?;
    let (host, ends_in_dot) = match host.strip_suffix('.') {
        Some(host) => (host, true),
        None => (host.as_str(), false),
    };
    let is_number = host::ends_in_number(host);
    let host = match is_number {
        true => host::ipv4(host)?.to_string(),
        false => host.to_owned(),
    };
    let colon = if port.is_empty() { "" } else { ":" };
    // A pattern without wildcards is an origin, in any spelling.
    let written = format!("{scheme}://{host}{colon}{port}");
    let pattern = AllowedOrigin::parse(&written).ok()?;
    Some(PageAddress::Page {
        origin: Origin::parse(&pattern.to_string()).ok()?,
        ends_in_dot: ends_in_dot && !is_number,
    })
}

/// The host in ASCII; `None` when only the whole table of international domains could tell.
fn to_ascii(host: &str) -> Option<String> {
    if host.is_ascii() {
        return Some(host.to_ascii_lowercase());
    }
    domain::normalize(host).filter(|ascii| ascii.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_origin_of_an_address_as_a_browser_does() {
        for (address, origin) in [
            ("https://example.com", "https://example.com"),
            ("https://example.com/a?b=c#d", "https://example.com"),
            ("  HTTPS://User:pw@Example.COM:443/ ", "https://example.com"),
            ("https:example.com", "https://example.com"),
            ("https:\\\\example.com\\a", "https://example.com"),
            ("https:////example.com/", "https://example.com"),
            ("https://exa\nmple.com", "https://example.com"),
            ("https://ex%61mple.com", "https://example.com"),
            (
                "https://a@b@example.com:08443/@c",
                "https://example.com:8443",
            ),
            ("http://example.com:80", "http://example.com"),
            ("http://example.com:", "http://example.com"),
            (
                "https://münchen.example/ä",
                "https://xn--mnchen-3ya.example",
            ),
            ("https://MÜNCHEN。example", "https://xn--mnchen-3ya.example"),
            (
                "https://m%C3%BCnchen.example",
                "https://xn--mnchen-3ya.example",
            ),
            ("http://127.1:8080/", "http://127.0.0.1:8080"),
            ("http://0x7f000001", "http://127.0.0.1"),
            ("http://2130706433.", "http://127.0.0.1"),
            ("http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]"),
            ("http://[::ffff:192.0.2.128]", "http://[::ffff:c000:280]"),
            ("blob:https://example.com/0f3", "https://example.com"),
            ("example.com/contact", "https://example.com"),
            ("www.example.com:8443", "https://www.example.com:8443"),
            ("localhost:3000/page", "http://localhost:3000"),
            ("127.0.0.1:5500/index.html", "http://127.0.0.1:5500"),
            ("localhost", "http://localhost"),
            ("//example.com/a", "https://example.com"),
        ] {
            let expected = PageAddress::Page {
                origin: Origin::parse(origin).unwrap(),
                ends_in_dot: false,
            };
            assert_eq!(PageAddress::read(address), expected, "{address}");
        }
        let dotted = PageAddress::read("https://example.com.:8443/");
        assert!(matches!(
            dotted,
            PageAddress::Page {
                ends_in_dot: true,
                ..
            }
        ));
    }

    #[test]
    fn says_which_addresses_have_no_origin() {
        for (address, expected) in [
            ("null", PageAddress::NoOrigin),
            ("file:///home/ada/index.html", PageAddress::File),
            ("FILE:///C:/index.html", PageAddress::File),
            ("data:text/html,x", PageAddress::NoOrigin),
            ("about:srcdoc", PageAddress::NoOrigin),
            ("blob:null/0f3", PageAddress::NoOrigin),
            ("chrome-extension://abc/page.html", PageAddress::OtherScheme),
            ("capacitor://localhost", PageAddress::OtherScheme),
            ("ftp://example.com", PageAddress::OtherScheme),
            ("", PageAddress::Unreadable),
            ("https://", PageAddress::Unreadable),
            ("https://exam ple.com", PageAddress::Unreadable),
            ("https://*.example.com", PageAddress::Unreadable),
            ("https://example.com:99999", PageAddress::Unreadable),
            ("https://example.com:x", PageAddress::Unreadable),
            ("https://256.1.1.1", PageAddress::Unreadable),
            ("https://a..b", PageAddress::Unreadable),
            ("https://example.com..", PageAddress::Unreadable),
            ("https://%ff.example", PageAddress::Unreadable),
            ("https://example.com%2fevil", PageAddress::Unreadable),
            ("https://हिन्दी.example", PageAddress::Unreadable),
            ("<script>", PageAddress::Unreadable),
        ] {
            assert_eq!(PageAddress::read(address), expected, "{address}");
        }
    }
}
