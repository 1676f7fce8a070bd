//! First plans: the root rounded up, two dives, and units given back one by one.

use super::domain::{Domain, Range};
use super::restricted;
use super::tree::{CHEAP, LARGE, Node, Tree};
use crate::engine::{EngineError, Solution};
use crate::program::Program;

/// A column this much nearer to the unit below is still rounded up.
const UPWARDS: f64 = 0.1;
/// What part of the fractional columns is decided before the relaxation is solved again.
const AT_ONCE: usize = 4;
/// How many units are tried to give back where relaxations are not cheap.
const FEW: usize = 8;
/// How often all units are gone through where they are.
const PASSES: usize = 3;
/// What a row may be over as noise, of the sizes of its terms.
const NOISE: f64 = 1e-9;

/// How a dive rounds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// To the nearer unit, rather up than down.
    Near,
    /// Only up: room never gets short.
    Up,
}

/// Plans to begin with.
pub(super) fn first_plans(
    tree: &mut Tree<'_>,
    root: &Solution,
    node: &Node,
) -> Result<(), EngineError> {
    if tree.parcels.is_some() {
        tree.offer_parcels(root);
        return dive(tree, node, Direction::Near);
    }
    if tree.size() <= LARGE {
        round_up(tree, root);
    } else if tree.best.is_none() {
        decide_at_once(tree, root)?;
    }
    let go_on = |tree: &Tree<'_>| tree.relaxation.stop().is_none() && !tree.is_done(node);
    if go_on(tree) {
        dive(tree, node, Direction::Near)?;
    }
    if go_on(tree) {
        dive(tree, node, Direction::Up)?;
    }
    if go_on(tree) && (tree.best.is_none() || tree.size() <= CHEAP) {
        let near_up = |value: f64| (value - 1e-6).ceil().max(0.0);
        let up = tree.relaxation.values(root, near_up);
        try_values(tree, &up)?;
    }
    if tree.relaxation.stop().is_none() && !tree.is_done(node) {
        restricted::improve(tree)?;
        give_back(tree)?;
    }
    Ok(())
}

/// A plan by one relaxation: the root's columns rounded all at once, and solved again with those.
pub(super) fn decide_at_once(tree: &mut Tree<'_>, root: &Solution) -> Result<(), EngineError> {
    round_up(tree, root);
    let near = |value: f64| (value + 0.5 * UPWARDS).round().max(0.0);
    let values = tree.relaxation.values(root, near);
    if tree.size() <= LARGE {
        try_values(tree, &values)?;
    } else {
        let relaxed = tree.relaxation.solve_afresh(&Domain::only(&values))?;
        tree.offer(relaxed.solution);
    }
    Ok(())
}

/// The root's own flows with as many whole units as they need: a plan without solving anything.
pub(super) fn round_up(tree: &mut Tree<'_>, root: &Solution) {
    let mut plan = root.clone();
    for &column in &tree.relaxation.whole {
        plan.columns[column] = (plan.columns[column] - 1e-9).ceil().max(0.0);
    }
    let values = needed(tree.program, &tree.relaxation.whole, &plan);
    for (&column, value) in tree.relaxation.whole.iter().zip(values) {
        plan.columns[column] = value as f64;
    }
    tree.offer(plan);
}

/// Solves with these values and, where some turn out to be unused, without those.
fn try_values(tree: &mut Tree<'_>, values: &[i64]) -> Result<bool, EngineError> {
    let relaxed = tree.relax(&Domain::only(values))?;
    if relaxed.bound.is_none() {
        return Ok(false);
    }
    let kept = needed(tree.program, &tree.relaxation.whole, &relaxed.solution);
    let mut better = tree.offer(relaxed.solution);
    if kept != values && tree.relaxation.stop().is_none() {
        let fewer = tree.relax(&Domain::only(&kept))?;
        better |= tree.offer(fewer.solution);
    }
    Ok(better)
}

