//! The house from outside: whole requests on a platform in memory, and the two guards of its structure.

mod anything;
mod bad_input;
mod forms;
mod hosted;
mod limits;
mod memory;
mod structure;
mod walk;
