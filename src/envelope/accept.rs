//! Chooses the dialect of a response from `Accept`, RFC 9110 section 12.5.1.

use super::{Dialect, json_api};

/// The dialect with the highest weight, the first of equal weights; `None` leaves the choice to the form.
///
/// `application/json` and wildcards name no dialect. When one of them has the highest weight, the form's dialect applies.
pub fn negotiate(accept: Option<&str>) -> Option<Dialect> {
    let mut best: (u32, Option<Dialect>) = (0, None);
    for (media_type, weight) in ranges(accept) {
        let choice = match media_type.as_str() {
            "application/json" | "application/*" | "*/*" => None,
            known => match dialect_of(known) {
                Some(dialect) => Some(dialect),
                None => continue,
            },
        };
        if weight > best.0 {
            best = (weight, choice);
        }
    }
    best.1
}

/// Whether HTML has a higher weight than every JSON format: browsers send navigations with HTML above `*/*`.
pub fn prefers_page(accept: Option<&str>) -> bool {
    let (mut page, mut envelope) = (0, 0);
    for (media_type, weight) in ranges(accept) {
        let of = match media_type.as_str() {
            "text/html" | "application/xhtml+xml" => &mut page,
            "application/json" | "application/*" | "*/*" => &mut envelope,
            known if dialect_of(known).is_some() => &mut envelope,
            _ => continue,
        };
        *of = weight.max(*of);
    }
    page > envelope
}

/// The media types in lower case, each with its weight in thousandths.
fn ranges(accept: Option<&str>) -> Vec<(String, u32)> {
    let weighed = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("q")
                    .then(|| parse_weight(value.trim()))
            })
            .unwrap_or(FULL_WEIGHT);
        (media_type, weight)
    };
    let ranges = accept.unwrap_or_default().split(',');
    ranges.map(weighed).collect()
}

fn dialect_of(media_type: &str) -> Option<Dialect> {
    match media_type {
        "application/problem+json" => Some(Dialect::Problem),
        json_api::MEDIA_TYPE => Some(Dialect::JsonApi),
        other => {
            let name = other.strip_prefix("application/vnd.formgate.")?;
            Dialect::parse(name.strip_suffix("+json")?)
        }
    }
}

/// Parses a weight into thousandths, RFC 9110 section 12.4.2; 0 for an invalid one. Reads digits, because the parser of `f32`
/// would add more to the wasm than this module.
fn parse_weight(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !["0", "1"].contains(&whole) || !is_digits(fraction) {
        return 0;
    }
    let thousandths = fraction.bytes().chain(*b"000").take(3);
    let thousandths = thousandths.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let weight = u32::from(whole == "1") * FULL_WEIGHT + thousandths;
    if weight > FULL_WEIGHT { 0 } else { weight }
}

const FULL_WEIGHT: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_the_highest_weight_and_the_first_of_equal_weights() {
        for (accept, expected) in [
            ("application/problem+json", Some(Dialect::Problem)),
            ("application/vnd.api+json", Some(Dialect::JsonApi)),
            (
                "Application/Vnd.Formgate.Leadron+JSON",
                Some(Dialect::Leadron),
            ),
            (
                "application/vnd.formgate.result+json;q=0.5, application/problem+json;q=0.8",
                Some(Dialect::Problem),
            ),
            (
                "application/vnd.formgate.result+json, application/problem+json",
                Some(Dialect::Result),
            ),
            ("application/json, application/problem+json;q=0.9", None),
            (
                "application/json;q=0.8, application/problem+json;q=0.9",
                Some(Dialect::Problem),
            ),
            (
                "*/*;q=0.1, application/vnd.formgate.flat+json;q=0.2",
                Some(Dialect::Flat),
            ),
            (
                "application/problem+json; charset=utf-8; Q=1.0",
                Some(Dialect::Problem),
            ),
        ] {
            assert_eq!(negotiate(Some(accept)), expected, "{accept}");
        }
    }

    #[test]
    fn prefers_a_page_when_html_weighs_more_than_every_json_format() {
        for accept in [
            "text/html",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html, application/xhtml+xml, image/jxr, */*;q=0.9",
            "application/xhtml+xml",
            "TEXT/HTML;q=0.2, application/json;q=0.1",
            "text/html, */*; q=0.01",
        ] {
            assert!(prefers_page(Some(accept)), "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "text/html, */*",
            "*/*, text/html",
            "text/html;q=0.5, application/json",
            "application/json, text/html;q=0.9, */*;q=0.8",
            "application/vnd.formgate.flat+json, text/html",
            "text/html;q=0",
            "text/htmlx",
            "image/avif,image/webp",
        ] {
            assert!(!prefers_page(Some(accept)), "{accept}");
        }
        assert!(!prefers_page(None));
    }

    #[test]
    fn leaves_the_choice_to_the_form_otherwise() {
        for accept in [
            "",
            "application/json",
            "*/*",
            "text/html",
            "application/vnd.formgate.klingon+json",
            "application/problem+json;q=0",
            "application/problem+json;q=2",
            "application/problem+json;q=1.001",
            "application/problem+json;q=-1",
            "application/problem+json;q=.5",
            "application/problem+json;q=x",
            ";;;,,,=",
            "application/vnd.formgate.+json",
        ] {
            assert_eq!(negotiate(Some(accept)), None, "{accept}");
        }
        assert_eq!(negotiate(None), None);
    }
}
