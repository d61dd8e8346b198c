//! Checks an absolute URL: <https://html.spec.whatwg.org/multipage/input.html#url-state-(type=url)>.
//!
//! Browsers run their URL parser. This checks the parts that decide its result: the scheme, and the host and port. The
//! full parser would add 80 KB gzipped to the wasm, most of it for international hosts, which are not checked here.
//! Where Chromium and the standard (<https://url.spec.whatwg.org>) differ on the characters of a host, this follows
//! Chromium.

use super::host::{is_opaque_host, is_web_host};
use crate::problem::ViolationCode;
use std::borrow::Cow;

/// Checks a sanitised value.
///
/// # Errors
/// [`ViolationCode::TypeMismatch`].
pub fn check(value: &str) -> Result<(), ViolationCode> {
    if value.is_empty() || is_plain(value) || is_absolute(value) {
        Ok(())
    } else {
        Err(ViolationCode::TypeMismatch)
    }
}

/// Fast path for nearly every address: a web host of letters, digits, dots and hyphens, whose last label is not a
/// number.
fn is_plain(text: &str) -> bool {
    let after = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some(after) = after.map(str::as_bytes) else {
        return false;
    };
    let is_of_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let end = after
        .iter()
        .position(|byte| !is_of_host(byte))
        .unwrap_or(after.len());
    let (host, rest) = after.split_at(end);
    let last = host.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    last.first().is_some_and(u8::is_ascii_alphabetic)
        && matches!(rest.first(), None | Some(b'/' | b'?' | b'#'))
}

fn is_absolute(text: &str) -> bool {
    // The URL parser drops tabs anywhere.
    let text: Cow<'_, str> = if text.contains('\t') {
        text.replace('\t', "").into()
    } else {
        text.into()
    };
    let Some((scheme, rest)) = text
        .trim_matches(|character| character <= ' ')
        .split_once(':')
    else {
        return false;
    };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme
        && match kind(scheme) {
            // Any number of slashes and backslashes may precede the authority.
            Kind::Web => {
                let authority = up_to(rest.trim_start_matches(['/', '\\']), &['/', '\\', '?', '#']);
                has_valid_authority(authority, is_web_host)
            }
            // Here only a slash or backslash ends the host.
            Kind::File => {
                let after = rest
                    .strip_prefix("//")
                    .or_else(|| rest.strip_prefix("\\\\"))
                    .unwrap_or_default();
                let host = up_to(after, &['/', '\\']);
                host.is_empty() || is_web_host(host)
            }
            Kind::Other => match rest.strip_prefix("//") {
                Some(after) => {
                    let authority = up_to(after, &['/', '?', '#']);
                    authority.is_empty() || has_valid_authority(authority, is_opaque_host)
                }
                None => true,
            },
            Kind::Opaque => true,
        }
}

enum Kind {
    Web,
    File,
    /// Chromium checks only the scheme.
    Opaque,
    Other,
}

/// <https://url.spec.whatwg.org/#special-scheme>
fn kind(scheme: &str) -> Kind {
    let is = |known: &&str| scheme.eq_ignore_ascii_case(known);
    match scheme {
        _ if ["http", "https", "ws", "wss", "ftp"].iter().any(is) => Kind::Web,
        _ if is(&"file") => Kind::File,
        _ if [
            "android",
            "chromeos-steam",
            "drivefs",
            "materialized-view",
            "steam",
        ]
        .iter()
        .any(is) =>
        {
            Kind::Opaque
        }
        _ => Kind::Other,
    }
}

fn up_to<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.split(ends).next().unwrap_or_default()
}

fn has_valid_authority(authority: &str, is_host: fn(&str) -> bool) -> bool {
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host_and_port)| host_and_port);
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !host.starts_with('[') || host.ends_with(']') => (host, port),
        _ => (host_and_port, ""),
    };
    let is_port = port.is_empty()
        || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    is_port && !host.is_empty() && is_host(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured in Chromium 147 and 156.
    #[test]
    fn agrees_with_browsers_on_known_urls() {
        for valid in [
            "",
            "http:example",
            "javascript:alert(1)",
            "mailto:x",
            "foo:",
            "C:\\x",
            "localhost:80",
            "data:,x",
            "http://a b",
            "http://exa%20mple",
            "https://example.com/a?b#c",
            "https://user:pw@example.com:8443/",
            "HTTP://EXAMPLE.COM",
            "http://[::1]:80/",
            "http://münchen.de",
            "http://1.2.3.4",
            "http://example.com.",
        ] {
            assert_eq!(check(valid), Ok(()), "{valid}");
        }
        for invalid in [
            "example.com",
            "//x",
            "http://",
            "http://[",
            "http://1.2.3.999",
            "http://?x",
            "http://a:99999",
            "http://a:b",
            "1http://x",
            "http://a<b",
            "/path",
            ":x",
        ] {
            assert_eq!(
                check(invalid),
                Err(ViolationCode::TypeMismatch),
                "{invalid}"
            );
        }
    }
}
