//! Whole parcels: from an engine's fractional answer to one that can be loaded.
//!
//! A basic answer has hardly more split releases than binding rows, so flooring loses little:
//!
//! 1. Every path keeps the whole part of its flow (a value within 10⁻⁶ of a whole number counts as
//!    that number, if it fits), all paths at once, because parcels may make room for others.
//! 2. What a release has left over goes where it costs least among its own paths, room that must
//!    be bought included (`load`).
//! 3. What is left then is offered the shortest path of the network with the room that is left,
//!    so that every other path is offered before it stays behind. That comes before the search,
//!    which draws moves at random and seldom finds the few parcels that stay and need not.
//! 4. Local search (`improve`) fills what flooring left open, over those paths and others that cost
//!    hardly more under the prices of the linear program (`ways`). It goes on while more than
//!    8·10⁻⁷ of the cost is lost, up to a number of steps, and no further where more than two and a
//!    half times that is: where few kinds of parcels meet dear room, no plan in whole parcels may
//!    come nearer.
//! 5. What stays behind in the end is offered every other path once more.
//!
//! 6. Rows that are short, such as a minimum that flooring missed, are met from above: what is left over
//!    boards first where it makes room in them, and in the end parcels move to ways that do, the
//!    cheapest for the room they make first (`relieve`).
//!
//! In the end parcels move to ways that are there earlier, where the plan costs no more for that
//! ([`hasten`]).
//!
//! All of it is counted exactly: no row is broken, in integers, and columns are bought in
//! millionths of a unit, rounded up (whole columns in units): what goods need first, then what a
//! limit on units or money asks for beyond that, where it matters as the linear program advises.
//! A row may stay short all the same; the answer then says which, and
//! [`search_parcels`](super::integer::search_parcels) looks for a plan that keeps them all, or one
//! that costs less. Releases are taken in order of their numbers, and ties go to the path that comes
//! first, so that equal input gives equal output.

use crate::program::Program;
use crate::program::shortest::InArcs;

pub(crate) use super::ledger::PARTS;
use super::load::Load;
use super::{Deadline, EngineError, Options, Solution};

/// A bound within this of the cost is close.
const CLOSE: f64 = 5e-7;

/// What is lost, of the cost and in cost units, that is not worth a search.
const NOISE: (f64, i128) = (1e-9, 4);

/// Whole parcels of one release on one path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WholeFlow {
    /// Which release.
    pub release: u32,
    /// The arcs in order.
    pub arcs: Vec<u32>,
    /// How many parcels, at least one.
    pub parcels: i64,
}

/// An answer in whole parcels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeSolution {
    /// Paths with parcels, by release, then by arcs.
    pub flows: Vec<WholeFlow>,
    /// Unserved parcels per release; with the flows they add up to its quantity.
    pub unserved: Vec<i64>,
    /// y_j per column, in millionths of a unit.
    pub columns: Vec<i128>,
    /// Cost in the program's units, rounded up.
    pub cost: i128,
    /// Rows that stay short of a hard minimum; empty in a feasible answer.
    pub short_rows: Vec<u32>,
    /// Releases that must be carried and are not; empty in a feasible answer.
    pub left_behind: Vec<u32>,
}

impl WholeSolution {
    /// Whether every row and every release holds.
    pub fn is_feasible(&self) -> bool {
        self.short_rows.is_empty() && self.left_behind.is_empty()
    }

    /// The rows that it breaks, and by how much, in [`PARTS`] of the row's unit.
    pub(crate) fn shortages(&self, program: &Program) -> Vec<(u32, i128)> {
        let mut over: Vec<i128> = (program.rows.iter())
            .map(|row| -i128::from(row.upper) * PARTS)
            .collect();
        for flow in &self.flows {
            let class = program.releases[flow.release as usize].class as usize;
            for &arc in &flow.arcs {
                for (row, amount) in program.arc_uses(class, arc as usize) {
                    over[row] += i128::from(amount) * i128::from(flow.parcels) * PARTS;
                }
            }
        }
        for (column, y) in program.columns.iter().zip(&self.columns) {
            for &(row, b) in &column.entries {
                over[row as usize] += i128::from(b) * y;
            }
        }
        let rows = (0u32..).zip(over);
        rows.filter(|&(_, over)| over > 0).collect()
    }

