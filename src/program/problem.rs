//! The problem that every engine solves, and its validity.

/// The cost of an arc that a class may not use.
pub const FORBIDDEN: i64 = i64::MAX;

/// A minimum-cost multicommodity flow with coupling rows and general columns.
///
/// Over paths p of releases k and columns j:
///
/// ```text
/// minimise   Σ_p c_p x_p + Σ_k π_k s_k + Σ_j f_j y_j
/// subject to Σ_{p∈P_k} x_p + s_k = q_k          for every release k
///            Σ_p a_rp x_p + Σ_j b_rj y_j ≤ u_r  for every row r
///            0 ≤ y_j ≤ Y_j,  x ≥ 0,  s ≥ 0
/// ```
///
/// where c_p sums the arc costs of the release's class along p and the cost of the sink entry it
/// ends at, and a_rp sums the class's amounts of the arcs' [`Use`]s of row r. Every datum is an
/// integer in the caller's units, so that a proof needs no tolerance; a caller with fractions
/// scales first. Arcs may form cycles and run in parallel; where [`Network::time`] is given, the
/// network is acyclic and pricing is one sweep in its order. In a cyclic network no amount and no
/// cost may be negative (a shortest path would not exist).
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Nodes and arcs.
    pub network: Network,
    /// How many classes of goods there are; they differ in cost and amounts per arc.
    pub classes: usize,
    /// Cost per unit on arc `a` for class `c`, at `c * arcs + a`; [`FORBIDDEN`] closes the arc.
    pub costs: Vec<i64>,
    /// Where the uses of arc `a` start in [`uses`](Self::uses): `use_starts[a]..use_starts[a + 1]`.
    pub use_starts: Vec<u32>,
    /// What arcs take from rows, grouped by arc.
    pub uses: Vec<Use>,
    /// Amounts per unit and class: entry `m` stands at `m * classes..(m + 1) * classes`.
    pub amounts: Vec<i64>,
    /// Coupling rows.
    pub rows: Vec<Row>,
    /// General columns: units bought, tiers, limit slacks.
    pub columns: Vec<Column>,
    /// Where goods may end.
    pub sinks: Vec<Sink>,
    /// What is to be carried.
    pub releases: Vec<Release>,
    /// A cost that every plan bears (minimum commitments).
    pub constant: i128,
}

/// The arcs of a directed network over nodes `0..nodes`.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The number of nodes.
    pub nodes: usize,
    /// Where arc `a` starts.
    pub tails: Vec<u32>,
    /// Where arc `a` ends.
    pub heads: Vec<u32>,
    /// A time per node. Where it is given, nodes are numbered so that every arc leads from a
    /// lower to a higher number, and times never fall along an arc.
    pub time: Option<Vec<i64>>,
}

/// An arc's claim on a row: one unit of class `c` takes `amounts[amount * classes + c]` of `row`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Which row.
    pub row: u32,
    /// Which entry of [`Program::amounts`].
    pub amount: u32,
}

/// One coupling row: what paths and columns put into it may not exceed `upper`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// u_r.
    pub upper: i64,
}

/// A decision other than a path: y_j between 0 and `upper`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// f_j, per unit; never negative.
    pub cost: i64,
    /// Y_j; `None` is unlimited.
    pub upper: Option<i64>,
    /// Whether y_j must be a whole number. Engines for linear programs relax it.
    pub whole: bool,
    /// Rows and coefficients b_rj.
    pub entries: Vec<(u32, i64)>,
}

/// The nodes at which a release may end, each with the cost of ending there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sink {
    /// Nodes, ascending and distinct, and costs per unit.
    pub ends: Vec<(u32, i64)>,
}

/// Goods of one class from one node to one sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The class, which decides costs and amounts.
    pub class: u32,
    /// The node it starts from.
    pub origin: u32,
    /// Which [`Sink`] it ends in.
    pub sink: u32,
    /// q_k.
    pub quantity: i64,
    /// π_k; `None` must be carried whole.
    pub unserved_cost: Option<i64>,
}

