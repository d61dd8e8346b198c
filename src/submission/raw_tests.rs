//! Names and values as sent.

use super::*;
use crate::problem::WarningCode;

fn text(value: &str) -> RawValue {
    RawValue::Text(value.to_owned())
}

#[test]
fn keeps_repeated_names_together_in_order() {
    let mut raw = RawSubmission::default();
    for (name, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
        raw.push(name, text(value)).unwrap();
    }
    let names: Vec<&str> = raw.entries().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(raw.values("a"), [text("1"), text("3")]);
    assert!(raw.values("c").is_empty());
}

#[test]
fn accepts_values_up_to_each_limit_and_not_beyond() {
    let mut raw = RawSubmission::default();
    let longest = "n".repeat(128);
    raw.push(&longest, text(&"v".repeat(32_768))).unwrap();
    assert_eq!(raw.values(&longest), [text(&"v".repeat(32_768))]);
    assert!(!raw.has_unusable_names());
    raw.push("cut", text(&format!("{}ü", "v".repeat(32_767))))
        .unwrap();
    assert_eq!(
        raw.values("cut"),
        [RawValue::Unusable(Unusable::TooLong, "v".repeat(32_767))]
    );
    for index in 2..1_000 {
        raw.push(&format!("n{index}"), text("")).unwrap();
    }
    let refused = raw.push("one_more", text("")).unwrap_err();
    assert_eq!(
        (refused.field, refused.code),
        (None, ViolationCode::TooMany)
    );
}

#[test]
fn drops_names_that_are_too_long_or_change_objects() {
    for name in [
        "__proto__",
        "constructor",
        "prototype",
        "a\nb",
        "\0",
        &"n".repeat(129),
    ] {
        let mut raw = RawSubmission::default();
        raw.push(name, text("x")).unwrap();
        assert!(
            raw.has_unusable_names() && raw.values(name).is_empty(),
            "{name}"
        );
    }
}

#[test]
fn control_characters_are_removed() {
    for (sent, kept) in [
        ("\0a\u{1}b\u{1f}", "ab"),
        ("a\tb\r\nc\nd\re", "a\tb\r\nc\nd\re"),
        ("first\u{b}second\u{c}third", "first\nsecond\nthird"),
        ("\u{7f}\u{80}\u{202e} ü", "\u{7f}\u{80}\u{202e} ü"),
    ] {
        let mut raw = RawSubmission::default();
        raw.push("f", text(sent)).unwrap();
        assert_eq!(raw.values("f"), [text(kept)], "{sent:?}");
    }
}

#[test]
fn names_with_brackets_belong_to_the_field() {
    let definition = r#"{ "key": "t", "allowed_origins": [], "fields": [
        { "name": "topics", "type": "text" }, { "name": "own[]", "type": "text" }, { "name": "own", "type": "text" },
        { "name": "own[1]", "type": "text" }] }"#;
    let form = FormDefinition::parse(definition).unwrap();
    for (sent, field) in [
        (&["topics[]"][..], "topics"),
        (&["topics[]", "topics[]"], "topics"),
        (&["topics[0]", "topics[1]", "topics[27]"], "topics"),
        (&["topics", "topics[]"], "topics"),
        (&["own[]"], "own[]"),
        (&["own[1]"], "own[1]"),
        (&["own[0]"], "own"),
        (&["topics[a]"], "topics[a]"),
        (&["topics[-1]"], "topics[-1]"),
        (&["topics]"], "topics]"),
        (&["topics[][]"], "topics[][]"),
        (&["others[]"], "others[]"),
        (&["[]"], "[]"),
    ] {
        let mut raw = RawSubmission::default();
        raw.push("before", text("x")).unwrap();
        for (index, name) in sent.iter().enumerate() {
            raw.push(name, text(&index.to_string())).unwrap();
        }
        raw.resolve_list_names(&form);
        let expected: Vec<RawValue> = (0..sent.len())
            .map(|index| text(&index.to_string()))
            .collect();
        assert_eq!(raw.values(field), expected, "{sent:?}");
        assert_eq!(raw.entries().count(), 2, "{sent:?}");
    }
}

#[test]
fn a_version_is_a_number_above_zero() {
    let version = |values: &[&str]| {
        let mut raw = RawSubmission::default();
        for value in values {
            raw.push("_version", text(value)).unwrap();
        }
        raw.version()
    };
    assert_eq!(version(&[]), Ok(None));
    assert_eq!(version(&["7"]), Ok(Some(7)));
    assert_eq!(version(&["4294967295"]), Ok(Some(u32::MAX)));
    for malformed in [
        &["0"][..],
        &[""],
        &["-1"],
        &["+1"],
        &["1.0"],
        &["4294967296"],
        &["1", "1"],
    ] {
        assert_eq!(
            version(malformed),
            Err(WarningCode::VersionMalformed),
            "{malformed:?}"
        );
    }
}

#[test]
fn prints_no_value() {
    let mut raw = RawSubmission::default();
    raw.push("email", text("ada@example.com")).unwrap();
    assert_eq!(format!("{raw:?}"), "[\"email\"]");
    assert_eq!(format!("{:?}", raw.values("email")), "[RawValue(…)]");
}

#[test]
fn a_thousand_names_in_any_order_keep_the_order_sent_and_their_values() {
    // 7 and 500 have no common factor, so that each name comes once in a row of 500. Half of them begin with the same eight bytes.
    let start = |index| if index % 2 == 0 { "n" } else { "question_" };
    let names =
        Vec::from_iter((0..500).map(|index| format!("{}{}", start(index), index * 7 % 500)));
    let mut raw = RawSubmission::default();
    for value in ["a", "b"] {
        for name in &names {
            raw.push(name, text(value)).unwrap();
        }
    }
    let sent = Vec::from_iter(raw.entries().map(|(name, _)| name));
    assert_eq!(sent, names);
    for (index, name) in names.iter().enumerate() {
        assert_eq!(raw.values(name), [text("a"), text("b")], "{name}");
        assert_eq!(raw.index_of(name, usize::MAX), Some(index), "{name}");
    }
    assert_eq!(raw.values("n500"), []);
}
