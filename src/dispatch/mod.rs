//! Sends leads to where they are kept: now, while the visitor waits, and later, out of the outbox.

mod later;
mod now;

pub use later::{AGAIN_S, Disposition, MAX_REDRIVEN, deliver_queued, give_up, redrive};
pub use now::dispatch;
