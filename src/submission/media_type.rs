//! [`MediaType`]: how a submission is encoded, from its `Content-Type`; any other is refused with 415.

use super::latin1;
use super::multipart::MAX_BOUNDARY_BYTES;
use crate::problem::Problem;
use crate::route::Request;

/// The encoding of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Urlencoded,
    /// `multipart/form-data` with this boundary; if empty, it is in the first line of the body
    Multipart(String),
    /// One of the above, declared as ISO 8859-1 or windows-1252
    Latin1(Box<MediaType>),
}

impl MediaType {
    /// The encoding a request declares: one of the three, in a supported charset, not compressed.
    ///
    /// # Errors
    /// [`Problem::MediaTypeUnsupported`].
    pub fn of(request: &Request) -> Result<Self, Problem> {
        let is_plain = request
            .header("content-encoding")
            .is_none_or(|coding| coding.eq_ignore_ascii_case("identity"));
        let declared = match request.header("content-type") {
            _ if !is_plain => Err("content_encoded"),
            header => Self::parse(header.unwrap_or_default()),
        };
        declared.map_err(|reason| Problem::MediaTypeUnsupported { reason })
    }

    /// Parses a `Content-Type`. A header sent twice arrives joined by a comma; both values must be equal.
    fn parse(header: &str) -> Result<Self, &'static str> {
        let mut declared = split(header, ',').filter(|text| !text.trim().is_empty());
        let first = Self::parse_one(declared.next().ok_or("media_type_missing")?)?;
        for other in declared {
            if Self::parse_one(other)? != first {
                return Err("media_types_differ");
            }
        }
        Ok(first)
    }

    /// Parses a media type, RFC 9110 section 8.3.1, with its boundary and charset; other parameters are ignored.
    fn parse_one(text: &str) -> Result<Self, &'static str> {
        let mut parts = split(text, ';');
        let essence = parts.next().unwrap_or_default().trim();
        let (mut boundary, mut charset) = ("", "");
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            let value = value.trim().trim_matches('"');
            match name.trim() {
                name if name.eq_ignore_ascii_case("boundary") => boundary = value,
                name if name.eq_ignore_ascii_case("charset") => {
                    charset = value.trim_matches(['\'', ' '])
                }
                _ => {}
            }
        }
        let media_type = match essence.to_ascii_lowercase().as_str() {
            "application/json" => Self::Json,
            "application/x-www-form-urlencoded" => Self::Urlencoded,
            "multipart/form-data" if boundary.len() > MAX_BOUNDARY_BYTES => {
                return Err("boundary_too_long");
            }
            "multipart/form-data" => Self::Multipart(boundary.to_owned()),
            _ => return Err("media_type_unknown"),
        };
        match latin1::is_declared(charset) {
            Some(true) => Ok(Self::Latin1(media_type.into())),
            Some(false) => Ok(media_type),
            None => Err("charset_unsupported"),
        }
    }
}

/// Splits a header at separators outside quotes.
fn split(header: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    header.split(move |character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_encodings_and_their_parameters() {
        let multipart = |boundary: &str| MediaType::Multipart(boundary.to_owned());
        let latin1 = |media_type: MediaType| MediaType::Latin1(media_type.into());
        for (text, expected) in [
            ("application/json", MediaType::Json),
            ("Application/JSON; Charset=\"UTF-8\"", MediaType::Json),
            ("application/json; charset=utf8", MediaType::Json),
            ("application/json;charset=UTF8;", MediaType::Json),
            ("application/json ; charset = utf-8", MediaType::Json),
            ("application/json; charset=\" utf-8 \"", MediaType::Json),
            ("application/json; charset='utf-8'", MediaType::Json),
            ("application/json; charset=us-ascii", MediaType::Json),
            ("application/json; charset=ASCII", MediaType::Json),
            ("application/json; charset=", MediaType::Json),
            ("application/json; charset", MediaType::Json),
            (
                "application/json; odata=verbose; v=\"1;2,3\"",
                MediaType::Json,
            ),
            ("application/json, application/json", MediaType::Json),
            (
                "application/json,application/json; charset=utf-8,",
                MediaType::Json,
            ),
            (
                "application/json; charset=ISO-8859-1",
                latin1(MediaType::Json),
            ),
            ("application/json; charset=latin1", latin1(MediaType::Json)),
            (
                "application/x-www-form-urlencoded; charset=windows-1252",
                latin1(MediaType::Urlencoded),
            ),
            (
                "application/x-www-form-urlencoded;charset=utf-8",
                MediaType::Urlencoded,
            ),
            ("multipart/form-data; boundary=abc", multipart("abc")),
            ("multipart/form-data; boundary=\"a b\"", multipart("a b")),
            (
                "multipart/form-data; boundary=\"a,b;c\"",
                multipart("a,b;c"),
            ),
            ("multipart/form-data; boundary='a'", multipart("'a'")),
            (
                "multipart/form-data; boundary=a, multipart/form-data; boundary=a",
                multipart("a"),
            ),
            ("multipart/form-data", multipart("")),
            ("multipart/form-data; boundary=", multipart("")),
            ("multipart/form-data; charset=utf-8", multipart("")),
        ] {
            assert_eq!(MediaType::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_others_with_a_reason() {
        let longest = format!("multipart/form-data; boundary={}", "b".repeat(70));
        assert!(MediaType::parse(&longest).is_ok());
        let long_boundary = format!("{longest}b");
        for (text, reason) in [
            ("", "media_type_missing"),
            (",", "media_type_missing"),
            (";", "media_type_unknown"),
            ("text/plain", "media_type_unknown"),
            ("text/plain; charset=utf-16", "media_type_unknown"),
            ("application/jsonp", "media_type_unknown"),
            ("multipart/mixed; boundary=a", "media_type_unknown"),
            ("application/json, text/plain", "media_type_unknown"),
            (
                "application/json, application/x-www-form-urlencoded",
                "media_types_differ",
            ),
            (
                "multipart/form-data; boundary=a, multipart/form-data; boundary=b",
                "media_types_differ",
            ),
            (
                "application/json, application/json; charset=latin1",
                "media_types_differ",
            ),
            ("application/json; charset=utf-16", "charset_unsupported"),
            ("application/json; charset=utf-7", "charset_unsupported"),
            ("application/json; charset=shift_jis", "charset_unsupported"),
            (
                "application/json; charset=iso-8859-15",
                "charset_unsupported",
            ),
            (&long_boundary, "boundary_too_long"),
        ] {
            assert_eq!(MediaType::parse(text), Err(reason), "{text}");
        }
    }
}
