//! Adds forms to the database that only KV has: those that an earlier `make seed` published.

use serde_json::{Value, json};

use super::super::read_all;
use crate::form::{FormDefinition, FormKey, content_hash};
use crate::inbox::{FormsQuery, Query};
use crate::platform::Platform;
use crate::problem::Fault;

/// A form that KV has.
struct Stored {
    key: FormKey,
    is_current: bool,
    last_version: u32,
}

/// Adds one form, or all (`None`), [`MAX_ADOPTED`] at a time. Returns whether any was added.
pub(super) async fn adopt<P: Platform>(
    platform: &P,
    only: Option<&FormKey>,
) -> Result<bool, Fault> {
    let mut found = stored(platform, only).await?;
    let keys: Vec<&str> = found.iter().map(|form| form.key.as_str()).collect();
    if keys.is_empty() {
        return Ok(false);
    }
    let keys = json!(keys).to_string();
    let known = Query::Forms(FormsQuery::Known { keys: &keys });
    let known = read_all(&platform.query(&known).await?, |row| {
        row.first().cloned()?
    })?;
    found.retain(|form| !known.iter().any(|known| known == form.key.as_str()));
    let mut rows = Vec::new();
    for form in found.into_iter().take(MAX_ADOPTED) {
        rows.extend(row(platform, &form).await?);
    }
    if rows.is_empty() {
        return Ok(false);
    }
    let rows = json!(rows).to_string();
    let added = Query::Forms(FormsQuery::Adopt { rows: &rows });
    Ok(!platform.query(&added).await?.is_empty())
}

/// The row of a form; `None` when what KV has of it cannot be read.
async fn row<P: Platform>(platform: &P, form: &Stored) -> Result<Option<Value>, Fault> {
    let name = match form.is_current {
        true => form.key.kv_name(),
        false => form.key.version_kv_name(form.last_version),
    };
    let Some(json) = platform.stored_form(&name).await? else {
        return Ok(None);
    };
    let Ok(read) = FormDefinition::parse(&json) else {
        return Ok(None);
    };
    let (title, hash) = (read.title, content_hash(&json));
    let last = form.last_version.max(read.version);
    Ok(Some(json!([
        form.key.as_str(),
        title,
        read.version,
        hash,
        u8::from(form.is_current),
        last
    ])))
}

async fn stored<P: Platform>(platform: &P, only: Option<&FormKey>) -> Result<Vec<Stored>, Fault> {
    let prefix = format!("form/{}", only.map_or("", FormKey::as_str));
    let mut found: Vec<Stored> = Vec::new();
    let mut cursor = None;
    for _ in 0..MAX_PAGES {
        let (names, next) = platform.form_names(&prefix, cursor).await?;
        for name in names {
            let Some((key, version)) = read_name(&name) else {
                continue;
            };
            if only.is_some_and(|only| *only != key) {
                continue;
            }
            let at = found.iter().position(|form| form.key == key);
            let at = at.unwrap_or_else(|| {
                found.push(Stored {
                    key,
                    is_current: false,
                    last_version: 0,
                });
                found.len() - 1
            });
            if let Some(form) = found.get_mut(at) {
                form.is_current |= version == 0;
                form.last_version = form.last_version.max(version);
            }
        }
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

/// The key and the version of a name in KV; version 0 is the current one.
fn read_name(name: &str) -> Option<(FormKey, u32)> {
    let rest = name.strip_prefix("form/")?;
    let (key, version) = match rest.split_once("/v/") {
        Some((key, version)) => (key, version.parse().ok().filter(|number| *number > 0)?),
        None => (rest, 0),
    };
    Some((FormKey::parse(key).ok()?, version))
}

/// Forms that are added at a time; each is one read of KV.
const MAX_ADOPTED: usize = 20;
/// Pages of names, 1,000 each, that are read at most.
const MAX_PAGES: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_names_of_forms() {
        for (name, expected) in [
            ("form/demo", Some(("demo", 0))),
            ("form/demo/v/7", Some(("demo", 7))),
            ("form/v/v/7", Some(("v", 7))),
            ("form/demo/v/0", None),
            ("form/demo/v/x", None),
            ("form/demo/x", None),
            ("form/", None),
            ("files", None),
        ] {
            let read = read_name(name);
            let read = read.as_ref().map(|(key, version)| (key.as_str(), *version));
            assert_eq!(read, expected, "{name}");
        }
    }
}
