//! What rows cost when they are used further, quickly and in whole units of the rows.
//!
//! A row has room of its own, and columns sell it more. Where a row's own room is ρ, negative once
//! room must be bought, its columns with prices p_1 ≤ p_2 ≤ … per unit of the row and amounts s_i
//! for sale (tiers, the slack of a soft limit) cost
//!
//! ```text
//! Φ_r(ρ) = Σ_i p_i · min(max(−ρ − s_1 − … − s_{i−1}, 0), s_i)
//! ```
//!
//! and a column that alone sells in several rows at once (a unit with its weight and its volume),
//! b_r of each for f,
//!
//! ```text
//! Φ(ρ) = f · max_r max(−ρ_r, 0) / b_r
//! ```
//!
//! Where such a column is not alone, its cost is shared in proportion to what the prices of the
//! linear program say its rows are worth. That, whole units that are yet to be bought and columns
//! that take room from other rows make Φ an estimate, which is why the ledger has the last word.

use crate::program::{Column, Program};

use super::ledger::{Ledger, PARTS};

/// As much as nobody wants.
const ENDLESS: i64 = i64::MAX / 4;

/// Own room of every row, and what it costs to buy more.
#[derive(Clone, Debug)]
pub(super) struct Supply {
    /// ρ.
    room: Vec<i64>,
    /// The least ρ that is possible: minus all that is for sale.
    least: Vec<i64>,
    sales: Vec<Sale>,
}

/// Who sells room in a row.
#[derive(Clone, Debug)]
enum Sale {
    /// Prices and amounts, cheapest first.
    Steps(Vec<(f64, i64)>),
    /// f, and the rows with 1 / b.
    Joint(f64, Vec<(u32, f64)>),
}

impl Supply {
    /// What stands in `ledger`, under the prices of the linear program. Whole units that are bought
    /// are a row's own: they cost the same, full or not. What the ledger could not buy for a row
    /// that is short is sold at `urgent` per unit.
    pub fn new(program: &Program, prices: &[f64], ledger: &Ledger, urgent: f64) -> Self {
        let rows = program.rows.len();
        let mut room: Vec<i128> = (0..rows as u32).map(|row| ledger.room(row)).collect();
        let mut steps: Vec<Vec<(f64, i64)>> = vec![Vec::new(); rows];
        for (row, room) in room.iter().enumerate().filter(|(_, room)| **room < 0) {
            steps[row].push((urgent, -floor(*room)));
        }
        let mut sellers = vec![0; rows];
        for (column, &bought) in program.columns.iter().zip(ledger.bought()) {
            let own = if column.whole { bought } else { 0 };
            let spare = column.upper.map(|upper| i128::from(upper) * PARTS - own);
            for (row, sold, price) in sold(column, prices) {
                let amount = spare.map_or(ENDLESS, |spare| floor(spare.saturating_mul(sold)));
                steps[row].push((price, amount));
                room[row] -= sold * (bought - own);
                sellers[row] += 1;
            }
        }
        let mut least = Vec::with_capacity(rows);
        let mut sales = Vec::with_capacity(rows);
        for steps in &mut steps {
            steps.sort_by(|a, b| a.0.total_cmp(&b.0));
            let sum = steps
                .iter()
                .fold(0, |sum: i64, step| sum.saturating_add(step.1));
            least.push(-sum.min(ENDLESS));
            sales.push(Sale::Steps(std::mem::take(steps)));
        }
        let room: Vec<i64> = room.into_iter().map(floor).collect();
        for column in program.columns.iter().filter(|column| !column.whole) {
            let rows: Vec<(u32, f64)> = (sold(column, prices))
                .map(|(row, sold, _)| (row as u32, 1.0 / sold as f64))
                .collect();
            let is_alone =
                |&(row, _): &(u32, f64)| sellers[row as usize] == 1 && ledger.room(row) >= 0;
            if rows.len() > 1 && rows.iter().all(is_alone) {
                for &(row, _) in &rows {
                    sales[row as usize] = Sale::Joint(column.cost as f64, rows.clone());
                }
            }
        }
        Self { room, least, sales }
    }

    /// By how much a row is beyond all that is for sale; not positive where it is not.
    pub fn short(&self, row: u32) -> i64 {
        self.least[row as usize] - self.room[row as usize]
    }

