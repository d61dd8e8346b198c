//! formgate: form capture at the edge.
//!
//! A visitor fills in a form on a landing page; this Worker checks where the form is embedded, how often it is sent and
//! what was typed, and delivers the lead to the core lead service. [`intake`] is the path of one submission:
//!
//! ```text
//! route -> form -> embed -> limit -> submission (read, validate) -> spam -> delivery -> envelope
//! ```
//!
//! Each module imports only modules above it in this list (`tests/native/structure.rs` checks that). All but `cloudflare` compile
//! and are tested natively; I/O goes through the trait [`platform::Platform`].

pub mod clock;
pub mod hash;
pub mod json;
pub mod problem;
pub mod texts;

pub mod envelope;
pub mod route;

pub mod embed;
pub mod limit;
pub mod spam;
pub mod tls;

pub mod constraint;
pub mod form;
pub mod submission;

pub mod usage;

pub mod delivery;
pub mod inbox;

pub mod access;
pub mod doctor;
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
