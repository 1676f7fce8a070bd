//! The time-expanded network: what can travel when.
//!
//! Expansion lays an [`Instance`](crate::instance::Instance) out in time as a directed acyclic
//! graph whose nodes are places at times and whose edges are waits, loadings, rides and handling
//! steps.

mod assemble;
mod calendar;
mod chains;
mod events;
mod expand;
mod layout;
mod line;
mod model;
mod names;
mod prune;
mod rules;
#[cfg(test)]
pub(crate) mod samples;
mod tail;
#[cfg(test)]
mod tests;
mod timetable;

pub use calendar::Calendar;
pub use chains::Chains;
pub use events::FULL;
pub use expand::expand;
pub use line::great_circle_km;
pub use model::*;
pub use names::{Names, mode_name};
pub use rules::{deciding_rule, is_allowed, selects};
pub use timetable::departures;