/// The fewest whole units that the flows of an answer need, dearest given back first.
fn needed(program: &Program, whole: &[usize], solution: &Solution) -> Vec<i64> {
    let mut room: Vec<f64> = program.rows.iter().map(|row| row.upper as f64).collect();
    let mut size = vec![0.0; room.len()];
    for flow in &solution.flows {
        let class = program.releases[flow.release as usize].class as usize;
        for &arc in &flow.arcs {
            for (row, amount) in program.arc_uses(class, arc as usize) {
                room[row] -= amount as f64 * flow.amount;
                size[row] += (amount as f64 * flow.amount).abs();
            }
        }
    }
    for (column, value) in program.columns.iter().zip(&solution.columns) {
        let value = if column.whole { value.round() } else { *value };
        for &(row, b) in &column.entries {
            room[row as usize] -= b as f64 * value;
            // a parcel in a unit with room for a thousand million is no noise
            if b > 0 || !column.whole {
                size[row as usize] += (b as f64 * value).abs();
            }
        }
    }
    let mut values: Vec<i64> = whole
        .iter()
        .map(|&column| solution.columns[column].round() as i64)
        .collect();
    let mut order: Vec<usize> = (0..whole.len()).collect();
    order.sort_by_key(|&place| std::cmp::Reverse(program.columns[whole[place]].cost));
    for place in order {
        let entries = &program.columns[whole[place]].entries;
        let spare = entries.iter().filter(|&&(_, b)| b < 0).map(|&(row, b)| {
            let row = row as usize;
            ((room[row] + NOISE * size[row]) / -b as f64).floor() as i64
        });
        let fewer = spare.min().unwrap_or(0).clamp(0, values[place]);
        values[place] -= fewer;
        for &(row, b) in entries {
            room[row as usize] += b as f64 * fewer as f64;
        }
    }
    values
}

/// Takes units away one at a time, and keeps what gets cheaper by it.
fn give_back(tree: &mut Tree<'_>) -> Result<(), EngineError> {
    let cheap = tree.size() <= CHEAP;
    for _ in 0..if cheap { PASSES } else { 1 } {
        let Some(best) = tree.best.clone() else {
            return Ok(());
        };
        let mut values = tree.relaxation.values(&best, f64::round);
        let cost = |place: usize| tree.program.columns[tree.relaxation.whole[place]].cost;
        let mut order: Vec<usize> = (0..values.len())
            .filter(|&place| values[place] > 0)
            .collect();
        order.sort_by_key(|&place| (std::cmp::Reverse(cost(place)), place));
        if !cheap {
            order.truncate(FEW);
        }
        let mut improved = false;
        for place in order {
            if tree.relaxation.stop().is_some() {
                return Ok(());
            }
            if values[place] == 0 {
                continue;
            }
            let mut fewer = values.clone();
            fewer[place] -= 1;
            if try_values(tree, &fewer)? {
                improved = true;
                if let Some(best) = &tree.best {
                    values = tree.relaxation.values(best, f64::round);
                }
            }
        }
        if !improved {
            return Ok(());
        }
    }
    Ok(())
}

/// Decides some columns, solves again, and so on until all are whole or the bound says that this
/// leads nowhere better.
fn dive(tree: &mut Tree<'_>, node: &Node, direction: Direction) -> Result<(), EngineError> {
    let mut node = node.clone();
    loop {
        let mut fractional: Vec<(usize, f64)> = node.fractional().collect();
        if fractional.is_empty() || tree.stop().is_some() {
            return Ok(());
        }
        let is_up = |value: f64| {
            direction == Direction::Up || value.ceil() - value <= value - value.floor() + UPWARDS
        };
        // nearest to a whole number first
        let distance = |value: f64| {
            if is_up(value) {
                value.ceil() - value
            } else {
                value - value.floor()
            }
        };
        fractional.sort_by(|a, b| distance(a.1).total_cmp(&distance(b.1)).then(a.0.cmp(&b.0)));
        let count = fractional.len().div_ceil(AT_ONCE);
        for &(place, value) in &fractional[..count] {
            let range = node.domain.0[place];
            node.domain.0[place] = if is_up(value) {
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
        // a plan may be good enough though it is not cheaper than the best by a whole gap
        let best = tree.best.as_ref().map(|best| best.cost as i128);
        let need = match direction {
            Direction::Near => best.unwrap_or(i128::MAX),
            Direction::Up => tree.need,
        };
        let relaxed = tree.relax_until(&node.domain, need)?;
        let Some(bound) = relaxed.bound.filter(|&bound| bound < need) else {
            return Ok(());
        };
        tree.offer_parcels(&relaxed.solution);
        node.bound = bound;
        node.values = (tree.relaxation.whole.iter())
            .map(|&column| relaxed.solution.columns[column])
            .collect();
        if node.is_exceeded() {
            // what was decided cannot be, and costs a penalty
            return Ok(());
        }
        if tree.relaxation.is_whole(&relaxed.solution) {
            if tree.parcels.is_some() {
                return Ok(());
            }
            let values = tree.relaxation.values(&relaxed.solution, f64::round);
            try_values(tree, &values)?;
            return Ok(());
        }
    }
}
