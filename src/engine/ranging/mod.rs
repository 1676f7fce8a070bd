//! What one more of something is worth, over which range, and what the program costs there.
//!
//! With right-hand sides b + t·d, the least cost V(t) of a linear program is convex and piecewise
//! linear in t. Prices λ that are optimal at one t prove a line below all of V (weak duality: the
//! Lagrangian bound is linear in right-hand sides), which touches V at that t. So the stretch on
//! which a price holds needs no steps through it: where the lines of two answers cross, the program
//! is solved again; if V lies on the lines there, the crossing is where one price gives way to the
//! next, and otherwise the new answer's line takes the place of the farther one. Every figure that
//! comes out is the cost of an answer, or the slope of the line through two of them.
//!
//! Right-hand sides are integers, so the program is solved with all amounts multiplied by
//! [`PARTS`]: t is then exact to that part of a unit.

mod direction;
mod search;

use std::time::Duration;

use crate::program::bound::Prices;
use crate::program::{Program, Row};

use super::column_generation::Session;
use super::{Deadline, EngineError, Options, Solution, Stop};

use search::{SOLVES, Search, Stretch};

pub use direction::Direction;

/// Parts of a unit in which changes are counted.
pub const PARTS: i64 = 1_000_000;
/// The gap to which programs are solved: their costs are compared with each other.
const GAP: f64 = 1e-11;
/// The gap that is enough where floating point allows no less.
const ENOUGH: f64 = 1e-9;
/// What of a cost, in its units, nobody is told of: an answer that is proven so far is right.
const UNTOLD: f64 = 0.5;
/// More legs than any way has: on each it may take from the same row.
const LEGS: f64 = 64.0;
/// Amounts may become so large that no sum of two leaves 64 bits.
const MOST: i64 = 1 << 61;

/// The answer to one change.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The least cost in the program's cost units.
    pub cost: f64,
    /// The whole answer; its flows, quantities and columns are multiplied by [`PARTS`].
    pub solution: Solution,
}

/// How long a price holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// By how much one more unit changes the cost, in cost units: below zero where it saves.
    pub slope: f64,
    /// How many more units that holds for, in [`PARTS`] of one; `None` where it never ends.
    pub until: Option<i64>,
    /// The least cost at that end; without an end, at the beginning.
    pub cost: f64,
    /// How many times the program was solved again.
    pub solves: usize,
}

/// Why there is no answer to a change.
#[derive(Debug, thiserror::Error)]
pub enum RangingError {
    /// The engine gave no answer.
    #[error("failed to solve the changed program")]
    Engine(#[from] EngineError),
    /// The program has no finished answer: it was stopped, or nothing is feasible.
    #[error("{}", in_words(*.0))]
    Unfinished(Stop),
    /// Amounts multiplied by [`PARTS`] leave 64 bits.
    #[error("amounts are too large to be divided into millionths")]
    TooLarge,
    /// The price changes more often than it pays to follow.
    #[error("no range was found in {SOLVES} solves")]
    NoEnd,
}

fn in_words(stop: Stop) -> &'static str {
    match stop {
        Stop::Infeasible => "hard limits cannot all hold then",
        Stop::TimeLimit => "time was up",
        Stop::Interrupted => "it was stopped",
        Stop::Numerical | Stop::Finished => "floating point does not prove the answer",
    }
}

impl RangingError {
    /// Whether there was no time to ask, so that nothing is said of the question itself.
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::Unfinished(Stop::TimeLimit | Stop::Interrupted))
    }
}

/// A solved program that answers changes of its right-hand sides.
#[derive(Clone, Debug)]
pub struct Ranger {
    /// All amounts multiplied by [`PARTS`].
    program: Program,
    options: Options,
    /// When to stop, whatever is asked.
    deadline: Deadline,
    session: Session,
    start: Answer,
    /// What all goods together can take of each row at most.
    most: Vec<f64>,
}

impl Ranger {
    /// Solves `program`, which must be valid. A time limit is one for all that is ever asked.
    ///
    /// # Errors
    /// [`RangingError`] where it has no finished answer.
    pub fn new(program: &Program, options: &Options) -> Result<Self, RangingError> {
        let divided = in_parts(program)?;
        let watched = Options {
            gap: GAP,
            ..options.clone()
        };
        let options = Options {
            progress: None,
            ..watched.clone()
        };
        let deadline = Deadline::start(&options);
        // whole amounts first: what is found there is where the millionths start
        let mut session = Session::new(program.clone(), watched);
        session.solve()?;
        *session.options_mut() = options.clone();
        session.program_mut().clone_from(&divided);
        let start = answer(&mut session, &options, &deadline)?;
        Ok(Self {
            most: most(&divided),
            program: divided,
            options,
            deadline,
            session,
            start,
        })
    }

