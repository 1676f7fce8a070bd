//! Engines: a [`Program`] goes in; a primal, prices, a bound and a status come out.
//!
//! All engines stand behind [`solve`], so that each can be checked against the others.

mod baselines;
mod check;
mod direct;
mod guide;
mod improve;
mod ledger;
mod load;
mod lp;
mod master;
pub mod ranging;
mod residual;
mod simplex;
mod supply;
mod ways;
pub mod whole;

pub mod column_generation;
pub mod integer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::program::bound::BoundError;
use crate::program::{Program, ProgramError};

pub use lp::LpError;

/// Which engine to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineKind {
    /// Paths priced by shortest paths into a restricted master: the default.
    #[default]
    ColumnGeneration,
    /// The textbook method through `good_lp`, the reference that the default is checked against.
    Direct,
    /// A planner's habit: each release on its cheapest way with room left.
    CheapestFirst,
    /// A planner's habit: each release on its fastest way with room left.
    FastestFirst,
    /// A planner's habit: scarce space shared in proportion to what asks for it.
    ProRata,
}

impl EngineKind {
    /// Whether its answer comes with a bound.
    pub fn proves(self) -> bool {
        match self {
            Self::ColumnGeneration | Self::Direct => true,
            Self::CheapestFirst | Self::FastestFirst | Self::ProRata => false,
        }
    }
}

/// Which linear programming solver the direct engine calls through `good_lp`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Solver {
    /// Pure Rust, always there.
    #[default]
    Microlp,
    /// HiGHS, with the feature `highs`.
    #[cfg(feature = "highs")]
    Highs,
}

/// What an engine is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which engine.
    pub engine: EngineKind,
    /// Which solver stands behind [`EngineKind::Direct`].
    pub solver: Solver,
    /// Stop when (cost − bound) / |cost| is at most this.
    pub gap: f64,
    /// Stop after this long with the best plan so far and its bound.
    pub time_limit: Option<Duration>,
    /// What takes the place of `gap` and `time_limit` where whole units are decided.
    pub whole: WholeOptions,
    /// Worker threads; `None` uses every core. The answer does not depend on it.
    pub threads: Option<usize>,
    /// Set from outside (Ctrl-C) to stop early with the best plan so far.
    pub interrupt: Interrupt,
    /// Called now and then with how far the engine has come.
    pub progress: Option<ProgressFn>,
}

/// When to stop where whole units are decided, which takes longer than a linear program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WholeOptions {
    /// Like [`Options::gap`].
    pub gap: f64,
    /// Like [`Options::time_limit`].
    pub time_limit: Option<Duration>,
}

impl Default for WholeOptions {
    fn default() -> Self {
        Self {
            gap: 1e-3,
            time_limit: Some(Duration::from_secs(60)),
        }
    }
}

/// A callback for [`Progress`].
pub type ProgressFn = fn(&Progress);

/// How far an engine has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Rounds done.
    pub round: usize,
    /// Cost of the best feasible answer so far, in the program's units.
    pub cost: f64,
    /// Proven bound so far, in the program's units.
    pub bound: f64,
}

/// How many times as long as making ready for a search it takes to prove, write and check its plan.
const FINISHING: u32 = 5;

/// A flag that asks an engine to stop.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Asks to stop.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            engine: EngineKind::default(),
            solver: Solver::default(),
            gap: 1e-6,
            time_limit: None,
            whole: WholeOptions::default(),
            threads: None,
            interrupt: Interrupt::default(),
            progress: None,
        }
    }
}

impl Options {
    /// The same within a time limit, with whole units and without; `None` leaves the usual ones.
    pub fn within(&self, limit: Option<Duration>) -> Self {
        Self {
            time_limit: limit.or(self.time_limit),
            whole: WholeOptions {
                time_limit: limit.or(self.whole.time_limit),
                ..self.whole
            },
            ..self.clone()
        }
    }

