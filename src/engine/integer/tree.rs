//! The tree: nodes, leaves, and the search through them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::branching::{Candidate, History};
use super::domain::{Domain, Range};
use super::relaxation::{NEAR, NOISE, Relaxation, Relaxed};
use super::restricted::Columns;
use super::{dive, restricted};
use crate::engine::{EngineError, Options, Progress, Solution, Statistics, Stop};
use crate::program::Program;
use crate::program::bound::Prices;
use crate::program::links::{self, Link};

/// Links are added up to this size ([`links::size`]).
const LINKED: usize = 2_000_000;
/// A plan is as good as a bound that is this near, relative and in cost units: relaxations are
/// solved no finer.
const SAME: (f64, f64) = (4e-9, 4.0);
/// The size up to which a relaxation counts as cheap: releases times arcs.
pub(super) const CHEAP: usize = 100_000;
/// Nodes between two tries of the integer program over all paths.
const TRY_AGAIN: usize = 200;

/// An answer with whole columns, and what proves its bound.
#[derive(Clone, Debug)]
pub struct IntegerSolution {
    /// The answer; its bound is the least of the leaves', its prices are those of the linear
    /// program with the whole columns as they are.
    pub solution: Solution,
    /// The whole columns of the answer, in order.
    pub choices: Vec<i64>,
    /// The proof: every choice of whole columns lies in a leaf.
    pub leaves: Vec<Leaf>,
    /// Prices of rows, as [`Prices::numerators`] other than zero, that leaves refer to.
    pub prices: Vec<Vec<(u32, i128)>>,
    /// Whether domains and prices speak of the program with [links].
    pub linked: bool,
    /// To solve again with other choices.
    pub again: Again,
    /// Nodes of the tree whose relaxation was solved.
    pub nodes: usize,
    /// Relaxations solved, those of dives included.
    pub relaxations: usize,
    /// The bound before branching.
    pub root_bound: Option<i128>,
}

/// What the search knows of paths and prices, to solve with other choices.
#[derive(Clone, Debug)]
pub struct Again {
    relaxation: Relaxation,
    rows: usize,
}

impl Again {
    /// Starts the clock of `options` for what follows.
    pub fn restart(&mut self, options: &Options) {
        self.relaxation.restart(options);
    }

    /// The cheapest answer with the whole columns in `domain`, by linear programming, so that
    /// columns are whole only where the domain leaves one value; `None` where there is none.
    ///
    /// # Errors
    /// As for [`super::solve`].
    pub fn solve(&mut self, domain: &Domain) -> Result<Option<Solution>, EngineError> {
        let relaxed = self.relaxation.solve(domain)?;
        let mut settled = self.relaxation.settle(relaxed.solution);
        if let Some(solution) = &mut settled {
            solution.prices.truncate(self.rows);
        }
        Ok(settled)
    }
}

/// A part of the choices that was not split further.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The ranges of the whole columns.
    pub domain: Domain,
    /// Which of [`IntegerSolution::prices`] belong to it.
    pub prices: usize,
    /// What is proven: no plan of this part costs less. The largest number where the part was found
    /// to have no plan at all.
    pub bound: i128,
    /// What of it the prices prove: all, or as much as was known before the part was found to have
    /// no plan.
    pub by_prices: i128,
}

/// A part of the choices that is not done.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub domain: Domain,
    pub bound: i128,
    prices: usize,
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
    open: BinaryHeap<(Reverse<i128>, Reverse<usize>)>,
    waiting: Vec<Option<Node>>,
    leaves: Vec<Leaf>,
    prices: Vec<Vec<(u32, i128)>>,
    history: History,
    nodes: usize,
    root_bound: Option<i128>,
    statistics: Statistics,
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
            let mut answer = Tree::new(&strong, &links, options).run()?;
            answer.linked = true;
            answer.solution.prices.truncate(program.rows.len());
            answer.again.rows = program.rows.len();
            return Ok(answer);
        }
    }
    Tree::new(program, &[], options).run()
}

