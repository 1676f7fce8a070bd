//! A primal-dual interior-point method for the restricted master.
//!
//! Mehrotra's predictor and corrector (S. Mehrotra, On the implementation of a primal-dual
//! interior point method, SIAM J. Optim. 2, 1992) on
//!
//! ```text
//! x_p z_p = μ,  z_p = c_p + a_pᵀλ − σ_b        paths p of block b, Σ_{p∈b} x_p = q_b
//! t_r λ_r = μ,  e_r (cap_r − λ_r) = μ           slack and excess of row r
//! y_j l_j = μ,  (Y_j − y_j) h_j = μ,  l_j − h_j = f_j + b_jᵀλ
//! ```
//!
//! The σ and x are eliminated, which leaves a system in Δλ alone, only as large as the rows held:
//!
//! ```text
//! S = Σ_b (Σ_p d_p δ_p δ_pᵀ − (Σ_p d_p δ_p)(Σ_p d_p δ_p)ᵀ / Σ_p d_p) + B d_y Bᵀ + t/λ + e/(cap − λ)
//! ```
//!
//! with d = x/z and δ_p = a_p − a_κ the difference to the block's key column κ, the one of largest
//! d. In plain columns a_p the two terms of a block cancel to nothing near the optimum, where d_κ
//! is large and all others small; in differences they do not.
//!
//! A start is made from prices and flows that are near the optimum. For given λ and μ each block
//! has one σ for which the x = μ/z add up to q. That gives z, and x for columns that are new or
//! carry next to nothing; the others keep their flow, so that the rows hold nearly. Slack and
//! excess take up the rest, but for rows that are exceeded by far. So such a start is feasible on
//! both sides, or nearly.

use rayon::prelude::*;

use super::blocks::{BlockWork, Weights, add_block, block_prices, block_pull};
use super::master::Restricted;
use super::point::{Direction, Point, Products};
use super::restart::{Restart, Waypoint};
use super::schur::TileMatrix;

/// How a solve ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The tolerance is met.
    Converged,
    /// No further progress.
    Stalled,
    /// The caller asked to stop.
    Stopped,
}

/// What is asked of a solve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Complementarity and infeasibility, in cost, as a share of `reference`.
    pub tolerance: f64,
    /// What the tolerance is relative to, in scaled cost.
    pub reference: f64,
    /// The μ to start from.
    pub start: f64,
    /// Iterations after which [`LOOSE`] times the tolerance will do for complementarity.
    pub patience: usize,
}

/// What a solve that goes slowly may end short by: in the same time, two rounds that gain little
/// each bring more than one that gains much.
const LOOSE: f64 = 5.0;

/// The method on one master.
pub(super) struct Interior<'a> {
    pub(super) master: &'a Restricted,
    matrices: Vec<TileMatrix>,
    /// Buffers of each chunk.
    works: Vec<BlockWork>,
    weights: Weights,
    /// Ranges of blocks that are worked on side by side. They do not depend on the number of
    /// threads, so that sums are formed in the same order everywhere.
    chunks: Vec<std::ops::Range<usize>>,
    /// How many complementary pairs there are.
    pub(super) pairs: f64,
    pub point: Point,
    /// Points passed on the way, if they are wanted.
    pub waypoints: Option<Vec<Waypoint>>,
    pub iterations: usize,
    /// The largest share of μ that a step aims at.
    aim: f64,
}

/// Centrality corrections tried per factorization.
const CORRECTORS: usize = 4;

/// The share of μ that the first step aims at, at most.
const FIRST_AIM: f64 = 0.5;

/// Columns from which on two chunks are worked on side by side.
const SPLIT: usize = 4000;

impl<'a> Interior<'a> {
    pub fn new(master: &'a Restricted) -> Self {
        let blocks = master.releases.len();
        let cliques =
            (0..blocks)
                .map(|block| master.rows_of(block))
                .chain((0..master.general.len()).map(|column| {
                    let starts = &master.entries.starts[column..];
                    &master.entries.rows[starts[0] as usize..starts[1] as usize]
                }));
        let matrix = TileMatrix::new(master.rows.len(), cliques);
        let chunks = if master.columns.len() < SPLIT {
            std::iter::once(0..blocks).collect::<Vec<_>>()
        } else {
            let half = master.columns.len() as u32 / 2;
            let middle = master.blocks.partition_point(|&start| start < half);
            vec![0..middle, middle..blocks]
        };
        let bounded = master.general_upper.iter().filter(|u| u.is_finite());
        let pairs =
            master.columns.len() + 2 * master.rows.len() + master.general.len() + bounded.count();
        Self {
            master,
            matrices: vec![matrix; chunks.len()],
            works: vec![BlockWork::new(master.rows.len()); chunks.len()],
            weights: Weights::default(),
            chunks,
            pairs: pairs as f64,
            point: Point::default(),
            waypoints: None,
            iterations: 0,
            aim: FIRST_AIM,
        }
    }

