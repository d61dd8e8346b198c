//! [`Attribution`]: how the visitor came to the page, as the page reports it.
//!
//! The edge cannot check it, so every lead marks it as claimed, and it never refuses a submission: an unusable value
//! becomes an extra, with a warning. Only listed campaign parameters are read; the rest of a landing page's query may
//! contain anything, even a token.

use std::borrow::Cow;

use form_urlencoded::Serializer;

use super::raw::{RawSubmission, RawValue};
use crate::constraint::url;
use crate::problem::{Warning, WarningCode};

/// What a page reports about its visitor. `Debug` prints no value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attribution<'a> {
    /// The address of the page with the form.
    pub page: Option<&'a str>,
    /// The address of the page before it.
    pub referrer: Option<&'a str>,
    /// The first visit in this browser tab.
    pub first_touch: Option<Touch<'a>>,
    /// The last visit.
    pub last_touch: Option<Touch<'a>>,
}

/// One visit: when, to which page, from where, by which campaign.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Touch<'a> {
    /// Names and values in the order sent; the names are of [`TOUCH_NAMES`] and [`CAMPAIGN_NAMES`].
    pub parts: Vec<(&'static str, Cow<'a, str>)>,
}

impl std::fmt::Debug for Attribution<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attribution(…)")
    }
}

impl<'a> Attribution<'a> {
    /// Reads the attribution of a submission; adds a warning for each unusable value.
    pub fn read(raw: &'a RawSubmission, warnings: &mut Vec<Warning>) -> Self {
        Self {
            page: read(raw, PAGE_NAME, page, warnings),
            referrer: read(raw, REFERRER_NAME, page, warnings),
            first_touch: read(raw, FIRST_TOUCH_NAME, Touch::parse, warnings),
            last_touch: read(raw, LAST_TOUCH_NAME, Touch::parse, warnings),
        }
    }
}

impl<'a> Touch<'a> {
    /// Parses `application/x-www-form-urlencoded` text; `None` when any part is unknown, repeated or too long.
    pub fn parse(text: &'a str) -> Option<Self> {
        if text.is_empty() || text.len() > MAX_TOUCH_BYTES {
            return None;
        }
        let mut parts: Vec<(&'static str, Cow<'a, str>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let name = known_name(&name)?;
            let is_valid = match name {
                "at" => is_moment(&value),
                "page" | "referrer" => page(&value).is_some(),
                _ => value.len() <= MAX_CAMPAIGN_BYTES,
            };
            let is_twice = parts.iter().any(|(known, _)| *known == name);
            // A control character takes six bytes in the JSON of a lead.
            if !is_valid || is_twice || value.contains(char::is_control) {
                return None;
            }
            parts.push((name, value));
        }
        Some(Self { parts })
    }
}

/// The campaign parameters of a page's query, as text for [`Touch::parse`]; `None` when it has none.
pub fn touch_of_query(query: &str, at: &str, page_address: &str) -> Option<String> {
    let mut text = Serializer::new(String::new());
    text.append_pair("at", at);
    if page(page_address).is_some() {
        text.append_pair("page", page_address);
    }
    let mut found = false;
    for name in CAMPAIGN_NAMES {
        let value = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
        if let Some((_, value)) = value.filter(|(_, value)| value.len() <= MAX_CAMPAIGN_BYTES) {
            text.append_pair(name, &value);
            found = true;
        }
    }
    let text = text.finish();
    (found && text.len() <= MAX_TOUCH_BYTES).then_some(text)
}

fn read<'a, T>(
    raw: &'a RawSubmission,
    name: &str,
    parse: impl Fn(&'a str) -> Option<T>,
    warnings: &mut Vec<Warning>,
) -> Option<T> {
    let part = match raw.values(name) {
        [] => return None,
        // An empty field counts as not sent.
        [RawValue::Text(text)] if text.is_empty() => return None,
        [RawValue::Text(text)] => parse(text),
        _ => None,
    };
    if part.is_none() {
        warnings.push(Warning::of(name, WarningCode::AttributionUnusable));
    }
    part
}

/// An `http` or `https` address of at most [`MAX_ADDRESS_BYTES`].
fn page(text: &str) -> Option<&str> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    (is_web && text.len() <= MAX_ADDRESS_BYTES && url::check(text).is_ok()).then_some(text)
}

/// Whether it has only the characters of a moment in RFC 3339; the edge does not check that the day exists.
fn is_moment(text: &str) -> bool {
    let is_of_moment = |byte: u8| byte.is_ascii_digit() || b"-:.TZ+".contains(&byte);
    (1..=MAX_MOMENT_BYTES).contains(&text.len()) && text.bytes().all(is_of_moment)
}

fn known_name(name: &str) -> Option<&'static str> {
    let known = TOUCH_NAMES.iter().chain(&CAMPAIGN_NAMES);
    known.copied().find(|known| *known == name)
}

/// The name under which a page sends its own address.
pub const PAGE_NAME: &str = "_page";
/// The name under which a page sends the address of the page before it.
pub const REFERRER_NAME: &str = "_referrer";
/// The name under which a page sends the first visit.
pub const FIRST_TOUCH_NAME: &str = "_first_touch";
/// The name under which a page sends the last visit.
pub const LAST_TOUCH_NAME: &str = "_last_touch";
/// The names of all parts of an attribution.
pub const ATTRIBUTION_NAMES: [&str; 4] =
    [PAGE_NAME, REFERRER_NAME, FIRST_TOUCH_NAME, LAST_TOUCH_NAME];
