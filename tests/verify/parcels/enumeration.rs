//! The least cost in whole parcels by trying everything, where there is little to try.
//!
//! Every way of every release is listed, every split of its parcels over them tried. What units,
//! tiers and violations cost for the loads of a split is left to a small program for microlp, as
//! parcels are no part of it.

use std::collections::BTreeMap;

use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, variable};
use railair::program::Program;
use rayon::prelude::*;

use super::{Optimum, hair, small, table};

/// Ways of a release, at most.
const WAYS: usize = 300;
/// Splits of all releases together, at most.
const SPLITS: u64 = 100_000;

/// What a parcel takes from rows along a way, and what it costs there at least.
type Ways = BTreeMap<Vec<(u32, i64)>, i64>;

/// The ways of a release from a node to an end. Ways that take the same are one, at the least cost.
struct Walker<'a> {
    program: &'a Program,
    class: usize,
    /// Ends and what ending there costs.
    ends: BTreeMap<u32, i64>,
    /// Arcs that leave each node.
    leaving: Vec<Vec<usize>>,
    known: BTreeMap<u32, Ways>,
}

impl Walker<'_> {
    /// The ways from a node; `None` where they are too many.
    fn from(&mut self, node: u32) -> Option<Ways> {
        if let Some(ways) = self.known.get(&node) {
            return Some(ways.clone());
        }
        let mut ways = Ways::new();
        if let Some(&cost) = self.ends.get(&node) {
            ways.insert(Vec::new(), cost);
        }
        for arc in self.leaving[node as usize].clone() {
            let Some(cost) = self.program.cost(self.class, arc) else {
                continue;
            };
            for (taken, onward) in self.from(self.program.network.heads[arc])? {
                let mut all: BTreeMap<u32, i64> = taken.into_iter().collect();
                for (row, amount) in self.program.arc_uses(self.class, arc) {
                    *all.entry(row as u32).or_default() += amount;
                }
                let total = cost + onward;
                let least = ways.entry(all.into_iter().collect()).or_insert(total);
                *least = (*least).min(total);
            }
        }
        if ways.len() > WAYS {
            return None;
        }
        self.known.insert(node, ways.clone());
        Some(ways)
    }
}

/// A release and what each of its parcels may do, cheapest first.
struct Choice {
    quantity: i64,
    ways: Vec<(i64, Vec<(u32, i64)>)>,
}

/// The choices of a program; `None` where they are too many.
fn choices(program: &Program) -> Option<Vec<Choice>> {
    program.network.time.as_ref()?;
    let mut leaving = vec![Vec::new(); program.network.nodes];
    for (arc, &tail) in program.network.tails.iter().enumerate() {
        leaving[tail as usize].push(arc);
    }
    let mut splits = 1_u64;
    let mut all = Vec::new();
    for release in &program.releases {
        let mut walker = Walker {
            program,
            class: release.class as usize,
            ends: program.sinks[release.sink as usize]
                .ends
                .iter()
                .copied()
                .collect(),
            leaving: leaving.clone(),
            known: BTreeMap::new(),
        };
        let ways = walker.from(release.origin)?.into_iter();
        let mut ways: Vec<_> = ways.map(|(taken, cost)| (cost, taken)).collect();
        ways.extend(release.unserved_cost.map(|cost| (cost, Vec::new())));
        ways.sort();
        splits = splits.checked_mul(ways_to_split(release.quantity, ways.len())?)?;
        if splits > SPLITS {
            return None;
        }
        all.push(Choice {
            quantity: release.quantity,
            ways,
        });
    }
    Some(all)
}

/// In how many ways `quantity` parcels can be put on `ways` ways; `None` where they are very many.
fn ways_to_split(quantity: i64, ways: usize) -> Option<u64> {
    let mut count = 1_u64;
    for step in 1..ways as u64 {
        count = count.checked_mul(quantity as u64 + step)? / step;
        if count > SPLITS {
            return None;
        }
    }
    Some(count)
}

/// The search among all splits.
struct Trial<'a> {
    program: &'a Program,
    choices: Vec<Choice>,
    loads: Vec<i64>,
    /// What purchases cost for the loads of rows.
    bought: BTreeMap<Vec<i64>, Option<f64>>,
    best: Option<f64>,
}

