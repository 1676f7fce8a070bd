//! Whole columns: branch and bound over linear programs that are solved again from each other.
//!
//! A node of the tree is the program with narrower bounds on its whole columns. The root's relaxation
//! is solved by column generation ([`Session`](super::column_generation::Session)); all others by the
//! simplex method over the paths known so far, from the basis of the node before, with new paths
//! priced after every set of integer choices and rows brought in as they are broken (branch and
//! price; C. Barnhart et al., Branch-and-price: column generation for solving huge integer programs,
//! Operations Research 46, 1998; branching on columns that count units never disturbs the pricing of
//! paths). The node's bound is the exact Lagrangian bound that its prices prove, never a solver's
//! objective. The bound of the whole is the least over all nodes that were not split: these
//! [`Leaf`]s together are a proof that can be checked without the tree.
//!
//! - *Links* ([`crate::program::links`]) are added where releases are few.
//! - *Reduced costs* narrow bounds: the prices of a node prove, for each value of a whole column
//!   apart, what a plan with that value costs at least. Values that cost too much are cut off, and
//!   each cut is a leaf with the same prices.
//! - *Branching* takes the column whose two sides promise the largest product of gains, from the
//!   gains seen so far (pseudo-costs), and solves both sides of the most promising columns as long
//!   as little is known of them (reliability branching; Achterberg, Koch and Martin 2005).
//! - *Plans* come from the root's flows with its columns rounded up, from dives that fix columns near
//!   whole numbers and solve again, from giving back units one by one, from the master over all
//!   paths found as an integer program through `good_lp` where it is small, and from nodes whose
//!   columns happen to be whole.
//! - Best bound first, with plunges: after a split the search goes on with the better side.
//!
//! Everything is decided by numbers, sizes and counts, not by the clock: two runs that reach their
//! gap give the same answer.

mod answer;
mod arcs;
mod branching;
mod dive;
mod domain;
mod parcels;
mod paths;
mod proof;
mod relaxation;
mod restricted;
mod search;
mod searches;
mod shortage;
mod tree;

pub use answer::{Again, IntegerSolution};
pub use domain::{Domain, Range};
pub use parcels::{ParcelSearch, search as search_parcels};
pub use proof::Leaf;

use super::{EngineError, Options};
use crate::program::Program;

/// Whether the program has whole columns that are not decided by their bounds.
pub fn has_choices(program: &Program) -> bool {
    let mut columns = program.columns.iter();
    columns.any(|column| column.whole && column.upper != Some(0))
}

/// Solves a [valid](Program::validate) program with its whole columns whole.
///
/// # Errors
/// [`EngineError`] where there is no answer at all.
pub fn solve(program: &Program, options: &Options) -> Result<IntegerSolution, EngineError> {
    tree::solve(program, options)
}
