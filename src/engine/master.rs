//! The restricted master of the direct engine: the program over the paths found so far.
//!
//! It is built anew each round and told to `good_lp` in two forms. Prices come from the dual,
//!
//! ```text
//! maximise   Σ_k q_k μ_k − Σ_r u_r λ_r − Σ_j Y_j ν_j
//! subject to μ_k − Σ_r a_rp λ_r ≤ c_p      for every known path p of release k
//!            − Σ_r b_rj λ_r − ν_j ≤ f_j    for every column j (ν_j only where Y_j is finite)
//!            μ_k ≤ π_k (free where k must be carried),  λ ≥ 0,  ν ≥ 0
//! ```
//!
//! solved as a linear program of its own: `good_lp` reads no duals from microlp, and the values of
//! variables have one sign in every solver, which duals have not. Flows come from the primal, once,
//! at the end.
//!
//! Rows that the known paths could not break even if every release put all it has on its greediest
//! path are left out, and so are releases none of whose paths uses a row that is in: these take
//! their cheapest path, and nothing else depends on them.
//!
//! Costs, rows and columns are divided by powers of two before they are handed over, so that money
//! in millionths and weights in grams become numbers around one.

use std::collections::{BTreeMap, HashSet};

use crate::program::Program;

use super::lp::{Lp, LpError, LpRow};
use super::{Deadline, PathFlow, Solver};

/// One path of one release.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub release: u32,
    pub arcs: Vec<u32>,
    /// c_p.
    pub cost: i128,
    /// a_rp: rows ascending.
    pub takes: Vec<(u32, i64)>,
}

/// The paths found so far.
pub(super) struct Master<'a> {
    program: &'a Program,
    pub paths: Vec<Path>,
    /// Paths of each release.
    pub of_release: Vec<Vec<usize>>,
    known: HashSet<(u32, Vec<u32>)>,
    scales: Scales,
}

/// What is divided out before a solver sees a number: powers of two.
struct Scales {
    cost: f64,
    rows: Vec<f64>,
    columns: Vec<f64>,
}

/// What is in the master at the moment.
struct Active {
    /// Position of each row among those that are in.
    rows: Vec<Option<usize>>,
    row_list: Vec<usize>,
    releases: Vec<usize>,
}

/// A primal answer.
pub(super) struct Primal {
    pub flows: Vec<PathFlow>,
    pub unserved: Vec<f64>,
    pub columns: Vec<f64>,
}

/// Prices, and what the dual reaches with them.
pub(super) struct Dual {
    /// λ in cost units per row unit.
    pub prices: Vec<f64>,
    /// The dual objective with the constant: the cost of the restricted master's optimum.
    pub objective: f64,
    /// How many rows were in.
    pub rows: usize,
}

impl<'a> Master<'a> {
    pub fn new(program: &'a Program) -> Self {
        Self {
            program,
            paths: Vec::new(),
            of_release: vec![Vec::new(); program.releases.len()],
            known: HashSet::new(),
            scales: Scales::of(program),
        }
    }

    /// Adds a path; false if it was there or is none.
    pub fn add(&mut self, release: usize, arcs: Vec<u32>) -> bool {
        let Some(cost) = self.program.path_cost(release, &arcs) else {
            return false;
        };
        if !self.known.insert((release as u32, arcs.clone())) {
            return false;
        }
        let class = self.program.releases[release].class as usize;
        let mut takes: BTreeMap<u32, i64> = BTreeMap::new();
        for &arc in &arcs {
            for (row, amount) in self.program.arc_uses(class, arc as usize) {
                *takes.entry(row as u32).or_default() += amount;
            }
        }
        self.of_release[release].push(self.paths.len());
        self.paths.push(Path {
            release: release as u32,
            arcs,
            cost,
            takes: takes.into_iter().filter(|&(_, a)| a != 0).collect(),
        });
        true
    }

