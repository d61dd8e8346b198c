//! formgate: form capture at the edge.
//!
//! A visitor fills a form on somebody's page; this Worker checks where the form is embedded, how often it is sent and
//! what was typed, and hands the lead to the core lead service. The walk of one submission is [`intake`]:
//!
//! ```text
//! route -> form -> embed -> limit -> submission (read, validate) -> delivery -> envelope
//! ```
//!
//! Rooms are listed from the ground up: each imports only rooms above it in this list (`tests/structure.rs` checks).
//! Everything but `cloudflare` is arithmetic on what it is given, compiles natively, and is tested natively.

pub mod clock;
pub mod hash;
pub mod problem;

pub mod envelope;
pub mod route;

pub mod embed;
pub mod limit;

pub mod constraint;
pub mod form;
pub mod submission;

pub mod delivery;
pub mod inbox;

pub mod export;
pub mod page;

pub mod config;
pub mod log;
pub mod platform;

pub mod background;
pub mod dispatch;

pub mod admin;

pub mod intake;
pub mod service;

#[cfg(target_arch = "wasm32")]
mod cloudflare;
