//! The rounds of column generation: prices, paths, master, and again until the gap is closed.

use std::time::Instant;

use super::finish;
use super::interior::{Ending, Interior, Target};
use super::keyed::Snapshot;
use super::lagrange::{self, Rated};
use super::master::{Restricted, Scale};
use super::pool::Pool;
use super::presolve::Reduced;
use super::pricing::{Ask, Pricer};
use super::{infeasible, polish, warm_up};
use crate::engine::{Deadline, EngineError, Options, Progress, Solution, Statistics, Stop};
use crate::program::Program;

/// Solves a [valid](Program::validate) program to the requested gap, on the threads of rayon's
/// current pool. Whatever stops the engine is said by [`Solution::stop`].
///
/// # Errors
/// [`EngineError::Bound`] where the program's numbers are too large for an exact bound.
pub fn solve(program: &Program, options: &Options) -> Result<Solution, EngineError> {
    let mut search = Search::new(program, options, Deadline::start(options));
    let stop = search.run();
    finish::solution(&search, stop)
}

/// The lowest tail of the arcs that use each row; zero where nodes are not ordered by time.
fn first_use(program: &Program) -> Vec<u32> {
    let mut first = vec![0; program.rows.len()];
    if program.network.time.is_some() {
        first.fill(u32::MAX);
        for (arc, &tail) in program.network.tails.iter().enumerate() {
            let uses = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
            for usage in &program.uses[uses] {
                let row = &mut first[usage.row as usize];
                *row = (*row).min(tail);
            }
        }
    }
    first
}

/// A column is dear if it costs this share, and half the gap, more than the cheapest.
const DEAR: f64 = 0.001;

/// A column that carries this share of its release is not dropped.
const IN_USE: f64 = 0.1;

/// A master starts from prices and flows that are worth this many times the gap that is left.
const RETREAT: f64 = 4.0;

/// How many times prices are halved towards the best ones if they are not better.
const HALVINGS: usize = 3;

/// The state of a search.
pub(super) struct Search<'a> {
    pub program: &'a Program,
    pub reduced: Reduced,
    pub options: &'a Options,
    pub deadline: Deadline,
    pub pricer: Pricer,
    pub pool: Pool,
    pub scale: Scale,
    /// Rows in the master, ascending.
    pub active: Vec<u32>,
    /// The earliest node from which each row is used: the order that keeps the master's matrix a
    /// band where time orders the network.
    first_use: Vec<u32>,
    /// y of every column in the last master.
    pub columns: Vec<f64>,
    /// Whether prices can only make paths dearer, since no amount is negative.
    only_dearer: bool,
    /// Weights of cheapest paths under base prices, where others can only make them dearer.
    pub free: Vec<f64>,
    pub best: Rated,
    /// Cost of the last master's flows, and of what they exceed rows by.
    pub value: f64,
    /// How many times its own price, and a base, it costs to exceed a row.
    pub cap: f64,
    /// The last vertex, if the last master ended at one.
    pub snapshot: Option<Snapshot>,
    pub statistics: Statistics,
}

impl<'a> Search<'a> {
    pub fn new(program: &'a Program, options: &'a Options, deadline: Deadline) -> Self {
        Self {
            program,
            reduced: Reduced::new(program),
            options,
            deadline,
            pricer: Pricer::new(program),
            pool: Pool::new(program),
            scale: Scale::new(program, 1.0),
            active: Vec::new(),
            first_use: first_use(program),
            columns: vec![0.0; program.columns.len()],
            only_dearer: program.amounts.iter().all(|&amount| amount >= 0),
            free: vec![f64::NEG_INFINITY; program.releases.len()],
            best: Rated::default(),
            value: f64::INFINITY,
            cap: 3.0,
            snapshot: None,
            statistics: Statistics::default(),
        }
    }

    pub fn run(&mut self) -> Stop {
        let begun = self.start().and_then(|()| {
            if self.open_violated_rows() == 0 {
                self.value = self.cost_of_flows();
                return Err(Stop::Finished);
            }
            self.price_purchases()?;
            warm_up::run(self)
        });
        match begun {
            Ok(()) => self.rounds(),
            Err(stop) => stop,
        }
    }

