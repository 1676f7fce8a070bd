//! The linear relaxation of a node, solved again from the last one.

use std::collections::HashMap;
use std::time::Duration;

use crate::engine::check::{activities, assess};
use crate::engine::column_generation::Session;
use crate::engine::simplex::Start;
use crate::engine::{Deadline, EngineError, Options, PathFlow, Solution, Statistics, Stop};
use crate::program::Program;
use crate::program::bound::{Prices, lagrangian_numerator};
use crate::program::flows::Members;
use crate::program::links::Link;

use super::domain::{Domain, whole_columns};
use super::paths::{PathProgram, Reached, by_member};

/// How near to a whole number a column counts as one.
pub(super) const NEAR: f64 = 1e-6;
/// Relaxations are solved to this share of the gap that is asked for.
const SHARE: f64 = 0.02;
/// The finest and the coarsest gap that relaxations are solved to.
const GAPS: (f64, f64) = (1e-9, 1e-4);
/// Masters of column generation after which the simplex method over the paths found so far takes over.
const ROUNDS: usize = 60;
/// What share of the time the first relaxation may take.
const FIRST: f64 = 0.6;
/// What of a release that must be carried may stay behind as a solver's noise, of its quantity.
pub(super) const NOISE: f64 = 1e-7;

/// The right-hand side of a row that asks nothing.
const FREE: i64 = i64::MAX / 8;

/// A relaxation that was solved.
#[derive(Clone, Debug)]
pub(super) struct Relaxed {
    /// No plan of the node costs less; `None` where it has none.
    pub bound: Option<i128>,
    /// The same, not rounded down, over [`Prices::DENOMINATOR`]; `None` where nothing is proven too.
    pub numerator: Option<i128>,
    /// The answer, its columns those of the program and not of the node.
    pub solution: Solution,
    /// The prices that prove the bound, as exact numerators other than zero.
    pub prices: Vec<(u32, i128)>,
}

/// A program whose relaxation is solved under changing bounds.
#[derive(Clone, Debug)]
pub(super) struct Relaxation {
    /// The program that is asked about.
    program: Program,
    /// The same, but that staying behind has a price for every release, so that every node has a
    /// plan and a bound.
    base: Program,
    /// Rows of the program after its own.
    links: Vec<Link>,
    /// The members of flows that are whole columns; their rows and columns are the program's last.
    flows: Vec<Members>,
    /// Which flows count what a class puts on an arc.
    flows_at: HashMap<(u32, u32), Vec<u32>>,
    /// Where the whole columns stand.
    pub whole: Vec<usize>,
    /// For the first relaxation, and where the simplex method gives up.
    session: Session,
    /// For the others.
    paths: Option<PathProgram>,
    gap: f64,
    deadline: Deadline,
    /// How many were solved.
    pub solves: usize,
    /// Work besides the simplex method's, counted as that is.
    charged: u64,
    /// What column generation has taken for them.
    pub statistics: Statistics,
}

impl Relaxation {
    /// A relaxation of `program`, whose last rows are `links`, and after them those of `flows`.
    pub fn new(program: &Program, links: &[Link], flows: &[Members], options: &Options) -> Self {
        let base = with_a_price_on_staying(program);
        let gap = (options.gap * SHARE).clamp(GAPS.0, GAPS.1);
        let options_of_nodes = Options {
            gap,
            progress: None,
            ..options.clone()
        };
        Self {
            program: program.clone(),
            whole: whole_columns(program),
            session: {
                let mut session = Session::new(base.clone(), options_of_nodes);
                session.limit_rounds(ROUNDS);
                session
            },
            base,
            links: links.to_vec(),
            flows: flows.to_vec(),
            flows_at: by_member(flows),
            paths: None,
            gap,
            deadline: Deadline::start(options),
            solves: 0,
            charged: 0,
            statistics: Statistics::default(),
        }
    }

    /// Starts the clock anew.
    pub fn restart(&mut self, options: &Options) {
        self.deadline = Deadline::start(options);
        self.session.options_mut().interrupt = options.interrupt.clone();
    }

    /// The gap that relaxations are solved to.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// Solves to another gap from now on.
    pub fn set_gap(&mut self, gap: f64) {
        self.gap = gap;
        self.session.options_mut().gap = gap;
        if let Some(paths) = &mut self.paths {
            paths.gap = gap;
        }
    }

    /// The basis that the next relaxations start from, each for itself.
    pub fn start(&self) -> Option<Start> {
        self.paths.as_ref().map(|paths| paths.simplex.start())
    }

