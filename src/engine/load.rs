//! Whole parcels aboard while an answer is rounded.

use std::collections::BTreeMap;

use crate::program::Program;
use crate::program::shortest::InArcs;

use super::Solution;
use super::ledger::{Ledger, PARTS, takes};
use super::ways::Way;
use super::whole::{WholeFlow, WholeSolution};

/// How near to a whole number a flow counts as one.
const NEAR: f64 = 1e-6;
/// How often rows that are short are gone through.
const PASSES: usize = 8;
/// What is short costs so many times the dearest way.
const URGENT: f64 = 16.0;
/// What staying costs a parcel that must be carried, while others are moved to make room for it.
const MUST: i128 = 1 << 44;

/// Whole parcels aboard, and those that are not.
pub(super) struct Load<'a> {
    program: &'a Program,
    network: &'a InArcs,
    ledger: Ledger<'a>,
    /// By release, each with staying as its last way.
    ways: Vec<Way>,
    /// What the linear program buys of columns that matter to others, in [`PARTS`].
    advice: Vec<(u32, i128)>,
}

impl<'a> Load<'a> {
    /// Boards the whole part of every flow of `solution`, all at once: where parcels make room for
    /// others, no order is the right one.
    pub fn floor(program: &'a Program, network: &'a InArcs, solution: &Solution) -> Self {
        let mut load = Self {
            program,
            network,
            ledger: Ledger::new(program),
            ways: Vec::new(),
            advice: Vec::new(),
        };
        load.advice = load.advice(&solution.columns);
        let mut flows = solution.flows.iter().peekable();
        for (k, release) in program.releases.iter().enumerate() {
            let mut left = release.quantity;
            while let Some(flow) = flows.next_if(|flow| flow.release as usize == k) {
                let Some(mut way) = load.way(flow.release, Some(flow.arcs.clone())) else {
                    continue;
                };
                way.parcels = ((flow.amount + NEAR).floor() as i64).clamp(0, left);
                left -= way.parcels;
                load.ledger.put(&way.takes, way.parcels);
                load.ways.push(way);
            }
            load.stay(k as u32, left);
        }
        load.shed();
        load
    }

    /// A plan as it is.
    pub fn of(program: &'a Program, network: &'a InArcs, plan: &WholeSolution) -> Self {
        let ledger = Ledger::new(program);
        let coupled = ledger.coupled().into_iter();
        let bought = coupled.map(|column| (column, plan.columns[column as usize]));
        let mut load = Self {
            advice: bought.filter(|&(_, parts)| parts > 0).collect(),
            program,
            network,
            ledger,
            ways: Vec::new(),
        };
        let mut flows = plan.flows.iter().peekable();
        for (release, &left) in (0u32..).zip(&plan.unserved) {
            while let Some(flow) = flows.next_if(|flow| flow.release == release) {
                let parcels = flow.parcels;
                let way = load.way(release, Some(flow.arcs.clone()));
                load.ways.extend(way.map(|way| Way { parcels, ..way }));
            }
            load.stay(release, left);
        }
        load.recount();
        load
    }

    fn advice(&self, columns: &[f64]) -> Vec<(u32, i128)> {
        let coupled = self.ledger.coupled().into_iter();
        let bought = coupled.map(|column| {
            let parts = columns
                .get(column as usize)
                .map_or(0.0, |y| y * PARTS as f64);
            let parts = (parts - NEAR).ceil().max(0.0) as i128;
            match self.program.columns[column as usize].whole {
                true => (column, (parts + PARTS - 1) / PARTS * PARTS),
                false => (column, parts),
            }
        });
        bought.filter(|&(_, parts)| parts > 0).collect()
    }

    fn way(&self, release: u32, arcs: Option<Vec<u32>>) -> Option<Way> {
        let data = &self.program.releases[release as usize];
        let (cost, taken) = match &arcs {
            None => (data.unserved_cost.map_or(MUST, i128::from), Vec::new()),
            Some(arcs) => (
                self.program.path_cost(release as usize, arcs)?,
                takes(self.program, data.class as usize, arcs),
            ),
        };
        Some(Way {
            release,
            arcs,
            cost,
            reduced: 0.0,
            takes: taken,
            parcels: 0,
        })
    }

    fn stay(&mut self, release: u32, parcels: i64) {
        if let Some(way) = self.way(release, None) {
            self.ways.push(Way { parcels, ..way });
        }
    }

    /// What a unit of a row that is short is worth: more than any way costs.
    fn urgent(&self) -> f64 {
        let dearest = self.ways.iter().map(|way| way.cost).max().unwrap_or(0) as f64;
        URGENT * (dearest + 1.0)
    }

