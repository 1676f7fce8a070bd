//! A plan that holds, from flows that exceed rows: what is left of a search that was stopped
//! between vertices.
//!
//! Flows are cut, largest first, to what rows have room for. Columns are sold where that leaves
//! them idle, dearest first. Then what was cut looks for room along the paths that are known,
//! cheapest first at the best prices, and buys room where that costs less than to stay behind.

use super::search::Search;
use crate::engine::PathFlow;

/// Room that is no more than this share of a row's upper side is none.
const FULL: f64 = 1e-9;

/// Steps along one path: each ends where a row is full or a column is sold out.
const STEPS: usize = 8;

/// A plan in the making.
pub(super) struct Refit<'a> {
    search: &'a Search<'a>,
    /// What every column of the pool carries.
    pub amounts: Vec<f64>,
    /// y of every column of the program.
    pub columns: Vec<f64>,
    /// What is left of releases and of rows.
    left: Vec<f64>,
    room: Vec<f64>,
    /// The columns that give room to row r and take none: `relief[r]`, cheapest first.
    relief: Vec<Vec<u32>>,
}

impl<'a> Refit<'a> {
    /// Nothing is carried yet.
    pub fn new(search: &'a Search, columns: Vec<f64>) -> Self {
        let program = search.program;
        let mut room: Vec<f64> = program.rows.iter().map(|row| row.upper as f64).collect();
        for (column, y) in program.columns.iter().zip(&columns) {
            for &(row, b) in &column.entries {
                room[row as usize] -= b as f64 * y;
            }
        }
        let mut relief = vec![Vec::new(); room.len()];
        for (index, column) in program.columns.iter().enumerate() {
            if column.entries.iter().all(|&(_, b)| b < 0) {
                for &(row, _) in &column.entries {
                    relief[row as usize].push(index as u32);
                }
            }
        }
        let quantities = program
            .releases
            .iter()
            .map(|release| release.quantity as f64);
        let mut this = Self {
            search,
            amounts: vec![0.0; search.pool.len()],
            columns,
            left: quantities.collect(),
            room,
            relief: Vec::new(),
        };
        for (row, columns) in relief.iter_mut().enumerate() {
            columns.sort_by(|&a, &b| this.price(a, row).total_cmp(&this.price(b, row)));
        }
        this.relief = relief;
        this
    }

    pub fn run(&mut self) {
        self.carry();
        self.sell();
        self.fill();
    }

    /// The paths in use and what stays behind of each release.
    pub fn plan(&self) -> (Vec<PathFlow>, Vec<f64>) {
        let (program, pool) = (self.search.program, &self.search.pool);
        let mut flows = Vec::new();
        for release in 0..program.releases.len() {
            let start = flows.len();
            for column in pool
                .of(release)
                .filter(|&column| self.amounts[column] > 0.0)
            {
                flows.push(PathFlow {
                    release: release as u32,
                    arcs: pool.arcs(column),
                    amount: self.amounts[column],
                });
            }
            flows[start..].sort_unstable_by(|a, b| a.arcs.cmp(&b.arcs));
        }
        let stays = |(release, &left): (&crate::program::Release, &f64)| {
            let allowed = release.unserved_cost.is_some();
            if allowed { left.max(0.0) } else { 0.0 }
        };
        (
            flows,
            program.releases.iter().zip(&self.left).map(stays).collect(),
        )
    }

    /// f/|b| of a column in one of its rows.
    fn price(&self, column: u32, row: usize) -> f64 {
        self.search.program.columns[column as usize].cost as f64 / self.relief_of(column, row)
    }

    /// |b| of a column in one of its rows.
    fn relief_of(&self, column: u32, row: usize) -> f64 {
        let entries = self.search.program.columns[column as usize].entries.iter();
        let here = entries.filter(|entry| entry.0 as usize == row);
        here.map(|&(_, b)| -(b as f64)).sum()
    }

    /// Carries the search's flows, largest first, as far as rows have room.
    fn carry(&mut self) {
        let pool = &self.search.pool;
        let carries = |&column: &usize| pool.flow[column] > 0.0 && !pool.is_unserved(column);
        let mut order: Vec<usize> = (0..pool.len()).filter(carries).collect();
        order.sort_by(|&a, &b| pool.flow[b].total_cmp(&pool.flow[a]).then(a.cmp(&b)));
        for column in order {
            let taking = pool.entries(column).filter(|&(_, amount)| amount > 0.0);
            let left = self.left[pool.release[column] as usize];
            let amount = taking
                .map(|(row, amount)| self.room[row as usize].max(0.0) / amount)
                .fold(pool.flow[column].min(left), f64::min);
            self.put(column, amount);
        }
    }

    fn put(&mut self, column: usize, amount: f64) {
        let pool = &self.search.pool;
        self.amounts[column] += amount;
        self.left[pool.release[column] as usize] -= amount;
        for (row, taken) in pool.entries(column) {
            self.room[row as usize] -= taken * amount;
        }
    }

    /// Changes y of a column.
    fn buy(&mut self, column: u32, amount: f64) {
        self.columns[column as usize] += amount;
        for &(row, b) in &self.search.program.columns[column as usize].entries {
            self.room[row as usize] -= b as f64 * amount;
        }
    }

