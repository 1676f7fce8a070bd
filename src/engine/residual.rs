//! The network with the room that is left: what one more parcel costs on each arc.

use crate::program::Program;
use crate::program::shortest::{InArcs, OutOfRange, Tree};

use super::EngineError;
use super::ledger::{Full, Ledger, PARTS};

/// What a parcel minds on an arc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Money.
    Cost,
    /// Time from tail to head, then money; in a network without times, the number of arcs.
    Time,
}

/// One unit of time outweighs all money.
const TIME: i128 = 1 << 80;

/// Weights of all arcs per class on the residual network, kept up to date as parcels board.
///
/// The weight of an arc is its cost, in [`PARTS`] of a cost unit, and the price of the room that
/// one more parcel would have to buy there; an arc on which it does not fit is closed.
pub(crate) struct Residual<'a> {
    program: &'a Program,
    network: &'a InArcs,
    measure: Measure,
    pub ledger: Ledger<'a>,
    /// Per class, as [`Tree::grow`] wants them.
    weights: Vec<Vec<i128>>,
    /// Arcs that use each row.
    users: Vec<Vec<u32>>,
    /// The positive amounts that are taken from each row, ascending and distinct.
    amounts: Vec<Vec<i64>>,
    /// What of each row decides the weights of its arcs.
    states: Vec<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Every class fits.
    Roomy,
    /// Room comes from this column.
    Sold(u32),
    /// Nothing is for sale, and so many of the row's amounts still fit.
    Closing(usize),
}

impl<'a> Residual<'a> {
    /// The empty network.
    pub fn new(
        program: &'a Program,
        network: &'a InArcs,
        measure: Measure,
    ) -> Result<Self, EngineError> {
        Self::with(program, network, measure, Ledger::new(program))
    }

    /// The network with what `ledger` holds aboard.
    pub fn with(
        program: &'a Program,
        network: &'a InArcs,
        measure: Measure,
        ledger: Ledger<'a>,
    ) -> Result<Self, EngineError> {
        let mut users = vec![Vec::new(); program.rows.len()];
        let mut amounts = vec![Vec::new(); program.rows.len()];
        for arc in 0..program.arcs() {
            let range = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
            for usage in &program.uses[range] {
                users[usage.row as usize].push(arc as u32);
                let start = usage.amount as usize * program.classes;
                let taken = &program.amounts[start..start + program.classes];
                let list: &mut Vec<i64> = &mut amounts[usage.row as usize];
                for &amount in taken {
                    if amount > 0 && !list.contains(&amount) {
                        list.push(amount);
                    }
                }
            }
        }
        for list in &mut amounts {
            list.sort_unstable();
        }
        let mut residual = Self {
            program,
            network,
            measure,
            ledger,
            weights: Vec::new(),
            users,
            amounts,
            states: Vec::new(),
        };
        residual.restate()?;
        Ok(residual)
    }

    /// Goes on with another measure.
    pub fn turn_to(&mut self, measure: Measure) -> Result<(), EngineError> {
        self.measure = measure;
        self.restate()
    }

    /// Computes all weights anew.
    pub fn restate(&mut self) -> Result<(), EngineError> {
        self.states = (0..self.program.rows.len() as u32)
            .map(|row| self.state(row))
            .collect();
        let mut weights = Vec::new();
        for class in 0..self.program.classes {
            let mut of_class = (self.network).weights(|_| Ok(None)).map_err(out_of_range)?;
            for arc in 0..self.program.arcs() as u32 {
                let weight = self.quote(class, arc);
                if weight.is_some_and(|weight| weight.abs() >= TIME << 24) {
                    return Err(out_of_range(OutOfRange { arc: arc as usize }));
                }
                self.network.set_weight(&mut of_class, arc, weight);
            }
            weights.push(of_class);
        }
        self.weights = weights;
        Ok(())
    }

    fn state(&self, row: u32) -> State {
        let room = self.ledger.room(row);
        let list = &self.amounts[row as usize];
        let fits = list.partition_point(|&amount| i128::from(amount) * PARTS <= room);
        if fits == list.len() {
            State::Roomy
        } else {
            match self.ledger.seller(row) {
                Some(column) => State::Sold(column),
                None => State::Closing(fits),
            }
        }
    }

    /// What one more parcel of `class` costs on `arc`; `None` where it does not fit.
    fn quote(&mut self, class: usize, arc: u32) -> Option<i128> {
        let program = self.program;
        let arc = arc as usize;
        let mut weight = i128::from(program.cost(class, arc)?) * PARTS;
        let roomy = program.arc_uses(class, arc).all(|(row, amount)| {
            amount <= 0 || self.ledger.room(row as u32) >= i128::from(amount) * PARTS
        });
        if !roomy {
            let takes = super::ledger::takes(program, class, &[arc as u32]);
            weight += self.ledger.quote(&takes, 1).ok()?;
        }
        Some(match self.measure {
            Measure::Cost => weight,
            Measure::Time => weight + TIME * self.duration(arc),
        })
    }

