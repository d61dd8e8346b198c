//! [`RawSubmission`]: names and values as sent, independent of the encoding.

use std::fmt;
use std::mem;

use crate::form::{FormDefinition, is_prototype_name};
use crate::json::find_special;
use crate::problem::{Violation, ViolationCode};

/// Names and values in the order sent, values of one name together. `Debug` prints names only.
///
/// The decoder does not know the form, so it keeps an unusable value with the reason: it is a violation only for a
/// field of the form.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawSubmission {
    pub(super) entries: Vec<(String, Vec<RawValue>)>,
    /// The indices of `entries`, sorted by name, if there are more than [`MAX_NAMES_COMPARED`]: comparing each of
    /// [`MAX_VALUES`] names with all others takes milliseconds.
    by_name: Option<Box<NameIndex>>,
    values: usize,
    /// Whether a value was dropped because of its name.
    has_unusable_names: bool,
}

/// [`start_of`] each name, and its index in `entries`. Boxed where it is used, since a refusal contains a submission.
#[derive(Clone, Default, PartialEq, Eq)]
struct NameIndex(Vec<(u64, usize)>);

/// One value as sent.
#[derive(Clone, PartialEq, Eq)]
pub enum RawValue {
    /// Text, as in every form encoding.
    Text(String),
    /// A JSON `true` or `false`: a checkbox ticked or not.
    Flag(bool),
    /// A value that no field can have: the reason, and the part of it that is kept.
    Unusable(Unusable, String),
}

/// The reason why a value is unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Longer than [`MAX_VALUE_BYTES`]; its beginning is kept.
    TooLong,
    /// A JSON object or an array in an array; its JSON text is kept.
    Nested,
    /// Not UTF-8; the text is kept, with replacement characters.
    NotUtf8,
    /// A file; nothing is kept.
    File,
}

impl RawValue {
    /// The value as text; a flag is `true` or `false`.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Unusable(_, text) => text,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }

    /// The reason if it is unusable.
    pub fn unusable(&self) -> Option<Unusable> {
        match self {
            Self::Unusable(unusable, _) => Some(*unusable),
            Self::Text(_) | Self::Flag(_) => None,
        }
    }

    /// Removes control characters and applies the limit. A control character takes six bytes in JSON, and many
    /// databases refuse U+0000. Tabs and newlines stay. A vertical tab, which Word pastes for a new line, and a form
    /// feed become newlines.
    fn bounded(mut self) -> Self {
        if let Self::Text(text) | Self::Unusable(_, text) = &mut self
            && find_special(text.as_bytes(), [0; 2]).is_some()
            && text.bytes().any(is_control)
        {
            *text = text.replace(['\x0b', '\x0c'], "\n");
            text.retain(|character| !u8::try_from(character).is_ok_and(is_control));
        }
        match self {
            Self::Text(text) | Self::Unusable(_, text) if text.len() > MAX_VALUE_BYTES => {
                let end = text.floor_char_boundary(MAX_VALUE_BYTES);
                Self::Unusable(
                    Unusable::TooLong,
                    text.get(..end).unwrap_or_default().to_owned(),
                )
            }
            whole => whole,
        }
    }
}

