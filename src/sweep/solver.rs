//! Solves the runs of a block, each from a neighbour.
//!
//! In a grid a run starts from that one of the runs before it in its block whose values are nearest
//! ([`Runs::neighbour`](super::Runs)); the first of a block, and every run where order means nothing
//! (scenarios, services left out, draws), starts from the instance as it is, solved once. What it
//! starts from are the paths, the prices and the basis of that answer ([`Session`]). That holds only
//! for programs of the same shape: where a run has other departures, or another graph, it is solved
//! afresh, and so is one that has whole units to buy, or does not finish from its neighbour.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::column_generation::Session;
use crate::engine::{EngineKind, Options, Solution, Stop};
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
    /// No plan in whole parcels was found: what the nearest falls short of.
    NoPlan(String),
    /// The instance is wrong with the run's changes; how, in words.
    Wrong(String),
    /// Somebody asked to stop.
    Stopped,
}

/// What is wrong with railair rather than with a run.
enum Fault {
    Plan(PlanError),
    Rejected(String),
}

impl From<PlanError> for Fault {
    fn from(error: PlanError) -> Self {
        Self::Plan(error)
    }
}

impl Fault {
    fn of_run(self, run: usize) -> SweepError {
        match self {
            Self::Plan(source) => SweepError::Run {
                run,
                source: Box::new(source),
            },
            Self::Rejected(wrong) => SweepError::Rejected { run, wrong },
        }
    }
}

/// Solves runs of one sweep, block by block.
#[derive(Debug)]
pub struct Solver<'a> {
    sweep: &'a Sweep,
    /// The instance as it is, once it was needed; `None` inside where nothing can start from it.
    base: Option<Option<Session>>,
}

/// Answers of a block by the numbers of their runs.
type Answers = BTreeMap<usize, Session>;

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
        let mut answers = Answers::new();
        for index in start..wanted.end {
            if self.is_stopped() {
                return Ok(());
            }
            if !wanted.contains(&index) && !self.leads_to(index, &wanted) {
                continue;
            }
            let run = self.run(index);
            let outcome = self.outcome(index, &run, wanted.contains(&index), &mut answers);
            let outcome = outcome.map_err(|fault| fault.of_run(index + 1))?;
            match outcome {
                Some(_) if self.is_stopped() => done(index, &run, Outcome::Stopped),
                Some(outcome) => done(index, &run, outcome),
                None => {}
            }
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.sweep.options.interrupt.is_raised()
    }

    fn run(&self, index: usize) -> Run {
        self.sweep.runs.get(index, &self.sweep.instance)
    }

    /// Whether one of the runs that are wanted starts from run `index`, or from one that does.
    fn leads_to(&self, index: usize, wanted: &Range<usize>) -> bool {
        wanted.clone().any(|run| {
            let before = |&run: &usize| self.sweep.runs.neighbour(run);
            std::iter::successors(Some(run), before).any(|run| run == index)
        })
    }

    /// The run; nothing more than its place among `answers` where it is not wanted.
    fn outcome(
        &mut self,
        index: usize,
        run: &Run,
        wanted: bool,
        answers: &mut Answers,
    ) -> Result<Option<Outcome>, Fault> {
        let prepared = match self.prepare(run) {
            Ok(Ok(prepared)) => prepared,
            // whoever is given this run says so
            _ if !wanted => return Ok(None),
            Ok(Err(findings)) => return Ok(Some(Outcome::Wrong(first_error(&findings)))),
            Err(error) => return Err(error.into()),
        };
        let neighbour = self.sweep.runs.neighbour(index);
        let start = neighbour.and_then(|neighbour| answers.get(&neighbour).cloned());
        let start = start.or_else(|| self.base());
        let answer = self.answer(start, &prepared);
        if !wanted {
            answers.extend(answer.map(|(session, _)| (index, session)));
            return Ok(None);
        }
        let plan = match answer {
            Some((session, solution)) => {
                answers.insert(index, session);
                self.plan_of(&prepared, &solution)
            }
            // has whole units, or says which limits are in the way
            None => prepared.solve(&self.sweep.options),
        };
        match plan {
            Ok(plan) => {
                if let Some(check) = self.sweep.check {
                    check(&prepared, &plan).map_err(Fault::Rejected)?;
                }
                Ok(Some(Outcome::Plan(Box::new(plan))))
            }
            Err(PlanError::Infeasible { limits }) => {
                Ok(Some(Outcome::Infeasible(limits.join("; "))))
            }
            Err(error @ PlanError::InfeasibleWhole { .. }) => {
                Ok(Some(Outcome::Infeasible(error.to_string())))
            }
            Err(error @ PlanError::NoWholePlan { .. }) => {
                Ok(Some(Outcome::NoPlan(error.to_string().replace('\n', ""))))
            }
            Err(PlanError::NoPlanYet) => Ok(Some(Outcome::Stopped)),
            Err(error) => Err(error.into()),
        }
    }

    /// The instance as it is, solved once for all blocks.
    fn base(&mut self) -> Option<Session> {
        if self.base.is_none() {
            let prepared = self.prepare(&Run::default()).ok().and_then(Result::ok);
            let answer = prepared.and_then(|prepared| self.answer(None, &prepared));
            self.base = Some(answer.map(|(session, _)| session));
        }
        self.base.clone().flatten()
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

    /// The answer of a program, from another's where that leads to one, else afresh; none where it
    /// is not for a session or has no answer.
    fn answer(&self, start: Option<Session>, prepared: &Prepared) -> Option<(Session, Solution)> {
        let program = &prepared.formulation.program;
        let whole = program.columns.iter().any(|column| column.whole);
        if whole || self.sweep.options.engine != EngineKind::ColumnGeneration {
            return None;
        }
        let warm = start.filter(|start| has_same_shape(start.program(), program));
        let warm = warm.map(|mut session| {
            session.program_mut().clone_from(program);
            session
        });
        let fresh = || Session::new(program.clone(), self.sweep.options.clone());
        let solved = |mut session: Session| {
            let solution = session.solve().ok()?;
            (solution.stop == Stop::Finished).then_some((session, solution))
        };
        warm.and_then(solved).or_else(|| solved(fresh()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::What;

    /// Runs 0 and 2 are wrong: a hub cannot sort −1 parcels. Every run is a step from the one
    /// before, so that a shard of runs 1 to 3 looks at run 0 too, which is another's.
    #[test]
    fn a_run_of_another_shard_is_not_given_out_though_it_is_wrong() {
        let axis = "handling.capacity[Hub/sorting/in/road/1]=-1,1000,-2,1200";
        let axis = axis.parse().expect("an axis");
        let path = std::path::Path::new("instances/textbook/overtime");
        let sweep = Sweep::new(path, None, What::Grid(vec![axis]), Options::default());
        let sweep = sweep.expect("a sweep");
        let mut given = Vec::new();
        let mut solver = Solver::new(&sweep);
        let solved = solver.solve(0, &(1..4), &mut |index, _, outcome| {
            given.push((index, matches!(outcome, Outcome::Wrong(_))));
        });
        solved.expect("an end");
        assert!(solver.leads_to(0, &(1..4)));
        assert_eq!(given, [(1, false), (2, true), (3, false)]);
    }
}
