//! Ways that a linear program's answer does not use but that cost hardly more under its prices.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::Program;
use crate::program::bound::{Prices, reduced_costs};
use crate::program::shortest::{InArcs, Tree};

use super::ledger::takes;
use super::{Deadline, EngineError};

/// How many arcs may be looked at in all; past that, the groups that come later get only their
/// shortest paths.
const ARCS: usize = 400_000_000;

/// For each release its shortest path under `prices`, and, for every priced row on it, the
/// shortest path around that row, as far as time allows. Trees are shared by the releases of a class and sink.
pub(super) fn alternatives(
    program: &Program,
    network: &InArcs,
    prices: &[f64],
    deadline: &Deadline,
) -> Result<BTreeSet<(u32, Vec<u32>)>, EngineError> {
    let exact = Prices::round(prices);
    let mut groups: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for (k, release) in program.releases.iter().enumerate() {
        if release.quantity > 0 {
            let key = (release.class, release.sink);
            groups.entry(key).or_default().push(k as u32);
        }
    }
    let mut users = vec![Vec::new(); program.rows.len()];
    for arc in 0..program.arcs() {
        for (row, _) in program.arc_uses(0, arc) {
            if prices[row] > 0.0 {
                users[row].push(arc as u32);
            }
        }
    }
    let mut found = BTreeSet::new();
    let mut tree = Tree::default();
    let mut of_class = (u32::MAX, Vec::new());
    let mut sweeps = ARCS / program.arcs().max(1);
    for ((class, sink), releases) in groups {
        if deadline.stop().is_some() {
            break;
        }
        if of_class.0 != class {
            of_class = (
                class,
                reduced_costs(program, network, class as usize, &exact)?,
            );
        }
        let weights = &mut of_class.1;
        let ends = &program.sinks[sink as usize].ends;
        let ends =
            (ends.iter()).map(|&(node, cost)| (node, i128::from(cost) * Prices::DENOMINATOR));
        let origin = |k: &u32| program.releases[*k as usize].origin;
        tree.grow(network, weights, ends.clone(), releases.iter().map(origin));
        let mut around: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &k in &releases {
            if tree.distance(origin(&k)).is_none() {
                continue;
            }
            let path = tree.path(network, origin(&k));
            for (row, _) in takes(program, class as usize, &path) {
                if prices[row as usize] > 0.0 {
                    around.entry(row).or_default().push(k);
                }
            }
            found.insert((k, path));
        }
        for (row, releases) in around {
            if sweeps == 0 || deadline.stop().is_some() {
                break;
            }
            sweeps -= 1;
            let closed = &users[row as usize];
            let before: Vec<_> = (closed.iter())
                .map(|&arc| network.weight(weights, arc))
                .collect();
            for &arc in closed {
                network.set_weight(weights, arc, None);
            }
            tree.grow(network, weights, ends.clone(), releases.iter().map(origin));
            for (&arc, weight) in closed.iter().zip(before) {
                network.set_weight(weights, arc, weight);
            }
            for k in releases {
                if tree.distance(origin(&k)).is_some() {
                    found.insert((k, tree.path(network, origin(&k))));
                }
            }
        }
    }
    Ok(found)
}
