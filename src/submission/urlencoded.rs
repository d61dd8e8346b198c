//! Decodes `application/x-www-form-urlencoded`: <https://url.spec.whatwg.org/#urlencoded-parsing>.

use percent_encoding::percent_decode;

use super::raw::{MAX_VALUES, RawSubmission, RawValue, Unusable, too_many_values};
use crate::problem::Violation;

/// Decodes the query of an address, without its `?`; `None` if it has too many values.
pub(crate) fn of_query(query: &str) -> Option<RawSubmission> {
    parse(query.as_bytes()).ok()
}

/// Decodes a body. As in the standard, bytes that are not UTF-8 are replaced, but the value is then unusable.
pub(super) fn parse(bytes: &[u8]) -> Result<RawSubmission, Violation> {
    let mut raw = RawSubmission::default();
    for (index, pair) in bytes.split(|&byte| byte == b'&').enumerate() {
        if index > MAX_VALUES {
            return Err(too_many_values());
        }
        let Some((name, value)) = form_urlencoded::parse(pair).next() else {
            continue;
        };
        if is_replaced(pair, &name) {
            raw.drop_unusable_name();
            continue;
        }
        // Removes a byte order mark that was escaped with the first name.
        let name = name
            .strip_prefix('\u{feff}')
            .filter(|_| index == 0)
            .unwrap_or(&name);
        let is_replaced = is_replaced(pair, &value);
        let value = value.into_owned();
        raw.push(
            name,
            if is_replaced {
                RawValue::Unusable(Unusable::NotUtf8, value)
            } else {
                RawValue::Text(value)
            },
        )?;
    }
    Ok(raw)
}

/// Whether decoding inserted a replacement character, other than one that was sent (`%EF%BF%BD`, which browsers send
/// for a lone surrogate).
fn is_replaced(pair: &[u8], decoded: &str) -> bool {
    decoded.contains(char::REPLACEMENT_CHARACTER) && percent_decode(pair).decode_utf8().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ViolationCode;

    fn pairs(body: &[u8]) -> Vec<(String, Vec<String>)> {
        parse(body)
            .unwrap()
            .entries()
            .map(|(name, values)| {
                (
                    name.to_owned(),
                    values.iter().map(|value| value.text().to_owned()).collect(),
                )
            })
            .collect()
    }

    fn pair(name: &str, values: &[&str]) -> (String, Vec<String>) {
        (
            name.to_owned(),
            values.iter().map(|&value| value.to_owned()).collect(),
        )
    }

    #[test]
    fn decodes_as_the_url_standard_does() {
        assert_eq!(
            pairs(b"name=Ada+Lovelace&note=a%0D%0Ab%26c&empty=&bare&&a%3Db=%C3%BC&p=100%&p=%zz"),
            [
                pair("name", &["Ada Lovelace"]),
                pair("note", &["a\r\nb&c"]),
                pair("empty", &[""]),
                pair("bare", &[""]),
                pair("a=b", &["ü"]),
                pair("p", &["100%", "%zz"]),
            ]
        );
        assert_eq!(pairs(b""), []);
    }

    #[test]
    fn distinguishes_invalid_utf8_from_a_sent_replacement_character() {
        let raw = parse(b"name=caf%E9&caf\xe9=x").unwrap();
        assert_eq!(
            raw.values("name"),
            [RawValue::Unusable(
                Unusable::NotUtf8,
                "caf\u{fffd}".to_owned()
            )]
        );
        assert!(raw.has_unusable_names() && raw.entries().count() == 1);
        assert_eq!(pairs(b"name=%EF%BF%BD"), [pair("name", &["\u{fffd}"])]);
    }

    #[test]
    fn stops_at_the_limit_of_values() {
        let body = "f=1&".repeat(10_000);
        assert_eq!(
            parse(body.as_bytes()).unwrap_err().code,
            ViolationCode::TooMany
        );
        let body = vec!["f=1"; MAX_VALUES].join("&");
        assert!(parse(body.as_bytes()).is_ok());
    }
}