    /// Gives back what no row needs.
    fn sell(&mut self) {
        let program = self.search.program;
        let is_relief = |&index: &usize| {
            let column = &program.columns[index];
            self.columns[index] > 0.0 && column.entries.iter().all(|&(_, b)| b < 0)
        };
        let mut order: Vec<usize> = (0..program.columns.len()).filter(is_relief).collect();
        order.sort_by_key(|&index| (-program.columns[index].cost, index));
        for index in order {
            let entries = program.columns[index].entries.iter();
            let idle = entries
                .map(|&(row, _)| {
                    let relief = self.relief_of(index as u32, row as usize);
                    self.room[row as usize].max(0.0) / relief
                })
                .fold(self.columns[index], f64::min);
            self.buy(index as u32, -idle);
        }
    }

    /// Carries what is left along known paths: first what loses most by staying.
    fn fill(&mut self) {
        let Search { program, pool, .. } = self.search;
        // of a search that was stopped before its first round there are none
        let mut prices = self.search.best.prices.clone();
        prices.resize(program.rows.len(), 0.0);
        let mut waiting = Vec::new();
        for (release, data) in program.releases.iter().enumerate() {
            if self.left[release] > FULL * data.quantity as f64 {
                let columns = pool.of(release).filter(|&column| !pool.is_unserved(column));
                let weights = columns.map(|column| pool.weight(column, &prices));
                let least = weights.fold(f64::INFINITY, f64::min);
                let stay = data.unserved_cost.map_or(f64::INFINITY, |cost| cost as f64);
                waiting.push((stay - least, release));
            }
        }
        waiting.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut ranked = Vec::new();
        for (_, release) in waiting {
            ranked.clear();
            let columns = pool.of(release).filter(|&column| !pool.is_unserved(column));
            ranked.extend(columns.map(|column| (pool.weight(column, &prices), column)));
            ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for &(_, column) in &ranked {
                let steps = (0..STEPS).take_while(|_| self.extend(column)).count();
                if steps < STEPS && self.left[release] <= 0.0 {
                    break;
                }
            }
        }
    }

    /// Carries more along one path, up to where a row is full or sold out; answers whether it did.
    fn extend(&mut self, column: usize) -> bool {
        let (program, pool) = (self.search.program, &self.search.pool);
        let release = pool.release[column] as usize;
        let (mut cost, mut most) = (pool.cost[column], self.left[release]);
        // columns that sell room on the way, and how much for each unit carried
        let mut bought: Vec<(u32, f64)> = Vec::new();
        for (row, taken) in pool.entries(column).filter(|&(_, taken)| taken > 0.0) {
            let row = row as usize;
            if self.room[row] > FULL * (program.rows[row].upper as f64).abs().max(taken) {
                most = most.min(self.room[row] / taken);
                continue;
            }
            let Some((seller, sold)) = self.seller(row) else {
                return false;
            };
            let relief = self.relief_of(seller, row);
            most = most.min(sold * relief / taken);
            let price = program.columns[seller as usize].cost as f64;
            let rate = taken / relief;
            match bought.iter_mut().find(|known| known.0 == seller) {
                Some((_, known)) => {
                    cost += price * (rate - *known).max(0.0);
                    *known = known.max(rate);
                }
                None => {
                    cost += price * rate;
                    bought.push((seller, rate));
                }
            }
        }
        let stay = program.releases[release].unserved_cost;
        if most <= 0.0 || stay.is_some_and(|stay| cost >= stay as f64) {
            return false;
        }
        for (seller, rate) in bought {
            self.buy(seller, rate * most);
        }
        self.put(column, most);
        true
    }

    /// The cheapest column that still sells room of a row, and how much of it.
    fn seller(&self, row: usize) -> Option<(u32, f64)> {
        self.relief[row].iter().find_map(|&column| {
            let upper = self.search.program.columns[column as usize].upper;
            let sold = upper.map_or(f64::INFINITY, |upper| upper as f64);
            let sold = sold - self.columns[column as usize];
            (sold > FULL * self.columns[column as usize].max(1.0)).then_some((column, sold))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::search::started;
    use super::*;
    use crate::program::{Column, Program, flow_format};

    /// 100 units on two parallel arcs: at 1 with room for 60, or at 3; or unserved.
    fn parallel(unserved_cost: i64) -> Program {
        let text = format!("2 2 1\n1 2 1 60\n1 2 3 -1\n1 2 100 {unserved_cost}\n");
        flow_format::read(&text).unwrap().program
    }

    /// What the two arcs carry, what stays, and y, from all on the first arc.
    fn refitted(program: &Program) -> (Vec<f64>, f64, Vec<f64>) {
        let mut search = started(program);
        search.pool.add_path(program, 0, &[1]);
        assert_eq!(search.pool.flow, [100.0, 0.0]);
        let mut refit = Refit::new(&search, vec![0.0; program.columns.len()]);
        refit.run();
        let (flows, unserved) = refit.plan();
        let carried: f64 = flows.iter().map(|flow| flow.amount).sum();
        assert_eq!(carried + unserved[0], 100.0);
        (refit.amounts, unserved[0], refit.columns)
    }

    #[test]
    fn what_is_cut_goes_the_other_way_where_that_costs_less_than_to_stay() {
        assert_eq!(refitted(&parallel(9)).0, [60.0, 40.0]);
        assert_eq!(refitted(&parallel(2)).1, 40.0);
    }

    /// Up to 30 more on the first arc at 1 each: 90 there for 2 at most, the other 10 go at 3.
    #[test]
    fn room_is_bought_where_that_costs_less_than_to_stay() {
        let mut program = parallel(9);
        program.columns.push(Column {
            cost: 1_000_000,
            upper: Some(30),
            whole: false,
            entries: vec![(0, -1)],
        });
        let (amounts, _, columns) = refitted(&program);
        assert_eq!((amounts, columns), (vec![90.0, 10.0], vec![30.0]));
    }
}