    /// What a release does that is not in: its cheapest path, or none where staying is cheaper.
    fn habit(&self, release: usize) -> Option<usize> {
        let best = self.of_release[release]
            .iter()
            .copied()
            .min_by_key(|&p| (self.paths[p].cost, p))?;
        let unserved = self.program.releases[release].unserved_cost;
        let carried = unserved.is_none_or(|price| self.paths[best].cost <= i128::from(price));
        carried.then_some(best)
    }

    fn active(&self) -> Active {
        let program = self.program;
        let mut most = vec![0f64; program.rows.len()];
        for (release, paths) in self.of_release.iter().enumerate() {
            let mut greediest: BTreeMap<u32, i64> = BTreeMap::new();
            for &(row, amount) in paths.iter().flat_map(|&p| &self.paths[p].takes) {
                let entry = greediest.entry(row).or_default();
                *entry = amount.max(*entry);
            }
            for (row, amount) in greediest {
                most[row as usize] += amount as f64 * program.releases[release].quantity as f64;
            }
        }
        for column in &program.columns {
            for &(row, coefficient) in &column.entries {
                if coefficient > 0 {
                    let upper = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
                    most[row as usize] += coefficient as f64 * upper;
                }
            }
        }
        let mut rows = vec![None; program.rows.len()];
        let mut row_list = Vec::new();
        for (row, &most) in most.iter().enumerate() {
            if most > program.rows[row].upper as f64 {
                rows[row] = Some(row_list.len());
                row_list.push(row);
            }
        }
        let touches = |&p: &usize| {
            let mut takes = self.paths[p].takes.iter();
            takes.any(|&(row, _)| rows[row as usize].is_some())
        };
        let releases = (0..self.of_release.len())
            .filter(|&k| program.releases[k].quantity > 0 && self.of_release[k].iter().any(touches))
            .collect();
        Active {
            rows,
            row_list,
            releases,
        }
    }

    /// Prices from the dual of the master. [`LpError::Unbounded`] means that the known paths admit
    /// no plan.
    pub fn dual(&self, solver: Solver, deadline: &Deadline) -> Result<Dual, LpError> {
        let (program, scales) = (self.program, &self.scales);
        let active = self.active();
        let mut lp = Lp::default();
        for &row in &active.row_list {
            let upper = program.rows[row].upper as f64 / scales.rows[row];
            lp.columns.push((upper, 0.0, f64::INFINITY));
        }
        for &k in &active.releases {
            let release = &program.releases[k];
            let most = release
                .unserved_cost
                .map_or(f64::INFINITY, |price| price as f64 / scales.cost);
            let mu = lp.columns.len();
            lp.columns
                .push((-(release.quantity as f64), f64::NEG_INFINITY, most));
            for &p in &self.of_release[k] {
                let path = &self.paths[p];
                let mut entries = active.scaled(&path.takes, |row, a| -a / scales.rows[row]);
                entries.push((mu, 1.0));
                lp.rows.push(LpRow {
                    entries,
                    equal: false,
                    rhs: path.cost as f64 / scales.cost,
                });
            }
        }
        for (j, column) in program.columns.iter().enumerate() {
            let scale = scales.columns[j];
            let mut entries =
                active.scaled(&column.entries, |row, b| -b * scale / scales.rows[row]);
            if !entries.iter().any(|&(_, value)| value > 0.0) {
                continue;
            }
            if let Some(upper) = column.upper {
                entries.push((lp.columns.len(), -1.0));
                lp.columns.push((upper as f64 / scale, 0.0, f64::INFINITY));
            }
            lp.rows.push(LpRow {
                entries,
                equal: false,
                rhs: column.cost as f64 * scale / scales.cost,
            });
        }
        let values = lp.solve(solver, deadline)?;
        let mut objective = program.constant as f64 + self.cost_of_habits(&active);
        for (&(cost, ..), value) in lp.columns.iter().zip(&values) {
            objective -= cost * value * scales.cost;
        }
        let mut prices = vec![0.0; program.rows.len()];
        for (&row, &value) in active.row_list.iter().zip(&values) {
            prices[row] = value.max(0.0) * scales.cost / scales.rows[row];
        }
        Ok(Dual {
            prices,
            objective,
            rows: active.row_list.len(),
        })
    }

