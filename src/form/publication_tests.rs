//! Which version a definition gets, and what is published.

use serde_json::json;

use super::super::hosts::HostFacts;
use super::super::record::Writing;
use super::*;

fn definition(title: &str, version: Option<u32>) -> String {
    let mut definition = json!({
        "key": "demo", "title": title, "allowed_origins": [], "fields": [{ "name": "n", "type": "text" }],
    });
    if let Some(version) = version {
        definition["version"] = json!(version);
    }
    definition.to_string()
}

fn checked(json: &str) -> Result<Checked, Vec<DefinitionFault>> {
    let definition = read_definition(json).map_err(|fault| vec![fault])?;
    let known = Known {
        hosts: &Hosts::whole(hosts_of(&definition)),
        has_signing_key: true,
        key: None,
    };
    check(definition, &known)
}

/// What is stored of one form.
#[derive(Default)]
struct Stored {
    record: Record,
    versions: Vec<(u32, String)>,
}

impl Stored {
    /// Publishes and returns the version, and whether it is new.
    fn publish(&mut self, json: &str) -> Result<u32, Vec<DefinitionFault>> {
        let checked = checked(json)?;
        let earlier = checked.earlier_version(&self.record);
        let earlier = self
            .versions
            .iter()
            .find(|(version, _)| Some(*version) == earlier)
            .map(|(_, json)| json.as_str());
        let published = checked.number(&self.record, earlier)?;
        let version = published.version;
        if let Some((_, known)) = self.versions.iter().find(|(known, _)| *known == version) {
            assert_eq!(*known, published.json, "version {version} changes");
        }
        self.record = Record {
            version: Some(version),
            hash: published.hash,
            is_published: true,
            last_version: self.record.last_version.max(version),
            ..Record::default()
        };
        self.versions.push((version, published.json));
        Ok(version)
    }
}

#[test]
fn versions_count_up_and_never_change() {
    let mut stored = Stored::default();
    let mut published = |title, version| {
        let published = stored.publish(&definition(title, version));
        published.map_err(|faults| faults[0].path.clone())
    };
    let taken = || Err("version".to_owned());
    for (title, own, expected, what) in [
        ("a", None, Ok(1), "the first"),
        ("a", None, Ok(1), "nothing changed"),
        ("a", Some(1), Ok(1), "nothing changed, numbered"),
        ("b", None, Ok(2), "the next"),
        ("c", Some(7), Ok(7), "a number of its own"),
        ("d", None, Ok(8), "the next"),
        ("e", Some(7), taken(), "a number of other content"),
        ("e", Some(8), taken(), "the current number"),
        (
            "e",
            Some(5),
            taken(),
            "a number that was left out: others may have seen it",
        ),
        ("b", Some(2), Ok(2), "back to an earlier one"),
        ("f", None, Ok(9), "the next of all"),
        ("f", Some(u32::MAX), Ok(u32::MAX), "the last"),
        ("g", None, taken(), "no number is left"),
    ] {
        assert_eq!(published(title, own), expected, "{what}");
    }
}

#[test]
fn an_interrupted_publication_keeps_its_number_for_its_content() {
    let writing = |content: &str| Writing {
        version: 4,
        hash: checked(&definition(content, None)).unwrap().hash,
        until_s: 0,
    };
    let record = Record {
        version: Some(3),
        hash: writing("a").hash,
        is_published: true,
        last_version: 4,
        writing: Some(writing("b")),
        ..Record::default()
    };
    let version = |title, own| {
        let published = checked(&definition(title, own))
            .unwrap()
            .number(&record, None);
        published.map(|published| published.version).ok()
    };
    assert_eq!(version("b", None), Some(4), "finished");
    assert_eq!(version("b", Some(4)), Some(4), "finished");
    assert_eq!(version("a", None), Some(3), "undone");
    assert_eq!(version("c", None), Some(5), "another");
    assert_eq!(version("c", Some(4)), None);
}

