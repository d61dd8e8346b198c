//! Public suffixes: domains under which anyone can register a name, so that a wildcard there would allow any page.
//!
//! The whole list (<https://publicsuffix.org>) has 10,000 rules and would be a third of the wasm. The Worker has a short one:
//! the names that countries' registries use as second level, and the best known hosts of other people's sites. The whole
//! list is checked when a form is published, natively or in a static file; a test compares the two.

/// Whether `domain`, of two labels or more, is such a suffix.
pub(super) fn is_public(domain: &str) -> bool {
    let Some((under, top)) = domain.split_once('.') else {
        return true;
    };
    let is_country = top.len() == 2;
    let is_registry = is_country
        && (REGISTRIES.contains(&under)
            || BY_COUNTRY
                .iter()
                .any(|(country, names)| *country == top && names.contains(&under)));
    is_registry || HOSTS.contains(&domain)
}

/// Whether `domain` is on the whole list, or a rule `*.domain` is, which does not make `domain` itself a public suffix.
#[cfg(not(target_arch = "wasm32"))]
pub fn is_on_the_whole_list(domain: &str) -> bool {
    let is_listed = |domain: &str| psl::suffix_str(domain) == Some(domain);
    is_listed(domain) || is_listed(&format!("x.{domain}"))
}

/// Whether it is not on the list, but subdomains of it are. A wildcard before it would match names under those, at any depth.
pub(super) fn is_over_suffixes(domain: &str) -> bool {
    OVER.contains(&domain)
}

const OVER: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazoncognito.com",
    "bubble.io",
    "canva.site",
    "core.windows.net",
    "fastly.net",
    "on.aws",
    "platform.sh",
    "railway.app",
    "scw.cloud",
    "windows.net",
];

/// Second-level names that so many countries use that they are refused under every country's domain.
const REGISTRIES: &[&str] = &[
    "ac", "co", "com", "edu", "gob", "gouv", "gov", "mil", "net", "org",
];

const BY_COUNTRY: &[(&str, &[&str])] = &[
    ("ar", &["int", "tur"]),
    ("at", &["gv", "or"]),
    ("au", &["asn", "id"]),
    (
        "br",
        &[
            "adv", "app", "art", "blog", "dev", "eco", "emp", "eng", "ind", "jus", "leg", "med",
            "wiki",
        ],
    ),
    (
        "cn",
        &[
            "ah", "bj", "cq", "fj", "gd", "gs", "gx", "gz", "ha", "hb", "he", "hi", "hk", "hl",
            "hn", "jl", "js", "jx", "ln", "nm", "nx", "qh", "sc", "sd", "sh", "sn", "sx", "tj",
            "tw", "xj", "xz", "yn", "zj",
        ],
    ),
    ("fr", &["asso", "nom", "prd", "tm"]),
    ("hu", &["info", "priv", "sport"]),
    (
        "id",
        &["biz", "desa", "go", "my", "or", "ponpes", "sch", "web"],
    ),
    ("il", &["k12", "muni"]),
    (
        "in",
        &[
            "ai", "bihar", "biz", "business", "firm", "gen", "gujarat", "ind", "info", "internet",
            "nic", "pro", "res", "tv",
        ],
    ),
    ("jp", &["ad", "ed", "go", "gr", "lg", "ne", "or"]),
    ("ke", &["go", "info", "me", "mobi", "ne", "or", "sc"]),
    (
        "kr",
        &[
            "ai", "es", "go", "hs", "io", "it", "me", "ms", "ne", "or", "pe", "re", "sc",
        ],
    ),
    ("ng", &["i", "mobi", "name", "sch"]),
    (
        "nz",
        &[
            "cri",
            "geek",
            "gen",
            "govt",
            "health",
            "iwi",
            "kiwi",
            "maori",
            "parliament",
            "school",
        ],
    ),
    ("pl", &["biz", "info", "shop", "sklep", "waw"]),
    ("th", &["go", "in", "mi", "or"]),
    (
        "tr",
        &[
            "av", "bel", "biz", "dr", "gen", "info", "k12", "kep", "name", "pol", "tel", "tv",
            "web",
        ],
    ),
    ("tw", &["club", "ebiz", "game", "idv"]),
    ("uk", &["ltd", "me", "nhs", "plc", "police"]),
    ("ve", &["firm", "info", "web"]),
    (
        "vn",
        &["ai", "biz", "health", "id", "info", "io", "name", "pro"],
    ),
    (
        "za",
        &[
            "agric", "alt", "grondar", "law", "ngo", "nic", "nis", "nom", "school", "tm", "web",
        ],
    ),
];

