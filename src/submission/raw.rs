//! [`RawSubmission`]: names and values as sent, whatever the encoding.

use std::fmt;
use std::mem;

use crate::form::{FormDefinition, is_prototype_name};
use crate::problem::{Violation, ViolationCode, WarningCode};

/// Names and values in the order sent, repeated names together. Prints names only.
///
/// Which names are the form's is not known yet, so that what cannot be taken as it came is kept with the reason: only for
/// a field of the form is it a violation.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawSubmission {
    entries: Vec<(String, Vec<RawValue>)>,
    values: usize,
    /// Whether something was left out because of its name.
    has_unusable_names: bool,
}

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub enum RawValue {
    /// Text, as every form encoding has it.
    Text(String),
    /// A JSON `true` or `false`: a box ticked or not.
    Flag(bool),
    /// What is left of a value that no form sends.
    Unusable(Unusable, String),
}

/// Why a value could not be taken as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// More than [`MAX_VALUE_BYTES`]; its beginning is left.
    TooLong,
    /// A JSON object or an array in an array; its JSON is left.
    Nested,
    /// Not UTF-8; replacement characters stand for what cannot be read.
    NotUtf8,
    /// A file; nothing is left.
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

    /// Why it could not be taken as it came.
    pub fn unusable(&self) -> Option<Unusable> {
        match self {
            Self::Unusable(unusable, _) => Some(*unusable),
            Self::Text(_) | Self::Flag(_) => None,
        }
    }

    /// Without control characters, and no longer than the limit. One takes six bytes in JSON, and many databases refuse U+0000.
    /// Tabs and newlines are left; a vertical tab, which Word pastes for a new line, and a form feed become newlines.
    fn bounded(mut self) -> Self {
        if let Self::Text(text) | Self::Unusable(_, text) = &mut self
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
    /// When the submission would have too many values, or a file under a name that cannot be used.
    pub fn push(&mut self, name: &str, value: RawValue) -> Result<(), Violation> {
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return Err(too_many_values());
        }
        let is_sound = (1..=MAX_NAME_BYTES).contains(&name.len())
            && !name.bytes().any(|byte| byte < b' ')
            && !is_prototype_name(name);
        if !is_sound {
            self.has_unusable_names |= !value.text().is_empty();
            // A file is something the visitor chose to send.
            return match value.unusable() {
                Some(Unusable::File) => Err(malformed("A field cannot take a file")),
                _ => Ok(()),
            };
        }
        let value = value.bounded();
        match self.entries.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => self.entries.push((name.to_owned(), vec![value])),
        }
        Ok(())
    }

    /// Gives what was sent as `topics[]` or `topics[0]` to the field `topics`: so PHP, jQuery and axios name the values of a
    /// list. A field that is called so itself keeps what is its own.
    pub fn settle_names(&mut self, form: &FormDefinition) {
        let field_of = |name: &str| {
            let (field, index) = name.strip_suffix(']')?.rsplit_once('[')?;
            let is_list = index.bytes().all(|byte| byte.is_ascii_digit());
            (is_list && form.field(name).is_none())
                .then(|| form.field(field))
                .flatten()
        };
        if !self
            .entries
            .iter()
            .any(|(name, _)| field_of(name).is_some())
        {
            return;
        }
        for (name, mut values) in mem::take(&mut self.entries) {
            let name = field_of(&name).map_or(name, |field| field.name().to_owned());
            match self.entries.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.append(&mut values),
                None => self.entries.push((name, values)),
            }
        }
    }

    /// Notes that something was left out because of its name.
    pub fn leave_out(&mut self) {
        self.has_unusable_names = true;
    }

    /// Whether something was left out because of its name.
    pub fn has_unusable_names(&self) -> bool {
        self.has_unusable_names
    }

    /// The version of the form it says it was rendered from, under [`VERSION_NAME`].
    ///
    /// # Errors
    /// [`WarningCode::VersionMalformed`].
    pub fn version(&self) -> Result<Option<u32>, WarningCode> {
        match self.values(VERSION_NAME) {
            [] => Ok(None),
            [RawValue::Text(text)] if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                match text.parse() {
                    Ok(version) if version > 0 => Ok(Some(version)),
                    _ => Err(WarningCode::VersionMalformed),
                }
            }
            _ => Err(WarningCode::VersionMalformed),
        }
    }

    /// The idempotency key of a form without a script, under [`KEY_NAME`].
    pub fn idempotency_key(&self) -> Option<&str> {
        match self.values(KEY_NAME) {
            [RawValue::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The values sent under a name; none when it was not sent.
    pub fn values(&self, name: &str) -> &[RawValue] {
        self.entries
            .iter()
            .find(|(known, _)| known == name)
            .map_or(&[], |(_, values)| values)
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The place of a name among them, looked for first at `likely`.
    pub(super) fn place_of(&self, name: &str, likely: usize) -> Option<usize> {
        let is_it = |(known, _): &(String, Vec<RawValue>)| known == name;
        if self.entries.get(likely).is_some_and(is_it) {
            return Some(likely);
        }
        self.entries.iter().position(is_it)
    }

    /// The values sent under the name at a place.
    pub(super) fn values_at(&self, place: usize) -> &[RawValue] {
        self.entries.get(place).map_or(&[], |(_, values)| values)
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

/// A C0 control that is neither a tab nor a part of a newline.
fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// The body as a whole cannot be read.
pub(super) fn malformed(message: &str) -> Violation {
    Violation::of_form(ViolationCode::BadInput, message)
}

pub(super) fn too_many_values() -> Violation {
    let message = format!("There are more than {MAX_VALUES} values");
    Violation::of_form(ViolationCode::TooMany, &message)
}

/// The name under which pages send the version of the form they show.
pub const VERSION_NAME: &str = "_version";
/// The name under which a form without a script sends its idempotency key.
pub const KEY_NAME: &str = "_key";
/// Values of one submission, all fields together: a hundred fields, one of them a list with everything chosen, and more.
pub const MAX_VALUES: usize = 1_000;
/// The longest name: bytes of UTF-8. Longer than a field's, for what other people's pages send along.
pub const MAX_NAME_BYTES: usize = 128;
/// The longest value: bytes of UTF-8.
pub const MAX_VALUE_BYTES: usize = 32_768;
/// U+FEFF in UTF-8, which some programs write before a text to mark it as UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
#[path = "raw_tests.rs"]
mod tests;
