//! The rounds of column generation: master and pricing in turn, until the gap is closed.

use std::time::Instant;

use super::interior::{Ending, Interior, Target};
use super::lagrange::Rated;
use super::master::Restricted;
use super::restart::{Restart, Waypoint};
use super::search::Search;
use super::{infeasible, polish};
use crate::engine::Stop;

/// A column is dear if it costs this many times the gap more than the cheapest of its release, or
/// if so many others cost less: near ties shorten the steps of the interior point, and what is
/// missed comes back.
const DEAR: f64 = 20.0;
const KEPT: usize = 7;

/// A column that carries this share of its release is not dropped.
const IN_USE: f64 = 0.01;

/// A master starts from prices and flows that are worth this many times the gap that is left.
const RETREAT: f64 = 4.0;

/// A master that takes more iterations goes slowly: it need not come as far as others, and those
/// after it note where the next one can start.
const PATIENCE: usize = 12;

/// Rows that are presumed to be implied are looked at where the gap is no more than this, or this
/// many times what is wanted: before, flows come and go, and a row that is insisted on stays.
const LATE: f64 = 1e-5;
const NEARLY_WANTED: f64 = 10.0;

/// The gap, in multiples of what is wanted, that is left to the simplex. A master of so many columns
/// takes as long as thousands of its steps, and is better left earlier.
const CLOSE: f64 = 0.5;
const CLOSE_IF_LARGE: f64 = 3.0;
const LARGE: usize = 300_000;

/// How many times prices are halved towards the best ones if they are not better.
const HALVINGS: usize = 3;

