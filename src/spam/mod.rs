//! Spam: signals of a submission to a score with reasons, and from the score to a [`Verdict`]. No I/O.
//!
//! [`Signal::ALL`] is the table of signals with their weights, which a form's [`SpamPolicy`] may change. [`assess`] adds up the
//! weights of the signals that a submission shows. Only signals that no visitor causes reach a threshold alone. A verdict never
//! refuses a submission: what is taken for spam is stored in the spam folder, where the form's owner finds it.

mod assessment;
mod client;
mod content;
mod disposable;
mod policy;
mod repeats;
mod signal;

pub use assessment::{Assessment, Evidence, TicketState, Verdict, assess};
pub use client::Client;
pub use content::{Content, Nature, comparable};
pub use policy::{DEFAULT_POLICY, MAX_THRESHOLD, MIN_FILL_LIMIT_MS, Mode, SpamPolicy};
pub use repeats::{MAX_CONTENTS, REPEAT_WINDOW_MS, Repeats};
pub use signal::Signal;