impl RawSubmission {
    /// Adds a value under a name.
    ///
    /// # Errors
    /// The submission would have too many values, or it is a file under an unusable name.
    pub fn push(&mut self, name: &str, value: RawValue) -> Result<(), Violation> {
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return Err(too_many_values());
        }
        let is_valid = (1..=MAX_NAME_BYTES).contains(&name.len())
            && !name.bytes().any(|byte| byte < b' ')
            && !is_prototype_name(name);
        if !is_valid {
            self.has_unusable_names |= !value.text().is_empty();
            // The visitor chose to send the file, so dropping it must be visible.
            return match value.unusable() {
                Some(Unusable::File) => Err(malformed("A field cannot take a file")),
                _ => Ok(()),
            };
        }
        let value = value.bounded();
        self.add(name, vec![value]);
        Ok(())
    }

    fn add(&mut self, name: &str, mut values: Vec<RawValue>) {
        let place = match self.find(name) {
            Ok(index) => {
                let entry = self.entries.get_mut(index);
                entry
                    .into_iter()
                    .for_each(|entry| entry.1.append(&mut values));
                return;
            }
            Err(place) => place,
        };
        let index = self.entries.len();
        self.entries.push((name.to_owned(), values));
        if let Some(by_name) = &mut self.by_name {
            by_name.0.insert(place, (start_of(name), index));
        } else if index >= MAX_NAMES_COMPARED {
            let mut by_name = Box::<NameIndex>::default();
            for (index, (name, _)) in self.entries.iter().enumerate() {
                let (Ok(place) | Err(place)) = self.place_of(name, &by_name);
                by_name.0.insert(place, (start_of(name), index));
            }
            self.by_name = Some(by_name);
        }
    }

    /// The index of a name in `entries`, or else the place in `by_name` where it belongs.
    fn find(&self, name: &str) -> Result<usize, usize> {
        let Some(by_name) = &self.by_name else {
            let found = self.entries.iter().position(|(known, _)| known == name);
            return found.ok_or(0);
        };
        let place = self.place_of(name, by_name)?;
        by_name.0.get(place).map(|(_, index)| *index).ok_or(place)
    }

    /// The place of a name in the index, or else where it belongs.
    fn place_of(&self, name: &str, by_name: &NameIndex) -> Result<usize, usize> {
        let start = start_of(name);
        by_name.0.binary_search_by(|&(known, index)| {
            let rest = || self.name_at(index).cmp(name);
            known.cmp(&start).then_with(rest)
        })
    }

    fn name_at(&self, index: usize) -> &str {
        self.entries.get(index).map_or("", |entry| &entry.0)
    }

    /// Moves the values sent as `topics[]` or `topics[0]` to the field `topics`: PHP, jQuery and axios name the values
    /// of a list like that. A field whose own name has the brackets keeps its values.
    pub fn resolve_list_names(&mut self, form: &FormDefinition) {
        let field_of = |name: &str| {
            let (field, index) = name.strip_suffix(']')?.rsplit_once('[')?;
            let is_list = index.bytes().all(|byte| byte.is_ascii_digit());
            (is_list && form.field(name).is_none())
                .then(|| form.field(field))
                .flatten()
        };
        let mut entries = self.entries.iter();
        if !entries.any(|(name, _)| field_of(name).is_some()) {
            return;
        }
        self.by_name = None;
        for (name, values) in mem::take(&mut self.entries) {
            self.add(field_of(&name).map_or(&name, |field| field.name()), values);
        }
    }

    /// Records that a value was dropped because of its name.
    pub fn drop_unusable_name(&mut self) {
        self.has_unusable_names = true;
    }

    /// Whether a value was dropped because of its name.
    pub fn has_unusable_names(&self) -> bool {
        self.has_unusable_names
    }

    /// The values sent under a name; empty when it was not sent.
    pub fn values(&self, name: &str) -> &[RawValue] {
        self.find(name).map_or(&[], |index| self.values_at(index))
    }

    /// The number of names.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The index of a name; tries the index `likely` first.
    pub(super) fn index_of(&self, name: &str, likely: usize) -> Option<usize> {
        let is_it = |(known, _): &(String, Vec<RawValue>)| known == name;
        if self.entries.get(likely).is_some_and(is_it) {
            return Some(likely);
        }
        self.find(name).ok()
    }

    /// The values of the name at an index.
    pub(super) fn values_at(&self, index: usize) -> &[RawValue] {
        self.entries.get(index).map_or(&[], |(_, values)| values)
    }

    /// Every name with its values, in the order sent.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &[RawValue])> {
        self.entries
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

impl fmt::Debug for RawSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.entries.iter().map(|(name, _)| name))
            .finish()
    }
}

impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawValue(…)")
    }
}

/// The first eight bytes of a name as a number: most names differ in them, and numbers are compared faster than texts.
fn start_of(name: &str) -> u64 {
    let byte = |index| name.as_bytes().get(index).copied().unwrap_or_default();
    u64::from_be_bytes(std::array::from_fn(byte))
}

/// Whether it is a C0 control other than a tab or part of a newline.
fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// The violation of a body that cannot be decoded.
pub(super) fn malformed(message: &str) -> Violation {
    Violation::of_form(ViolationCode::BadInput, message)
}

pub(super) fn too_many_values() -> Violation {
    let message = format!("There are more than {MAX_VALUES} values");
    Violation::of_form(ViolationCode::TooMany, &message)
}

/// The most values of one submission: enough for a hundred fields, one of them a list with every option chosen.
pub const MAX_VALUES: usize = 1_000;
/// Up to this many names, comparing with each is faster than an index.
const MAX_NAMES_COMPARED: usize = 16;
/// The longest name: bytes of UTF-8. Longer than that of a field, for other names that pages send.
pub const MAX_NAME_BYTES: usize = 128;
/// The longest value: bytes of UTF-8.
pub const MAX_VALUE_BYTES: usize = 32_768;
/// U+FEFF in UTF-8, which some programs write before a text to mark it as UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
#[path = "raw_tests.rs"]
mod tests;
