//! Rows, columns, and the state of the method.

use super::{FEASIBLE, OPTIMAL, Trouble};
use crate::engine::column_generation::Basis;

/// Not in the basis.
pub(super) const OUT: u32 = u32::MAX;
/// How near to a bound a value is at it, at the start.
const START: f64 = 1e-9;
/// How often the method starts over after rounding errors.
const RETRIES: usize = 5;

/// Where a variable stands that is not basic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Lower,
    Upper,
}

/// A basis to go back to.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Start {
    basic: Vec<u32>,
    side: Vec<Side>,
    edge: Vec<f64>,
}

/// A linear program and its last basis. Each row has a variable of its own, its slack.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Simplex {
    /// By variable: rows and entries.
    pub(super) columns: Vec<Vec<(u32, f64)>>,
    /// By row: variables and entries, its slack included.
    pub(super) rows: Vec<Vec<(u32, f64)>>,
    pub(super) cost: Vec<f64>,
    /// What was added to costs to let the dual method run.
    pub(super) shift: Vec<f64>,
    pub(super) lower: Vec<f64>,
    pub(super) upper: Vec<f64>,
    pub(super) right: Vec<f64>,
    /// The slack of each row.
    pub(super) slack: Vec<u32>,
    pub(super) side: Vec<Side>,
    /// The position of each variable in the basis, or [`OUT`].
    pub(super) position: Vec<u32>,
    pub(super) basic: Vec<u32>,
    pub(super) x: Vec<f64>,
    /// Reduced costs.
    pub(super) reduced: Vec<f64>,
    /// Squared lengths of the rows of the inverse.
    pub(super) edge: Vec<f64>,
    pub(super) basis: Basis,
    /// Whether the factor, the values and the reduced costs are those of the basis.
    pub(super) fresh: bool,
    pub(super) steps: usize,
    /// Space for pivot rows, all zero.
    pub(super) scratch: Vec<f64>,
    /// Which variables a pivot row has met, all false.
    pub(super) met: Vec<bool>,
}

impl Simplex {
    /// Adds a row Σ entries ≤ `right` (= where `equal`) over variables that are there; its number.
    pub fn add_row(&mut self, entries: &[(u32, f64)], right: f64, equal: bool) -> u32 {
        let row = self.rows.len() as u32;
        self.rows.push(entries.to_vec());
        self.right.push(right);
        for &(variable, value) in entries {
            self.columns[variable as usize].push((row, value));
        }
        let upper = if equal { 0.0 } else { f64::INFINITY };
        let slack = self.add_column(&[(row, 1.0)], 0.0, (0.0, upper));
        self.slack.push(slack);
        self.position[slack as usize] = self.basic.len() as u32;
        self.basic.push(slack);
        self.edge.push(1.0);
        row
    }

    /// Adds a variable with entries in rows that are there; its number. Its lower bound is finite.
    pub fn add_column(&mut self, entries: &[(u32, f64)], cost: f64, bounds: (f64, f64)) -> u32 {
        let variable = self.columns.len() as u32;
        for &(row, value) in entries {
            self.rows[row as usize].push((variable, value));
        }
        self.columns.push(entries.to_vec());
        self.cost.push(cost);
        self.shift.push(0.0);
        self.lower.push(bounds.0);
        self.upper.push(bounds.1);
        self.side.push(Side::Lower);
        self.position.push(OUT);
        self.x.push(bounds.0);
        self.reduced.push(0.0);
        self.fresh = false;
        variable
    }

    /// Changes the bounds of a variable.
    pub fn set_bounds(&mut self, variable: u32, lower: f64, upper: f64) {
        let v = variable as usize;
        if (self.lower[v], self.upper[v]) != (lower, upper) {
            (self.lower[v], self.upper[v]) = (lower, upper);
            self.fresh = false;
        }
    }

