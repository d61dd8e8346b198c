//! Where Firefox and `WebKit` differ from Chromium, and so from the edge. The module `constraint` documents each by its name.

use formgate::form::{Field, FieldKind};
use serde_json::Value;

use crate::agreement::Case;

/// The year in which the time of Chromium and `WebKit` ends, that of JavaScript's `Date`.
const LAST_YEAR: u32 = 275_760;

/// The name of the exception by which the edge and `browser` differ; `None` when there is none.
pub(crate) fn exception(
    browser: &str,
    field: &Field,
    case: &Case<'_>,
    sanitised: &str,
    flags: &[&str],
) -> Option<&'static str> {
    let (sent, shown) = (case.sent.as_str()?, case.sanitised.as_str()?);
    let accepts = (flags.is_empty(), case.flags.is_empty());
    let has = |flag| case.flags.contains(&flag);
    match (browser, field.kind) {
        // Nothing is checked, and nothing replaced.
        ("Firefox", FieldKind::Month | FieldKind::Week) => {
            let is_text = shown == sent.replace(['\n', '\r'], "");
            (is_text && (case.flags.is_empty() || case.flags == ["value_missing"]))
                .then_some("no control")
        }
        ("Firefox", FieldKind::Date | FieldKind::DatetimeLocal)
            if flags == ["bad_input"] && year_of(shown) >= LAST_YEAR =>
        {
            Some("last year")
        }
        ("Firefox", FieldKind::DatetimeLocal) if flags == case.flags => {
            (shorten(shown) == sanitised).then_some("notation")
        }
        ("Firefox", FieldKind::Number) if shown.is_empty() && sent.contains(".e") => {
            Some("point without digits")
        }
        ("Firefox", FieldKind::Number) if shown == sanitised => {
            let is_of_arithmetic =
                |flag: &&&str| flag.starts_with("range") || flag.starts_with("step");
            let others =
                |flags: &[&str]| flags.iter().filter(|flag| !is_of_arithmetic(flag)).count();
            let is_long = digits_of(sent) > 15 || sent.contains(['e', 'E']);
            (others(flags) + others(&case.flags) == 0 && (accepts.0 || !accepts.1 || is_long))
                .then_some("arithmetic")
        }
        ("Firefox", FieldKind::Range) if accepts.0 || case.flags == ["step_mismatch"] => {
            Some("notation")
        }
        ("Firefox", FieldKind::Email) if has("type_mismatch") && flags == ["type_mismatch"] => {
            Some("two flags")
        }
        ("Firefox", FieldKind::Email) => {
            let (_, domain) = sent.rsplit_once('@')?;
            let is_international = !domain.is_ascii() || domain.starts_with("xn--");
            is_international.then_some("international domain")
        }
        ("WebKit", FieldKind::Color) if accepts.0 && shown == "#000000" => Some("colour notation"),
        (_, FieldKind::Url) if shown == sanitised => match accepts {
            (false, true) => ["file:", "://@", "\0", "[::1:]"]
                .iter()
                .any(|part| sent.contains(part))
                .then_some("address"),
            _ => has("type_mismatch").then_some("host"),
        },
        _ => None,
    }
}

fn year_of(date: &str) -> u32 {
    let year = date.split('-').next().unwrap_or_default();
    year.parse().unwrap_or_default()
}

fn digits_of(number: &str) -> usize {
    let digits = number.trim_start_matches(['-', '0', '.']);
    digits.bytes().filter(u8::is_ascii_digit).count()
}

/// A local date and time in the shortest notation: <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html>.
fn shorten(time: &str) -> String {
    let time = time.trim_start_matches('0');
    let short = match time.split_once('.') {
        Some((whole, fraction)) => format!("{whole}.{}", fraction.trim_end_matches('0')),
        None => time.to_owned(),
    };
    short.trim_end_matches('.').to_owned()
}

#[test]
fn an_edge_that_refuses_what_a_browser_accepts_is_named_only_where_it_is_known() {
    let field = |kind: &str| {
        let form = serde_json::json!({ "key": "t", "allowed_origins": [], "fields": [{ "name": "f", "type": kind }] });
        let form = formgate::form::FormDefinition::parse(&form.to_string()).unwrap();
        form.fields.into_iter().next().unwrap()
    };
    let name = |browser: &str, kind: &str, value: &str, flags: &[&str]| {
        let sent = Value::from(value);
        let case = Case {
            sent: &sent,
            sanitised: &sent,
            flags: Vec::new(),
        };
        exception(browser, &field(kind), &case, value, flags)
    };
    for (browser, kind, value, flag, expected) in [
        ("Firefox", "month", "soon", "bad_input", Some("no control")),
        ("WebKit", "month", "soon", "bad_input", None),
        (
            "Firefox",
            "date",
            "275760-09-14",
            "bad_input",
            Some("last year"),
        ),
        ("Firefox", "date", "275759-09-14", "bad_input", None),
        (
            "Firefox",
            "number",
            "9007199254740993",
            "step_mismatch",
            Some("arithmetic"),
        ),
        ("Firefox", "number", "3.5", "step_mismatch", None),
        ("Firefox", "number", "3.5", "value_missing", None),
        (
            "Firefox",
            "email",
            "a@-ü.de",
            "type_mismatch",
            Some("international domain"),
        ),
        ("Firefox", "email", "a@b-.de", "type_mismatch", None),
        ("Firefox", "range", "200", "range_overflow", None),
        (
            "WebKit",
            "url",
            "file://x?y",
            "type_mismatch",
            Some("address"),
        ),
        ("WebKit", "url", "http://x?y", "type_mismatch", None),
        ("Firefox", "text", "abc", "pattern_mismatch", None),
    ] {
        assert_eq!(
            name(browser, kind, value, &[flag]),
            expected,
            "{browser} {kind} {value}"
        );
    }
}
