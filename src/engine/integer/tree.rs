//! The tree: its state, what is known at its nodes, and how it starts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::answer::IntegerSolution;
use super::branching::History;
use super::dive;
use super::domain::Domain;
use super::parcels::Parcels;
use super::proof::Leaf;
use super::relaxation::{NEAR, NOISE, Relaxation, Relaxed};
use super::restricted::{self, Columns};
use super::searches::column_part;
use crate::engine::{EngineError, Options, Progress, Solution, Stop};
use crate::program::Program;
use crate::program::flows::Members;
use crate::program::links::{self, Link};

/// Links are added up to this size ([`links::size`]).
pub(super) const LINKED: usize = 2_000_000;
/// A plan is as good as a bound that is this near, relative and in cost units: relaxations are
/// solved no finer.
pub(super) const SAME: (f64, f64) = (4e-9, 4.0);
/// The size up to which a relaxation counts as cheap: releases times arcs.
pub(super) const CHEAP: usize = 100_000;
/// The size above which changing many columns at once is not for the simplex method.
pub(super) const LARGE: usize = 300_000_000;

/// How often an answer's parts are looked at to read it, about.
const READING: usize = 40;

/// A part of the choices that is not done.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub domain: Domain,
    pub bound: i128,
    /// Which of the tree's prices prove the bound.
    pub prices: usize,
    /// The whole columns in the relaxation.
    pub values: Vec<f64>,
}

pub(super) struct Tree<'a> {
    pub program: &'a Program,
    pub options: &'a Options,
    pub relaxation: Relaxation,
    pub columns: Columns,
    pub best: Option<Solution>,
    /// A part is done when its bound reaches this.
    pub need: i128,
    pub open: BinaryHeap<(Reverse<i128>, Reverse<usize>)>,
    pub waiting: Vec<Option<Node>>,
    pub leaves: Vec<Leaf>,
    /// The least bound of the leaves.
    pub least_leaf: Option<i128>,
    pub prices: Vec<Vec<(u32, i128)>>,
    /// What each of these proves besides what the whole columns and the rows make of it, so that it is
    /// known for other ranges of columns too; `None` where it leaves the range of exact arithmetic.
    pub beside_columns: Vec<Option<i128>>,
    pub history: History,
    pub nodes: usize,
    pub root_bound: Option<i128>,
    /// Where the search is for whole parcels: what is known of them.
    pub parcels: Option<Parcels<'a>>,
    /// How much work may be done, by the count of [`Relaxation::work`].
    pub work_limit: Option<u64>,
}

/// What became of a part of the choices.
pub(super) enum Part {
    Done,
    Open(Node),
}

pub(super) fn solve(program: &Program, options: &Options) -> Result<IntegerSolution, EngineError> {
    if links::size(program) <= LINKED {
        let (strong, links) = links::linked(program);
        if !links.is_empty() {
            let (mut answer, _) = Tree::new(&strong, &links, &[], options).run()?;
            answer.linked = true;
            answer.solution.prices.truncate(program.rows.len());
            answer.again.rows = program.rows.len();
            return Ok(answer);
        }
    }
    let (answer, _) = Tree::new(program, &[], &[], options).run()?;
    Ok(answer)
}

impl<'a> Tree<'a> {
    pub fn new(
        program: &'a Program,
        links: &[Link],
        flows: &[Members],
        options: &'a Options,
    ) -> Self {
        let relaxation = Relaxation::new(program, links, flows, options);
        Self {
            program,
            options,
            history: History::new(relaxation.whole.len()),
            relaxation,
            columns: Columns::default(),
            best: None,
            need: i128::MAX,
            open: BinaryHeap::new(),
            waiting: Vec::new(),
            leaves: Vec::new(),
            least_leaf: None,
            prices: Vec::new(),
            beside_columns: Vec::new(),
            nodes: 0,
            root_bound: None,
            parcels: None,
            work_limit: None,
        }
    }

    pub fn run(mut self) -> Result<(IntegerSolution, Option<Parcels<'a>>), EngineError> {
        let all = Domain::of(self.program);
        let first = self.relax(&all)?;
        let Some(bound) = first.bound else {
            return Ok((self.without_plan(first.solution), None));
        };
        self.root_bound = Some(bound);
        let root = first.solution.clone();
        if !self.relaxation.is_unfinished() && self.is_impossible(&first.solution)? {
            let nothing = Solution {
                stop: Stop::Infeasible,
                feasible: false,
                ..root
            };
            return Ok((self.without_plan(nothing), None));
        }
        if self.relaxation.is_unfinished() {
            dive::decide_at_once(&mut self, &root)?;
        }
        if let Part::Open(node) = self.assess(all, None, first)? {
            dive::first_plans(&mut self, &root, &node)?;
            // bounds narrow anew now that there is a plan
            let narrowed = self.narrow(node)?;
            if let Part::Open(node) = narrowed {
                self.push(node);
            }
        }
        let stop = self.search()?;
        let parcels = self.parcels.take();
        Ok((self.finish(stop, root)?, parcels))
    }

    /// Why to stop now, if at all.
    pub fn stop(&self) -> Option<Stop> {
        let is_spent = self
            .work_limit
            .is_some_and(|limit| self.relaxation.work() > limit);
        match is_spent {
            true => Some(Stop::TimeLimit),
            false => self.relaxation.stop(),
        }
    }

