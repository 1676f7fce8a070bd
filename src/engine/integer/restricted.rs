//! The master over all paths found so far as an integer program through `good_lp`.

use std::collections::BTreeSet;

use super::domain::Domain;
use super::tree::Tree;
use crate::engine::master::Master;
use crate::engine::{EngineError, Solution};

/// At most this many whole columns, and this many paths, are worth a try. Being small, the integer
/// program needs no limit in seconds, which would let the clock decide what is found: `microlp`
/// visits no more than two to the number of columns.
const WORTH: (usize, usize) = (12, 300);

/// Whether a program of so many whole columns is worth a try at all.
pub(super) fn is_worth(whole: usize) -> bool {
    whole <= WORTH.0
}

/// Paths found so far.
#[derive(Default)]
pub(super) struct Columns {
    paths: BTreeSet<(u32, Vec<u32>)>,
    tried: usize,
}

impl Columns {
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Takes over the paths of an answer.
    pub fn learn(&mut self, solution: &Solution) {
        for flow in &solution.flows {
            self.paths.insert((flow.release, flow.arcs.clone()));
        }
    }
}

/// Solves the integer program over the paths found so far, if it is small and there are new ones,
/// and offers its choices with all paths allowed.
pub(super) fn improve(tree: &mut Tree<'_>) -> Result<(), EngineError> {
    let is_small = is_worth(tree.relaxation.whole.len()) && tree.columns.len() <= WORTH.1;
    if !is_small || tree.columns.len() == tree.columns.tried {
        return Ok(());
    }
    tree.columns.tried = tree.columns.len();
    let mut master = Master::new(tree.program);
    for (release, arcs) in &tree.columns.paths {
        master.add(*release as usize, arcs.clone());
    }
    let answer = master.integer(tree.options.solver, tree.relaxation.deadline());
    let Ok(answer) = answer else {
        // no plan over these paths, or none in time: nothing is lost
        return Ok(());
    };
    let whole = tree.relaxation.whole.iter();
    let values: Vec<i64> = whole
        .map(|&column| answer.columns[column].round() as i64)
        .collect();
    let relaxed = tree.relax(&Domain::only(&values))?;
    tree.offer(relaxed.solution);
    Ok(())
}