    /// Minimises from `prices` and `flows`.
    pub fn solve(
        &mut self,
        prices: &[f64],
        known: (&[f64], &[f64]),
        target: Target,
        stop: impl Fn() -> bool,
    ) -> Ending {
        self.point = self.balanced_start(prices, known, target.start);
        self.go_on(target, stop)
    }

    /// Minimises from where another master came by; `prices` and `flows` are for what is new.
    pub fn resume(
        &mut self,
        restart: &Restart,
        prices: &[f64],
        known: (&[f64], &[f64]),
        target: Target,
        stop: impl Fn() -> bool,
    ) -> Ending {
        self.point = self.restarted(restart, prices, known);
        self.go_on(target, stop)
    }

    /// Minimises from the point where it is.
    pub fn go_on(&mut self, target: Target, stop: impl Fn() -> bool) -> Ending {
        self.aim = FIRST_AIM;
        let mut short_steps = 0;
        let before = self.iterations;
        for _ in 0..150 {
            let residual = self.residual(&self.point);
            let gap = self.point.gap(self.master);
            let infeasible: f64 = residual
                .iter()
                .zip(&self.point.prices)
                .map(|(r, price)| r.abs() * price)
                .sum();
            let loose = match self.iterations - before > target.patience {
                true => LOOSE,
                false => 1.0,
            };
            let allowed = target.tolerance * target.reference.max(1e-12);
            let worst = residual
                .iter()
                .zip(&self.master.upper)
                .map(|(r, u)| r.abs() / (1.0 + u.abs()))
                .fold(0.0, f64::max);
            if !gap.is_finite() || !infeasible.is_finite() {
                return Ending::Stalled;
            }
            if gap <= loose * allowed
                && infeasible <= allowed
                && worst <= target.tolerance.max(1e-11)
            {
                return Ending::Converged;
            }
            if stop() {
                return Ending::Stopped;
            }
            if infeasible <= gap
                && let Some(waypoints) = &mut self.waypoints
            {
                Waypoint::note(waypoints, self.master, &self.point, (gap, gap / self.pairs));
            }
            self.iterations += 1;
            let Some(step) = self.step(&residual, gap / self.pairs, &stop) else {
                return Ending::Stopped;
            };
            short_steps = if step < 1e-2 { short_steps + 1 } else { 0 };
            if short_steps > 6 {
                return Ending::Stalled;
            }
        }
        Ending::Stalled
    }

    /// One predictor and corrector, and further correctors (J. Gondzio, Multiple centrality
    /// corrections in a primal-dual method for linear programming, Comput. Optim. Appl. 6, 1996)
    /// as long as they lengthen the step. The predictor's bends count only as far as it gets,
    /// since where it is short they are all there is (M. Colombo and J. Gondzio, Further
    /// development of multiple centrality correctors for interior point methods, Comput. Optim.
    /// Appl. 41, 2008). Answers the shorter of the two step lengths; `None` where it was told to
    /// `stop` before there was one.
    fn step(&mut self, residual: &[f64], mu: f64, stop: &impl Fn() -> bool) -> Option<f64> {
        if !self.assemble(stop) {
            return None;
        }
        let affine = self.direction(residual, 0.0, &Products::default());
        let (primal, dual) = self.point.lengths(self.master, &affine);
        let reached = self.point.moved(&affine, primal, dual);
        let ratio = (reached.gap(self.master) / (self.pairs * mu)).clamp(0.0, 1.0);
        let target = ratio.powi(3).clamp(1e-6, self.aim) * mu;
        let mut bends = affine.bends(self.master);
        for bend in bends.parts().into_iter().flatten() {
            *bend *= primal * dual;
        }
        let mut direction = self.direction(residual, target, &bends);
        let (mut primal, mut dual) = self.point.lengths(self.master, &direction);
        for _ in 0..CORRECTORS {
            if primal.min(dual) > 0.9 {
                break;
            }
            let hoped = |length: f64| (length + 0.3).min(1.0);
            let trial = self.point.moved(&direction, hoped(primal), hoped(dual));
            self.correct(&mut bends, &trial, target);
            let corrected = self.direction(residual, target, &bends);
            let (longer_primal, longer_dual) = self.point.lengths(self.master, &corrected);
            if longer_primal + longer_dual < primal + dual + 0.02 {
                break;
            }
            (direction, primal, dual) = (corrected, longer_primal, longer_dual);
        }
        let damped = |length: f64| if length >= 1.0 { 1.0 } else { 0.995 * length };
        // a full step of both to the boundary would leave nothing to centre
        let shrink = |length: f64| damped(length).min(0.9995);
        let (primal, dual) = (shrink(primal), shrink(dual));
        self.point = self.point.moved(&direction, primal, dual);
        self.take_aim(primal.min(dual));
        Some(primal.min(dual))
    }

