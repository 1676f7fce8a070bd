//! Exact distances between an origin and a sink, searched from both ends at once.
//!
//! Dijkstra's search settles a ball of nodes around where it starts; two balls of half the radius
//! hold far fewer nodes than one. The searches take turns, the smaller heap first, and end once
//! what both would settle next is together no shorter than the best way found (T. A. J.
//! Nicholson, Finding the shortest route between two points in a network, Comput. J. 9, 1966).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::shortest::{InArcs, OutArcs, UNREACHED};

/// What a search from one end knows.
#[derive(Clone, Debug, Default)]
struct Side {
    distance: Vec<i128>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(i128, u32)>>,
}

impl Side {
    fn start(&mut self, nodes: usize) {
        for node in self.touched.drain(..) {
            self.distance[node as usize] = UNREACHED;
        }
        self.distance.resize(nodes, UNREACHED);
        self.heap.clear();
    }

    fn reach(&mut self, node: u32, distance: i128) -> bool {
        let known = &mut self.distance[node as usize];
        let is_shorter = distance < *known;
        if is_shorter {
            if *known == UNREACHED {
                self.touched.push(node);
            }
            *known = distance;
            self.heap.push(Reverse((distance, node)));
        }
        is_shorter
    }

    /// The distance that the side settles next.
    fn next(&self) -> Option<i128> {
        self.heap.peek().map(|&Reverse((distance, _))| distance)
    }
}

/// A search from both ends. Kept between calls, it serves as scratch space.
#[derive(Clone, Debug, Default)]
pub(super) struct Between {
    forward: Side,
    backward: Side,
}

impl Between {
    /// The length of the shortest path from `origin` to the nearest of `ends` (nodes, each with
    /// its cost), if there is one. `weights` must be non-negative and in the order of `network`.
    pub fn distance(
        &mut self,
        (network, outgoing): (&InArcs, &OutArcs),
        weights: &[i128],
        origin: u32,
        ends: impl Iterator<Item = (u32, i128)>,
    ) -> Option<i128> {
        let nodes = network.starts.len() - 1;
        let Self { forward, backward } = self;
        forward.start(nodes);
        backward.start(nodes);
        forward.reach(origin, 0);
        for (node, cost) in ends {
            backward.reach(node, cost);
        }
        let mut best = backward.distance[origin as usize];
        while let (Some(ahead), Some(behind)) = (forward.next(), backward.next())
            && ahead + behind < best
        {
            if forward.heap.len() <= backward.heap.len() {
                let arcs = |node| outgoing.of_node(node).iter().copied();
                step(forward, backward, arcs, weights, &mut best);
            } else {
                let arcs = |node| {
                    let places = network.of_node(node as usize);
                    places.map(|place| (place as u32, network.tails[place]))
                };
                step(backward, forward, arcs, weights, &mut best);
            }
        }
        (best < UNREACHED).then_some(best)
    }
}

/// Settles the next node of one side.
fn step<A: Iterator<Item = (u32, u32)>>(
    side: &mut Side,
    other: &Side,
    arcs: impl Fn(u32) -> A,
    weights: &[i128],
    best: &mut i128,
) {
    let Some(Reverse((distance, node))) = side.heap.pop() else {
        return;
    };
    if distance > side.distance[node as usize] {
        return;
    }
    for (place, far) in arcs(node) {
        let through = distance + weights[place as usize];
        if side.reach(far, through) {
            *best = (*best).min(through + other.distance[far as usize]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::shortest::Tree;
    use super::super::{Network, Program};
    use super::*;

    proptest! {
        /// From both ends as from one, in networks with cycles, closed arcs, several ends and
        /// ends that cannot be reached.
        #[test]
        fn both_ends_meet_at_the_same_distance(
            arcs in prop::collection::vec((0..9u32, 0..9u32, prop::option::weighted(0.9, 0..20i128)), 1..40),
            ends in prop::collection::btree_map(0..9u32, 0..20i128, 1..4),
        ) {
            let program = Program {
                network: Network {
                    nodes: 9,
                    tails: arcs.iter().map(|arc| arc.0).collect(),
                    heads: arcs.iter().map(|arc| arc.1).collect(),
                    time: None,
                },
                ..Program::default()
            };
            let network = InArcs::of(&program);
            let weights = network.weights(|arc| Ok(arcs[arc].2)).unwrap();
            let ends = ends.iter().map(|(&node, &cost)| (node, cost));
            let (outgoing, mut between) = (OutArcs::of(&network), Between::default());
            let mut tree = Tree::default();
            tree.grow(&network, &weights, ends.clone(), 0..9);
            for origin in 0..9 {
                let arcs = (&network, &outgoing);
                let distance = between.distance(arcs, &weights, origin, ends.clone());
                prop_assert_eq!(distance, tree.distance(origin));
            }
        }
    }
}
