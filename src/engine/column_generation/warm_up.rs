//! The start: prices and flows near the optimum, and paths enough, for the first master.
//!
//! Prices follow demand (L. Walras's tâtonnement): flows come to an
//! [equilibrium] at prices that grow with the loads, prices become
//! multipliers, and now and then the network is asked for cheaper paths. That is a multiplier
//! method whose subproblems are solved roughly. It gains a digit in some ten rounds, and a round
//! takes time in proportion to the paths, which is far less than a master takes; a master gains
//! the digits that are left.

use super::equilibrium::{self, Equilibrium};
use super::lagrange;
use super::search::Search;
use super::soft_rows::SoftRows;
use crate::engine::Stop;

/// Rounds of pricing at most, and rounds that may pass without coming to within this share of the
/// nearest so far.
const ROUNDS: usize = 80;
const PATIENCE: usize = 12;
const NEARER: f64 = 0.95;

/// A rise of the bound by this share counts as getting nearer.
const RISE: f64 = 1e-3;

/// What flows and prices may keep bound and cost apart for the first master.
const NEAR: f64 = 2e-3;

/// Passes over the paths between two changes of the multipliers.
const PASSES: usize = 5;

/// Changes of the multipliers between two rounds of pricing, where the last has brought paths for
/// no more than a small share of releases.
const SETTLEMENTS: usize = 3;
const FEW: f64 = 0.02;

/// Follows demand, and opens the rows that the first master holds.
pub(super) fn run(search: &mut Search) -> Result<(), Stop> {
    search.active = held(search, |_| true);
    search.offer_staying();
    follow_demand(search)?;
    let (prices, reduced) = (&search.best.prices, &search.reduced);
    search.active = held(search, |row| prices[row] > reduced.base[row]);
    search.offer_staying();
    Ok(())
}

fn follow_demand(search: &mut Search) -> Result<(), Stop> {
    let mut rows = SoftRows::new(search, &lagrange::loads(search));
    for (index, y) in search.columns.iter_mut().enumerate() {
        if !search.reduced.is_served(index) {
            *y = 0.0;
        }
    }
    let mut equilibrium = Equilibrium::new(search);
    let mut settlements = 1;
    let (mut nearest, mut patience) = (f64::INFINITY, PATIENCE);
    for _ in 0..ROUNDS {
        equilibrium.extend(search);
        rows.widen(search);
        let mut prices = Vec::new();
        for _ in 0..settlements {
            for _ in 0..PASSES {
                equilibrium::buy(search, &mut rows);
                equilibrium.pass(&mut rows);
            }
            prices.clone_from(&search.reduced.base);
            rows.add_to(&mut prices);
            rows.settle();
        }
        equilibrium.write_to(&mut search.pool.flow);
        let before = search.statistics.columns;
        let rated = search.price(prices)?;
        search.pool.flow.resize(search.pool.len(), 0.0);
        let added = (search.statistics.columns - before) as f64;
        let few = added < FEW * search.program.releases.len() as f64;
        settlements = if few { SETTLEMENTS } else { 1 };
        let apart = apart(search, &rows, &rated.prices);
        // far from the optimum, where prices are small, little keeps bound and cost apart
        let rises = rated.value > search.best.value + RISE * search.best.value.abs();
        if rated.value > search.best.value {
            search.best = rated;
        }
        search.value = search.best.value + apart;
        patience -= 1;
        if apart < NEARER * nearest || rises {
            (nearest, patience) = (apart, PATIENCE);
        }
        search.report();
        if apart <= NEAR * search.best.value.abs() || patience == 0 {
            break;
        }
    }
    search.buy();
    Ok(())
}

/// Σ λ |u − load| + Σ x (w − d) + Σ (y·max(0, g) + (Y − y)·max(0, −g)) for reduced costs w of
/// paths, d of the cheapest, g of columns: what keeps bound and cost apart.
fn apart(search: &Search, rows: &SoftRows, prices: &[f64]) -> f64 {
    let (program, pool) = (search.program, &search.pool);
    let mut apart = rows.apart(prices, &search.reduced.base);
    for (column, &flow) in pool.flow.iter().enumerate().filter(|entry| *entry.1 > 0.0) {
        let least = search.distances[pool.release[column] as usize];
        apart += flow * (search.weights[column] - least).max(0.0);
    }
    for (index, column) in program.columns.iter().enumerate() {
        if search.reduced.is_served(index) {
            continue;
        }
        let entries = column.entries.iter();
        let priced: f64 = entries
            .map(|&(row, b)| b as f64 * prices[row as usize])
            .sum();
        let reduced = column.cost as f64 + priced;
        let y = search.columns[index];
        let left = column.upper.map_or(0.0, |upper| upper as f64 - y);
        apart += y * reduced.max(0.0) + left.max(0.0) * (-reduced).max(0.0);
    }
    apart
}

/// Held rows of a kind, ascending.
fn held(search: &Search, is_wanted: impl Fn(usize) -> bool) -> Vec<u32> {
    let rows = 0..search.program.rows.len();
    rows.filter(|&row| search.reduced.held[row] && is_wanted(row))
        .map(|row| row as u32)
        .collect()
}
