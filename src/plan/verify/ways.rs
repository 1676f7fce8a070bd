//! The best ways to where goods end, through a network whose arcs lead from lower to higher numbers.

use std::collections::BTreeMap;

use crate::program::Program;

/// Positions of the releases that share a class and a sink, classes together.
pub(super) fn groups(program: &Program) -> BTreeMap<(usize, usize), Vec<usize>> {
    let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, release) in program.releases.iter().enumerate() {
        let group = (release.class as usize, release.sink as usize);
        groups.entry(group).or_default().push(at);
    }
    groups
}

/// The arcs of a network from the last tail to the first: one pass over them in this order knows
/// the best way from every node.
pub(super) struct Backwards<'p> {
    program: &'p Program,
    arcs: Vec<usize>,
}

/// The best way from every node that was asked for.
pub(super) struct Ways<T> {
    first: usize,
    best: Vec<Option<T>>,
}

impl<T: Copy> Ways<T> {
    /// What the best way from a node is worth; `None` where there is none.
    pub(super) fn from(&self, node: u32) -> Option<T> {
        let at = (node as usize).checked_sub(self.first)?;
        self.best.get(at).copied().flatten()
    }
}

impl<'p> Backwards<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let mut arcs: Vec<usize> = (0..program.arcs()).collect();
        arcs.sort_by_key(|&arc| std::cmp::Reverse(program.network.tails[arc]));
        Self { program, arcs }
    }

    /// The least from each of `origins` to one of `ends`, which are worth something themselves;
    /// `with(arc, rest)` is the worth of an arc and what follows it, or `None` where it is closed.
    /// Only what lies between the first origin and the last end is looked at: goods of one day of a
    /// year see their weeks and not the others.
    ///
    /// # Errors
    /// The first of `with`.
    pub(super) fn cheapest<T: Copy + Ord, E>(
        &self,
        origins: impl Iterator<Item = u32>,
        ends: impl Iterator<Item = (u32, T)> + Clone,
        with: impl Fn(usize, T) -> Result<Option<T>, E>,
    ) -> Result<Ways<T>, E> {
        let first = origins.min().map_or(0, |node| node as usize);
        let last = ends.clone().map(|(node, _)| node as usize).max();
        let mut ways = Ways {
            first,
            best: vec![None; last.map_or(0, |last| (last + 1).saturating_sub(first))],
        };
        for (node, worth) in ends {
            ways.improve(node, worth);
        }
        for &arc in self.between(first, first + ways.best.len()) {
            let network = &self.program.network;
            if let Some(rest) = ways.from(network.heads[arc])
                && let Some(worth) = with(arc, rest)?
            {
                ways.improve(network.tails[arc], worth);
            }
        }
        Ok(ways)
    }

    /// The arcs with tails from `first` on and before `end`.
    pub(super) fn between(&self, first: usize, end: usize) -> &[usize] {
        let tail = |arc: usize| self.program.network.tails[arc] as usize;
        let begins = self.arcs.partition_point(|&arc| tail(arc) >= end);
        let ends = self.arcs.partition_point(|&arc| tail(arc) >= first);
        &self.arcs[begins.min(ends)..ends]
    }
}

impl<T: Copy + Ord> Ways<T> {
    fn improve(&mut self, node: u32, worth: T) {
        let at = (node as usize).checked_sub(self.first);
        if let Some(best) = at.and_then(|at| self.best.get_mut(at)) {
            *best = Some(best.map_or(worth, |known| known.min(worth)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::program::Network;

    #[test]
    fn between_the_first_origin_and_the_last_end_nothing_is_left_out() {
        // 0 ─5→ 1 ─1→ 2 ─1→ 3 ─1→ 4, beside them 1 ─9→ 3 and 0 ─7→ 2
        let program = Program {
            network: Network {
                nodes: 5,
                tails: vec![0, 1, 2, 3, 1, 0],
                heads: vec![1, 2, 3, 4, 3, 2],
                time: None,
            },
            ..Program::default()
        };
        let costs = [5, 1, 1, 1, 9, 7];
        let ways = |origins: &[u32], closed: usize| {
            let with = |arc: usize, rest: i64| {
                Ok::<_, Infallible>((arc != closed).then(|| costs[arc] + rest))
            };
            // ending in 2 costs 3, in 3 nothing
            let ends = [(2, 3), (3, 0)].into_iter();
            let origins = origins.iter().copied();
            let Ok(ways) = Backwards::new(&program).cheapest(origins, ends, with);
            [0, 1, 2, 3, 4].map(|node| ways.from(node))
        };
        let none = program.arcs();
        // from 1: through 2 to 3 for 2, where ending in 2 would be 1 + 3 and the direct way 9;
        // from 0: 5 + 2 by 1, or 7 + 1 by 2
        assert_eq!(
            ways(&[1, 0], none),
            [Some(7), Some(2), Some(1), Some(0), None]
        );
        // what lies before the first origin is not asked for
        assert_eq!(ways(&[1], none), [None, Some(2), Some(1), Some(0), None]);
        // without the arc from 2 to 3 it ends in 2
        assert_eq!(ways(&[1], 2), [None, Some(4), Some(3), Some(0), None]);
        assert_eq!(ways(&[4], none), [None; 5]);
    }
}
