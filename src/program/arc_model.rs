//! The program as one sparse linear program over arcs.
//!
//! Paths are far too many to write down, arcs are not. Releases of the same class and sink are
//! interchangeable once they meet, so their flows are added up into one commodity per group
//! (class, sink), and the arc formulation needs, per group g, a flow x_ga ≥ 0 on each arc, a flow
//! e_gn ≥ 0 that ends at each of the sink's nodes, and an unserved amount 0 ≤ s_k ≤ q_k for every
//! release that may stay behind:
//!
//! ```text
//! minimise   Σ_g Σ_a c_ga x_ga + Σ_g Σ_n cost_gn e_gn + Σ_k π_k s_k + Σ_j f_j y_j + constant
//! subject to Σ_{a out of n} x_ga − Σ_{a into n} x_ga + e_gn + Σ_{k at n} s_k = Σ_{k at n} q_k
//!                                                      for every group g and node n
//!            Σ_g Σ_a a_rga x_ga + Σ_j b_rj y_j ≤ u_r   for every row r
//! ```
//!
//! By flow decomposition its optimum is that of the path formulation. Per group, only the nodes
//! that an origin reaches and from which an end is reached are written, with the arcs between
//! them. The model is what `export` writes for other solvers, and an oracle that shares nothing
//! with the engines.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::ops::Range;

use super::Program;

/// The arc formulation: minimise cost over columns between 0 and their upper bounds.
#[derive(Clone, Debug, Default)]
pub struct ArcModel {
    /// Node balances by group and node, then the program's rows.
    pub rows: Vec<ModelRow>,
    /// Flows, ends and unserved amounts by group, then the program's columns.
    pub columns: Vec<ModelColumn>,
    /// A cost that every answer bears.
    pub constant: i128,
    /// Class and sink of each group.
    pub groups: Vec<(u32, u32)>,
}

/// What a row of the model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// What leaves a node equals what enters it, for one group.
    Balance {
        /// The group.
        group: u32,
        /// The node.
        node: u32,
    },
    /// A row of the program.
    Coupling(u32),
}

/// A row of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelRow {
    /// What it says: a balance is an equation, a coupling row an upper limit.
    pub kind: RowKind,
    /// The right-hand side.
    pub rhs: i64,
}

/// What a column of the model decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A group's flow on an arc.
    Flow {
        /// The group.
        group: u32,
        /// The arc.
        arc: u32,
    },
    /// A group's flow that ends at a node.
    End {
        /// The group.
        group: u32,
        /// The node.
        node: u32,
    },
    /// What of a release stays unserved.
    Unserved(u32),
    /// A column of the program.
    General(u32),
}

/// A column of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelColumn {
    /// What it decides.
    pub kind: ColumnKind,
    /// Cost per unit.
    pub cost: i64,
    /// Upper bound; `None` is unlimited.
    pub upper: Option<i64>,
    /// Whether it must be a whole number.
    pub whole: bool,
    /// Rows, ascending and distinct, and coefficients other than zero.
    pub entries: Vec<(u32, i64)>,
}

impl ArcModel {
    /// Builds the model of a [valid](Program::validate) program.
    pub fn of(program: &Program) -> Self {
        let source = ArcSource::of(program);
        let mut model = Self {
            constant: program.constant,
            ..Self::default()
        };
        source
            .columns(&mut |_, column| {
                model.columns.push(column.clone());
                Ok::<(), Infallible>(())
            })
            // nothing can fail
            .unwrap_or(());
        (model.rows, model.groups) = (source.rows, source.groups);
        model
    }
}

/// The same model whose columns are made group by group as they are asked for: a release has a flow
/// on every arc that it may reach, so that a few demands over many weeks have millions of them.
#[derive(Debug)]
pub struct ArcSource<'a> {
    /// The program.
    pub program: &'a Program,
    /// As in [`ArcModel`].
    pub rows: Vec<ModelRow>,
    /// As in [`ArcModel`].
    pub groups: Vec<(u32, u32)>,
    /// The releases of each group.
    members: Vec<Vec<usize>>,
    /// The first row of each group, and after the last that of the program's.
    starts: Vec<usize>,
    adjacency: Adjacency,
}

