//! `multipart/form-data`, RFC 7578, as browsers write it:
//! <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>.

use super::body::BYTE_ORDER_MARK;
use super::latin1;
use super::raw::{MAX_VALUES, RawSubmission, RawValue, Unusable, malformed, too_many_values};
use crate::problem::Violation;

/// Decodes a body. An empty file input is an empty value; a chosen file is kept in mind, not dropped in silence.
pub(super) fn parse(bytes: &[u8], boundary: &str) -> Result<RawSubmission, Violation> {
    let mut raw = RawSubmission::default();
    let boundary = if boundary.is_empty() {
        boundary_of(bytes).ok_or_else(|| malformed("The multipart body has no boundary"))?
    } else {
        boundary
    };
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

/// The boundary in a body's first line, for scripts that set `Content-Type: multipart/form-data` themselves and so keep the
/// browser from naming it there.
fn boundary_of(bytes: &[u8]) -> Option<&str> {
    let line = bytes
        .strip_prefix(b"--")?
        .split(|&byte| byte == b'\r')
        .next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    // A form without any value is one line, which ends like the last of every body.
    let boundary = line.strip_suffix("--").unwrap_or(line);
    (1..=MAX_BOUNDARY_BYTES)
        .contains(&boundary.len())
        .then_some(boundary)
}

fn read_part(part: &[u8], raw: &mut RawSubmission) -> Result<(), Violation> {
    // A part may have no header at all, and then begins with the empty line.
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
        // What browsers send for a file input that was left alone is a file without name and content.
        _ if is_file && !body.is_empty() => RawValue::Unusable(Unusable::File, String::new()),
        Ok(value) => RawValue::Text(value.to_owned()),
        Err(_) => RawValue::Unusable(
            Unusable::NotUtf8,
            String::from_utf8_lossy(body).into_owned(),
        ),
    };
    // Whatever it is called, it is none of the form's fields.
    raw.push(if is_utf8 { &name } else { "" }, value)
}

/// Whether a part of this type can be a value: browsers give values no type, other programs one of these.
fn is_text(media_type: &str, is_utf8: bool) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    match essence.as_str() {
        "" | "application/x-www-form-urlencoded" => true,
        "application/octet-stream" => is_utf8,
        other => other.starts_with("text/") || other.ends_with("json"),
    }
}

/// A parameter of a part's header, with the three escapes browsers write.
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
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    let (before, from) = bytes.split_at_checked(at)?;
    Some((before, from.get(separator.len()..)?))
}

fn broken() -> Violation {
    malformed("The body is not valid multipart form data")
}

/// The longest boundary, RFC 2046 section 5.1.1: bytes.
pub(super) const MAX_BOUNDARY_BYTES: usize = 70;

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
            [RawValue::Unusable(Unusable::File, String::new())]
        );
        let latin1 = b"--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncaf\xe9\r\n--b0--";
        let unusable = RawValue::Unusable(Unusable::NotUtf8, "caf\u{fffd}".to_owned());
        assert_eq!(parse(latin1, "b0").unwrap().values("a"), [unusable]);
        let latin1_name =
            b"--b0\r\nContent-Disposition: form-data; name=\"caf\xe9\"\r\n\r\nx\r\n--b0--";
        assert!(parse(latin1_name, "b0").unwrap().has_unusable_names());
        let latin1_file =
            b"--b0\r\nContent-Disposition: form-data; name=\"caf\xe9\"; filename=\"cv\"\r\n\r\nx\r\n--b0--";
        assert!(parse(latin1_file, "b0").is_err());
    }

    #[test]
    fn a_boundary_that_is_not_declared_is_the_first_line() {
        let sent = body(&["Content-Disposition: form-data; name=\"a\"\r\n\r\nx--b0"]);
        assert_eq!(
            parse(&sent, "").unwrap().values("a"),
            [RawValue::Text("x--b0".to_owned())]
        );
        assert_eq!(parse(b"--b0--\r\n", ""), Ok(RawSubmission::default()));
        let longest = format!("--{}--", "b".repeat(70));
        assert_eq!(parse(longest.as_bytes(), ""), Ok(RawSubmission::default()));
        let too_long = format!("--{}--", "b".repeat(71));
        for bytes in ["", "--", "----", "a=b", "\r\n--b0--", &too_long] {
            let refused = parse(bytes.as_bytes(), "").unwrap_err();
            assert!(refused.message.contains("no boundary"), "{bytes}");
        }
    }

    #[test]
    fn tells_files_from_values_by_name_and_type() {
        let file = RawValue::Unusable(Unusable::File, String::new());
        let text = |text: &str| RawValue::Text(text.to_owned());
        for (more, content, expected) in [
            ("; filename*=UTF-8''r%C3%A9.pdf", "%PDF", file.clone()),
            (
                "; filename*=UTF-8''r.pdf; filename=\"r.pdf\"",
                "%PDF",
                file.clone(),
            ),
            ("; FileName=cv.pdf", "%PDF", file.clone()),
            ("; filename=\"\"", "x", file.clone()),
            ("\r\nContent-Type: image/png", "PNG", file.clone()),
            ("\r\nContent-Type: image/svg+xml", "<svg/>", file.clone()),
            ("\r\nContent-Type: Application/PDF", "%PDF", file.clone()),
            ("\r\nContent-Type: video/mp4", "x", file.clone()),
            (
                "\r\nContent-Type: multipart/mixed; boundary=c",
                "--c--",
                file,
            ),
            (
                "; filename=\"\"\r\nContent-Type: application/octet-stream",
                "",
                text(""),
            ),
            ("; filename*=UTF-8''", "", text("")),
            ("\r\nContent-Type: image/png", "", text("")),
            (
                "\r\nContent-Type: text/plain; charset=utf-8",
                "ü",
                text("ü"),
            ),
            ("\r\nContent-Type: application/json", "{}", text("{}")),
            ("\r\nContent-Type: application/octet-stream", "ü", text("ü")),
        ] {
            let head = format!("Content-Disposition: form-data; name=\"a\"{more}");
            let sent = body(&[&format!("{head}\r\n\r\n{content}")]);
            assert_eq!(
                parse(&sent, "b0").unwrap().values("a"),
                [expected],
                "{more}"
            );
        }
    }

    #[test]
    fn a_part_may_declare_latin_1() {
        let part = b"--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\
            Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\ncaf\xe9\r\n--b0--";
        let read = RawValue::Text("café".to_owned());
        assert_eq!(parse(part, "b0").unwrap().values("a"), [read]);
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
