//! The rounds of column generation: prices, paths, master, and again until the gap is closed.

use std::time::Instant;

use super::finish;
use super::interior::{Ending, Interior, Target};
use super::lagrange::{self, Rated};
use super::master::{Restricted, Scale};
use super::pool::Pool;
use super::pricing::{Ask, Pricer};
use crate::engine::{Deadline, Options, Progress, Solution, Statistics, Stop};
use crate::program::Program;

/// Solves a program to the requested gap.
pub fn solve(program: &Program, options: &Options) -> Solution {
    let work = || {
        let mut search = Search::new(program, options);
        let stop = search.run();
        finish::solution(&search, stop)
    };
    match rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.unwrap_or(0))
        .build()
    {
        Ok(threads) => threads.install(work),
        Err(_) => work(),
    }
}

/// How many times the gap between master and bound a new master starts with.
const RETREAT: f64 = 2.0;

/// The state of a search.
pub(super) struct Search<'a> {
    pub program: &'a Program,
    pub options: &'a Options,
    pub deadline: Deadline,
    pub pricer: Pricer,
    pub pool: Pool,
    pub scale: Scale,
    /// Rows in the master, ascending.
    pub active: Vec<u32>,
    /// y of every column in the last master.
    pub columns: Vec<f64>,
    /// Weights of cheapest paths without any prices.
    pub free: Vec<f64>,
    pub best: Rated,
    /// Value of the last master with nothing over its rows, if there is one.
    pub value: Option<f64>,
    pub cap: f64,
    pub statistics: Statistics,
}

impl<'a> Search<'a> {
    fn new(program: &'a Program, options: &'a Options) -> Self {
        Self {
            program,
            options,
            deadline: Deadline::start(options),
            pricer: Pricer::new(program),
            pool: Pool::new(program),
            scale: Scale::new(program, 1.0),
            active: Vec::new(),
            columns: vec![0.0; program.columns.len()],
            free: vec![0.0; program.releases.len()],
            best: Rated::default(),
            value: None,
            cap: 3.0,
            statistics: Statistics::default(),
        }
    }

    fn run(&mut self) -> Stop {
        if let Err(stop) = self.start() {
            return stop;
        }
        if self.open_violated_rows() == 0 {
            self.value = Some(self.cost_of_flows());
            return Stop::Finished;
        }
        if let Err(stop) = self.warm_up() {
            return stop;
        }
        self.rounds()
    }

    /// Every release on its cheapest path, as if it were alone.
    fn start(&mut self) -> Result<(), Stop> {
        let prices = vec![0.0; self.program.rows.len()];
        let rated = self.price(prices)?;
        for (release, data) in self.program.releases.iter().enumerate() {
            if data.quantity == 0 {
                continue;
            }
            let Some(column) = self.pool.of(release).next() else {
                return Err(Stop::Infeasible);
            };
            self.pool.flow[column] = data.quantity as f64;
        }
        let carried: f64 = self
            .program
            .releases
            .iter()
            .map(|r| r.quantity as f64)
            .sum();
        let value = rated.value - self.program.constant as f64;
        self.scale = Scale::new(self.program, value.abs() / carried.max(1.0));
        self.best = rated;
        Ok(())
    }

