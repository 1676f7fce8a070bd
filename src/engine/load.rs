//! Whole parcels aboard while an answer is rounded.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::program::Program;
use crate::program::shortest::InArcs;

use super::guide::Guide;
use super::improve::{Search, difference};
use super::ledger::{Ledger, PARTS, takes};
use super::residual::{Measure, Residual};
use super::supply::Supply;
use super::ways::{Way, alternatives};
use super::whole::{WholeFlow, WholeSolution};
use super::{Deadline, EngineError, Solution};

/// How near to a whole number a flow counts as one.
const NEAR: f64 = 1e-6;
/// Arcs that searches for parcels that may stay behind look at once time is up, about: counted, so
/// that small programs are rounded in the same way whatever the time.
const LATE: usize = 1 << 30;
/// How many full rows a release that may stay goes around.
const DETOURS: usize = 16;
/// How often rows that are short are gone through.
const PASSES: usize = 8;
/// Moves of parcels into a row that stays short, at most.
const MOVES: usize = 200;
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

    /// Offers its own ways to what each release has left over, those first that make room in rows
    /// that are short.
    pub fn insert(&mut self) {
        let urgent = self.urgent() as i128;
        let mut start = 0;
        while start < self.ways.len() {
            let release = self.ways[start].release;
            let count = self.ways[start..].partition_point(|way| way.release == release);
            let stays = start + count - 1;
            while self.ways[stays].parcels > 0 {
                let Some(best) = self.cheapest(start..stays, urgent) else {
                    break;
                };
                let taken = &self.ways[best].takes;
                let steps = taken.iter().map(|&(row, amount)| {
                    let ledger = &self.ledger;
                    (ledger.before_price_changes(row, amount))
                        .min(ledger.until_relieved(row, amount))
                });
                let mut parcels = steps
                    .min()
                    .unwrap_or(i64::MAX)
                    .min(self.ways[stays].parcels);
                while parcels > 0 && self.ledger.board(taken, parcels).is_err() {
                    parcels /= 2;
                }
                self.ledger.commit();
                if parcels == 0 {
                    break;
                }
                self.ways[best].parcels += parcels;
                self.ways[stays].parcels -= parcels;
            }
            start += count;
        }
    }

    /// What a unit of a row that is short is worth: more than any way costs.
    fn urgent(&self) -> f64 {
        let dearest = self.ways.iter().map(|way| way.cost).max().unwrap_or(0) as f64;
        URGENT * (dearest + 1.0)
    }

    /// The cheapest of these ways that has room for a parcel and is no dearer than staying, where
    /// making room in rows that are short is `urgent`.
    fn cheapest(&mut self, ways: Range<usize>, urgent: i128) -> Option<usize> {
        let mut best: Option<(i128, usize)> = None;
        for index in ways {
            let way = &self.ways[index];
            let Ok(extra) = self.ledger.quote(&way.takes, 1) else {
                continue;
            };
            let credit = self.ledger.credit(&way.takes, urgent);
            let cost = way.cost * PARTS + extra - credit;
            if best.is_none_or(|(least, _)| cost < least) && self.is_worth(way.release, cost) {
                best = Some((cost, index));
            }
        }
        best.map(|(_, index)| index)
    }

    /// Whether a parcel had better go at this cost, in [`PARTS`], than stay.
    fn is_worth(&self, release: u32, cost: i128) -> bool {
        let unserved = self.program.releases[release as usize].unserved_cost;
        unserved.is_none_or(|price| i128::from(price) * PARTS >= cost)
    }

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

    /// Offers every other path to what is left over; once time is up, to what may stay behind only
    /// for a little longer.
    pub fn insert_anywhere(&mut self, deadline: &Deadline) -> Result<(), EngineError> {
        let mut left = vec![0; self.program.releases.len()];
        let stays = self.ways.iter().filter(|way| way.arcs.is_none());
        for way in stays {
            left[way.release as usize] = way.parcels;
        }
        if left.iter().all(|&left| left == 0) {
            return Ok(());
        }
        let ledger = std::mem::replace(&mut self.ledger, Ledger::new(self.program));
        let mut residual = Residual::with(self.program, self.network, Measure::Cost, ledger)?;
        let mut guide = Guide::new(self.program);
        let mut found = Vec::new();
        let mut late = 0;
        for k in 0..left.len() {
            let may_stay = self.program.releases[k].unserved_cost.is_some();
            while left[k] > 0 {
                if may_stay && deadline.stop().is_some() {
                    late += self.program.network.tails.len();
                    if late > LATE {
                        break;
                    }
                }
                let Some(way) = self.other(&mut residual, &left, k, &mut guide) else {
                    break;
                };
                let parcels = residual.board_at_one_price(&way.takes, left[k]);
                if parcels == 0 {
                    break;
                }
                left[k] -= parcels;
                found.push(Way { parcels, ..way });
            }
        }
        self.ledger = residual.ledger;
        for way in &mut self.ways {
            if way.arcs.is_none() {
                way.parcels = left[way.release as usize];
            }
        }
        self.ways.append(&mut found);
        Ok(())
    }

    /// The shortest path with the room that is left, if it is no dearer than staying.
    fn other(
        &self,
        residual: &mut Residual,
        left: &[i64],
        k: usize,
        guide: &mut Guide,
    ) -> Option<Way> {
        let release = self.program.releases[k];
        let class = release.class as usize;
        let mut closed = Vec::new();
        let found = loop {
            if release.unserved_cost.is_some() && closed.len() == DETOURS {
                break None;
            }
            let path = match closed.is_empty() {
                true => guide.way(residual, left, k),
                false => guide.around(residual, k),
            };
            let Some((arcs, weight)) = path else {
                break None;
            };
            // The first path is compared exactly below.
            if !closed.is_empty() && !self.is_worth(k as u32, weight) {
                break None;
            }
            let way = self.way(k as u32, Some(arcs))?;
            match residual.ledger.quote(&way.takes, 1) {
                Ok(extra) => {
                    let cost = way.cost * PARTS + extra;
                    break self.is_worth(k as u32, cost).then_some(way);
                }
                // Each arc alone has room, but not all of the path: it goes around the full row.
                Err(full) => match residual.detour(class, way.arcs.as_deref()?, full) {
                    Some(arc) => closed.push(arc),
                    None => break None,
                },
            }
        };
        for arc in closed {
            residual.open(class, arc);
        }
        found
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
#[cfg(test)]
mod tests;
