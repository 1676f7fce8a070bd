//! The time-expanded network: what can travel when.
//!
//! Expansion lays an [`Instance`](crate::instance::Instance) out in time as a directed acyclic
//! graph whose nodes are places at times and whose edges are waits, loadings, rides and handling
//! steps.

mod model;

pub use model::*;
