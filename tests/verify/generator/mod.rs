//! Random small instances with every feature on, as folders of CSV tables.
//!
//! The same seed writes the same bytes. In those of [`write_random_instance`] every demand can
//! travel: slow trucks without a limit run daily from each origin through the hub to each market,
//! and no rule forbids the road. Hard limits only ever say "at most" on what parcels do, so that a
//! plan that carries nothing obeys them. Of those of [`write_small_instance`] nothing is promised
//! but that they are instances: they are of few parcels, so that their optimum can be worked out.

mod policies;
mod random;
mod row;
mod services;
mod small;
mod tables;

pub use random::Random;
pub use small::write_small_instance;
pub use tables::{Shape, write_instance, write_random_instance};
