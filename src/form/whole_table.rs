//! International hosts of allowed origins by the whole table of UTS 46, which only publishing has: it is 100 KB. The Worker has
//! the part of it in [`crate::constraint::domain`].

/// The origin with its host in ASCII, as browsers send it; `None` when no browser can have such a host.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn with_ascii_host(pattern: &str) -> Option<String> {
    let (scheme, authority) = pattern.split_once("://")?;
    let (wildcard, authority) = match authority.strip_prefix("*.") {
        Some(rest) => ("*.", rest),
        None => ("", authority),
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, format!(":{port}")),
        None => (authority, String::new()),
    };
    // The options of <https://url.spec.whatwg.org/#concept-domain-to-ascii>.
    let host = idna::domain_to_ascii_cow(host.as_bytes(), idna::AsciiDenyList::URL).ok()?;
    Some(format!("{scheme}://{wildcard}{host}{port}"))
}

/// In the Worker, which does not have the whole table, nothing is converted.
#[cfg(target_arch = "wasm32")]
pub(super) fn with_ascii_host(_: &str) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::with_ascii_host;

    #[test]
    fn converts_every_host_that_browsers_convert() {
        for (origin, ascii) in [
            ("https://हिन्दी.example", "https://xn--j2bd4cyah0f.example"),
            (
                "https://*.ＭÜnchen．example:8443",
                "https://*.xn--mnchen-3ya.example:8443",
            ),
            ("http://☃.localhost:*", "http://xn--n3h.localhost:*"),
            ("https://faß.example", "https://xn--fa-hia.example"),
            ("https://1２７.0.0.1", "https://127.0.0.1"),
            (
                "https://www.xn--mnchen-3ya.example",
                "https://www.xn--mnchen-3ya.example",
            ),
        ] {
            assert_eq!(with_ascii_host(origin).as_deref(), Some(ascii), "{origin}");
        }
        for origin in [
            "https://xn--.example",
            "https://xn--a.example",
            "https://xn--Mnchen-3ya\u{301}.example",
            "https://a\u{202e}b.example",
            "https://exam ple.com",
            "example.com",
        ] {
            assert_eq!(with_ascii_host(origin), None, "{origin}");
        }
    }
}
