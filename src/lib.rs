//! railair plans rail and air capacity for parcels.
//!
//! A planner writes down, in a folder of tables or a workbook, where parcels are ready, which trains, flights,
//! trucks and ships run, and what the terminals can handle. railair lays that out as a network in
//! time, solves a linear program over it, and says what goes on what, what it costs, what arrives
//! late, what stays behind, and what the scarce capacity is worth. It proves every answer.
//!
//! # How data flows
//!
//! ```text
//! tables ──▶ instance ──▶ network ──▶ program ──▶ engine ──▶ plan ──▶ report
//!            checked      time-        linear      flows,     whole    tables,
//!            model        expanded     program     prices,    parcels, terminal,
//!                         graph                    bound      words    JSON
//! ```
//!
//! One direction: a module imports only what stands before it.
//!
//! | module | its business |
//! |---|---|
//! | [`units`] | exact integers with names: grams, cubic centimetres, millionths of money, minutes |
//! | [`instance`] | reading and checking a planner's tables, CSV or workbook; scenarios; findings; the generator |
//! | [`network`] | the time-expanded graph on `petgraph`; calendar, timetable, reachability, cuts |
//! | [`program`] | the linear program in mathematical form, its exact bound, its text formats |
//! | [`engine`] | column generation, the direct reference, the planner's habits; whole units and whole parcels |
//! | [`plan`] | the answer in the planner's words, and [`plan::verify`], which trusts none of it |
//! | [`report`] | one description of every table; CSV, JSON, terminal, HTML, workbooks, folders written whole |
//! | [`sweep`] | many runs of one instance: grids, scenarios, draws; the same bytes however run |
//!
//! `program` and `engine` know no trains, so that they are tested on public multicommodity-flow
//! problems as they are. The command line is the binary's; what it does is a thin layer over
//! [`prepare`] and [`Prepared::solve`]:
//!
//! ```no_run
//! use std::path::Path;
//! use railair::engine::Options;
//!
//! let prepared = railair::prepare(Path::new("instances/liege-2019-week"), None)?;
//! let plan = prepared.solve(&Options::default())?;
//! println!("{} departures", plan.departures.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is exact and what is not
//!
//! Whatever a plan adds up is an integer: grams, cubic centimetres, millionths of the currency,
//! minutes, parcels. Engines calculate in floating point; their flows become whole parcels
//! ([`engine::whole`]) that keep every row in exact arithmetic, better ones are searched where
//! rounding loses much ([`engine::integer::search_parcels`]), and prices become a Lagrangian bound
//! ([`program::bound`]) in integers, without a tolerance. A plan's gap is the difference of those
//! two exact figures, and [`plan::verify`] works both out again from the tables alone.
//!
//! # Where the code departs from its first design
//!
//! - The `direct` engine does not enumerate all paths: waiting for another day at each handling
//!   step multiplies them into millions. It adds paths to the same linear program in rounds until
//!   none improves it, which is exact, and shares no pricing code with column generation.
//! - Its master is solved as its own dual, because `good_lp` reads no dual values from microlp.
//! - Events have a fifth effect, `held`: at a closed border trains wait, they are not cancelled.
//! - Rules decide by how specific they are, not by row order, so that rows can be sorted freely;
//!   only the order of handling steps carries meaning.
//! - Releases of a tail stand in a table of their own, `allocation_tail.csv`, because capacity
//!   cannot be verified without them.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod engine;
pub mod files;
pub mod instance;
pub mod network;
pub mod plan;
pub mod program;
pub mod report;
pub mod sweep;
pub mod units;

pub use plan::{Plan, PlanError, Prepared, check, prepare};
