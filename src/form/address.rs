//! Normalises the addresses of a definition as a browser would: the redirect, links in texts, allowed origins.

use std::fmt::Write;

use crate::constraint::{domain, email};
use crate::embed::AllowedOrigin;

/// The address of a web page in ASCII: `https`, or `http` on localhost.
///
/// It is written into a header, a content security policy and an HTML attribute. An address that looks different from
/// what a browser reads is refused. Only letters outside ASCII and an international domain are rewritten.
///
/// # Errors
/// The reason, for the owner.
pub(super) fn web_address(text: &str) -> Result<String, &'static str> {
    let is_deceptive = |character: char| {
        character.is_control()
            || character.is_whitespace()
            || matches!(character, '"' | '<' | '>' | '\\')
            // Invisible characters, and those that change the direction of the text around them.
            || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(character, '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if text.contains(is_deceptive) {
        return Err("must be an address without spaces, quotes, backslashes and < >");
    }
    let (scheme, rest) = text.split_once("://").ok_or(MUST_BE_HTTPS)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).ok_or(MUST_BE_HTTPS)?;
    if authority.contains('@') {
        return Err("must not have a user name or a password before the host");
    }
    let origin = format!("{scheme}://{authority}").to_ascii_lowercase();
    let origin = match AllowedOrigin::parse(&with_ascii_host(&origin)) {
        Ok(origin) if !authority.contains('*') => origin.to_string(),
        _ => return Err("must be an https:// address with a host and, if any, a port"),
    };
    let is_local = ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        .iter()
        .filter_map(|local| origin.strip_prefix(local))
        .any(|rest| rest.is_empty() || rest.starts_with(':'));
    if !is_local && !origin.starts_with("https:") {
        return Err(MUST_BE_HTTPS);
    }
    Ok(path.bytes().fold(origin, |mut address, byte| {
        if byte.is_ascii() {
            address.push(byte.into());
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
        address
    }))
}

/// The target of a link in a text: a web page or a mailbox; `None` for any other.
pub(super) fn link_address(text: &str) -> Option<String> {
    match text.strip_prefix("mailto:") {
        Some(mailbox) => {
            // A mailbox may contain these, but in a `mailto:` address they begin headers and a body.
            let is_valid = !mailbox.is_empty() && !mailbox.contains(['?', '#', '&', '%']);
            (is_valid && email::check(mailbox).is_ok()).then(|| text.to_owned())
        }
        None => web_address(text).ok(),
    }
}

/// An origin with its international domain in ASCII, as browsers send it; any other text unchanged.
pub(super) fn with_ascii_host(origin: &str) -> String {
    let converted = || {
        let (scheme, authority) = origin.split_once("://")?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let labels: Option<Vec<String>> = host.split(['.', '。']).map(label_to_ascii).collect();
        let mut ascii = format!("{scheme}://{}", labels?.join("."));
        if let Some(port) = port {
            ascii.push(':');
            ascii.push_str(port);
        }
        Some(ascii)
    };
    let ascii = if origin.is_ascii() { None } else { converted() };
    ascii.unwrap_or_else(|| origin.to_owned())
}

fn label_to_ascii(label: &str) -> Option<String> {
    if label.is_ascii() {
        Some(label.to_ascii_lowercase())
    } else {
        domain::to_ascii(label)
    }
}

