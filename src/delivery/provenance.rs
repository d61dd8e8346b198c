//! [`Provenance`]: where a lead came from, with every fact labelled as observed by the edge or claimed by the client.

use crate::hash::{Key, first_half, hex};
use crate::json::Object;
use crate::limit::Visitor;
use crate::submission::{Attribution, MAX_ADDRESS_BYTES, TOUCH_NAMES, Touch};

/// Where a submission came from. `Debug` shows only the origin.
#[derive(Clone, PartialEq, Eq)]
pub struct Provenance<'a> {
    /// What the edge observed.
    pub observed: Observed<'a>,
    /// What the page sent, unverified.
    pub claimed: Attribution<'a>,
}

/// What the edge observed of a request. A page cannot change these headers of its browser; a program that is not a browser can.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Observed<'a> {
    /// The origin of the page; `null` and the like, or `None` for no header, only where the form does not enforce its list.
    pub origin: Option<String>,
    /// Where the request came from, by its address: ISO 3166-1 alpha-2, or `T1` for Tor.
    pub country: Option<&'a str>,
    /// `Referer`: the page, as far as its referrer policy allows.
    pub referer: Option<&'a str>,
    /// `User-Agent`: the browser.
    pub user_agent: Option<&'a str>,
    /// `Sec-Fetch-Site`, `Sec-Fetch-Mode` and `Sec-Fetch-Dest`: <https://www.w3.org/TR/fetch-metadata/>.
    pub sec_fetch: [Option<&'a str>; 3],
    /// The visitor, as far as the form identifies visitors.
    pub visitor: Option<VisitorMark>,
    /// The id of the request in the log.
    pub request_id: String,
}

/// How a lead identifies its visitor. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub enum VisitorMark {
    /// A keyed hash of the address.
    Hash(String),
    /// The address itself, if the form sets `"visitor_address": "full"`.
    Address(String),
}

impl std::fmt::Debug for Provenance<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let origin = self.observed.origin.as_deref();
        write!(f, "Provenance({})", origin.unwrap_or_default())
    }
}

impl Provenance<'_> {
    /// Writes the `provenance` member of a lead.
    pub(super) fn write(&self, json: &mut Object<'_>) {
        let Observed {
            origin,
            country,
            referer,
            user_agent,
            sec_fetch: [site, mode, dest],
            visitor,
            request_id,
        } = &self.observed;
        let (hash, address) = match visitor {
            Some(VisitorMark::Hash(hash)) => (Some(hash.as_str()), None),
            Some(VisitorMark::Address(address)) => (None, Some(address.as_str())),
            None => (None, None),
        };
        json.object("observed", |observed| {
            for (name, value) in [
                ("origin", origin.as_deref()),
                ("country", *country),
                ("referer", bounded(*referer)),
                ("user_agent", bounded(*user_agent)),
                ("sec_fetch_site", bounded(*site)),
                ("sec_fetch_mode", bounded(*mode)),
                ("sec_fetch_dest", bounded(*dest)),
                ("visitor_hash", hash),
                ("visitor_address", address),
                ("request_id", Some(request_id)),
            ] {
                observed.optional(name, value);
            }
        });
        json.object("claimed", |claimed| {
            let Attribution {
                page,
                referrer,
                first_touch,
                last_touch,
            } = &self.claimed;
            claimed.optional("page", *page);
            claimed.optional("referrer", *referrer);
            claimed.optional_object("first_touch", first_touch.as_ref(), write_touch);
            claimed.optional_object("last_touch", last_touch.as_ref(), write_touch);
        });
    }
}

impl VisitorMark {
    /// The first 16 bytes of the address's hash under `key`. A reader of the leads who lacks the key cannot find the address
    /// by hashing all addresses.
    pub fn hash(key: &Key, visitor: &Visitor) -> Self {
        Self::Hash(hex(&first_half(key.hash(visitor.name().as_bytes()))))
    }
}

/// `at`, `page`, `referrer`, and the parameters of the campaign.
fn write_touch(json: &mut Object<'_>, touch: &Touch<'_>) {
    let (own, parameters): (Vec<_>, Vec<_>) = touch
        .parts
        .iter()
        .partition(|(name, _)| TOUCH_NAMES.contains(name));
    for (name, value) in own {
        json.text(name, value);
    }
    json.object("parameters", |json| {
        for (name, value) in parameters {
            json.text(name, value);
        }
    });
}

/// Drops a header that is longer than any browser sends, instead of refusing the lead.
fn bounded(header: Option<&str>) -> Option<&str> {
    header.filter(|text| !text.is_empty() && text.len() <= MAX_ADDRESS_BYTES)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn separates_what_was_observed_from_what_is_claimed() {
        let provenance = Provenance {
            observed: Observed {
                origin: Some("https://example.com".to_owned()),
                country: Some("AT"),
                user_agent: Some(""),
                sec_fetch: [Some("cross-site"), Some("cors"), None],
                visitor: Some(VisitorMark::Hash("00ff".to_owned())),
                request_id: "r1".to_owned(),
                ..Observed::default()
            },
            claimed: Attribution {
                page: Some("https://example.com/pricing"),
                last_touch: Touch::parse("at=2026-11-24T20:00:00Z&utm_source=news"),
                ..Attribution::default()
            },
        };
        let mut text = String::new();
        Object::write(&mut text, |json| provenance.write(json));
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            json!({
                "observed": {
                    "origin": "https://example.com", "country": "AT", "referer": null, "user_agent": null,
                    "sec_fetch_site": "cross-site", "sec_fetch_mode": "cors", "sec_fetch_dest": null,
                    "visitor_hash": "00ff", "visitor_address": null, "request_id": "r1",
                },
                "claimed": {
                    "page": "https://example.com/pricing", "referrer": null, "first_touch": null,
                    "last_touch": { "at": "2026-11-24T20:00:00Z", "parameters": { "utm_source": "news" } },
                },
            })
        );
        assert_eq!(format!("{provenance:?}"), "Provenance(https://example.com)");
    }

    #[test]
    fn a_header_above_the_limit_is_dropped() {
        assert!(bounded(Some(&"x".repeat(MAX_ADDRESS_BYTES))).is_some());
        assert!(bounded(Some(&"x".repeat(MAX_ADDRESS_BYTES + 1))).is_none());
    }

    #[test]
    fn a_visitors_hash_depends_on_the_key_and_the_visitor() {
        let hash = |secret: &str, address: &str| match VisitorMark::hash(
            &Key::derive(secret, "visitor hash"),
            &Visitor::from_address(Some(address)),
        ) {
            VisitorMark::Hash(hash) => hash,
            VisitorMark::Address(_) => panic!("no hash"),
        };
        // key=$(printf 'visitor hash' | openssl dgst -sha256 -hmac key | sed 's/.*= //')
        // printf '192.0.2.1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$key
        assert_eq!(hash("key", "192.0.2.1"), "43edc351211c5d5a9c269603087ea433");
        assert_ne!(hash("key", "192.0.2.1"), hash("yek", "192.0.2.1"));
        assert_ne!(hash("key", "192.0.2.1"), hash("key", "192.0.2.2"));
        assert_eq!(hash("key", "2001:db8::1"), hash("key", "2001:db8::2"));
    }
}
