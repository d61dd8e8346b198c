//! Says what publishing definitions writes to KV, or everything that is wrong with them. `tools/forms.mjs` asks it.
//!
//! In: `{ "definitions": [{ "file", "text" }], "stored": { name: text or null } }`. Out: `{ "entries": [{ "key", "value" }],
//! "published": [{ "key", "version" }], "faults": [{ "file", "path", "reason" }], "unknown": [name] }`, where `unknown` are
//! the names that `stored` should have had: ask again with them, and write nothing before.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use formgate::form::publish;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Question {
    definitions: Vec<Definition>,
    stored: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
struct Definition {
    file: String,
    text: String,
}

fn main() -> io::Result<()> {
    let Question {
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
    let mut keys = BTreeSet::new();
    for Definition { file, text } in definitions {
        let mut fault = |path: &str, reason: &str| {
            faults.push(json!({ "file": file, "path": path, "reason": reason }))
        };
        match publish(&text, look_up) {
            Ok(publication) => {
                if !keys.insert(publication.key.to_string()) {
                    fault("key", "is the key of another file, too");
                }
                entries.extend(
                    publication
                        .entries()
                        .iter()
                        .map(|(name, value)| json!({ "key": name, "value": value })),
                );
                published.push(
                    json!({ "key": publication.key.to_string(), "version": publication.version }),
                );
            }
            Err(found) => found
                .iter()
                .for_each(|found| fault(&found.path, &found.reason)),
        }
    }
    let unknown = unknown.into_inner();
    let answer =
        json!({ "entries": entries, "published": published, "faults": faults, "unknown": unknown });
    println!("{answer}");
    Ok(())
}
