//! The time-expanded network: what can travel when.
//!
//! Expansion lays an [`Instance`](crate::instance::Instance) out in time as a directed acyclic
//! graph whose nodes are places at times and whose edges are waits, loadings, rides and handling
//! steps.

mod aggregate;
mod assemble;
mod bottleneck;
mod calendar;
mod chains;
mod dot;
mod events;
mod expand;
mod geojson;
mod hauls;
mod layout;
mod line;
mod model;
mod names;
mod prune;
mod reach;
mod rules;
#[cfg(test)]
pub(crate) mod samples;
mod structure;
#[cfg(test)]
mod tests;
mod timetable;

pub use aggregate::{Cut, Part};
pub use bottleneck::{Bottleneck, bottlenecks};
pub use calendar::Calendar;
pub use chains::Chains;
pub use dot::{places_dot, time_expanded_dot};
pub use events::FULL;
pub use expand::expand;
pub use geojson::{arcs, geojson};
pub use hauls::main_haul;
pub use line::places as line_places;
pub use model::*;
pub use names::{Names, haul_text, mode_name};
pub use reach::{Reason, Stranded, stranded};
pub use rules::{deciding_rule, is_allowed, selects};
pub use structure::{Bridge, Dependence, Point, Reach, bridges, dependences, reaches};
pub use timetable::departures;
