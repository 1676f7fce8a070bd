//! Corridors: the little of a network in which the cheap paths of one release run.
//!
//! Prices only ever add to costs. A path that weighs no more than β under any prices therefore
//! costs no more than β without, and so does the part of it before and after every arc v → w:
//!
//! ```text
//! d(root, v) + c + d(w, target) ≤ β
//! ```
//!
//! with distances d at cost alone. The arcs of which this holds are few where a network is large
//! and prices small against costs, and they need to be found only once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::Graph;
use crate::program::grouped::Grouped;

/// Corridors together hold at most this many times the arcs of the network.
const ROOM: usize = 16;

/// One of them holds at most one in so many arcs of the network, or as many where that is small.
const SHARE: usize = 16;
const SMALL: usize = 64;

/// Room for what rounding does to sums along a path.
const ROUNDING: f64 = 1e-9;

const NONE: u32 = u32::MAX;

/// Nodes, each with what it costs to start or end there.
type Ends<'a> = &'a [(u32, f64)];

/// The places of a graph's arcs by the node at their far end.
fn backward(graph: &Graph) -> Grouped<u32> {
    Grouped::new(graph.nodes, graph.far.iter().copied().zip(0..))
}

/// Labels of nodes, forgotten one by one.
#[derive(Debug)]
struct Labels {
    distance: Vec<f64>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Labels {
    fn new(nodes: usize) -> Self {
        Self {
            distance: vec![f64::INFINITY; nodes],
            touched: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }

    fn start(&mut self, from: &[(u32, f64)]) {
        for node in self.touched.drain(..) {
            self.distance[node as usize] = f64::INFINITY;
        }
        self.heap.clear();
        for &(node, cost) in from {
            self.reach(node, cost);
        }
    }

    fn reach(&mut self, node: u32, distance: f64) {
        let known = &mut self.distance[node as usize];
        if distance < *known {
            if known.is_infinite() {
                self.touched.push(node);
            }
            *known = distance;
            // non-negative floats order as their bits do
            self.heap.push(Reverse((distance.to_bits(), node)));
        }
    }

    /// The nearest node that is not settled yet.
    fn settle(&mut self) -> Option<(f64, u32)> {
        while let Some(Reverse((bits, node))) = self.heap.pop() {
            let distance = f64::from_bits(bits);
            if distance <= self.distance[node as usize] {
                return Some((distance, node));
            }
        }
        None
    }
}

/// What finding corridors writes down per node.
#[derive(Debug)]
pub(super) struct Surveyor {
    ahead: Labels,
    behind: Labels,
    /// The number of a node in the corridor.
    local: Vec<u32>,
}

impl Surveyor {
    pub fn new(nodes: usize) -> Self {
        Self {
            ahead: Labels::new(nodes),
            behind: Labels::new(nodes),
            local: vec![NONE; nodes],
        }
    }

    /// The corridor of the paths from any of `roots` to any of `targets` (nodes, each with its
    /// cost) that cost up to `limit`; `costs` in the order of the graph.
    pub fn find(
        &mut self,
        (graph, backward): (&Graph, &Grouped<u32>),
        costs: &[f64],
        (roots, targets): (Ends<'_>, Ends<'_>),
        limit: f64,
    ) -> Corridor {
        let most = limit * (1.0 + ROUNDING);
        let Self {
            ahead,
            behind,
            local,
        } = self;
        ahead.start(roots);
        while let Some((distance, node)) = ahead.settle() {
            for place in graph.at(node as usize) {
                let through = distance + costs[place];
                if through <= most {
                    ahead.reach(graph.far[place], through);
                }
            }
        }
        let fits = |node: u32, rest: f64| ahead.distance[node as usize] + rest <= most;
        let reached = targets.iter().filter(|&&(node, cost)| fits(node, cost));
        behind.start(&reached.copied().collect::<Vec<_>>());
        let mut nodes = Vec::new();
        while let Some((distance, node)) = behind.settle() {
            local[node as usize] = nodes.len() as u32;
            nodes.push(node);
            for &place in backward.of(node) {
                let through = distance + costs[place as usize];
                let near = graph.near[place as usize];
                if fits(near, through) {
                    behind.reach(near, through);
                }
            }
        }
        let mut corridor = Corridor {
            limit,
            rest: nodes.iter().map(|&v| behind.distance[v as usize]).collect(),
            starts: vec![0],
            arcs: Vec::new(),
            roots: Vec::new(),
            targets: Vec::new(),
        };
        for &node in &nodes {
            let before = ahead.distance[node as usize];
            for place in graph.at(node as usize) {
                let far = graph.far[place];
                let after = behind.distance[far as usize];
                if before + costs[place] + after <= most {
                    corridor.arcs.push((place as u32, local[far as usize]));
                }
            }
            corridor.starts.push(corridor.arcs.len() as u32);
        }
        let inside = |&(node, cost): &(u32, f64)| {
            let node = local[node as usize];
            (node != NONE).then_some((node, cost))
        };
        corridor.roots.extend(roots.iter().filter_map(inside));
        corridor.targets.extend(targets.iter().filter_map(inside));
        for node in nodes {
            local[node as usize] = NONE;
        }
        corridor
    }
}

/// A part of a graph, its nodes numbered from zero.
#[derive(Clone, Debug)]
pub(super) struct Corridor {
    /// What a path may cost that is sure to be inside.
    pub limit: f64,
    /// What it costs at least to go on from each node to the target.
    rest: Vec<f64>,
    starts: Vec<u32>,
    /// Places in the graph, and the node at the far end.
    arcs: Vec<(u32, u32)>,
    roots: Vec<(u32, f64)>,
    targets: Vec<(u32, f64)>,
}

impl Corridor {
    /// The lightest path inside under `weights`, in the order of the graph: what it weighs, and
    /// its places from the target back to the root. The search goes to the target: of what is
    /// reached, that is settled first from which it costs least to go on (P. E. Hart, N. J. Nilsson
    /// and B. Raphael, A formal basis for the heuristic determination of minimum cost paths, IEEE
    /// Trans. Syst. Sci. Cybern. 4, 1968).
    pub fn search(&self, weights: &[f64]) -> (f64, Vec<u32>) {
        let mut distance = vec![f64::INFINITY; self.rest.len()];
        let mut via = vec![(NONE, NONE); self.rest.len()];
        let mut heap = BinaryHeap::new();
        for &(root, cost) in &self.roots {
            distance[root as usize] = cost;
            heap.push(Reverse(((cost + self.rest[root as usize]).to_bits(), root)));
        }
        let mut best = (f64::INFINITY, NONE);
        while let Some(Reverse((bits, node))) = heap.pop()
            && f64::from_bits(bits) < best.0
        {
            let here = distance[node as usize];
            if (here + self.rest[node as usize]).to_bits() < bits {
                continue;
            }
            for &(target, cost) in &self.targets {
                if target == node && here + cost < best.0 {
                    best = (here + cost, node);
                }
            }
            let range = self.starts[node as usize]..self.starts[node as usize + 1];
            for &(place, far) in &self.arcs[range.start as usize..range.end as usize] {
                let through = here + weights[place as usize];
                if through < distance[far as usize] {
                    distance[far as usize] = through;
                    via[far as usize] = (place, node);
                    let least = through + self.rest[far as usize];
                    heap.push(Reverse((least.to_bits(), far)));
                }
            }
        }
        let mut places = Vec::new();
        let mut node = best.1;
        while node != NONE {
            let (place, before) = via[node as usize];
            if place != NONE {
                places.push(place);
            }
            node = before;
        }
        (best.0, places)
    }
}

#[derive(Clone, Debug)]
enum Known {
    Nothing,
    Corridor(Corridor),
    /// That a corridor is too large to be kept.
    TooLarge,
}

/// The corridors of a graph's groups of releases, as far as there is room for them.
#[derive(Clone, Debug)]
pub(super) struct Corridors {
    /// The places of arcs by the node at their far end.
    pub backward: Grouped<u32>,
    known: Vec<Known>,
    largest: usize,
    room: usize,
}

impl Corridors {
    pub fn new(graph: &Graph, groups: usize) -> Self {
        Self {
            backward: backward(graph),
            known: vec![Known::Nothing; groups],
            largest: (graph.far.len() / SHARE).max(SMALL),
            room: ROOM * graph.far.len(),
        }
    }

    /// The corridor of a group, where it is known and holds what weighs up to `below`.
    pub fn of(&self, group: usize, below: f64) -> Option<&Corridor> {
        match &self.known[group] {
            Known::Corridor(corridor) if below <= corridor.limit => Some(corridor),
            _ => None,
        }
    }

    /// Which of the wanted (groups, and up to what weight) have yet to be found: no more of them
    /// than there is sure to be room for.
    pub fn missing(&self, wanted: impl Iterator<Item = (usize, f64)>) -> Vec<(usize, f64)> {
        let is_missing = |&(group, below): &(usize, f64)| match &self.known[group] {
            Known::Nothing => true,
            Known::Corridor(corridor) => corridor.limit < below,
            Known::TooLarge => false,
        };
        let most = self.room / self.largest;
        wanted.filter(is_missing).take(most).collect()
    }

    /// Keeps what was found in the place of what was known.
    pub fn keep(&mut self, found: impl Iterator<Item = (usize, Option<Corridor>)>) {
        for (group, corridor) in found {
            let Some(corridor) = corridor else { continue };
            if let Known::Corridor(old) = &self.known[group] {
                self.room += old.arcs.len();
            }
            self.known[group] = if corridor.arcs.len() <= self.largest {
                self.room -= corridor.arcs.len();
                Known::Corridor(corridor)
            } else {
                Known::TooLarge
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::column_generation::graph::Weights;
    use crate::program::flow_format;

    /// From 1 to 4 at 2 by node 2, at 4 by node 3 and at 9 directly; 2 → 3 at 1.
    #[test]
    fn a_corridor_holds_what_may_become_cheapest_and_no_more() {
        let text = "4 6 1\n1 2 1 9\n2 4 1 9\n1 3 2 9\n3 4 2 9\n2 3 1 9\n1 4 9 9\n1 4 5\n";
        let program = flow_format::read(text).unwrap().program;
        let graph = Graph::outgoing(&program);
        let mut weights = Weights::new(&program, &graph);
        let backward = backward(&graph);
        let mut surveyor = Surveyor::new(graph.nodes);
        let (root, target) = ([(graph.node(0), 0.0)], [(graph.node(3), 0.0)]);
        let costs = weights.costs_of(0).to_vec();
        let mut find = |limit: f64| {
            let between = (&root[..], &target[..]);
            surveyor.find((&graph, &backward), &costs, between, limit * 1e6)
        };
        let expand = |places: &[u32]| {
            let mut arcs = graph.pieces.expand(&graph.path(places));
            arcs.sort_unstable();
            arcs.dedup();
            arcs
        };
        let mut arcs = |limit| {
            let places: Vec<u32> = find(limit).arcs.iter().map(|arc| arc.0).collect();
            expand(&places)
        };
        assert!(arcs(1.0).is_empty());
        assert_eq!(arcs(3.0), [0, 1]);
        // 1 → 2 → 3 → 4 costs 4 as well
        assert_eq!(arcs(4.0), [0, 1, 2, 3, 4]);
        assert_eq!(arcs(9.0), [0, 1, 2, 3, 4, 5]);

        // At 5 for 2 → 4, that way weighs 7 and both by node 3 weigh 4; at 6 for 3 → 4 as well,
        // these weigh 10 and the direct one is left at 9 where 2 → 4 is at 8.
        let corridor = find(9.0);
        let mut lightest = |prices: [f64; 6]| {
            weights.set(&program, &prices.map(|price| price * 1e6));
            let (weight, places) = corridor.search(weights.of(0));
            (weight / 1e6, expand(&places))
        };
        assert_eq!(lightest([0.0; 6]), (2.0, vec![0, 1]));
        assert_eq!(lightest([0.0, 5.0, 0.0, 0.0, 0.0, 0.0]).0, 4.0);
        let priced = lightest([0.0, 5.0, 0.0, 6.0, 0.0, 0.0]);
        assert_eq!(priced, (7.0, vec![0, 1]));
        let priced = lightest([0.0, 8.0, 0.0, 6.0, 0.0, 0.0]);
        assert_eq!(priced, (9.0, vec![5]));
    }
}