    fn cost_of_habits(&self, active: &Active) -> f64 {
        let mut is_in = vec![false; self.of_release.len()];
        for &k in &active.releases {
            is_in[k] = true;
        }
        let cost = |k: usize| {
            let release = &self.program.releases[k];
            let price = match self.habit(k) {
                Some(p) => self.paths[p].cost as f64,
                None => release.unserved_cost.unwrap_or(0) as f64,
            };
            price * release.quantity as f64
        };
        (0..is_in.len()).filter(|&k| !is_in[k]).map(cost).sum()
    }

    /// The flows of the master's optimum.
    pub fn primal(&self, solver: Solver, deadline: &Deadline) -> Result<Primal, LpError> {
        self.answer(solver, deadline, false)
    }

    /// The flows of the master's optimum with whole columns whole.
    pub fn integer(&self, solver: Solver, deadline: &Deadline) -> Result<Primal, LpError> {
        self.answer(solver, deadline, true)
    }

    fn answer(&self, solver: Solver, deadline: &Deadline, whole: bool) -> Result<Primal, LpError> {
        let (program, scales) = (self.program, &self.scales);
        let scale_of = |j: usize| match whole && program.columns[j].whole {
            true => 1.0,
            false => scales.columns[j],
        };
        let active = self.active();
        let upper = |&row: &usize| LpRow {
            rhs: program.rows[row].upper as f64 / scales.rows[row],
            ..LpRow::default()
        };
        let mut lp = Lp {
            rows: active.row_list.iter().map(upper).collect(),
            ..Lp::default()
        };
        let mut paths = Vec::new();
        let mut left = Vec::new();
        for &k in &active.releases {
            let release = &program.releases[k];
            let mut entries = Vec::new();
            for &p in &self.of_release[k] {
                let column = lp.columns.len();
                paths.push((p, column));
                entries.push((column, 1.0));
                lp.columns
                    .push((self.paths[p].cost as f64 / scales.cost, 0.0, f64::INFINITY));
                for (row, value) in
                    active.scaled(&self.paths[p].takes, |row, a| a / scales.rows[row])
                {
                    lp.rows[row].entries.push((column, value));
                }
            }
            if let Some(price) = release.unserved_cost {
                left.push((k, lp.columns.len()));
                entries.push((lp.columns.len(), 1.0));
                lp.columns
                    .push((price as f64 / scales.cost, 0.0, f64::INFINITY));
            }
            lp.rows.push(LpRow {
                entries,
                equal: true,
                rhs: release.quantity as f64,
            });
        }
        let first = lp.columns.len();
        for (j, column) in program.columns.iter().enumerate() {
            let scale = scale_of(j);
            if whole && column.whole {
                lp.whole.insert(first + j);
            }
            let upper = column
                .upper
                .map_or(f64::INFINITY, |upper| upper as f64 / scale);
            for (row, value) in
                active.scaled(&column.entries, |row, b| b * scale / scales.rows[row])
            {
                lp.rows[row].entries.push((first + j, value));
            }
            lp.columns
                .push((column.cost as f64 * scale / scales.cost, 0.0, upper));
        }
        let values = lp.solve(solver, deadline)?;
        let columns = (program.columns.iter().enumerate())
            .map(|(j, column)| {
                let upper = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
                (values[first + j] * scale_of(j)).clamp(0.0, upper)
            })
            .collect();
        Ok(self.collect(&active, &paths, &left, &values, columns))
    }

