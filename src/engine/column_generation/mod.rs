//! Column generation: paths priced by shortest paths into a restricted master.
//!
//! 1. `presolve` and `contraction` leave out what decides nothing: rows that nothing can fill,
//!    columns that are bought as they are needed, nodes where nothing happens.
//! 2. `warm_up` brings prices and flows near the optimum: `equilibrium` moves flows along prices
//!    that grow with the loads of `soft_rows`, and `pricing` brings new paths, to all releases at
//!    once or in `turns`.
//! 3. `rounds` closes the gap: an `interior` point of the `master`, without what `domination` finds
//!    idle, and pricing in turn.
//! 4. `crossover` makes that a vertex, and `polish` goes from there to one that nothing in the
//!    network improves, by `dual` steps where rows come in and `primal` ones where paths do.
//! 5. `finish` checks the answer on the program's own integers and bounds it exactly; of a search
//!    that was stopped on the way, `refit` makes a plan that holds first.
//!
//! A `session` keeps what was found for the next solve of a changed program.

mod basis;
mod blocks;
mod candidates;
mod contraction;
mod corridor;
mod crossover;
mod domination;
mod dual;
mod equilibrium;
mod finish;
mod graph;
mod infeasible;
mod interior;
mod keyed;
mod lagrange;
mod master;
mod pieces;
mod point;
mod polish;
mod pool;
mod presolve;
mod pricing;
mod primal;
mod refit;
mod restart;
mod rounds;
mod schur;
mod search;
mod session;
mod shortest;
mod soft_rows;
mod start;
mod ties;
mod turns;
mod warm_up;

pub(super) use basis::Basis;
pub use search::solve;
pub use session::Session;
