//! A bounded simplex method that goes on from its last basis when bounds, rows or columns change.
//!
//! ```text
//! minimise   c x
//! subject to A x + s = b,   l ≤ x ≤ u,   s ≥ 0 (or s = 0)
//! ```
//!
//! A node of branch and bound changes a bound or adds a row, which leaves the basis dual feasible:
//! the dual method repairs it in a few steps. Pricing adds columns, which leaves it primal feasible:
//! the primal method goes on. Where both are broken, costs are shifted until the dual method may
//! run, and the primal method ends the work at the true costs.
//!
//! The dual method takes the steepest edge (Forrest and Goldfarb 1992) and passes breakpoints of
//! boxed variables (Maros, *Computational Techniques of the Simplex Method*, 2003, chapter 10);
//! ratio tests have Harris's tolerance. Nothing here is trusted: whoever asks proves bounds from the
//! prices in exact arithmetic and checks flows against the program's own data.

mod dual;
mod model;
mod pivot;
mod primal;

pub(super) use model::{Simplex, Start};

/// How far a value may be outside its bounds.
const FEASIBLE: f64 = 1e-9;
/// How far a reduced cost may be on the wrong side.
const OPTIMAL: f64 = 1e-9;
/// Entries of a pivot row or column below this are noise.
const PIVOT: f64 = 1e-7;
/// Entries of a pivot row below this are zero.
const NOISE: f64 = 1e-11;
/// Changes of the basis before it is factored again.
const REFACTOR: usize = 80;

/// Why the method gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No values keep all rows and bounds.
    Infeasible,
    /// Rounding errors or too many steps.
    Numerical,
    /// Asked to stop.
    Stopped,
}

#[cfg(test)]
mod tests;
