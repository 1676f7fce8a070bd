//! Exact shortest paths towards a sink, backwards over the arcs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use rayon::prelude::*;

use super::Program;
use super::grouped::Grouped;

/// Stands for "no path"; far above every sum that [`MAGNITUDE`] admits.
pub(super) const UNREACHED: i128 = i128::MAX / 4;
/// The weight of a closed arc: added to any path length it stays above [`UNREACHED`].
const CLOSED: i128 = i128::MAX / 2;
/// The largest weight of an arc that is accepted. With fewer than 2^31 arcs on a path, no path
/// length reaches [`UNREACHED`], so that the searches may add without checking.
pub(crate) const MAGNITUDE: i128 = 1 << 90;
/// The next arc of a node that has none.
const NONE: u32 = u32::MAX;

/// An arc's weight leaves the range of exact arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    /// The arc.
    pub arc: usize,
}

/// The arcs of a program's network, grouped by head.
#[derive(Clone, Debug)]
pub struct InArcs {
    pub(super) starts: Vec<usize>,
    pub(super) arcs: Vec<u32>,
    /// The tail of each arc, in the order of `arcs`.
    pub(super) tails: Vec<u32>,
    /// The head of each arc, in the program's order.
    pub(super) heads: Vec<u32>,
    /// Where each arc stands in `arcs`.
    positions: Vec<u32>,
    timed: bool,
}

impl InArcs {
    /// Groups the arcs of `program`.
    pub fn of(program: &Program) -> Self {
        let heads = program.network.heads.clone();
        let mut starts = vec![0; program.network.nodes + 1];
        for &head in &heads {
            starts[head as usize + 1] += 1;
        }
        for node in 1..starts.len() {
            starts[node] += starts[node - 1];
        }
        let mut arcs: Vec<u32> = (0..heads.len() as u32).collect();
        arcs.sort_by_key(|&arc| heads[arc as usize]);
        let tails = arcs
            .iter()
            .map(|&arc| program.network.tails[arc as usize])
            .collect();
        let mut positions = vec![0; arcs.len()];
        for (position, &arc) in arcs.iter().enumerate() {
            positions[arc as usize] = position as u32;
        }
        Self {
            starts,
            arcs,
            tails,
            heads,
            positions,
            timed: program.network.time.is_some(),
        }
    }

    /// One weight per arc for [`Tree::grow`], in its order; `None` closes an arc.
    ///
    /// # Errors
    /// The arc of which the weight, by `weight` itself or by its size, is out of range.
    pub fn weights(
        &self,
        weight: impl Fn(usize) -> Result<Option<i128>, OutOfRange> + Sync,
    ) -> Result<Vec<i128>, OutOfRange> {
        let checked = |&arc: &u32| {
            let arc = arc as usize;
            match weight(arc)? {
                None => Ok(CLOSED),
                Some(weight) if weight.abs() < MAGNITUDE => Ok(weight),
                Some(_) => Err(OutOfRange { arc }),
            }
        };
        self.arcs.par_iter().map(checked).collect()
    }

    /// Changes the weight of one arc in what [`weights`](Self::weights) returned. The size of the
    /// weight must be one that [`weights`](Self::weights) accepts.
    pub fn set_weight(&self, weights: &mut [i128], arc: u32, weight: Option<i128>) {
        weights[self.positions[arc as usize] as usize] = weight.unwrap_or(CLOSED);
    }

    /// The weight of one arc in what [`weights`](Self::weights) returned; `None` where closed.
    pub fn weight(&self, weights: &[i128], arc: u32) -> Option<i128> {
        let weight = weights[self.positions[arc as usize] as usize];
        (weight < CLOSED).then_some(weight)
    }

    /// Where an arc leads.
    pub fn head(&self, arc: u32) -> usize {
        self.heads[arc as usize] as usize
    }

    /// Whether nodes are ordered by time.
    pub(super) fn is_timed(&self) -> bool {
        self.timed
    }

    pub(super) fn of_node(&self, node: usize) -> Range<usize> {
        self.starts[node]..self.starts[node + 1]
    }
}

/// The arcs of an [`InArcs`] grouped by tail, in the program's order at each.
#[derive(Clone, Debug)]
pub struct OutArcs {
    /// Where each arc stands in the other, and its head.
    arcs: Grouped<(u32, u32)>,
}

impl OutArcs {
    /// Groups the arcs of `network`.
    pub fn of(network: &InArcs) -> Self {
        let arcs = network.positions.iter().zip(&network.heads);
        let pairs = arcs.map(|(&place, &head)| (network.tails[place as usize], (place, head)));
        Self {
            arcs: Grouped::new(network.starts.len() - 1, pairs),
        }
    }

