//! Reads JSON member by member, so that one fault does not hide the next.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault::DefinitionFault;

/// Removes an array from an object and returns its items, each with its path; `None` when there is none.
pub(super) fn take_items(
    members: &mut Map<String, Value>,
    parent: &str,
    name: &str,
    faults: &mut Vec<DefinitionFault>,
) -> Option<Vec<(String, Value)>> {
    let path = join(parent, name);
    match members.shift_remove(name)? {
        Value::Null => None,
        Value::Array(items) => {
            let with_path = |(index, item)| (format!("{path}[{index}]"), item);
            Some(items.into_iter().enumerate().map(with_path).collect())
        }
        _ => {
            faults.push(DefinitionFault::new(path, "must be an array"));
            None
        }
    }
}

pub(super) fn read_item<T: DeserializeOwned + Default>(
    item: Value,
    path: &str,
    faults: &mut Vec<DefinitionFault>,
) -> T {
    match item {
        Value::Object(members) => read(members, path, faults),
        _ => {
            faults.push(DefinitionFault::new(path, MUST_BE_OBJECT));
            T::default()
        }
    }
}

/// Reads an object whose members are all optional. When the whole cannot be read, it reads each member separately, so
/// that one fault does not hide the next.
pub(super) fn read<T: DeserializeOwned + Default>(
    members: Map<String, Value>,
    path: &str,
    faults: &mut Vec<DefinitionFault>,
) -> T {
    let whole = Value::Object(members);
    if let Ok(read) = T::deserialize(&whole) {
        return read;
    }
    let Value::Object(mut members) = whole else {
        return T::default();
    };
    members.retain(|name, value| {
        let alone = Map::from_iter([(name.clone(), value.take())]);
        let alone = Value::Object(alone);
        let fault = T::deserialize(&alone).err();
        if let Value::Object(mut alone) = alone {
            *value = alone.shift_remove(name).unwrap_or_default();
        }
        if let Some(error) = &fault {
            faults.push(DefinitionFault::new(join(path, name), error.to_string()));
        }
        fault.is_none()
    });
    T::deserialize(&Value::Object(members)).unwrap_or_default()
}

pub(super) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

pub(super) const MUST_BE_OBJECT: &str = "must be an object";
/// How serde's reason for an unknown member begins.
pub(super) const UNKNOWN: &str = "unknown field";
