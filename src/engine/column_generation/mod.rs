//! Column generation: paths priced by shortest paths into a restricted master.

mod basis;
mod crossover;
mod finish;
mod graph;
mod interior;
mod keyed;
mod lagrange;
mod master;
mod pool;
mod pricing;
mod schur;
mod search;

pub use search::solve;
