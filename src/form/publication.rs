//! [`publish`]: checks and numbers a definition, and returns the entries to write to KV. `make seed` uses it.
//!
//! A version is written once and never changes: a submission is checked against the version that the visitor saw.

use serde_json::{Value, json};

use super::address::with_ascii_host;
use super::definition::{FIRST_VERSION, FormDefinition};
use super::fault::DefinitionFault;
use super::key::FormKey;
use super::stored::{BYTE_ORDER_MARK, StoredForm};
use super::{advice, mistakes, syntax, whole_table};

/// A definition, ready to be written to KV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The key to publish it under.
    pub key: FormKey,
    /// Its version.
    pub version: u32,
    /// The numbered definition; both entries have this text.
    pub json: String,
}

impl Publication {
    /// Names and values for KV. The version is written first, so that the current form always has one.
    pub fn entries(&self) -> [(String, &str); 2] {
        [
            (self.key.version_kv_name(self.version), &self.json),
            (self.key.kv_name(), &self.json),
        ]
    }
}

/// Checks a whole definition and numbers it: with its own version, else with the next free one.
///
/// `stored` returns the value of a name in KV. A definition equal to the current one keeps its version.
///
/// # Errors
/// All faults, each with its JSON path; also a version that was published with other content.
pub fn publish(
    json: &str,
    stored: impl Fn(&str) -> Option<String>,
) -> Result<Publication, Vec<DefinitionFault>> {
    let json = json.trim_start_matches(BYTE_ORDER_MARK);
    let not_json = |error| vec![DefinitionFault::new("", syntax::fault_in(json, &error))];
    syntax::check(json).map_err(not_json)?;
    let mut definition: Value = serde_json::from_slice(json.as_bytes()).map_err(not_json)?;
    let key = match convert_hosts(&mut definition) {
        true => check(&definition.to_string())?,
        false => check(json)?,
    };
    let read = |name: &str| {
        stored(name).and_then(|text| serde_json::from_slice::<Value>(text.as_bytes()).ok())
    };
    let is_free = |version| match read(&key.version_kv_name(version)) {
        Some(published) => numbered(&published, version) == numbered(&definition, version),
        None => true,
    };
    let version = match version_of(&definition) {
        Some(version) if is_free(version) => version,
        Some(version) => {
            let reason = format!(
                "{version} was published with other content and never changes; leave version out, or count it up"
            );
            return Err(vec![DefinitionFault::new("version", reason)]);
        }
        None => {
            let current = read(&key.kv_name());
            let first = current.as_ref().map_or(FIRST_VERSION, |current| {
                let number = version_of(current).unwrap_or(FIRST_VERSION);
                if numbered(&definition, number) == numbered(current, number) {
                    number
                } else {
                    number.saturating_add(1)
                }
            });
            (first..=u32::MAX)
                .find(|&version| is_free(version))
                .unwrap_or(first)
        }
    };
    let json = numbered(&definition, version).to_string();
    // Some faults need the version.
    FormDefinition::parse(&json)?;
    Ok(Publication { key, version, json })
}

/// Converts the hosts of allowed origins that the Worker cannot convert; gives whether there are any.
fn convert_hosts(definition: &mut Value) -> bool {
    let patterns = definition
        .get_mut("allowed_origins")
        .and_then(Value::as_array_mut);
    let mut has_converted = false;
    for pattern in patterns.into_iter().flatten() {
        let Some(text) = pattern.as_str().filter(|text| !text.is_ascii()) else {
            continue;
        };
        if !with_ascii_host(text).is_ascii()
            && let Some(ascii) = whole_table::with_ascii_host(text)
        {
            *pattern = json!(ascii);
            has_converted = true;
        }
    }
    has_converted
}

/// Checks it as the Worker does, and for [`mistakes`].
fn check(json: &str) -> Result<FormKey, Vec<DefinitionFault>> {
    let parsed = FormDefinition::parse(json);
    let stored = StoredForm::parse(json, &mut Vec::new());
    let mistakes = stored.map_or_else(|_| Vec::new(), |stored| mistakes::find(&stored));
    let mut faults = match parsed {
        Ok(form) if mistakes.is_empty() => return Ok(form.key),
        Ok(_) => Vec::new(),
        Err(faults) => faults,
    };
    for mistake in mistakes {
        match faults
            .iter_mut()
            .find(|fault| mistake.is_within(&fault.path))
        {
            // Replaces the shorter reason for an unknown kind by a suggestion.
            Some(fault) if fault.path == mistake.path && mistake.path.ends_with("].type") => {
                *fault = mistake;
            }
            Some(_) => {}
            None => faults.push(mistake),
        }
    }
    Err(faults.into_iter().map(advice::explained).collect())
}