    /// Why to ask nothing more, if there is a reason.
    pub fn stop(&self) -> Option<Stop> {
        self.deadline.stop()
    }

    /// How much time is left, if it is limited.
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.seconds_left().map(Duration::from_secs_f64)
    }

    /// By how much one more unit of a change would change the cost at most, as the prices of the
    /// answer say: of several right prices they are one, and what one more saves is never more.
    pub fn slope(&self, direction: &Direction) -> f64 {
        direction.slope(&self.program, &self.start.solution)
    }

    /// A change by one amount after the other.
    pub fn course<'a>(&'a self, direction: &'a Direction) -> Course<'a> {
        Course {
            ranger: self,
            direction,
            session: self.session.clone(),
        }
    }

    /// The answer without any change.
    pub fn start(&self) -> &Answer {
        &self.start
    }

    /// The program, with all amounts multiplied by [`PARTS`].
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// By how much two costs may differ and count as equal.
    pub fn tolerance(&self) -> f64 {
        4.0 * GAP * self.start.cost.abs() + 4.0 / PARTS as f64
    }

    /// The answer after a change by `amount` [`PARTS`] of a unit.
    ///
    /// # Errors
    /// [`RangingError`] where it has no finished answer.
    pub fn at(&self, direction: &Direction, amount: i64) -> Result<Answer, RangingError> {
        self.after(|program| direction.apply(program, amount))
    }

    /// The same where so much changes at once that the way from one vertex to the other is longer
    /// than the one from the interior.
    ///
    /// # Errors
    /// [`RangingError`] where it has no finished answer.
    pub fn far_at(&self, direction: &Direction, amount: i64) -> Result<Answer, RangingError> {
        let mut session = self.session.clone();
        session.forget_vertex();
        direction.apply(session.program_mut(), amount)?;
        answer(&mut session, &self.options, &self.deadline)
    }

    /// The answer after any change that leaves nodes, arcs, rows and columns their numbers.
    ///
    /// # Errors
    /// [`RangingError`] where it has no finished answer.
    pub fn after(
        &self,
        change: impl FnOnce(&mut Program) -> Result<(), RangingError>,
    ) -> Result<Answer, RangingError> {
        let mut session = self.session.clone();
        change(session.program_mut())?;
        answer(&mut session, &self.options, &self.deadline)
    }

    /// So many units that anything there is fits beside them: what all goods together take of the
    /// rows that grow, and what the rows lack. More would do no harm to the answer, but to
    /// its proof, which is as exact as prices are, times all there is to buy.
    pub fn plenty(&self, direction: &Direction) -> f64 {
        let program = &self.program;
        let size = |value: i64| (value as f64).abs() / PARTS as f64;
        let needed = |row: u32, per_unit: i64| {
            let lacking = size(program.rows[row as usize].upper);
            (LEGS * self.most[row as usize] + lacking) / (per_unit as f64).abs().max(1.0)
        };
        let rows = direction.rows.iter();
        let rows = rows.map(|&(row, per_unit)| needed(row, per_unit));
        let columns = direction.columns.iter();
        let sold = columns.flat_map(|&(column, _)| &program.columns[column as usize].entries);
        let sold = sold.filter(|entry| entry.1 < 0);
        let columns = sold.map(|&(row, b)| needed(row, b));
        let all = match direction.releases.is_empty() {
            true => 0.0,
            false => program.releases.iter().map(|r| size(r.quantity)).sum(),
        };
        let limit = MOST as f64 / 4.0 / PARTS as f64;
        let largest = direction.rows.iter().map(|&(_, d)| (d as f64).abs());
        let largest = largest.fold(1.0, f64::max);
        (rows.chain(columns).fold(0.0, f64::max) + 4.0 * all + 1.0).min(limit / largest)
    }

    /// By how much one more unit changes the cost, as long as that holds: below zero where it saves.
    ///
    /// # Errors
    /// As for [`range`](Self::range).
    pub fn price(&self, direction: &Direction, guess: f64) -> Result<f64, RangingError> {
        let mut search = self.search(direction);
        let start = search.line(0.0, &self.start);
        Ok(match search.first_stretch(start, guess)? {
            Stretch::Nothing => 0.0,
            Stretch::Ended(_) | Stretch::Between(..) => start.slope,
            Stretch::Through(near, _) => match search.is_nothing(near.slope, start.slope) {
                true => 0.0,
                false => near.slope,
            },
        })
    }

    /// Over which range the present price of a change upwards holds; `guess` is about how many
    /// units that may be.
    ///
    /// # Errors
    /// [`RangingError`] where some change has no finished answer, or no range is found.
    pub fn range(&self, direction: &Direction, guess: f64) -> Result<Range, RangingError> {
        self.search(direction).run(guess)
    }

    fn search<'a>(&'a self, direction: &'a Direction) -> Search<'a> {
        Search {
            course: self.course(direction),
            grain: direction.grain().max(1),
            solves: 0,
        }
    }
}

