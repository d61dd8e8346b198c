//! Checks values by HTML's rules: one rule per file, each `check(value, …) -> Result<(), ViolationCode>`.
//!
//! The `validator` crate does not serve here: its e-mail, URL, length and regex rules refuse values that browsers
//! accept, and accept values that browsers refuse. Values are [sanitised](sanitize) first. As in HTML, every rule
//! except [`required`] accepts an empty value. `form` defines which rules a kind of field has.
//!
//! # Agreement with browsers
//!
//! `tests/www/agreement.test.mjs` sets generated attributes and values on real controls and compares Chromium's
//! validity with these rules; `tests/native/agreement.rs` compares stored measurements. Both allow only these
//! exceptions:
//!
//! - **bad input**: text that is not a value of its kind, for kinds with a notation (numbers, dates, times, colours,
//!   ranges). A browser silently replaces it when a script sets it; when a visitor types it, the control has
//!   `badInput`, and `valueMissing` too if it is required. Here it is always `bad_input` and never missing, so that the
//!   visitor learns that the value was not understood.
//! - **css colour**: a browser turns any CSS colour a script sets into `#rrggbb`; here only notations with digits are
//!   read, which is all that a browser's form sends.
//! - **international domain**: browsers convert an international e-mail domain by a table of 100 KB. This accepts what
//!   they accept, and stores a domain that cannot be converted without the table as typed; the table would refuse some
//!   of those ([`domain`]). ß and ς are kept, as by registries and the URL standard; Chromium converts them to ss and
//!   σ.
//! - **international host**: browsers check the host of a URL by the same table; this accepts any that is not ASCII.
//! - **late step**: `step` of `datetime-local` after the year 4000. There Chromium computes milliseconds wrongly (in
//!   half of the cases tried in the year 5000, in none of 2,000 in the year 4000); here they are exact.

pub mod bounds;
pub mod calendar;
pub mod choice;
pub mod color;
pub mod decimal;
pub mod domain;
pub mod email;
pub(crate) mod host;
pub mod length;
pub mod notation;
pub mod pattern;
pub mod range;
pub mod required;
pub mod sanitize;
pub mod step;
pub mod time;
pub mod url;
