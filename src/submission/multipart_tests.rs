//! `multipart/form-data` as browsers and other programs write it.

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
fn accepts_a_preamble_an_epilogue_and_an_empty_form() {
    let part = "\r\n--b0\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b0--epilogue";
    let raw = parse(format!("preamble{part}").as_bytes(), "b0").unwrap();
    assert_eq!(raw.values("x"), [RawValue::Text("1".to_owned())]);
    assert_eq!(parse(b"--b0--", "b0"), Ok(RawSubmission::default()));
}

#[test]
fn a_chosen_file_and_a_value_that_is_not_utf8_are_unusable() {
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
fn an_undeclared_boundary_is_read_from_the_first_line() {
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
fn distinguishes_files_from_values_by_name_and_type() {
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
fn refuses_an_invalid_body_whole() {
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
