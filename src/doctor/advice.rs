//! The sentences of a diagnosis: what an address lacks, and how it differs from the entries of the list.

use super::address::PageAddress;
use super::services::service_of;
use crate::embed::{AllowedOrigin, Difference, HostDifference, Origin, Scheme};

/// The advice for an address that is no page with an origin.
pub(super) fn of_address(page: &PageAddress) -> Option<&'static str> {
    match page {
        PageAddress::Page { .. } => None,
        PageAddress::File => Some(
            "A page opened from a file has no origin: browsers send \"Origin: null\", which no list can allow. Open it from a \
             web server, on this machine for example with \"npx serve\", and allow http://localhost:*.",
        ),
        PageAddress::NoOrigin => Some(
            "A page without an address of its own (a frame with sandbox or srcdoc, data:) has no origin: browsers send \
             \"Origin: null\", which no list can allow. A sandboxed frame needs allow-same-origin and allow-forms, \
             or a link to the hosted page in its place.",
        ),
        PageAddress::OtherScheme => {
            Some("Only pages at http:// and https:// addresses can be allowed.")
        }
        PageAddress::Unreadable => Some(
            "This is no address of a web page. Copy it from the browser's address bar; write an international domain as xn--…",
        ),
    }
}

/// The advice for a page with this origin.
pub(super) fn of_page(
    origin: &Origin,
    ends_in_dot: bool,
    own_origin: &str,
    allowed: &[AllowedOrigin],
) -> Vec<String> {
    let mut notes = Vec::new();
    if ends_in_dot {
        notes.push(format!(
            "The host ends in a dot, which makes it another site to a browser. Open {origin} without the dot."
        ));
    }
    let own = Origin::parse(own_origin);
    let is_own = own.as_ref().is_ok_and(|own| own == origin);
    if is_own {
        notes.push("This is the service itself, whose pages may always show the form.".to_owned());
    } else if !allowed.iter().any(|entry| entry.allows(origin)) {
        let nearest = allowed
            .iter()
            .filter_map(|entry| Some((entry.difference(origin)?, entry)))
            .min_by_key(|(difference, _)| *difference);
        if let Some((difference, entry)) = nearest {
            notes.extend(of_difference(difference, entry, origin));
        }
        notes.extend(of_service(origin));
        if origin.host.is_loopback() && nearest.is_none() {
            notes.push(format!(
                "This page is on your own machine. {}://{}:* allows it at every port.",
                origin.scheme.as_str(),
                origin.host
            ));
        }
    }
    let is_mixed = |own: Origin| own.scheme == Scheme::Http && !own.host.is_loopback();
    if origin.scheme == Scheme::Https && own.is_ok_and(is_mixed) {
        notes.push(
            "The service is addressed by http here, and browsers load nothing by http on an https page: use its https address."
                .to_owned(),
        );
    }
    notes
}

fn of_difference(difference: Difference, entry: &AllowedOrigin, origin: &Origin) -> Vec<String> {
    let listed = format!("The list has {entry}");
    let mut notes = Vec::new();
    let of_host = difference.host.map(|host| match host {
        HostDifference::Www => format!(
            "{listed}: with www. and without it are two sites to a browser. Add the other one, or redirect it."
        ),
        HostDifference::OnlySubdomains => {
            format!("{listed}: the * is for the subdomains of the domain, not for the domain itself.")
        }
        HostDifference::Subdomain => format!(
            "{listed}, which is not for its subdomains. https://*. before the domain is for all of them."
        ),
        HostDifference::Loopback => format!(
            "{listed}: localhost, 127.0.0.1 and [::1] are the same machine, but three sites to a browser."
        ),
    });
    notes.extend(of_host);
    if difference.scheme {
        notes.push(match origin.scheme {
            Scheme::Http => {
                format!("{listed}: the page is open by http. Open it by https, which is allowed.")
            }
            Scheme::Https => format!("{listed}: it is for http, and the page is open by https."),
        });
    }
    if difference.port {
        notes.push(format!(
            "{listed}: another port is another site. :* in place of a port is for all ports."
        ));
    }
    notes
}

fn of_service(origin: &Origin) -> Option<String> {
    let service = service_of(origin)?;
    let mut note = format!(
        "This is an address that {} gives to a site. All its customers have one under the same domain, so list the \
         whole address and no * before that domain.",
        service.name
    );
    if service.has_deployments {
        note.push_str(
            " Each deployment or branch may have an address of its own there: for previews, give them a domain of yours \
             and list https://*.preview.example.com.",
        );
    } else {
        note.push_str(" When the site moves to its own domain, add that one, too.");
    }
    Some(note)
}
