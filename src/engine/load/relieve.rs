//! Rows that are short of a minimum: parcels move to ways that make room in them.

use crate::engine::improve::difference;
use crate::engine::ledger::PARTS;
use crate::engine::ways::alternatives;
use crate::engine::{Deadline, EngineError};

use super::Load;

/// Moves of parcels into a row that stays short, at most.
const MOVES: usize = 200;

impl Load<'_> {
    /// Moves parcels to ways that make room in rows that stay short: a minimum that flooring has
    /// missed. Where its own ways do not help a release, those are looked for that help most.
    pub fn relieve(&mut self, prices: &[f64], deadline: &Deadline) -> Result<(), EngineError> {
        if !self.relieve_by_own_ways(prices) {
            return Ok(());
        }
        let mut steep = prices.to_vec();
        for row in self.ledger.short_rows() {
            steep[row as usize] += self.urgent();
        }
        for (release, arcs) in alternatives(self.program, self.network, &steep, 0.0, deadline)? {
            if let Some(way) = self.way(release, Some(arcs)) {
                self.ways.push(way);
            }
        }
        self.order(prices);
        self.move_into_short_rows();
        self.recount();
        Ok(())
    }

    /// The same over the ways at hand; whether rows are still short.
    pub fn relieve_by_own_ways(&mut self, prices: &[f64]) -> bool {
        if !self.recount() {
            return false;
        }
        self.order(prices);
        self.move_into_short_rows();
        self.recount()
    }

    fn move_into_short_rows(&mut self) {
        for row in self.ledger.short_rows() {
            for _ in 0..MOVES {
                let short = -self.ledger.room(row);
                if short <= 0 {
                    break;
                }
                let Some((from, to, gain)) = self.cheapest_move(row) else {
                    break;
                };
                let takes = self.change(from, to);
                let each = i128::from(gain) * PARTS;
                let needed = i64::try_from((short + each - 1) / each).unwrap_or(i64::MAX);
                let mut parcels = needed.min(self.ways[from].parcels);
                while parcels > 0 && self.ledger.board(&takes, parcels).is_err() {
                    parcels /= 2;
                }
                self.ledger.commit();
                if parcels == 0 {
                    break;
                }
                self.ways[from].parcels -= parcels;
                self.ways[to].parcels += parcels;
            }
        }
    }

    /// What a parcel takes more on a way than on another.
    fn change(&self, from: usize, to: usize) -> Vec<(u32, i64)> {
        let mut takes = Vec::new();
        difference(&self.ways[from].takes, &self.ways[to].takes, &mut takes);
        takes
    }

    /// The move of a parcel that costs least for the room that it makes in a row: from where, to
    /// where, and how much room.
    fn cheapest_move(&mut self, row: u32) -> Option<(usize, usize, i64)> {
        let amounts: Vec<i64> = self.ways.iter().map(|way| way.amount(row)).collect();
        let mut best: Option<(f64, (usize, usize, i64))> = None;
        let mut start = 0;
        while start < self.ways.len() {
            let release = self.ways[start].release;
            let end = start + self.ways[start..].partition_point(|way| way.release == release);
            let pairs = (start..end).flat_map(|from| (start..end).map(move |to| (from, to)));
            for (from, to) in pairs {
                let gain = amounts[from] - amounts[to];
                if gain <= 0 || self.ways[from].parcels == 0 {
                    continue;
                }
                let takes = self.change(from, to);
                let Ok(extra) = self.ledger.quote(&takes, 1) else {
                    continue;
                };
                let cost = (self.ways[to].cost - self.ways[from].cost) * PARTS + extra;
                let rate = cost as f64 / gain as f64;
                if best.is_none_or(|(least, _)| rate < least) {
                    best = Some((rate, (from, to, gain)));
                }
            }
            start = end;
        }
        best.map(|(_, found)| found)
    }
}
