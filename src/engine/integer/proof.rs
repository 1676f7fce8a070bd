//! Leaves: the parts of the choices that together prove the bound.

use std::cmp::Reverse;

use super::domain::{Domain, Range};
use super::searches::column_part;
use super::tree::{Node, Part, Tree};
use crate::engine::EngineError;
use crate::program::bound::Prices;

/// A part of the choices that was not split further.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The ranges of the whole columns.
    pub domain: Domain,
    /// Which of [`IntegerSolution::prices`](super::IntegerSolution::prices) belong to it.
    pub prices: usize,
    /// What is proven: no plan of this part costs less. The largest number where the part was found
    /// to have no plan at all.
    pub bound: i128,
    /// What of it the prices prove: all, or as much as was known before the part was found to have
    /// no plan.
    pub by_prices: i128,
}

impl Tree<'_> {
    /// Cuts values off that the node's prices prove to cost too much; each cut is a leaf.
    pub fn narrow(&mut self, mut node: Node) -> Result<Part, EngineError> {
        if node.bound >= self.need {
            self.leaf(node.domain, node.prices, node.bound);
            return Ok(Part::Done);
        }
        if self.need == i128::MAX {
            return Ok(Part::Open(node));
        }
        let number = node.prices;
        let prices = self.dense(number);
        // of a node of which nothing is proven, no value is known to cost too much
        let distance = self.need.checked_sub(node.bound);
        let Some(slack) = distance.and_then(|all| all.checked_mul(Prices::DENOMINATOR)) else {
            return Ok(Part::Open(node));
        };
        for place in 0..node.domain.0.len() {
            let range = node.domain.0[place];
            let reduced = prices.reduced_cost(self.program, self.relaxation.whole[place])?;
            if range.is_decided() || reduced == 0 {
                continue;
            }
            // how many steps from the good end a value may be
            let steps = (slack - 1).div_euclid(reduced.abs());
            let Ok(steps) = i64::try_from(steps) else {
                continue;
            };
            let worth = node.bound + (reduced.abs() * i128::from(steps + 1)) / Prices::DENOMINATOR;
            let (kept, cut) = if reduced > 0 {
                range.split(range.lower.saturating_add(steps))
            } else if let Some(upper) = range.upper {
                let (low, high) = range.split(upper.saturating_sub(steps).saturating_sub(1));
                (high, low)
            } else {
                continue;
            };
            if is_empty(cut) {
                continue;
            }
            self.leaf(node.domain.with(place, cut), number, worth);
            node.domain.0[place] = kept;
        }
        Ok(Part::Open(node))
    }

    /// What the prices of a leaf prove of its own ranges, which may be more than what was known of the
    /// node that it is a part of.
    pub fn tighten(&self, leaf: &mut Leaf) {
        let beside = self.beside_columns.get(leaf.prices).copied().flatten();
        let prices = || self.dense(leaf.prices);
        let proven = beside.and_then(|beside| {
            let of_columns = column_part(self.program, &leaf.domain, &prices())?;
            Some(
                beside
                    .checked_add(of_columns)?
                    .div_euclid(Prices::DENOMINATOR),
            )
        });
        leaf.by_prices = proven.map_or(leaf.by_prices, |proven| proven.max(leaf.by_prices));
    }

    pub(super) fn dense(&self, number: usize) -> Prices {
        let mut prices = vec![0; self.program.rows.len()];
        for &(row, price) in &self.prices[number] {
            prices[row as usize] = price;
        }
        Prices::from_numerators(prices)
    }

    pub fn leaf(&mut self, domain: Domain, prices: usize, bound: i128) {
        self.add_leaf(Leaf {
            domain,
            prices,
            bound,
            by_prices: bound,
        });
    }

    /// Keeps a leaf.
    pub fn add_leaf(&mut self, leaf: Leaf) {
        let least = self.least_leaf.unwrap_or(leaf.bound);
        self.least_leaf = Some(least.min(leaf.bound));
        self.leaves.push(leaf);
    }

    /// The least bound of leaves and open nodes.
    pub fn bound(&self) -> Option<i128> {
        let open = self.open.peek().map(|(Reverse(bound), _)| *bound);
        let least = open.into_iter().chain(self.least_leaf).min();
        least.or(self.root_bound)
    }
}

fn is_empty(range: Range) -> bool {
    range.upper.is_some_and(|upper| upper < range.lower)
}
