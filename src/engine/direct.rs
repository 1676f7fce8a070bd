//! The direct engine: the whole linear program through `good_lp`, by textbook column generation.
//!
//! Writing all paths down is out of the question: a parcel that may wait at each of ten places has
//! millions of itineraries. Generating them when prices ask for them solves the same linear
//! program exactly (Ford and Fulkerson 1958), and stays simple enough to be the reference for the
//! default engine, with which it shares no master and no pricing: each round states the master
//! anew, asks the solver for prices, and finds each release's shortest path in exact integers.
//! A release whose shortest path is strictly shorter than all its known ones gains it; when none
//! does, no path improves. Every round's prices prove a bound, and the best one is kept.
//!
//! Where hard rows or releases that must be carried may leave no plan at all, a first phase with
//! all costs zero pays a million per unit of what is missing; see [`relaxed`]. A bound above zero
//! on its cost proves that there is no plan.
//!
//! When it is time to stop, the solver is given [`GRACE`] to turn the paths so far into a plan.
//! Where that is not enough, the answer is the plan of cheapest-first, with the best bound so far.

use std::time::Instant;

use crate::program::bound::{self, Bound, Prices, reduced_costs};
use crate::program::shortest::{InArcs, Tree};
use crate::program::{Column, Program};

use super::check::assess;
use super::lp::LpError;
use super::master::{Dual, Master, Primal};
use super::{Deadline, EngineError, Options, Progress, Solution, Statistics, Stop, baselines};

/// What the first phase pays per unit that is missing.
const MISSING: i64 = 1_000_000;
/// The least time that is spent on turning the last prices into flows, in seconds, when it is time
/// to stop.
const GRACE: f64 = 2.0;

/// Solves `program`; see the module's description.
pub(super) fn solve(program: &Program, options: &Options) -> Result<Solution, EngineError> {
    let deadline = Deadline::start(options);
    let network = InArcs::of(program);
    let mut seeds = Vec::new();
    if may_have_no_plan(program) {
        let relaxed = relaxed(program);
        let mut phase = Generation::new(&relaxed, &network, options, &deadline);
        let stop = phase.run(Goal::Plan)?;
        if phase.bound.is_none_or(|bound| bound > 0) {
            return Ok(phase.nothing(program, Stop::Infeasible));
        }
        if let Ended::Stopped(stop) = stop {
            return fallback(program, stop, None, phase.statistics);
        }
        seeds = phase.master.paths;
    }
    let mut phase = Generation::new(program, &network, options, &deadline);
    for path in seeds {
        phase.master.add(path.release as usize, path.arcs);
    }
    // A planner's plan is a good set of paths to start from.
    for flow in baselines::cheapest_first(program)?.flows {
        phase.master.add(flow.release as usize, flow.arcs);
    }
    let ended = match phase.run(Goal::Optimum) {
        // The first phase proved no violation of one part in a million, yet the solver finds no
        // plan: nothing can be said.
        Err(EngineError::Solver(LpError::Unbounded)) => {
            return fallback(program, Stop::Numerical, phase.bound, phase.statistics);
        }
        ended => ended?,
    };
    phase.finish(ended)
}

/// Without negative right-hand sides and with a price on staying, doing nothing is a plan.
fn may_have_no_plan(program: &Program) -> bool {
    let must =
        |release: &crate::program::Release| release.unserved_cost.is_none() && release.quantity > 0;
    program.rows.iter().any(|row| row.upper < 0) || program.releases.iter().any(must)
}

/// The program of the first phase: all costs zero, and whatever may be missing can be had at a
/// million per unit, so that doing nothing is a plan. What may be missing is the unserved part of
/// releases that must be carried, and room in rows with a negative right-hand side, in units of
/// the largest amount that a path arc adds to the row.
fn relaxed(program: &Program) -> Program {
    let mut relaxed = program.clone();
    relaxed.constant = 0;
    for cost in &mut relaxed.costs {
        if *cost != crate::program::FORBIDDEN {
            *cost = 0;
        }
    }
    for (_, cost) in relaxed.sinks.iter_mut().flat_map(|sink| &mut sink.ends) {
        *cost = 0;
    }
    for release in &mut relaxed.releases {
        release.unserved_cost = Some(release.unserved_cost.map_or(MISSING, |_| 0));
    }
    for column in &mut relaxed.columns {
        column.cost = 0;
    }
    let mut unit = vec![1; program.rows.len()];
    for usage in &program.uses {
        let start = usage.amount as usize * program.classes;
        for amount in &program.amounts[start..start + program.classes] {
            let largest = &mut unit[usage.row as usize];
            *largest = amount.saturating_abs().max(*largest);
        }
    }
    for (index, row) in program.rows.iter().enumerate() {
        if row.upper < 0 {
            relaxed.columns.push(Column {
                cost: MISSING,
                upper: None,
                whole: false,
                entries: vec![(index as u32, -unit[index])],
            });
        }
    }
    relaxed
}

