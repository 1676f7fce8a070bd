//! What an answer costs and whether it holds, recomputed from the program's own data.

use crate::program::Program;

use super::PathFlow;

/// How far a row may be over, relative to the sum of the sizes of its terms.
const TOLERANCE: f64 = 1e-9;

/// Whether some row cannot hold, whatever is carried and bought: goods and columns can only add to what
/// is too much already, or not take enough of it away. Any price on that row proves it.
pub(crate) fn has_hopeless_row(program: &Program) -> bool {
    let mut least = vec![Some(0i128); program.rows.len()];
    for usage in &program.uses {
        let start = usage.amount as usize * program.classes;
        let amounts = &program.amounts[start..start + program.classes];
        if amounts.iter().any(|&amount| amount < 0) {
            least[usage.row as usize] = None;
        }
    }
    for column in &program.columns {
        for &(row, b) in column.entries.iter().filter(|&&(_, b)| b < 0) {
            let least = &mut least[row as usize];
            let most = column.upper.map(|upper| i128::from(b) * i128::from(upper));
            *least = least.zip(most).map(|(sum, most)| sum + most);
        }
    }
    let rows = program.rows.iter().zip(least);
    let mut broken = rows.map(|(row, least)| least.is_some_and(|sum| sum > row.upper.into()));
    broken.any(|broken| broken)
}

/// Cost and validity of an answer in floating point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Assessment {
    /// Σ c x + Σ π s + Σ f y + constant.
    pub cost: f64,
    /// Whether every path is one, every release adds up, every column is within its bounds and
    /// every row holds, each to a relative 1e-9.
    pub feasible: bool,
}

/// Recomputes cost and validity.
pub(crate) fn assess(
    program: &Program,
    flows: &[PathFlow],
    unserved: &[f64],
    columns: &[f64],
) -> Assessment {
    let mut releases = vec![Sum::default(); program.releases.len()];
    let mut cost = program.constant as f64;
    let mut feasible =
        unserved.len() == program.releases.len() && columns.len() == program.columns.len();
    for flow in flows {
        feasible &= flow.amount >= 0.0;
        releases[flow.release as usize].add(flow.amount);
        match program.path_cost(flow.release as usize, &flow.arcs) {
            Some(per_unit) => cost += per_unit as f64 * flow.amount,
            None => feasible = false,
        }
    }
    for (index, release) in program.releases.iter().enumerate() {
        let left = unserved.get(index).copied().unwrap_or(0.0);
        let allowed = match release.unserved_cost {
            Some(price) => {
                cost += price as f64 * left;
                left >= 0.0
            }
            None => left == 0.0,
        };
        releases[index].add(left);
        feasible &= allowed && releases[index].equals(release.quantity as f64);
    }
    for (column, &value) in program.columns.iter().zip(columns) {
        cost += column.cost as f64 * value;
        feasible &= value >= 0.0 && column.upper.is_none_or(|upper| value <= upper as f64);
    }
    let rows = activities(program, flows, columns);
    for (sum, row) in rows.iter().zip(&program.rows) {
        feasible &= sum.is_at_most(row.upper as f64);
    }
    Assessment {
        cost,
        feasible: feasible && cost.is_finite(),
    }
}

/// What goods and columns put into each row.
pub(crate) fn activities(program: &Program, flows: &[PathFlow], columns: &[f64]) -> Vec<Sum> {
    let mut rows = vec![Sum::default(); program.rows.len()];
    for flow in flows {
        let class = program.releases[flow.release as usize].class as usize;
        for &arc in &flow.arcs {
            for (row, amount) in program.arc_uses(class, arc as usize) {
                rows[row].add(amount as f64 * flow.amount);
            }
        }
    }
    for (column, &value) in program.columns.iter().zip(columns) {
        for &(row, coefficient) in &column.entries {
            rows[row as usize].add(coefficient as f64 * value);
        }
    }
    rows
}

/// A sum and the sum of the sizes of its terms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    pub value: f64,
    size: f64,
}

impl Sum {
    fn add(&mut self, term: f64) {
        self.value += term;
        self.size += term.abs();
    }

    fn is_at_most(&self, upper: f64) -> bool {
        self.value - upper <= TOLERANCE * self.size.max(upper.abs())
    }

    fn equals(&self, target: f64) -> bool {
        (self.value - target).abs() <= TOLERANCE * self.size.max(target.abs())
    }
}