/// Why a program is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// An index points nowhere.
    #[error("{what} {index} refers to {target} {value}, but there are only {count}")]
    OutOfRange {
        /// What refers.
        what: &'static str,
        /// Its number.
        index: usize,
        /// What it refers to.
        target: &'static str,
        /// The number it gives.
        value: usize,
        /// How many there are.
        count: usize,
    },
    /// Parallel arrays differ in length.
    #[error("{what} has {found} entries instead of {expected}")]
    Length {
        /// Which array.
        what: &'static str,
        /// How many it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A quantity, cost, or bound below zero where none may be.
    #[error("{what} {index} is negative")]
    Negative {
        /// What it is.
        what: &'static str,
        /// Its number.
        index: usize,
    },
    /// An arc of a network with times leads backwards.
    #[error("arc {arc} leads backwards in a network that is ordered by time")]
    Backwards {
        /// The arc.
        arc: usize,
    },
}

impl Program {
    /// The number of arcs.
    pub fn arcs(&self) -> usize {
        self.network.tails.len()
    }

    /// The cost of arc `arc` for `class`, or `None` where the class may not use it.
    pub fn cost(&self, class: usize, arc: usize) -> Option<i64> {
        let cost = self.costs[class * self.arcs() + arc];
        (cost != FORBIDDEN).then_some(cost)
    }

    /// Closes an arc to every class.
    pub fn forbid(&mut self, arc: usize) {
        let arcs = self.arcs();
        for class in 0..self.classes {
            self.costs[class * arcs + arc] = FORBIDDEN;
        }
    }