    /// Takes off again what rows have no room for: a value that was rounded up may be one too
    /// many, and an engine that was stopped may have broken rows.
    fn shed(&mut self) {
        let mut has_shed = false;
        for _ in 0..PASSES {
            if self.ledger.settle().is_ok() {
                break;
            }
            let mut stays = self.ways.len();
            let mut is_done = true;
            for index in (0..self.ways.len()).rev() {
                if self.ways[index].arcs.is_none() {
                    stays = index;
                    continue;
                }
                let way = &self.ways[index];
                let short = |&&(row, amount): &&(u32, i64)| amount > 0 && self.ledger.room(row) < 0;
                let needed = way.takes.iter().filter(short).map(|&(row, amount)| {
                    let each = i128::from(amount) * PARTS;
                    (each - 1 - self.ledger.room(row)) / each
                });
                let count = needed.max().unwrap_or(0).min(i128::from(way.parcels)) as i64;
                if count > 0 {
                    self.ledger.put(&way.takes, -count);
                    self.ways[index].parcels -= count;
                    self.ways[stays].parcels += count;
                    is_done = false;
                }
            }
            if is_done {
                break;
            }
            has_shed = true;
        }
        self.ledger.commit();
        if has_shed {
            // what was bought for those that came off again goes with them
            self.recount();
        }
    }

    /// Buys anew what the parcels aboard need, and no more, each row for itself or as the linear
    /// program advises, whichever leaves less short and costs less; whether rows are short of it.
    fn recount(&mut self) -> bool {
        self.buy_anew(false);
        if self.advice.is_empty() {
            return !self.ledger.short_rows().is_empty();
        }
        let rating = |load: &Self| (load.ledger.short_rows().len(), load.ledger.cost());
        let plain = (rating(self), self.ledger.clone());
        self.buy_anew(true);
        if rating(self) >= plain.0 {
            self.ledger = plain.1;
        }
        !self.ledger.short_rows().is_empty()
    }

    fn buy_anew(&mut self, advised: bool) {
        self.ledger.clear();
        for way in &self.ways {
            self.ledger.put(&way.takes, way.parcels);
        }
        for &(column, parts) in self.advice.iter().filter(|_| advised) {
            self.ledger.take(column, parts);
        }
        // what is short is for the caller to see
        let _ = self.ledger.settle();
        self.ledger.commit();
    }

    /// Puts the ways in order, and of those that cost and take the same keeps those with parcels, or
    /// the first.
    fn order(&mut self, prices: &[f64]) {
        let ways = &mut self.ways;
        ways.sort_by(|a, b| {
            let key = |way: &Way| (way.release, way.arcs.is_none(), way.cost);
            (key(a).cmp(&key(b)))
                .then_with(|| a.takes.cmp(&b.takes))
                .then(b.parcels.cmp(&a.parcels))
                .then_with(|| a.arcs.cmp(&b.arcs))
        });
        ways.dedup_by(|b, a| {
            a.arcs.is_none() == b.arcs.is_none()
                && (a.release, a.cost) == (b.release, b.cost)
                && a.takes == b.takes
                && b.parcels == 0
        });
        for way in ways {
            let worth = |&(row, amount): &(u32, i64)| prices[row as usize] * amount as f64;
            way.reduced = way.cost as f64 + way.takes.iter().map(worth).sum::<f64>();
        }
    }

    /// What the parcels and the columns cost, in [`PARTS`].
    fn cost(&self) -> i128 {
        let ways = self.ways.iter();
        let parcels: i128 = ways.map(|way| way.cost * i128::from(way.parcels)).sum();
        (self.program.constant + parcels) * PARTS + self.ledger.cost()
    }

    /// The answer.
    pub fn finish(mut self) -> WholeSolution {
        // what is short is reported, not an error
        let _ = self.ledger.settle();
        let rating = |load: &Self| (load.ledger.short_rows().len(), load.ledger.cost());
        let before = (rating(&self), self.ledger.clone());
        self.recount();
        if rating(&self) > before.0 {
            self.ledger = before.1;
        }
        let mut cost = self.cost();
        let mut flows: BTreeMap<(u32, Vec<u32>), i64> = BTreeMap::new();
        let mut unserved = vec![0; self.program.releases.len()];
        for way in self.ways {
            match way.arcs {
                None => unserved[way.release as usize] = way.parcels,
                Some(arcs) if way.parcels > 0 => {
                    *flows.entry((way.release, arcs)).or_default() += way.parcels;
                }
                Some(_) => {}
            }
        }
        let releases = self.program.releases.iter().zip(&unserved).zip(0..);
        let left_behind: Vec<u32> = releases
            .filter(|((release, left), _)| release.unserved_cost.is_none() && **left > 0)
            .map(|(_, k)| k)
            .collect();
        for &k in &left_behind {
            cost -= MUST * i128::from(unserved[k as usize]) * PARTS;
        }
        WholeSolution {
            left_behind,
            flows: (flows.into_iter())
                .map(|((release, arcs), parcels)| WholeFlow {
                    release,
                    arcs,
                    parcels,
                })
                .collect(),
            unserved,
            columns: self.ledger.bought().to_vec(),
            cost: -(-cost).div_euclid(PARTS),
            short_rows: (0..self.program.rows.len() as u32)
                .filter(|&row| self.ledger.room(row) < 0)
                .collect(),
        }
    }
}

mod hasten;
mod insert;
mod refine;
mod relieve;
#[cfg(test)]
mod tests;
