//! The answer: cleaned, re-checked from the program's own integers, and bounded exactly.

use super::search::Search;
use crate::engine::check::assess;
use crate::engine::{EngineError, PathFlow, Solution, Stop};
use crate::program::bound::{Prices, lagrangian};

/// Turns the state of a search into an answer.
pub(super) fn solution(search: &Search, stop: Stop) -> Result<Solution, EngineError> {
    let program = search.program;
    let (flows, unserved) = flows(search);
    let columns: Vec<f64> = program
        .columns
        .iter()
        .zip(&search.columns)
        .map(|(column, y)| y.clamp(0.0, column.upper.map_or(f64::MAX, |upper| upper as f64)))
        .collect();
    let assessment = assess(program, &flows, &unserved, &columns);
    let mut prices = search.best.prices.clone();
    prices.resize(program.rows.len(), 0.0);
    let bound = match lagrangian(program, &Prices::round(&prices)) {
        Ok(bound) => bound.value(),
        Err(_) => {
            // prices out of range prove nothing; none at all prove little, but that exactly
            prices.fill(0.0);
            lagrangian(program, &Prices::round(&prices))?.value()
        }
    };
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

/// Whether the gap is reached, or is nothing but the rounding of the bound to a whole unit.
fn is_closed(solution: &Solution, gap: f64) -> bool {
    let rounding = |bound: i128| solution.cost - bound as f64 <= 1.0;
    solution.gap().is_some_and(|reached| reached <= gap) || solution.bound.is_some_and(rounding)
}

/// Flows by release, then by arcs.
fn flows(search: &Search) -> (Vec<PathFlow>, Vec<f64>) {
    let (program, pool) = (search.program, &search.pool);
    let mut flows = Vec::new();
    let mut unserved = vec![0.0; program.releases.len()];
    for (release, data) in program.releases.iter().enumerate() {
        let start = flows.len();
        for column in pool.of(release).filter(|&column| pool.flow[column] > 0.0) {
            if pool.is_unserved(column) {
                unserved[release] = pool.flow[column];
            } else {
                flows.push(PathFlow {
                    release: release as u32,
                    arcs: pool.arcs(column).to_vec(),
                    amount: pool.flow[column],
                });
            }
        }
        if flows.len() == start && data.unserved_cost.is_some() {
            unserved[release] = data.quantity as f64;
        }
        flows[start..].sort_unstable_by(|a, b| a.arcs.cmp(&b.arcs));
    }
    (flows, unserved)
}
