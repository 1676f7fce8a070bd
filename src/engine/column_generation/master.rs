//! The restricted master in scaled numbers.
//!
//! Over the columns found so far and the rows that have been violated at least once. Every row is
//! soft: it may be exceeded at a high price, the cap of its dual price, so that the master has a
//! feasible point from the start. Quantities are in multiples of the mean quantity, costs in
//! multiples of the mean path cost, rows and general columns are divided by their largest entry.

use super::pool::Pool;
use super::presolve::Reduced;
use crate::program::Program;

/// Not in the master.
pub(super) const ABSENT: u32 = u32::MAX;

/// How the program's numbers are scaled.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// One unit of cost per unit of goods.
    pub cost: f64,
    /// One unit of goods.
    pub amount: f64,
    /// The largest entry of each row.
    pub rows: Vec<f64>,
    /// The largest scaled entry of each general column.
    pub columns: Vec<f64>,
}

impl Scale {
    pub fn new(program: &Program, mean_cost: f64) -> Self {
        let carried: Vec<f64> = program
            .releases
            .iter()
            .map(|release| release.quantity as f64)
            .filter(|&quantity| quantity > 0.0)
            .collect();
        let amount = carried.iter().sum::<f64>() / carried.len().max(1) as f64;
        let mut rows = vec![0f64; program.rows.len()];
        for usage in &program.uses {
            let start = usage.amount as usize * program.classes;
            for &amount in &program.amounts[start..start + program.classes] {
                let row = &mut rows[usage.row as usize];
                *row = row.max((amount as f64).abs());
            }
        }
        for row in &mut rows {
            if *row == 0.0 {
                *row = 1.0;
            }
        }
        let largest = |column: &crate::program::Column| {
            let entries = column.entries.iter();
            let largest = entries
                .map(|&(row, b)| (b as f64).abs() / rows[row as usize])
                .fold(0.0, f64::max);
            if largest > 0.0 { largest } else { 1.0 }
        };
        let columns = program.columns.iter().map(largest).collect();
        Self {
            cost: if mean_cost > 0.0 { mean_cost } else { 1.0 },
            amount: if amount > 0.0 { amount } else { 1.0 },
            rows,
            columns,
        }
    }

    /// λ̂ = λ·ρ / cost.
    pub fn price(&self, row: usize, price: f64) -> f64 {
        price * self.rows[row] / self.cost
    }

    /// λ = λ̂·cost / ρ.
    pub fn unscaled_price(&self, row: usize, price: f64) -> f64 {
        price * self.cost / self.rows[row]
    }
}

/// Entries by column: column j's stand at `starts[j]..starts[j + 1]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Sparse {
    pub starts: Vec<u32>,
    pub rows: Vec<u32>,
    pub values: Vec<f64>,
}

impl Sparse {
    fn new() -> Self {
        Self {
            starts: vec![0],
            ..Self::default()
        }
    }

    #[inline]
    pub fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[column] as usize..self.starts[column + 1] as usize;
        let rows = self.rows[range.clone()].iter();
        rows.zip(&self.values[range])
            .map(|(&row, &value)| (row as usize, value))
    }

    fn push(&mut self, row: u32, value: f64) {
        self.rows.push(row);
        self.values.push(value);
    }

    fn close(&mut self) {
        self.starts.push(self.rows.len() as u32);
    }
}

/// Path columns: many take alike, and what is read again and again should be short.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    starts: Vec<u32>,
    /// Places in `takings`.
    entries: Vec<u32>,
    /// Rows, and what is taken from them; the places are those of the pool.
    takings: Vec<(u32, f64)>,
}

impl Paths {
    /// None yet, of columns that take this; of rows that are [`ABSENT`], they take nothing.
    fn new(takings: Vec<(u32, f64)>) -> Self {
        Self {
            starts: vec![0],
            entries: Vec::new(),
            takings,
        }
    }

