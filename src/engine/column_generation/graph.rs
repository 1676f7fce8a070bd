//! The network in the order in which shortest paths read it.

use rayon::prelude::*;

use crate::program::{FORBIDDEN, Program};

/// Arcs grouped by the node from which a search looks at them.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    /// Where the arcs of node `v` stand: `starts[v]..starts[v + 1]`.
    pub starts: Vec<u32>,
    /// The node at the other end.
    pub ends: Vec<u32>,
    /// The arc's number in the program.
    pub arcs: Vec<u32>,
}

impl Graph {
    /// Arcs by tail.
    pub fn outgoing(program: &Program) -> Self {
        Self::grouped(
            program.network.nodes,
            &program.network.tails,
            &program.network.heads,
        )
    }

    /// Arcs by head.
    pub fn incoming(program: &Program) -> Self {
        Self::grouped(
            program.network.nodes,
            &program.network.heads,
            &program.network.tails,
        )
    }

    fn grouped(nodes: usize, near: &[u32], far: &[u32]) -> Self {
        let mut starts = vec![0u32; nodes + 1];
        for &node in near {
            starts[node as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut ends = vec![0; near.len()];
        let mut arcs = vec![0; near.len()];
        for (arc, (&node, &end)) in near.iter().zip(far).enumerate() {
            let place = next[node as usize] as usize;
            next[node as usize] += 1;
            ends[place] = end;
            arcs[place] = arc as u32;
        }
        Self { starts, ends, arcs }
    }

    /// The places of the arcs at `node`.
    #[inline]
    pub fn at(&self, node: usize) -> std::ops::Range<usize> {
        self.starts[node] as usize..self.starts[node + 1] as usize
    }
}

/// c_a + Σ_r λ_r a_ra for each class and arc, in the order of a [`Graph`]; a forbidden arc weighs
/// infinity.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    places: usize,
    values: Vec<f64>,
}

impl Weights {
    /// Sets the weights to the costs under `prices` (one per row of the program).
    pub fn set(&mut self, program: &Program, graph: &Graph, prices: &[f64]) {
        let places = graph.arcs.len();
        self.places = places;
        self.values.resize(places * program.classes, 0.0);
        if places == 0 {
            return;
        }
        const CHUNK: usize = 1 << 14;
        for (class, values) in self.values.chunks_mut(places).enumerate() {
            values
                .par_chunks_mut(CHUNK)
                .zip(graph.arcs.par_chunks(CHUNK))
                .for_each(|(values, arcs)| {
                    for (value, &arc) in values.iter_mut().zip(arcs) {
                        *value = weight(program, class, arc as usize, prices);
                    }
                });
        }
    }

    /// The weights for one class.
    pub fn of(&self, class: usize) -> &[f64] {
        &self.values[class * self.places..(class + 1) * self.places]
    }
}

fn weight(program: &Program, class: usize, arc: usize, prices: &[f64]) -> f64 {
    let cost = program.costs[class * program.arcs() + arc];
    if cost == FORBIDDEN {
        return f64::INFINITY;
    }
    let priced: f64 = program
        .arc_uses(class, arc)
        .map(|(row, amount)| prices[row] * amount as f64)
        .sum();
    cost as f64 + priced
}
