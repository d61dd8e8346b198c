//! A valid absolute URL: <https://html.spec.whatwg.org/multipage/input.html#url-state-(type=url)>.
//!
//! Browsers run their URL parser. This checks what decides there: a scheme, and the host and port of an authority. The
//! full parser would add 80 KB gzipped to the wasm, most of it for international hosts, which pass unchecked here. Where
//! Chromium and the standard (<https://url.spec.whatwg.org>) differ on what a host may contain, this is Chromium.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use crate::problem::ViolationCode;

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

/// What nearly every address is: a web host of letters, digits, dots and hyphens, whose last label is no number.
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
    // The parser drops these wherever they stand.
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
            // Any number of slashes, forward or back, leads to the authority.
            Kind::Web => {
                let authority = up_to(rest.trim_start_matches(['/', '\\']), &['/', '\\', '?', '#']);
                has_sound_authority(authority, is_web_host)
            }
            // Only a slash ends the host.
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
                    authority.is_empty() || has_sound_authority(authority, is_opaque_host)
                }
                None => true,
            },
            Kind::Opaque => true,
        }
}

enum Kind {
    Web,
    File,
    /// Chromium looks no further than the scheme.
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

fn has_sound_authority(authority: &str, is_host: fn(&str) -> bool) -> bool {
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

/// <https://url.spec.whatwg.org/#host-parsing>, as far as it is ASCII.
fn is_web_host(host: &str) -> bool {
    let Some(host) = percent_decoded(host) else {
        return false;
    };
    if host.starts_with('[') {
        return is_ipv6(&host);
    }
    if !host.is_ascii() {
        return !host.contains(is_forbidden_in_domain);
    }
    // One dot at the end says only that the name is complete.
    let labels = host.strip_suffix('.').unwrap_or(&host);
    let last = labels.rsplit('.').next().unwrap_or_default();
    let is_number = !last.is_empty()
        && (last.bytes().all(|byte| byte.is_ascii_digit()) || ipv4_part(last).is_some());
    if is_number {
        is_ipv4(labels)
    } else {
        !host.is_empty() && !host.contains(is_forbidden_in_domain)
    }
}

/// A host of a scheme that browsers do not know: nothing is decoded, anything goes but what separates.
fn is_opaque_host(host: &str) -> bool {
    if host.starts_with('[') {
        is_ipv6(host)
    } else {
        !host.contains(|character| character != '%' && is_forbidden(character))
    }
}

fn is_ipv6(host: &str) -> bool {
    let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    else {
        return false;
    };
    match address.rsplit_once(':') {
        Some((groups, last)) if last.contains('.') => {
            last.split('.').count() == 4
                && is_ipv4(last)
                && format!("{groups}:0:0").parse::<Ipv6Addr>().is_ok()
        }
        _ => address.parse::<Ipv6Addr>().is_ok(),
    }
}

/// Up to four parts, the last of which fills what the others leave: <https://url.spec.whatwg.org/#concept-ipv4-parser>.
fn is_ipv4(host: &str) -> bool {
    let parts: Vec<Option<u64>> = host.split('.').map(ipv4_part).collect();
    let Some((&Some(last), leading)) = parts.split_last() else {
        return false;
    };
    let bits_left = 32_u32.saturating_sub(8 * u32::try_from(leading.len()).unwrap_or(u32::MAX / 8));
    leading.len() < 4
        && leading
            .iter()
            .all(|part| part.is_some_and(|value| value < 256))
        && last < 1_u64 << bits_left
}

/// Decimal, octal after a 0, or hexadecimal after `0x`; too large for any address is as large as can be.
fn ipv4_part(text: &str) -> Option<u64> {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = match (hexadecimal, text.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) => (digits, 8),
        (None, None) => (text, 10),
    };
    if text.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    Some(if significant.is_empty() {
        0
    } else {
        u64::from_str_radix(significant, radix).unwrap_or(u64::MAX)
    })
}

/// `None` when what comes out is not UTF-8.
fn percent_decoded(host: &str) -> Option<Cow<'_, str>> {
    if !host.contains('%') {
        return Some(host.into());
    }
    let mut bytes = Vec::with_capacity(host.len());
    let mut rest = host.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail
            .first_chunk::<2>()
            .filter(|_| first == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = pair.filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match decoded.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// <https://url.spec.whatwg.org/#forbidden-domain-code-point>, less the space, which Chromium escapes.
fn is_forbidden_in_domain(character: char) -> bool {
    matches!(character, '%' | '\x01'..='\x1f' | '\x7f')
        || (character != ' ' && is_forbidden(character))
}

/// <https://url.spec.whatwg.org/#forbidden-host-code-point>
fn is_forbidden(character: char) -> bool {
    matches!(
        character,
        '\0' | '\t' | '\n' | '\r' | ' ' | '#' | '/' | ':' | '<' | '>'
    ) || matches!(character, '?' | '@' | '[' | '\\' | ']' | '^' | '|')
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
