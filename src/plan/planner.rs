//! The whole way: from a folder of tables to a proven plan.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::engine::integer::{self, IntegerSolution, ParcelSearch};
use crate::engine::whole::{self, WholeSolution};
use crate::engine::{self, EngineError, EngineKind, Options, Solution, Stop};
use crate::instance::{Findings, Instance, Tables};
use crate::network::{self, Activity, Calendar, Departure, Names, Network};
use crate::program::Program;
use crate::program::bound::{self, BoundError, Prices};
use crate::program::formulation::{self, Formulation, FormulationError, ProgramNames};
use crate::units::Money;

use super::Plan;
use super::assembly::{AssemblyError, Parts, assemble};
use super::hard_limits::{self, InTheWay};
use super::run::{Breakdown, Run, ThisRun, Totals, WholeParcels, WholeUnits};
use super::whole_units;

/// How much work the search for a better plan in whole parcels may take, counted without a clock:
/// about a second of it.
pub(super) const WORK: u64 = 450_000_000;

/// An instance, read, laid out in time and written as a program: ready to be solved, once or by
/// several engines.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The instance.
    pub instance: Instance,
    /// Warnings about it.
    pub findings: Findings,
    /// Its calendar.
    pub calendar: Calendar,
    /// Its network.
    pub network: Network,
    /// Its program.
    pub formulation: Formulation,
    /// The tables that it was read from; `None` of a variant in memory.
    pub tables: Option<Arc<Tables>>,
    path: String,
    seconds: Vec<(&'static str, f64)>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The instance has errors.
    #[error("the instance has errors")]
    Instance(Findings),
    /// Hard limits cannot all hold.
    #[error("hard limits cannot all hold{}", in_words(limits))]
    Infeasible {
        /// Those that no plan can keep, each in a sentence with its row and column; empty where
        /// they were not found.
        limits: Vec<String>,
    },
    /// Hard limits could hold if parcels were divided, but no plan in whole parcels keeps them.
    #[error(
        "no plan in whole parcels keeps all hard limits, though one with parts of parcels does"
    )]
    InfeasibleWhole {
        /// What the cheapest plan with parts of parcels costs, where that is known.
        divisible: Option<Money>,
    },
    /// No plan in whole parcels was found, and none is known to be impossible.
    #[error(
        "no plan in whole parcels was found that keeps all hard limits{}",
        in_words(short)
    )]
    NoWholePlan {
        /// What the cheapest plan with parts of parcels costs.
        divisible: Money,
        /// What the nearest plan that was found falls short of, each in words.
        short: Vec<String>,
    },
    /// The search ended before there was any plan.
    #[error("stopped before there was a plan: allow more time")]
    NoPlanYet,
    /// The numbers are too large for a program.
    #[error("failed to write the linear program")]
    Formulation(#[from] FormulationError),
    /// The engine gave no answer.
    #[error("failed to solve the linear program")]
    Engine(#[from] EngineError),
    /// The bound could not be computed.
    #[error("failed to prove a bound")]
    Bound(#[from] BoundError),
    /// The tables could not be made.
    #[error("failed to assemble the plan")]
    Assembly(#[from] AssemblyError),
}

fn in_words(limits: &[String]) -> String {
    match limits {
        [] => String::new(),
        some => format!(":\n  {}", some.join("\n  ")),
    }
}

/// Reads and checks the instance at `path` with a scenario applied, lays it out in time and
/// writes its program.
///
/// # Errors
/// [`PlanError::Instance`] with everything that is wrong with it, or
/// [`PlanError::Formulation`].
pub fn prepare(path: &Path, scenario: Option<&str>) -> Result<Prepared, PlanError> {
    let watch = Watch::start();
    let (tables, loaded) = Tables::read(path, scenario);
    let (instance, findings) = loaded.into_result().map_err(PlanError::Instance)?;
    let prepared = Prepared::lay_out(instance, findings, path, &|_| false, watch)?;
    Ok(Prepared {
        tables: Some(Arc::new(tables)),
        ..prepared
    })
}

impl Prepared {
    /// Lays out in time an instance that was read, or changed in memory, from `path`, and writes
    /// its program, without the departures that are `cancelled`: nothing rides on them and nothing
    /// is paid for them, but they keep their places, so that the program has the shape that it
    /// would have with them.
    ///
    /// # Errors
    /// [`PlanError::Formulation`].
    pub fn of(
        instance: Instance,
        findings: Findings,
        path: &Path,
        cancelled: &dyn Fn(&Departure) -> bool,
    ) -> Result<Self, PlanError> {
        Self::lay_out(instance, findings, path, cancelled, Watch::start())
    }

    fn lay_out(
        instance: Instance,
        findings: Findings,
        path: &Path,
        cancelled: &dyn Fn(&Departure) -> bool,
        mut watch: Watch,
    ) -> Result<Self, PlanError> {
        watch.lap("read");
        let calendar = Calendar::new(&instance);
        let mut network = network::expand(&instance, &calendar);
        for departure in &mut network.departures {
            departure.cancelled = cancelled(departure);
        }
        watch.lap("network");
        let mut formulation = formulation::formulate(&instance, &calendar, &network)?;
        for edge in network.graph.edge_indices() {
            if let Activity::Ride { departure, .. } = network.graph[edge]
                && network.departures[departure.at()].cancelled
            {
                formulation.program.forbid(edge.index());
            }
        }
        watch.lap("program");
        Ok(Self {
            instance,
            findings,
            calendar,
            network,
            formulation,
            tables: None,
            path: absolute(path),
            seconds: watch.laps,
        })
    }

    /// The same with another variant of the instance, laid out again.
    ///
    /// # Errors
    /// [`PlanError::Formulation`] where its numbers are too large for a program.
    pub fn variant(&self, instance: Instance) -> Result<Self, PlanError> {
        let calendar = Calendar::new(&instance);
        let network = network::expand(&instance, &calendar);
        let formulation = formulation::formulate(&instance, &calendar, &network)?;
        Ok(Self {
            instance,
            findings: self.findings.clone(),
            calendar,
            network,
            formulation,
            tables: None,
            path: self.path.clone(),
            seconds: Vec::new(),
        })
    }

    /// Finds a plan, rounds it to whole parcels, proves a bound and assembles the tables. Where
    /// there are whole units to choose, column generation decides them ([`integer`]); the other
    /// engines relax them and round up.
    ///
    /// # Errors
    /// [`PlanError`] where there is no plan; how good the plan is, its [`Run`] says.
    pub fn solve(&self, options: &Options) -> Result<Plan, PlanError> {
        let decides = integer::has_choices(&self.formulation.program);
        if decides && options.engine == EngineKind::ColumnGeneration {
            engine::on_threads(options, || self.solve_whole(options))?
        } else {
            self.solve_linear(options)
        }
    }

    fn solve_linear(&self, options: &Options) -> Result<Plan, PlanError> {
        let mut watch = Watch::start();
        let program = &self.formulation.program;
        let start = Instant::now();
        let mut solution = engine::solve(program, options)?;
        watch.lap("solve");
        self.check_stop(&solution, options)?;
        let answer = whole::round_within(program, &solution, &options.after(start.elapsed()))?;
        watch.lap("whole parcels");
        let searching = options.after(start.elapsed());
        let (answer, proof) = self.search_parcels(&solution, answer, &searching)?;
        watch.lap("search");
        // the tables of a year need the room
        solution.flows = Vec::new();
        self.conclude(&solution, (&answer, proof.as_ref()), options, watch)
    }

    /// The plan of an engine's answer for this program, in whole parcels. `rounding` says how long
    /// to look for better ones: with a time limit of nothing parcels are only rounded, which does
    /// not depend on the clock either.
    ///
    /// # Errors
    /// As for [`solve`](Self::solve), but never [`PlanError::Infeasible`].
    pub fn plan_of(
        &self,
        solution: &Solution,
        options: &Options,
        rounding: &Options,
    ) -> Result<Plan, PlanError> {
        let mut watch = Watch::start();
        let program = &self.formulation.program;
        let answer = whole::round_within(program, solution, rounding)?;
        watch.lap("whole parcels");
        // rounding alone may miss a plan where there is one
        let (answer, proof) = match answer.is_feasible() {
            true => (whole::hasten(program, answer, &solution.prices)?, None),
            false => self.search_parcels(solution, answer, options)?,
        };
        self.conclude(solution, (&answer, proof.as_ref()), options, watch)
    }

    /// Looks for a better plan in whole parcels where rounding has lost something, and answers what it
    /// proved. Engines that prove nothing are taken at their word.
    fn search_parcels(
        &self,
        solution: &Solution,
        answer: WholeSolution,
        options: &Options,
    ) -> Result<(WholeSolution, Option<IntegerSolution>), PlanError> {
        let program = &self.formulation.program;
        if !options.engine.proves() {
            return Ok((answer, None));
        }
        let found = match whole::is_improvable(solution, &answer) {
            true => integer::search_parcels(program, &solution.prices, &answer, WORK, options)?,
            false => None,
        };
        let found = found.unwrap_or_else(|| ParcelSearch::nothing(answer));
        self.check_whole(&found, solution.cost)?;
        let best = whole::hasten(program, found.best, &solution.prices)?;
        Ok((best, found.proof))
    }

    /// What keeps an answer in whole parcels from being a plan.
    fn check_whole(&self, found: &ParcelSearch, divisible: f64) -> Result<(), PlanError> {
        let divisible = Money(divisible.round() as i64);
        if found.is_infeasible {
            return Err(PlanError::InfeasibleWhole {
                divisible: Some(divisible),
            });
        }
        match found.best.is_feasible() {
            true => Ok(()),
            false => Err(PlanError::NoWholePlan {
                divisible,
                short: self.short(&found.best),
            }),
        }
    }

    /// What a plan in whole parcels falls short of, in words.
    fn short(&self, answer: &WholeSolution) -> Vec<String> {
        let names = self.program_names();
        let by = answer.shortages(&self.formulation.program);
        by.into_iter()
            .map(|(row, by)| {
                let unit = self.formulation.rows[row as usize].per_unit.max(1);
                let by = by as f64 / (whole::PARTS as f64 * unit as f64);
                format!("{}: {by} beyond what it allows", names.row(row as usize))
            })
            .collect()
    }

    fn conclude(
        &self,
        solution: &Solution,
        (answer, proof): (&WholeSolution, Option<&IntegerSolution>),
        options: &Options,
        mut watch: Watch,
    ) -> Result<Plan, PlanError> {
        let program = &self.formulation.program;
        let prices = self.prices(options, solution)?;
        let bound = match &prices {
            Some(prices) => bound::lagrangian(program, prices)?.value(),
            None => None,
        };
        let proven = proof.and_then(whole_units::readable_bound);
        let by_branches = proof.filter(|_| proven > bound);
        watch.lap("proof");
        let mut run = self.run(options, solution, bound.max(proven), answer.is_feasible());
        run.whole_parcels = proof.map(|proof| WholeParcels::of(proof, by_branches.is_some()));
        let mut plan = assemble(self.parts(), answer, prices.as_ref(), &[], run)?;
        if let Some(proof) = by_branches {
            let names = self.program_names();
            (plan.branches, plan.branch_prices) = whole_units::tables(&names, program, proof);
        }
        watch.lap("tables");
        plan.run.this_run.seconds = [self.seconds.clone(), watch.laps].concat();
        Ok(plan)
    }

    fn solve_whole(&self, options: &Options) -> Result<Plan, PlanError> {
        let mut watch = Watch::start();
        let program = &self.formulation.program;
        let decided = whole_units::decide(self.parts(), options, &mut watch)?;
        self.check_stop(&decided.solution, options)?;
        if let Some(found) = &decided.no_plan {
            self.check_whole(found, decided.solution.cost)?;
        }
        let prices = exact(program, &whole_units::exact_prices(&decided))?;
        let as_bought = whole_units::bound_as_bought(program, &decided, &prices)?;
        let names = self.program_names();
        let by_units = whole_units::bound(&decided.proof);
        let by_parcels = (decided.in_parcels.as_ref()).and_then(whole_units::readable_bound);
        let proof = decided
            .in_parcels
            .as_ref()
            .filter(|_| by_parcels > by_units);
        let proof = proof.unwrap_or(&decided.proof);
        let (branches, branch_prices) = whole_units::tables(&names, program, proof);
        let bound = by_units.max(by_parcels);
        watch.lap("proof");
        let feasible = decided.answer.is_feasible();
        let mut run = self.run(
            &options.for_whole_units(),
            &decided.solution,
            bound,
            feasible,
        );
        let in_parcels = decided.in_parcels.as_ref();
        run.whole_parcels = in_parcels.map(|own| WholeParcels::of(own, by_parcels > by_units));
        run.whole_units = Some(WholeUnits {
            nodes: decided.proof.nodes,
            relaxations: decided.proof.relaxations,
            root_bound: decided.proof.root_bound.map(narrow),
            bound_as_bought: as_bought.map(narrow),
            judged: decided.judged.len(),
            not_judged: decided.not_judged,
        });
        let judged = &decided.judged;
        let mut plan = assemble(self.parts(), &decided.answer, Some(&prices), judged, run)?;
        (plan.branches, plan.branch_prices) = (branches, branch_prices);
        watch.lap("tables");
        plan.run.this_run.seconds = [self.seconds.clone(), watch.laps].concat();
        Ok(plan)
    }

    /// What keeps an answer from being a plan.
    fn check_stop(&self, solution: &Solution, options: &Options) -> Result<(), PlanError> {
        match solution.stop {
            Stop::Infeasible => Err(match hard_limits::in_the_way(self, options)? {
                InTheWay::Limits(limits) => PlanError::Infeasible { limits },
                InTheWay::WholeParcels => PlanError::InfeasibleWhole { divisible: None },
            }),
            Stop::TimeLimit | Stop::Interrupted if !has_answer(solution) => {
                Err(PlanError::NoPlanYet)
            }
            _ => Ok(()),
        }
    }

    /// What the plan is a plan of.
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            instance: &self.instance,
            calendar: &self.calendar,
            network: &self.network,
            formulation: &self.formulation,
        }
    }

    /// Names of the program's rows and columns.
    pub fn program_names(&self) -> ProgramNames<'_> {
        ProgramNames {
            formulation: &self.formulation,
            names: Names {
                instance: &self.instance,
                calendar: &self.calendar,
                network: &self.network,
            },
        }
    }

    /// The exact prices that prove the bound; none for baselines, which prove nothing.
    fn prices(&self, options: &Options, solution: &Solution) -> Result<Option<Prices>, BoundError> {
        if !options.engine.proves() {
            return Ok(None);
        }
        let program = &self.formulation.program;
        Ok(Some(exact(program, &Prices::round(&solution.prices))?))
    }

    fn run(
        &self,
        options: &Options,
        solution: &Solution,
        bound: Option<i128>,
        feasible: bool,
    ) -> Run {
        let settings = &self.instance.settings;
        Run {
            instance: settings.name.clone(),
            scenario: self.instance.scenario.clone(),
            currency: settings.currency.clone(),
            horizon: settings.horizon,
            weeks: settings.weeks,
            engine: options.engine,
            solver: (options.engine == EngineKind::Direct).then_some(options.solver),
            gap_wanted: options.gap,
            stop: solution.stop,
            feasible,
            cost: Money::ZERO,
            bound: bound.map(narrow),
            whole_units: None,
            whole_parcels: None,
            price_denominator: Prices::DENOMINATOR,
            totals: Totals::default(),
            breakdown: Breakdown::default(),
            modes: Vec::new(),
            services: Vec::new(),
            bottlenecks: Vec::new(),
            hashes: self.instance.hashes.clone(),
            inputs: self.tables.clone(),
            this_run: ThisRun {
                path: self.path.clone(),
                seconds: Vec::new(),
                threads: options.threads,
                rounds: solution.statistics.rounds,
                columns: solution.statistics.columns,
            },
        }
    }
}

/// Prices that prove something of every plan, none of them higher than it need be.
fn exact(program: &Program, prices: &Prices) -> Result<Prices, BoundError> {
    let (prices, _) = bound::proven(program, prices)?;
    Ok(prices.repaired(program)?.capped(program))
}

fn narrow(bound: i128) -> Money {
    Money(i64::try_from(bound).unwrap_or(i64::MIN))
}

/// The path as it is found from anywhere.
fn absolute(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.display().to_string()
}

/// Whether an engine that was stopped has anything to show.
fn has_answer(solution: &Solution) -> bool {
    solution.feasible || !solution.flows.is_empty()
}

/// How long each stage took.
pub(super) struct Watch {
    last: Instant,
    laps: Vec<(&'static str, f64)>,
}

impl Watch {
    fn start() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    pub(super) fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        let seconds = now.duration_since(self.last).as_secs_f64();
        self.laps.push((stage, seconds));
        self.last = now;
    }
}
