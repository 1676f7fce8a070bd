//! Parcels that may be there earlier at the same cost.
//!
//! Where several ways cost the same, a linear program takes any of them, and a planner would take the
//! one that is there first. Under the prices of the linear program such ways have the same reduced
//! cost, so that the first of them ends the shortest path to a sink whose ends cost a hair more the
//! later they are. Whether the plan costs no more is then counted exactly: all parcels move at once,
//! or, where that costs more, those of one way after the other.

use crate::engine::EngineError;
use crate::engine::improve::difference;
use crate::program::bound::{Prices, reduced_costs_within_range};
use crate::program::shortest::Tree;

use super::Load;

/// What a minute costs: a millionth of a cost unit an hour or so, less than ties are apart by.
const MINUTE: i128 = Prices::DENOMINATOR / 64;
/// Ways that are tried one after the other, at most.
const TRIES: usize = 64;

/// From which way parcels move, and to which path.
type Move = (usize, Vec<u32>);

impl Load<'_> {
    /// Moves parcels to ways that are there earlier, where the plan costs no more for that.
    pub fn hasten(&mut self, prices: &[f64]) -> Result<(), EngineError> {
        let moves = self.earlier(prices)?;
        if moves.is_empty() || self.attempt(&moves) {
            return Ok(());
        }
        for one in moves.iter().take(TRIES) {
            self.attempt(std::slice::from_ref(one));
        }
        Ok(())
    }

    /// The ways whose parcels may be there earlier.
    fn earlier(&self, prices: &[f64]) -> Result<Vec<Move>, EngineError> {
        let (program, network) = (self.program, self.network);
        let Some(time) = &program.network.time else {
            return Ok(Vec::new());
        };
        let exact = Prices::round(prices);
        let group = |index: &usize| {
            let release = &program.releases[self.ways[*index].release as usize];
            (release.class, release.sink)
        };
        let is_aboard = |index: &usize| {
            let way = &self.ways[*index];
            way.parcels > 0 && way.arcs.as_ref().is_some_and(|arcs| !arcs.is_empty())
        };
        let mut aboard: Vec<usize> = (0..self.ways.len()).filter(is_aboard).collect();
        aboard.sort_by_key(group);
        let mut tree = Tree::default();
        let mut moves = Vec::new();
        let arrival = |arcs: &[u32]| arcs.last().map(|&arc| time[network.head(arc)]);
        for of_class in aboard.chunk_by(|a, b| group(a).0 == group(b).0) {
            let weights = reduced_costs_within_range(
                program,
                network,
                group(&of_class[0]).0 as usize,
                &exact,
            )?;
            for of_group in of_class.chunk_by(|a, b| group(a) == group(b)) {
                let ends = &program.sinks[group(&of_group[0]).1 as usize].ends;
                let origin =
                    |index: usize| program.releases[self.ways[index].release as usize].origin;
                let ends = ends.iter().map(|&(node, cost)| {
                    let later = MINUTE * i128::from(time[node as usize]);
                    (node, i128::from(cost) * Prices::DENOMINATOR + later)
                });
                let origins = of_group.iter().map(|&index| origin(index));
                tree.grow(network, &weights, ends, origins);
                for &index in of_group {
                    let arcs = tree.path(network, origin(index));
                    let own = self.ways[index].arcs.as_deref().and_then(arrival);
                    if arrival(&arcs).zip(own).is_some_and(|(new, own)| new < own) {
                        moves.push((index, arcs));
                    }
                }
            }
        }
        moves.sort_unstable();
        Ok(moves)
    }

    /// Makes the moves as far as there is room; takes them back where the plan costs more for it or
    /// breaks a row.
    fn attempt(&mut self, moves: &[Move]) -> bool {
        let parcels: Vec<i64> = self.ways.iter().map(|way| way.parcels).collect();
        let short = |load: &Self| load.ledger.short_rows().len();
        let before = (self.ledger.clone(), self.cost(), short(self));
        for (from, arcs) in moves {
            let Some(mut to) = self.way(self.ways[*from].release, Some(arcs.clone())) else {
                continue;
            };
            let mut takes = Vec::new();
            difference(&self.ways[*from].takes, &to.takes, &mut takes);
            let mut count = self.ways[*from].parcels;
            while count > 0 && self.ledger.board(&takes, count).is_err() {
                count /= 2;
            }
            self.ledger.commit();
            self.ways[*from].parcels -= count;
            to.parcels = count;
            self.ways.push(to);
        }
        self.recount();
        if self.cost() <= before.1 && short(self) <= before.2 {
            return true;
        }
        self.ledger = before.0;
        self.ways.truncate(parcels.len());
        for (way, parcels) in self.ways.iter_mut().zip(parcels) {
            way.parcels = parcels;
        }
        false
    }
}
