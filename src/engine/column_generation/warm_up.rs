//! The start: prices near enough to the optimum, and paths enough, for the first master.

use super::lagrange;
use super::search::Search;
use crate::engine::Stop;

/// Subgradient steps.
const STEPS: usize = 20;

/// A few steps of the volume algorithm (F. Barahona and R. Anbil, The volume algorithm: producing
/// primal solutions with a subgradient method, Math. Program. 87, 2000). Prices move along the
/// violation of the rows by a running mean of the flows; that mean is what the first master
/// starts from.
pub(super) fn run(search: &mut Search) -> Result<(), Stop> {
    let mut centre = search.best.clone();
    let mut loads = lagrange::loads(search);
    let mut flows = search.pool.flow.clone();
    let mut factor = 0.01;
    for step in 0..STEPS {
        let violation = violation(search, &centre.prices, &loads);
        let norm: f64 = violation.iter().map(|v| v * v).sum();
        if norm == 0.0 {
            break;
        }
        let length = factor * centre.value.abs() / norm;
        let moved = centre.prices.iter().zip(&violation).enumerate();
        let prices = moved
            .map(|(row, (price, v))| price + length * v / search.scale.rows[row])
            .collect();
        let rated = search.price(prices)?;
        lagrange::follow_cheapest(search, &rated.prices);
        let share = (2.0 / (step as f64 + 3.0)).max(0.1);
        for (load, new) in loads.iter_mut().zip(lagrange::loads(search)) {
            *load += share * (new - *load);
        }
        flows.resize(search.pool.len(), 0.0);
        for (flow, &new) in flows.iter_mut().zip(&search.pool.flow) {
            *flow += share * (new - *flow);
        }
        if rated.value > centre.value {
            factor *= 1.3;
            centre = rated;
        } else {
            factor *= 0.7;
        }
    }
    search.active.extend(opened(search, &centre.prices));
    search.active.sort_unstable();
    search.active.dedup();
    search.pool.flow = flows;
    search.best = centre;
    search.offer_staying();
    Ok(())
}

/// The rows that the first master holds: those with a price; in a network ordered by time all that
/// paths use, since there one row opens after another as goods give way to later departures.
fn opened(search: &Search, prices: &[f64]) -> Vec<u32> {
    let (program, reduced) = (search.program, &search.reduced);
    let mut is_wanted: Vec<bool> = (prices.iter().zip(&reduced.base))
        .map(|(price, base)| price > base)
        .collect();
    if program.network.time.is_some() {
        for usage in &program.uses {
            is_wanted[usage.row as usize] = true;
        }
    }
    let rows = 0..prices.len() as u32;
    rows.filter(|&row| is_wanted[row as usize] && reduced.held[row as usize])
        .collect()
}

/// By how much rows are exceeded, divided by their largest entry; zero where the price stays.
fn violation(search: &Search, prices: &[f64], loads: &[f64]) -> Vec<f64> {
    let mut violation = loads.to_vec();
    lagrange::add_columns(search, prices, &mut violation);
    let reduced = &search.reduced;
    for (row, v) in violation.iter_mut().enumerate() {
        *v = (*v - reduced.upper[row]) / search.scale.rows[row];
        if !reduced.held[row] || (*v < 0.0 && prices[row] <= reduced.base[row]) {
            *v = 0.0;
        }
    }
    violation
}
