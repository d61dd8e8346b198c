//! Spam: signals of a submission to a score with reasons, and from the score to a [`Verdict`]. No I/O.
//!
//! [`Signal::ALL`] is the table of signals with their weights, which a form's [`SpamPolicy`] may change. [`assess`] adds up the
//! weights of the signals that a submission shows. Only signals that no visitor causes reach a threshold alone. What is taken for spam
//! is stored in the spam folder, where the form's owner finds it. What is in between is challenged: [`Work`] for a script, [`Wait`]
//! for a page; [`Efforts`] is how often a visitor was.

mod assessment;
mod client;
mod content;
mod disposable;
mod efforts;
mod policy;
mod repeats;
mod signal;
mod wait;
mod work;

pub use assessment::{Assessment, Evidence, TicketState, Verdict, assess};
pub use client::Client;
pub use content::{Content, Nature, comparable};
pub use efforts::{EFFORT_WINDOW_MS, Efforts, MAX_EFFORTS};
pub use policy::{DEFAULT_POLICY, MAX_THRESHOLD, MIN_FILL_LIMIT_MS, Mode, SpamPolicy};
pub use repeats::{MAX_CONTENTS, REPEAT_WINDOW_MS, Repeats};
pub use signal::Signal;
pub use wait::{WAIT_MS, WAIT_TOLERANCE_MS, WAIT_VALID_MS, Wait};
pub use work::{BOUND, MAX_LEVEL, MAX_SOLUTION_CHARS, WORK_VALID_MS, Work};