    /// Every release on its cheapest path, as if it were alone.
    pub fn start(&mut self) -> Result<(), Stop> {
        let rated = self.price(self.reduced.base.clone())?;
        for (release, data) in self.program.releases.iter().enumerate() {
            if data.quantity > 0 && self.pool.of(release).next().is_none() {
                return Err(Stop::Infeasible);
            }
        }
        lagrange::follow_cheapest(self, &rated.prices);
        self.buy();
        let carried: f64 = self
            .program
            .releases
            .iter()
            .map(|release| release.quantity as f64)
            .sum();
        let value = rated.value - self.program.constant as f64;
        self.scale = Scale::new(self.program, value.abs() / carried.max(1.0));
        self.best = rated;
        Ok(())
    }

    /// Every release on its cheapest path where what has to be bought has its price.
    fn price_purchases(&mut self) -> Result<(), Stop> {
        let prices = lagrange::base_prices(self.program, &self.reduced);
        if prices != self.reduced.base {
            let rated = self.price(prices)?;
            lagrange::follow_cheapest(self, &rated.prices);
            if rated.value > self.best.value {
                self.best = rated;
            }
        }
        Ok(())
    }

    /// Prices every release, adds what is worth adding, and rates the prices.
    pub fn price(&mut self, mut prices: Vec<f64>) -> Result<Rated, Stop> {
        let begun = Instant::now();
        self.reduced.settle(&mut prices);
        let at_base = prices == self.reduced.base;
        lagrange::repair(self.program, &mut prices);
        let asks: Vec<Ask> = (0..self.program.releases.len())
            .map(|release| self.ask(release, &prices))
            .collect();
        let mut distances = vec![0.0; asks.len()];
        let deadline = &self.deadline;
        let found = self
            .pricer
            .price(self.program, &prices, &asks, &mut distances, || {
                deadline.stop().is_some()
            })
            .ok_or_else(|| self.deadline.stop().unwrap_or(Stop::Interrupted))?;
        for path in &found {
            let release = &self.program.releases[path.release as usize];
            let distance = distances[path.release as usize];
            if release
                .unserved_cost
                .is_none_or(|cost| distance < cost as f64)
            {
                let added = self.pool.add_path(self.program, path.release, &path.arcs);
                self.statistics.columns += usize::from(added.is_some());
            }
        }
        self.offer_unserved(&mut distances);
        if self.only_dearer && at_base {
            self.free.copy_from_slice(&distances);
        }
        self.statistics.rounds += 1;
        self.statistics.pricing_seconds += begun.elapsed().as_secs_f64();
        let value = lagrange::value(self.program, &prices, &distances);
        Ok(Rated { prices, value })
    }

    /// Adds the choice to stay behind for every release that meets a row of the master: it is what
    /// bounds the price of that row.
    pub fn offer_staying(&mut self) {
        let mut is_active = vec![false; self.program.rows.len()];
        for &row in &self.active {
            is_active[row as usize] = true;
        }
        for (release, data) in self.program.releases.iter().enumerate() {
            let Some(cost) = data.unserved_cost.filter(|_| data.quantity > 0) else {
                continue;
            };
            let meets = |column: usize| {
                let mut entries = self.pool.entries(column).iter();
                entries.any(|&(row, _)| is_active[row as usize])
            };
            if self.pool.of(release).any(meets) {
                let added = self.pool.add_unserved(release as u32, cost as f64);
                self.statistics.columns += usize::from(added.is_some());
            }
        }
        self.pool.flow.resize(self.pool.len(), 0.0);
    }

    /// Lowers distances to the cost of staying behind, and adds that choice where it is cheapest.
    fn offer_unserved(&mut self, distances: &mut [f64]) {
        for (release, distance) in distances.iter_mut().enumerate() {
            let data = &self.program.releases[release];
            if data.quantity == 0 {
                *distance = 0.0;
            } else if let Some(cost) = data.unserved_cost
                && cost as f64 <= *distance
            {
                *distance = cost as f64;
                let added = self.pool.add_unserved(release as u32, cost as f64);
                self.statistics.columns += usize::from(added.is_some());
            }
        }
    }

