//! The relaxation of a node as a linear program over the paths found so far, solved by the simplex
//! method from the last node's basis.
//!
//! Flows are counted in shares of their release's quantity, so that each release is a row
//! Σ x + s = 1; rows are divided by what one unit of a column sells. Rows come in when an answer
//! breaks them, links among them; paths when they cost less than their release's price.

mod program;
mod start;

pub(super) use program::{PathProgram, Reached};
pub(super) use start::by_member;
