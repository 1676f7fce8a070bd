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
        let by_near = arcs.iter().map(|&(tail, head, piece)| {
            let (near, far) = seen((tail, head));
            (near, (near, far, piece))
        });
        let (starts, arcs) = Grouped::new(nodes, by_near).into_parts();
        Self {
            nodes,
            node,
            pieces: Arc::new(pieces),
            starts,
            near: arcs.iter().map(|arc| arc.0).collect(),
            far: arcs.iter().map(|arc| arc.1).collect(),
            piece: arcs.iter().map(|arc| arc.2).collect(),
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

/// The arcs of a graph that take something from rows.
#[derive(Clone, Debug)]
struct Used {
    /// The place of each, and where its uses start; and where the last one's end.
    places: Vec<(u32, u32)>,
    uses: Vec<Use>,
}

impl Used {
    fn new(program: &Program, graph: &Graph) -> Self {
        let (mut places, mut uses) = (Vec::new(), Vec::new());
        for (place, &piece) in graph.piece.iter().enumerate() {
            let start = uses.len() as u32;
            graph.pieces.visit_used(piece, |arc| {
                let arc = arc as usize;
                let range = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
                uses.extend_from_slice(&program.uses[range]);
            });
            if uses.len() as u32 > start {
                places.push((place as u32, start));
            }
        }
        places.push((graph.piece.len() as u32, uses.len() as u32));
        Self { places, uses }
    }

    fn len(&self) -> usize {
        self.places.len() - 1
    }

    /// The place and the uses of one.
    #[inline]
    fn get(&self, number: usize) -> (usize, &[Use]) {
        let ((place, start), (_, end)) = (self.places[number], self.places[number + 1]);
        (place as usize, &self.uses[start as usize..end as usize])
    }

    /// By row, the numbers of those that use it.
    fn by_row(&self, rows: usize) -> Grouped<u32> {
        let pairs = (0..self.len()).flat_map(|number| {
            let uses = self.get(number).1.iter();
            uses.map(move |usage| (usage.row, number as u32))
        });
        Grouped::new(rows, pairs)
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
    used: Used,
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
        Self {
            places,
            values: costs.clone(),
            costs,
            used: Used::new(program, graph),
            users: None,
        }
    }

    /// Sets the weights to the costs under `prices` (one per row of the program).
    pub fn set(&mut self, program: &Program, prices: &[f64]) {
        if self.places == 0 {
            return;
        }
        let values = self.values.par_chunks_mut(self.places);
        let classes = values.zip(self.costs.par_chunks(self.places));
        classes.enumerate().for_each(|(class, (values, costs))| {
            for number in 0..self.used.len() {
                let (place, uses) = self.used.get(number);
                values[place] = costs[place] + priced(program, class, prices, uses);
            }
        });
    }

    /// Sets the weights of the arcs that use some rows.
    pub fn reset(&mut self, program: &Program, prices: &[f64], rows: &[u32]) {
        let by_row = || self.used.by_row(program.rows.len());
        let users = self.users.get_or_insert_with(by_row);
        let changed = rows.iter().flat_map(|&row| users.of(row));
        // a departure takes from several rows, which change together
        let mut changed: Vec<u32> = changed.copied().collect();
        changed.sort_unstable();
        changed.dedup();
        for class in 0..program.classes {
            for &number in &changed {
                let (place, uses) = self.used.get(number as usize);
                let at = class * self.places + place;
                self.values[at] = self.costs[at] + priced(program, class, prices, uses);
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

/// Σ_r λ_r a_r for one class.
#[inline]
fn priced(program: &Program, class: usize, prices: &[f64], uses: &[Use]) -> f64 {
    let priced = uses.iter().map(|usage| {
        let amount = usage.amount as usize * program.classes + class;
        prices[usage.row as usize] * program.amounts[amount] as f64
    });
    priced.sum()
}