    /// The value of a variable.
    pub fn value(&self, variable: u32) -> f64 {
        self.x[variable as usize]
    }

    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// Σ c x.
    pub fn objective(&self) -> f64 {
        self.cost.iter().zip(&self.x).map(|(c, x)| c * x).sum()
    }

    /// What one more of each row's right-hand side changes the objective by.
    pub fn duals(&mut self) -> Vec<f64> {
        let mut vector: Vec<f64> = (self.basic.iter())
            .map(|&variable| self.cost[variable as usize])
            .collect();
        self.basis.solve_transposed(&mut vector);
        vector
    }

    /// Starts from given values: what lies between its bounds becomes basic, and the slacks of
    /// `loose` rows.
    pub fn start_from(&mut self, values: &[(u32, f64)], loose: impl Fn(usize) -> bool) {
        self.position.fill(OUT);
        let mut wanted: Vec<u32> = Vec::new();
        for &(variable, value) in values {
            let v = variable as usize;
            let noise = START * (1.0 + self.lower[v].abs());
            if value > self.upper[v] - noise {
                self.side[v] = Side::Upper;
            } else if value > self.lower[v] + noise {
                wanted.push(variable);
            } else {
                self.side[v] = Side::Lower;
            }
        }
        let loose = (0..self.rows.len()).filter(|&row| loose(row));
        wanted.extend(loose.map(|row| self.slack[row]));
        wanted.truncate(self.rows.len());
        for (position, &variable) in wanted.iter().enumerate() {
            self.position[variable as usize] = position as u32;
        }
        // slacks take the rows that these leave
        wanted.resize(self.rows.len(), OUT);
        self.basic = wanted;
        self.edge = vec![1.0; self.rows.len()];
        self.fresh = false;
    }

    /// The basis as it stands.
    pub fn start(&self) -> Start {
        Start {
            basic: self.basic.clone(),
            side: self.side.clone(),
            edge: self.edge.clone(),
        }
    }

    /// Goes back to an earlier basis. Of rows that came since, the slacks are basic; columns that
    /// came since are at their lower bounds.
    pub fn go_back(&mut self, start: &Start) {
        self.basic.clone_from(&start.basic);
        self.basic.extend(&self.slack[start.basic.len()..]);
        self.side.fill(Side::Lower);
        self.side[..start.side.len()].copy_from_slice(&start.side);
        self.edge.clone_from(&start.edge);
        self.edge.resize(self.rows.len(), 1.0);
        self.position.fill(OUT);
        // a place may wait for the next factor to fill it
        let filled = (0u32..).zip(&self.basic).filter(|(_, v)| **v != OUT);
        for (position, &variable) in filled {
            self.position[variable as usize] = position;
        }
        self.fresh = false;
    }

    /// Goes to the optimum.
    pub fn solve(&mut self, stop: &dyn Fn() -> bool) -> Result<(), Trouble> {
        let mut trouble = Trouble::Numerical;
        for _ in 0..RETRIES {
            if !self.fresh {
                self.refresh();
            }
            trouble = match self.repair(stop).and_then(|()| self.primal(stop)) {
                Ok(()) if self.is_feasible() => return Ok(()),
                Ok(()) => Trouble::Numerical,
                Err(Trouble::Numerical) => Trouble::Numerical,
                Err(other) => return Err(other),
            };
            self.fresh = false;
        }
        Err(trouble)
    }

    /// Changes of the basis so far.
    pub fn step_count(&self) -> usize {
        self.steps
    }

    /// Rows and variables.
    pub fn size(&self) -> usize {
        self.rows.len() + self.columns.len()
    }

