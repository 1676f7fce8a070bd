//! Local search for what flooring has lost.

use crate::engine::improve::Search;
use crate::engine::ledger::PARTS;
use crate::engine::supply::Supply;
use crate::engine::ways::alternatives;
use crate::engine::{Deadline, EngineError};

use super::Load;

/// Chains of the first search per row in which something is lost; each search after it draws twice
/// as many as the one before.
const CHAINS_PER_ROW: usize = 1_000;
/// Chains of a search that follows another, at most.
const CHAINS: usize = 2_000_000;
/// Searches, and what part of the cost may be lost before another follows; where more is lost than
/// so many times that, none would bring it there.
const ROUNDS: u64 = 6;
const ENOUGH: f64 = 8e-7;
const HOPELESS: f64 = 2.5;
/// The largest drift of ways and of chains, in units of what is lost per row.
const DRIFT: f64 = 1.0;

impl Load<'_> {
    /// Local search over the ways at hand and others that cost hardly more under `prices`, longer
    /// where more is lost against `least`, the cost of the linear program.
    pub fn improve(
        &mut self,
        prices: &[f64],
        least: f64,
        deadline: &Deadline,
    ) -> Result<(), EngineError> {
        let (lost, rows) = self.lost(prices);
        if rows == 0 {
            return Ok(());
        }
        let drift = DRIFT * lost;
        for (release, arcs) in alternatives(self.program, self.network, prices, drift, deadline)? {
            if let Some(way) = self.way(release, Some(arcs)) {
                self.ways.push(way);
            }
        }
        self.order(prices);
        let mut chains = CHAINS_PER_ROW * rows;
        for round in 0..ROUNDS {
            let (lost, rows) = self.lost(prices);
            if rows == 0 || deadline.stop().is_some() {
                break;
            }
            self.search(prices, chains, drift, lost, round, deadline);
            let loss = self.cost() as f64 / PARTS as f64 - least;
            let enough = ENOUGH * least.abs();
            if loss <= enough || loss > HOPELESS * enough {
                break;
            }
            chains *= 2;
            if chains > CHAINS {
                break;
            }
        }
        Ok(())
    }

    /// One search; what is not cheaper in the end is taken back.
    fn search(
        &mut self,
        prices: &[f64],
        chains: usize,
        drift: f64,
        lost: f64,
        round: u64,
        deadline: &Deadline,
    ) {
        let parcels: Vec<i64> = self.ways.iter().map(|way| way.parcels).collect();
        let before = (parcels, self.ledger.clone(), self.cost());
        let supply = Supply::new(self.program, prices, &self.ledger, self.urgent());
        let rows = self.program.rows.len();
        Search::new(&mut self.ways, supply, rows, drift, round).run(chains, lost, deadline);
        let was_short = self.ledger.settle().is_err();
        let is_short = self.recount();
        if (is_short && !was_short) || (is_short == was_short && self.cost() >= before.2) {
            self.ledger = before.1;
            for (way, parcels) in self.ways.iter_mut().zip(before.0) {
                way.parcels = parcels;
            }
        }
    }

    /// What is lost per row with something to lose, in cost units, and the number of such rows:
    /// free room at its price, and what columns could still sell for less than that.
    fn lost(&self, prices: &[f64]) -> (f64, usize) {
        let mut worth: Vec<f64> = (prices.iter().enumerate())
            .map(|(row, price)| price * self.ledger.room(row as u32).max(0) as f64)
            .collect();
        for (column, &bought) in self.program.columns.iter().zip(self.ledger.bought()) {
            let Some(upper) = column.upper else {
                continue;
            };
            let entries = column.entries.iter();
            let value: f64 = entries
                .map(|&(row, b)| -prices[row as usize] * b as f64)
                .sum();
            let spare = i128::from(upper) * PARTS - bought;
            let lost = (value - column.cost as f64).max(0.0) * spare as f64;
            for &(row, _) in &column.entries {
                worth[row as usize] += lost;
            }
        }
        let rows = worth.iter().filter(|&&worth| worth > 0.0).count();
        let sum: f64 = worth.iter().sum();
        (sum / PARTS as f64 / rows.max(1) as f64, rows)
    }
}
