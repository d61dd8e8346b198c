//! Website builders and hosts whose customers all have an address under one domain, as preview or for good.

use crate::embed::{Host, Origin};

/// A service with such a domain.
pub(super) struct Service {
    pub(super) name: &'static str,
    /// Whether each deployment has an address of its own, in addition to the site's.
    pub(super) has_deployments: bool,
    domains: &'static [&'static str],
}

/// The service whose domain a page is under.
pub(super) fn service_of(origin: &Origin) -> Option<&'static Service> {
    let Host::Domain(host) = &origin.host else {
        return None;
    };
    let is_under = |domain: &str| {
        let before = host.strip_suffix(domain);
        before.is_some_and(|before| before.ends_with('.'))
    };
    SERVICES
        .iter()
        .find(|service| service.domains.iter().any(|domain| is_under(domain)))
}

const SERVICES: &[Service] = &[
    site("Webflow", &["webflow.io"]),
    site(
        "Framer",
        &[
            "framer.app",
            "framer.website",
            "framer.media",
            "framer.photos",
            "framer.wiki",
            "framer.ai",
        ],
    ),
    deployments("Netlify", &["netlify.app"]),
    deployments("Vercel", &["vercel.app", "now.sh"]),
    deployments("Cloudflare", &["pages.dev", "workers.dev"]),
    site("Wix", &["wixsite.com", "wixstudio.com", "editorx.io"]),
    site("Squarespace", &["squarespace.com"]),
    site("Shopify", &["myshopify.com"]),
    site("GitHub", &["github.io"]),
    site("WordPress.com", &["wordpress.com"]),
    site("Lovable", &["lovable.app"]),
    deployments("Firebase", &["web.app", "firebaseapp.com"]),
    site("Carrd", &["carrd.co"]),
    deployments("Render", &["onrender.com"]),
];

const fn site(name: &'static str, domains: &'static [&'static str]) -> Service {
    Service {
        name,
        has_deployments: false,
        domains,
    }
}

const fn deployments(name: &'static str, domains: &'static [&'static str]) -> Service {
    Service {
        has_deployments: true,
        ..site(name, domains)
    }
}
