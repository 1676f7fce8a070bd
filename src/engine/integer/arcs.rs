//! Arcs on which a cheaper plan could travel.

use crate::engine::EngineError;
use crate::program::bound::{self, BoundError, Prices};
use crate::program::flows::Flow;
use crate::program::shortest::{InArcs, Tree};
use crate::program::{Program, Release};

/// The flows that plans cheaper than `worse` could put parcels on, by the reduced costs of `prices`:
/// those of every group on arcs between its origins and its sink, but for arcs that are the only way
/// on, whose flows follow from others. All of them where no plan is known.
pub(super) fn within(
    program: &Program,
    prices: &Prices,
    worse: Option<i128>,
) -> Result<Vec<Flow>, EngineError> {
    let (prices, bound) = bound::proven(program, &prices.repaired(program)?)?;
    let most = match (worse, bound.value()) {
        (Some(cost), Some(bound)) => Some((cost - bound + 1).max(1) * Prices::DENOMINATOR),
        _ => None,
    };
    let network = InArcs::of(program);
    let mut order: Vec<u32> = (0..program.releases.len() as u32)
        .filter(|&k| program.releases[k as usize].quantity > 0)
        .collect();
    let key = |&k: &u32| {
        let release = &program.releases[k as usize];
        (release.class, release.sink)
    };
    order.sort_by_key(key);
    let mut flows = Vec::new();
    for group in order.chunk_by(|a, b| key(a) == key(b)) {
        let (class, sink) = key(&group[0]);
        let weights = bound::reduced_costs(program, &network, class as usize, &prices)?;
        let releases = || group.iter().map(|&k| &program.releases[k as usize]);
        let mut tree = Tree::default();
        let ends = program.sinks[sink as usize].ends.iter();
        tree.grow(
            &network,
            &weights,
            ends.map(|&(node, cost)| (node, i128::from(cost) * Prices::DENOMINATOR)),
            releases().map(|release| release.origin),
        );
        let search = Group {
            program,
            network: &network,
            weights: &weights,
            tree: &tree,
            most,
        };
        for arc in search.arcs(&releases().copied().collect::<Vec<_>>())? {
            flows.push(Flow::Arc { class, sink, arc });
        }
    }
    Ok(flows)
}

struct Group<'a> {
    program: &'a Program,
    network: &'a InArcs,
    weights: &'a [i128],
    tree: &'a Tree,
    /// What a path may cost more than the cheapest of its release.
    most: Option<i128>,
}

impl Group<'_> {
    /// The arcs with a choice: the node that they leave has others, ends paths or begins them.
    fn arcs(&self, releases: &[Release]) -> Result<Vec<u32>, BoundError> {
        let Self { program, .. } = self;
        let nodes = program.network.nodes;
        // what the cheapest way to a node costs more than the cheapest of its release
        let mut excess: Vec<Option<i128>> = vec![None; nodes];
        let mut has_choice = vec![false; nodes];
        for release in releases {
            let Some(path) = self.tree.distance(release.origin) else {
                continue;
            };
            let staying = release
                .unserved_cost
                .map(|cost| i128::from(cost) * Prices::DENOMINATOR);
            let least = staying.map_or(path, |staying| staying.min(path));
            let at = &mut excess[release.origin as usize];
            *at = Some(at.map_or(-least, |known| known.min(-least)));
            has_choice[release.origin as usize] = true;
        }
        for &(node, _) in &program.sinks[releases[0].sink as usize].ends {
            has_choice[node as usize] = true;
        }
        let mut leaving: Vec<Vec<u32>> = vec![Vec::new(); nodes];
        for arc in 0..program.arcs() as u32 {
            leaving[program.network.tails[arc as usize] as usize].push(arc);
        }
        let mut found = Vec::new();
        for node in 0..nodes {
            let Some(here) = excess[node] else {
                continue;
            };
            let mut kept = Vec::new();
            for &arc in &leaving[node] {
                let head = program.network.heads[arc as usize];
                let (Some(weight), Some(rest)) = (
                    self.network.weight(self.weights, arc),
                    self.tree.distance(head),
                ) else {
                    continue;
                };
                if self.most.is_some_and(|most| here + weight + rest > most) {
                    continue;
                }
                let on = &mut excess[head as usize];
                *on = Some(on.map_or(here + weight, |known| known.min(here + weight)));
                kept.push(arc);
            }
            if kept.len() > 1 || has_choice[node] {
                found.extend(kept);
            }
        }
        Ok(found)
    }
}
