//! The linear program in mathematical form.
//!
//! Nothing here knows of trains: releases of goods travel through a directed network, share
//! coupling rows with each other and with general columns, and may stay unserved at a price.
//! The `formulation` module translates a planner's time-expanded network into this form.

pub mod arc_model;
mod between;
pub mod bound;
pub mod design_format;
pub mod export;
pub mod flow_format;
pub mod flows;
pub mod formulation;
pub(crate) mod grouped;
pub mod links;
mod prices;
mod problem;
pub mod shortest;

pub use problem::{Column, FORBIDDEN, Network, Program, ProgramError, Release, Row, Sink, Use};