impl<'a> ArcSource<'a> {
    /// Lays out the rows of a [valid](Program::validate) program.
    pub fn of(program: &'a Program) -> Self {
        let mut members: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (index, release) in program.releases.iter().enumerate() {
            let key = (release.class, release.sink);
            members.entry(key).or_default().push(index);
        }
        let (groups, members) = members.into_iter().unzip();
        let mut made = Self {
            program,
            rows: Vec::new(),
            groups,
            members,
            starts: Vec::new(),
            adjacency: Adjacency::of(program),
        };
        for group in 0..made.groups.len() {
            made.starts.push(made.rows.len());
            made.add_balances(group);
        }
        made.starts.push(made.rows.len());
        let rows = (0..).zip(&program.rows).map(|(index, row)| ModelRow {
            kind: RowKind::Coupling(index),
            rhs: row.upper,
        });
        made.rows.extend(rows);
        made
    }

    /// How many rows are balances, which come first.
    pub fn balances(&self) -> usize {
        self.starts.last().copied().unwrap_or_default()
    }

    fn add_balances(&mut self, group: usize) {
        let used = self.used(group);
        let first = self.rows.len();
        let nodes = (0..).zip(&used).filter(|(_, used)| **used);
        let rows = nodes.map(|(node, _)| ModelRow {
            kind: RowKind::Balance {
                group: group as u32,
                node,
            },
            rhs: 0,
        });
        self.rows.extend(rows);
        for &release in &self.members[group] {
            let release = &self.program.releases[release];
            if let Some(row) = self.row_at(first..self.rows.len(), release.origin) {
                self.rows[row].rhs += release.quantity;
            }
        }
    }

    /// The nodes of a group: its origins, and what lies on a way from one of them to an end.
    fn used(&self, group: usize) -> Vec<bool> {
        let (class, sink) = self.groups[group];
        let ends = &self.program.sinks[sink as usize].ends;
        let releases = self.members[group].iter();
        let origins = releases.map(|&k| self.program.releases[k].origin);
        let class = class as usize;
        let mut used = self
            .adjacency
            .between(self.program, class, origins.clone(), ends);
        origins.for_each(|origin| used[origin as usize] = true);
        used
    }

    /// The balance of a node among the rows of a group, which are in the order of nodes.
    fn row_at(&self, rows: Range<usize>, node: u32) -> Option<usize> {
        let of = |row: &ModelRow| match row.kind {
            RowKind::Balance { node, .. } => node,
            RowKind::Coupling(_) => u32::MAX,
        };
        let first = rows.start;
        let found = self.rows[rows].binary_search_by_key(&node, of);
        found.ok().map(|at| first + at)
    }

    /// Shows every column with its position: flows, ends and unserved amounts by group, then the
    /// program's columns.
    ///
    /// # Errors
    /// The visitor's first; no further column is shown.
    pub fn columns<E>(
        &self,
        visit: &mut dyn FnMut(usize, &ModelColumn) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut at = 0;
        for group in 0..self.groups.len() {
            for column in self.of_group(group) {
                visit(at, &column)?;
                at += 1;
            }
        }
        let first = self.balances() as u32;
        for (index, column) in (0..).zip(&self.program.columns) {
            let entries = column.entries.iter().map(|&(row, b)| (row + first, b));
            let column = ModelColumn {
                kind: ColumnKind::General(index),
                cost: column.cost,
                upper: column.upper,
                whole: column.whole,
                entries: merged(entries),
            };
            visit(at, &column)?;
            at += 1;
        }
        Ok(())
    }

    /// The columns of a group.
    pub fn of_group(&self, group: usize) -> Vec<ModelColumn> {
        let (class, sink) = self.groups[group];
        let row_of = self.rows_of(group);
        let mut columns = self.flows(group as u32, class as usize, &row_of);
        let group = group as u32;
        for &(node, cost) in &self.program.sinks[sink as usize].ends {
            if let Some(row) = row_of.of(node) {
                columns.push(simple(ColumnKind::End { group, node }, cost, [(row, 1)]));
            }
        }
        for &k in &self.members[group as usize] {
            let release = &self.program.releases[k];
            if let (Some(cost), Some(row)) = (release.unserved_cost, row_of.of(release.origin)) {
                columns.push(ModelColumn {
                    upper: Some(release.quantity),
                    ..simple(ColumnKind::Unserved(k as u32), cost, [(row, 1)])
                });
            }
        }
        columns
    }

