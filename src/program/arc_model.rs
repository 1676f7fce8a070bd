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
        let mut members: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (index, release) in program.releases.iter().enumerate() {
            members
                .entry((release.class, release.sink))
                .or_default()
                .push(index);
        }
        let adjacency = Adjacency::of(program);
        let mut model = Self {
            constant: program.constant,
            ..Self::default()
        };
        let mut coupled: Vec<(usize, Vec<(u32, i64)>)> = Vec::new();
        for (key, releases) in members {
            let group = model.groups.len() as u32;
            model.groups.push(key);
            model.add_group(program, &adjacency, group, &releases, &mut coupled);
        }
        let first = model.rows.len() as u32;
        for (column, entries) in coupled {
            let shifted = entries.into_iter().map(|(row, value)| (row + first, value));
            model.columns[column].entries.extend(shifted);
        }
        model.add_program_rows(program, first);
        model
    }

    /// Rows and columns of one group. What its flows take from the program's rows is set aside in
    /// `coupled`, because those rows are numbered after all balances.
    fn add_group(
        &mut self,
        program: &Program,
        adjacency: &Adjacency,
        group: u32,
        releases: &[usize],
        coupled: &mut Vec<(usize, Vec<(u32, i64)>)>,
    ) {
        let (class, sink) = self.groups[group as usize];
        let (class, ends) = (class as usize, &program.sinks[sink as usize].ends);
        let origins = releases.iter().map(|&k| program.releases[k].origin);
        let mut used = adjacency.between(program, class, origins.clone(), ends);
        for origin in origins {
            used[origin as usize] = true;
        }
        let mut row_of = BTreeMap::new();
        for node in (0..program.network.nodes).filter(|&node| used[node]) {
            let node = node as u32;
            row_of.insert(node, self.rows.len() as u32);
            self.rows.push(ModelRow {
                kind: RowKind::Balance { group, node },
                rhs: 0,
            });
        }
        for arc in 0..program.arcs() {
            let (tail, head) = (program.network.tails[arc], program.network.heads[arc]);
            let Some(cost) = program.cost(class, arc) else {
                continue;
            };
            if let (Some(&from), Some(&to)) = (row_of.get(&tail), row_of.get(&head)) {
                let taken = merged(
                    program
                        .arc_uses(class, arc)
                        .map(|(row, amount)| (row as u32, amount)),
                );
                coupled.push((self.columns.len(), taken));
                let arc = arc as u32;
                self.push(ColumnKind::Flow { group, arc }, cost, [(from, 1), (to, -1)]);
            }
        }
        for &(node, cost) in ends {
            if let Some(&row) = row_of.get(&node) {
                self.push(ColumnKind::End { group, node }, cost, [(row, 1)]);
            }
        }
        for &k in releases {
            let release = &program.releases[k];
            let row = row_of[&release.origin];
            self.rows[row as usize].rhs += release.quantity;
            if let Some(cost) = release.unserved_cost {
                self.push(ColumnKind::Unserved(k as u32), cost, [(row, 1)]);
                if let Some(column) = self.columns.last_mut() {
                    column.upper = Some(release.quantity);
                }
            }
        }
    }

    fn push(&mut self, kind: ColumnKind, cost: i64, entries: impl IntoIterator<Item = (u32, i64)>) {
        self.columns.push(ModelColumn {
            kind,
            cost,
            upper: None,
            whole: false,
            entries: merged(entries),
        });
    }

    fn add_program_rows(&mut self, program: &Program, first: u32) {
        for (index, row) in program.rows.iter().enumerate() {
            self.rows.push(ModelRow {
                kind: RowKind::Coupling(index as u32),
                rhs: row.upper,
            });
        }
        for (index, column) in program.columns.iter().enumerate() {
            let entries = column.entries.iter().map(|&(row, b)| (row + first, b));
            self.columns.push(ModelColumn {
                kind: ColumnKind::General(index as u32),
                cost: column.cost,
                upper: column.upper,
                whole: column.whole,
                entries: merged(entries),
            });
        }
    }
}

/// Entries by row, equal rows added up, zeros left out.
fn merged(entries: impl IntoIterator<Item = (u32, i64)>) -> Vec<(u32, i64)> {
    let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
    for (row, value) in entries {
        *sums.entry(row).or_default() += value;
    }
    sums.into_iter().filter(|&(_, value)| value != 0).collect()
}

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
