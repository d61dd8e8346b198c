//! Bytes and a content type to [`RawSubmission`]; 413 and 415 are decided here.

use super::multipart::MAX_BOUNDARY_BYTES;
use super::raw::{RawSubmission, malformed};
use super::{json, latin1, multipart, urlencoded};
use crate::problem::{Problem, Violation};
use crate::route::Request;

/// A request's body, read at most once.
#[expect(
    async_fn_in_trait,
    reason = "isolates have one thread; nothing here needs Send"
)]
pub trait RequestBody {
    /// Reads the body, up to `limit_bytes`.
    async fn read(self, limit_bytes: usize) -> Result<Vec<u8>, BodyFault>;

    /// Reads the body, up to `limit_bytes`, and of what is beyond throws away at most `drained_bytes`: for a caller whose
    /// submission is not taken.
    async fn read_little(
        self,
        limit_bytes: usize,
        drained_bytes: usize,
    ) -> Result<Vec<u8>, BodyFault>;
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// There is more than the limit; the rest was not read.
    TooLarge,
    /// The connection broke.
    Broken,
}

/// How a submission is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Urlencoded,
    /// `multipart/form-data` with this boundary; when it is empty, the body's first line has it
    Multipart(String),
    /// One of the others, declared as ISO 8859-1 or windows-1252
    Latin1(Box<MediaType>),
}

impl MediaType {
    /// The encoding a request declares: its `Content-Type` must be one of the three, in a charset that is read here, and
    /// not compressed.
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

    /// Parses a `Content-Type`; one that was sent twice arrives with a comma between the two, and has to say the same twice.
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

    /// RFC 9110 section 8.3.1. Parameters but these two say nothing here.
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

/// The parts of a header between separators that are not quoted.
fn split(header: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    header.split(move |character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
}

/// Reads a submission's body and decodes it.
///
/// # Errors
/// [`Problem::BodyTooLarge`], or [`Problem::ValidationFailed`] when it cannot be decoded within the limits.
pub async fn read(
    body: impl RequestBody,
    media_type: &MediaType,
) -> Result<RawSubmission, Problem> {
    let bytes = match body.read(MAX_BODY_BYTES).await {
        Ok(bytes) => bytes,
        Err(BodyFault::TooLarge) => {
            return Err(Problem::BodyTooLarge {
                limit_bytes: MAX_BODY_BYTES,
            });
        }
        Err(BodyFault::Broken) => return Err(invalid(malformed("The submission broke off"))),
    };
    decode(&bytes, media_type).map_err(invalid)
}

/// Decodes a submission's body.
///
/// # Errors
/// It is not in that encoding, or has too many values.
pub fn decode(bytes: &[u8], media_type: &MediaType) -> Result<RawSubmission, Violation> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    // JSON in UTF-16 begins with an ASCII character, which has a zero byte there.
    let is_wide = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || *media_type == MediaType::Json && matches!(bytes, [0, _, ..] | [_, 0, ..]);
    if is_wide {
        return Err(malformed("The body is in UTF-16; it has to be in UTF-8"));
    }
    match media_type {
        MediaType::Json => json::parse(bytes),
        MediaType::Urlencoded => urlencoded::parse(bytes),
        MediaType::Multipart(boundary) => multipart::parse(bytes, boundary),
        MediaType::Latin1(inner) => {
            let is_urlencoded = **inner == MediaType::Urlencoded;
            decode(&latin1::to_utf8(bytes, is_urlencoded), inner)
        }
    }
}

fn invalid(violation: Violation) -> Problem {
    Problem::ValidationFailed(vec![violation])
}

/// The largest body: bytes. A lead of this size still fits into a queue message.
pub const MAX_BODY_BYTES: usize = 131_072;
/// U+FEFF in UTF-8, which some programs put before a text to say that it is in UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

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
    fn names_why_others_are_refused() {
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

    fn value(body: &[u8], media_type: &MediaType) -> Option<String> {
        let raw = decode(body, media_type).ok()?;
        let values = raw.values("name");
        assert!(values.iter().all(|value| value.unusable().is_none()));
        values.first().map(|value| value.text().to_owned())
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name_or_value() {
        let part = "--b\r\nContent-Disposition: form-data; name=name\r\n\r\n";
        let multipart = MediaType::Multipart("b".to_owned());
        for (body, media_type) in [
            ("\u{feff}{\"name\":\"Ada\"}", &MediaType::Json),
            ("\u{feff}name=Ada", &MediaType::Urlencoded),
            ("%EF%BB%BFname=Ada", &MediaType::Urlencoded),
            ("%ef%bb%bfname=Ada&a=b", &MediaType::Urlencoded),
            (&format!("\u{feff}{part}Ada\r\n--b--"), &multipart),
            (&format!("{part}\u{feff}Ada\r\n--b--"), &multipart),
        ] {
            let read = value(body.as_bytes(), media_type);
            assert_eq!(read.as_deref(), Some("Ada"), "{body}");
        }
    }

    #[test]
    fn utf_16_is_named() {
        let text = "{\"name\":\"Ada\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for body in [
            little.clone(),
            big.clone(),
            [b"\xff\xfe".to_vec(), little].concat(),
            [b"\xfe\xff".to_vec(), big].concat(),
        ] {
            let refused = decode(&body, &MediaType::Json).unwrap_err();
            assert!(refused.message.contains("UTF-16"), "{}", refused.message);
        }
    }

    #[test]
    fn what_is_declared_as_latin_1_is_read_as_that_or_as_the_utf_8_it_is() {
        let json = MediaType::Latin1(MediaType::Json.into());
        let urlencoded = MediaType::Latin1(MediaType::Urlencoded.into());
        let multipart = MediaType::Latin1(MediaType::Multipart("b".to_owned()).into());
        let part = b"--b\r\nContent-Disposition: form-data; name=name\r\n\r\ncaf\xe9 \x80\r\n--b--";
        for (body, media_type, expected) in [
            (&b"{\"name\":\"caf\xe9 \x80\"}"[..], &json, "café €"),
            (b"name=caf%E9+%80", &urlencoded, "café €"),
            (b"name=caf\xe9+%e2%82%ac%26", &urlencoded, "café â‚¬&"),
            (part, &multipart, "café €"),
            ("{\"name\":\"café €\"}".as_bytes(), &json, "café €"),
            (b"name=caf%C3%A9+%E2%82%AC", &urlencoded, "café €"),
        ] {
            assert_eq!(
                value(body, media_type).as_deref(),
                Some(expected),
                "{body:?}"
            );
        }
    }
}
