//! The network in the order in which shortest paths read it.

use std::sync::Arc;

use rayon::prelude::*;

use super::contraction::Contracted;
use super::pieces::Pieces;
use crate::program::grouped::Grouped;
use crate::program::{Program, Use};

/// The arcs of the contracted network, grouped by the node from which a search looks at them.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    /// How many nodes there are.
    pub nodes: usize,
    /// The number of each node of the program, if it is there.
    node: Vec<u32>,
    /// What arcs are made of.
    pub pieces: Arc<Pieces>,
    /// Where the arcs of node `v` stand: `starts[v]..starts[v + 1]`.
    pub starts: Vec<u32>,
    /// The node by which an arc is grouped.
    pub near: Vec<u32>,
    /// The node at the other end.
    pub far: Vec<u32>,
    /// The arc's piece.
    piece: Vec<u32>,
}

impl Graph {
    /// Arcs by tail.
    pub fn outgoing(program: &Program) -> Self {
        Self::grouped(Contracted::new(program), |(tail, head)| (tail, head))
    }

    /// Arcs by head.
    pub fn incoming(program: &Program) -> Self {
        Self::grouped(Contracted::new(program), |(tail, head)| (head, tail))
    }

    fn grouped(contracted: Contracted, seen: impl Fn((u32, u32)) -> (u32, u32)) -> Self {
        let Contracted {
            nodes,
            node,
            arcs,
            pieces,
        } = contracted;
        let mut starts = vec![0u32; nodes + 1];
        for &(tail, head, _) in &arcs {
            starts[seen((tail, head)).0 as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let count = arcs.len();
        let (mut near, mut far, mut piece) = (vec![0; count], vec![0; count], vec![0; count]);
        for (tail, head, number) in arcs {
            let (start, end) = seen((tail, head));
            let place = next[start as usize] as usize;
            next[start as usize] += 1;
            (near[place], far[place], piece[place]) = (start, end, number);
        }
        Self {
            nodes,
            node,
            pieces: Arc::new(pieces),
            starts,
            near,
            far,
            piece,
        }
    }

    /// The number here of a node of the program at which releases start or end.
    pub fn node(&self, node: u32) -> u32 {
        self.node[node as usize]
    }

    /// The places of the arcs at `node`.
    #[inline]
    pub fn at(&self, node: usize) -> std::ops::Range<usize> {
        self.starts[node] as usize..self.starts[node + 1] as usize
    }

    /// The pieces of the arcs at places.
    pub fn path(&self, places: &[u32]) -> Vec<u32> {
        let pieces = places.iter().map(|&place| self.piece[place as usize]);
        pieces.collect()
    }
}

/// c_a + Σ_r λ_r a_ra for each class and arc, in the order of a [`Graph`]; a forbidden arc weighs
/// infinity.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    places: usize,
    /// c_a, class by class.
    costs: Vec<f64>,
    values: Vec<f64>,
    /// The places whose arcs take something from rows, and where their uses start.
    used: Vec<(u32, u32)>,
    uses: Vec<Use>,
    /// By row, which of `used` use it; found when first asked for.
    users: Option<Grouped<u32>>,
}

impl Weights {
    pub fn new(program: &Program, graph: &Graph) -> Self {
        let places = graph.piece.len();
        let mut costs = Vec::with_capacity(places * program.classes);
        for class in 0..program.classes {
            let of_pieces = graph.pieces.costs(program, class);
            costs.extend(graph.piece.iter().map(|&piece| of_pieces[piece as usize]));
        }
        let (mut used, mut uses) = (Vec::new(), Vec::new());
        for (place, &piece) in graph.piece.iter().enumerate() {
            let start = uses.len() as u32;
            graph.pieces.visit_used(piece, |arc| {
                let arc = arc as usize;
                let range = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
                uses.extend_from_slice(&program.uses[range]);
            });
            if uses.len() as u32 > start {
                used.push((place as u32, start));
            }
        }
        used.push((places as u32, uses.len() as u32));
        Self {
            places,
            values: costs.clone(),
            costs,
            used,
            uses,
            users: None,
        }
    }

    /// Sets the weights to the costs under `prices` (one per row of the program).
    pub fn set(&mut self, program: &Program, prices: &[f64]) {
        let Self {
            places,
            costs,
            values,
            used,
            uses,
            ..
        } = self;
        if *places == 0 {
            return;
        }
        let classes = values
            .par_chunks_mut(*places)
            .zip(costs.par_chunks(*places));
        classes.enumerate().for_each(|(class, (values, costs))| {
            for window in used.windows(2) {
                let (place, start) = window[0];
                let uses = &uses[start as usize..window[1].1 as usize];
                values[place as usize] =
                    costs[place as usize] + priced(program, class, prices, uses);
            }
        });
    }

    /// Sets the weights of the arcs that use some rows.
    pub fn reset(&mut self, program: &Program, prices: &[f64], rows: &[u32]) {
        let Self {
            places,
            costs,
            values,
            used,
            uses,
            users,
        } = self;
        let users = users.get_or_insert_with(|| by_row(program.rows.len(), used, uses));
        let changed = rows.iter().flat_map(|&row| users.of(row));
        // a departure takes from several rows, which change together
        let mut changed: Vec<u32> = changed.copied().collect();
        changed.sort_unstable();
        changed.dedup();
        for class in 0..program.classes {
            for &user in &changed {
                let (place, start) = used[user as usize];
                let uses = &uses[start as usize..used[user as usize + 1].1 as usize];
                let at = class * *places + place as usize;
                values[at] = costs[at] + priced(program, class, prices, uses);
            }
        }
    }

    /// c_a for one class.
    pub fn costs_of(&self, class: usize) -> &[f64] {
        &self.costs[class * self.places..(class + 1) * self.places]
    }

    /// The weights for one class.
    pub fn of(&self, class: usize) -> &[f64] {
        &self.values[class * self.places..(class + 1) * self.places]
    }
}

/// By row, which of `used` use it.
fn by_row(rows: usize, used: &[(u32, u32)], uses: &[Use]) -> Grouped<u32> {
    let pairs = used.windows(2).enumerate().flat_map(|(user, window)| {
        let uses = uses[window[0].1 as usize..window[1].1 as usize].iter();
        uses.map(move |usage| (usage.row, user as u32))
    });
    Grouped::new(rows, pairs)
}

/// Σ_r λ_r a_r for one class.
#[inline]
fn priced(program: &Program, class: usize, prices: &[f64], uses: &[Use]) -> f64 {
    let priced = uses.iter().map(|usage| {
        let amount = usage.amount as usize * program.classes + class;
        prices[usage.row as usize] * program.amounts[amount] as f64
    });
    priced.sum()
}