#[test]
fn refuses_a_version_that_withdraws_itself() {
    let mut stored = Stored::default();
    stored.publish(&definition("a", None)).unwrap();
    let withdrawing = |oldest: u32, version: Option<u32>| {
        let mut json: Value = serde_json::from_str(&definition("b", version)).unwrap();
        json["oldest_version"] = json!(oldest);
        publish(&json.to_string(), &stored.record)
    };
    assert_eq!(withdrawing(2, None).unwrap().version, 2);
    assert_eq!(withdrawing(7, Some(7)).unwrap().version, 7);
    for (oldest, version) in [(3, None), (8, Some(7)), (0, None)] {
        let faults = withdrawing(oldest, version).unwrap_err();
        assert_eq!(faults[0].path, "oldest_version", "{faults:?}");
    }
}

#[test]
fn refuses_an_invalid_definition() {
    let faults = publish(r#"{"key":"demo","fields":[]}"#, &Record::default()).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
    for text in ["7", "[]", "null", "{", ""] {
        assert!(read_definition(text).is_err(), "{text}");
    }
    // What counts is the text that is written to KV, without the author's spaces.
    let with_hint = |bytes: usize| {
        let hint = vec!["x".repeat(5_000); bytes / 5_000];
        let fields = hint.into_iter().enumerate();
        let fields = fields
            .map(|(at, hint)| json!({ "name": format!("n{at}"), "type": "text", "hint": hint }));
        let fields: Vec<Value> = fields.collect();
        format!(
            "{:#}",
            json!({ "key": "demo", "allowed_origins": [], "fields": fields })
        )
    };
    assert!(publish(&with_hint(255_000), &Record::default()).is_ok());
    let faults = publish(&with_hint(270_000), &Record::default()).unwrap_err();
    assert_eq!(faults[0].reason, "larger than 262144 bytes");
}

#[test]
fn refuses_what_the_service_cannot_do() {
    let json = r#"{"key":"demo","allowed_origins":[],"ticket":"required","fields":[{"name":"n","type":"text"}]}"#;
    let key = FormKey::parse("other").unwrap();
    let paths = |has_signing_key, key| {
        let hosts = &Hosts::default();
        let known = Known {
            hosts,
            has_signing_key,
            key,
        };
        let found = check(read_definition(json).unwrap(), &known);
        let faults = found.err().unwrap_or_default();
        faults
            .into_iter()
            .map(|fault| fault.path)
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(false, Some(&key)), ["ticket", "key"]);
    assert_eq!(paths(true, None), [""; 0]);
}

#[test]
fn a_wildcard_that_cannot_be_checked_is_not_published() {
    let json = r#"{"key":"demo","allowed_origins":["https://*.example.com"],"fields":[{"name":"n","type":"text"}]}"#;
    let facts = |is_suffix| HostFacts {
        host: "example.com".to_owned(),
        ascii: Some("example.com".to_owned()),
        is_suffix,
    };
    for (facts, is_valid) in [
        (vec![facts(Some(false))], true),
        (vec![facts(Some(true))], false),
        (vec![facts(None)], false),
        (vec![], false),
    ] {
        let hosts = &Hosts::new(facts);
        let known = Known {
            hosts,
            has_signing_key: true,
            key: None,
        };
        let found = check(read_definition(json).unwrap(), &known);
        assert_eq!(found.is_ok(), is_valid, "{hosts:?}");
    }
}

#[test]
fn an_origin_the_worker_cannot_convert_is_published_in_ascii() {
    let with = |origin: &str, record: &Record| {
        let mut definition: Value = serde_json::from_str(&definition("a", None)).unwrap();
        definition["allowed_origins"] = json!(["https://münchen.example", origin]);
        publish(&definition.to_string(), record)
    };
    let published = with("https://*.हिन्दी.example:*", &Record::default()).unwrap();
    let json: Value = serde_json::from_str(&published.json).unwrap();
    let expected = [
        "https://münchen.example",
        "https://*.xn--j2bd4cyah0f.example:*",
    ];
    assert_eq!(json["allowed_origins"], json!(expected));
    for origin in ["https://a\u{202e}b.example", "https://xn--a.example"] {
        let faults = with(origin, &Record::default()).unwrap_err();
        assert_eq!(faults.len(), 1, "{origin}: {faults:?}");
        assert_eq!(faults[0].path, "allowed_origins[1]");
    }
    // The same definition again is the same version.
    let record = Record {
        version: Some(1),
        hash: content_hash(&published.json).unwrap(),
        last_version: 1,
        ..Record::default()
    };
    let again = with("https://*.हिन्दी.example:*", &record);
    assert_eq!(again.unwrap().version, 1);
}