    /// What arc `arc` takes from rows per unit of `class`.
    pub fn arc_uses(&self, class: usize, arc: usize) -> impl Iterator<Item = (usize, i64)> + '_ {
        let range = self.use_starts[arc] as usize..self.use_starts[arc + 1] as usize;
        self.uses[range].iter().map(move |u| {
            (
                u.row as usize,
                self.amounts[u.amount as usize * self.classes + class],
            )
        })
    }

    /// The cost per unit of a path of `release` that ends at its last arc's head (or at the
    /// release's origin if it is empty); `None` if it is forbidden or does not end in the sink.
    pub fn path_cost(&self, release: usize, path: &[u32]) -> Option<i128> {
        let Release {
            class,
            origin,
            sink,
            ..
        } = self.releases[release];
        let mut node = origin;
        let mut cost = 0i128;
        for &arc in path {
            if self.network.tails[arc as usize] != node {
                return None;
            }
            cost += i128::from(self.cost(class as usize, arc as usize)?);
            node = self.network.heads[arc as usize];
        }
        let ends = &self.sinks[sink as usize].ends;
        let end = ends.binary_search_by_key(&node, |&(n, _)| n).ok()?;
        Some(cost + i128::from(ends[end].1))
    }

    /// Checks every index, length and sign.
    pub fn validate(&self) -> Result<(), ProgramError> {
        self.check_lengths()?;
        self.check_arcs()?;
        self.check_columns()?;
        self.check_releases()
    }

    fn check_lengths(&self) -> Result<(), ProgramError> {
        let arcs = self.arcs();
        let lengths = [
            ("heads", arcs, self.network.heads.len()),
            ("costs", arcs * self.classes, self.costs.len()),
            ("use starts", arcs + 1, self.use_starts.len()),
            (
                "uses",
                self.use_starts.last().map_or(0, |&end| end as usize),
                self.uses.len(),
            ),
            (
                "times",
                self.network.nodes,
                self.network
                    .time
                    .as_ref()
                    .map_or(self.network.nodes, Vec::len),
            ),
        ];
        for (what, expected, found) in lengths {
            if expected != found {
                return Err(ProgramError::Length {
                    what,
                    expected,
                    found,
                });
            }
        }
        Ok(())
    }

    fn check_arcs(&self) -> Result<(), ProgramError> {
        let nodes = self.network.nodes;
        for arc in 0..self.arcs() {
            let (tail, head) = (
                self.network.tails[arc] as usize,
                self.network.heads[arc] as usize,
            );
            index_in("arc", arc, "node", tail, nodes)?;
            index_in("arc", arc, "node", head, nodes)?;
            if let Some(time) = &self.network.time
                && (tail >= head || time[tail] > time[head])
            {
                return Err(ProgramError::Backwards { arc });
            }
        }
        let amounts = self.amounts.len() / self.classes.max(1);
        for (index, usage) in self.uses.iter().enumerate() {
            index_in("use", index, "row", usage.row as usize, self.rows.len())?;
            index_in("use", index, "amount", usage.amount as usize, amounts)?;
        }
        if self.network.time.is_none() {
            if let Some(index) = self.costs.iter().position(|&cost| cost < 0) {
                return Err(ProgramError::Negative {
                    what: "in a cyclic network, cost",
                    index,
                });
            }
            if let Some(index) = self.amounts.iter().position(|&amount| amount < 0) {
                return Err(ProgramError::Negative {
                    what: "in a cyclic network, amount",
                    index,
                });
            }
        }
        Ok(())
    }

    fn check_columns(&self) -> Result<(), ProgramError> {
        for (index, column) in self.columns.iter().enumerate() {
            if column.cost < 0 || column.upper.is_some_and(|upper| upper < 0) {
                return Err(ProgramError::Negative {
                    what: "cost or bound of column",
                    index,
                });
            }
            for &(row, _) in &column.entries {
                index_in("column", index, "row", row as usize, self.rows.len())?;
            }
        }
        Ok(())
    }

    fn check_releases(&self) -> Result<(), ProgramError> {
        for (index, sink) in self.sinks.iter().enumerate() {
            for &(node, cost) in &sink.ends {
                index_in("sink", index, "node", node as usize, self.network.nodes)?;
                if cost < 0 && self.network.time.is_none() {
                    return Err(ProgramError::Negative {
                        what: "in a cyclic network, cost of ending at sink",
                        index,
                    });
                }
            }
        }
        for (index, release) in self.releases.iter().enumerate() {
            index_in(
                "release",
                index,
                "class",
                release.class as usize,
                self.classes,
            )?;
            index_in(
                "release",
                index,
                "node",
                release.origin as usize,
                self.network.nodes,
            )?;
            index_in(
                "release",
                index,
                "sink",
                release.sink as usize,
                self.sinks.len(),
            )?;
            if release.quantity < 0 || release.unserved_cost.is_some_and(|cost| cost < 0) {
                return Err(ProgramError::Negative {
                    what: "quantity or unserved cost of release",
                    index,
                });
            }
        }
        Ok(())
    }
}

fn index_in(
    what: &'static str,
    index: usize,
    target: &'static str,
    value: usize,
    count: usize,
) -> Result<(), ProgramError> {
    if value < count {
        Ok(())
    } else {
        Err(ProgramError::OutOfRange {
            what,
            index,
            target,
            value,
            count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::flow_format;

    #[test]
    fn without_times_nothing_may_cost_less_than_nothing() {
        let program = flow_format::read("2 1 1\n1 2 1 9\n1 2 5\n")
            .unwrap()
            .program;
        assert_eq!(program.validate(), Ok(()));
        let changes: [fn(&mut Program); 3] = [
            |program| program.costs[0] = -1,
            |program| program.amounts[0] = -1,
            |program| program.sinks[0].ends[0].1 = -1,
        ];
        for change in changes {
            let mut changed = program.clone();
            change(&mut changed);
            let error = changed.validate();
            assert!(matches!(
                error,
                Err(ProgramError::Negative { index: 0, .. })
            ));
            changed.network.time = Some(vec![0, 1]);
            assert_eq!(changed.validate(), Ok(()));
        }
    }
}