    /// Starts the simplex method again, from the basis nearest to an answer: where that is far
    /// from the last one, it is much nearer.
    ///
    /// # Errors
    /// [`EngineError::Bound`] where costs leave the range of exact arithmetic.
    pub fn start_near(&mut self, answer: &Solution) -> Result<(), EngineError> {
        if let Some(paths) = &self.paths {
            let work = paths.work;
            let known = self.session.paths().into_iter();
            let added = (&self.links[..], &self.flows[..]);
            let mut program = PathProgram::new(&self.base, added, known, answer, self.gap)?;
            program.work = work;
            self.paths = Some(program);
        }
        Ok(())
    }

    /// Goes back to a basis.
    pub fn go_back(&mut self, start: &Start) {
        if let Some(paths) = &mut self.paths {
            paths.simplex.go_back(start);
        }
    }

    /// What solving over paths has taken so far, counted without a clock.
    pub fn work(&self) -> u64 {
        self.charged + self.paths.as_ref().map_or(0, |paths| paths.work)
    }

    /// Counts work that was done with an answer: so often each of its parts was looked at.
    pub fn charge(&mut self, times: usize, solution: &Solution) {
        let arcs: usize = solution.flows.iter().map(|flow| flow.arcs.len()).sum();
        let parts = arcs + solution.columns.len() + self.base.rows.len();
        self.charged += (times * parts) as u64;
    }

    pub fn stop(&self) -> Option<Stop> {
        self.deadline.stop()
    }

    pub fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    pub fn seconds_left(&self) -> Option<f64> {
        self.deadline.seconds_left()
    }

    /// Solves the relaxation of a node, until its bound reaches `need`.
    pub fn solve(&mut self, domain: &Domain, need: i128) -> Result<Relaxed, EngineError> {
        self.solves += 1;
        let first = match self.paths.is_none() {
            true => Some(self.begin(domain)?),
            false => None,
        };
        let (Some(paths), None) = (&mut self.paths, self.deadline.stop()) else {
            return match first {
                Some(first) => Ok(first),
                None => self.solve_afresh(domain),
            };
        };
        let deadline = self.deadline.clone();
        let stop = || deadline.stop().is_some();
        match paths.solve(&self.base, domain, need, &stop) {
            Ok(reached) => {
                let (flows, unserved, columns) = paths.answer(&self.base);
                let relaxed = self.relaxed(reached, (flows, unserved, columns));
                Ok(match first {
                    Some(first) if first.bound > relaxed.bound => Relaxed {
                        bound: first.bound,
                        numerator: first.numerator,
                        prices: first.prices,
                        ..relaxed
                    },
                    _ => relaxed,
                })
            }
            Err(_) => match first {
                Some(first) => Ok(first),
                // every node has an answer, so that floating point is to blame
                None if !self.flows.is_empty() => Ok(self.unknown()),
                None => self.solve_afresh(domain),
            },
        }
    }

    /// Where nothing is known but that there may be an answer.
    fn unknown(&self) -> Relaxed {
        Relaxed {
            bound: Some(i128::MIN),
            numerator: None,
            prices: Vec::new(),
            solution: Solution {
                stop: Stop::Numerical,
                feasible: false,
                flows: Vec::new(),
                unserved: vec![0.0; self.base.releases.len()],
                columns: vec![0.0; self.base.columns.len()],
                prices: vec![0.0; self.base.rows.len()],
                cost: f64::INFINITY,
                bound: None,
                statistics: Statistics::default(),
            },
        }
    }

    fn relaxed(
        &self,
        reached: Reached,
        (flows, unserved, columns): (Vec<PathFlow>, Vec<f64>, Vec<f64>),
    ) -> Relaxed {
        let checked = assess(&self.base, &flows, &unserved, &columns);
        let used = (0u32..).zip(reached.prices.numerators());
        Relaxed {
            bound: Some(reached.bound()),
            numerator: reached.numerator,
            prices: used
                .filter(|&(_, &price)| price > 0)
                .map(|(row, &price)| (row, price))
                .collect(),
            solution: Solution {
                stop: match reached.done {
                    true => Stop::Finished,
                    false => Stop::Numerical,
                },
                feasible: checked.feasible,
                flows,
                unserved,
                columns,
                prices: reached.prices.to_f64(),
                cost: checked.cost,
                bound: Some(reached.bound()),
                statistics: Statistics::default(),
            },
        }
    }

    /// The first relaxation, and the linear program over its paths. It takes no more than a share
    /// of the time, so that some is left to decide on columns whatever is known by then.
    fn begin(&mut self, domain: &Domain) -> Result<Relaxed, EngineError> {
        let seconds = self.deadline.seconds_left();
        let first = self.solve_afresh_within(domain, seconds.map(|left| left * FIRST))?;
        if first.solution.stop == Stop::Finished || first.solution.stop == Stop::Numerical {
            let paths = self.session.paths().into_iter();
            let added = (&self.links[..], &self.flows[..]);
            let program = PathProgram::new(&self.base, added, paths, &first.solution, self.gap)?;
            self.paths = Some(program);
        }
        Ok(first)
    }

