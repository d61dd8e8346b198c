//! Delivers leads: [`deliver_now`] while the visitor waits, [`deliver_queued`] and [`redrive()`] later.
//!
//! The only code that sends a lead to the core, the inbox, the outbox or the dead letters. `delivery` decides, without I/O,
//! what an outcome means and when to try again.

mod attempt;
mod copy;
mod disposition;
mod erased;
mod key;
mod later;
mod now;
mod put;
mod redrive;
mod timeline;
mod turnstile;

pub use copy::keep_copy;
pub use disposition::{AGAIN_S, Disposition};
pub use key::{acquire_key, release_key};
pub use later::{deliver_queued, store_exhausted};
pub use now::deliver_now;
pub use redrive::{MAX_REDRIVEN, redrive};
pub use timeline::note_moved;
pub use turnstile::{TURNSTILE_TIMEOUT_MS, verify_turnstile};
