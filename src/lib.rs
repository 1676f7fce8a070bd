//! railair plans rail and air capacity for parcels.
#![warn(missing_docs)]

pub mod engine;
pub mod instance;
pub mod network;
pub mod plan;
pub mod program;
pub mod report;
pub mod units;

pub use plan::{Plan, PlanError, Prepared, prepare};