    /// What a column takes from rows, ascending.
    #[inline]
    pub fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[column] as usize..self.starts[column + 1] as usize;
        self.entries[range].iter().map(|&place| {
            let (row, amount) = self.takings[place as usize];
            (row as usize, amount)
        })
    }

    /// Σ a_r v_r over the rows of a column.
    #[inline]
    pub fn times(&self, column: usize, values: &[f64]) -> f64 {
        self.column(column).map(|(row, a)| a * values[row]).sum()
    }

    fn push(&mut self, entries: &[u32]) {
        let (start, takings) = (self.entries.len(), &self.takings);
        let row = |place: u32| takings[place as usize].0;
        let present = entries.iter().filter(|&&place| row(place) != ABSENT);
        self.entries.extend(present);
        self.entries[start..].sort_unstable_by_key(|&place| row(place));
        self.starts.push(self.entries.len() as u32);
    }
}

/// minimise Σ c x + Σ f y + Σ cap e, Σ_{p∈b} x_p = q_b, A x + B y + t − e = u, 0 ≤ y ≤ Y, all ≥ 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Restricted {
    /// The program's row behind each row.
    pub rows: Vec<u32>,
    /// u, without what releases with a single column take.
    pub upper: Vec<f64>,
    /// The price of exceeding a row.
    pub cap: Vec<f64>,
    /// The release of each block, in the order in which they start where there is time; a block has
    /// two columns or more.
    pub releases: Vec<u32>,
    /// Where the columns of block b stand: `blocks[b]..blocks[b + 1]`.
    pub blocks: Vec<u32>,
    /// q of each block.
    pub quantity: Vec<f64>,
    /// The pool's column behind each column.
    pub columns: Vec<u32>,
    /// c of each column, and what base prices add to it.
    pub cost: Vec<f64>,
    /// A.
    pub paths: Paths,
    /// The rows of block b: `block_rows[block_starts[b]..block_starts[b + 1]]`, ascending.
    pub block_starts: Vec<u32>,
    /// See `block_starts`.
    pub block_rows: Vec<u32>,
    /// The program's column behind each general column.
    pub general: Vec<u32>,
    /// f of each general column.
    pub general_cost: Vec<f64>,
    /// Y of each general column, possibly infinite.
    pub general_upper: Vec<f64>,
    /// B.
    pub entries: Sparse,
    /// Columns of the pool that are alone in their release, which fixes them.
    pub fixed: Vec<u32>,
}

impl Restricted {
    /// The master over the columns of `pool` that are `alive` and the rows in `active`.
    pub fn new(
        (program, reduced): (&Program, &Reduced),
        scale: &Scale,
        pool: &Pool,
        alive: impl Fn(usize) -> bool,
        active: &[u32],
        cap: impl Fn(u32) -> f64,
    ) -> Self {
        let mut local = vec![ABSENT; program.rows.len()];
        for (place, &row) in active.iter().enumerate() {
            local[row as usize] = place as u32;
        }
        let scaled = |&(row, amount): &(u32, f64)| {
            let at = row as usize;
            (local[at], amount / scale.rows[at])
        };
        let takings = pool.takings().iter().map(scaled).collect();
        let upper = active
            .iter()
            .map(|&row| reduced.upper[row as usize] / (scale.rows[row as usize] * scale.amount))
            .collect();
        let mut this = Self {
            rows: active.to_vec(),
            upper,
            cap: active.iter().map(|&row| cap(row)).collect(),
            blocks: vec![0],
            block_starts: vec![0],
            paths: Paths::new(takings),
            entries: Sparse::new(),
            ..Self::default()
        };
        let mut members = Vec::new();
        let mut order: Vec<usize> = (0..program.releases.len()).collect();
        order.retain(|&release| program.releases[release].quantity > 0);
        if program.network.time.is_some() {
            // nodes are numbered in time, and rows stand in the order in which they are first used:
            // side by side, blocks that meet the same rows add to the same entries of S
            order.sort_by_key(|&release| program.releases[release].origin);
        }
        for release in order {
            let data = &program.releases[release];
            members.clear();
            members.extend(pool.of(release).filter(|&column| alive(column)));
            members.reverse();
            let quantity = data.quantity as f64 / scale.amount;
            match members[..] {
                [] => {}
                [only] => this.fix(pool, only, quantity),
                _ => this.add_block((scale, reduced), pool, release, &members, quantity),
            }
        }
        this.add_general((program, reduced), scale, &local);
        this
    }

    fn fix(&mut self, pool: &Pool, column: usize, quantity: f64) {
        self.fixed.push(column as u32);
        for &place in pool.entries_in_places(column) {
            let (row, amount) = self.paths.takings[place as usize];
            if row != ABSENT {
                self.upper[row as usize] -= quantity * amount;
            }
        }
    }

