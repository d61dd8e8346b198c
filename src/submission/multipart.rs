//! `multipart/form-data`, RFC 7578, as browsers write it:
//! <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>.

use super::raw::{MAX_VALUES, RawSubmission, RawValue, Spoilt, malformed, too_many_values};
use crate::problem::Violation;

/// Decodes a body. An empty file input is an empty value; a chosen file is kept in mind, not dropped in silence.
pub(super) fn parse(bytes: &[u8], boundary: &str) -> Result<RawSubmission, Violation> {
    let mut raw = RawSubmission::default();
    let delimiter = format!("\r\n--{boundary}");
    // What stands before the first delimiter is ignored, RFC 2046 section 5.1.1; the first has no line before it.
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

fn read_part(part: &[u8], raw: &mut RawSubmission) -> Result<(), Violation> {
    // A part may have no header at all, and then begins with the empty line.
    let (head, body) = match part.strip_prefix(b"\r\n") {
        Some(body) => (&b""[..], body),
        None => split_once(part, b"\r\n\r\n").ok_or_else(broken)?,
    };
    let is_utf8 = std::str::from_utf8(head).is_ok();
    let head = String::from_utf8_lossy(head);
    let disposition = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
        .map(|(_, value)| value)
        .ok_or_else(broken)?;
    let name = parameter(disposition, "name").ok_or_else(broken)?;
    let value = match std::str::from_utf8(body) {
        _ if parameter(disposition, "filename").is_some() && !body.is_empty() => {
            RawValue::Spoilt(Spoilt::File, String::new())
        }
        Ok(value) => RawValue::Text(value.to_owned()),
        Err(_) => RawValue::Spoilt(Spoilt::NotUtf8, String::from_utf8_lossy(body).into_owned()),
    };
    // Whatever it is called, it is none of the form's fields.
    raw.push(if is_utf8 { &name } else { "" }, value)
}

/// A quoted parameter of `Content-Disposition`, with the three escapes browsers write.
fn parameter(disposition: &str, wanted: &str) -> Option<String> {
    let mut rest = disposition.split_once(';')?.1;
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
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    let (before, from) = bytes.split_at_checked(at)?;
    Some((before, from.get(separator.len()..)?))
}

fn broken() -> Violation {
    malformed("The body is not valid multipart form data")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ViolationCode;

    fn body(parts: &[&str]) -> Vec<u8> {
        let mut body = String::new();
        for part in parts {
            body.push_str(&format!("--b0\r\n{part}\r\n"));
        }
        body.push_str("--b0--\r\n");
        body.into_bytes()
    }

    fn refusal(bytes: &[u8]) -> (Option<String>, ViolationCode) {
        let violation = parse(bytes, "b0").unwrap_err();
        (violation.field, violation.code)
    }

    #[test]
    fn reads_what_a_browser_sends() {
        let raw = parse(
            &body(&[
                "Content-Disposition: form-data; name=\"email\"\r\n\r\nada@example.com",
                "Content-Disposition: form-data; name=\"note\"\r\n\r\na\r\n--b\r\nc",
                "content-disposition: form-data; name=\"file\"; filename=\"\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n",
                "Content-Disposition: form-data; name=\"a%22b;c=d\"\r\n\r\nü",
                "Content-Disposition: form-data; name=\"email\"\r\n\r\nsecond",
            ]),
            "b0",
        )
        .unwrap();
        let pairs: Vec<(&str, Vec<&str>)> = raw
            .entries()
            .map(|(name, values)| (name, values.iter().map(RawValue::text).collect()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("email", vec!["ada@example.com", "second"]),
                ("note", vec!["a\r\n--b\r\nc"]),
                ("file", vec![""]),
                ("a\"b;c=d", vec!["ü"]),
            ]
        );
    }

    #[test]
    fn takes_a_preamble_an_epilogue_and_an_empty_form() {
        let part = "\r\n--b0\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b0--epilogue";
        let raw = parse(format!("preamble{part}").as_bytes(), "b0").unwrap();
        assert_eq!(raw.values("x"), [RawValue::Text("1".to_owned())]);
        assert_eq!(parse(b"--b0--", "b0"), Ok(RawSubmission::default()));
    }

    #[test]
    fn keeps_a_chosen_file_and_what_is_not_utf8_in_mind() {
        let parts =
            body(&["Content-Disposition: form-data; name=\"cv\"; filename=\"cv.pdf\"\r\n\r\n%PDF"]);
        assert_eq!(
            parse(&parts, "b0").unwrap().values("cv"),
            [RawValue::Spoilt(Spoilt::File, String::new())]
        );
        let latin1 = b"--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncaf\xe9\r\n--b0--";
        let spoilt = RawValue::Spoilt(Spoilt::NotUtf8, "caf\u{fffd}".to_owned());
        assert_eq!(parse(latin1, "b0").unwrap().values("a"), [spoilt]);
        let latin1_name =
            b"--b0\r\nContent-Disposition: form-data; name=\"caf\xe9\"\r\n\r\nx\r\n--b0--";
        assert!(parse(latin1_name, "b0").unwrap().has_unusable_names());
        let latin1_file =
            b"--b0\r\nContent-Disposition: form-data; name=\"caf\xe9\"; filename=\"cv\"\r\n\r\nx\r\n--b0--";
        assert!(parse(latin1_file, "b0").is_err());
    }

    #[test]
    fn refuses_broken_bodies_whole() {
        let head = "Content-Disposition: form-data; name=\"a\"";
        for bytes in [
            String::new(),
            "--b1\r\n".to_owned(),
            format!("--b0\r\n{head}\r\n\r\nno end"),
            format!("--b0\r\n{head}"),
            "--b0\r\n\r\nno head\r\n--b0--".to_owned(),
            "--b0\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b0--".to_owned(),
            "--b0\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b0--".to_owned(),
        ] {
            assert_eq!(
                refusal(bytes.as_bytes()),
                (None, ViolationCode::BadInput),
                "{bytes}"
            );
        }
    }

    #[test]
    fn stops_at_the_limit_of_values() {
        let part = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
        assert_eq!(
            refusal(&body(&[part; 10_000])),
            (None, ViolationCode::TooMany)
        );
        assert!(parse(&body(&[part; MAX_VALUES]), "b0").is_ok());
    }
}
