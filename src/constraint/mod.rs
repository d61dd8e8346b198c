//! What may a value be? One rule per file, each `check(value, …) -> Result<(), ViolationCode>`.
//!
//! The rules are HTML's, not the `validator` crate's: its e-mail, URL, length and regex rules both refuse what a browser
//! accepts and accept what it refuses. Values are [sanitised](sanitize) first. Every rule but [`required`] passes an empty
//! value, as in HTML: only `required` looks at emptiness. Which rules a kind of field has is `form`'s to say.
//!
//! # Agreement with browsers
//!
//! `tests/www/agreement.test.mjs` puts generated attributes and values into real controls and compares what Chromium says
//! with what these rules say; `tests/native/agreement.rs` does the same with what was measured. Both allow for these
//! exceptions, and no other:
//!
//! EXCEPTIONS
pub mod bounds;
pub mod calendar;
pub mod choice;
pub mod color;
pub mod decimal;
pub mod domain;
pub mod email;
pub mod length;
pub mod notation;
pub mod pattern;
pub mod range;
pub mod required;
pub mod sanitize;
pub mod step;
pub mod time;
pub mod url;