    fn add_block(
        &mut self,
        (scale, reduced): (&Scale, &Reduced),
        pool: &Pool,
        release: usize,
        members: &[usize],
        quantity: f64,
    ) {
        let (start, first) = (self.block_rows.len(), self.columns.len());
        for &column in members {
            self.columns.push(column as u32);
            self.cost
                .push(pool.weight(column, &reduced.base) / scale.cost);
            self.paths.push(pool.entries_in_places(column));
        }
        for p in first..self.columns.len() {
            let rows = self.paths.column(p).map(|(row, _)| row as u32);
            self.block_rows.extend(rows);
        }
        self.block_rows[start..].sort_unstable();
        let mut kept = start;
        for place in start..self.block_rows.len() {
            if kept == start || self.block_rows[kept - 1] != self.block_rows[place] {
                self.block_rows[kept] = self.block_rows[place];
                kept += 1;
            }
        }
        self.block_rows.truncate(kept);
        self.releases.push(release as u32);
        self.quantity.push(quantity);
        self.blocks.push(self.columns.len() as u32);
        self.block_starts.push(self.block_rows.len() as u32);
    }

    fn add_general(
        &mut self,
        (program, reduced): (&Program, &Reduced),
        scale: &Scale,
        local: &[u32],
    ) {
        for (index, column) in program.columns.iter().enumerate() {
            // what cannot be bought has no interior
            if column.upper == Some(0) {
                continue;
            }
            let present = |&&(row, _): &&(u32, i64)| local[row as usize] != ABSENT;
            if reduced.is_served(index) || !column.entries.iter().any(|entry| present(&entry)) {
                continue;
            }
            let unit = scale.columns[index];
            for &(row, b) in column.entries.iter().filter(present) {
                self.entries.push(
                    local[row as usize],
                    b as f64 / (scale.rows[row as usize] * unit),
                );
            }
            self.entries.close();
            self.general.push(index as u32);
            self.general_cost
                .push(reduced.column_cost(program, index) / (unit * scale.cost));
            self.general_upper.push(
                column
                    .upper
                    .map_or(f64::INFINITY, |upper| upper as f64 * unit / scale.amount),
            );
        }
    }

    /// The weight of a column under prices of the rows.
    #[inline]
    pub fn weight(&self, column: usize, prices: &[f64]) -> f64 {
        self.cost[column] + self.paths.times(column, prices)
    }

    /// The columns of a block.
    #[inline]
    pub fn block(&self, block: usize) -> std::ops::Range<usize> {
        self.blocks[block] as usize..self.blocks[block + 1] as usize
    }

    /// The rows of a block.
    #[inline]
    pub fn rows_of(&self, block: usize) -> &[u32] {
        &self.block_rows[self.block_starts[block] as usize..self.block_starts[block + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::search::started;
    use crate::program::flow_format;

    /// 100 units start at the second node, 50 at the first, which comes first in time. Over both
    /// limited arcs go the 50, over the second the 100, and each has another way. A master that
    /// knows the second arc alone has one entry for each of the two.
    #[test]
    fn blocks_stand_in_the_order_of_their_start_and_know_the_rows_held() {
        let arcs = "1 2 1 60\n2 3 1 90\n2 3 3 -1\n1 2 5 -1\n";
        let text = format!("3 4 2\n{arcs}2 3 100\n1 3 50\n");
        let mut program = flow_format::read(&text).unwrap().program;
        program.network.time = Some(vec![0, 1, 2]);
        let mut search = started(&program);
        search.pool.add_path(&program, 0, &[2]);
        search.pool.add_path(&program, 1, &[3, 2]);
        let entries = |master: &super::Restricted| -> Vec<Vec<usize>> {
            let columns = 0..master.columns.len();
            let rows = columns.map(|p| master.paths.column(p).map(|(row, _)| row).collect());
            rows.collect()
        };
        search.active = vec![1];
        let master = search.restricted(&search.reduced.base.clone());
        assert_eq!(master.releases, [1, 0]);
        assert_eq!(entries(&master), [vec![0], vec![], vec![0], vec![]]);
        search.active = vec![0, 1];
        let master = search.restricted(&search.reduced.base.clone());
        assert_eq!(entries(&master), [vec![0, 1], vec![], vec![1], vec![]]);
    }
}