/// What one more of a release costs under the prices of an answer: what its flows do, which at an
/// optimum are all on cheapest paths.
pub fn marginal_cost(program: &Program, solution: &Solution, release: u32) -> f64 {
    let data = &program.releases[release as usize];
    let first = solution.flows.partition_point(|f| f.release < release);
    let own = solution.flows[first..]
        .iter()
        .take_while(|flow| flow.release == release);
    let largest = own.max_by(|a, b| a.amount.total_cmp(&b.amount));
    let behind = solution.unserved[release as usize];
    match largest {
        Some(flow) if flow.amount >= behind => {
            path_price(program, &solution.prices, release, &flow.arcs)
        }
        _ => data.unserved_cost.unwrap_or(0) as f64,
    }
}

/// The cost of a path, what it takes from rows at their prices included.
pub fn path_price(program: &Program, prices: &[f64], release: u32, arcs: &[u32]) -> f64 {
    let class = program.releases[release as usize].class as usize;
    let uses = arcs
        .iter()
        .flat_map(|&arc| program.arc_uses(class, arc as usize));
    let scarcity: f64 = uses.map(|(row, a)| prices[row] * a as f64).sum();
    let own = program.path_cost(release as usize, arcs);
    own.map_or(f64::INFINITY, |own| own as f64) + scarcity
}

fn narrow(value: i128) -> Result<i64, RangingError> {
    match i64::try_from(value) {
        Ok(value) if value.abs() < MOST => Ok(value),
        _ => Err(RangingError::TooLarge),
    }
}

/// The program with all amounts multiplied by [`PARTS`].
fn in_parts(program: &Program) -> Result<Program, RangingError> {
    let parts = |value: i64| narrow(i128::from(value) * i128::from(PARTS));
    let mut program = program.clone();
    program.constant = program
        .constant
        .checked_mul(i128::from(PARTS))
        .ok_or(RangingError::TooLarge)?;
    for Row { upper } in &mut program.rows {
        *upper = parts(*upper)?;
    }
    for upper in program.columns.iter_mut().filter_map(|c| c.upper.as_mut()) {
        *upper = parts(*upper)?;
    }
    for release in &mut program.releases {
        release.quantity = parts(release.quantity)?;
    }
    Ok(program)
}

/// What all goods together can take of each row at most, and what is bought for them, in units of
/// the program as it was.
fn most(program: &Program) -> Vec<f64> {
    let mut carried = vec![0.0; program.classes];
    for release in &program.releases {
        carried[release.class as usize] += release.quantity as f64 / PARTS as f64;
    }
    let mut most = vec![0.0; program.rows.len()];
    let mut dearest = vec![0i64; program.rows.len()];
    for (class, carried) in carried.into_iter().enumerate() {
        dearest.fill(0);
        for usage in &program.uses {
            let amount = program.amounts[usage.amount as usize * program.classes + class];
            let dearest = &mut dearest[usage.row as usize];
            *dearest = (*dearest).max(amount.saturating_abs());
        }
        for (most, &dearest) in most.iter_mut().zip(&dearest) {
            *most += carried * dearest as f64;
        }
    }
    // what is bought for that counts in limits, too
    let goods = most.clone();
    for column in &program.columns {
        let relieved = column.entries.iter().filter(|entry| entry.1 < 0);
        let needed = relieved.map(|&(row, b)| {
            let lacking = (program.rows[row as usize].upper as f64).abs() / PARTS as f64;
            (LEGS * goods[row as usize] + lacking) / -(b as f64)
        });
        let offered = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
        let bought = needed.fold(0.0, f64::max).min(offered / PARTS as f64);
        for &(row, b) in column.entries.iter().filter(|entry| entry.1 > 0) {
            most[row as usize] += b as f64 * bought;
        }
    }
    most
}