    pub(super) fn of_node(&self, node: u32) -> &[(u32, u32)] {
        self.arcs.of(node)
    }

    /// The arcs of `network` that leave a node, each with its head.
    pub fn leaving(&self, network: &InArcs, node: u32) -> impl Iterator<Item = (u32, u32)> {
        let arcs = self.of_node(node).iter();
        arcs.map(|&(place, head)| (network.arcs[place as usize], head))
    }
}

/// A tree of shortest paths from nodes to the nearest end of a sink. Kept between calls, it
/// serves as scratch space.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The labels stand for the nodes from this one on.
    first: usize,
    distance: Vec<i128>,
    next: Vec<u32>,
}

impl Tree {
    /// Finds the shortest paths from `origins` to `ends` (nodes ascending, each with its cost).
    ///
    /// In a network with times, one backward sweep visits the nodes from the last end to the
    /// first origin that can reach an end. Without times, Dijkstra's search runs backwards until
    /// the last origin is settled; weights must then be non-negative. Of equally short ways the
    /// one whose arc is met first stays.
    pub fn grow(
        &mut self,
        network: &InArcs,
        weights: &[i128],
        ends: impl Iterator<Item = (u32, i128)> + Clone,
        origins: impl Iterator<Item = u32> + Clone,
    ) {
        if network.timed {
            let first = origins.min().unwrap_or(0) as usize;
            let last = ends.clone().last().map_or(0, |(node, _)| node as usize + 1);
            self.reset(first, last.saturating_sub(first), ends);
            self.sweep(network, weights);
        } else {
            self.reset(0, network.starts.len() - 1, ends.clone());
            self.search(network, weights, ends, origins);
        }
    }

    /// The length of the shortest path from `node`, if there is one.
    pub fn distance(&self, node: u32) -> Option<i128> {
        let offset = (node as usize).checked_sub(self.first)?;
        let distance = self.distance.get(offset).copied()?;
        (distance < UNREACHED).then_some(distance)
    }

    /// The arcs of the shortest path from `node`; empty where the node is an end or reaches none.
    pub fn path(&self, network: &InArcs, node: u32) -> Vec<u32> {
        let mut path = Vec::new();
        let mut node = node as usize;
        while let Some(&arc) = node
            .checked_sub(self.first)
            .and_then(|offset| self.next.get(offset))
            && arc != NONE
        {
            path.push(arc);
            node = network.heads[arc as usize] as usize;
        }
        path
    }

    fn reset(&mut self, first: usize, nodes: usize, ends: impl Iterator<Item = (u32, i128)>) {
        self.first = first;
        self.distance.clear();
        self.distance.resize(nodes, UNREACHED);
        self.next.clear();
        self.next.resize(nodes, NONE);
        for (node, cost) in ends {
            if let Some(offset) = (node as usize).checked_sub(first) {
                self.distance[offset] = cost;
            }
        }
    }

    fn sweep(&mut self, network: &InArcs, weights: &[i128]) {
        let first = self.first;
        for offset in (0..self.distance.len()).rev() {
            let distance = self.distance[offset];
            if distance >= UNREACHED {
                continue;
            }
            for index in network.of_node(first + offset) {
                let tail = network.tails[index] as usize;
                let through = distance + weights[index];
                if tail >= first && through < self.distance[tail - first] {
                    self.distance[tail - first] = through;
                    self.next[tail - first] = network.arcs[index];
                }
            }
        }
    }

    fn search(
        &mut self,
        network: &InArcs,
        weights: &[i128],
        ends: impl Iterator<Item = (u32, i128)>,
        origins: impl Iterator<Item = u32>,
    ) {
        let mut waiting: Vec<u32> = origins.collect();
        waiting.sort_unstable();
        waiting.dedup();
        let mut open = waiting.len();
        let mut heap: BinaryHeap<_> = ends.map(|(node, cost)| Reverse((cost, node))).collect();
        while let Some(Reverse((distance, node))) = heap.pop() {
            if distance > self.distance[node as usize] {
                continue;
            }
            if waiting.binary_search(&node).is_ok() {
                open -= 1;
                if open == 0 {
                    break;
                }
            }
            for index in network.of_node(node as usize) {
                let tail = network.tails[index];
                let through = distance + weights[index];
                if through < self.distance[tail as usize] {
                    self.distance[tail as usize] = through;
                    self.next[tail as usize] = network.arcs[index];
                    heap.push(Reverse((through, tail)));
                }
            }
        }
    }
}
