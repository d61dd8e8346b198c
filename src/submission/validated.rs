//! [`Submission`]: what was sent, once it satisfies the form.

use std::borrow::Cow;
use std::fmt;

use crate::form::Consent;
use crate::problem::Warning;

/// A submission that satisfies its form; values are sanitised. Borrows from the form and from what was sent. Prints names
/// only.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission<'a> {
    /// The version of the form it was checked against.
    pub version: u32,
    /// The form's fields that have a value, in the form's order.
    pub fields: Vec<(&'a str, FieldValue<'a>)>,
    /// What else was sent, as far as there is a budget for it.
    pub extras: Vec<(&'a str, FieldValue<'a>)>,
    /// What the visitor agreed to: the field's name, and the text.
    pub consents: Vec<(&'a str, &'a Consent)>,
    /// What was wrong with what came along.
    pub warnings: Vec<Warning>,
    /// Why it may be spam; it is taken all the same.
    pub spam: Vec<SpamMark>,
}

/// A reason to take a submission for spam. Never enough to refuse it: programs that fill in forms for people take baits, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpamMark {
    /// The field that nobody sees has a value.
    Honeypot,
}

impl SpamMark {
    /// As it stands in a lead.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Honeypot => "honeypot",
        }
    }
}

/// The value of a field. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// Of a field that takes one.
    One(Cow<'a, str>),
    /// Of a field that takes several.
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
