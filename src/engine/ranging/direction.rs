//! What changes, and by how much.

use super::{RangingError, marginal_cost, narrow};
use crate::engine::Solution;
use crate::program::Program;

/// What grows by one unit of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// Upper sides of rows, and by how much each.
    pub rows: Vec<(u32, i64)>,
    /// Upper bounds of columns, and by how much each.
    pub columns: Vec<(u32, i64)>,
    /// Releases whose quantities together grow by one, in proportion to these weights.
    pub releases: Vec<(u32, i64)>,
}

impl Direction {
    /// Changes a program whose amounts are multiplied by [`PARTS`](super::PARTS) by `amount` parts of a unit.
    ///
    /// # Errors
    /// [`RangingError::TooLarge`] where an amount leaves 64 bits or falls below zero.
    pub fn apply(&self, program: &mut Program, amount: i64) -> Result<(), RangingError> {
        let grown = |from: i64, per_unit: i64| {
            let to = i128::from(from) + i128::from(per_unit) * i128::from(amount);
            narrow(to)
        };
        for &(row, per_unit) in &self.rows {
            let upper = &mut program.rows[row as usize].upper;
            *upper = grown(*upper, per_unit)?;
        }
        for &(column, per_unit) in &self.columns {
            if let Some(upper) = &mut program.columns[column as usize].upper {
                *upper = grown(*upper, per_unit)?.max(0);
            }
        }
        let all: i128 = self.releases.iter().map(|&(_, w)| i128::from(w)).sum();
        let (mut weights, mut given) = (0i128, 0i128);
        for &(release, weight) in &self.releases {
            // whole parts, so that those given out so far are always all that are due so far
            weights += i128::from(weight);
            let due = i128::from(amount) * weights / all.max(1);
            let quantity = &mut program.releases[release as usize].quantity;
            *quantity = narrow(i128::from(*quantity) + due - given)?.max(0);
            given = due;
        }
        Ok(())
    }

    /// So many parts at a time leave releases in proportion to each other exactly: what one part
    /// goes to one release and not to another would look like a change of price.
    pub(super) fn grain(&self) -> i64 {
        let weights = self.releases.iter().map(|&(_, weight)| weight);
        let divisor = weights.clone().fold(0, common_divisor);
        weights.sum::<i64>() / divisor.max(1)
    }

    /// The slope of the line that an answer's prices prove.
    pub(super) fn slope(&self, program: &Program, solution: &Solution) -> f64 {
        let prices = &solution.prices;
        let rows = self.rows.iter();
        let rows: f64 = rows
            .map(|&(row, per_unit)| -prices[row as usize] * per_unit as f64)
            .sum();
        let columns = self.columns.iter().map(|&(column, per_unit)| {
            let column = &program.columns[column as usize];
            let entries = column.entries.iter();
            let reduced: f64 = column.cost as f64
                + entries
                    .map(|&(row, b)| prices[row as usize] * b as f64)
                    .sum::<f64>();
            reduced.min(0.0) * per_unit as f64
        });
        let all: f64 = self.releases.iter().map(|&(_, weight)| weight as f64).sum();
        let releases = self.releases.iter().map(|&(release, weight)| {
            marginal_cost(program, solution, release) * weight as f64 / all.max(1.0)
        });
        rows + columns.sum::<f64>() + releases.sum::<f64>()
    }
}

fn common_divisor(a: i64, b: i64) -> i64 {
    match b {
        0 => a,
        b => common_divisor(b, a % b),
    }
}
