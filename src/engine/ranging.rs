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

use std::time::Duration;

use crate::program::{Program, Row};

use super::column_generation::Session;
use super::{Deadline, EngineError, Options, Solution, Stop};

/// Parts of a unit in which changes are counted.
pub const PARTS: i64 = 1_000_000;
/// The gap to which programs are solved: their costs are compared with each other.
const GAP: f64 = 1e-11;
/// The gap that is enough where floating point allows no less.
const ENOUGH: f64 = 1e-9;
/// What of a cost, in its units, nobody is told of: an answer that is proven so far is right.
const UNTOLD: f64 = 0.5;
/// Solves after which a range counts as not found.
const SOLVES: usize = 100;
/// The least step, in units: two parts of one.
const LEAST: f64 = 2.0 / PARTS as f64;
/// To which share of it the end of a range is found where lines do not say where it is.
const FINE: f64 = 1e-6;
/// Amounts may become so large that no sum of two leaves 64 bits.
const MOST: i64 = 1 << 61;
/// What is left of a price counts as nothing below this share of it.
const FLAT: f64 = 1e-9;
/// Where two lines meet within this part of the stretch that is left, it is halved instead: lines
/// that run nearly side by side do not say where.
const EDGE: f64 = 1e-6;

/// What grows by one unit of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// Upper sides of rows, and by how much each.
    pub rows: Vec<(u32, i64)>,
    /// Upper bounds of columns, and by how much each.
    pub columns: Vec<(u32, i64)>,
    /// Releases whose quantities together grow by one, in proportion to these weights.
    pub releases: Vec<(u32, i64)>,
}

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

/// A line that touches the least cost.
#[derive(Clone, Copy, Debug)]
struct Line {
    at: f64,
    cost: f64,
    slope: f64,
}