/// When a phase is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// A plan without anything missing is found, or proven impossible.
    Plan,
    /// The requested gap is reached.
    Optimum,
}

/// How a phase ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// The goal is reached.
    Done,
    /// No path improves.
    NoPath,
    /// Time limit or interrupt.
    Stopped(Stop),
}

struct Generation<'a> {
    program: &'a Program,
    network: &'a InArcs,
    options: &'a Options,
    deadline: &'a Deadline,
    master: Master<'a>,
    /// Releases with something to carry, by class and sink.
    groups: Vec<Vec<usize>>,
    /// The best bound so far and its prices.
    bound: Option<i128>,
    prices: Vec<f64>,
    statistics: Statistics,
}

impl<'a> Generation<'a> {
    fn new(
        program: &'a Program,
        network: &'a InArcs,
        options: &'a Options,
        deadline: &'a Deadline,
    ) -> Self {
        let key = |k: usize| (program.releases[k].class, program.releases[k].sink);
        let mut order: Vec<usize> = (0..program.releases.len())
            .filter(|&k| program.releases[k].quantity > 0)
            .collect();
        order.sort_by_key(|&k| key(k));
        let groups = order
            .chunk_by(|&a, &b| key(a) == key(b))
            .map(<[usize]>::to_vec)
            .collect();
        Self {
            program,
            network,
            options,
            deadline,
            master: Master::new(program),
            groups,
            bound: None,
            prices: vec![0.0; program.rows.len()],
            statistics: Statistics::default(),
        }
    }

    /// Rounds of pricing and master until the goal is reached, no path improves, or time is up.
    fn run(&mut self, goal: Goal) -> Result<Ended, EngineError> {
        self.price(&vec![0.0; self.program.rows.len()])?;
        loop {
            if let Some(stop) = self.deadline.stop() {
                return Ok(Ended::Stopped(stop));
            }
            let started = Instant::now();
            let dual = match self.master.dual(self.options.solver, self.deadline) {
                Err(LpError::Stopped) => {
                    let stop = self.deadline.stop().unwrap_or(Stop::TimeLimit);
                    return Ok(Ended::Stopped(stop));
                }
                dual => dual?,
            };
            self.statistics.master_seconds += started.elapsed().as_secs_f64();
            self.statistics.binding_rows = dual.rows;
            let improved = self.price(&dual.prices)?;
            self.report(&dual);
            let reached = match goal {
                Goal::Plan => self.bound.is_none_or(|bound| bound > 0) || dual.objective < 1e-3,
                Goal::Optimum => self.is_close(dual.objective, self.options.gap / 2.0),
            };
            if reached {
                return Ok(Ended::Done);
            }
            if !improved {
                return Ok(Ended::NoPath);
            }
        }
    }

    /// Whether the gap at this cost is small enough, or less than the one cost unit to which
    /// bounds are rounded down.
    fn is_close(&self, cost: f64, gap: f64) -> bool {
        self.bound.is_some_and(|bound| {
            let distance = cost - bound as f64;
            distance <= gap * cost.abs() || distance <= 1.0 + 1e-12 * cost.abs()
        })
    }

