//! [`Hosts`]: what the whole tables of domains contain about the hosts of a definition's allowed origins: their ASCII form
//! (UTS 46), and whether they are public suffixes.
//!
//! Only publishing needs it. The tables are 100 KB each, so the Worker has a part of them in [`crate::constraint::domain`] and
//! `embed`, and asks the platform for the rest; natively `Hosts::whole` has them.

use serde_json::Value;

/// The hosts of one definition.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Vec<HostFacts>);

/// What the tables contain about one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFacts {
    /// The host as the definition has it, without `*.` and port.
    pub host: String,
    /// Its ASCII form; `None` when no browser can have such a host.
    pub ascii: Option<String>,
    /// Whether anyone can register a name under it; `None` when the list cannot be read.
    pub is_suffix: Option<bool>,
}

impl Hosts {
    /// The facts of the hosts that [`hosts_of`] gives.
    pub fn new(facts: Vec<HostFacts>) -> Self {
        Self(facts)
    }

    /// By the whole tables.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn whole(hosts: Vec<String>) -> Self {
        Self(hosts.into_iter().map(HostFacts::whole).collect())
    }

    /// The origin with its host in ASCII, as browsers send it; `None` when no browser can have such a host.
    pub(super) fn with_ascii_host(&self, pattern: &str) -> Option<String> {
        let [scheme, host, port] = split(pattern)?;
        Some(format!(
            "{scheme}{}{port}",
            self.facts(host)?.ascii.as_ref()?
        ))
    }

    /// Whether anyone can register a name under this domain; `None` when that is unknown.
    pub(super) fn is_suffix(&self, domain: &str) -> Option<bool> {
        self.facts(domain)?.is_suffix
    }

    fn facts(&self, host: &str) -> Option<&HostFacts> {
        let is_it = |facts: &&HostFacts| facts.host == host || facts.ascii.as_deref() == Some(host);
        self.0.iter().find(is_it)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl HostFacts {
    /// By the whole tables.
    pub fn whole(host: String) -> Self {
        // The options of <https://url.spec.whatwg.org/#concept-domain-to-ascii>.
        let ascii = idna::domain_to_ascii_cow(host.as_bytes(), idna::AsciiDenyList::URL);
        let ascii = ascii.ok().map(std::borrow::Cow::into_owned);
        let is_suffix = ascii.as_deref().map(crate::embed::is_on_the_whole_list);
        Self {
            host,
            ascii,
            is_suffix,
        }
    }
}

/// The hosts that the tables are asked for: those after a wildcard, and international ones.
pub fn hosts_of(definition: &Value) -> Vec<String> {
    let patterns = definition.get("allowed_origins").and_then(Value::as_array);
    let patterns = patterns.into_iter().flatten().filter_map(Value::as_str);
    patterns
        .filter_map(|pattern| {
            let [scheme, host, _] = split(pattern)?;
            let is_encoded = host.to_ascii_lowercase().contains("xn--");
            let is_asked = scheme.ends_with('.') || !host.is_ascii() || is_encoded;
            let is_name = host.len() <= MAX_HOST_BYTES && !host.contains(char::is_control);
            (is_asked && is_name).then(|| host.to_owned())
        })
        .take(MAX_HOSTS)
        .collect()
}

/// `https://*.`, the host, and `:8443`.
fn split(pattern: &str) -> Option<[&str; 3]> {
    let after_scheme = pattern.find("://")?.checked_add(3)?;
    let rest = pattern.get(after_scheme..)?;
    let wildcard = if rest.starts_with("*.") { 2 } else { 0 };
    let (scheme, rest) = pattern.split_at_checked(after_scheme.checked_add(wildcard)?)?;
    let (host, port) = rest.split_at_checked(rest.find(':').unwrap_or(rest.len()))?;
    Some([scheme, host, port])
}

/// A definition has at most so many allowed origins.
const MAX_HOSTS: usize = 100;
/// Longer than a host can be in any notation: bytes.
const MAX_HOST_BYTES: usize = 1_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// By the whole table.
    fn with_ascii_host(pattern: &str) -> Option<String> {
        let definition = json!({ "allowed_origins": [pattern] });
        let hosts = Hosts::whole(hosts_of(&definition));
        hosts.with_ascii_host(pattern)
    }

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
            "https://*.exam ple.com",
            "example.com",
        ] {
            assert_eq!(with_ascii_host(origin), None, "{origin}");
        }
    }

    #[test]
    fn only_hosts_that_need_the_tables_are_looked_up() {
        let definition = json!({ "allowed_origins": [
            "https://example.com", "https://*.example.com:8443", "https://münchen.example", "https://xn--a.example", "*.example.com",
            "http://[::1]:8787", "https://*", 7, format!("https://*.{}", "a".repeat(1_001)),
        ] });
        let expected = ["example.com", "münchen.example", "xn--a.example"];
        assert_eq!(hosts_of(&definition), expected);
        let many = json!({ "allowed_origins": vec!["https://*.example.com"; 101] });
        assert_eq!(hosts_of(&many).len(), MAX_HOSTS);
        assert!(
            hosts_of(&json!({ "allowed_origins": 7 })).is_empty() && hosts_of(&json!(7)).is_empty()
        );
    }
}