const MUST_BE_HTTPS: &str = "must be an https:// address";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_an_address_as_a_browser_does() {
        for (text, address) in [
            ("https://example.com", "https://example.com"),
            ("https://example.com/", "https://example.com/"),
            (
                "https://example.com/danke-schön",
                "https://example.com/danke-sch%C3%B6n",
            ),
            (
                "https://example.com/%C3%B6?q=ü#ä",
                "https://example.com/%C3%B6?q=%C3%BC#%C3%A4",
            ),
            ("https://example.com?a=b&c=d", "https://example.com?a=b&c=d"),
            (
                "https://example.com/a;b,c'd*e@f|g(h)",
                "https://example.com/a;b,c'd*e@f|g(h)",
            ),
            (
                "https://münchen.example/straße",
                "https://xn--mnchen-3ya.example/stra%C3%9Fe",
            ),
            (
                "HTTPS://www.MÜNCHEN.Example:8443/A",
                "https://www.xn--mnchen-3ya.example:8443/A",
            ),
            ("https://Example.COM:443/Path", "https://example.com/Path"),
            ("https://192.0.2.1/x", "https://192.0.2.1/x"),
            (
                "https://[2001:db8::1]:8443/x",
                "https://[2001:db8::1]:8443/x",
            ),
            (
                "http://localhost:3000/thanks",
                "http://localhost:3000/thanks",
            ),
            ("http://localhost", "http://localhost"),
            ("http://127.0.0.1:8787/", "http://127.0.0.1:8787/"),
            ("http://[::1]:8787/", "http://[::1]:8787/"),
        ] {
            assert_eq!(web_address(text).as_deref(), Ok(address), "{text}");
            assert_eq!(
                web_address(address).as_deref(),
                Ok(address),
                "{text}, again"
            );
        }
    }

    #[test]
    fn refuses_an_address_that_looks_different_from_its_target() {
        for text in [
            "",
            "https://",
            "https:///",
            "https:///example.com",
            "https:/example.com",
            "https:example.com",
            "https:\\\\example.com",
            "https://example.com\\@evil.net",
            "//example.com",
            "/thanks",
            "example.com",
            "https://*",
            "https://*.example.com/",
            "https://example.com:*/",
            "http://localhost:*/",
            "http://localhost:80@evil.net/",
            "http://localhost@evil.net/",
            "https://user:pw@example.com/",
            "https://@example.com/",
            "http://localhost.evil.net/",
            "http://localhost%2eevil.net/",
            "http://127.0.0.1.evil.net/",
            "http://example.com/",
            "http://münchen.example/",
            "https://example.com:0/",
            "https://example.com:99999/",
            "https://example.com:abc/",
            "https://example.com:/",
            "https://exa mple.com/",
            "https://example.com/a b",
            " https://example.com/",
            "https://example.com/\n",
            "https://exam\tple.com/",
            "https://example.com/\r\nSet-Cookie: a=b",
            "https://example.com/; script-src *",
            "https://example.com/\"onclick=\"",
            "https://example.com/<script>",
            "https://example.com/\u{202e}moc",
            "https://exam\u{ad}ple.com/",
            "https://example.com/\u{200b}",
            "https://example..com/",
            "https://☃.example/",
            "ftp://example.com/",
            "javascript:alert(1)",
            "javascript://example.com/%0aalert(1)",
            "JavaScript:alert(1)",
            "data:text/html,<script>",
            "data://example.com/",
            "blob:https://example.com/1",
            "vbscript:x",
            "file:///etc/passwd",
        ] {
            assert!(web_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_may_have_an_international_host() {
        for (origin, ascii) in [
            ("https://münchen.example", "https://xn--mnchen-3ya.example"),
            ("https://MÜNCHEN.Example", "https://xn--mnchen-3ya.example"),
            (
                "https://*.münchen.example:8443",
                "https://*.xn--mnchen-3ya.example:8443",
            ),
            (
                "http://bücher.localhost:*",
                "http://xn--bcher-kva.localhost:*",
            ),
            ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
            ("https://例え。テスト", "https://xn--r8jz45g.xn--zckzah"),
            (
                "https://www.xn--mnchen-3ya.bücher.example",
                "https://www.xn--mnchen-3ya.xn--bcher-kva.example",
            ),
        ] {
            assert_eq!(with_ascii_host(origin), ascii, "{origin}");
            assert!(AllowedOrigin::parse(ascii).is_ok(), "{ascii}");
        }
        for origin in [
            "https://Example.com",
            "münchen.example",
            "https://☃.example",
        ] {
            assert_eq!(with_ascii_host(origin), origin, "is left as it is");
        }
    }

    #[test]
    fn a_link_leads_to_a_web_page_or_a_mailbox() {
        assert!(link_address("mailto:privacy@example.com").is_some());
        for text in [
            "mailto:",
            "mailto:x",
            "mailto:a@example.com?bcc=b@example.com",
            "mailto:a@example.com,b@example.com",
            "MAILTO:a@example.com",
            "tel:+431234",
            "#top",
        ] {
            assert_eq!(link_address(text), None, "{text}");
        }
    }
}
