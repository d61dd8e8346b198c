//! What a call sends: the body, the query and the position in a list.

use serde_json::Value;

use super::Api;
use crate::inbox::Cursor;
use crate::json;
use crate::problem::{Problem, Violation, ViolationCode};
use crate::route::{Method, Request};
use crate::submission::{BodyFault, MediaType, RequestBody};

impl<P> Api<'_, P> {
    /// The body as JSON; `null` when it is empty.
    pub(super) fn json(&self) -> Result<Value, Problem> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        json::parse(&self.body).map_err(|_| invalid("", "The body is not JSON"))
    }

    /// The value of a parameter of the query, decoded; `None` when it is missing or empty.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.request.query.as_bytes());
        let found = pairs.find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.into_owned())
    }

    /// The position after which a page of a list begins, `?cursor=`. `is_time` is whether a text is a time as the rows have it.
    pub(super) fn cursor(&self, is_time: fn(&str) -> bool) -> Result<Cursor, Problem> {
        let Some(text) = self.parameter("cursor") else {
            return Ok(Cursor::default());
        };
        let cursor = Cursor::parse(&text).ok();
        let cursor = cursor.filter(|cursor| is_time(cursor.at()));
        cursor.ok_or_else(no_cursor)
    }

    /// The number of entries on a page of a list, `?limit=`.
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        match self.parameter("limit").map(|text| text.parse()) {
            None => Ok(DEFAULT_LIMIT),
            Some(Ok(limit @ 1..=MAX_LIMIT)) => Ok(limit),
            Some(_) => Err(invalid("limit", "This is no number from 1 to 100")),
        }
    }
}

/// Whether a text may be a moment as the tables have it, RFC 3339.
pub(super) fn is_moment(at: &str) -> bool {
    at.contains('T')
}

pub(super) fn no_cursor() -> Problem {
    invalid("cursor", "This is no cursor of this list")
}

/// A parameter or a member that cannot be read, or the body as a whole if `field` is empty.
pub(super) fn invalid(field: &str, message: &str) -> Problem {
    violation(field, ViolationCode::BadInput, message)
}

/// A problem with one parameter or member, or with the call as a whole if `field` is empty.
pub(super) fn violation(field: &str, code: ViolationCode, message: &str) -> Problem {
    let field = (!field.is_empty()).then(|| field.to_owned());
    let message = message.to_owned();
    Problem::ValidationFailed(vec![Violation {
        field,
        code,
        message,
    }])
}

/// Reads the body of a request that has one.
///
/// # Errors
/// It is not declared as JSON, too large, not UTF-8, or breaks off.
pub(super) async fn read_body(
    request: &Request,
    body: impl RequestBody,
) -> Result<String, Problem> {
    if matches!(request.method, Method::Get | Method::Delete) {
        return Ok(String::new());
    }
    // A page of another site can send other types without a preflight.
    if MediaType::of(request)? != MediaType::Json {
        let reason = "media_type_unknown";
        return Err(Problem::MediaTypeUnsupported { reason });
    }
    match body.read(MAX_API_BODY_BYTES).await {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| invalid("", "The body is not UTF-8")),
        Err(BodyFault::TooLarge) => {
            let limit_bytes = MAX_API_BODY_BYTES;
            Err(Problem::BodyTooLarge { limit_bytes })
        }
        Err(BodyFault::Broken) => Err(invalid("", "The body broke off")),
    }
}

/// The largest body of a call: bytes. Twice the largest form definition.
const MAX_API_BODY_BYTES: usize = 524_288;
/// The entries on a page of a list, unless `?limit=` is given.
const DEFAULT_LIMIT: u32 = 50;
/// The most entries on a page of a list.
const MAX_LIMIT: u32 = 100;
