//! Reads JSON member by member, so that one fault does not hide the next.
//!
//! By hand: what serde derives for this, with its errors, is 60 KB of the wasm.

use std::borrow::Cow;

use serde_json::{Map, Value};
use validator::ValidateRange;

use super::fault::DefinitionFault;

/// Why a value is refused.
pub(super) type Reason = Cow<'static, str>;

/// A part of a definition: an object whose members are all optional.
pub(super) trait Part {
    /// Sets one member. One of the wrong length is set, too, so that later checks see it.
    ///
    /// # Errors
    /// The reason; [`UNKNOWN`] for a name that the part does not have.
    fn set(&mut self, name: &str, value: Value) -> Result<(), Reason>;
}

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

/// Reads an object; every member that cannot be read is a fault.
pub(super) fn read(
    part: &mut dyn Part,
    item: Value,
    path: &str,
    faults: &mut Vec<DefinitionFault>,
) {
    let Value::Object(members) = item else {
        faults.push(DefinitionFault::new(path, MUST_BE_OBJECT));
        return;
    };
    for (name, value) in members {
        if let Err(reason) = part.set(&name, value) {
            faults.push(DefinitionFault::new(join(path, &name), reason));
        }
    }
}

/// Reads a text.
pub(super) fn text(into: &mut String, value: Value) -> Result<(), Reason> {
    match value {
        Value::String(text) => *into = text,
        _ => return Err(MUST_BE_TEXT.into()),
    }
    Ok(())
}

/// Reads a text of `min` to `max` characters; `null` is none.
pub(super) fn optional_text(
    into: &mut Option<String>,
    value: Value,
    min: u64,
    max: u64,
) -> Result<(), Reason> {
    *into = None;
    if value.is_null() {
        return Ok(());
    }
    let read = into.insert(String::new());
    text(read, value)?;
    check_length(read.chars().count(), min, max, CHARACTERS)
}

/// Reads a text or the digits of a number: HTML attributes are text, but authors of JSON write numbers. `null` is none.
pub(super) fn number_or_text(into: &mut Option<String>, value: Value) -> Result<(), Reason> {
    *into = match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => return Err("must be a text or a number".into()),
    };
    Ok(())
}

/// Reads at most `max` texts.
pub(super) fn texts(into: &mut Vec<String>, value: Value, max: u64) -> Result<(), Reason> {
    let Value::Array(items) = value else {
        return Err("must be an array".into());
    };
    let count = items.len();
    for item in items {
        let mut read = String::new();
        text(&mut read, item).map_err(|_| "must be an array of texts")?;
        into.push(read);
    }
    check_length(count, 0, max, ENTRIES)
}

/// Reads `true` or `false`.
pub(super) fn flag(into: &mut bool, value: &Value) -> Result<(), Reason> {
    *into = value.as_bool().ok_or("must be true or false")?;
    Ok(())
}

/// Reads a whole number.
pub(super) fn number(into: &mut u64, value: &Value) -> Result<(), Reason> {
    *into = value.as_u64().ok_or("must be a whole number, 0 or more")?;
    Ok(())
}

/// Reads a whole number from `min` to `max`; `null` is none.
pub(super) fn optional_number(
    into: &mut Option<u32>,
    value: &Value,
    min: u32,
    max: u32,
) -> Result<(), Reason> {
    let mut wide = u64::from(min);
    if !value.is_null() {
        number(&mut wide, value)?;
    }
    *into = u32::try_from(wide).ok().filter(|_| !value.is_null());
    if !wide.validate_range(Some(u64::from(min)), Some(u64::from(max)), None, None) {
        return Err(format!("must be from {min} to {max}").into());
    }
    Ok(())
}

/// Reads one of the names in `all`.
pub(super) fn one_of<T: Copy>(all: &[(&str, T)], value: &Value) -> Result<T, Reason> {
    let found = all.iter().find(|(name, _)| value == name);
    found.map(|(_, one)| *one).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        ["must be ", &names.join(" or ")].concat().into()
    })
}

/// Checks a count of characters or entries.
pub(super) fn check_length(length: usize, min: u64, max: u64, of: &str) -> Result<(), Reason> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    if length.validate_range(Some(min), Some(max), None, None) {
        return Ok(());
    }
    Err(format!("must have {min} to {max} {of}").into())
}

pub(super) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        [parent, ".", name].concat()
    }
}

pub(super) const MUST_BE_OBJECT: &str = "must be an object";
/// The reason for an unknown member.
pub(super) const UNKNOWN: &str = "unknown field";
pub(super) const CHARACTERS: &str = "characters";
pub(super) const ENTRIES: &str = "entries";
const MUST_BE_TEXT: &str = "must be a text";

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