    /// Aims further after long steps and less far after short ones.
    fn take_aim(&mut self, length: f64) {
        if length > 0.8 {
            self.aim = (0.3 * self.aim).max(0.02);
        } else if length < 0.4 {
            self.aim = (2.0 * self.aim).min(0.9);
        }
    }

    /// Changes `bends` so that products which the trial point would leave outside a tenth and ten
    /// times the target are drawn to that range.
    fn correct(&self, bends: &mut Products, trial: &Point, target: f64) {
        let mut products = trial.products(self.master);
        for (bends, products) in bends.parts().into_iter().zip(products.parts()) {
            for (bend, product) in bends.iter_mut().zip(products) {
                let wanted = product.clamp(0.1 * target, 10.0 * target);
                *bend -= (wanted - *product).max(-10.0 * target);
            }
        }
    }

    pub(super) fn general_reduced(&self, column: usize, prices: &[f64]) -> f64 {
        let entries = self.master.entries.column(column);
        self.master.general_cost[column] + entries.map(|(row, b)| b * prices[row]).sum::<f64>()
    }

    /// u − Ax − By − t + e.
    pub(super) fn residual(&self, point: &Point) -> Vec<f64> {
        let master = self.master;
        let parts: Vec<Vec<f64>> = self
            .chunks
            .par_iter()
            .map(|chunk| {
                let mut taken = vec![0.0; master.rows.len()];
                let columns = master.blocks[chunk.start]..master.blocks[chunk.end];
                for p in columns.map(|p| p as usize) {
                    for (row, a) in master.paths.column(p) {
                        taken[row] += a * point.x[p];
                    }
                }
                taken
            })
            .collect();
        let mut residual: Vec<f64> = (0..master.rows.len())
            .map(|row| {
                let taken: f64 = parts.iter().map(|part| part[row]).sum();
                master.upper[row] - taken - point.slack[row] + point.excess[row]
            })
            .collect();
        for (j, y) in point.y.iter().enumerate() {
            for (row, b) in master.entries.column(j) {
                residual[row] -= b * y;
            }
        }
        residual
    }

    /// Builds and factors S, unless it is told to `stop` before that is done.
    fn assemble(&mut self, stop: &impl Fn() -> bool) -> bool {
        let curvatures: Vec<f64> = (0..self.master.general.len())
            .map(|j| self.curvature(j))
            .collect();
        self.weights = Weights::new(self.master, &self.point);
        let (master, point, weights) = (self.master, &self.point, &self.weights);
        self.matrices
            .par_iter_mut()
            .zip(&mut self.works)
            .zip(&self.chunks)
            .for_each(|((matrix, work), chunk)| {
                matrix.clear();
                for block in chunk.clone() {
                    add_block(matrix, master, weights, block, work);
                }
            });
        let (matrix, others) = self.matrices.split_at_mut(1);
        let matrix = &mut matrix[0];
        for other in others {
            matrix.add_all(other);
        }
        for row in 0..master.rows.len() {
            let price = point.prices[row];
            let slack = point.slack[row] / price;
            let excess = point.excess[row] / (master.cap[row] - price);
            matrix.add(row, row, slack + excess);
        }
        for (j, curvature) in curvatures.iter().enumerate().take(master.general.len()) {
            let weight = 1.0 / curvature;
            for (row, b) in master.entries.column(j) {
                for (other, c) in master.entries.column(j) {
                    if other <= row {
                        matrix.add(row, other, weight * b * c);
                    }
                }
            }
        }
        matrix.factor(stop)
    }

