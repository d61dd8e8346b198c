//! The crate from outside: whole requests on a platform in memory, and the guards of the source's structure.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

mod access;
mod admin;
mod agreement;
mod agreement_elsewhere;
mod anything;
mod asvs;
mod bad_input;
mod challenge;
mod clients;
mod delivery;
mod dialects;
mod doctor;
mod erased;
mod export;
mod forms;
mod gone;
mod hosted;
mod intake;
mod limit_attacks;
mod limit_bound;
mod limits;
mod lists;
mod log_only;
mod meanwhile;
mod origins;
mod owner_api;
mod provenance;
mod publishing;
mod publishing_api;
mod publishing_faults;
mod repetition;
mod requests;
mod spam;
mod structure;
mod tickets;
mod tls;
mod usage;
mod values;
mod versions;

// The platform in memory.
use sim::memory;
