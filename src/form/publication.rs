//! [`check`]: everything that is wrong with a definition. [`Checked::number`]: the version it is published as, and the entries to
//! write to KV. `make seed` and the owner's API use both.
//!
//! A version is written once and never changes: a submission is checked against the version that the visitor saw. The numbers are
//! given out by the [`Record`] of the form, which counts up; KV, which can be a minute behind, decides nothing.

use serde_json::{Value, json};

use super::address::with_ascii_host;
use super::definition::{FormDefinition, IS_ABOVE_OWN_VERSION, OLDEST_VERSION};
use super::fault::DefinitionFault;
use super::hosts::Hosts;
#[cfg(not(target_arch = "wasm32"))]
use super::hosts::hosts_of;
use super::key::FormKey;
use super::read::MUST_BE_OBJECT;
use super::record::Record;
use super::review::review;
use super::stored::{BYTE_ORDER_MARK, StoredForm, Ticket};
use super::{advice, mistakes, syntax};
use crate::hash::{first_half, hex, sha256};
use crate::json;

/// What [`check`] has to know besides the definition.
#[derive(Debug)]
pub struct Known<'a> {
    /// What the whole tables contain about its hosts.
    pub hosts: &'a Hosts,
    /// Whether the Worker has a key to sign tickets.
    pub has_signing_key: bool,
    /// The key it must have; any for `None`.
    pub key: Option<&'a FormKey>,
}

/// A definition without faults.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The form that visitors get.
    pub form: FormDefinition,
    /// The hash of the definition without its version: equal for equal content.
    pub hash: String,
    /// What its owner may not have meant: the module `review`.
    pub advice: Vec<DefinitionFault>,
    /// The version the definition names for itself.
    own_version: Option<u32>,
    /// The definition without it.
    content: Value,
}

/// A definition, ready to be written to KV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The key to publish it under.
    pub key: FormKey,
    /// Its version.
    pub version: u32,
    /// The numbered definition; both entries have this text.
    pub json: String,
    /// The hash of its content.
    pub hash: String,
    /// Its heading.
    pub title: String,
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

/// Reads a definition as JSON.
///
/// # Errors
/// It is no JSON object, or one of its objects has a name twice: the fault, with its position.
pub fn read_definition(json: &str) -> Result<Value, DefinitionFault> {
    let json = json.trim_start_matches(BYTE_ORDER_MARK);
    let reason = match json::parse(json) {
        Err(error) => syntax::fault_in(json, &error),
        Ok(definition) => match syntax::repeated_name(json) {
            Some(reason) => reason,
            None if definition.is_object() => return Ok(definition),
            None => MUST_BE_OBJECT.to_owned(),
        },
    };
    Err(DefinitionFault::new("", reason))
}

/// Checks a whole definition.
///
/// # Errors
/// All faults, each with its JSON path.
pub fn check(definition: Value, known: &Known<'_>) -> Result<Checked, Vec<DefinitionFault>> {
    let mut definition = definition;
    convert_hosts(&mut definition, known.hosts);
    let (form, advice) = check_json(&definition.to_string(), known)?;
    let own_version = take_version(&mut definition);
    Ok(Checked {
        form,
        hash: hash_of(&definition),
        advice,
        own_version,
        content: definition,
    })
}

impl Checked {
    /// The earlier version whose content in KV [`Self::number`] has to know: the one that the definition names for itself.
    pub fn earlier_version(&self, record: &Record) -> Option<u32> {
        let version = self.own_version?;
        let is_known = record.version == Some(version)
            || record
                .writing
                .as_ref()
                .is_some_and(|it| it.version == version);
        (version <= record.last_version && !is_known).then_some(version)
    }

