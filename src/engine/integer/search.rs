//! The search through the tree: best bound first, with plunges.

use std::cmp::Reverse;

use super::branching::Candidate;
use super::relaxation::Relaxed;
use super::restricted;
use super::tree::{Node, Part, Tree};
use crate::engine::{EngineError, Stop};

/// Nodes between two tries of the integer program over all paths.
const TRY_AGAIN: usize = 200;

impl Tree<'_> {
    pub fn push(&mut self, node: Node) {
        self.open
            .push((Reverse(node.bound), Reverse(self.waiting.len())));
        self.waiting.push(Some(node));
    }

    fn pop(&mut self) -> Option<Node> {
        let (_, Reverse(place)) = self.open.pop()?;
        self.waiting[place].take()
    }

    /// Splits parts until all are done; answers why it stopped.
    pub fn search(&mut self) -> Result<Stop, EngineError> {
        let mut next_try = TRY_AGAIN;
        while let Some(node) = self.pop() {
            let mut plunge = Some(node);
            while let Some(node) = plunge.take() {
                if let Some(stop) = self.stop() {
                    self.push(node);
                    return Ok(stop);
                }
                if self.parcels.is_none() && self.nodes >= next_try {
                    next_try = self.nodes + TRY_AGAIN;
                    restricted::improve(self)?;
                }
                let Part::Open(node) = self.narrow(node)? else {
                    continue;
                };
                plunge = self.split(node)?;
            }
            self.report();
        }
        let closed = self.best.is_some()
            || self.parcels.is_some()
            || self.leaves.iter().all(|leaf| leaf.bound == i128::MAX);
        Ok(if closed {
            Stop::Finished
        } else {
            Stop::Numerical
        })
    }

    /// Solves both sides of the best candidate and answers the one to go on with.
    fn split(&mut self, node: Node) -> Result<Option<Node>, EngineError> {
        let candidates = match self.parcels {
            // a whole answer that is not tight is left as it is: flows need not be decided
            Some(_) if node.fractional().next().is_none() => Vec::new(),
            _ => self.history.rank(&node, &self.costs()),
        };
        let Some(first) = candidates.first().copied() else {
            // nothing is left to decide, and the gap of the relaxation is what it is
            self.leaf(node.domain, node.prices, node.bound);
            return Ok(None);
        };
        let trials = self.history.trials(&candidates, self.size());
        let mut chosen: Option<(f64, Candidate, [Relaxed; 2])> = None;
        for candidate in trials {
            let sides = self.both_sides(&node, candidate)?;
            let score = self.history.learn(&node, candidate, &sides);
            if chosen.as_ref().is_none_or(|(best, ..)| score > *best) {
                chosen = Some((score, candidate, sides));
            }
            if self.stop().is_some() {
                break;
            }
        }
        let Some((_, candidate, sides)) = chosen else {
            let sides = self.both_sides(&node, first)?;
            self.history.learn(&node, first, &sides);
            return self.descend(node, first, sides);
        };
        self.descend(node, candidate, sides)
    }

    fn both_sides(&mut self, node: &Node, at: Candidate) -> Result<[Relaxed; 2], EngineError> {
        let (low, high) = at.sides(node);
        Ok([self.relax(&low)?, self.relax(&high)?])
    }

    fn descend(
        &mut self,
        node: Node,
        at: Candidate,
        sides: [Relaxed; 2],
    ) -> Result<Option<Node>, EngineError> {
        let (low, high) = at.sides(&node);
        let [of_low, of_high] = sides;
        let parent = Some((node.bound, node.prices));
        let low = self.assess(low, parent, of_low)?;
        let high = self.assess(high, parent, of_high)?;
        Ok(match (low, high) {
            (Part::Done, Part::Done) => None,
            (Part::Open(only), Part::Done) | (Part::Done, Part::Open(only)) => Some(only),
            (Part::Open(low), Part::Open(high)) => {
                let (first, second) = if low.bound < high.bound {
                    (low, high)
                } else {
                    (high, low)
                };
                self.push(second);
                Some(first)
            }
        })
    }
}
