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
//!
//! Firefox and `WebKit` differ from Chromium, and so from these rules, in more (`tests/native/agreement_elsewhere.rs`):
//!
//! - **no control**: Firefox has none for months and weeks, and checks nothing of them.
//! - **last year**: Firefox takes dates after 275760-09-13, as HTML does; Chromium and `WebKit` do not.
//! - **notation**: Firefox leaves the fraction of a second and the number of a slider as they are; HTML shortens the
//!   fraction.
//! - **arithmetic**: Firefox computes with doubles and no tolerance: numbers of 16 digits and more are rounded, and
//!   2.0000000596 is no multiple of 1. Pages and widget have a line of text for a number, so no visitor sees this.
//! - **point without digits**: `5.e0` is no number in Firefox, nor in HTML; Chromium and `WebKit` take it.
//! - **two flags**: Firefox has `badInput` beside `typeMismatch` for a label of an e-mail domain over 63 bytes.
//! - **international domain**: Firefox checks neither hyphens nor lengths in an international one, and refuses one that
//!   begins with `xn--` and cannot be decoded.
//! - **colour notation**: `WebKit` takes only `#rrggbb`.
//! - **address**: Firefox checks no host of `file:`; `WebKit` follows the URL standard there. Here it is Chromium's check.
//! - **host**: Firefox and `WebKit` refuse hosts as the URL standard does, such as `a b`, which Chromium takes.

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