    fn duration(&self, arc: usize) -> i128 {
        let network = &self.program.network;
        network.time.as_ref().map_or(1, |time| {
            let at = |node: u32| i128::from(time[node as usize]);
            at(network.heads[arc]) - at(network.tails[arc])
        })
    }

    /// Puts parcels aboard and re-quotes the arcs that this changes for others.
    pub fn board(&mut self, takes: &[(u32, i64)], count: i64) -> Result<i128, Full> {
        let cost = self.ledger.board(takes, count)?;
        self.requote();
        Ok(cost)
    }

    /// Boards up to `most` parcels, as many as go at one price; how many.
    pub fn board_at_one_price(&mut self, takes: &[(u32, i64)], most: i64) -> i64 {
        let steps = takes
            .iter()
            .map(|&(row, amount)| self.ledger.before_price_changes(row, amount));
        let mut count = steps.min().unwrap_or(i64::MAX).min(most);
        while count > 0 && self.board(takes, count).is_err() {
            count /= 2;
        }
        count
    }

    /// Makes what the ledger did final and re-quotes the arcs that this changes.
    pub fn requote(&mut self) {
        let mut rows: Vec<u32> = self.ledger.touched().collect();
        self.ledger.commit();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let state = self.state(row);
            if std::mem::replace(&mut self.states[row as usize], state) == state {
                continue;
            }
            for index in 0..self.users[row as usize].len() {
                let arc = self.users[row as usize][index];
                for class in 0..self.program.classes {
                    let weight = self.quote(class, arc);
                    let weights = &mut self.weights[class];
                    self.network.set_weight(weights, arc, weight);
                }
            }
        }
    }

    /// Closes an arc for a class.
    fn close(&mut self, class: usize, arc: u32) {
        self.network.set_weight(&mut self.weights[class], arc, None);
    }

    /// Closes the last arc of a path that takes from a full row, so that the next search goes
    /// around it; which one.
    pub fn detour(&mut self, class: usize, arcs: &[u32], full: Full) -> Option<u32> {
        let program = self.program;
        let uses = |&&arc: &&u32| {
            let mut rows = program.arc_uses(class, arc as usize);
            rows.any(|(row, amount)| row as u32 == full.row && amount > 0)
        };
        let arc = *arcs.iter().rev().find(uses).or(arcs.last())?;
        self.close(class, arc);
        Some(arc)
    }

    /// Opens an arc again after [`detour`](Self::detour), at today's quote.
    pub fn open(&mut self, class: usize, arc: u32) {
        let weight = self.quote(class, arc);
        self.network
            .set_weight(&mut self.weights[class], arc, weight);
    }

    /// Grows `tree` from the sink of `release` to `origins`.
    pub fn grow(
        &self,
        tree: &mut Tree,
        release: usize,
        origins: impl Iterator<Item = u32> + Clone,
    ) {
        let release = &self.program.releases[release];
        let ends = &self.program.sinks[release.sink as usize].ends;
        tree.grow(
            self.network,
            &self.weights[release.class as usize],
            ends.iter()
                .map(|&(node, cost)| (node, i128::from(cost) * PARTS)),
            origins,
        );
    }

    /// The path that `tree` found from `origin`.
    pub fn path(&self, tree: &Tree, origin: u32) -> Option<(Vec<u32>, i128)> {
        let weight = tree.distance(origin)?;
        Some((tree.path(self.network, origin), weight))
    }

    /// The weight of a path of `release` with the cost of its end; `None` where an arc is closed.
    pub fn weigh(&self, release: usize, arcs: &[u32]) -> Option<i128> {
        let data = &self.program.releases[release];
        let weights = &self.weights[data.class as usize];
        let mut sum = 0;
        let mut node = data.origin;
        for &arc in arcs {
            sum += self.network.weight(weights, arc)?;
            node = self.program.network.heads[arc as usize];
        }
        let ends = &self.program.sinks[data.sink as usize].ends;
        let end = ends.binary_search_by_key(&node, |&(end, _)| end).ok()?;
        Some(sum + i128::from(ends[end].1) * PARTS)
    }
}

fn out_of_range(OutOfRange { arc }: OutOfRange) -> EngineError {
    EngineError::Bound(crate::program::bound::BoundError::Overflow {
        what: "arc",
        index: arc,
    })
}
