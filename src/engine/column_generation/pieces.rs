//! What paths are made of: arcs of the program, and chains of them.
//!
//! A path in time passes many nodes at which nothing is decided. Told in pieces it is a fraction
//! as long, and there is one way to do so: where two pieces meet at a node that is gone, they have
//! become one, unless they lead back to where they came from.

use std::collections::HashMap;

use crate::program::{FORBIDDEN, Program};

const NONE: u32 = u32::MAX;

/// An arc, or two pieces one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The arc, or the first part.
    first: u32,
    /// The second part; [`NONE`] for an arc.
    second: u32,
    /// How many uses of rows it has.
    pub uses: u32,
}

/// Pieces by number: each of the program's arcs under its own, then chains, each behind its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    /// The arcs of a program, with room for as many chains.
    pub fn new(program: &Program) -> Self {
        let mut pieces = Vec::with_capacity(2 * program.arcs());
        let starts = program.use_starts.windows(2);
        pieces.extend(starts.enumerate().map(|(arc, window)| Piece {
            first: arc as u32,
            second: NONE,
            uses: window[1] - window[0],
        }));
        Self(pieces)
    }

    pub fn get(&self, piece: u32) -> Piece {
        self.0[piece as usize]
    }

    /// Puts one piece behind another; answers the number of both together.
    pub fn chain(&mut self, first: u32, second: u32) -> u32 {
        let uses = self.get(first).uses + self.get(second).uses;
        self.0.push(Piece {
            first,
            second,
            uses,
        });
        self.0.len() as u32 - 1
    }

    /// Gives back the room that is left.
    pub fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    /// The program's arcs of a path, in travelling order.
    pub fn expand(&self, path: &[u32]) -> Vec<u32> {
        let mut arcs = Vec::with_capacity(path.len());
        self.visit(path, |_| true, |arc| arcs.push(arc));
        arcs
    }

    /// Visits the program's arcs with uses that make up a piece.
    pub fn visit_used(&self, piece: u32, visit: impl FnMut(u32)) {
        self.visit(&[piece], |piece| piece.uses > 0, visit);
    }

    fn visit(&self, path: &[u32], is_wanted: impl Fn(Piece) -> bool, mut visit: impl FnMut(u32)) {
        let mut open: Vec<u32> = path.iter().rev().copied().collect();
        while let Some(number) = open.pop() {
            let piece = self.get(number);
            if !is_wanted(piece) {
                continue;
            }
            if piece.second == NONE {
                visit(piece.first);
            } else {
                open.extend([piece.second, piece.first]);
            }
        }
    }

    /// What each piece costs a class of goods; infinity where it is closed to them.
    pub fn costs(&self, program: &Program, class: usize) -> Vec<f64> {
        let of_arcs = &program.costs[class * program.arcs()..(class + 1) * program.arcs()];
        let mut costs: Vec<f64> = Vec::with_capacity(self.0.len());
        for piece in &self.0 {
            costs.push(if piece.second == NONE {
                match of_arcs[piece.first as usize] {
                    FORBIDDEN => f64::INFINITY,
                    cost => cost as f64,
                }
            } else {
                costs[piece.first as usize] + costs[piece.second as usize]
            });
        }
        costs
    }

    /// The chains by their parts.
    pub fn chains(&self) -> Chains {
        let chains = self.0.iter().zip(0..);
        let chains = chains.filter(|(piece, _)| piece.second != NONE);
        Chains(
            chains
                .map(|(piece, number)| ((piece.first, piece.second), number))
                .collect(),
        )
    }
}

/// Chains by their parts.
pub(super) struct Chains(HashMap<(u32, u32), u32>);

impl Chains {
    /// A path in as few pieces as there are for it.
    pub fn join(&self, arcs: &[u32]) -> Vec<u32> {
        let mut path: Vec<u32> = Vec::new();
        for &arc in arcs {
            let mut piece = arc;
            while let Some(&last) = path.last()
                && let Some(&chain) = self.0.get(&(last, piece))
            {
                path.pop();
                piece = chain;
            }
            path.push(piece);
        }
        path
    }
}