/// The answer of a session; where floating point keeps it from its gap, that of a fresh one.
fn answer(
    session: &mut Session,
    options: &Options,
    deadline: &Deadline,
) -> Result<Answer, RangingError> {
    if let Some(stop) = deadline.stop() {
        return Err(RangingError::Unfinished(stop));
    }
    let left = || deadline.seconds_left().map(Duration::from_secs_f64);
    session.options_mut().time_limit = left();
    let mut solution = session.solve()?;
    if !is_enough(session.program(), &solution) && solution.stop == Stop::Numerical {
        let options = Options {
            time_limit: left(),
            ..options.clone()
        };
        let mut fresh = Session::new(in_wholes(session.program()), options);
        fresh.solve()?;
        fresh.program_mut().clone_from(session.program());
        fresh.options_mut().time_limit = left();
        solution = fresh.solve()?;
    }
    if !is_enough(session.program(), &solution) {
        return Err(RangingError::Unfinished(solution.stop));
    }
    Ok(Answer {
        cost: solution.cost / PARTS as f64,
        solution,
    })
}

/// The program with all amounts divided by [`PARTS`], to whole ones.
fn in_wholes(program: &Program) -> Program {
    let mut program = program.clone();
    program.constant /= i128::from(PARTS);
    for Row { upper } in &mut program.rows {
        *upper /= PARTS;
    }
    for upper in program.columns.iter_mut().filter_map(|c| c.upper.as_mut()) {
        *upper /= PARTS;
    }
    for release in &mut program.releases {
        release.quantity /= PARTS;
    }
    program
}

/// Rounded prices may not prove the last digits of a vertex that is right.
fn is_enough(program: &Program, solution: &Solution) -> bool {
    let missing = |bound: i128| solution.cost - bound as f64;
    let is_near = || {
        let allowed = (ENOUGH * solution.cost.abs())
            .max(UNTOLD * PARTS as f64)
            .max(rounding(program, solution));
        solution
            .bound
            .is_some_and(|bound| missing(bound) <= allowed)
    };
    match solution.stop {
        Stop::Finished => true,
        Stop::Numerical => solution.feasible && is_near(),
        Stop::Infeasible | Stop::TimeLimit | Stop::Interrupted => false,
    }
}

/// What a bound may lose because its prices are rounded to parts of a cost unit: a part on all that
/// is taken of a row that has a price, and on all that may be bought of what the prices leave at
/// nothing, where half a part puts it below.
fn rounding(program: &Program, solution: &Solution) -> f64 {
    let part = 1.0 / Prices::DENOMINATOR as f64;
    let is_priced = |row: usize| solution.prices[row] > 0.0;
    let rows = program.rows.iter().enumerate();
    let rows = rows.filter(|&(row, _)| is_priced(row));
    let mut size: f64 = rows.map(|(_, row)| (row.upper as f64).abs()).sum();
    for flow in &solution.flows {
        let class = program.releases[flow.release as usize].class as usize;
        let arcs = flow.arcs.iter();
        let uses = arcs.flat_map(|&arc| program.arc_uses(class, arc as usize));
        let taken = uses.filter(|&(row, _)| is_priced(row));
        let taken: f64 = taken.map(|(_, amount)| (amount as f64).abs()).sum();
        size += taken * flow.amount;
    }
    for (column, &bought) in program.columns.iter().zip(&solution.columns) {
        let (mut reduced, mut entries) = (column.cost as f64, 0.0);
        for &(row, b) in &column.entries {
            reduced += solution.prices[row as usize] * b as f64;
            entries += (b as f64).abs();
        }
        if reduced <= 2.0 * part * entries {
            size += entries * column.upper.map_or(bought, |upper| upper as f64);
        }
    }
    part * size
}

/// A change by one amount after the other, each solved from what the answer before knew.
#[derive(Debug)]
pub struct Course<'a> {
    ranger: &'a Ranger,
    direction: &'a Direction,
    session: Session,
}

impl Course<'_> {
    /// The answer after a change by `amount` [`PARTS`] of a unit.
    ///
    /// # Errors
    /// [`RangingError`] where it has no finished answer.
    pub fn at(&mut self, amount: i64) -> Result<Answer, RangingError> {
        let program = self.session.program_mut();
        program.rows.clone_from(&self.ranger.program.rows);
        program.columns.clone_from(&self.ranger.program.columns);
        program.releases.clone_from(&self.ranger.program.releases);
        self.direction.apply(program, amount)?;
        answer(
            &mut self.session,
            &self.ranger.options,
            &self.ranger.deadline,
        )
    }
}
