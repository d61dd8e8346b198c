//! [`publish`]: what publishing a definition writes to KV. Whoever stores definitions goes through here: `make seed` now.
//!
//! A version is written once and never changes, so that a submission can be checked against the form the visitor saw.

use serde_json::{Value, json};

use super::definition::{FIRST_VERSION, FormDefinition};
use super::key::FormKey;
use super::stored::DefinitionFault;

/// What to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Under which key.
    pub key: FormKey,
    /// Under which version.
    pub version: u32,
    /// The definition, numbered; the same text goes under the key and under the version.
    pub json: String,
}

impl Publication {
    /// Names and values for KV. The version comes first: a form is never found without it.
    pub fn entries(&self) -> [(String, &str); 2] {
        [
            (self.key.version_kv_name(self.version), &self.json),
            (self.key.kv_name(), &self.json),
        ]
    }
}

/// Checks a definition whole and numbers it: with the version it names, else with the next.
///
/// `stored` looks up what stands in KV under a name. A definition that says what the current one says keeps its version.
///
/// # Errors
/// Everything that is wrong with it, each with its JSON path; among it a version that was published with other content.
pub fn publish(
    json: &str,
    stored: impl Fn(&str) -> Option<String>,
) -> Result<Publication, Vec<DefinitionFault>> {
    let form = FormDefinition::parse(json)?;
    let not_json = |error: serde_json::Error| vec![DefinitionFault::new("", error.to_string())];
    let mut definition: Value = serde_json::from_str(json).map_err(not_json)?;
    let read = |name: &str| stored(name).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let current = read(&form.key.kv_name());
    let version = match definition.get("version").and_then(Value::as_u64) {
        Some(_) => form.version,
        None => next_version(&definition, current.as_ref()),
    };
    if let Some(members) = definition.as_object_mut() {
        members.insert("version".to_owned(), json!(version));
    }
    let same_version = read(&form.key.version_kv_name(version));
    if same_version.is_some_and(|published| published != definition) {
        let reason = format!(
            "{version} was published with other content and never changes; leave version out, or count it up"
        );
        return Err(vec![DefinitionFault::new("version", reason)]);
    }
    Ok(Publication {
        key: form.key,
        version,
        json: definition.to_string(),
    })
}

/// The current version if nothing else changed, else the one after it.
fn next_version(definition: &Value, current: Option<&Value>) -> u32 {
    let Some(current) = current else {
        return FIRST_VERSION;
    };
    let number = current.get("version").and_then(Value::as_u64);
    let number = number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(FIRST_VERSION);
    let mut numbered = definition.clone();
    if let Some(members) = numbered.as_object_mut() {
        members.insert("version".to_owned(), json!(number));
    }
    if numbered == *current {
        number
    } else {
        number.saturating_add(1)
    }
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

    /// Publishes to `kv` and says under which version.
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
    fn versions_count_up_and_stay_as_they_were() {
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
        let first: Value = serde_json::from_str(&kv["form/demo/v/1"]).unwrap();
        assert_eq!(
            (&first["title"], &first["version"]),
            (&json!("a"), &json!(1))
        );
        let current: Value = serde_json::from_str(&kv["form/demo"]).unwrap();
        assert_eq!(
            (&current["title"], &current["version"]),
            (&json!("d"), &json!(8))
        );
    }

    #[test]
    fn nothing_broken_is_published() {
        let faults = publish(r#"{"key":"demo","fields":[]}"#, |_| None).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