    /// What to ask for a release: nothing if a known path costs no more under these prices than
    /// the cheapest does without any.
    fn ask(&self, release: usize, prices: &[f64]) -> Ask {
        if self.program.releases[release].quantity == 0 {
            return Ask::Known(0.0);
        }
        let weights = self.pool.of(release).map(|p| self.pool.weight(p, prices));
        let best = weights.fold(f64::INFINITY, f64::min);
        if best <= self.free[release] {
            return Ask::Known(best);
        }
        Ask::Below(best * (1.0 - 1e-12 * best.signum()))
    }

    /// Master and pricing in turn.
    pub fn rounds(&mut self) -> Stop {
        let mut gap: f64 = 0.1;
        let mut prices = self.best.prices.clone();
        self.drop_dear_columns(&prices, gap);
        let (mut idle_rounds, mut soft_rounds, mut asked) = (0, 0, false);
        loop {
            if let Some(stop) = self.deadline.stop() {
                return stop;
            }
            let wanted = self.options.gap.max(1e-8);
            let tolerance = (0.1 * gap).clamp((0.05 * wanted).min(1e-2), 1e-2);
            let begun = Instant::now();
            let master = self.restricted(&prices);
            let mut interior = Interior::new(&master);
            let ending = self.descend(&master, &mut interior, &mut prices, tolerance, gap);
            let excess = self.take_interior(&master, &interior);
            self.statistics.master_seconds += begun.elapsed().as_secs_f64();
            if ending == Ending::Stopped {
                return self.deadline.stop().unwrap_or(Stop::Interrupted);
            }
            let opened = self.open_violated_rows();
            let before = self.statistics.columns;
            if let Err(stop) = self.price_towards_best(&prices, gap) {
                return stop;
            }
            let added = self.statistics.columns - before;
            let below = self.value < self.best.value * (1.0 - wanted);
            gap = self.gap().abs().clamp(1e-3 * wanted, 0.1);
            self.report();
            // near the end, in a flat dual face, what is dropped would come back round after round
            if gap > 1e-4 {
                self.drop_dear_columns(&prices, gap);
            }
            let closed = gap <= 0.5 * wanted && opened == 0;
            if closed
                && excess <= 1e-3
                && let Some(stop) = polish::run(self, &master, &interior.point)
            {
                return stop;
            }
            let idle = opened + added == 0;
            idle_rounds = if idle { idle_rounds + 1 } else { 0 };
            if !gap.is_finite() || ending == Ending::Stalled {
                // start afresh, from prices alone
                gap = 0.1;
                self.value = f64::INFINITY;
                self.pool.flow.fill(0.0);
                prices.clone_from(&self.best.prices);
            }
            if closed || below || (idle && excess > 0.5 * gap) {
                // rows are exceeded for good, or a vertex does not keep them
                self.cap *= 10.0;
                soft_rounds += 1;
            }
            let hopeless = soft_rounds >= 4 || idle_rounds > 12;
            if hopeless && !asked && self.deadline.stop().is_none() {
                asked = true;
                if infeasible::is_proven(self) {
                    return Stop::Infeasible;
                }
            }
            if idle_rounds > 12 || soft_rounds > 12 {
                return Stop::Numerical;
            }
        }
    }

    /// Prices at the given prices and, while these are worth less than the best so far, again half
    /// way to those: a master with few paths knows little of what lies far from them (P. Wentges,
    /// Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming, Int. Trans. Oper.
    /// Res. 4, 1997).
    fn price_towards_best(&mut self, prices: &[f64], gap: f64) -> Result<(), Stop> {
        let mut rated = self.price(prices.to_vec())?;
        let halvings = if gap < 1e-5 { 0 } else { HALVINGS };
        for _ in 0..halvings {
            if rated.value > self.best.value {
                break;
            }
            let pairs = self.best.prices.iter().zip(&rated.prices);
            let half = pairs.map(|(best, price)| 0.5 * (best + price)).collect();
            rated = self.price(half)?;
        }
        if rated.value > self.best.value {
            self.best = rated;
        }
        Ok(())
    }

