//! An independent check of a plan.
//!
//! [`verify`] reads a plan's tables and works everything in them out again from the instance:
//! every path is walked with a watch in hand, every capacity is added up in grams, cubic
//! centimetres and parcels, every cost to the millionth, every other cell from these. Only
//! `allocation.csv` is needed; it says what goes where, and all else follows from it.
//!
//! | file | without it |
//! |---|---|
//! | `allocation.csv` | nothing can be checked; of its columns `origin`, `destination`, `product`, `release`, `path` and `parcels` are needed |
//! | `run.json` | a failure, but where somebody says that the plan was made by hand ([`Options::by_hand`]): then cells that are there are checked, tables, columns and cells that are not are no failures |
//! | `departures.csv`, `handling.csv`, `demand.csv`, `limits.csv`, `purchases.csv` | a failure where there is a `run.json` |
//! | `allocation_tail.csv` | nothing of what comes after the planned weeks is carried |
//! | `purchases_tail.csv` | a failure where what comes after the planned weeks needs whole units of its own |
//! | `choices.csv` | a failure where there is a `run.json` and whole units are on offer |
//! | `prices.csv` | every price counts as nothing; without a bound claimed in `run.json`, feasibility and cost only |
//! | `inputs.json` | of an instance that has changed since, tables are named and not cells |
//!
//! Of a plan with a `run.json` every cell of every table is checked; rows may stand in any order, and
//! columns that railair does not write may be added. Two columns can be checked only so far: the
//! words in `reason` for whether they can be true (see `reasons`), and what `choices.csv` says that
//! other purchases would cost for whether it can be so little or so much (see `choices`); a
//! [`Verification`] says so of them. What one more would save beyond money of 64 bits stands in tables
//! as the most that those hold. Of `run.json` the figures are checked and the inputs' hashes, the summaries by service and mode
//! and the bottlenecks included; what is said there of engine, options and time is not, nor how many
//! nodes and linear programs the search among whole units took.
//!
//! What `departures.csv` says in `units` is what is bought, where it can be (see `sales`): at least what
//! is needed, at most what there is, whole where only whole units are sold, and as many beyond the
//! minimum on all departures of a commitment. Costs, `dead_units`, limits on units and cost,
//! `purchases.csv` and `choices.csv` follow from it. Without the table what is needed is bought.
//!
//! What comes after the planned weeks takes room and has to be carried as the tables say, but stands in
//! no other figure: those are worked out from the parcels of the planned weeks alone. What everything
//! costs more with it is left out of the cost and of what is proven alike.
//!
//! [`verify_files`] checks a plan that is not written yet, from the bytes that would be.
//!
//! What the checker shares with planning: the model of the instance and how it is read, and for
//! the bound the network and its program (see `proof`). Calendar, timetable, walking,
//! capacities, costs and tables are its own.

mod allocation;
mod bottlenecks;
mod branches;
mod calendar;
mod capacity;
mod cheapest;
mod check;
mod choices;
mod concerned;
mod costs;
pub(crate) mod decimal;
mod distance;
#[cfg(test)]
mod example;
mod expected;
mod failure;
mod figures;
mod itinerary;
mod ledger;
mod limits;
mod names;
mod prices;
mod proof;
mod ranges;
pub(crate) mod reading;
mod reasons;
mod relaxed;
mod rules;
mod run;
mod sales;
mod schedule;
mod stated;
mod summaries;
mod tables;
#[cfg(test)]
mod tests;
mod valuation;
mod ways;
mod words;

pub use check::{Cancelled, Options, Proven, Verification, VerifyError, verify, verify_files};
pub use failure::Failure;
pub use reading::ReadError;
pub use valuation::{DemandValue, Parts, Valuation, ValueError, value};
