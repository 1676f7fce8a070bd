//! The state of a search: paths, prices, flows, and what is read off them.

use std::time::Instant;

use rayon::prelude::*;

use super::keyed::Snapshot;
use super::lagrange::{self, Rated};
use super::master::{Restricted, Scale};
use super::pool::Pool;
use super::presolve::{self, Reduced};
use super::pricing::{Ask, Found, Pricer};
use super::{domination, finish, warm_up};
use crate::engine::check::has_hopeless_row;
use crate::engine::{Deadline, EngineError, Options, Progress, Solution, Statistics, Stop};
use crate::program::{Program, Release};

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
    /// What every column in use weighs at the prices rated last, and every release's lightest.
    pub weights: Vec<f64>,
    pub distances: Vec<f64>,
    pub best: Rated,
    /// Cost of the last master's flows, and of what they exceed rows by.
    pub value: f64,
    /// How many times its own price, and a base, it costs to exceed a row.
    pub cap: f64,
    /// The last vertex, if the last master ended at one.
    pub snapshot: Option<Snapshot>,
    pub statistics: Statistics,
    /// Masters after which it ends without having reached its gap.
    pub most_rounds: usize,
}

impl<'a> Search<'a> {
    pub fn new(program: &'a Program, options: &'a Options, deadline: Deadline) -> Self {
        let pricer = Pricer::new(program);
        Self {
            program,
            reduced: Reduced::new(program, Vec::new()),
            options,
            deadline,
            pool: Pool::new(program, &pricer.graph.pieces),
            pricer,
            scale: Scale::new(program, 1.0),
            active: Vec::new(),
            first_use: first_use(program),
            columns: vec![0.0; program.columns.len()],
            only_dearer: program.amounts.iter().all(|&amount| amount >= 0),
            free: vec![f64::NEG_INFINITY; program.releases.len()],
            weights: Vec::new(),
            distances: Vec::new(),
            best: Rated::default(),
            value: f64::INFINITY,
            cap: 3.0,
            snapshot: None,
            statistics: Statistics::default(),
            most_rounds: usize::MAX,
        }
    }

