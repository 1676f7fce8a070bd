//! What the search answers, and how its state becomes that.

use super::domain::Domain;
use super::proof::Leaf;
use super::relaxation::Relaxation;
use super::tree::{LARGE, SAME, Tree};
use crate::engine::simplex::Start;
use crate::engine::{EngineError, Options, Solution, Stop};
use crate::program::flows::Flow;

/// The gap of what is solved finely.
const FINE: f64 = 1e-7;

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
    /// Prices of rows, as [numerators](crate::program::bound::Prices::numerators) other than zero, that leaves refer to.
    pub prices: Vec<Vec<(u32, i128)>>,
    /// Whether domains and prices speak of the program with [links](crate::program::links).
    pub linked: bool,
    /// Flows whose columns come after the program's own, where parcels are whole; domains and prices
    /// then speak of the program [with them](crate::program::flows).
    pub flows: Vec<Flow>,
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
    /// The basis that each solve starts from, where one is kept.
    pub(super) start: Option<Start>,
    pub(super) relaxation: Relaxation,
    pub(super) rows: usize,
}

impl Again {
    /// Why to stop now, if at all.
    pub fn stop(&self) -> Option<Stop> {
        self.relaxation.stop()
    }

    /// Starts the clock of `options` for what follows.
    pub fn restart(&mut self, options: &Options) {
        self.relaxation.restart(options);
    }

    /// Lets every further solve start from where the last one ended, which is near where choices
    /// differ from its own by one.
    pub fn start_from_here(&mut self) {
        self.start = self.relaxation.start();
    }

    /// What solving has taken so far, in entries of programs and arcs looked at, about. Unlike time
    /// it is the same in every run.
    pub fn work(&self) -> u64 {
        self.relaxation.work()
    }

    /// The cheapest answer with the whole columns in `domain`, by linear programming, so that
    /// columns are whole only where the domain leaves one value; `None` where there is none. It is
    /// [finished](Stop::Finished) only where its bound proves that it is the cheapest.
    ///
    /// # Errors
    /// As for [`super::solve`].
    pub fn solve(&mut self, domain: &Domain) -> Result<Option<Solution>, EngineError> {
        if let Some(start) = &self.start {
            self.relaxation.go_back(start);
        }
        let relaxed = self.relaxation.solve(domain, i128::MAX)?;
        let mut settled = self.relaxation.settle(relaxed.solution);
        if let Some(solution) = &mut settled {
            solution.prices.truncate(self.rows);
        }
        Ok(settled)
    }

    /// The same to a gap below which whole parcels lose more, where the search could do with less.
    ///
    /// # Errors
    /// As for [`super::solve`].
    pub fn solve_finely(&mut self, domain: &Domain) -> Result<Option<Solution>, EngineError> {
        let gap = self.relaxation.gap();
        if gap > FINE && self.stop().is_none() {
            self.relaxation.set_gap(FINE);
            let fine = self.solve(domain);
            self.relaxation.set_gap(gap);
            match fine? {
                Some(fine) if fine.stop == Stop::Finished => return Ok(Some(fine)),
                // rounding may keep that gap from being reached
                _ => {}
            }
        }
        self.solve(domain)
    }
}

impl Tree<'_> {
    pub fn without_plan(self, solution: Solution) -> IntegerSolution {
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
            flows: Vec::new(),
            nodes: self.nodes.max(1),
            relaxations: self.relaxation.solves,
            root_bound: None,
            again: Again {
                start: None,
                rows: self.program.rows.len(),
                relaxation: self.relaxation,
            },
        }
    }

    pub fn finish(mut self, stop: Stop, root: Solution) -> Result<IntegerSolution, EngineError> {
        // plans in whole parcels are kept apart
        let in_parcels = self.work_limit.is_some();
        let bound = self.bound();
        for node in std::mem::take(&mut self.waiting).into_iter().flatten() {
            self.leaf(node.domain, node.prices, node.bound);
        }
        let mut leaves = std::mem::take(&mut self.leaves);
        for leaf in &mut leaves {
            self.tighten(leaf);
        }
        self.leaves = leaves;
        let mut solution = match self.best.take() {
            Some(best) => best,
            None if stop == Stop::Finished && !in_parcels => Solution {
                stop: Stop::Infeasible,
                ..root
            },
            None => Solution {
                stop,
                feasible: false,
                bound,
                ..root
            },
        };
        if solution.stop != Stop::Infeasible && !in_parcels {
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
        solution.statistics = self.relaxation.statistics;
        if self.size() > LARGE && solution.feasible {
            self.relaxation.start_near(&solution)?;
        }
        Ok(IntegerSolution {
            choices: self.relaxation.values(&solution, f64::round),
            solution,
            leaves: self.leaves,
            prices: self.prices,
            linked: false,
            flows: Vec::new(),
            nodes: self.nodes,
            relaxations: self.relaxation.solves,
            root_bound: self.root_bound,
            again: Again {
                start: None,
                rows: self.program.rows.len(),
                relaxation: self.relaxation,
            },
        })
    }
}