impl Trial<'_> {
    /// Puts the parcels that are `left` of a release on its ways from `way` on, then those of the
    /// releases after it. No way and no purchase costs less than nothing.
    fn put(&mut self, release: usize, way: usize, left: i64, cost: i64) {
        if self.best.is_some_and(|best| cost as f64 >= best) {
            return;
        }
        let Some(choice) = self.choices.get(release) else {
            return self.buy(cost);
        };
        let last = way + 1 >= choice.ways.len();
        if left == 0 || choice.ways.is_empty() {
            let next = self
                .choices
                .get(release + 1)
                .map_or(0, |next| next.quantity);
            if left == 0 {
                self.put(release + 1, 0, next, cost);
            }
            return;
        }
        let (price, taken) = choice.ways[way].clone();
        let fewest = if last { left } else { 0 };
        for parcels in (fewest..=left).rev() {
            self.load(&taken, parcels);
            if parcels == left {
                self.put(release, way, 0, cost + price * parcels);
            } else {
                self.put(release, way + 1, left - parcels, cost + price * parcels);
            }
            self.load(&taken, -parcels);
        }
    }

    fn load(&mut self, taken: &[(u32, i64)], parcels: i64) {
        for &(row, amount) in taken {
            self.loads[row as usize] += amount * parcels;
        }
    }

    fn buy(&mut self, cost: i64) {
        let purchases = match self.bought.get(&self.loads) {
            Some(&known) => known,
            None => {
                let found = purchases(self.program, &self.loads);
                self.bought.insert(self.loads.clone(), found);
                found
            }
        };
        let Some(purchases) = purchases else { return };
        let total = cost as f64 + purchases;
        if self.best.is_none_or(|best| total < best) {
            self.best = Some(total);
        }
    }
}

/// What must be bought for loads at least; `None` where no purchase makes room for them.
fn purchases(program: &Program, loads: &[i64]) -> Option<f64> {
    let mut short = loads.iter().zip(&program.rows);
    if short.all(|(&load, row)| load <= row.upper) {
        return Some(0.0);
    }
    let mut sums = vec![Expression::default(); loads.len()];
    // the largest entry of each row that purchases have any in
    let mut sizes = vec![0.0_f64; loads.len()];
    for &(row, value) in program.columns.iter().flat_map(|column| &column.entries) {
        let size = &mut sizes[row as usize];
        *size = size.max(value.unsigned_abs() as f64);
    }
    let mut cost = Expression::default();
    let mut variables = ProblemVariables::new();
    for column in &program.columns {
        let mut definition = variable().min(0.0);
        if let Some(upper) = column.upper {
            definition = definition.max(upper as f64);
        }
        if column.whole {
            definition = definition.integer();
        }
        let handle = variables.add(definition);
        cost.add_mul(column.cost as f64 / 1e6, handle);
        for &(row, value) in &column.entries {
            sums[row as usize].add_mul(value as f64 / sizes[row as usize], handle);
        }
    }
    let mut problem = variables.minimise(&cost).using(good_lp::microlp);
    for (at, sum) in sums.into_iter().enumerate() {
        let room = program.rows[at].upper - loads[at];
        if sizes[at] > 0.0 {
            problem.add_constraint(sum.leq(room as f64 / sizes[at]));
        } else if room < 0 {
            return None;
        }
    }
    match problem.solve() {
        Ok(solution) => Some(solution.eval(&cost) * 1e6),
        Err(ResolutionError::Infeasible) => None,
        Err(error) => panic!("microlp broke down: {error}"),
    }
}

/// The least cost in the currency; `None` where there is too much to try.
fn tried(program: &Program) -> Option<Optimum> {
    let choices = choices(program)?;
    let first = choices.first().map_or(0, |first| first.quantity);
    let mut trial = Trial {
        program,
        choices,
        loads: vec![0; program.rows.len()],
        bought: BTreeMap::new(),
        best: None,
    };
    trial.put(0, 0, first, 0);
    let all = |best: f64| (best + program.constant as f64) / 1e6;
    Some(trial.best.map(all))
}

#[test]
fn the_table_says_what_trying_everything_does() {
    let rows = table::asked_for().into_par_iter();
    let tried: Vec<(u64, Optimum, Optimum)> = rows
        .filter_map(|(seed, optimum)| {
            let found = tried(&small(seed).formulation.program)?;
            Some((seed, optimum, found))
        })
        .collect();
    println!("{} of them tried", tried.len());
    let wrong: Vec<_> = (tried.iter())
        .filter(|&&(_, known, found)| match (known, found) {
            (Some(known), Some(found)) => (known - found).abs() > hair(known),
            (known, found) => known != found,
        })
        .collect();
    assert!(wrong.is_empty(), "seed, table, tried: {wrong:#?}");
    assert!(tried.len() >= 20, "{}", tried.len());
}
