//! Delivers leads: [`deliver_now`] while the visitor waits, [`deliver_queued`] and [`redrive`] later.
//!
//! The only code that sends a lead to the core, the inbox, the outbox or the dead letters. `delivery` decides, without I/O,
//! what an outcome means and when to try again.

mod attempt;
mod key;
mod later;
mod now;
mod turnstile;

pub use key::{acquire_key, release_key};
pub use later::{AGAIN_S, Disposition, MAX_REDRIVEN, deliver_queued, redrive, store_exhausted};
pub use now::deliver_now;
pub use turnstile::{TURNSTILE_TIMEOUT_MS, verify_turnstile};
