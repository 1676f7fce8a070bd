//! The planner's tables: reading, checking and scenarios.
//!
//! Files become rows of text with a place in a file, scenarios change those rows,
//! rows become typed and checked values, and what is left without an error is an [`Instance`].
//! Everything that is found wrong on the way is a finding; all are collected before any is
//! reported.

mod findings;
mod model;

pub use model::*;