    /// l/y + h/(Y − y).
    fn curvature(&self, column: usize) -> f64 {
        let point = &self.point;
        let low = point.low[column] / point.y[column];
        if point.high[column] > 0.0 {
            low + point.high[column] / (self.master.general_upper[column] - point.y[column])
        } else {
            low
        }
    }

    /// The Newton direction that brings the product of each pair to `target` less its bend.
    fn direction(&self, residual: &[f64], target: f64, bends: &Products) -> Direction {
        let (master, point, weights) = (self.master, &self.point, &self.weights);
        let rows = master.rows.len();
        let aim = |bends: &[f64], index: usize| target - bends.get(index).copied().unwrap_or(0.0);
        let mut toward: Vec<f64> = residual.iter().map(|r| -r).collect();
        let mut slack = vec![0.0; rows];
        let mut excess = vec![0.0; rows];
        for row in 0..rows {
            let (price, left) = (point.prices[row], master.cap[row] - point.prices[row]);
            slack[row] = aim(&bends.slack, row) / price - point.slack[row];
            excess[row] = aim(&bends.excess, row) / left - point.excess[row];
            toward[row] += slack[row] - excess[row];
        }
        let mut y = vec![0.0; master.general.len()];
        for (j, y) in y.iter_mut().enumerate() {
            let reduced = self.general_reduced(j, &point.prices);
            let mut pull = aim(&bends.low, j) / point.y[j] - reduced;
            if point.high[j] > 0.0 {
                pull -= aim(&bends.high, j) / (master.general_upper[j] - point.y[j]);
            }
            *y = pull / self.curvature(j);
            for (row, b) in master.entries.column(j) {
                toward[row] += b * *y;
            }
        }
        let mut x = vec![0.0; master.columns.len()];
        let parts = self.on_chunks(&mut x, |chunk, offset, x| {
            let mut part = vec![0.0; rows];
            for block in chunk {
                block_pull(
                    (master, point, weights),
                    block,
                    |p| aim(&bends.x, p),
                    (offset, x),
                    &mut part,
                );
            }
            part
        });
        for part in parts {
            for (toward, part) in toward.iter_mut().zip(part) {
                *toward += part;
            }
        }
        self.matrices[0].solve(&mut toward);
        let prices = toward;
        let mut z = vec![0.0; master.columns.len()];
        self.on_chunks(&mut z, |chunk, offset, z| {
            for block in chunk {
                block_prices((master, point, weights), block, &x, &prices, (offset, z));
            }
        });
        for row in 0..rows {
            slack[row] -= point.slack[row] / point.prices[row] * prices[row];
            excess[row] += point.excess[row] / (master.cap[row] - point.prices[row]) * prices[row];
        }
        for p in 0..x.len() {
            x[p] -= weights.of(p) * z[p];
        }
        let mut low = vec![0.0; y.len()];
        let mut high = vec![0.0; y.len()];
        for j in 0..y.len() {
            let entries = master.entries.column(j);
            let along: f64 = entries.map(|(row, b)| b * prices[row]).sum();
            y[j] -= along / self.curvature(j);
            low[j] = (aim(&bends.low, j) - point.low[j] * y[j]) / point.y[j] - point.low[j];
            if point.high[j] > 0.0 {
                let room = master.general_upper[j] - point.y[j];
                high[j] = (aim(&bends.high, j) + point.high[j] * y[j]) / room - point.high[j];
            }
        }
        Direction {
            x,
            z,
            prices,
            slack,
            excess,
            y,
            low,
            high,
        }
    }

    /// Runs `work` on each chunk of blocks with its part of a vector over columns.
    fn on_chunks<T: Send>(
        &self,
        mut vector: &mut [f64],
        work: impl Fn(std::ops::Range<usize>, usize, &mut [f64]) -> T + Sync,
    ) -> Vec<T> {
        let mut parts = Vec::new();
        for chunk in &self.chunks {
            let columns =
                (self.master.blocks[chunk.end] - self.master.blocks[chunk.start]) as usize;
            let (part, rest) = vector.split_at_mut(columns);
            let offset = self.master.blocks[chunk.start] as usize;
            parts.push((chunk.clone(), offset, part));
            vector = rest;
        }
        parts
            .into_par_iter()
            .map(|(chunk, offset, part)| work(chunk, offset, part))
            .collect()
    }
}
