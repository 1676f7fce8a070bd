//! Engines, bound and whole parcels, from the outside.

mod by_hand;
mod random;
mod support;
mod week;