impl<'a> Tree<'a> {
    fn new(program: &'a Program, links: &[Link], options: &'a Options) -> Self {
        let relaxation = Relaxation::new(program, links, options);
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
            prices: Vec::new(),
            nodes: 0,
            root_bound: None,
            statistics: Statistics::default(),
        }
    }

    fn run(mut self) -> Result<IntegerSolution, EngineError> {
        let all = Domain::of(self.program);
        let first = self.relax(&all)?;
        let Some(bound) = first.bound else {
            return Ok(self.without_plan(first.solution));
        };
        self.root_bound = Some(bound);
        let root = first.solution.clone();
        if self.is_impossible(&first.solution)? {
            return Ok(self.without_plan(Solution {
                stop: Stop::Infeasible,
                feasible: false,
                ..root
            }));
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
        self.finish(stop, root)
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
        let relaxed = self.relaxation.solve(domain)?;
        self.columns.learn(&relaxed.solution);
        let statistics = relaxed.solution.statistics;
        self.statistics.rounds += statistics.rounds;
        self.statistics.columns = self.columns.len();
        self.statistics.binding_rows = statistics.binding_rows;
        self.statistics.pricing_seconds += statistics.pricing_seconds;
        self.statistics.master_seconds += statistics.master_seconds;
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

    fn report(&self) {
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
            self.leaves.push(Leaf {
                domain,
                prices,
                bound: i128::MAX,
                by_prices,
            });
            return Ok(Part::Done);
        };
        let number = self.prices.len();
        self.prices.push(relaxed.prices);
        // prices that prove less than the parent's do are no use
        let (bound, prices) = match parent {
            Some((known, prices)) if known > bound => (known, prices),
            _ => (bound, number),
        };
        let solution = relaxed.solution;
        let values: Vec<f64> = (self.relaxation.whole.iter())
            .map(|&column| solution.columns[column])
            .collect();
        if self.relaxation.is_whole(&solution) {
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
        if decided || exact {
            self.offer(solution);
            return Ok(());
        }
        let again = self.relax(&Domain::only(&values))?;
        self.offer(again.solution);
        Ok(())
    }

    /// Cuts values off that the node's prices prove to cost too much; each cut is a leaf.
    fn narrow(&mut self, mut node: Node) -> Result<Part, EngineError> {
        if node.bound >= self.need {
            self.leaf(node.domain, node.prices, node.bound);
            return Ok(Part::Done);
        }
        if self.need == i128::MAX {
            return Ok(Part::Open(node));
        }
        let number = node.prices;
        let prices = self.dense(number);
        let slack = (self.need - node.bound) * Prices::DENOMINATOR;
        for place in 0..node.domain.0.len() {
            let range = node.domain.0[place];
            let reduced = prices.reduced_cost(self.program, self.relaxation.whole[place])?;
            if range.is_decided() || reduced == 0 {
                continue;
            }
            // how many steps from the good end a value may be
            let steps = (slack - 1).div_euclid(reduced.abs());
            let Ok(steps) = i64::try_from(steps) else {
                continue;
            };
            let worth = node.bound + (reduced.abs() * i128::from(steps + 1)) / Prices::DENOMINATOR;
            let (kept, cut) = if reduced > 0 {
                range.split(range.lower.saturating_add(steps))
            } else if let Some(upper) = range.upper {
                let (low, high) = range.split(upper.saturating_sub(steps).saturating_sub(1));
                (high, low)
            } else {
                continue;
            };
            if is_empty(cut) {
                continue;
            }
            self.leaf(node.domain.with(place, cut), number, worth);
            node.domain.0[place] = kept;
        }
        Ok(Part::Open(node))
    }

    fn dense(&self, number: usize) -> Prices {
        let mut prices = vec![0; self.program.rows.len()];
        for &(row, price) in &self.prices[number] {
            prices[row as usize] = price;
        }
        Prices::from_numerators(prices)
    }

    fn leaf(&mut self, domain: Domain, prices: usize, bound: i128) {
        self.leaves.push(Leaf {
            domain,
            prices,
            bound,
            by_prices: bound,
        });
    }

    fn push(&mut self, node: Node) {
        self.open
            .push((Reverse(node.bound), Reverse(self.waiting.len())));
        self.waiting.push(Some(node));
    }

    fn pop(&mut self) -> Option<Node> {
        let (_, Reverse(place)) = self.open.pop()?;
        self.waiting[place].take()
    }

    /// Splits parts until all are done; answers why it stopped.
    fn search(&mut self) -> Result<Stop, EngineError> {
        let mut next_try = TRY_AGAIN;
        while let Some(node) = self.pop() {
            let mut plunge = Some(node);
            while let Some(node) = plunge.take() {
                if let Some(stop) = self.relaxation.stop() {
                    self.push(node);
                    return Ok(stop);
                }
                if self.nodes >= next_try {
                    next_try = self.nodes + TRY_AGAIN;
                    restricted::improve(self)?;
                }
                let Part::Open(node) = self.narrow(node)? else {
                    continue;
                };
                plunge = self.split(node)?;
            }
            self.report();
        }
        let closed = self.best.is_some() || self.leaves.iter().all(|leaf| leaf.bound == i128::MAX);
        Ok(if closed {
            Stop::Finished
        } else {
            Stop::Numerical
        })
    }

    /// Solves both sides of the best candidate and answers the one to go on with.
    fn split(&mut self, node: Node) -> Result<Option<Node>, EngineError> {
        let candidates = self.history.rank(&node, &self.costs());
        let Some(first) = candidates.first().copied() else {
            // nothing is left to decide, and the gap of the relaxation is what it is
            self.leaf(node.domain, node.prices, node.bound);
            return Ok(None);
        };
        let trials = self.history.trials(&candidates, self.size());
        let mut chosen: Option<(f64, Candidate, [Relaxed; 2])> = None;
        for candidate in trials {
            let sides = self.both_sides(&node, candidate)?;
            let score = self.history.learn(&node, candidate, &sides);
            if chosen.as_ref().is_none_or(|(best, ..)| score > *best) {
                chosen = Some((score, candidate, sides));
            }
            if self.relaxation.stop().is_some() {
                break;
            }
        }
        let Some((_, candidate, sides)) = chosen else {
            let sides = self.both_sides(&node, first)?;
            self.history.learn(&node, first, &sides);
            return self.descend(node, first, sides);
        };
        self.descend(node, candidate, sides)
    }

    fn both_sides(&mut self, node: &Node, at: Candidate) -> Result<[Relaxed; 2], EngineError> {
        let (low, high) = at.sides(node);
        Ok([self.relax(&low)?, self.relax(&high)?])
    }

    fn descend(
        &mut self,
        node: Node,
        at: Candidate,
        sides: [Relaxed; 2],
    ) -> Result<Option<Node>, EngineError> {
        let (low, high) = at.sides(&node);
        let [of_low, of_high] = sides;
        let parent = Some((node.bound, node.prices));
        let low = self.assess(low, parent, of_low)?;
        let high = self.assess(high, parent, of_high)?;
        Ok(match (low, high) {
            (Part::Done, Part::Done) => None,
            (Part::Open(only), Part::Done) | (Part::Done, Part::Open(only)) => Some(only),
            (Part::Open(low), Part::Open(high)) => {
                let (first, second) = if low.bound < high.bound {
                    (low, high)
                } else {
                    (high, low)
                };
                self.push(second);
                Some(first)
            }
        })
    }

    /// What each whole column costs.
    fn costs(&self) -> Vec<f64> {
        let columns = self.relaxation.whole.iter();
        columns
            .map(|&column| self.program.columns[column].cost as f64)
            .collect()
    }

    /// How large a relaxation is, as a number that does not depend on the machine.
    pub fn size(&self) -> usize {
        self.program.releases.len() * self.program.arcs()
    }

    /// The least bound of leaves and open nodes.
    fn bound(&self) -> Option<i128> {
        let open = self.waiting.iter().flatten().map(|node| node.bound);
        let leaves = self.leaves.iter().map(|leaf| leaf.bound);
        leaves.chain(open).min().or(self.root_bound)
    }

    fn without_plan(self, solution: Solution) -> IntegerSolution {
        IntegerSolution {
            solution: Solution {
                feasible: false,
                bound: None,
                ..solution
            },
            choices: Vec::new(),
            leaves: Vec::new(),
            prices: Vec::new(),
            linked: false,
            nodes: self.nodes.max(1),
            relaxations: self.relaxation.solves,
            root_bound: None,
            again: Again {
                rows: self.program.rows.len(),
                relaxation: self.relaxation,
            },
        }
    }

    fn finish(mut self, stop: Stop, root: Solution) -> Result<IntegerSolution, EngineError> {
        let bound = self.bound();
        for node in std::mem::take(&mut self.waiting).into_iter().flatten() {
            self.leaf(node.domain, node.prices, node.bound);
        }
        let mut solution = match self.best.take() {
            Some(best) => best,
            None if stop == Stop::Finished => Solution {
                stop: Stop::Infeasible,
                ..root
            },
            None => Solution {
                feasible: false,
                ..root
            },
        };
        if solution.stop != Stop::Infeasible {
            solution.stop = stop;
            solution.bound = bound;
            let reached = |gap: f64| gap <= self.options.gap.max(2.0 * SAME.0);
            if stop == Stop::Finished && !solution.gap().is_some_and(reached) {
                let distance = solution.cost - bound.unwrap_or(i128::MIN) as f64;
                if distance > 2.0 * SAME.1 {
                    solution.stop = Stop::Numerical;
                }
            }
        }
        solution.statistics = self.statistics;
        Ok(IntegerSolution {
            choices: self.relaxation.values(&solution, f64::round),
            solution,
            leaves: self.leaves,
            prices: self.prices,
            linked: false,
            nodes: self.nodes,
            relaxations: self.relaxation.solves,
            root_bound: self.root_bound,
            again: Again {
                rows: self.program.rows.len(),
                relaxation: self.relaxation,
            },
        })
    }
}

impl Node {
    /// The places of the columns that are not whole in the relaxation.
    pub fn fractional(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let values = self.values.iter().copied().enumerate();
        values.filter(|&(place, value)| {
            let range = self.domain.0[place];
            !range.is_decided() && (value - value.round()).abs() > NEAR
        })
    }
}

fn is_empty(range: Range) -> bool {
    range.upper.is_some_and(|upper| upper < range.lower)
}