    /// Prices every release, adds what is worth adding, and rates the prices.
    pub fn price(&mut self, mut prices: Vec<f64>) -> Result<Rated, Stop> {
        let begun = Instant::now();
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
                self.pool.add_path(self.program, path.release, &path.arcs);
            }
        }
        for (release, distance) in distances.iter_mut().enumerate() {
            let data = &self.program.releases[release];
            if let Some(cost) = data.unserved_cost
                && cost as f64 <= *distance
            {
                *distance = cost as f64;
                self.pool.add_unserved(release as u32, cost as f64);
            }
            if data.quantity == 0 {
                *distance = 0.0;
            }
        }
        if self.statistics.rounds == 0 {
            self.free.copy_from_slice(&distances);
        }
        self.statistics.rounds += 1;
        self.statistics.pricing_seconds += begun.elapsed().as_secs_f64();
        let value = lagrange::value(self.program, &prices, &distances);
        Ok(Rated { prices, value })
    }

    /// What to ask for a release: nothing if a known path costs no more under these prices than
    /// the cheapest does without any.
    fn ask(&self, release: usize, prices: &[f64]) -> Ask {
        let data = &self.program.releases[release];
        if data.quantity == 0 {
            return Ask::Known(0.0);
        }
        let weights = self.pool.of(release).map(|p| self.pool.weight(p, prices));
        let best = weights.fold(f64::INFINITY, f64::min);
        if self.statistics.rounds > 0 && best <= self.free[release] {
            return Ask::Known(best);
        }
        Ask::Below(best * (1.0 - 1e-12 * best.signum()))
    }

    /// A few steps of the volume algorithm (Barahona and Anbil, The volume algorithm: producing
    /// primal solutions with a subgradient method, Math. Program. 87, 2000): prices near enough to
    /// the optimum, and paths enough, for the master to start from.
    fn warm_up(&mut self) -> Result<(), Stop> {
        let mut loads = lagrange::loads(self);
        let mut centre = self.best.clone();
        let mut factor = 0.1;
        let mut mean = self.pool.flow.clone();
        for step in 0..20 {
            let mut violation: Vec<f64> = loads
                .iter()
                .zip(&self.program.rows)
                .map(|(load, row)| load - row.upper as f64)
                .collect();
            lagrange::add_columns(self.program, &centre.prices, &mut violation);
            let mut norm = 0.0;
            for (row, v) in violation.iter_mut().enumerate() {
                *v /= self.scale.rows[row];
                if *v > 0.0 || centre.prices[row] > 0.0 {
                    norm += *v * *v;
                }
            }
            if norm == 0.0 {
                break;
            }
            let length = factor * 0.1 * centre.value.abs() / norm;
            let prices = centre
                .prices
                .iter()
                .enumerate()
                .map(|(row, price)| {
                    (price + length * violation[row] / self.scale.rows[row]).max(0.0)
                })
                .collect();
            let rated = self.price(prices)?;
            lagrange::follow_cheapest(self, &rated.prices);
            let share = (2.0 / (step as f64 + 3.0)).max(0.1);
            mean.resize(self.pool.len(), 0.0);
            for (mean, &flow) in mean.iter_mut().zip(&self.pool.flow) {
                *mean += share * (flow - *mean);
            }
            for (load, new) in loads.iter_mut().zip(lagrange::loads(self)) {
                *load += share * (new - *load);
            }
            if rated.value > centre.value {
                factor *= 1.3;
                centre = rated;
            } else {
                factor *= 0.7;
            }
        }
        self.best = centre;
        mean.resize(self.pool.len(), 0.0);
        self.pool.flow = mean;
        let prices = &self.best.prices;
        let mut active: Vec<u32> = (0..prices.len() as u32)
            .filter(|&row| prices[row as usize] > 0.0)
            .collect();
        active.extend_from_slice(&self.active);
        active.sort_unstable();
        active.dedup();
        self.active = active;
        Ok(())
    }

    /// Master and pricing in turn.
    fn rounds(&mut self) -> Stop {
        let mut gap: f64 = 0.1;
        let mut prices = self.best.prices.clone();
        let mut stalled = 0;
        loop {
            if let Some(stop) = self.deadline.stop() {
                return stop;
            }
            let tolerance = (0.1 * gap).clamp(0.05 * self.options.gap, 1e-2);
            let (ending, excess) = self.master(&mut prices, tolerance, gap);
            if ending == Ending::Stopped {
                return self.deadline.stop().unwrap_or(Stop::Interrupted);
            }
            let opened = self.open_violated_rows();
            let before = self.pool.len();
            let rated = match self.price(prices.clone()) {
                Ok(rated) => rated,
                Err(stop) => return stop,
            };
            let added = self.pool.len() - before;
            if rated.value > self.best.value {
                self.best = rated;
            }
            let value = self.value.unwrap_or(f64::INFINITY);
            gap = ((value - self.best.value) / value.abs().max(1e-9)).clamp(0.0, 0.1);
            if std::env::var_os("RAILAIR_TRACE").is_some() {
                eprintln!(
                    "round {} value {value:.6e} bound {:.6e} gap {gap:.1e} tol {tolerance:.0e} {ending:?} excess {excess:.1e} opened {opened} added {added} columns {} rows {}",
                    self.statistics.rounds,
                    self.best.value,
                    self.pool.len(),
                    self.active.len()
                );
            }
            if let Some(progress) = self.options.progress {
                progress(&Progress {
                    round: self.statistics.rounds,
                    cost: value,
                    bound: self.best.value,
                });
            }
            if opened == 0 && gap <= 0.5 * self.options.gap {
                if excess <= 0.1 * self.options.gap {
                    return Stop::Finished;
                }
                self.cap *= 10.0;
                gap = 0.01;
            }
            let idle = opened == 0 && added == 0 && ending == Ending::Stalled;
            stalled = if idle { stalled + 1 } else { 0 };
            if stalled > 3 {
                return Stop::Numerical;
            }
        }
    }

    /// Solves the master from `prices`, which become its own. Answers how it ended and how much
    /// its flows exceed the rows.
    fn master(&mut self, prices: &mut [f64], tolerance: f64, gap: f64) -> (Ending, f64) {
        let begun = Instant::now();
        let master = Restricted::new(
            self.program,
            &self.scale,
            &self.pool,
            |_| true,
            &self.active,
            |row| self.cap * (0.2 + self.scale.price(row as usize, prices[row as usize])),
        );
        let unit = self.scale.cost * self.scale.amount;
        let reference = self.best.value.abs() / unit;
        let scaled: Vec<f64> = master
            .rows
            .iter()
            .map(|&row| self.scale.price(row as usize, prices[row as usize]))
            .collect();
        let mut interior = Interior::new(&master);
        let target = Target {
            tolerance,
            reference,
            start: RETREAT * gap * reference / master.columns.len().max(1) as f64,
        };
        let deadline = &self.deadline;
        let flows: Vec<f64> = master
            .columns
            .iter()
            .map(|&column| self.pool.flow[column as usize] / self.scale.amount)
            .collect();
        let ending = interior.solve(&scaled, &flows, target, || deadline.stop().is_some());
        for (place, &row) in master.rows.iter().enumerate() {
            prices[row as usize] = self
                .scale
                .unscaled_price(row as usize, interior.point.prices[place]);
        }
        if std::env::var_os("RAILAIR_TRACE").is_some() {
            eprintln!(
                "   master {} iterations, {} blocks {} columns {:.3} s",
                interior.iterations,
                master.releases.len(),
                master.columns.len(),
                begun.elapsed().as_secs_f64()
            );
        }
        if gap <= self.options.gap * 10.0 {
            let t = Instant::now();
            let vertex =
                super::crossover::vertex(&master, &interior.point, || deadline.stop().is_some());
            let cost: f64 = vertex.x.iter().zip(&master.cost).map(|(x, c)| x * c).sum();
            let cost2: f64 = interior
                .point
                .x
                .iter()
                .zip(&master.cost)
                .map(|(x, c)| x * c)
                .sum();
            let positive = vertex.x.iter().filter(|x| **x > 0.0).count();
            eprintln!(
                "   vertex feasible {} pushes {} pivots {} cost {cost} interior {cost2} splits {} {:.3} s",
                vertex.feasible,
                vertex.pushes,
                vertex.pivots,
                positive - master.releases.len(),
                t.elapsed().as_secs_f64()
            );
        }
        let excess = self.take_flows(&master, &interior);
        self.statistics.binding_rows = master.rows.len();
        self.statistics.columns = self.pool.len();
        self.statistics.master_seconds += begun.elapsed().as_secs_f64();
        (ending, excess)
    }

    fn take_flows(&mut self, master: &Restricted, interior: &Interior) -> f64 {
        self.pool.flow.fill(0.0);
        for &column in &master.fixed {
            let release = self.pool.release[column as usize] as usize;
            self.pool.flow[column as usize] = self.program.releases[release].quantity as f64;
        }
        for (place, &column) in master.columns.iter().enumerate() {
            self.pool.flow[column as usize] = interior.point.x[place] * self.scale.amount;
        }
        self.columns.fill(0.0);
        for (place, &column) in master.general.iter().enumerate() {
            self.columns[column as usize] =
                interior.point.y[place] * self.scale.amount / self.scale.columns[column as usize];
        }
        let excess: f64 = interior
            .point
            .excess
            .iter()
            .zip(&master.cap)
            .map(|(e, cap)| e * cap)
            .sum();
        let unit = self.scale.cost * self.scale.amount;
        self.value = Some(self.cost_of_flows() + excess * unit);
        excess * unit / self.best.value.abs()
    }

    /// Σ c x + Σ f y + constant of the current flows.
    pub fn cost_of_flows(&self) -> f64 {
        let paths: f64 = self
            .pool
            .cost
            .iter()
            .zip(&self.pool.flow)
            .map(|(c, x)| c * x)
            .sum();
        let columns = self.program.columns.iter().zip(&self.columns);
        let columns: f64 = columns.map(|(column, y)| column.cost as f64 * y).sum();
        paths + columns + self.program.constant as f64
    }

    /// Puts rows that the current flows violate into the master; answers how many.
    fn open_violated_rows(&mut self) -> usize {
        let loads = lagrange::loads(self);
        let mut load = loads;
        for (column, y) in self.program.columns.iter().zip(&self.columns) {
            for &(row, b) in &column.entries {
                load[row as usize] += b as f64 * y;
            }
        }
        let mut is_active = vec![false; load.len()];
        for &row in &self.active {
            is_active[row as usize] = true;
        }
        let before = self.active.len();
        for (row, load) in load.iter().enumerate() {
            let upper = self.program.rows[row].upper as f64;
            if !is_active[row] && *load > upper + 1e-10 * (load.abs() + upper.abs()) {
                self.active.push(row as u32);
            }
        }
        self.active.sort_unstable();
        self.active.len() - before
    }
}
