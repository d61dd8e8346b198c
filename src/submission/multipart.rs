//! Decodes `multipart/form-data`, RFC 7578, as browsers write it:
//! <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>.

use super::latin1;
use super::raw::{
    BYTE_ORDER_MARK, MAX_VALUES, RawSubmission, RawValue, Unusable, malformed, too_many_values,
};
use crate::problem::Violation;

/// Decodes a body. An empty file input is an empty value; a chosen file is an unusable value, which is reported.
pub(super) fn parse(bytes: &[u8], boundary: &str) -> Result<RawSubmission, Violation> {
    let mut raw = RawSubmission::default();
    let boundary = if boundary.is_empty() {
        boundary_of(bytes).ok_or_else(|| malformed("The multipart body has no boundary"))?
    } else {
        boundary
    };
    let delimiter = format!("\r\n--{boundary}");
    // The preamble is ignored, RFC 2046 section 5.1.1. The first delimiter may be at the very beginning.
    let mut rest = match bytes.strip_prefix(delimiter.get(2..).unwrap_or_default().as_bytes()) {
        Some(rest) => rest,
        None => {
            split_once(bytes, delimiter.as_bytes())
                .ok_or_else(broken)?
                .1
        }
    };
    for _ in 0..=MAX_VALUES {
        if rest.starts_with(b"--") {
            return Ok(raw);
        }
        let (_padding, part_on) = split_once(rest, b"\r\n").ok_or_else(broken)?;
        let (part, after) = split_once(part_on, delimiter.as_bytes()).ok_or_else(broken)?;
        read_part(part, &mut raw)?;
        rest = after;
    }
    Err(too_many_values())
}

/// The boundary in the first line of a body, for scripts that set `Content-Type: multipart/form-data` themselves, so
/// that the browser does not add it there.
fn boundary_of(bytes: &[u8]) -> Option<&str> {
    let line = bytes
        .strip_prefix(b"--")?
        .split(|&byte| byte == b'\r')
        .next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    // The body of a form without values is only the closing delimiter.
    let boundary = line.strip_suffix("--").unwrap_or(line);
    (1..=MAX_BOUNDARY_BYTES)
        .contains(&boundary.len())
        .then_some(boundary)
}

fn read_part(part: &[u8], raw: &mut RawSubmission) -> Result<(), Violation> {
    // A part without headers begins with the empty line.
    let (head, body) = match part.strip_prefix(b"\r\n") {
        Some(body) => (&b""[..], body),
        None => split_once(part, b"\r\n\r\n").ok_or_else(broken)?,
    };
    let is_utf8 = std::str::from_utf8(head).is_ok();
    let head = String::from_utf8_lossy(head);
    let header = |wanted: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value)
    };
    let disposition = header("content-disposition").ok_or_else(broken)?;
    let name = parameter(disposition, "name").ok_or_else(broken)?;
    let media_type = header("content-type").unwrap_or_default();
    let charset = parameter(media_type, "charset").unwrap_or_default();
    let converted =
        (latin1::is_declared(&charset) == Some(true)).then(|| latin1::to_utf8(body, false));
    let body = converted.as_deref().unwrap_or(body);
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let text = std::str::from_utf8(body);
    let is_file = ["filename", "filename*"]
        .iter()
        .any(|name| parameter(disposition, name).is_some())
        || !is_text(media_type, text.is_ok());
    let value = match text {
        // For a file input without a file, browsers send a file without name and content.
        _ if is_file && !body.is_empty() => RawValue::Unusable(Unusable::File, String::new()),
        Ok(value) => RawValue::Text(value.to_owned()),
        Err(_) => RawValue::Unusable(
            Unusable::NotUtf8,
            String::from_utf8_lossy(body).into_owned(),
        ),
    };
    // A name that is not UTF-8 is not the name of a field.
    raw.push(if is_utf8 { &name } else { "" }, value)
}

/// Whether a part of this type is a value: browsers send values without a type, other programs with one of these.
fn is_text(media_type: &str, is_utf8: bool) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    match essence.as_str() {
        "" | "application/x-www-form-urlencoded" => true,
        "application/octet-stream" => is_utf8,
        other => other.starts_with("text/") || other.ends_with("json"),
    }
}

/// A parameter of a part's header. Browsers escape only these three characters, and not `%` itself.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => (after.split(';').next()?.trim_end(), after),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(
                value
                    .replace("%22", "\"")
                    .replace("%0D", "\r")
                    .replace("%0A", "\n"),
            );
        }
        rest = after.split_once(';')?.1;
    }
}

fn split_once<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    // Comparing the first byte first spares a call for every byte of the body.
    let at = bytes
        .windows(separator.len())
        .position(|window| window.first() == separator.first() && window == separator)?;
    let (before, from) = bytes.split_at_checked(at)?;
    Some((before, from.get(separator.len()..)?))
}

fn broken() -> Violation {
    malformed("The body is not valid multipart form data")
}

/// The longest boundary, RFC 2046 section 5.1.1: bytes.
pub(super) const MAX_BOUNDARY_BYTES: usize = 70;

#[cfg(test)]
#[path = "multipart_tests.rs"]
mod tests;