    /// Solves by column generation in all the time that is left. Where many columns change at once in
    /// a large program, that ends sooner than the simplex method.
    pub fn solve_afresh(&mut self, domain: &Domain) -> Result<Relaxed, EngineError> {
        self.session.forget_vertex();
        self.solve_afresh_within(domain, self.deadline.seconds_left())
    }

    /// Whether no relaxation was solved to its end so far, though there is time left.
    pub fn is_unfinished(&self) -> bool {
        self.paths.is_none() && self.deadline.stop().is_none()
    }

    /// Solves by column generation from the last answer of that.
    fn solve_afresh_within(
        &mut self,
        domain: &Domain,
        seconds: Option<f64>,
    ) -> Result<Relaxed, EngineError> {
        self.session.options_mut().time_limit = seconds.map(Duration::from_secs_f64);
        let program = self.session.program_mut();
        domain.apply(&self.base, program);
        let first_flow = program.rows.len() - 2 * self.flows.len();
        let first_link = first_flow - self.links.len();
        // flows bind once they are branched on
        for row in &mut program.rows[first_flow..] {
            row.upper = FREE;
        }
        for (place, row) in program.rows[first_link..first_flow].iter_mut().enumerate() {
            let is_in = self
                .paths
                .as_ref()
                .is_some_and(|paths| paths.has_link(place));
            if !is_in {
                row.upper = FREE;
            }
        }
        let mut solution = self.session.solve()?;
        self.statistics.add(solution.statistics);
        for (&column, range) in self.whole.iter().zip(&domain.0) {
            solution.columns[column] += range.lower as f64;
        }
        self.count_flows(&mut solution);
        let exact = Prices::round(&solution.prices).repaired(self.session.program())?;
        // what is claimed of a node is what its prices prove, no more and no less
        let numerator = match solution.stop {
            Stop::Infeasible => None,
            _ => lagrangian_numerator(self.session.program(), &exact)?.value(),
        };
        let bound = numerator.map(|numerator| numerator.div_euclid(Prices::DENOMINATOR));
        let used = (0u32..).zip(exact.numerators());
        Ok(Relaxed {
            bound,
            numerator,
            prices: used
                .filter(|&(_, &price)| price > 0)
                .map(|(row, &price)| (row, price))
                .collect(),
            solution,
        })
    }

    /// Writes what goods put into flows into their columns.
    fn count_flows(&self, solution: &mut Solution) {
        let first = solution.columns.len() - self.flows.len();
        solution.columns[first..].fill(0.0);
        for flow in &solution.flows {
            let class = self.base.releases[flow.release as usize].class;
            for &arc in &flow.arcs {
                for &place in self.flows_at.get(&(class, arc)).into_iter().flatten() {
                    solution.columns[first + place as usize] += flow.amount;
                }
            }
        }
    }

    /// Whether every whole column of an answer is near a whole number.
    pub fn is_whole(&self, solution: &Solution) -> bool {
        let mut columns = self.whole.iter().map(|&column| solution.columns[column]);
        columns.all(|value| (value - value.round()).abs() <= NEAR)
    }

    /// The values of an answer's whole columns after `round`.
    pub fn values(&self, solution: &Solution, round: impl Fn(f64) -> f64) -> Vec<i64> {
        let values = self.whole.iter().map(|&column| solution.columns[column]);
        values.map(|value| round(value) as i64).collect()
    }

    /// Buys what rows lack from columns that are sold in parts: to floating point, a parcel in a row
    /// that sells a thousand times a million of them is nothing.
    fn make_room(&self, solution: &mut Solution) {
        let sums = activities(&self.program, &solution.flows, &solution.columns);
        let rows = sums.iter().zip(&self.program.rows);
        let mut over: Vec<f64> = rows
            .map(|(sum, row)| sum.value - row.upper as f64)
            .collect();
        let columns = self.program.columns.iter().zip(&mut solution.columns);
        for (column, value) in columns.filter(|(column, _)| !column.whole) {
            if column.entries.iter().any(|&(_, b)| b > 0) {
                continue;
            }
            let entries = || column.entries.iter().filter(|&&(_, b)| b < 0);
            let needed = entries().map(|&(row, b)| over[row as usize] / -b as f64);
            let spare = column
                .upper
                .map_or(f64::INFINITY, |most| most as f64 - *value);
            let more = needed.fold(0.0, f64::max).min(spare);
            *value += more;
            for &(row, b) in entries() {
                over[row as usize] += b as f64 * more;
            }
        }
    }