impl Line {
    fn value(self, at: f64) -> f64 {
        self.cost + self.slope * (at - self.at)
    }
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
    /// rows that grow, twice, and what the rows lack. More would do no harm to the answer, but to
    /// its proof, which is as exact as prices are, times all there is to buy.
    pub fn plenty(&self, direction: &Direction) -> f64 {
        let program = &self.program;
        let size = |value: i64| (value as f64).abs() / PARTS as f64;
        let needed = |row: u32, per_unit: i64| {
            let lacking = size(program.rows[row as usize].upper);
            (2.0 * self.most[row as usize] + lacking) / (per_unit as f64).abs().max(1.0)
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

    /// Over which range the present price of a change upwards holds; `guess` is about how many
    /// units that may be.
    ///
    /// # Errors
    /// [`RangingError`] where some change has no finished answer, or no range is found.
    pub fn range(&self, direction: &Direction, guess: f64) -> Result<Range, RangingError> {
        let mut search = Search {
            course: self.course(direction),
            solves: 0,
        };
        search.run(guess)
    }
}

impl Direction {
    /// Changes a program whose amounts are multiplied by [`PARTS`] by `amount` parts of a unit.
    ///
    /// # Errors
    /// [`RangingError::TooLarge`] where an amount leaves 64 bits or falls below zero.
    pub fn apply(&self, program: &mut Program, amount: i64) -> Result<(), RangingError> {
        let grown = |from: i64, per_unit: i64| {
            let to = i128::from(from) + i128::from(per_unit) * i128::from(amount);
            narrow(to)
        };
        for &(row, per_unit) in &self.rows {
            let upper = &mut program.rows[row as usize].upper;
            *upper = grown(*upper, per_unit)?;
        }
        for &(column, per_unit) in &self.columns {
            if let Some(upper) = &mut program.columns[column as usize].upper {
                *upper = grown(*upper, per_unit)?.max(0);
            }
        }
        let all: i128 = self.releases.iter().map(|&(_, w)| i128::from(w)).sum();
        let (mut weights, mut given) = (0i128, 0i128);
        for &(release, weight) in &self.releases {
            // whole parts, so that those given out so far are always all that are due so far
            weights += i128::from(weight);
            let due = i128::from(amount) * weights / all.max(1);
            let quantity = &mut program.releases[release as usize].quantity;
            *quantity = narrow(i128::from(*quantity) + due - given)?.max(0);
            given = due;
        }
        Ok(())
    }

    /// The slope of the line that an answer's prices prove.
    fn slope(&self, program: &Program, solution: &Solution) -> f64 {
        let prices = &solution.prices;
        let rows = self.rows.iter();
        let rows: f64 = rows
            .map(|&(row, per_unit)| -prices[row as usize] * per_unit as f64)
            .sum();
        let columns = self.columns.iter().map(|&(column, per_unit)| {
            let column = &program.columns[column as usize];
            let entries = column.entries.iter();
            let reduced: f64 = column.cost as f64
                + entries
                    .map(|&(row, b)| prices[row as usize] * b as f64)
                    .sum::<f64>();
            reduced.min(0.0) * per_unit as f64
        });
        let all: f64 = self.releases.iter().map(|&(_, weight)| weight as f64).sum();
        let releases = self.releases.iter().map(|&(release, weight)| {
            marginal_cost(program, solution, release) * weight as f64 / all.max(1.0)
        });
        rows + columns.sum::<f64>() + releases.sum::<f64>()
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

/// What all goods together can take of each row at most, in units of the program as it was.
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
    if !is_enough(&solution) && solution.stop == Stop::Numerical {
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
    if !is_enough(&solution) {
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

/// Rounded prices may not prove the last digit of a vertex that is right.
fn is_enough(solution: &Solution) -> bool {
    let untold = |bound: i128| solution.cost - bound as f64 <= UNTOLD * PARTS as f64;
    let is_near = solution.gap().is_some_and(|gap| gap <= ENOUGH);
    match solution.stop {
        Stop::Finished => true,
        Stop::Numerical => solution.feasible && (is_near || solution.bound.is_some_and(untold)),
        Stop::Infeasible | Stop::TimeLimit | Stop::Interrupted => false,
    }
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

/// The search for the end of a range.
struct Search<'a> {
    course: Course<'a>,
    solves: usize,
}

impl Search<'_> {
    fn run(&mut self, guess: f64) -> Result<Range, RangingError> {
        let start = self.line(0.0, self.course.ranger.start());
        let tolerance = self.course.ranger.tolerance();
        // what is worth nothing stays so: V falls with every right-hand side but quantities
        if self.is_nothing(start.slope, 0.0) {
            return Ok(self.endless(start, 0.0));
        }
        let mut near = self.solve(guess.max(1e-3))?;
        let mut farther: Option<Line> = None;
        // the first stretch: from the start to `near` without a bend
        while start.cost - near.value(0.0) > tolerance {
            let crossing = cross(start, near);
            if crossing < LEAST || crossing >= near.at {
                break;
            }
            // where bends are many, crossings come down to the first one step by step
            let is_slow = crossing > 0.5 * near.at && near.at > 8.0 * LEAST;
            let middle = self.solve(if is_slow { near.at / 8.0 } else { crossing })?;
            if middle.cost - start.value(middle.at) <= tolerance {
                return match is_slow {
                    true => self.end_between(start, middle, near),
                    false => Ok(self.ended(start.slope, middle)),
                };
            }
            farther = Some(near);
            near = middle;
        }
        self.extend(start, near, farther)
    }

    /// Whether a price is nothing, or nothing beside one that was there before: whether all that
    /// there can be of it is worth less than costs are compared to.
    fn is_nothing(&self, slope: f64, before: f64) -> bool {
        let (ranger, direction) = (self.course.ranger, self.course.direction);
        let least = ranger.tolerance() / ranger.plenty(direction);
        direction.releases.is_empty() && slope >= -least.max(FLAT * before.abs())
    }

    /// Follows the stretch from the start through `near` to its end.
    fn extend(
        &mut self,
        start: Line,
        near: Line,
        farther: Option<Line>,
    ) -> Result<Range, RangingError> {
        if self.is_nothing(near.slope, start.slope) {
            return Ok(self.endless(start, 0.0));
        }
        let (ranger, direction) = (self.course.ranger, self.course.direction);
        let mut reach = near;
        let far = match farther {
            Some(far) => far,
            None => loop {
                let most = ranger.plenty(direction);
                if reach.at >= most {
                    return Ok(self.endless(start, near.slope));
                }
                let next = self.solve((reach.at * 8.0).min(most))?;
                if next.cost - near.value(next.at) > ranger.tolerance() {
                    break next;
                }
                reach = next;
            },
        };
        self.end_between(near, reach, far)
    }

    /// The end of a line after `reach`, which is on it, and before `far`, which is not: where the
    /// lines of both meet, in turn with half way, since lines that run nearly side by side, or
    /// many bends, do not say where.
    fn end_between(
        &mut self,
        line: Line,
        mut reach: Line,
        mut far: Line,
    ) -> Result<Range, RangingError> {
        let tolerance = self.course.ranger.tolerance();
        let mut halve = false;
        loop {
            let left = far.at - reach.at;
            if left <= LEAST.max(FINE * far.at) {
                return Ok(self.ended(line.slope, reach));
            }
            let crossing = cross(line, far);
            let inside = reach.at + EDGE * left..far.at - EDGE * left;
            let crosses = !halve && inside.contains(&crossing);
            let at = if crosses {
                crossing
            } else {
                reach.at + 0.5 * left
            };
            let middle = self.solve(at)?;
            match middle.cost - line.value(middle.at) <= tolerance {
                true if crosses => return Ok(self.ended(line.slope, middle)),
                true => reach = middle,
                false => far = middle,
            }
            halve = crosses;
        }
    }

    fn endless(&self, start: Line, slope: f64) -> Range {
        Range {
            slope,
            until: None,
            cost: start.cost,
            solves: self.solves,
        }
    }

    fn ended(&self, slope: f64, end: Line) -> Range {
        Range {
            slope,
            until: Some((end.at * PARTS as f64).round() as i64),
            cost: end.cost,
            solves: self.solves,
        }
    }

    fn line(&self, at: f64, answer: &Answer) -> Line {
        let Course {
            ranger, direction, ..
        } = self.course;
        Line {
            at,
            cost: answer.cost,
            slope: direction.slope(&ranger.program, &answer.solution),
        }
    }

    fn solve(&mut self, at: f64) -> Result<Line, RangingError> {
        if self.solves >= SOLVES {
            return Err(RangingError::NoEnd);
        }
        self.solves += 1;
        let amount = (at * PARTS as f64).floor() as i64;
        let answer = self.course.at(amount)?;
        Ok(self.line(amount as f64 / PARTS as f64, &answer))
    }
}

/// Where two lines meet.
fn cross(a: Line, b: Line) -> f64 {
    let slope = a.slope - b.slope;
    if slope == 0.0 {
        return b.at;
    }
    (b.value(0.0) - a.value(0.0)) / slope
}
