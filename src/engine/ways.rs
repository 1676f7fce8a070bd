//! Ways that a linear program's answer does not use but that cost hardly more under its prices.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};

use rayon::prelude::*;

use crate::program::Program;
use crate::program::bound::{Prices, reduced_costs_within_range};
use crate::program::shortest::{InArcs, OutArcs, Tree};

use super::ledger::takes;
use super::{Deadline, EngineError};

/// Paths of little drift per release, at most.
const PATHS: usize = 4;
/// Steps of the search per release, at most.
const STEPS: usize = 2_000;
/// How many arcs may be looked at to go around rows; what comes later gets only its nearest paths.
const ARCS: usize = 100_000_000;

/// One way of a release: a path, or staying unserved.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// Whose.
    pub release: u32,
    /// `None` is staying.
    pub arcs: Option<Vec<u32>>,
    /// The cost of a parcel, without purchases.
    pub cost: i128,
    /// That, and what it takes from rows at their prices.
    pub reduced: f64,
    /// What a parcel takes from rows, by row.
    pub takes: Vec<(u32, i64)>,
    /// Parcels on it.
    pub parcels: i64,
}

impl Way {
    /// What a parcel takes from `row`.
    pub fn amount(&self, row: u32) -> i64 {
        let mut takes = self.takes.iter();
        takes.find(|take| take.0 == row).map_or(0, |take| take.1)
    }
}

/// A step of the search: the drift so far, its number, the node, the arcs that lead there and what
/// these take.
type Step = Reverse<(i128, u32, Option<u32>, u32, u64)>;

/// Paths of every release that cost little more than its shortest one under `prices`, as far as
/// time allows: the nearest ones, up to `drift` more, and for every row with a price on the
/// shortest path the shortest path around that row.
///
/// With the distances d to the sink, an arc a = (v, w) adds δ_a = c_a + d(w) − d(v) ≥ 0 to what a
/// path costs more than the shortest, so that a best-first search from the origin by the sum of δ
/// meets paths in their order and never a dead end (Byers and Waterman 1984). Of the ways to a node
/// that take the same from rows with a price only the first goes on. Distances are shared by the
/// releases of a class and sink.
pub(super) fn alternatives(
    program: &Program,
    network: &InArcs,
    prices: &[f64],
    drift: f64,
    deadline: &Deadline,
) -> Result<Vec<(u32, Vec<u32>)>, EngineError> {
    let exact = Prices::round(prices);
    let carried = |&k: &u32| program.releases[k as usize].quantity > 0;
    let mut order: Vec<u32> = (0..program.releases.len() as u32).filter(carried).collect();
    let key = |&k: &u32| {
        let release = &program.releases[k as usize];
        (release.class, release.sink)
    };
    order.sort_by_key(key);
    let field = Field {
        program,
        network,
        prices,
        out: OutArcs::of(network),
        users: users(program, prices),
        most: (drift * Prices::DENOMINATOR as f64) as i128,
    };
    let mut sweeps = ARCS / program.arcs().max(1);
    let mut found = Vec::new();
    for of_class in order.chunk_by(|a, b| key(a).0 == key(b).0) {
        let weights =
            reduced_costs_within_range(program, network, key(&of_class[0]).0 as usize, &exact)?;
        let groups: Vec<&[u32]> = of_class.chunk_by(|a, b| key(a) == key(b)).collect();
        let near = groups
            .par_iter()
            .map_init(Scratch::default, |scratch, group| {
                let goes_on = deadline.stop().is_none();
                goes_on.then(|| field.near(&weights, group, scratch))
            });
        let near: Vec<(Ways, Around)> = near.flatten().collect();
        let (near, around): (Vec<Ways>, Vec<Around>) = near.into_iter().unzip();
        found.extend(near.into_iter().flatten());
        let mut around: Vec<(u32, Vec<u32>)> = around.into_iter().flatten().collect();
        around.truncate(sweeps);
        sweeps -= around.len();
        let start = || (Scratch::default(), weights.clone());
        let ways = around
            .par_iter()
            .map_init(start, |(scratch, weights), (row, releases)| {
                let goes_on = deadline.stop().is_none();
                goes_on.then(|| field.around(weights, *row, releases, scratch))
            });
        let ways: Vec<Ways> = ways.flatten().collect();
        found.extend(ways.into_iter().flatten());
    }
    Ok(found)
}

/// Releases with a path each.
type Ways = Vec<(u32, Vec<u32>)>;

/// Rows with a price, each with the releases whose shortest path takes from it.
type Around = BTreeMap<u32, Vec<u32>>;

/// The arcs that use each row with a price.
fn users(program: &Program, prices: &[f64]) -> Vec<Vec<u32>> {
    let mut users = vec![Vec::new(); program.rows.len()];
    for arc in 0..program.arcs() {
        for (row, _) in program.arc_uses(0, arc) {
            if prices[row] > 0.0 {
                users[row].push(arc as u32);
            }
        }
    }
    users
}

/// What searches for paths of little drift write down, reused from one to the next.
#[derive(Default)]
struct Scratch {
    tree: Tree,
    steps: BinaryHeap<Step>,
    /// Arcs and what came before them.
    trail: Vec<(u32, u32)>,
    /// Nodes and what the way there takes.
    seen: HashSet<(Option<u32>, u64)>,
}

impl Scratch {
    fn step(&mut self, drift: i128, number: &mut u32, node: Option<u32>, last: u32, taken: u64) {
        *number += 1;
        self.steps
            .push(Reverse((drift, u32::MAX - *number, node, last, taken)));
    }

    /// The shortest path of a release by the distances at hand.
    fn shortest(&self, program: &Program, network: &InArcs, release: u32) -> Option<Vec<u32>> {
        let origin = program.releases[release as usize].origin;
        self.tree.distance(origin)?;
        Some(self.tree.path(network, origin))
    }

