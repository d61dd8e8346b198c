//! Computes which statements and KV entries publishing form definitions writes, and lists the faults of definitions that cannot be
//! published. `tools/forms.mjs` runs it, again and again until it has all that is asked for, and writes nothing before.
//!
//! In: `{ "definitions": [{ "file", "text" }], "has_signing_key", "writer", "now_ms", "has_tables", "rows": { key: row or null },
//! "names": [name in KV] or null, "stored": { name: text or null } }`. Out: what it asks for, `"sql"` (by key, the statement whose
//! row is missing from `rows`), `"names"` (whether it needs the names in KV) and `"unknown"` (names missing from `stored`); what is to
//! be written, in this order, `"begin"` (statements, each of which gives a row, else another has changed the form), `"entries"`
//! (`{ "key", "value" }`) and `"end"` (statements); and for a person `"published"` (`{ "key", "version" }`), `"left"` (`{ "file",
//! "key" }`, changed through the API) and `"faults"` (`{ "file", "path", "reason" }`).

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use formgate::admin::forms::MAX_CHANGE_S;
use formgate::form::{
    Checked, DefinitionFault, FormDefinition, FormKey, Hosts, Known, Publication, Record, check,
    content_hash, hosts_of, read_definition,
};
use formgate::inbox::{Begin, FormsQuery, Query, read_record};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Given {
    definitions: Vec<Definition>,
    has_signing_key: bool,
    writer: String,
    now_ms: u64,
    has_tables: bool,
    rows: BTreeMap<String, Option<Vec<Option<String>>>>,
    names: Option<Vec<String>>,
    stored: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
struct Definition {
    file: String,
    text: String,
}

/// What is missing in what is given.
#[derive(Default)]
struct Asked {
    sql: Map<String, Value>,
    names: bool,
    unknown: BTreeSet<String>,
}

/// What is to be written, and what was found.
#[derive(Default)]
struct Plan {
    begin: Vec<String>,
    entries: Vec<Value>,
    end: Vec<String>,
    published: Vec<Value>,
    left: Vec<Value>,
    faults: Vec<Value>,
}

fn main() -> io::Result<()> {
    let given: Given = serde_json::from_reader(io::stdin())?;
    let (mut plan, mut asked) = (Plan::default(), Asked::default());
    let mut valid = Vec::new();
    for Definition { file, text } in &given.definitions {
        match checked(text, given.has_signing_key) {
            Ok(checked) => valid.push((file, checked)),
            Err(faults) => plan.refuse(file, &faults),
        }
    }
    let mut files: BTreeMap<FormKey, Vec<&str>> = BTreeMap::new();
    for (file, checked) in &valid {
        files
            .entry(checked.form.key.clone())
            .or_default()
            .push(file);
    }
    for (file, checked) in valid {
        let mut same = files.get(&checked.form.key).into_iter().flatten();
        match same.find(|same| *same != file) {
            // It is unclear which file is meant, so neither is published.
            Some(other) => {
                let reason = format!("is the key of {other}, too");
                plan.refuse(file, &[DefinitionFault::new("key", reason)]);
            }
            None => _ = plan.publish(&given, &mut asked, file, checked),
        }
    }
    let answer = json!({
        "sql": asked.sql, "names": asked.names, "unknown": asked.unknown, "begin": plan.begin, "entries": plan.entries,
        "end": plan.end, "published": plan.published, "left": plan.left, "faults": plan.faults,
    });
    println!("{answer}");
    Ok(())
}

impl Plan {
    fn refuse(&mut self, file: &str, faults: &[DefinitionFault]) {
        let fault = |fault: &DefinitionFault| json!({ "file": file, "path": fault.path, "reason": fault.reason });
        self.faults.extend(faults.iter().map(fault));
    }

    /// Adds what publishes a form; `None` while something is being asked for.
    fn publish(
        &mut self,
        given: &Given,
        asked: &mut Asked,
        file: &str,
        checked: Checked,
    ) -> Option<()> {
        let key = checked.form.key.clone();
        let record = given.record(&key, asked)?;
        if record.is_changed_since(&checked.hash) {
            self.left.push(json!({ "file": file, "key": key.as_str() }));
            return Some(());
        }
        let earlier = match checked.earlier_version(&record) {
            Some(version) => given.stored(key.version_kv_name(version), asked)?,
            None => None,
        };
        let publication = match checked.number(&record, earlier.as_deref()) {
            Ok(publication) => publication,
            Err(faults) => {
                self.refuse(file, &faults);
                return Some(());
            }
        };
        if given.has_tables {
            self.give_out(given, &record, &publication);
        }
        let entries = publication.entries();
        let entry = |(name, value)| json!({ "key": name, "value": value });
        self.entries.extend(entries.map(entry));
        let published = json!({ "key": key.as_str(), "version": publication.version });
        self.published.push(published);
        Some(())
    }

    /// The statements before and after the entries are written.
    fn give_out(&mut self, given: &Given, record: &Record, publication: &Publication) {
        let form = &publication.key;
        if given.row(form).is_none() {
            let names = json!(given.names_of(form)).to_string();
            self.begin
                .push(written(FormsQuery::Adopt { names: &names }));
        }
        let now_s = u32::try_from(given.now_ms / 1_000).unwrap_or(u32::MAX);
        self.begin.push(written(FormsQuery::Begin(Begin {
            form,
            version: publication.version,
            hash: &publication.hash,
            writer: &given.writer,
            last_version: record.last_version,
            tag: "-",
            now_s,
            until_s: now_s.saturating_add(MAX_CHANGE_S),
        })));
        self.end.push(written(FormsQuery::End {
            form,
            writer: &given.writer,
            title: &publication.title,
            tag: "-",
            file_hash: &publication.hash,
        }));
    }
}

fn checked(text: &str, has_signing_key: bool) -> Result<Checked, Vec<DefinitionFault>> {
    let definition = read_definition(text).map_err(|fault| vec![fault])?;
    let known = Known {
        hosts: &Hosts::whole(hosts_of(&definition)),
        has_signing_key,
        key: None,
    };
    check(definition, &known)
}

impl Given {
    fn row(&self, key: &FormKey) -> Option<&Vec<Option<String>>> {
        self.rows.get(key.as_str())?.as_ref()
    }

    /// What the database knows of a form, or else KV; `None` while that is being asked for.
    fn record(&self, key: &FormKey, asked: &mut Asked) -> Option<Record> {
        if self.has_tables && !self.rows.contains_key(key.as_str()) {
            let one = written(FormsQuery::One { form: key });
            asked.sql.insert(key.to_string(), json!(one));
            return None;
        }
        if let Some(row) = self.row(key) {
            return read_record(row);
        }
        if self.names.is_none() {
            asked.names = true;
            return None;
        }
        let names = self.names_of(key);
        let versions = names.iter().filter_map(|name| name.rsplit_once("/v/"));
        let versions = versions.filter_map(|(_, digits)| digits.parse().ok());
        let last_version: u32 = versions.max().unwrap_or(0);
        let is_published = names.contains(&key.kv_name());
        let name = match (is_published, last_version) {
            (true, _) => key.kv_name(),
            (false, 0) => return Some(Record::default()),
            (false, version) => key.version_kv_name(version),
        };
        let text = self.stored(name, asked)?;
        let read = text.and_then(|text| Some((FormDefinition::parse(&text).ok()?, text)));
        let Some((form, text)) = read else {
            return Some(Record {
                last_version,
                ..Record::default()
            });
        };
        Some(Record {
            title: form.title,
            version: Some(form.version),
            hash: content_hash(&text).unwrap_or_default(),
            is_published,
            last_version: last_version.max(form.version),
            ..Record::default()
        })
    }

    /// The names of a form in KV; of one that KV has not, a version 0, so that the database gets a row of it.
    fn names_of(&self, key: &FormKey) -> Vec<String> {
        let (current, versions) = (key.kv_name(), format!("{}/v/", key.kv_name()));
        let is_of = |name: &&String| **name == current || name.starts_with(&versions);
        let names = self.names.iter().flatten().filter(is_of);
        let names: Vec<String> = names.cloned().collect();
        match names.is_empty() {
            true => vec![key.version_kv_name(0)],
            false => names,
        }
    }

    /// The text under a name in KV; `None` while that is being asked for.
    #[expect(clippy::option_option, reason = "see above")]
    fn stored(&self, name: String, asked: &mut Asked) -> Option<Option<String>> {
        let known = self.stored.get(&name).cloned();
        if known.is_none() {
            asked.unknown.insert(name);
        }
        known
    }
}

/// No value of these queries has a NUL, which could not be written.
fn written(query: FormsQuery<'_>) -> String {
    let statement = Query::Forms(query).statement().written_out();
    statement.unwrap_or_default()
}