    /// The same with the gap and the time limit for whole units.
    pub fn for_whole_units(&self) -> Self {
        Self {
            gap: self.whole.gap,
            time_limit: self.whole.time_limit,
            ..self.clone()
        }
    }

    /// The same with what is left of both time limits for searching, where making ready for it has
    /// taken `prepared`. Proving the plan, writing its tables and checking them takes several times as
    /// long as that, and is kept free.
    pub fn searching(&self, prepared: Duration) -> Self {
        let left = |limit: Duration| {
            let kept = (prepared * FINISHING).min(limit / 2);
            limit.saturating_sub(prepared + kept)
        };
        Self {
            time_limit: self.time_limit.map(left),
            whole: WholeOptions {
                time_limit: self.whole.time_limit.map(left),
                ..self.whole
            },
            ..self.clone()
        }
    }

    /// The same with what is left of the time limit after `spent`.
    pub fn after(&self, spent: Duration) -> Self {
        Self {
            time_limit: (self.time_limit).map(|limit| limit.saturating_sub(spent)),
            ..self.clone()
        }
    }
}

/// Watches the clock and the interrupt for an engine.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    end: Option<Instant>,
    interrupt: Interrupt,
}

impl Deadline {
    /// Starts the clock now.
    pub(crate) fn start(options: &Options) -> Self {
        let end = options
            .time_limit
            .and_then(|limit| Instant::now().checked_add(limit));
        Self {
            end,
            interrupt: options.interrupt.clone(),
        }
    }

    /// For what must still be done when it is time to stop: at least so long from now on.
    pub(crate) fn with_grace(&self, seconds: f64) -> Self {
        let grace = Instant::now().checked_add(Duration::from_secs_f64(seconds));
        match self.stop() {
            Some(_) => Self {
                end: grace,
                interrupt: Interrupt::default(),
            },
            None => Self {
                end: self
                    .end
                    .map(|end| grace.map_or(end, |grace| end.max(grace))),
                interrupt: self.interrupt.clone(),
            },
        }
    }

    /// How many seconds are left, if they are limited.
    pub(crate) fn seconds_left(&self) -> Option<f64> {
        let end = self.end?;
        Some(end.saturating_duration_since(Instant::now()).as_secs_f64())
    }

    /// Why to stop now, if at all.
    pub(crate) fn stop(&self) -> Option<Stop> {
        if self.interrupt.is_raised() {
            Some(Stop::Interrupted)
        } else if self.end.is_some_and(|end| Instant::now() >= end) {
            Some(Stop::TimeLimit)
        } else {
            None
        }
    }
}

/// Why an engine stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The requested gap is reached (or, for a baseline, its procedure is complete).
    Finished,
    /// The hard rows, or releases that must be carried, cannot all hold.
    Infeasible,
    /// The time limit was reached.
    TimeLimit,
    /// Somebody asked to stop.
    Interrupted,
    /// No further progress was possible in floating point; what is returned still holds.
    Numerical,
}

/// The flow of one release on one path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathFlow {
    /// Which release.
    pub release: u32,
    /// The arcs in order; empty where a release may end at its origin.
    pub arcs: Vec<u32>,
    /// How much of the release's quantity.
    pub amount: f64,
}

/// An engine's answer. What holds of it is said by three fields apart: why it stopped, whether
/// the primal is feasible, and what bound is proven.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Why the engine stopped.
    pub stop: Stop,
    /// Whether flows and columns satisfy every row, recomputed from the program's own data to a
    /// relative 1e-9 after the engine was done.
    pub feasible: bool,
    /// Paths with positive flow, ordered by release, then by arcs.
    pub flows: Vec<PathFlow>,
    /// Unserved amount per release.
    pub unserved: Vec<f64>,
    /// y_j per column.
    pub columns: Vec<f64>,
    /// λ_r ≥ 0 per row, in cost units per unit of the row. Baselines give none (all zero).
    pub prices: Vec<f64>,
    /// The cost of flows, unserved amounts, columns and the constant, in the program's units.
    pub cost: f64,
    /// The best proven lower bound ([`crate::program::bound`]); `None` where nothing is proven.
    pub bound: Option<i128>,
    /// How the engine got there.
    pub statistics: Statistics,
}