    fn rows_of(&self, group: usize) -> RowsOf {
        let mut rows = vec![None; self.program.network.nodes];
        for row in self.starts[group]..self.starts[group + 1] {
            if let RowKind::Balance { node, .. } = self.rows[row].kind {
                rows[node as usize] = NonZeroU32::new(row as u32 + 1);
            }
        }
        RowsOf(rows)
    }

    /// A flow on every arc between nodes of a group, in the order of arcs.
    fn flows(&self, group: u32, class: usize, row_of: &RowsOf) -> Vec<ModelColumn> {
        let program = self.program;
        let first = self.balances() as u32;
        let flow = |arc: u32| {
            let at = arc as usize;
            let from = row_of.of(program.network.tails[at])?;
            let to = row_of.of(program.network.heads[at])?;
            let cost = program.cost(class, at)?;
            let taken = program.arc_uses(class, at);
            let taken = taken.map(|(row, amount)| (row as u32 + first, amount));
            let entries = [(from, 1), (to, -1)].into_iter().chain(taken);
            Some(simple(ColumnKind::Flow { group, arc }, cost, entries))
        };
        (0..program.arcs() as u32).filter_map(flow).collect()
    }
}

/// The balances of a group by node: the row after each, where there is one.
struct RowsOf(Vec<Option<NonZeroU32>>);

impl RowsOf {
    fn of(&self, node: u32) -> Option<u32> {
        self.0[node as usize].map(|row| row.get() - 1)
    }
}

fn simple(
    kind: ColumnKind,
    cost: i64,
    entries: impl IntoIterator<Item = (u32, i64)>,
) -> ModelColumn {
    ModelColumn {
        kind,
        cost,
        upper: None,
        whole: false,
        entries: merged(entries),
    }
}

/// Entries by row, equal rows added up, zeros left out.
fn merged(entries: impl IntoIterator<Item = (u32, i64)>) -> Vec<(u32, i64)> {
    let mut sums: Vec<(u32, i64)> = entries.into_iter().collect();
    sums.sort_by_key(|&(row, _)| row);
    sums.dedup_by(|next, sum| {
        let same = next.0 == sum.0;
        if same {
            sum.1 += next.1;
        }
        same
    });
    sums.retain(|&(_, value)| value != 0);
    sums
}

#[derive(Debug)]
struct Adjacency {
    out_arcs: Vec<Vec<u32>>,
    in_arcs: Vec<Vec<u32>>,
}

impl Adjacency {
    fn of(program: &Program) -> Self {
        let mut out_arcs = vec![Vec::new(); program.network.nodes];
        let mut in_arcs = out_arcs.clone();
        for arc in 0..program.arcs() {
            out_arcs[program.network.tails[arc] as usize].push(arc as u32);
            in_arcs[program.network.heads[arc] as usize].push(arc as u32);
        }
        Self { out_arcs, in_arcs }
    }

    /// Which nodes lie on a way of `class` from an origin to an end.
    fn between(
        &self,
        program: &Program,
        class: usize,
        origins: impl Iterator<Item = u32>,
        ends: &[(u32, i64)],
    ) -> Vec<bool> {
        let open = |arc: u32| program.cost(class, arc as usize).is_some();
        let (tails, heads) = (&program.network.tails, &program.network.heads);
        let onward = reached(&self.out_arcs, origins, |arc| {
            open(arc).then_some(heads[arc as usize])
        });
        let back = reached(&self.in_arcs, ends.iter().map(|&(node, _)| node), |arc| {
            open(arc).then_some(tails[arc as usize])
        });
        onward.iter().zip(&back).map(|(a, b)| a & b).collect()
    }
}

fn reached(
    arcs: &[Vec<u32>],
    starts: impl Iterator<Item = u32>,
    follow: impl Fn(u32) -> Option<u32>,
) -> Vec<bool> {
    let mut seen = vec![false; arcs.len()];
    let mut stack: Vec<u32> = starts.collect();
    while let Some(node) = stack.pop() {
        if !std::mem::replace(&mut seen[node as usize], true) {
            stack.extend(arcs[node as usize].iter().filter_map(|&arc| follow(arc)));
        }
    }
    seen
}
