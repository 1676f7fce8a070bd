//! Column generation: paths priced by shortest paths into a restricted master.

mod basis;
mod blocks;
mod candidates;
mod contraction;
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
mod point;
mod polish;
mod pool;
mod presolve;
mod pricing;
mod primal;
mod rounds;
mod schur;
mod search;
mod session;
mod soft_rows;
mod start;
mod warm_up;

pub(super) use basis::Basis;
pub use search::solve;
pub use session::Session;