impl Solution {
    /// (cost − bound) / |cost|, or `None` without a bound.
    pub fn gap(&self) -> Option<f64> {
        let bound = self.bound? as f64;
        Some(((self.cost - bound) / self.cost.abs().max(1.0)).max(0.0))
    }
}

/// Releases up to which the direct engine is tried: each of its rounds states them all anew.
const WITHIN_REACH: usize = 2_000;

/// Column generation, and the direct engine where floating point keeps it from the gap asked for:
/// the slower method costs time, a plan without a proof costs trust. Where neither finishes, the
/// answer is the cheaper plan with the better bound. On programs that are too large for the direct
/// engine it is not tried.
fn proven(program: &Program, options: &Options) -> Result<Solution, EngineError> {
    let begun = Instant::now();
    let fast = column_generation::solve(program, options)?;
    let is_close = fast.gap().is_some_and(|gap| gap <= options.gap);
    if fast.stop != Stop::Numerical || (fast.feasible && is_close) {
        return Ok(fast);
    }
    if program.releases.len() > WITHIN_REACH {
        return Ok(fast);
    }
    let slow = match direct::solve(program, &options.after(begun.elapsed())) {
        Err(EngineError::Solver(_)) => return Ok(fast),
        slow => slow?,
    };
    if matches!(slow.stop, Stop::Finished | Stop::Infeasible) {
        return Ok(slow);
    }
    let bound = fast.bound.max(slow.bound);
    let is_better = slow.feasible && (!fast.feasible || slow.cost < fast.cost);
    let plan = if is_better { slow } else { fast };
    Ok(Solution { bound, ..plan })
}

/// How an engine got to its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statistics {
    /// Rounds of pricing and master.
    pub rounds: usize,
    /// Path columns generated.
    pub columns: usize,
    /// Coupling rows that the last master held.
    pub binding_rows: usize,
    /// Seconds in pricing.
    pub pricing_seconds: f64,
    /// Seconds in the master.
    pub master_seconds: f64,
}

impl Statistics {
    /// Counts what another solve took, too.
    fn add(&mut self, other: Self) {
        self.rounds += other.rounds;
        self.columns += other.columns;
        self.binding_rows = other.binding_rows;
        self.pricing_seconds += other.pricing_seconds;
        self.master_seconds += other.master_seconds;
    }
}

/// Why an engine gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The program is not one.
    #[error("the program is not valid")]
    Program(#[from] ProgramError),
    /// Its numbers leave the range of exact arithmetic.
    #[error("the program's numbers are too large")]
    Bound(#[from] BoundError),
    /// The linear programming solver gave up.
    #[error("the linear programming solver gave up")]
    Solver(#[from] LpError),
    /// The worker threads could not be started.
    #[error("failed to start worker threads: {0}")]
    Threads(String),
}

/// Solves `program` with the engine that `options` name.
///
/// # Errors
/// [`EngineError`] where there is no answer at all; what a [`Solution`] is worth, it says itself.
pub fn solve(program: &Program, options: &Options) -> Result<Solution, EngineError> {
    program.validate()?;
    let run = || match options.engine {
        EngineKind::ColumnGeneration => proven(program, options),
        EngineKind::Direct => direct::solve(program, options),
        EngineKind::CheapestFirst => baselines::cheapest_first(program),
        EngineKind::FastestFirst => baselines::fastest_first(program),
        EngineKind::ProRata => baselines::pro_rata(program),
    };
    on_threads(options, run)?
}

/// Runs `work` on as many threads as `options` say.
pub(crate) fn on_threads<T: Send>(
    options: &Options,
    work: impl FnOnce() -> T + Send,
) -> Result<T, EngineError> {
    match options.threads {
        None => Ok(work()),
        Some(threads) => Ok(rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| EngineError::Threads(error.to_string()))?
            .install(work)),
    }
}
