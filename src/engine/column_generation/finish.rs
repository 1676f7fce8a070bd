//! The answer: cleaned, re-checked from the program's own integers, and bounded exactly.

use super::refit::Refit;
use super::search::Search;
use crate::engine::check::assess;
use crate::engine::{EngineError, PathFlow, Solution, Stop};
use crate::program::bound::{self, Prices};

/// Turns the state of a search into an answer.
pub(super) fn solution(search: &Search, stop: Stop) -> Result<Solution, EngineError> {
    let program = search.program;
    let (mut flows, mut unserved) = flows(search);
    let mut columns: Vec<f64> = program
        .columns
        .iter()
        .zip(&search.columns)
        .map(|(column, y)| y.clamp(0.0, column.upper.map_or(f64::MAX, |upper| upper as f64)))
        .collect();
    let mut assessment = assess(program, &flows, &unserved, &columns);
    if !assessment.feasible {
        let mut refit = Refit::new(search, columns);
        refit.run();
        (flows, unserved) = refit.plan();
        columns = refit.columns;
        assessment = assess(program, &flows, &unserved, &columns);
    }
    let (prices, bound) = proven(search)?;
    let mut solution = Solution {
        stop,
        feasible: assessment.feasible,
        flows,
        unserved,
        columns,
        prices,
        cost: assessment.cost,
        bound,
        statistics: search.statistics,
    };
    if stop == Stop::Finished && !(solution.feasible && is_closed(&solution, search.options.gap)) {
        solution.stop = Stop::Numerical;
    }
    Ok(solution)
}

/// The best prices, and what they prove exactly.
fn proven(search: &Search) -> Result<(Vec<f64>, Option<i128>), EngineError> {
    let mut prices = search.best.prices.clone();
    prices.resize(search.program.rows.len(), 0.0);
    let exact = Prices::round(&prices);
    let (used, bound) = bound::proven(search.program, &exact)?;
    if used != exact {
        prices = used.to_f64();
    }
    Ok((prices, bound.value()))
}

/// Whether the gap is reached, or is nothing but the rounding of prices and bound to whole units.
fn is_closed(solution: &Solution, gap: f64) -> bool {
    let rounding = |bound: i128| solution.cost - bound as f64 <= 2.0 + 1e-12 * solution.cost.abs();
    solution.gap().is_some_and(|reached| reached <= gap) || solution.bound.is_some_and(rounding)
}

/// The share of a release below which a flow is what rounding has left of zero.
const DUST: f64 = 1e-9;

/// Flows by release, then by arcs, without dust; those of a release add up to its quantity.
fn flows(search: &Search) -> (Vec<PathFlow>, Vec<f64>) {
    let (program, pool) = (search.program, &search.pool);
    let mut flows = Vec::new();
    let mut unserved = vec![0.0; program.releases.len()];
    for (release, data) in program.releases.iter().enumerate() {
        let start = flows.len();
        let quantity = data.quantity as f64;
        let carries = |&column: &usize| pool.flow[column] > DUST * quantity;
        let total: f64 = pool.of(release).filter(carries).map(|c| pool.flow[c]).sum();
        for column in pool.of(release).filter(carries) {
            let amount = pool.flow[column] * (quantity / total);
            if pool.is_unserved(column) {
                unserved[release] = amount;
            } else {
                flows.push(PathFlow {
                    release: release as u32,
                    arcs: pool.arcs(column),
                    amount,
                });
            }
        }
        if flows.len() == start && data.unserved_cost.is_some() {
            unserved[release] = quantity;
        }
        flows[start..].sort_unstable_by(|a, b| a.arcs.cmp(&b.arcs));
    }
    (flows, unserved)
}