    fn arcs(&self, mut last: u32) -> Vec<u32> {
        let mut arcs = Vec::new();
        while last != u32::MAX {
            let (arc, before) = self.trail[last as usize];
            arcs.push(arc);
            last = before;
        }
        arcs.reverse();
        arcs
    }
}

/// Where paths of little drift are searched for.
struct Field<'a> {
    program: &'a Program,
    network: &'a InArcs,
    prices: &'a [f64],
    out: OutArcs,
    /// The arcs that use each row with a price.
    users: Vec<Vec<u32>>,
    most: i128,
}

impl Field<'_> {
    /// Distances to the sink of these releases of one class and sink.
    fn grow(&self, weights: &[i128], releases: &[u32], tree: &mut Tree) {
        let all = &self.program.releases;
        let sink = all[releases[0] as usize].sink;
        let origins = releases.iter().map(|&k| all[k as usize].origin);
        let ends = self.program.sinks[sink as usize].ends.iter();
        let ends = ends.map(|&(node, cost)| (node, i128::from(cost) * Prices::DENOMINATOR));
        tree.grow(self.network, weights, ends, origins);
    }

    /// The nearest paths of these releases of one class and sink, and the rows with a price on
    /// their shortest ones.
    fn near(&self, weights: &[i128], releases: &[u32], scratch: &mut Scratch) -> (Ways, Around) {
        self.grow(weights, releases, &mut scratch.tree);
        let (mut ways, mut around) = (Ways::new(), Around::new());
        for &k in releases {
            self.nearest(weights, k, scratch, &mut ways);
            let class = self.program.releases[k as usize].class as usize;
            let path = scratch.shortest(self.program, self.network, k);
            for (row, _) in takes(self.program, class, &path.unwrap_or_default()) {
                if self.prices[row as usize] > 0.0 {
                    around.entry(row).or_default().push(k);
                }
            }
        }
        (ways, around)
    }

    /// The shortest paths of these releases of one class and sink around a row; weights are as
    /// before in the end.
    fn around(
        &self,
        weights: &mut [i128],
        row: u32,
        releases: &[u32],
        scratch: &mut Scratch,
    ) -> Ways {
        let closed = &self.users[row as usize];
        let before: Vec<Option<i128>> = closed
            .iter()
            .map(|&arc| self.network.weight(weights, arc))
            .collect();
        for &arc in closed {
            self.network.set_weight(weights, arc, None);
        }
        self.grow(weights, releases, &mut scratch.tree);
        for (&arc, weight) in closed.iter().zip(before) {
            self.network.set_weight(weights, arc, weight);
        }
        let shortest = |&k: &u32| {
            let path = scratch.shortest(self.program, self.network, k);
            path.map(|path| (k, path))
        };
        releases.iter().filter_map(shortest).collect()
    }

    /// The nearest paths of a release, by the distances at hand.
    fn nearest(&self, weights: &[i128], release: u32, scratch: &mut Scratch, ways: &mut Ways) {
        let data = &self.program.releases[release as usize];
        let ends = &self.program.sinks[data.sink as usize].ends;
        scratch.steps.clear();
        scratch.trail.clear();
        scratch.seen.clear();
        let (mut paths, mut number) = (0, 0);
        if scratch.tree.distance(data.origin).is_some() {
            let start = (0, u32::MAX, Some(data.origin), u32::MAX, 0);
            scratch.steps.push(Reverse(start));
        }
        while let Some(Reverse((drift, _, node, last, taken))) = scratch.steps.pop() {
            if !scratch.seen.insert((node, taken)) {
                continue;
            }
            let Some(node) = node else {
                ways.push((release, scratch.arcs(last)));
                paths += 1;
                if paths == PATHS {
                    break;
                }
                continue;
            };
            let distance = scratch.tree.distance(node).unwrap_or(0);
            if let Ok(end) = ends.binary_search_by_key(&node, |&(end, _)| end) {
                let cost = i128::from(ends[end].1) * Prices::DENOMINATOR;
                let sum = drift + cost - distance;
                if sum <= self.most {
                    scratch.step(sum, &mut number, None, last, taken);
                }
            }
            for (arc, head) in self.out.leaving(self.network, node) {
                let weight = self.network.weight(weights, arc);
                if let (Some(weight), Some(rest)) = (weight, scratch.tree.distance(head)) {
                    let sum = drift + weight + rest - distance;
                    if sum <= self.most && !self.is_behind(&scratch.trail, last, head) {
                        scratch.trail.push((arc, last));
                        let taken = taken.wrapping_add(self.taken(data.class, arc));
                        let last = scratch.trail.len() as u32 - 1;
                        scratch.step(sum, &mut number, Some(head), last, taken);
                    }
                }
            }
            if number as usize > STEPS {
                break;
            }
        }
    }

    /// A number that tells apart, in all likelihood, what is taken from rows with a price.
    fn taken(&self, class: u32, arc: u32) -> u64 {
        let uses = self.program.arc_uses(class as usize, arc as usize);
        let priced = uses.filter(|&(row, _)| self.prices[row] > 0.0);
        priced.fold(0, |sum: u64, (row, amount)| {
            let row = (row as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            sum.wrapping_add((row ^ (row >> 29)).wrapping_mul(amount as u64))
        })
    }

    /// Whether a path has been at `node`; never in a network with times.
    fn is_behind(&self, trail: &[(u32, u32)], mut last: u32, node: u32) -> bool {
        let network = &self.program.network;
        while network.time.is_none() && last != u32::MAX {
            let (arc, before) = trail[last as usize];
            if network.tails[arc as usize] == node {
                return true;
            }
            last = before;
        }
        false
    }
}