    /// Checks the answer against the program's data in exact arithmetic: paths, sums, columns,
    /// rows and cost. Shares nothing with the code that made it.
    pub fn verify(&self, program: &Program) -> Result<(), String> {
        let mut activity = vec![0i128; program.rows.len()];
        let mut carried = vec![0i64; program.releases.len()];
        let mut cost = program.constant * PARTS;
        for flow in &self.flows {
            let k = flow.release as usize;
            let per_unit = program
                .path_cost(k, &flow.arcs)
                .ok_or_else(|| format!("release {k} has a path that is none"))?;
            if flow.parcels <= 0 {
                return Err(format!("release {k} has a path without parcels"));
            }
            carried[k] += flow.parcels;
            let parcels = i128::from(flow.parcels) * PARTS;
            cost += per_unit * parcels;
            for &arc in &flow.arcs {
                for (row, amount) in
                    program.arc_uses(program.releases[k].class as usize, arc as usize)
                {
                    activity[row] += i128::from(amount) * parcels;
                }
            }
        }
        for (k, release) in program.releases.iter().enumerate() {
            let left = self.unserved[k];
            if left < 0 || carried[k] + left != release.quantity {
                return Err(format!("release {k} does not add up"));
            }
            let must = release.unserved_cost.is_none() && left > 0;
            if must != self.left_behind.contains(&(k as u32)) {
                return Err(format!("release {k} must be carried"));
            }
            cost += i128::from(release.unserved_cost.unwrap_or(0)) * i128::from(left) * PARTS;
        }
        for (j, (column, &y)) in program.columns.iter().zip(&self.columns).enumerate() {
            let upper = column.upper.map(|upper| i128::from(upper) * PARTS);
            if y < 0 || upper.is_some_and(|upper| y > upper) || (column.whole && y % PARTS != 0) {
                return Err(format!("column {j} is out of its bounds"));
            }
            cost += i128::from(column.cost) * y;
            for &(row, coefficient) in &column.entries {
                activity[row as usize] += i128::from(coefficient) * y;
            }
        }
        for (r, row) in program.rows.iter().enumerate() {
            let broken = activity[r] > i128::from(row.upper) * PARTS;
            if broken != self.short_rows.contains(&(r as u32)) {
                return Err(format!("row {r} is broken: {broken}"));
            }
        }
        let rounded = -(-cost).div_euclid(PARTS);
        if rounded != self.cost {
            return Err(format!("the cost is {rounded} and not {}", self.cost));
        }
        Ok(())
    }
}

/// Rounds `solution`, the answer of any engine for `program`, to whole parcels; see the module's
/// description. `program` must be [valid](Program::validate).
///
/// # Errors
/// [`EngineError::Bound`] where numbers leave the range of exact arithmetic.
pub fn round(program: &Program, solution: &Solution) -> Result<WholeSolution, EngineError> {
    round_within(program, solution, &Options::default())
}

/// Like [`round`], but once the time limit of `options` has passed or its interrupt is raised, the
/// search for something better ends. An answer in whole parcels is always made. Without either,
/// the answer does not depend on the clock.
///
/// # Errors
/// As for [`round`].
pub fn round_within(
    program: &Program,
    solution: &Solution,
    options: &Options,
) -> Result<WholeSolution, EngineError> {
    let deadline = Deadline::start(options);
    let network = InArcs::of(program);
    let mut load = Load::floor(program, &network, solution);
    load.insert();
    load.insert_anywhere(&deadline)?;
    if deadline.stop().is_none() {
        load.improve(&solution.prices, least(solution), &deadline)?;
        load.insert_anywhere(&deadline)?;
    }
    load.relieve(&solution.prices, &deadline)?;
    Ok(load.finish())
}

/// Like [`round`], but without looking for something better: what a search for plans makes of each
/// answer on its way.
pub(super) fn round_quickly(
    program: &Program,
    network: &InArcs,
    solution: &Solution,
) -> WholeSolution {
    let mut load = Load::floor(program, network, solution);
    load.insert();
    load.relieve_by_own_ways(&solution.prices);
    load.finish()
}

/// A plan in whole parcels, given as an answer with the prices of the linear program, after one more
/// local search.
///
/// # Errors
/// As for [`round`].
pub(super) fn polish(
    program: &Program,
    plan: &Solution,
    deadline: &Deadline,
) -> Result<WholeSolution, EngineError> {
    let network = InArcs::of(program);
    let mut load = Load::floor(program, &network, plan);
    load.improve(&plan.prices, plan.cost, deadline)?;
    Ok(load.finish())
}

/// The same plan with parcels on ways that are there earlier, where it costs no more for that under
/// the `prices` of its linear program.
///
/// # Errors
/// As for [`round`].
pub fn hasten(
    program: &Program,
    plan: WholeSolution,
    prices: &[f64],
) -> Result<WholeSolution, EngineError> {
    if !plan.is_feasible() {
        return Ok(plan);
    }
    let network = InArcs::of(program);
    let mut load = Load::of(program, &network, &plan);
    load.hasten(prices)?;
    let earlier = load.finish();
    Ok(match earlier.is_feasible() && earlier.cost <= plan.cost {
        true => earlier,
        false => plan,
    })
}

/// Whether a plan in whole parcels may cost less than `answer`: more was lost than bounds are rounded
/// by.
pub fn is_improvable(solution: &Solution, answer: &WholeSolution) -> bool {
    let Some(bound) = solution.bound.filter(|_| answer.is_feasible()) else {
        return true;
    };
    let lost = answer.cost.saturating_sub(bound);
    lost > NOISE.1 && lost as f64 > NOISE.0 * answer.cost as f64
}

/// What no plan is likely to go below: the bound where it is close, else the cost of the linear
/// program.
fn least(solution: &Solution) -> f64 {
    match (solution.bound, solution.gap()) {
        (Some(bound), Some(gap)) if gap <= CLOSE => bound as f64,
        _ => solution.cost,
    }
}
