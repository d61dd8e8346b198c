//! Computes which KV entries publishing form definitions writes, and lists the faults of definitions that cannot be published.
//! `tools/forms.mjs` runs it.
//!
//! In: `{ "definitions": [{ "file", "text" }], "stored": { name: text or null } }`. Out: `{ "entries": [{ "key", "value" }],
//! "published": [{ "key", "version" }], "faults": [{ "file", "path", "reason" }], "unknown": [name] }`, where `unknown` are
//! the names missing from `stored`: the caller must run it again with their values, and write nothing before.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use formgate::form::publish;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Query {
    definitions: Vec<Definition>,
    stored: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
struct Definition {
    file: String,
    text: String,
}

fn main() -> io::Result<()> {
    let Query {
        definitions,
        stored,
    } = serde_json::from_reader(io::stdin())?;
    let unknown = RefCell::new(BTreeSet::new());
    let look_up = |name: &str| {
        let known = stored.get(name);
        if known.is_none() {
            unknown.borrow_mut().insert(name.to_owned());
        }
        known.cloned().flatten()
    };
    let (mut entries, mut published, mut faults): (Vec<Value>, Vec<Value>, Vec<Value>) =
        Default::default();
    let mut fault = |file: &str, path: &str, reason: &str| {
        faults.push(json!({ "file": file, "path": path, "reason": reason }));
    };
    let mut valid = Vec::new();
    for Definition { file, text } in definitions {
        match publish(&text, look_up) {
            Ok(publication) => valid.push((file, publication)),
            Err(found) => found
                .iter()
                .for_each(|found| fault(&file, &found.path, &found.reason)),
        }
    }
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (file, publication) in &valid {
        files
            .entry(publication.key.as_str())
            .or_default()
            .push(file);
    }
    for (file, publication) in &valid {
        let key = publication.key.as_str();
        if let Some(other) = files
            .get(key)
            .and_then(|same| same.iter().find(|same| *same != file))
        {
            // It is unclear which file is meant, so neither is published.
            fault(file, "key", &format!("is the key of {other}, too"));
            continue;
        }
        let written = publication.entries();
        entries.extend(
            written
                .iter()
                .map(|(name, value)| json!({ "key": name, "value": value })),
        );
        published.push(json!({ "key": key, "version": publication.version }));
    }
    let unknown = unknown.into_inner();
    let answer =
        json!({ "entries": entries, "published": published, "faults": faults, "unknown": unknown });
    println!("{answer}");
    Ok(())
}