    /// Takes `amount` from `row`; what purchases cost more for it.
    pub fn take(&mut self, row: u32, amount: i64) -> f64 {
        let old = self.room[row as usize];
        let new = old - amount;
        match &self.sales[row as usize] {
            Sale::Steps(steps) => {
                self.room[row as usize] = new;
                if new < old {
                    between(steps, old, new)
                } else {
                    -between(steps, new, old)
                }
            }
            Sale::Joint(cost, rows) => {
                let needed = |room: &[i64]| {
                    let each = rows.iter().map(|&(row, b)| -room[row as usize] as f64 * b);
                    each.fold(0.0, f64::max)
                };
                let before = needed(&self.room);
                self.room[row as usize] = new;
                cost * (needed(&self.room) - before)
            }
        }
    }
}

/// Rows in which a column sells, how much, and its price per unit of the row.
fn sold(column: &Column, prices: &[f64]) -> impl Iterator<Item = (usize, i128, f64)> {
    let sells = column.entries.iter().filter(|&&(_, b)| b < 0);
    let worth: f64 = sells
        .clone()
        .map(|&(row, b)| -prices[row as usize] * b as f64)
        .sum();
    sells.map(move |&(row, b)| {
        let price = match worth > 0.0 {
            true => column.cost as f64 * prices[row as usize] / worth,
            false => column.cost as f64 / -b as f64,
        };
        (row as usize, -i128::from(b), price)
    })
}

/// What it costs to go from `high` to `low`.
fn between(steps: &[(f64, i64)], high: i64, low: i64) -> f64 {
    // what is bought lies between `from` and `to`
    let (mut from, mut to) = ((-high).max(0), (-low).max(0));
    let mut cost = 0.0;
    for &(price, amount) in steps {
        if to <= 0 {
            break;
        }
        if from < amount {
            cost += price * (to.min(amount) - from) as f64;
        }
        from = (from - amount).max(0);
        to -= amount;
    }
    cost
}

/// Room in whole units of its row, rounded down.
fn floor(room: i128) -> i64 {
    let units = room.div_euclid(PARTS);
    units.clamp(-i128::from(ENDLESS), i128::from(ENDLESS)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Row;

    fn column(cost: i64, upper: Option<i64>, entries: &[(u32, i64)]) -> Column {
        Column {
            cost,
            upper,
            whole: false,
            entries: entries.to_vec(),
        }
    }

    #[test]
    fn tiers_are_bought_cheapest_first() {
        // own room 5, then 10 at 2 and 4 at 7
        let program = Program {
            rows: vec![Row { upper: 5 }],
            columns: vec![
                column(7, Some(4), &[(0, -1)]),
                column(20, Some(1), &[(0, -10)]),
            ],
            ..Program::default()
        };
        let ledger = Ledger::new(&program);
        let mut supply = Supply::new(&program, &[2.0], &ledger, 1e3);
        assert_eq!(supply.short(0), -19); // 5 + 10 + 4
        assert_eq!(supply.take(0, 3), 0.0);
        assert_eq!(supply.take(0, 15), 41.0); // 2 are left, then 10 · 2 + 3 · 7
        assert_eq!(supply.take(0, -4), -23.0); // 3 · 7 and 1 · 2
    }

    #[test]
    fn a_unit_is_bought_once_for_weight_and_volume() {
        // one unit at 12 holds 4 of row 0 and 8 of row 1
        let program = Program {
            rows: vec![Row { upper: 0 }; 2],
            columns: vec![column(12, Some(5), &[(0, -4), (1, -8)])],
            ..Program::default()
        };
        let ledger = Ledger::new(&program);
        let mut supply = Supply::new(&program, &[3.0, 0.0], &ledger, 1e3);
        assert_eq!(supply.take(0, 8), 24.0); // two units
        assert_eq!(supply.take(1, 12), 0.0); // fill 1.5 of them
        assert_eq!(supply.take(1, 8), 6.0); // 2.5 units, half of one more
        assert_eq!(supply.take(0, -8), 0.0); // the volume still needs them
        assert_eq!(supply.take(1, -20), -30.0);
    }
}
