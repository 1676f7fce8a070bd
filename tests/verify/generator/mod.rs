//! Random small instances with every feature on, as folders of CSV tables.
//!
//! The same seed writes the same bytes. Every demand can travel: slow trucks without a limit run
//! daily from each origin through the hub to each market, and no rule forbids the road. Hard
//! limits only ever say "at most" on what parcels do, so that a plan that carries nothing obeys
//! them.

mod policies;
mod random;
mod services;
mod tables;

pub use random::Random;
pub use tables::{Shape, write_instance, write_random_instance};