    /// Flows that add up to each release's quantity, from a solver's values.
    fn collect(
        &self,
        active: &Active,
        paths: &[(usize, usize)],
        left: &[(usize, usize)],
        values: &[f64],
        columns: Vec<f64>,
    ) -> Primal {
        let mut amounts = vec![0.0; self.paths.len()];
        let mut unserved = vec![0.0; self.of_release.len()];
        for &(p, column) in paths {
            amounts[p] = values[column].max(0.0);
        }
        for &(k, column) in left {
            unserved[k] = values[column].max(0.0);
        }
        let mut is_in = vec![false; unserved.len()];
        for &k in &active.releases {
            is_in[k] = true;
        }
        for k in 0..unserved.len() {
            let quantity = self.program.releases[k].quantity as f64;
            if is_in[k] {
                self.settle(k, quantity, &mut amounts, &mut unserved[k]);
            } else if let Some(p) = self.habit(k) {
                amounts[p] = quantity;
            } else {
                unserved[k] = quantity;
            }
        }
        let mut flows: Vec<PathFlow> = self
            .paths
            .iter()
            .zip(&amounts)
            .filter(|&(_, &amount)| amount > 0.0)
            .map(|(path, &amount)| PathFlow {
                release: path.release,
                arcs: path.arcs.clone(),
                amount,
            })
            .collect();
        flows.sort_by(|a, b| (a.release, &a.arcs).cmp(&(b.release, &b.arcs)));
        Primal {
            flows,
            unserved,
            columns,
        }
    }

    /// Drops what is only a solver's noise and lets the largest part take the difference.
    fn settle(&self, k: usize, quantity: f64, amounts: &mut [f64], unserved: &mut f64) {
        let noise = 1e-9 * quantity;
        let paths = &self.of_release[k];
        for &p in paths {
            if amounts[p] <= noise {
                amounts[p] = 0.0;
            }
        }
        if *unserved <= noise {
            *unserved = 0.0;
        }
        let total = *unserved + paths.iter().map(|&p| amounts[p]).sum::<f64>();
        let largest = paths
            .iter()
            .copied()
            .max_by(|&a, &b| amounts[a].total_cmp(&amounts[b]).then(b.cmp(&a)));
        let part = match largest {
            Some(p) if amounts[p] >= *unserved => &mut amounts[p],
            _ => unserved,
        };
        *part = (*part + quantity - total).max(0.0);
    }
}

impl Active {
    /// The entries in rows that are in, by position, scaled.
    fn scaled(
        &self,
        entries: &[(u32, i64)],
        scale: impl Fn(usize, f64) -> f64,
    ) -> Vec<(usize, f64)> {
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for &(row, value) in entries {
            if let Some(position) = self.rows[row as usize] {
                *sums.entry(position).or_default() += scale(row as usize, value as f64);
            }
        }
        sums.into_iter().collect()
    }
}

impl Scales {
    fn of(program: &Program) -> Self {
        let mut rows = vec![0f64; program.rows.len()];
        for usage in &program.uses {
            let start = usage.amount as usize * program.classes;
            for amount in &program.amounts[start..start + program.classes] {
                let row = &mut rows[usage.row as usize];
                *row = row.max(amount.abs() as f64);
            }
        }
        for column in &program.columns {
            for &(row, value) in &column.entries {
                if rows[row as usize] == 0.0 {
                    rows[row as usize] = value.abs() as f64;
                }
            }
        }
        let rows: Vec<f64> = rows.into_iter().map(power_of_two).collect();
        let columns = program
            .columns
            .iter()
            .map(|column| {
                let entries = column.entries.iter();
                let largest = entries.map(|&(row, b)| b.abs() as f64 / rows[row as usize]);
                1.0 / power_of_two(largest.fold(0.0, f64::max))
            })
            .collect();
        let prices = program.releases.iter().filter_map(|r| r.unserved_cost);
        let costs = program
            .costs
            .iter()
            .copied()
            .filter(|&c| c != crate::program::FORBIDDEN);
        let largest = prices
            .chain(costs)
            .map(i64::unsigned_abs)
            .max()
            .unwrap_or(0);
        Self {
            cost: power_of_two(largest as f64 / 1024.0),
            rows,
            columns,
        }
    }
}

/// The power of two next below `value`, or 1 for nothing.
fn power_of_two(value: f64) -> f64 {
    if value > 0.0 {
        value.log2().floor().exp2()
    } else {
        1.0
    }
}
