//! [`Disposition`]: what becomes of a message of the outbox after a delivery.

/// What to do with a message of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Take it out: its lead is stored elsewhere.
    Done,
    /// Leave it in; it is redelivered after [`AGAIN_S`].
    Again,
}

/// The delay before a message is redelivered that can be neither delivered nor stored: seconds. Not longer, since a queue keeps
/// a message for only one day (on a free account); not shorter, since it drops a message after a hundred deliveries.
pub const AGAIN_S: u32 = 300;