/// The names in a touch other than campaign parameters.
pub const TOUCH_NAMES: [&str; 3] = ["at", "page", "referrer"];
/// The query parameters that identify a campaign or a click on an advertisement.
pub const CAMPAIGN_NAMES: [&str; 15] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
];
/// The longest address: bytes.
pub const MAX_ADDRESS_BYTES: usize = 2_000;
/// The longest text of a touch: bytes.
pub const MAX_TOUCH_BYTES: usize = 4_000;
/// The longest value of a campaign parameter: bytes.
pub const MAX_CAMPAIGN_BYTES: usize = 500;
/// The longest moment, `2026-11-24T20:00:00.000+00:00` and three more: bytes.
const MAX_MOMENT_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(entries: &[(&str, &str)]) -> RawSubmission {
        let mut raw = RawSubmission::default();
        for (name, text) in entries {
            raw.push(name, RawValue::Text((*text).to_owned())).unwrap();
        }
        raw
    }

    fn warnings_of(raw: &RawSubmission) -> Vec<String> {
        let mut warnings = Vec::new();
        Attribution::read(raw, &mut warnings);
        let names = warnings.into_iter().filter_map(|warning| warning.name);
        names.collect()
    }

    #[test]
    fn reads_what_the_widget_sends() {
        let raw = raw(&[
            ("_page", "https://example.com/pricing?plan=b"),
            ("_referrer", "https://example.com/"),
            (
                "_last_touch",
                "at=2026-11-24T20%3A00%3A00.000Z&page=https%3A%2F%2Fexample.com%2F&utm_source=news+letter&gclid=x%26y",
            ),
        ]);
        let mut warnings = Vec::new();
        let attribution = Attribution::read(&raw, &mut warnings);
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(attribution.page, Some("https://example.com/pricing?plan=b"));
        assert_eq!(attribution.referrer, Some("https://example.com/"));
        assert!(attribution.first_touch.is_none());
        let parts = attribution.last_touch.unwrap().parts;
        let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (*name, &**text)).collect();
        assert_eq!(
            parts,
            [
                ("at", "2026-11-24T20:00:00.000Z"),
                ("page", "https://example.com/"),
                ("utm_source", "news letter"),
                ("gclid", "x&y"),
            ]
        );
    }

    #[test]
    fn an_unusable_value_gets_a_warning() {
        let address = |bytes: usize| format!("https://example.com/{}", "x".repeat(bytes - 20));
        assert!(page(&address(MAX_ADDRESS_BYTES)).is_some());
        let long_page = address(MAX_ADDRESS_BYTES + 1);
        for (name, text) in [
            ("_page", "javascript:alert(1)"),
            ("_page", "/pricing"),
            ("_page", &long_page),
            ("_referrer", "android-app://com.example"),
            ("_first_touch", "utm_sauce=x"),
            ("_first_touch", "at=yesterday"),
            ("_first_touch", "page=nowhere"),
            ("_last_touch", "gclid=a&gclid=b"),
            ("_last_touch", &format!("utm_term={}", "x".repeat(501))),
        ] {
            assert_eq!(warnings_of(&raw(&[(name, text)])), [name], "{text}");
        }
        assert_eq!(
            warnings_of(&raw(&[("_page", ""), ("_last_touch", "")])),
            [""; 0]
        );
        let twice = raw(&[
            ("_page", "https://a.example"),
            ("_page", "https://b.example"),
        ]);
        assert_eq!(warnings_of(&twice), ["_page"]);
    }

    #[test]
    fn accepts_values_up_to_each_limit_and_not_beyond() {
        let term = |bytes: usize| format!("utm_term={}", "x".repeat(bytes));
        assert!(Touch::parse(&term(MAX_CAMPAIGN_BYTES)).is_some());
        assert!(Touch::parse(&term(MAX_CAMPAIGN_BYTES + 1)).is_none());
        // An escaped value within its limit is three times as long.
        let filler = "%41".repeat(MAX_CAMPAIGN_BYTES);
        let text = format!("utm_term={filler}&utm_content={filler}&gclid=");
        let rest = MAX_TOUCH_BYTES - text.len();
        let text = format!("{text}{}{}", "%41".repeat(rest / 3), "x".repeat(rest % 3));
        assert_eq!(text.len(), MAX_TOUCH_BYTES);
        assert!(Touch::parse(&text).is_some() && Touch::parse(&format!("{text}x")).is_none());
        assert!(is_moment(&"1".repeat(32)) && !is_moment(&"1".repeat(33)));
    }

    #[test]
    fn a_query_with_a_campaign_becomes_a_touch() {
        let touch = |query| touch_of_query(query, "2026-11-24T20:00:00.000Z", "https://a.example/");
        assert_eq!(touch("token=s3cret"), None);
        let text = touch("token=s3cret&utm_source=a%20b&utm_source=c&gclid=%26").unwrap();
        assert_eq!(
            text,
            "at=2026-11-24T20%3A00%3A00.000Z&page=https%3A%2F%2Fa.example%2F&utm_source=a+b&gclid=%26"
        );
        assert!(Touch::parse(&text).is_some());
        assert_eq!(touch(&format!("gclid={}", "x".repeat(501))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_gets_a_warning(text: String, name in prop::sample::select(&ATTRIBUTION_NAMES[..])) {
            let sent = raw(&[(name, &text)]);
            let mut warnings = Vec::new();
            let attribution = Attribution::read(&sent, &mut warnings);
            let is_nothing = attribution == Attribution::default();
            prop_assert_eq!(is_nothing, text.is_empty() || !warnings.is_empty());
        }

        #[test]
        fn any_query_becomes_a_touch_that_can_be_parsed(query: String) {
            if let Some(text) = touch_of_query(&query, "2026-11-24T20:00:00.000Z", "https://a.example/") {
                prop_assert!(Touch::parse(&text).is_some());
            }
        }
    }
}