/// Domains of hosting services, where anyone gets a subdomain.
const HOSTS: &[&str] = &[
    "appspot.com",
    "azurestaticapps.net",
    "azurewebsites.net",
    "azureedge.net",
    "bitbucket.io",
    "blogspot.com",
    "cloudapp.net",
    "cloudfront.net",
    "codeberg.page",
    "deno.dev",
    "duckdns.org",
    "dyndns.org",
    "edgekey.net",
    "elasticbeanstalk.com",
    "firebaseapp.com",
    "fly.dev",
    "framer.app",
    "framer.website",
    "github.io",
    "gitlab.io",
    "gitbook.io",
    "hf.space",
    "herokuapp.com",
    "lovable.app",
    "lpages.co",
    "myshopify.com",
    "netlify.app",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok.app",
    "ngrok.dev",
    "ngrok.io",
    "notion.site",
    "onrender.com",
    "pages.dev",
    "pantheonsite.io",
    "r2.dev",
    "readthedocs.io",
    "repl.co",
    "replit.app",
    "square.site",
    "streamlit.app",
    "surge.sh",
    "trycloudflare.com",
    "typedream.app",
    "vercel.app",
    "vercel.dev",
    "web.app",
    "webflow.io",
    "wixsite.com",
    "wixstudio.com",
    "workers.dev",
    "wpenginepowered.com",
    "zeabur.app",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn is_listed(domain: &str) -> bool {
        psl::suffix_str(domain) == Some(domain)
    }

    #[test]
    fn the_whole_list_is_checked_natively() {
        for suffix in [
            "carrd.co",
            "leadpages.co",
            "run.app",
            "mtls.run.app",
            "compute.amazonaws.com",
            "us-east-1.amazonaws.com",
            "s3.amazonaws.com",
            "co.uk",
            "xn--55qx5d.cn",
            "xn--p1ai",
            "ck",
            "b.kobe.jp",
        ] {
            assert!(is_on_the_whole_list(suffix), "{suffix}");
        }
        for domain in [
            "example.com",
            "example.co.uk",
            "shop.carrd.co",
            "my-shop.a.run.app",
            "city.kobe.jp",
            "www.ck",
            "example.unlisted",
            "intranet.local",
            "under_score.example",
        ] {
            assert!(!is_on_the_whole_list(domain), "{domain}");
        }
        for over in OVER {
            assert!(!is_on_the_whole_list(over), "{over} is on the list");
        }
    }

    #[test]
    fn knows_common_suffixes_and_no_registered_domain() {
        for suffix in ["co.uk", "com.au", "github.io", "pages.dev", "com"] {
            assert!(is_public(suffix), "{suffix}");
        }
        for domain in [
            "example.com",
            "example.co.uk",
            "shop.github.io",
            "bbc.uk",
            "co.example",
            "com.example.uk",
        ] {
            assert!(!is_public(domain), "{domain}");
        }
    }

    #[test]
    fn the_short_list_is_part_of_the_whole_list() {
        let by_country = BY_COUNTRY
            .iter()
            .flat_map(|(country, names)| names.iter().map(move |name| format!("{name}.{country}")));
        let unlisted: Vec<String> = HOSTS
            .iter()
            .map(|host| (*host).to_owned())
            .chain(by_country)
            .filter(|domain| !is_listed(domain))
            .collect();
        assert!(unlisted.is_empty(), "{unlisted:?}");
    }
}
