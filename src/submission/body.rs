//! Bytes and a content type to [`RawSubmission`]; 413 and 415 are decided here.

use super::raw::{RawSubmission, malformed};
use super::{json, multipart, urlencoded};
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
    /// `multipart/form-data` with this boundary
    Multipart(String),
}

impl MediaType {
    /// The encoding a request declares: its `Content-Type` must be one of the three, in UTF-8, not compressed.
    ///
    /// # Errors
    /// [`Problem::MediaTypeUnsupported`].
    pub fn of(request: &Request) -> Result<Self, Problem> {
        let is_plain = request
            .header("content-encoding")
            .is_none_or(|coding| coding.eq_ignore_ascii_case("identity"));
        request
            .header("content-type")
            .filter(|_| is_plain)
            .and_then(Self::parse)
            .ok_or(Problem::MediaTypeUnsupported)
    }

    /// Parses a `Content-Type`, RFC 9110 section 8.3.1.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';');
        let essence = parts.next()?.trim().to_ascii_lowercase();
        let mut boundary = None;
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "charset" if !value.eq_ignore_ascii_case("utf-8") => return None,
                "boundary" => boundary = Some(value.to_owned()),
                _ => {}
            }
        }
        match essence.as_str() {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Urlencoded),
            "multipart/form-data" => boundary
                .filter(|boundary| (1..=MAX_BOUNDARY_BYTES).contains(&boundary.len()))
                .map(Self::Multipart),
            _ => None,
        }
    }
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
    match media_type {
        MediaType::Json => json::parse(bytes),
        MediaType::Urlencoded => urlencoded::parse(bytes),
        MediaType::Multipart(boundary) => multipart::parse(bytes, boundary),
    }
}

fn invalid(violation: Violation) -> Problem {
    Problem::ValidationFailed(vec![violation])
}

/// The largest body: bytes. A lead of this size still fits into a queue message.
pub const MAX_BODY_BYTES: usize = 131_072;
/// The longest multipart boundary, RFC 2046 section 5.1.1: bytes.
const MAX_BOUNDARY_BYTES: usize = 70;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_encodings_and_their_parameters() {
        for (text, expected) in [
            ("application/json", MediaType::Json),
            ("Application/JSON; Charset=\"UTF-8\"", MediaType::Json),
            (
                "application/x-www-form-urlencoded;charset=utf-8",
                MediaType::Urlencoded,
            ),
            (
                "multipart/form-data; boundary=abc",
                MediaType::Multipart("abc".to_owned()),
            ),
            (
                "multipart/form-data; boundary=\"a b\"",
                MediaType::Multipart("a b".to_owned()),
            ),
        ] {
            assert_eq!(MediaType::parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_other_encodings() {
        let long_boundary = format!("multipart/form-data; boundary={}", "b".repeat(71));
        for text in [
            "",
            "text/plain",
            "application/jsonp",
            "application/json; charset=latin1",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=a",
            &long_boundary,
        ] {
            assert_eq!(MediaType::parse(text), None, "{text}");
        }
    }
}