impl Search<'_> {
    /// Master and pricing in turn.
    pub fn rounds(&mut self) -> Stop {
        let mut gap = if self.value.is_finite() {
            self.gap().abs().clamp(1e-5, 0.1)
        } else {
            0.1
        };
        let mut prices = self.best.prices.clone();
        self.drop_dear_columns(&prices, gap);
        let (mut idle_rounds, mut soft_rounds, mut asked) = (0, 0, false);
        let (mut is_slow, mut restart) = (false, None);
        let mut masters = 0;
        loop {
            if let Some(stop) = self.deadline.stop() {
                return stop;
            }
            let wanted = self.options.gap.max(1e-8);
            let tolerance = (0.1 * gap).clamp((0.05 * wanted).min(1e-2), 1e-2);
            let begun = Instant::now();
            let master = self.reduced_master(&prices);
            let mut interior = Interior::new(&master);
            interior.waypoints = is_slow.then(Vec::new);
            let patience = match idle_rounds {
                0 => PATIENCE,
                _ => usize::MAX,
            };
            let target = self.target(&master, tolerance, gap, patience);
            let ending = self.descend(&master, &mut interior, &mut prices, target, &mut restart);
            is_slow |= interior.iterations > PATIENCE;
            self.statistics.master_seconds += begun.elapsed().as_secs_f64();
            if ending == Ending::Stopped {
                // the flows of the master before, if there are any, are nearer to a plan
                if self.pool.flow.iter().all(|&flow| flow == 0.0) {
                    self.take_interior(&master, &interior);
                }
                return self.deadline.stop().unwrap_or(Stop::Interrupted);
            }
            let excess = self.take_interior(&master, &interior);
            let before = self.statistics.columns;
            let opened = self.open_violated_rows();
            let failed = match gap <= LATE.max(NEARLY_WANTED * wanted) {
                true => self.insist_on_failed_rows(),
                false => Ok(0),
            };
            let priced = failed.and_then(|failed| {
                self.price_towards_best(&prices, gap)?;
                Ok(failed)
            });
            let mut failed = match priced {
                Ok(failed) => failed,
                Err(stop) => return stop,
            };
            let added = self.statistics.columns - before;
            let below = self.value < self.best.value * (1.0 - wanted);
            gap = self.gap().abs().clamp(1e-3 * wanted, 0.1);
            self.report();
            // near the end, in a flat dual face, what is dropped would come back round after round
            if gap > 1e-4 {
                self.drop_dear_columns(&prices, gap);
            }
            let passed = interior.waypoints.take();
            let close = match master.columns.len() < LARGE {
                true => CLOSE,
                false => CLOSE_IF_LARGE,
            };
            let mut closed = gap <= CLOSE * wanted && failed == 0;
            if gap <= close * wanted && failed == 0 && excess <= 1e-3 {
                let before = self.reduced.insisted.len();
                if is_slow {
                    self.tighten(&master, &mut interior, wanted);
                }
                if let Some(stop) = polish::run(self, &master, &interior.point) {
                    return stop;
                }
                failed = self.reduced.insisted.len() - before;
                closed &= failed == 0;
                gap = self.gap().abs().clamp(1e-3 * wanted, 0.1);
            }
            restart = self.retreat(&master, passed, restart, gap);
            let idle = opened + failed + added == 0;
            idle_rounds = if idle { idle_rounds + 1 } else { 0 };
            if !gap.is_finite() || ending == Ending::Stalled {
                // start afresh, from prices alone
                (gap, restart) = (0.1, None);
                self.value = f64::INFINITY;
                self.pool.flow.fill(0.0);
                prices.clone_from(&self.best.prices);
            }
            if (closed && opened == 0) || below || (idle && excess > 0.5 * gap) {
                // rows are exceeded for good, or a vertex does not keep them
                self.cap *= 10.0;
                restart = None;
                soft_rounds += 1;
            }
            let hopeless = soft_rounds >= 4 || idle_rounds > 12;
            if hopeless && !asked && self.deadline.stop().is_none() {
                asked = true;
                if infeasible::is_proven(self) {
                    return Stop::Infeasible;
                }
            }
            masters += 1;
            let is_spent = masters >= self.most_rounds;
            if idle_rounds > 12 || soft_rounds > 12 || is_spent {
                return Stop::Numerical;
            }
        }
    }

    /// Brings a master that ended short so near to its optimum that little is left to the simplex,
    /// each of whose steps takes time in proportion to the rows.
    fn tighten(&mut self, master: &Restricted, interior: &mut Interior, wanted: f64) {
        let begun = Instant::now();
        let before = interior.point.clone();
        let target = self.target(master, (1e-3 * wanted).max(1e-10), wanted, usize::MAX);
        let is_over = || self.deadline.stop().is_some();
        if interior.go_on(target, is_over) == Ending::Stalled {
            interior.point = before;
        }
        self.statistics.master_seconds += begun.elapsed().as_secs_f64();
    }

    /// What is asked of a master for a gap that is left.
    fn target(&self, master: &Restricted, tolerance: f64, gap: f64, patience: usize) -> Target {
        let reference = self.reference();
        Target {
            tolerance,
            reference,
            start: RETREAT * gap * reference / master.columns.len().max(1) as f64,
            patience,
        }
    }

    /// The bound in scaled cost.
    fn reference(&self) -> f64 {
        self.best.value.abs() / (self.scale.cost * self.scale.amount)
    }

    /// Where the next master starts: the last of the points passed that is far enough from the
    /// optimum, or else where this master started itself, or the first where it did so from prices.
    fn retreat(
        &self,
        master: &Restricted,
        passed: Option<Vec<Waypoint>>,
        before: Option<Restart>,
        gap: f64,
    ) -> Option<Restart> {
        let passed = passed?;
        let wanted = RETREAT * gap * self.reference();
        let far = passed.iter().rev().find(|point| point.gap >= wanted);
        let point = match before {
            Some(before) if far.is_none() => return Some(before),
            _ => far.or(passed.first())?,
        };
        Some(Restart::new(self, master, point))
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
            patience: usize::MAX,
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

    /// Takes columns out of use that carry little and are [dear](DEAR).
    fn drop_dear_columns(&mut self, prices: &[f64], gap: f64) {
        let mut weights = Vec::new();
        for release in 0..self.program.releases.len() {
            weights.clear();
            let columns = self.pool.of(release);
            weights.extend(columns.map(|column| (column, self.pool.weight(column, prices))));
            weights.sort_by(|a, b| a.1.total_cmp(&b.1));
            let least = weights.first().map_or(f64::INFINITY, |cheapest| cheapest.1);
            let quantity = self.program.releases[release].quantity as f64;
            for (rank, &(column, weight)) in weights.iter().enumerate() {
                let margin = DEAR * gap * (least.abs() + self.scale.cost);
                let dear = rank >= KEPT || weight > least + margin;
                if dear && self.pool.flow[column] <= IN_USE * quantity {
                    self.pool.drop_column(column);
                }
            }
        }
    }

    /// Solves the master by the interior point, from where an earlier one came by or else from
    /// `prices`, which become its own. Where that stalls, it starts again further inside and
    /// without flows.
    fn descend(
        &self,
        master: &Restricted,
        interior: &mut Interior,
        prices: &mut [f64],
        target: Target,
        restart: &mut Option<Restart>,
    ) -> Ending {
        let scaled: Vec<f64> = master
            .rows
            .iter()
            .map(|&row| self.scaled_price(row, prices))
            .collect();
        let is_over = || self.deadline.stop().is_some();
        let known = (&self.flows(master)[..], &self.bought(master)[..]);
        let mut ending = match restart {
            Some(restart) => interior.resume(restart, &scaled, known, target, is_over),
            None => interior.solve(&scaled, known, target, is_over),
        };
        if ending == Ending::Stalled {
            let start = 0.2 * target.reference / master.columns.len().max(1) as f64;
            let none = (
                &vec![0.0; master.columns.len()][..],
                &vec![0.0; master.general.len()][..],
            );
            interior.waypoints.iter_mut().for_each(Vec::clear);
            *restart = None;
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
}
