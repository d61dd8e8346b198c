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
//! - **bad input**: text that is no value of its kind, for the kinds that have a notation (numbers, dates, times, colours,
//!   ranges). A script that sets it has it replaced without a word; a visitor who types it gets `badInput`, and
//!   `valueMissing` too where something is required. For us it is always `bad_input` and never missing: what was sent must
//!   not be lost in silence.
//! - **css colour**: a browser turns any CSS colour a script sets into `#rrggbb`; here only notations with digits are read.
//!   A browser's own form sends nothing else.
//! - **international domain**: browsers convert an international e-mail domain by a table of 100 KB. Here what they take is
//!   taken, and what cannot be converted without the table is stored as it was typed; some of that the table would refuse
//!   ([`domain`]). ß and ς are kept, as registries and the URL standard do; Chromium makes ss and σ of them.
//! - **international host**: the same table decides whether the host of a URL can be one; here any can that is not ASCII.
//! - **late step**: `step` of `datetime-local` after the year 4000. There Chromium gets milliseconds wrong (half of those
//!   we tried in the year 5000, none of 2,000 in the year 4000); ours are exact.

pub mod bounds;
pub mod calendar;
pub mod choice;
pub mod color;
pub mod decimal;
pub mod domain;
pub mod email;
mod host;
pub mod length;
pub mod notation;
pub mod pattern;
pub mod range;
pub mod required;
pub mod sanitize;
pub mod step;
pub mod time;
pub mod url;
