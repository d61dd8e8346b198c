//! Reads a body and decodes it to a [`RawSubmission`]; a body over the limit is refused with 413.

use super::media_type::MediaType;
use super::raw::{BYTE_ORDER_MARK, RawSubmission, malformed};
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

    /// Reads the body, up to `limit_bytes`, and discards at most `drained_bytes` beyond: for a submission that is
    /// refused anyway.
    async fn read_little(
        self,
        limit_bytes: usize,
        drained_bytes: usize,
    ) -> Result<Vec<u8>, BodyFault>;
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// It is larger than the limit; the rest was not read.
    TooLarge,
    /// The connection broke.
    Broken,
}

/// Reads a submission's body and decodes it.
///
/// # Errors
/// [`Problem::MediaTypeUnsupported`], [`Problem::BodyTooLarge`], or [`Problem::ValidationFailed`] when it cannot be decoded within
/// the limits.
pub async fn read(request: &Request, body: impl RequestBody) -> Result<RawSubmission, Problem> {
    let media_type = MediaType::of(request)?;
    let bytes = match body.read(MAX_BODY_BYTES).await {
        Ok(bytes) => bytes,
        Err(BodyFault::TooLarge) => {
            return Err(Problem::BodyTooLarge {
                limit_bytes: MAX_BODY_BYTES,
            });
        }
        Err(BodyFault::Broken) => return Err(invalid(malformed("The submission broke off"))),
    };
    decode(&bytes, &media_type).map_err(invalid)
}

/// Decodes a submission's body.
///
/// # Errors
/// The body is not in that encoding, or has too many values.
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

/// The largest body: bytes. A lead of this size fits into a queue message.
pub const MAX_BODY_BYTES: usize = 131_072;

#[cfg(test)]
mod tests {
    use super::*;

    fn value(body: &[u8], media_type: &MediaType) -> Option<String> {
        let raw = decode(body, media_type).ok()?;
        let values = raw.values("name");
        assert!(values.iter().all(|value| value.unusable().is_none()));
        values.first().map(|value| value.text().to_owned())
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_first_name_or_value() {
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
    fn a_body_in_utf_16_is_refused_by_name() {
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
    fn a_body_declared_as_latin_1_is_read_as_that_unless_it_is_utf_8() {
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
