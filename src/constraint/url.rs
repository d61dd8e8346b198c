//! A valid absolute URL: <https://html.spec.whatwg.org/multipage/input.html#url-state-(type=url)>.
//!
//! Browsers run their URL parser. This checks what decides there: a scheme, and for the web's own schemes a host that can
//! be one. The full parser would add 80 KB gzipped to the wasm.

use std::net::Ipv6Addr;

use crate::problem::ViolationCode;

/// Checks a sanitised value.
///
/// # Errors
/// [`ViolationCode::TypeMismatch`].
pub fn check(value: &str) -> Result<(), ViolationCode> {
    if value.is_empty() || is_absolute(value) {
        Ok(())
    } else {
        Err(ViolationCode::TypeMismatch)
    }
}

fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme && (!is_special(scheme) || has_sound_authority(rest))
}

/// Schemes whose URLs must have a host: <https://url.spec.whatwg.org/#special-scheme>, less `file`.
fn is_special(scheme: &str) -> bool {
    ["http", "https", "ws", "wss", "ftp"]
        .iter()
        .any(|special| scheme.eq_ignore_ascii_case(special))
}

/// For these schemes any number of slashes, forward or back, leads to the authority.
fn has_sound_authority(rest: &str) -> bool {
    let authority = rest
        .trim_start_matches(['/', '\\'])
        .split(['/', '\\', '?', '#'])
        .next()
        .unwrap_or_default();
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host_and_port)| host_and_port);
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (host_and_port, ""),
    };
    let port_is_sound = port.is_empty()
        || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    port_is_sound && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(bracketed) = host.strip_prefix('[') {
        return bracketed
            .strip_suffix(']')
            .is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    // A host whose last label is a number is read as an IPv4 address, and has to be one.
    let last = host
        .trim_end_matches('.')
        .rsplit('.')
        .next()
        .unwrap_or_default();
    if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_ipv4(host);
    }
    !host.is_empty() && !host.contains(is_forbidden)
}

/// Up to four decimal parts, the last of which fills what the others leave:
/// <https://url.spec.whatwg.org/#concept-ipv4-parser>, less its octal and hexadecimal parts.
fn is_ipv4(host: &str) -> bool {
    let parts: Vec<Option<u64>> = host
        .trim_end_matches('.')
        .split('.')
        .map(|part| part.parse().ok())
        .collect();
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

/// <https://url.spec.whatwg.org/#forbidden-host-code-point>, less the space and `%`, which Chromium escapes or decodes.
fn is_forbidden(character: char) -> bool {
    matches!(
        character,
        '\0'..='\x1f' | '\x7f' | '"' | '#' | '/' | ':' | '<' | '>' | '?' | '@'
    ) || matches!(character, '[' | '\\' | ']' | '^' | '`' | '{' | '|' | '}')
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
