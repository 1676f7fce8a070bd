//! The answer: cleaned, re-checked from the program's own integers, and bounded exactly.

use super::search::Search;
use crate::engine::{PathFlow, Solution, Stop};
use crate::program::Program;
use crate::program::bound::{Prices, lagrangian};

/// How far a row may be exceeded, relative to what flows through it.
const TOLERANCE: f64 = 1e-9;

/// Turns the state of a search into an answer.
pub(super) fn solution(search: &Search, stop: Stop) -> Solution {
    let program = search.program;
    let (flows, unserved) = flows(search);
    let columns = search.columns.clone();
    let feasible = holds(program, &flows, &unserved, &columns);
    let prices = if search.best.prices.is_empty() {
        vec![0.0; program.rows.len()]
    } else {
        search.best.prices.clone()
    };
    let bound = lagrangian(program, &Prices::round(&prices))
        .ok()
        .and_then(|bound| bound.value());
    let cost = cost(program, &flows, &unserved, &columns);
    let mut solution = Solution {
        stop,
        feasible,
        flows,
        unserved,
        columns,
        prices,
        cost,
        bound,
        statistics: search.statistics,
    };
    let closed = solution.gap().is_some_and(|gap| gap <= search.options.gap);
    if stop == Stop::Finished && !(feasible && closed) {
        solution.stop = Stop::Numerical;
    }
    solution
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

/// Whether flows and columns satisfy everything, from the program's own data.
fn holds(program: &Program, flows: &[PathFlow], unserved: &[f64], columns: &[f64]) -> bool {
    let mut placed = unserved.to_vec();
    let mut loads = vec![0.0; program.rows.len()];
    let mut sizes: Vec<f64> = program
        .rows
        .iter()
        .map(|row| (row.upper as f64).abs())
        .collect();
    for flow in flows {
        let release = &program.releases[flow.release as usize];
        placed[flow.release as usize] += flow.amount;
        if flow.amount < 0.0
            || program
                .path_cost(flow.release as usize, &flow.arcs)
                .is_none()
        {
            return false;
        }
        for &arc in &flow.arcs {
            for (row, amount) in program.arc_uses(release.class as usize, arc as usize) {
                loads[row] += amount as f64 * flow.amount;
                sizes[row] += (amount as f64 * flow.amount).abs();
            }
        }
    }
    for (column, &y) in program.columns.iter().zip(columns) {
        let above = column
            .upper
            .is_some_and(|upper| y > upper as f64 * (1.0 + TOLERANCE));
        if y < 0.0 || above {
            return false;
        }
        for &(row, b) in &column.entries {
            loads[row as usize] += b as f64 * y;
            sizes[row as usize] += (b as f64 * y).abs();
        }
    }
    let carried = program.releases.iter().enumerate().all(|(k, release)| {
        let quantity = release.quantity as f64;
        (placed[k] - quantity).abs() <= TOLERANCE * quantity
            && (unserved[k] == 0.0 || release.unserved_cost.is_some())
    });
    let within = program
        .rows
        .iter()
        .enumerate()
        .all(|(row, data)| loads[row] - data.upper as f64 <= TOLERANCE * sizes[row].max(1.0));
    carried && within
}

/// The cost of an answer, in the program's units.
fn cost(program: &Program, flows: &[PathFlow], unserved: &[f64], columns: &[f64]) -> f64 {
    let paths: f64 = flows
        .iter()
        .map(|flow| {
            let cost = program.path_cost(flow.release as usize, &flow.arcs);
            cost.map_or(f64::INFINITY, |cost| cost as f64) * flow.amount
        })
        .sum();
    let left: f64 = program
        .releases
        .iter()
        .zip(unserved)
        .map(|(release, amount)| release.unserved_cost.unwrap_or(0) as f64 * amount)
        .sum();
    let bought: f64 = program
        .columns
        .iter()
        .zip(columns)
        .map(|(column, y)| column.cost as f64 * y)
        .sum();
    paths + left + bought + program.constant as f64
}
