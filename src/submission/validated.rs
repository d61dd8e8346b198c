//! [`Submission`]: a submission that satisfies its form.

use std::borrow::Cow;
use std::fmt;

use crate::form::Consent;
use crate::problem::Warning;

/// A submission that satisfies its form, with sanitised values. Borrows from the form and the raw submission. `Debug`
/// prints names only.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission<'a> {
    /// The version of the form it was checked against.
    pub version: u32,
    /// The form's fields that have a value, in the form's order.
    pub fields: Vec<(&'a str, FieldValue<'a>)>,
    /// Other names and values, within the budget.
    pub extras: Vec<(&'a str, FieldValue<'a>)>,
    /// The consents the visitor gave: the field's name, and the text.
    pub consents: Vec<(&'a str, &'a Consent)>,
    /// The warnings for extras, the version and the attribution.
    pub warnings: Vec<Warning>,
    /// Whether the honeypot, an input hidden from visitors, has a value.
    pub is_trap_filled: bool,
}

/// The value of a field. `Debug` prints no value.
#[derive(Clone, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// The value of a field that accepts one.
    One(Cow<'a, str>),
    /// The values of a field that accepts several.
    Many(Vec<&'a str>),
}

impl fmt::Debug for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldValue(…)")
    }
}

impl fmt::Debug for Submission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |values: &[(&str, FieldValue<'_>)]| -> Vec<String> {
            values.iter().map(|(name, _)| (*name).to_owned()).collect()
        };
        f.debug_struct("Submission")
            .field("fields", &names(&self.fields))
            .field("extras", &names(&self.extras))
            .finish()
    }
}
