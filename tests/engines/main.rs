//! Engines, bound and whole parcels, from the outside.

mod by_hand;
mod column_generation;
mod integer;
mod random;
mod support;
mod week;
