//! Which column to split at, and what is known of columns.

use super::domain::Domain;
use super::relaxation::Relaxed;
use super::tree::{CHEAP, Node};

/// How many candidates of a node are tried at most, and how many gains of a column on each side make
/// its mean reliable.
#[derive(Clone, Copy)]
struct Effort {
    trials: usize,
    reliable: u32,
}

/// For relaxations that are solved in next to no time.
const THOROUGH: Effort = Effort {
    trials: 8,
    reliable: 4,
};
/// For the others.
const SPARING: Effort = Effort {
    trials: 2,
    reliable: 1,
};
/// What counts as no gain at all.
const LEAST: f64 = 1e-6;

/// A column that may be split, by its place among whole columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub place: usize,
    pub value: f64,
}

impl Candidate {
    /// The two sides of the split.
    pub fn sides(self, node: &Node) -> (Domain, Domain) {
        let range = node.domain.0[self.place];
        let mut floor = (self.value.floor() as i64).max(range.lower);
        if let Some(upper) = range.upper {
            floor = floor.min(upper - 1);
        }
        let (low, high) = range.split(floor);
        (
            node.domain.with(self.place, low),
            node.domain.with(self.place, high),
        )
    }
}

/// Gains of the bound per unit that a column was moved, by column and side.
pub(super) struct History {
    gains: Vec<[(f64, u32); 2]>,
}

impl History {
    pub fn new(columns: usize) -> Self {
        Self {
            gains: vec![[(0.0, 0); 2]; columns],
        }
    }

    /// The columns that may be split, most promising first. Where the relaxation is whole but not
    /// tight, any column that is not decided.
    pub fn rank(&self, node: &Node, costs: &[f64]) -> Vec<Candidate> {
        let mut candidates: Vec<(f64, Candidate)> = node
            .fractional()
            .map(|(place, value)| {
                let score = self.score(place, value, costs[place]);
                (score, Candidate { place, value })
            })
            .collect();
        candidates.sort_by(|(a, x), (b, y)| b.total_cmp(a).then(x.place.cmp(&y.place)));
        if candidates.is_empty() {
            let mut ranges = node.domain.0.iter().enumerate();
            let open = ranges.find(|(_, range)| !range.is_decided());
            return open
                .map(|(place, _)| Candidate {
                    place,
                    value: node.values[place],
                })
                .into_iter()
                .collect();
        }
        candidates.into_iter().map(|(_, c)| c).collect()
    }

    /// The product of what both sides promise; what is not known is taken from the column's cost.
    fn score(&self, place: usize, value: f64, cost: f64) -> f64 {
        let fraction = value - value.floor();
        let promise = |side: usize, distance: f64| {
            let (sum, count) = self.gains[place][side];
            let each = if count > 0 {
                sum / f64::from(count)
            } else {
                0.1 * cost.max(1.0)
            };
            (each * distance).max(LEAST)
        };
        promise(0, fraction) * promise(1, 1.0 - fraction)
    }

    /// The candidates whose two sides are worth solving before one is chosen.
    pub fn trials(&self, candidates: &[Candidate], size: usize) -> Vec<Candidate> {
        let effort = if size <= CHEAP { THOROUGH } else { SPARING };
        let known = |place: usize| {
            let mut gains = self.gains[place].iter();
            gains.all(|gain| gain.1 >= effort.reliable)
        };
        let first = candidates.iter().take(effort.trials).copied();
        let unknown: Vec<Candidate> = first.filter(|c| !known(c.place)).collect();
        match candidates.first() {
            // the best is known: only a better one would be worth it
            Some(best) if known(best.place) => vec![*best],
            _ => unknown,
        }
    }

    /// Remembers what a split gained; answers how good it was.
    pub fn learn(&mut self, node: &Node, at: Candidate, sides: &[Relaxed; 2]) -> f64 {
        let fraction = (at.value - at.value.floor()).clamp(1e-3, 1.0 - 1e-3);
        let mut score = 1.0;
        for (side, relaxed) in sides.iter().enumerate() {
            let distance = if side == 0 { fraction } else { 1.0 - fraction };
            let gain = match relaxed.bound {
                Some(bound) => (bound.saturating_sub(node.bound) as f64).max(0.0),
                // no plan at all: better than any gain, but nothing to take a mean of
                None => {
                    score *= 1e18;
                    continue;
                }
            };
            let entry = &mut self.gains[at.place][side];
            entry.0 += gain / distance;
            entry.1 += 1;
            score *= gain.max(LEAST);
        }
        score
    }
}
