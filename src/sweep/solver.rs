//! Solves the runs of a block, each from the block's anchor.
//!
//! The anchor is a run of the block itself where the runs are ordered (a grid): its middle, from
//! which the others are a few steps away. Where they are not (scenarios, services left out, draws)
//! it is the instance as it is. The anchor is solved afresh; its paths, prices and basis
//! ([`Session`]) are where the others start, each from the same state. That holds only for programs
//! of the same shape: where a run has other departures, or another graph, it is solved afresh, and
//! so is one that has whole units to buy, or does not finish from the anchor.

use std::ops::Range;

use crate::engine::column_generation::Session;
use crate::engine::{self, EngineKind, Options, Solution, Stop};
use crate::instance::Findings;
use crate::network::Departure;
use crate::plan::{Plan, PlanError, Prepared};
use crate::program::Program;

use super::{BLOCK, Run, Sweep, SweepError};

/// What became of a run.
#[derive(Debug)]
pub enum Outcome {
    /// A plan.
    Plan(Box<Plan>),
    /// Hard limits cannot all hold; which, in words.
    Infeasible(String),
    /// The instance is wrong with the run's changes; how, in words.
    Wrong(String),
    /// Somebody asked to stop.
    Stopped,
}

/// Solves runs of one sweep, block by block.
#[derive(Debug)]
pub struct Solver<'a> {
    sweep: &'a Sweep,
    /// The instance as it is, once it was needed.
    base: Option<Option<Anchor>>,
}

/// What the other runs of a block start from.
#[derive(Clone, Debug)]
struct Anchor {
    session: Session,
    solution: Solution,
}

impl<'a> Solver<'a> {
    /// One for `sweep`.
    pub fn new(sweep: &'a Sweep) -> Self {
        Self { sweep, base: None }
    }

    /// Solves those of `runs` that lie in block `block`, in order, and gives each to `done`.
    ///
    /// # Errors
    /// What is wrong with railair, not with a run.
    pub fn solve(
        &mut self,
        block: usize,
        runs: &Range<usize>,
        done: &mut dyn FnMut(usize, &Run, Outcome),
    ) -> Result<(), SweepError> {
        let start = block * BLOCK;
        let end = (start + BLOCK).min(self.sweep.runs.len());
        let wanted = start.max(runs.start)..end.min(runs.end);
        let middle = start + (end - start) / 2;
        let anchor = match self.sweep.runs.is_ordered() {
            true => self.anchor_of(&self.run(middle)),
            false => self.base(),
        };
        let is_anchor = |index| self.sweep.runs.is_ordered() && index == middle;
        for index in wanted {
            let run = self.run(index);
            let outcome = self.outcome(&run, anchor.as_ref(), is_anchor(index));
            let outcome = outcome.map_err(|source| SweepError::Run {
                run: index + 1,
                source: Box::new(source),
            })?;
            if self.sweep.options.interrupt.is_raised() {
                done(index, &run, Outcome::Stopped);
                return Ok(());
            }
            done(index, &run, outcome);
        }
        Ok(())
    }

    fn run(&self, index: usize) -> Run {
        self.sweep.runs.get(index, &self.sweep.instance)
    }

    /// The instance as it is, solved once for all blocks.
    fn base(&mut self) -> Option<Anchor> {
        if self.base.is_none() {
            self.base = Some(self.anchor_of(&Run::default()));
        }
        self.base.clone().flatten()
    }

    /// The anchor that a run makes; none where its program is not for a session, or has no answer.
    fn anchor_of(&self, run: &Run) -> Option<Anchor> {
        let prepared = self.prepare(run).ok()?.ok()?;
        let program = prepared.formulation.program;
        if !self.can_start_warm(&program) {
            return None;
        }
        let mut session = Session::new(program, self.sweep.options.clone());
        let solution = session.solve().ok()?;
        (solution.stop == Stop::Finished).then_some(Anchor { session, solution })
    }

    fn can_start_warm(&self, program: &Program) -> bool {
        let whole = program.columns.iter().any(|column| column.whole);
        !whole && self.sweep.options.engine == EngineKind::ColumnGeneration
    }

    /// The run, laid out; or what is wrong with its tables.
    fn prepare(&self, run: &Run) -> Result<Result<Prepared, Findings>, PlanError> {
        match run.instance(&self.sweep.tables) {
            Ok((instance, findings)) => {
                let cancelled = |departure: &Departure| run.cancels(departure);
                Prepared::of(instance, findings, &self.sweep.path, &cancelled).map(Ok)
            }
            Err(findings) => Ok(Err(findings)),
        }
    }

