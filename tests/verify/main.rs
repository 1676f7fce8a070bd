//! Plans of every engine on random instances, checked by `verify`, and changed to be refused.
//!
//! `RAILAIR_LONG` asks for many more instances, `RAILAIR_SEEDS=200..900` for these.

mod agreement;
mod claims;
mod dated;
mod explanations;
mod exported;
mod generated;
mod generator;
mod hauls;
mod honest;
mod joined;
mod maxima;
mod mutations;
#[path = "../oracle/mod.rs"]
mod oracle;
mod order;
mod parcels;
mod plans;
mod proofs;
mod reasons;
mod seeds;
