//! Checks the host of a URL: <https://url.spec.whatwg.org/#hosts-(domains-and-ip-addresses)>.

use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::percent_decode_str;

/// Whether it is a host of `http` and the like: <https://url.spec.whatwg.org/#host-parsing>, for ASCII.
pub(super) fn is_web_host(host: &str) -> bool {
    let Ok(host) = percent_decode_str(host).decode_utf8() else {
        return false;
    };
    if host.starts_with('[') {
        return is_ipv6(&host);
    }
    if !host.is_ascii() {
        return !host.contains(is_forbidden_in_domain);
    }
    // One dot at the end marks a fully qualified name.
    let labels = host.strip_suffix('.').unwrap_or(&host);
    if ends_in_number(labels) {
        ipv4(labels).is_some()
    } else {
        !host.is_empty() && !host.contains(is_forbidden_in_domain)
    }
}

/// Whether browsers read a host as an IPv4 address: <https://url.spec.whatwg.org/#ends-in-a-number-checker>.
pub(crate) fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    !last.is_empty()
        && (last.bytes().all(|byte| byte.is_ascii_digit()) || ipv4_part(last).is_some())
}

/// Whether it is a host of a scheme unknown to browsers: any text, not decoded, without separators.
pub(super) fn is_opaque_host(host: &str) -> bool {
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
                && ipv4(last).is_some()
                && format!("{groups}:0:0").parse::<Ipv6Addr>().is_ok()
        }
        _ => address.parse::<Ipv6Addr>().is_ok(),
    }
}

/// Up to four parts, the last of which fills the remaining bytes: <https://url.spec.whatwg.org/#concept-ipv4-parser>.
pub(crate) fn ipv4(host: &str) -> Option<Ipv4Addr> {
    let parts: Option<Vec<u64>> = host.split('.').map(ipv4_part).collect();
    let parts = parts?;
    let (last, leading) = parts.split_last()?;
    let bits_left = 32_u32.checked_sub(8 * u32::try_from(leading.len()).ok()?)?;
    if leading.len() > 3 || leading.iter().any(|&part| part > 255) || last >> bits_left != 0 {
        return None;
    }
    let first = leading.iter().fold(0, |bits, part| bits << 8 | part);
    let bits = (first << bits_left) | last;
    u32::try_from(bits).ok().map(Ipv4Addr::from_bits)
}

/// Decimal, octal after a 0, or hexadecimal after `0x`; a number above 64 bits becomes the largest one.
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

/// <https://url.spec.whatwg.org/#forbidden-domain-code-point>, without the space, which Chromium escapes.
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