fn version_of(definition: &Value) -> Option<u32> {
    definition.get("version")?.as_u64()?.try_into().ok()
}

fn numbered(definition: &Value, version: u32) -> Value {
    let mut numbered = definition.clone();
    if let Some(members) = numbered.as_object_mut() {
        members.insert("version".to_owned(), json!(version));
    }
    numbered
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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

    /// Publishes to `kv` and returns the version.
    fn published(
        kv: &mut BTreeMap<String, String>,
        json: &str,
    ) -> Result<u32, Vec<DefinitionFault>> {
        let publication = publish(json, |name| kv.get(name).cloned())?;
        for (name, value) in publication.entries() {
            kv.insert(name, value.to_owned());
        }
        Ok(publication.version)
    }

    #[test]
    fn versions_count_up_and_never_change() {
        let mut kv = BTreeMap::new();
        assert_eq!(published(&mut kv, &definition("a", None)), Ok(1));
        assert_eq!(
            published(&mut kv, &definition("a", None)),
            Ok(1),
            "nothing changed"
        );
        assert_eq!(published(&mut kv, &definition("b", None)), Ok(2));
        assert_eq!(published(&mut kv, &definition("c", Some(7))), Ok(7));
        assert_eq!(published(&mut kv, &definition("d", None)), Ok(8));
        let faults = published(&mut kv, &definition("e", Some(7))).unwrap_err();
        assert_eq!(faults[0].path, "version");
        assert_eq!(
            published(&mut kv, &definition("b", Some(2))),
            Ok(2),
            "back to an earlier one"
        );
        assert_eq!(published(&mut kv, &definition("f", None)), Ok(3));
        assert_eq!(published(&mut kv, &definition("c", Some(7))), Ok(7));
        assert_eq!(
            published(&mut kv, &definition("g", None)),
            Ok(9),
            "8 is taken"
        );
        let first: Value = serde_json::from_str(&kv["form/demo/v/1"]).unwrap();
        assert_eq!(
            (&first["title"], &first["version"]),
            (&json!("a"), &json!(1))
        );
        let current: Value = serde_json::from_str(&kv["form/demo"]).unwrap();
        assert_eq!(
            (&current["title"], &current["version"]),
            (&json!("g"), &json!(9))
        );
    }

    #[test]
    fn refuses_a_version_that_withdraws_itself() {
        let mut kv = BTreeMap::new();
        published(&mut kv, &definition("a", None)).unwrap();
        let withdrawing = |oldest: u32, version: Option<u32>| {
            let mut json: Value = serde_json::from_str(&definition("b", version)).unwrap();
            json["oldest_version"] = json!(oldest);
            publish(&json.to_string(), |name| kv.get(name).cloned())
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
        let faults = publish(r#"{"key":"demo","fields":[]}"#, |_| None).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    #[test]
    fn an_origin_the_worker_cannot_convert_is_published_in_ascii() {
        let with = |origin: &str| {
            let mut definition: Value = serde_json::from_str(&definition("a", None)).unwrap();
            definition["allowed_origins"] = json!(["https://münchen.example", origin]);
            publish(&definition.to_string(), |_| None)
        };
        let published = with("https://*.हिन्दी.example:*").unwrap();
        let json: Value = serde_json::from_str(&published.json).unwrap();
        let expected = [
            "https://münchen.example",
            "https://*.xn--j2bd4cyah0f.example:*",
        ];
        assert_eq!(json["allowed_origins"], json!(expected));
        for origin in ["https://a\u{202e}b.example", "https://xn--a.example"] {
            let faults = with(origin).unwrap_err();
            assert_eq!(faults.len(), 1, "{origin}: {faults:?}");
            assert_eq!(faults[0].path, "allowed_origins[1]");
        }
        // The same definition again is the same version.
        let name = published.key.kv_name();
        let stored = |asked: &str| (asked == name).then(|| published.json.clone());
        let mut again: Value = serde_json::from_str(&definition("a", None)).unwrap();
        again["allowed_origins"] = json!(["https://münchen.example", "https://*.हिन्दी.example:*"]);
        assert_eq!(publish(&again.to_string(), stored).unwrap().version, 1);
    }
}
