//! Column generation: paths priced by shortest paths into a restricted master.

mod basis;
mod crossover;
mod finish;
mod graph;
mod infeasible;
mod interior;
mod keyed;
mod lagrange;
mod master;
mod polish;
mod pool;
mod pricing;
mod schur;
mod search;
mod warm_up;

pub use search::solve;
