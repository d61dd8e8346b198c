//! What may a value be? One rule per file, each `check(value, …) -> Result<(), ViolationCode>`.
//!
//! The rules are HTML's, not the `validator` crate's: its e-mail, URL, length and regex rules both refuse what a browser
//! accepts and accept what it refuses. Every rule but [`required`] passes an empty value, as in HTML: only `required`
//! looks at emptiness. Values are [sanitised](sanitize) first. Which rules apply to which kind of field is
//! `submission`'s to say.
//!
//! Not here yet: steps, and the grammars of dates, times and colours.

pub mod choice;
pub mod email;
pub mod length;
pub mod number;
pub mod pattern;
pub mod required;
pub mod sanitize;
pub mod url;