    /// Whether what must be carried cannot be, whatever is bought.
    fn is_impossible(&self, root: &Solution) -> Result<bool, EngineError> {
        let releases = self.program.releases.iter().zip(&root.unserved);
        let mut must = releases.filter(|(release, _)| release.unserved_cost.is_none());
        if !must.any(|(release, &left)| left > NOISE * release.quantity as f64) {
            return Ok(false);
        }
        let options = Options {
            time_limit: (self.relaxation.seconds_left()).map(std::time::Duration::from_secs_f64),
            ..self.options.clone()
        };
        let strict = crate::engine::column_generation::solve(self.program, &options)?;
        Ok(strict.stop == Stop::Infeasible)
    }

    /// Solves a relaxation and learns its paths.
    pub fn relax(&mut self, domain: &Domain) -> Result<Relaxed, EngineError> {
        self.relax_until(domain, self.need)
    }

    /// The same until its bound reaches `need`.
    pub fn relax_until(&mut self, domain: &Domain, need: i128) -> Result<Relaxed, EngineError> {
        let relaxed = self.relaxation.solve(domain, need)?;
        self.relaxation.charge(READING, &relaxed.solution);
        if self.parcels.is_none() && restricted::is_worth(self.relaxation.whole.len()) {
            self.columns.learn(&relaxed.solution);
        }
        Ok(relaxed)
    }

    /// Keeps an answer with whole columns if it is the best.
    pub fn offer(&mut self, solution: Solution) -> bool {
        let Some(solution) = self.relaxation.settle(solution) else {
            return false;
        };
        if self.best.as_ref().is_some_and(|b| b.cost <= solution.cost) {
            return false;
        }
        let cost = solution.cost;
        let by_gap = cost - self.options.gap * 0.999 * cost.abs();
        let same = cost - SAME.1 - SAME.0 * cost.abs();
        self.need = self.need.min(by_gap.min(same).ceil() as i128);
        self.best = Some(solution);
        self.report();
        true
    }

    /// Whether nothing of a part is left to look for.
    pub fn is_done(&self, node: &Node) -> bool {
        node.bound >= self.need
    }

    pub fn report(&self) {
        if let Some(progress) = self.options.progress {
            progress(&Progress {
                round: self.relaxation.solves,
                cost: self.best.as_ref().map_or(f64::INFINITY, |best| best.cost),
                bound: self.bound().map_or(f64::NEG_INFINITY, |bound| bound as f64),
            });
        }
    }

    /// What a solved relaxation makes of its part.
    pub fn assess(
        &mut self,
        domain: Domain,
        parent: Option<(i128, usize)>,
        relaxed: Relaxed,
    ) -> Result<Part, EngineError> {
        self.nodes += 1;
        let Some(bound) = relaxed.bound else {
            let (by_prices, prices) = parent.unwrap_or((i128::MIN, 0));
            self.add_leaf(Leaf {
                domain,
                prices,
                bound: i128::MAX,
                by_prices,
            });
            return Ok(Part::Done);
        };
        let number = self.prices.len();
        self.prices.push(relaxed.prices);
        let of_columns = column_part(self.program, &domain, &self.dense(number));
        let all = relaxed.numerator;
        let beside = all
            .zip(of_columns)
            .and_then(|(all, own)| all.checked_sub(own));
        self.beside_columns.push(beside);
        // prices that prove less than the parent's do are no use
        let (bound, prices) = match parent {
            Some((known, prices)) if known > bound => (known, prices),
            _ => (bound, number),
        };
        let solution = relaxed.solution;
        let values: Vec<f64> = (self.relaxation.whole.iter())
            .map(|&column| solution.columns[column])
            .collect();
        if self.parcels.is_some() {
            if self.is_rounded(&solution) {
                self.offer_parcels(&solution);
            }
        } else if self.relaxation.is_whole(&solution) {
            self.offer_whole(solution, &domain)?;
        }
        let node = Node {
            domain,
            bound,
            prices,
            values,
        };
        self.narrow(node)
    }

    /// An answer whose columns are near whole numbers: at those numbers, solved again if need be.
    fn offer_whole(&mut self, solution: Solution, domain: &Domain) -> Result<(), EngineError> {
        let values = self.relaxation.values(&solution, f64::round);
        let decided = domain.0.iter().all(|range| range.is_decided());
        let exact = (self.relaxation.whole.iter().zip(&values))
            .all(|(&column, &value)| solution.columns[column] == value as f64);
        let is_plan = if decided || exact {
            self.offer(solution.clone())
        } else {
            let again = self.relax(&Domain::only(&values))?;
            self.offer(again.solution)
        };
        // so little of a unit as rounds to none may be what a parcel takes
        if !is_plan && self.best.is_none() {
            dive::round_up(self, &solution);
        }
        Ok(())
    }

    /// What each whole column costs.
    pub fn costs(&self) -> Vec<f64> {
        let columns = self.relaxation.whole.iter();
        columns
            .map(|&column| self.program.columns[column].cost as f64)
            .collect()
    }

    /// How large a relaxation is, as a number that does not depend on the machine.
    pub fn size(&self) -> usize {
        self.program.releases.len() * self.program.arcs()
    }
}

impl Node {
    /// Whether some value lies outside its range, at a penalty.
    pub fn is_exceeded(&self) -> bool {
        self.domain
            .0
            .iter()
            .zip(&self.values)
            .any(|(range, &value)| {
                let above = range.upper.map_or(0.0, |upper| value - upper as f64);
                (range.lower as f64 - value).max(above) > NEAR
            })
    }

    /// The places of the columns that are not whole in the relaxation.
    pub fn fractional(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let values = self.values.iter().copied().enumerate();
        values.filter(|&(place, value)| {
            let range = self.domain.0[place];
            !range.is_decided() && (value - value.round()).abs() > NEAR
        })
    }
}