    /// Brings values within their bounds, by the dual method.
    fn repair(&mut self, stop: &dyn Fn() -> bool) -> Result<(), Trouble> {
        if self.is_feasible() {
            return Ok(());
        }
        let mut shifted = false;
        let mut flipped = false;
        for v in 0..self.x.len() {
            if self.position[v] != OUT || self.lower[v] == self.upper[v] {
                continue;
            }
            let reduced = self.reduced[v];
            let wrong = match self.side[v] {
                Side::Lower => reduced < -OPTIMAL,
                Side::Upper => reduced > OPTIMAL,
            };
            if !wrong {
                continue;
            }
            if self.upper[v].is_finite() {
                self.side[v] = match self.side[v] {
                    Side::Lower => Side::Upper,
                    Side::Upper => Side::Lower,
                };
                flipped = true;
            } else {
                self.shift[v] -= reduced;
                self.reduced[v] = 0.0;
                shifted = true;
            }
        }
        if flipped {
            self.compute_values();
        }
        let outcome = self.dual(stop);
        if shifted || self.shift.iter().any(|&shift| shift != 0.0) {
            self.shift.fill(0.0);
            self.compute_reduced();
        }
        outcome
    }

    fn is_feasible(&self) -> bool {
        self.basic.iter().all(|&variable| {
            let v = variable as usize;
            self.violation(v) <= FEASIBLE * (1.0 + self.x[v].abs())
        })
    }

    /// How far a variable is outside its bounds.
    pub(super) fn violation(&self, v: usize) -> f64 {
        (self.lower[v] - self.x[v]).max(self.x[v] - self.upper[v])
    }

    /// Factors the basis and computes values and reduced costs from it. Columns that depend on
    /// others are replaced by slacks.
    pub(super) fn refresh(&mut self) {
        let size = self.rows.len();
        loop {
            let (columns, basic) = (&self.columns, &self.basic);
            let outcome = self.basis.factor(size, |position, out| {
                if basic[position] != OUT {
                    out.extend_from_slice(&columns[basic[position] as usize]);
                }
            });
            let Err((positions, rows)) = outcome else {
                break;
            };
            for &position in &positions {
                let out = self.basic[position as usize];
                if out != OUT {
                    self.position[out as usize] = OUT;
                    self.side[out as usize] = self.nearer_side(out as usize);
                }
            }
            for (&position, &row) in positions.iter().zip(&rows) {
                let slack = self.slack[row as usize];
                self.basic[position as usize] = slack;
                self.position[slack as usize] = position;
                self.edge[position as usize] = 1.0;
            }
        }
        self.compute_values();
        self.compute_reduced();
        self.fresh = true;
    }

    fn nearer_side(&self, v: usize) -> Side {
        if self.upper[v] - self.x[v] < self.x[v] - self.lower[v] {
            Side::Upper
        } else {
            Side::Lower
        }
    }

    pub(super) fn compute_values(&mut self) {
        let mut vector = self.right.clone();
        for v in 0..self.x.len() {
            if self.position[v] != OUT {
                continue;
            }
            if self.upper[v].is_infinite() {
                self.side[v] = Side::Lower;
            }
            let value = match self.side[v] {
                Side::Lower => self.lower[v],
                Side::Upper => self.upper[v],
            };
            self.x[v] = value;
            if value != 0.0 {
                for &(row, entry) in &self.columns[v] {
                    vector[row as usize] -= entry * value;
                }
            }
        }
        self.basis.solve(&mut vector);
        for (&variable, value) in self.basic.iter().zip(vector) {
            self.x[variable as usize] = value;
        }
    }

    pub(super) fn compute_reduced(&mut self) {
        let mut vector: Vec<f64> = (self.basic.iter())
            .map(|&variable| self.cost[variable as usize] + self.shift[variable as usize])
            .collect();
        self.basis.solve_transposed(&mut vector);
        for v in 0..self.x.len() {
            self.reduced[v] = if self.position[v] == OUT {
                let column = self.columns[v].iter();
                let priced: f64 = column.map(|&(row, a)| a * vector[row as usize]).sum();
                self.cost[v] + self.shift[v] - priced
            } else {
                0.0
            };
        }
    }
}
