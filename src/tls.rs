//! Where TLS is required: browsers are sent from http to https and kept there, and a secret is sent only under TLS.

use crate::embed::{Host, Origin, Scheme};
use crate::envelope::Response;
use crate::route::{Method, Request};

/// The redirect of a request that came over http to the same address under https; `None` for one that needs none: it came over
/// https, or to a host for which there is no public certificate, such as `localhost`.
pub(crate) fn redirect(request: &Request) -> Option<Response> {
    let origin = origin_of(&request.own_origin)?;
    if origin.scheme == Scheme::Https
        || is_loopback(&origin.host)
        || is_of_local_network(&origin.host)
    {
        return None;
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let (path, query) = (&request.path, &request.query);
    // 301 may turn a POST into a GET, 308 never does: RFC 9110 section 15.4. The port was that of http.
    let status = match request.method {
        Method::Get => 301,
        _ => 308,
    };
    let address = format!("https://{}{path}{mark}{query}", origin.host);
    Some(Response::empty(status).with("Location", address))
}

/// `Strict-Transport-Security`, RFC 6797, for an answer over https.
///
/// Without `includeSubDomains`: the service may share its domain with others, and `www/_headers` has the same for all files.
pub(crate) fn strict_transport_security(own_origin: &str) -> Option<(&'static str, String)> {
    let is_https = own_origin.starts_with("https:");
    is_https.then(|| ("Strict-Transport-Security", MAX_AGE.to_owned()))
}

/// Whether what is sent to this address stays unread on its way: https, or http on this machine.
pub(crate) fn is_private(address: &str) -> bool {
    let is_safe = |origin: Origin| origin.scheme == Scheme::Https || is_loopback(&origin.host);
    origin_of(address).is_some_and(is_safe) || address.starts_with("https://")
}

fn origin_of(address: &str) -> Option<Origin> {
    let (scheme, rest) = Scheme::split(address)?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.strip_suffix(":80").unwrap_or(authority);
    Origin::parse(&format!("{}://{host}", scheme.as_str())).ok()
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(domain) => domain == "localhost" || domain.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether it is an address that only a local network has, such as that of a developer's machine seen from a phone.
fn is_of_local_network(host: &Host) -> bool {
    match host {
        Host::Domain(_) => false,
        Host::Ipv4(address) => address.is_private() || address.is_link_local(),
        Host::Ipv6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// A year in seconds, the least that OWASP ASVS 5.0 3.4.1 asks for.
const MAX_AGE: &str = "max-age=31536000";

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, own_origin: &str, path: &str, query: &str) -> Request {
        Request {
            method,
            own_origin: own_origin.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            country: None,
            headers: Vec::new(),
        }
    }

    #[test]
    fn http_is_sent_to_https_except_on_this_machine_and_its_network() {
        for (own_origin, address) in [
            (
                "http://forms.example.com",
                Some("https://forms.example.com/f/demo?a=b"),
            ),
            (
                "http://forms.example.com:8080",
                Some("https://forms.example.com/f/demo?a=b"),
            ),
            ("http://203.0.113.7", Some("https://203.0.113.7/f/demo?a=b")),
            (
                "http://localhost.example.com",
                Some("https://localhost.example.com/f/demo?a=b"),
            ),
            ("https://forms.example.com", None),
            ("https://forms.example.com:8443", None),
            ("http://localhost:8787", None),
            ("http://forms.localhost:8787", None),
            ("http://127.0.0.1:8787", None),
            ("http://[::1]:8787", None),
            ("http://192.168.1.7:8787", None),
            ("http://10.0.0.7:8787", None),
            ("http://169.254.0.7", None),
            ("http://[fd00::7]:8787", None),
        ] {
            let redirect = redirect(&request(Method::Get, own_origin, "/f/demo", "a=b"));
            let location = redirect
                .as_ref()
                .and_then(|response| response.header("Location"));
            assert_eq!(location, address, "{own_origin}");
        }
    }

    #[test]
    fn a_redirect_keeps_the_method_and_the_body_of_a_submission() {
        let of = |method| {
            let request = request(method, "http://forms.example.com", "/f/demo", "");
            let response = redirect(&request).unwrap();
            let location = response.header("Location").unwrap().to_owned();
            (response.status, location)
        };
        let address = || "https://forms.example.com/f/demo".to_owned();
        assert_eq!(of(Method::Get), (301, address()));
        for method in [Method::Post, Method::Options, Method::Other] {
            assert_eq!(of(method), (308, address()));
        }
    }

    #[test]
    fn browsers_are_kept_on_https_once_they_came_over_it() {
        let header = strict_transport_security("https://forms.example.com").unwrap();
        assert_eq!(header.0, "Strict-Transport-Security");
        assert!(include_str!("../www/_headers").contains(&format!("{}: {}", header.0, header.1)));
        // RFC 6797 section 7.2: not over http.
        assert_eq!(strict_transport_security("http://localhost:8787"), None);
    }
}