    fn outcome(
        &self,
        run: &Run,
        anchor: Option<&Anchor>,
        is_anchor: bool,
    ) -> Result<Outcome, PlanError> {
        let prepared = match self.prepare(run)? {
            Ok(prepared) => prepared,
            Err(findings) => return Ok(Outcome::Wrong(first_error(&findings))),
        };
        let plan = match anchor.and_then(|anchor| self.warm(anchor, is_anchor, &prepared)) {
            Some(solution) => self.plan_of(&prepared, &solution),
            None => self.afresh(&prepared),
        };
        match plan {
            Ok(plan) => Ok(Outcome::Plan(Box::new(plan))),
            Err(PlanError::Infeasible { limits }) => Ok(Outcome::Infeasible(limits.join("; "))),
            Err(PlanError::NoPlanYet) => Ok(Outcome::Stopped),
            Err(error) => Err(error),
        }
    }

    /// The run's answer from the anchor's; none where that does not lead to one.
    fn warm(&self, anchor: &Anchor, is_anchor: bool, prepared: &Prepared) -> Option<Solution> {
        if is_anchor {
            return Some(anchor.solution.clone());
        }
        let program = &prepared.formulation.program;
        if !self.can_start_warm(program) || !has_same_shape(anchor.session.program(), program) {
            return None;
        }
        let mut session = anchor.session.clone();
        session.program_mut().clone_from(program);
        let solution = session.solve().ok()?;
        (solution.stop == Stop::Finished).then_some(solution)
    }

    fn afresh(&self, prepared: &Prepared) -> Result<Plan, PlanError> {
        let program = &prepared.formulation.program;
        if !self.can_start_warm(program) {
            return prepared.solve(&self.sweep.options);
        }
        let solution = engine::solve(program, &self.sweep.options)?;
        match solution.stop {
            Stop::Finished => self.plan_of(prepared, &solution),
            // says which limits are in the way, or goes on with another engine
            _ => prepared.solve(&self.sweep.options),
        }
    }

    fn plan_of(&self, prepared: &Prepared, solution: &Solution) -> Result<Plan, PlanError> {
        let options = &self.sweep.options;
        let rounding = Options {
            time_limit: (!self.sweep.thorough).then_some(std::time::Duration::ZERO),
            ..options.clone()
        };
        prepared.plan_of(solution, options, &rounding)
    }
}

/// The first error, and how many more there are.
fn first_error(findings: &Findings) -> String {
    let is_error =
        |finding: &&crate::instance::Finding| finding.severity == crate::instance::Severity::Error;
    let mut errors = findings.iter().filter(is_error);
    let first = errors.next().map_or(String::new(), ToString::to_string);
    match errors.count() {
        0 => first,
        more => format!("{first} (and {more} more)"),
    }
}

/// Whether nodes, arcs, rows, columns and releases of two programs are the same things, whatever
/// their costs and amounts.
fn has_same_shape(a: &Program, b: &Program) -> bool {
    let rows =
        |program: &Program| -> Vec<u32> { program.uses.iter().map(|usage| usage.row).collect() };
    let columns = |program: &Program| -> Vec<Vec<u32>> {
        let rows = |column: &crate::program::Column| column.entries.iter().map(|e| e.0).collect();
        program.columns.iter().map(rows).collect()
    };
    let ends = |program: &Program| -> Vec<Vec<u32>> {
        let nodes = |sink: &crate::program::Sink| sink.ends.iter().map(|end| end.0).collect();
        program.sinks.iter().map(nodes).collect()
    };
    let releases = |program: &Program| -> Vec<(u32, u32, u32)> {
        let releases = program.releases.iter();
        releases.map(|r| (r.class, r.origin, r.sink)).collect()
    };
    a.classes == b.classes
        && a.rows.len() == b.rows.len()
        && a.network.nodes == b.network.nodes
        && a.network.tails == b.network.tails
        && a.network.heads == b.network.heads
        && a.network.time == b.network.time
        && a.use_starts == b.use_starts
        && releases(a) == releases(b)
        && rows(a) == rows(b)
        && columns(a) == columns(b)
        && ends(a) == ends(b)
}