    /// One round that minimises how far rows are exceeded, where costs are all zero: prices, all
    /// at most one in scaled units, and what they are worth. Nothing where the round cannot end.
    pub fn least_excess(&mut self, prices: &mut [f64]) -> Option<Rated> {
        let mut master = self.restricted(prices);
        master.cap.fill(1.0);
        let reference = master.upper.iter().map(|u| u.abs()).sum::<f64>() + 1.0;
        let mut interior = Interior::new(&master);
        let target = Target {
            tolerance: 1e-9,
            reference,
            start: 0.1 * reference / master.columns.len().max(1) as f64,
        };
        let scaled = vec![0.1; master.rows.len()];
        let known = (&self.flows(&master)[..], &self.bought(&master)[..]);
        interior.solve(&scaled, known, target, || self.deadline.stop().is_some());
        for (&row, &price) in master.rows.iter().zip(&interior.point.prices) {
            prices[row as usize] =
                self.reduced.base[row as usize] + self.scale.unscaled_price(row as usize, price);
        }
        self.take_interior(&master, &interior);
        let opened = self.open_violated_rows();
        let before = self.statistics.columns;
        let rated = self.price(prices.to_vec()).ok()?;
        (rated.value > 0.0 || opened > 0 || self.statistics.columns > before).then_some(rated)
    }

    /// Takes columns out of use that cost so much more than their release's cheapest that they
    /// are far from coming back.
    fn drop_dear_columns(&mut self, prices: &[f64], gap: f64) {
        let mut weights = Vec::new();
        for release in 0..self.program.releases.len() {
            weights.clear();
            let columns = self.pool.of(release);
            weights.extend(columns.map(|column| (column, self.pool.weight(column, prices))));
            let least = weights.iter().map(|w| w.1).fold(f64::INFINITY, f64::min);
            let quantity = self.program.releases[release].quantity as f64;
            for &(column, weight) in &weights {
                let margin = (0.5 * gap + DEAR) * (least.abs() + self.scale.cost);
                if weight > least + margin && self.pool.flow[column] <= IN_USE * quantity {
                    self.pool.drop_column(column);
                }
            }
        }
    }

    /// (value − bound) / |value|.
    pub fn gap(&self) -> f64 {
        (self.value - self.best.value) / self.value.abs().max(1e-9)
    }

    pub fn report(&self) {
        if let Some(progress) = self.options.progress {
            progress(&Progress {
                round: self.statistics.rounds,
                cost: self.value,
                bound: self.best.value,
            });
        }
    }

    /// The master over everything found, with rows that may be exceeded at a price above theirs.
    pub fn restricted(&mut self, prices: &[f64]) -> Restricted {
        let mut order = self.active.clone();
        order.sort_by_key(|&row| (self.first_use[row as usize], row));
        let master = Restricted::new(
            (self.program, &self.reduced),
            &self.scale,
            &self.pool,
            |column| self.pool.is_alive(column),
            &order,
            |row| {
                let best = self.scaled_price(row, &self.best.prices);
                self.cap * (0.5 + self.scaled_price(row, prices).max(best))
            },
        );
        self.statistics.binding_rows = master.rows.len();
        master
    }

    /// What a price adds to the row's base price, scaled.
    fn scaled_price(&self, row: u32, prices: &[f64]) -> f64 {
        let row = row as usize;
        let added = prices[row] - self.reduced.base[row];
        self.scale.price(row, added.max(0.0))
    }

    /// Buys what is always bought for the current flows.
    fn buy(&mut self) {
        let loads = lagrange::loads(self);
        self.reduced.buy(self.program, &loads, &mut self.columns);
    }

    /// Flows of the pool in the order and scale of a master.
    pub fn flows(&self, master: &Restricted) -> Vec<f64> {
        let columns = master.columns.iter();
        columns
            .map(|&column| self.pool.flow[column as usize] / self.scale.amount)
            .collect()
    }

    /// General columns in the order and scale of a master.
    fn bought(&self, master: &Restricted) -> Vec<f64> {
        let columns = master.general.iter();
        columns
            .map(|&column| {
                let scale = self.scale.columns[column as usize] / self.scale.amount;
                self.columns[column as usize] * scale
            })
            .collect()
    }