    pub fn run(&mut self) -> Stop {
        let begun = self.start().and_then(|()| {
            if self.open_violated_rows() == 0 && self.insist_on_failed_rows()? == 0 {
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
        if has_hopeless_row(self.program) {
            return Err(Stop::Infeasible);
        }
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
        let (distances, found) = self.look(&prices)?;
        for path in &found {
            self.add_found(path, distances[path.release as usize]);
        }
        self.offer_unserved(&distances);
        if self.only_dearer && at_base {
            self.free.copy_from_slice(&distances);
        }
        self.statistics.rounds += 1;
        self.statistics.pricing_seconds += begun.elapsed().as_secs_f64();
        let value = lagrange::value(self.program, &prices, &distances);
        self.distances = distances;
        Ok(Rated { prices, value })
    }

    /// The weight of every release's cheapest path, or what it costs to stay behind where that is
    /// less; and the path where it is lighter than those known.
    fn look(&mut self, prices: &[f64]) -> Result<(Vec<f64>, Vec<Found>), Stop> {
        let asks = self.asks(prices);
        let mut distances = vec![0.0; asks.len()];
        let deadline = &self.deadline;
        let is_over = || deadline.stop().is_some();
        let found = (self.pricer).price(self.program, prices, &asks, &mut distances, is_over);
        let found = found.ok_or_else(|| deadline.stop().unwrap_or(Stop::Interrupted))?;
        for (distance, release) in distances.iter_mut().zip(&self.program.releases) {
            if release.quantity == 0 {
                *distance = 0.0;
            } else if let Some(cost) = release.unserved_cost {
                *distance = distance.min(cost as f64);
            }
        }
        Ok((distances, found))
    }

    /// What cheapest paths weigh under base prices that have changed: where rows cost less at least,
    /// so may these. The paths are not added: few are used once rows have their prices.
    fn weigh_anew(&mut self) -> Result<(), Stop> {
        self.free.fill(f64::NEG_INFINITY);
        if !self.only_dearer {
            return Ok(());
        }
        let begun = Instant::now();
        let mut prices = self.reduced.base.clone();
        lagrange::repair(self.program, &mut prices);
        (self.free, _) = self.look(&prices)?;
        self.statistics.pricing_seconds += begun.elapsed().as_secs_f64();
        Ok(())
    }

    /// Adds a path that was found, at what it weighs; nothing where it is known, or where staying
    /// behind costs no more.
    pub fn add_found(&mut self, found: &Found, weight: f64) -> Option<usize> {
        let unserved_cost = self.program.releases[found.release as usize].unserved_cost;
        if unserved_cost.is_some_and(|cost| cost as f64 <= weight) {
            return None;
        }
        let column = self
            .pool
            .add_path(self.program, found.release, &found.path)?;
        self.count(column, weight);
        Some(column)
    }

    /// Adds the choice to stay behind; nothing where it is known, or costs more than `most`.
    pub fn add_staying(&mut self, release: u32, most: f64) -> Option<usize> {
        let cost = self.program.releases[release as usize].unserved_cost? as f64;
        if cost > most {
            return None;
        }
        let column = self.pool.add_unserved(release, cost)?;
        self.count(column, cost);
        Some(column)
    }

    /// A column that was added, and what it weighs.
    fn count(&mut self, column: usize, weight: f64) {
        self.statistics.columns += 1;
        self.weights.resize(self.pool.len(), f64::INFINITY);
        self.weights[column] = weight;
    }

    /// Adds the choice to stay behind for every release that meets a row of the master: it is what
    /// bounds the price of that row.
    pub fn offer_staying(&mut self) {
        let mut is_active = vec![false; self.program.rows.len()];
        for &row in &self.active {
            is_active[row as usize] = true;
        }
        for (release, data) in self.program.releases.iter().enumerate() {
            if data.quantity == 0 || data.unserved_cost.is_none() {
                continue;
            }
            let meets = |column: usize| {
                let mut entries = self.pool.entries(column);
                entries.any(|(row, _)| is_active[row as usize])
            };
            if self.pool.of(release).any(meets) {
                self.add_staying(release as u32, f64::INFINITY);
            }
        }
    }

    /// Adds the choice to stay behind where nothing weighs less than it costs.
    fn offer_unserved(&mut self, distances: &[f64]) {
        for (release, &distance) in distances.iter().enumerate() {
            if self.program.releases[release].quantity > 0 {
                self.add_staying(release as u32, distance);
            }
        }
    }

    /// What to ask for each release: nothing if a known path costs no more under these prices than
    /// the cheapest does without any.
    fn asks(&mut self, prices: &[f64]) -> Vec<Ask> {
        let pool = &self.pool;
        let weight = |column: usize| match pool.is_alive(column) {
            true => pool.weight(column, prices),
            false => f64::INFINITY,
        };
        let columns = (0..pool.len()).into_par_iter();
        columns.map(weight).collect_into_vec(&mut self.weights);
        let mut least = vec![f64::INFINITY; self.program.releases.len()];
        for (&release, &weight) in pool.release.iter().zip(&self.weights) {
            let least = &mut least[release as usize];
            *least = least.min(weight);
        }
        let releases = self.program.releases.iter().zip(&self.free).zip(least);
        let ask = |((release, &free), best): ((&Release, &f64), f64)| match best {
            _ if release.quantity == 0 => Ask::Known(0.0),
            best if best <= free => Ask::Known(best),
            best => Ask::Below(best * (1.0 - 1e-12 * best.signum())),
        };
        releases.map(ask).collect()
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

    /// The master over what it cannot do without.
    pub fn reduced_master(&mut self, prices: &[f64]) -> Restricted {
        let idle = domination::idle(self.program, &self.reduced, &self.active, &mut self.pool);
        self.master(prices, |column| !idle[column])
    }

    /// The master over everything found.
    pub fn restricted(&mut self, prices: &[f64]) -> Restricted {
        self.master(prices, |_| true)
    }

    /// The master over the columns wanted, with rows that may be exceeded at a price above theirs.
    fn master(&mut self, prices: &[f64], is_wanted: impl Fn(usize) -> bool) -> Restricted {
        let mut order = self.active.clone();
        order.sort_by_key(|&row| (self.first_use[row as usize], row));
        let master = Restricted::new(
            (self.program, &self.reduced),
            &self.scale,
            &self.pool,
            |column| self.pool.is_alive(column) && is_wanted(column),
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
    pub fn scaled_price(&self, row: u32, prices: &[f64]) -> f64 {
        let row = row as usize;
        let added = prices[row] - self.reduced.base[row];
        self.scale.price(row, added.max(0.0))
    }

    /// Buys what is always bought for the current flows.
    pub fn buy(&mut self) {
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
    pub fn bought(&self, master: &Restricted) -> Vec<f64> {
        let columns = master.general.iter();
        columns
            .map(|&column| {
                let scale = self.scale.columns[column as usize] / self.scale.amount;
                self.columns[column as usize] * scale
            })
            .collect()
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

    /// Puts rows into the master that were presumed to be implied and which the current flows
    /// exceed all the same, and what was always bought for their sake; answers how many failed.
    pub fn insist_on_failed_rows(&mut self) -> Result<usize, Stop> {
        let loads = lagrange::loads(self);
        let failed = self.reduced.failed(self.program, &loads, &self.columns);
        if failed.is_empty() {
            return Ok(0);
        }
        let insisted = [&self.reduced.insisted[..], &failed].concat();
        let reduced = Reduced::new(self.program, insisted);
        let before = std::mem::replace(&mut self.reduced, reduced);
        let base = self.reduced.base.iter().zip(&before.base).enumerate();
        let lowered = base.filter(|(_, (now, before))| now < before);
        self.active.extend(
            lowered
                .map(|(row, _)| row as u32)
                .chain(failed.iter().copied()),
        );
        self.active.sort_unstable();
        self.active.dedup();
        self.active.retain(|&row| self.reduced.held[row as usize]);
        self.snapshot = None;
        self.weigh_anew()?;
        Ok(failed.len())
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
            let violated = self.reduced.held[row] && presolve::is_exceeded(*load, upper);
            if violated && self.active[..before].binary_search(&(row as u32)).is_err() {
                self.active.push(row as u32);
            }
        }
        self.active.sort_unstable();
        self.active.len() - before
    }
}

/// A search that knows the cheapest path of each release.
#[cfg(test)]
pub(super) fn started(program: &Program) -> Search<'_> {
    static OPTIONS: std::sync::LazyLock<Options> = std::sync::LazyLock::new(Options::default);
    let mut search = Search::new(program, &OPTIONS, Deadline::start(&OPTIONS));
    search.start().unwrap();
    search
}

/// A search for 100 units on parallel arcs: at 1 with room for 60, at 3 with room for 30, or at 5.
/// All three ways are known.
#[cfg(test)]
pub(super) fn three_ways(check: impl FnOnce(&mut Search)) {
    let text = "2 3 1\n1 2 1 60\n1 2 3 30\n1 2 5 -1\n1 2 100\n";
    let program = crate::program::flow_format::read(text).unwrap().program;
    let mut search = started(&program);
    for arc in [1, 2] {
        search.pool.add_path(&program, 0, &[arc]);
    }
    check(&mut search);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Column, Network, Row, Sink, Use};

    /// Two ways for two classes: 2 g and 10 cm³, 6 g and 3 cm³. On the first, units of 4 g and
    /// 8 cm³ cost 24; the second costs 20 and 100. Three of the first class and one of the second
    /// are light, so a cm³ is thought to cost 3: 30 and 9 on the first way, and the first class
    /// takes the other at 20. But then the second class is alone there, and its 6 g do not fit
    /// into 3/8 of a unit. Once weight is insisted on, what a unit costs may be due to weight
    /// alone, and neither class can be sure to pay for volume.
    #[test]
    fn the_cheapest_ways_are_looked_for_again_once_a_row_is_insisted_on() {
        let release = |class: u32, quantity: i64| Release {
            class,
            origin: 0,
            sink: 0,
            quantity,
            unserved_cost: Some(1000),
        };
        let program = Program {
            network: Network {
                nodes: 2,
                tails: vec![0, 0],
                heads: vec![1, 1],
                time: Some(vec![0, 1]),
            },
            classes: 2,
            costs: vec![0, 20, 0, 100],
            use_starts: vec![0, 2, 2],
            uses: vec![Use { row: 0, amount: 0 }, Use { row: 1, amount: 1 }],
            amounts: vec![2, 6, 10, 3],
            rows: vec![Row { upper: 0 }; 2],
            columns: vec![Column {
                cost: 24,
                upper: None,
                whole: false,
                entries: vec![(0, -4), (1, -8)],
            }],
            sinks: vec![Sink { ends: vec![(1, 0)] }],
            releases: vec![release(0, 3), release(1, 1)],
            constant: 0,
        };
        let mut search = started(&program);
        assert_eq!(search.free, [20.0, 9.0]);
        assert_eq!(search.insist_on_failed_rows(), Ok(1));
        assert_eq!(search.free, [0.0, 0.0]);
        assert_eq!(search.active, [0, 1]);
    }
}