    /// Numbers it: with its own version, else that of equal content, else the next one. `earlier` is the content of
    /// [`Self::earlier_version`].
    ///
    /// # Errors
    /// The version was published with other content; the version withdraws itself.
    pub fn number(
        self,
        record: &Record,
        earlier: Option<&str>,
    ) -> Result<Publication, Vec<DefinitionFault>> {
        let known = [
            (record.version, record.hash.as_str()),
            match &record.writing {
                Some(writing) => (Some(writing.version), writing.hash.as_str()),
                None => (None, ""),
            },
        ];
        let version = match self.own_version {
            Some(own) if own > record.last_version => Some(own),
            Some(own) => {
                let is_same = match known.iter().find(|(version, _)| *version == Some(own)) {
                    Some((_, hash)) => *hash == self.hash,
                    None => {
                        earlier.is_some_and(|json| content_hash(json) == Some(self.hash.clone()))
                    }
                };
                is_same.then_some(own)
            }
            None => {
                let same = known.iter().find(|(_, hash)| *hash == self.hash);
                let next = || record.last_version.checked_add(1);
                same.and_then(|(version, _)| *version).or_else(next)
            }
        };
        let Some(version) = version else {
            return Err(vec![DefinitionFault::new(VERSION, IS_TAKEN)]);
        };
        // What the definition without a number could not be checked for.
        let oldest = self.content.get(OLDEST_VERSION).and_then(Value::as_u64);
        if oldest > Some(version.into()) {
            let fault = DefinitionFault::new(OLDEST_VERSION, IS_ABOVE_OWN_VERSION);
            return Err(vec![fault]);
        }
        let title = self.content.get("title").and_then(Value::as_str);
        // A text of SQL has no NUL.
        let title = title.unwrap_or_default().replace('\0', "");
        let mut definition = self.content;
        if let Some(members) = definition.as_object_mut() {
            members.insert(VERSION.to_owned(), json!(version));
        }
        Ok(Publication {
            key: self.form.key,
            version,
            json: definition.to_string(),
            hash: self.hash,
            title,
        })
    }
}

/// The hash of the content of a stored definition; `None` when it is no JSON.
pub fn content_hash(json: &str) -> Option<String> {
    let mut definition = json::parse(json).ok()?;
    take_version(&mut definition);
    Some(hash_of(&definition))
}

fn hash_of(content: &Value) -> String {
    hex(&first_half(sha256(content.to_string().as_bytes())))
}

fn take_version(definition: &mut Value) -> Option<u32> {
    let version = definition.as_object_mut()?.shift_remove(VERSION)?;
    version.as_u64()?.try_into().ok()
}

/// Checks and numbers a definition by the whole tables.
///
/// # Errors
/// All faults, each with its JSON path.
#[cfg(not(target_arch = "wasm32"))]
pub fn publish(json: &str, record: &Record) -> Result<Publication, Vec<DefinitionFault>> {
    let definition = read_definition(json).map_err(|fault| vec![fault])?;
    let known = Known {
        hosts: &Hosts::whole(hosts_of(&definition)),
        has_signing_key: true,
        key: None,
    };
    check(definition, &known)?.number(record, None)
}

/// Converts the hosts of allowed origins that the Worker cannot convert.
fn convert_hosts(definition: &mut Value, hosts: &Hosts) {
    let patterns = definition
        .get_mut("allowed_origins")
        .and_then(Value::as_array_mut);
    for pattern in patterns.into_iter().flatten() {
        let Some(text) = pattern.as_str().filter(|text| !text.is_ascii()) else {
            continue;
        };
        if !with_ascii_host(text).is_ascii()
            && let Some(ascii) = hosts.with_ascii_host(text)
        {
            *pattern = json!(ascii);
        }
    }
}

/// Checks it as the Worker does, and for [`mistakes`].
fn check_json(
    json: &str,
    known: &Known<'_>,
) -> Result<(FormDefinition, Vec<DefinitionFault>), Vec<DefinitionFault>> {
    let parsed = FormDefinition::parse(json);
    let stored = StoredForm::parse(json, &mut Vec::new());
    let mistakes = stored.map_or_else(|_| Vec::new(), |stored| mistakes_in(&stored, known));
    let mut faults = match parsed {
        Ok(form) if mistakes.is_empty() => {
            let advice = review(&form);
            return Ok((form, advice));
        }
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

fn mistakes_in(stored: &StoredForm, known: &Known<'_>) -> Vec<DefinitionFault> {
    let mut found = mistakes::find(stored, known.hosts);
    if stored.ticket == Some(Ticket::Required) && !known.has_signing_key {
        found.push(DefinitionFault::new("ticket", NO_SIGNING_KEY));
    }
    if let Some(key) = known.key.filter(|key| key.as_str() != stored.key) {
        let reason = format!("must be {key}, as in the address");
        found.push(DefinitionFault::new("key", reason));
    }
    found
}

const VERSION: &str = "version";
const IS_TAKEN: &str = "is a number that was given to other content, and a version never changes; leave it out, or count it up";
const NO_SIGNING_KEY: &str = "cannot be required while there is no SIGNING_KEY (locally `make dev` makes one; in the account: \
    make wrangler RUN=\"secret put SIGNING_KEY\")";

#[cfg(test)]
#[path = "publication_tests.rs"]
mod tests;