    /// Solves the master by the interior point from `prices`, which become its own. Where that
    /// stalls, it starts again further inside and without flows.
    fn descend(
        &self,
        master: &Restricted,
        interior: &mut Interior,
        prices: &mut [f64],
        tolerance: f64,
        gap: f64,
    ) -> Ending {
        let reference = self.best.value.abs() / (self.scale.cost * self.scale.amount);
        let scaled: Vec<f64> = master
            .rows
            .iter()
            .map(|&row| self.scaled_price(row, prices))
            .collect();
        let target = Target {
            tolerance,
            reference,
            start: RETREAT * gap * reference / master.columns.len().max(1) as f64,
        };
        let is_over = || self.deadline.stop().is_some();
        let known = (&self.flows(master)[..], &self.bought(master)[..]);
        let mut ending = interior.solve(&scaled, known, target, is_over);
        if ending == Ending::Stalled {
            let start = 0.2 * reference / master.columns.len().max(1) as f64;
            let none = (
                &vec![0.0; master.columns.len()][..],
                &vec![0.0; master.general.len()][..],
            );
            ending = interior.solve(&scaled, none, Target { start, ..target }, is_over);
        }
        for (&row, &price) in master.rows.iter().zip(&interior.point.prices) {
            prices[row as usize] =
                self.reduced.base[row as usize] + self.scale.unscaled_price(row as usize, price);
        }
        ending
    }

    /// Takes over the flows of the interior point; answers the share of cost that is due to
    /// exceeded rows.
    fn take_interior(&mut self, master: &Restricted, interior: &Interior) -> f64 {
        self.snapshot = None;
        self.take_flows(master, &interior.point.x, &interior.point.y);
        let excess = interior.point.excess.iter().zip(&master.cap);
        let excess: f64 = excess.map(|(excess, cap)| excess * cap).sum();
        let excess = excess * self.scale.cost * self.scale.amount;
        self.value += excess;
        excess / self.best.value.abs().max(1e-9)
    }

    /// Takes over the scaled flows and columns of a master.
    pub fn take_flows(&mut self, master: &Restricted, x: &[f64], y: &[f64]) {
        self.pool.flow.fill(0.0);
        for &column in &master.fixed {
            let release = self.pool.release[column as usize] as usize;
            self.pool.flow[column as usize] = self.program.releases[release].quantity as f64;
        }
        for (&column, x) in master.columns.iter().zip(x) {
            self.pool.flow[column as usize] = x * self.scale.amount;
        }
        self.columns.fill(0.0);
        for (&column, y) in master.general.iter().zip(y) {
            self.columns[column as usize] =
                y * self.scale.amount / self.scale.columns[column as usize];
        }
        self.buy();
        self.value = self.cost_of_flows();
    }

    /// Σ c x + Σ f y + constant of the current flows.
    pub fn cost_of_flows(&self) -> f64 {
        let paths = self.pool.cost.iter().zip(&self.pool.flow);
        let paths: f64 = paths.map(|(cost, flow)| cost * flow).sum();
        let columns = self.program.columns.iter().zip(&self.columns);
        let columns: f64 = columns.map(|(column, y)| column.cost as f64 * y).sum();
        paths + columns + self.program.constant as f64
    }

    /// Puts rows that the current flows violate into the master; answers how many.
    pub fn open_violated_rows(&mut self) -> usize {
        let mut loads = lagrange::loads(self);
        for (index, (column, y)) in (self.program.columns.iter().zip(&self.columns)).enumerate() {
            if self.reduced.is_served(index) {
                continue;
            }
            for &(row, b) in &column.entries {
                loads[row as usize] += b as f64 * y;
            }
        }
        let before = self.active.len();
        for (row, load) in loads.iter().enumerate() {
            let upper = self.reduced.upper[row];
            let violated =
                self.reduced.held[row] && *load > upper + 1e-10 * (load.abs() + upper.abs());
            if violated && self.active[..before].binary_search(&(row as u32)).is_err() {
                self.active.push(row as u32);
            }
        }
        self.active.sort_unstable();
        self.active.len() - before
    }
}
