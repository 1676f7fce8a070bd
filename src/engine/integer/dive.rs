//! First plans: the root rounded up, and a dive.

use super::domain::{Domain, Range};
use super::restricted;
use super::tree::{Node, Tree};
use crate::engine::{EngineError, Solution};

/// A column this near below a unit is rounded up without ado.
const NEARLY: f64 = 0.1;
/// What part of the fractional columns is decided before the relaxation is solved again.
const AT_ONCE: usize = 4;

/// Plans to begin with.
pub(super) fn first_plans(
    tree: &mut Tree<'_>,
    root: &Solution,
    node: &Node,
) -> Result<(), EngineError> {
    let near_up = |value: f64| (value - 1e-6).ceil().max(0.0);
    let up = tree.relaxation.values(root, near_up);
    let relaxed = tree.relax(&Domain::only(&up))?;
    tree.offer(relaxed.solution);
    if tree.relaxation.stop().is_none() {
        dive(tree, node)?;
    }
    if tree.relaxation.stop().is_none() {
        restricted::improve(tree)?;
    }
    Ok(())
}

/// Decides some columns, solves again, and so on until all are whole or the bound says that this
/// leads nowhere better.
fn dive(tree: &mut Tree<'_>, node: &Node) -> Result<(), EngineError> {
    let mut node = node.clone();
    loop {
        let mut fractional: Vec<(usize, f64)> = node.fractional().collect();
        if fractional.is_empty() || tree.relaxation.stop().is_some() {
            return Ok(());
        }
        // nearest to a whole number first, upwards rather than downwards
        let distance = |value: f64| {
            let down = value - value.floor();
            if 1.0 - down <= 0.5 + NEARLY {
                1.0 - down
            } else {
                down + NEARLY
            }
        };
        fractional.sort_by(|a, b| distance(a.1).total_cmp(&distance(b.1)).then(a.0.cmp(&b.0)));
        let count = fractional.len().div_ceil(AT_ONCE);
        for &(place, value) in &fractional[..count] {
            let range = node.domain.0[place];
            let down = value - value.floor();
            node.domain.0[place] = if 1.0 - down <= 0.5 + NEARLY {
                Range {
                    lower: value.ceil() as i64,
                    ..range
                }
            } else {
                Range {
                    upper: Some(value.floor() as i64),
                    ..range
                }
            };
        }
        let relaxed = tree.relax(&node.domain)?;
        let Some(bound) = relaxed.bound.filter(|&bound| bound < tree.need) else {
            return Ok(());
        };
        let whole = tree.relaxation.is_whole(&relaxed.solution);
        node.bound = bound;
        node.values = (tree.relaxation.whole.iter())
            .map(|&column| relaxed.solution.columns[column])
            .collect();
        if whole {
            let values = tree.relaxation.values(&relaxed.solution, f64::round);
            let exact = tree.relax(&Domain::only(&values))?;
            tree.offer(exact.solution);
            return Ok(());
        }
    }
}
