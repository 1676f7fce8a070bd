//! Engines, bound and whole parcels, from the outside.

mod by_hand;
mod column_generation;
mod degenerate;
mod integer;
#[path = "../oracle/mod.rs"]
mod oracle;
mod random;
mod support;
mod week;
