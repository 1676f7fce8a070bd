//! Lagrangian terms in floating point: what prices are worth, and what flows load.

use super::presolve::Reduced;
use super::search::Search;
use crate::program::Program;

/// Prices, one per row of the program, and the bound they give.
#[derive(Clone, Debug)]
pub(super) struct Rated {
    pub prices: Vec<f64>,
    pub value: f64,
}

impl Default for Rated {
    fn default() -> Self {
        Self {
            prices: Vec::new(),
            value: f64::NEG_INFINITY,
        }
    }
}

/// f_j + Σ_r λ_r b_rj.
fn reduced(program: &Program, column: usize, prices: &[f64]) -> f64 {
    let column = &program.columns[column];
    let priced = column
        .entries
        .iter()
        .map(|&(row, b)| b as f64 * prices[row as usize]);
    column.cost as f64 + priced.sum::<f64>()
}

/// What rows cost at least where columns have to be bought for them: each column's cost spread
/// over the held rows that it relieves, in shares of what it gives them.
pub(super) fn base_prices(program: &Program, reduced: &Reduced) -> Vec<f64> {
    let mut prices: Vec<f64> = vec![f64::INFINITY; program.rows.len()];
    for column in &program.columns {
        let relieves = |entry: &&(u32, i64)| entry.1 < 0 && reduced.held[entry.0 as usize];
        let relieved = column.entries.iter().filter(relieves);
        let count = relieved.clone().count() as f64;
        for &(row, b) in relieved {
            let price = &mut prices[row as usize];
            *price = price.min(column.cost as f64 / (count * -b as f64));
        }
    }
    for (price, row) in prices.iter_mut().zip(&program.rows) {
        // where there is room to begin with, the price may well be zero
        if !price.is_finite() || row.upper > 0 {
            *price = 0.0;
        }
    }
    reduced.settle(&mut prices);
    prices
}

/// Lowers prices until no unlimited column would pay for itself, without which they bound nothing.
pub(super) fn repair(program: &Program, prices: &mut [f64]) {
    for round in 0..40 {
        let mut changed = false;
        for (index, column) in program.columns.iter().enumerate() {
            if column.upper.is_some() || reduced(program, index, prices) >= 0.0 {
                continue;
            }
            changed = true;
            let (mut gain, mut loss) = (column.cost as f64, 0.0);
            for &(row, b) in &column.entries {
                let term = b as f64 * prices[row as usize];
                if term > 0.0 {
                    gain += term;
                } else {
                    loss -= term;
                }
            }
            let factor = if round < 30 {
                gain / loss * (1.0 - 1e-15)
            } else {
                0.0
            };
            for &(row, b) in &column.entries {
                if b < 0 {
                    prices[row as usize] *= factor;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// constant + Σ_k q_k d_k + Σ_j min(0, f_j + λᵀb_j)·Y_j − Σ_r λ_r u_r for cheapest weights d.
pub(super) fn value(program: &Program, prices: &[f64], distances: &[f64]) -> f64 {
    let carried: f64 = program
        .releases
        .iter()
        .zip(distances)
        .filter(|(release, _)| release.quantity > 0)
        .map(|(release, distance)| release.quantity as f64 * distance)
        .sum();
    let columns: f64 = (0..program.columns.len())
        .map(|column| {
            let upper = program.columns[column].upper.unwrap_or(0) as f64;
            reduced(program, column, prices).min(0.0) * upper
        })
        .sum();
    let rows: f64 = program
        .rows
        .iter()
        .zip(prices)
        .map(|(row, price)| row.upper as f64 * price)
        .sum();
    program.constant as f64 + carried + columns - rows
}

/// What the current flows take from every row.
pub(super) fn loads(search: &Search) -> Vec<f64> {
    let pool = &search.pool;
    let mut loads = vec![0.0; search.program.rows.len()];
    for column in 0..pool.len() {
        let flow = pool.flow[column];
        if flow != 0.0 {
            for (row, amount) in pool.entries(column) {
                loads[row as usize] += amount * flow;
            }
        }
    }
    loads
}

/// Puts every release on its cheapest column.
pub(super) fn follow_cheapest(search: &mut Search, prices: &[f64]) {
    search.pool.flow.fill(0.0);
    for (release, data) in search.program.releases.iter().enumerate() {
        if data.quantity == 0 {
            continue;
        }
        let pool = &search.pool;
        let mut best = (f64::INFINITY, None);
        for column in pool.of(release) {
            let weight = pool.weight(column, prices);
            if weight < best.0 {
                best = (weight, Some(column));
            }
        }
        if let Some(column) = best.1 {
            search.pool.flow[column] = data.quantity as f64;
        }
    }
}