    /// The answer as one to the program itself, with whole columns exactly whole; `None` where it
    /// does not hold then.
    pub fn settle(&self, mut solution: Solution) -> Option<Solution> {
        for &column in &self.whole {
            solution.columns[column] = solution.columns[column].round();
        }
        for (release, data) in self.program.releases.iter().enumerate() {
            let left = solution.unserved[release];
            if data.unserved_cost.is_none() && left > 0.0 {
                if left > NOISE * data.quantity as f64 {
                    return None;
                }
                let flows = solution.flows.iter_mut();
                let largest = flows
                    .filter(|flow| flow.release as usize == release)
                    .max_by(|a, b| a.amount.total_cmp(&b.amount))?;
                largest.amount += left;
                solution.unserved[release] = 0.0;
            }
        }
        let check = |solution: &Solution| {
            let Solution {
                flows,
                unserved,
                columns,
                ..
            } = solution;
            assess(&self.program, flows, unserved, columns)
        };
        let mut checked = check(&solution);
        if !checked.feasible {
            self.make_room(&mut solution);
            checked = check(&solution);
        }
        solution.cost = checked.cost;
        solution.feasible = checked.feasible;
        checked.feasible.then_some(solution)
    }
}

/// What all goods together take from each row, if each arc that uses it is on every path once.
fn largest_loads(program: &Program) -> Vec<f64> {
    let quantity: f64 = program.releases.iter().map(|r| r.quantity as f64).sum();
    let mut loads = vec![0.0; program.rows.len()];
    for usage in &program.uses {
        let first = usage.amount as usize * program.classes;
        let amounts = &program.amounts[first..first + program.classes];
        let most = amounts.iter().copied().max().unwrap_or(0).max(0);
        loads[usage.row as usize] += most as f64 * quantity;
    }
    loads
}

/// A price for staying behind that no plan would pay: more than any path, and more than all that
/// could be bought.
fn with_a_price_on_staying(program: &Program) -> Program {
    let mut priced = program.clone();
    if program.releases.iter().all(|r| r.unserved_cost.is_some()) {
        return priced;
    }
    let dearest = program.costs.iter().filter(|&&cost| cost < i64::MAX).max();
    let path = dearest.copied().unwrap_or(0).max(0) as f64 * program.network.nodes as f64;
    let loads = largest_loads(program);
    let bought = |column: &crate::program::Column| {
        let entries = column.entries.iter().filter(|&&(_, b)| b < 0);
        let needed = entries.map(|&(row, b)| (loads[row as usize] / -b as f64).ceil());
        let most = column.upper.map(|upper| upper as f64);
        column.cost as f64 * most.unwrap_or_else(|| needed.fold(1.0, f64::max))
    };
    let bought: f64 = program.columns.iter().map(bought).sum();
    for release in &mut priced.releases {
        let share = bought / release.quantity.max(1) as f64;
        let price = (2.0 * (path + share)).min(1e15) as i64;
        release.unserved_cost.get_or_insert(price + 1);
    }
    priced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::improve::Random;
    use crate::engine::integer::searches::tests::program;
    use crate::engine::integer::tree::SAME;

    #[test]
    fn comes_to_the_same_cost_from_wherever_it_starts() {
        let mut compared = 0;
        for seed in 1..=300u64 {
            let program = program(&mut Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1));
            let mut relaxation = Relaxation::new(&program, &[], &[], &Options::default());
            let solved = |relaxed: Result<Relaxed, EngineError>| {
                let solution = relaxed.expect("small numbers").solution;
                (solution.stop == Stop::Finished).then_some(solution)
            };
            let Some(root) = solved(relaxation.solve(&Domain::of(&program), i128::MAX)) else {
                continue;
            };
            let decided = Domain::only(&relaxation.values(&root, f64::ceil));
            let from_the_root = solved(relaxation.solve(&decided, i128::MAX));
            let afresh = solved(relaxation.solve_afresh(&decided));
            let (Some(from_the_root), Some(afresh)) = (from_the_root, afresh) else {
                continue;
            };
            relaxation.start_near(&afresh).expect("small numbers");
            let near = solved(relaxation.solve(&decided, i128::MAX)).expect("as before");
            for other in [&afresh, &near] {
                let apart = (other.cost - from_the_root.cost).abs();
                assert!(apart <= 2.0 * SAME.1, "seed {seed}: {apart}");
            }
            compared += 1;
        }
        assert!(compared > 50, "{compared}");
    }
}