    /// Adds each release's shortest path under `prices` where it is shorter than all known ways,
    /// and keeps the bound if it is the best. Whether any path was added.
    fn price(&mut self, prices: &[f64]) -> Result<bool, EngineError> {
        let started = Instant::now();
        let (exact, bound) = bound::proven(self.program, &Prices::round(prices))?;
        let bound = match bound {
            Bound::AtLeast(value) => value,
            Bound::NoPlan { .. } => i128::MAX,
        };
        if self.bound.is_none_or(|best| bound > best) {
            self.bound = Some(bound);
            self.prices = exact.to_f64();
        }
        let mut added = false;
        let mut tree = Tree::default();
        let mut class = None;
        let mut weights = Vec::new();
        for group in &self.groups {
            let first = &self.program.releases[group[0]];
            if class != Some(first.class) {
                class = Some(first.class);
                weights = reduced_costs(self.program, self.network, first.class as usize, &exact)?;
            }
            let ends = &self.program.sinks[first.sink as usize].ends;
            tree.grow(
                self.network,
                &weights,
                ends.iter()
                    .map(|&(node, cost)| (node, i128::from(cost) * Prices::DENOMINATOR)),
                group.iter().map(|&k| self.program.releases[k].origin),
            );
            for &k in group {
                let release = &self.program.releases[k];
                if tree
                    .distance(release.origin)
                    .is_some_and(|length| length < known_best(&self.master, release, k, &exact))
                {
                    added |= self.master.add(k, tree.path(self.network, release.origin));
                }
            }
        }
        self.statistics.rounds += 1;
        self.statistics.columns = self.master.paths.len();
        self.statistics.pricing_seconds += started.elapsed().as_secs_f64();
        Ok(added)
    }

    fn report(&self, dual: &Dual) {
        if let Some(progress) = self.options.progress {
            progress(&Progress {
                round: self.statistics.rounds,
                cost: dual.objective,
                bound: self.bound.map_or(f64::NEG_INFINITY, |bound| bound as f64),
            });
        }
    }

    /// The last master's flows, checked.
    fn finish(mut self, ended: Ended) -> Result<Solution, EngineError> {
        let started = Instant::now();
        let deadline = self.deadline.with_grace(GRACE);
        let primal = match self.master.primal(self.options.solver, &deadline) {
            Ok(primal) => primal,
            Err(LpError::Stopped | LpError::Infeasible) => {
                let stop = self.deadline.stop().unwrap_or(Stop::Numerical);
                return fallback(self.program, stop, self.bound, self.statistics);
            }
            Err(error) => return Err(error.into()),
        };
        self.statistics.master_seconds += started.elapsed().as_secs_f64();
        let mut solution = self.solution(self.program, primal, Stop::Finished);
        solution.stop = match ended {
            Ended::Stopped(stop) => stop,
            _ if solution.feasible && self.is_close(solution.cost, self.options.gap) => {
                Stop::Finished
            }
            _ => Stop::Numerical,
        };
        Ok(solution)
    }

    fn solution(&self, program: &Program, primal: Primal, stop: Stop) -> Solution {
        let checked = assess(program, &primal.flows, &primal.unserved, &primal.columns);
        Solution {
            stop,
            feasible: checked.feasible,
            flows: primal.flows,
            unserved: primal.unserved,
            columns: primal.columns,
            prices: self.prices.clone(),
            cost: checked.cost,
            bound: self.bound,
            statistics: self.statistics,
        }
    }

    /// The answer where no plan exists: nothing is carried.
    fn nothing(&self, program: &Program, stop: Stop) -> Solution {
        let primal = Primal {
            flows: Vec::new(),
            unserved: program.releases.iter().map(|r| r.quantity as f64).collect(),
            columns: vec![0.0; program.columns.len()],
        };
        Solution {
            bound: None,
            feasible: false,
            prices: vec![0.0; program.rows.len()],
            ..self.solution(program, primal, stop)
        }
    }
}

/// The length of the best way that the master knows for a release, under exact prices.
fn known_best(
    master: &Master,
    release: &crate::program::Release,
    k: usize,
    prices: &Prices,
) -> i128 {
    let lambda = prices.numerators();
    let length = |&p: &usize| {
        let path = &master.paths[p];
        let rows = path.takes.iter();
        path.cost * Prices::DENOMINATOR
            + rows
                .map(|&(row, amount)| lambda[row as usize] * i128::from(amount))
                .sum::<i128>()
    };
    let stay = release
        .unserved_cost
        .map_or(i128::MAX, |cost| i128::from(cost) * Prices::DENOMINATOR);
    let paths = master.of_release[k].iter().map(length).min();
    paths.map_or(stay, |best| best.min(stay))
}

/// A planner's plan where the engine has none of its own.
fn fallback(
    program: &Program,
    stop: Stop,
    bound: Option<i128>,
    statistics: Statistics,
) -> Result<Solution, EngineError> {
    let mut solution = baselines::cheapest_first(program)?;
    solution.stop = stop;
    solution.bound = bound;
    solution.statistics = statistics;
    Ok(solution)
}
