//! Exact room in rows, and what is bought to make it.
//!
//! Whole parcels meet rows that general columns make larger: units of a departure, tiers of a
//! handling step, the slack of a soft limit. The ledger keeps both in integers, columns in
//! millionths of a unit, so that "it fits" is a fact: the room of row r is
//!
//! ```text
//! u_r − Σ_p a_rp x_p − Σ_j b_rj y_j ≥ 0
//! ```
//!
//! in millionths of the row's unit. A column sells room in the rows where b_rj < 0. Room is bought
//! only when it is short: from the column with the lowest cost per unit of room, then the next
//! (dearer tiers after cheaper ones), each up to its bound; amounts are rounded up to the next
//! millionth, whole columns to the next unit. A column that sells in two rows at once, such as a
//! unit with its weight and its volume, is bought once and serves both.
//!
//! A row that holds no goods may limit what is bought. Where it holds a single column it is that
//! column's bound, whatever the program calls it, and is known beforehand; where it holds several (a
//! limit on the units of a week), a purchase that leaves it short buys there in turn, or is cut down
//! to what there is room for.

use std::collections::BTreeMap;

use crate::program::{Column, Program};

/// Parts of a unit in which room and columns are counted.
pub(crate) const PARTS: i128 = 1_000_000;

/// How long a chain of columns may be of which each sells to the one before.
const CHAIN: usize = 8;

/// Rows and columns of a program while whole parcels come and go.
#[derive(Clone, Debug)]
pub(crate) struct Ledger<'a> {
    program: &'a Program,
    /// Room of each row, in [`PARTS`].
    room: Vec<i128>,
    /// y_j in [`PARTS`].
    bought: Vec<i128>,
    /// The most that can be had of each column, in [`PARTS`], by its own bound and the rows that hold
    /// nothing else.
    most: Vec<Option<i128>>,
    /// Columns that sell room in each row, cheapest first, with |b|.
    sellers: Vec<Vec<(u32, i128)>>,
    /// What was done since the last [`commit`](Self::commit): former values.
    undo: Vec<Former>,
    /// Whether rows that purchases leave short are left so for now where they can buy themselves.
    postpones: bool,
}

#[derive(Clone, Copy, Debug)]
enum Former {
    Room(u32, i128),
    Bought(u32, i128),
}

/// A row that has no room and can get none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full {
    /// The row.
    pub row: u32,
}

/// Σ of the uses along a path per unit of `class`, by row, zeros left out.
pub(crate) fn takes(program: &Program, class: usize, arcs: &[u32]) -> Vec<(u32, i64)> {
    let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
    for &arc in arcs {
        for (row, amount) in program.arc_uses(class, arc as usize) {
            *sums.entry(row as u32).or_default() += amount;
        }
    }
    sums.into_iter().filter(|&(_, sum)| sum != 0).collect()
}

impl<'a> Ledger<'a> {
    /// Nothing carried, nothing bought.
    pub fn new(program: &'a Program) -> Self {
        let mut sellers = vec![Vec::new(); program.rows.len()];
        for (index, column) in program.columns.iter().enumerate() {
            for &(row, coefficient) in &column.entries {
                if coefficient < 0 {
                    let sold = -i128::from(coefficient);
                    sellers[row as usize].push((index as u32, sold));
                }
            }
        }
        for list in &mut sellers {
            // f_a / b_a < f_b / b_b without division
            let cost = |j: u32| i128::from(program.columns[j as usize].cost);
            list.sort_by(|&(a, b_a), &(b, b_b)| {
                (cost(a) * b_b).cmp(&(cost(b) * b_a)).then(a.cmp(&b))
            });
        }
        Self {
            program,
            room: own_room(program),
            bought: vec![0; program.columns.len()],
            most: most(program),
            sellers,
            undo: Vec::new(),
            postpones: false,
        }
    }

    /// Back to nothing carried and nothing bought.
    pub fn clear(&mut self) {
        self.room = own_room(self.program);
        self.bought.fill(0);
        self.undo.clear();
    }

    /// The room of a row, in [`PARTS`].
    pub fn room(&self, row: u32) -> i128 {
        self.room[row as usize]
    }

    /// y_j of every column, in [`PARTS`].
    pub fn bought(&self) -> &[i128] {
        &self.bought
    }

    /// What the columns cost, in [`PARTS`] of a cost unit.
    pub fn cost(&self) -> i128 {
        let columns = self.program.columns.iter();
        columns
            .zip(&self.bought)
            .map(|(column, &bought)| i128::from(column.cost) * bought)
            .sum()
    }

    /// The room of a row with all that its columns still sell, in [`PARTS`]; `None` is without end.
    pub fn total_room(&self, row: u32) -> Option<i128> {
        let mut sum = self.room(row);
        for &(column, sold) in &self.sellers[row as usize] {
            sum += self.spare(column)? * sold;
        }
        Some(sum)
    }

    /// The first column that has something left to sell in a row.
    pub fn seller(&self, row: u32) -> Option<u32> {
        let list = self.sellers[row as usize].iter();
        list.map(|&(column, _)| column)
            .find(|&column| self.spare(column) != Some(0))
    }

    /// How many parcels that take `amount` of `row` come before its price changes: those that fit
    /// into the room, else into what the cheapest seller has left; at least one.
    pub fn before_price_changes(&self, row: u32, amount: i64) -> i64 {
        if amount <= 0 {
            return i64::MAX;
        }
        let each = i128::from(amount) * PARTS;
        let mut room = self.room(row);
        if room < each {
            let mut list = self.sellers[row as usize].iter();
            match list.find(|&&(column, _)| self.spare(column) != Some(0)) {
                None => return 1,
                Some(&(column, sold)) => match self.spare(column) {
                    None => return i64::MAX,
                    Some(spare) => room += spare * sold,
                },
            }
        }
        i64::try_from(room / each).unwrap_or(i64::MAX).max(1)
    }

    fn spare(&self, column: u32) -> Option<i128> {
        Some(self.most[column as usize]? - self.bought[column as usize])
    }

    /// What it is worth that a parcel makes room in rows that are short, or for which something was
    /// bought that could be given back, in [`PARTS`] of a cost unit. A unit of room that nothing can
    /// buy counts as `urgent`.
    pub fn credit(&self, takes: &[(u32, i64)], urgent: i128) -> i128 {
        let makes = takes.iter().filter(|&&(_, amount)| amount < 0);
        makes
            .map(|&(row, amount)| self.relief(row, -i128::from(amount) * PARTS, urgent))
            .sum()
    }

    fn relief(&self, row: u32, room: i128, urgent: i128) -> i128 {
        let short = (-self.room(row)).clamp(0, room);
        let mut worth = short * urgent;
        let mut left = room - short;
        let mut unused = self.room(row).max(0);
        // the dearest is given back first
        for &(column, sold) in self.sellers[row as usize].iter().rev() {
            let data = &self.program.columns[column as usize];
            let bought = self.bought[column as usize] * sold;
            let needed = (bought - unused).max(0);
            unused = (unused - bought).max(0);
            if data.whole || data.entries.len() > 1 {
                continue;
            }
            let back = needed.min(left);
            worth += back * i128::from(data.cost) / sold;
            left -= back;
        }
        worth
    }

    /// How many parcels that take `amount` of `row` it needs to make room where it is short; as many
    /// as there are where it is not.
    pub fn until_relieved(&self, row: u32, amount: i64) -> i64 {
        let short = -self.room(row);
        if amount >= 0 || short <= 0 {
            return i64::MAX;
        }
        let each = -i128::from(amount) * PARTS;
        i64::try_from((short + each - 1) / each).unwrap_or(i64::MAX)
    }

    /// Rows that are short of room.
    pub fn short_rows(&self) -> Vec<u32> {
        let rows = 0..self.room.len() as u32;
        rows.filter(|&row| self.room(row) < 0).collect()
    }

    /// The columns of which it matters to others how much is bought: those that share a row with
    /// others, and have more than that row or are whole.
    pub fn coupled(&self) -> Vec<u32> {
        let columns = &self.program.columns;
        let mut holds = vec![0; self.room.len()];
        for &(row, _) in columns.iter().flat_map(|column| &column.entries) {
            holds[row as usize] += 1;
        }
        let is_coupled = |column: &Column| {
            let entries = &column.entries;
            let matters = entries.len() > 1 || column.whole;
            matters && entries.iter().any(|&(row, _)| holds[row as usize] > 1)
        };
        let all = (0..columns.len()).filter(|&index| is_coupled(&columns[index]));
        all.map(|index| index as u32).collect()
    }

    /// Buys so much of a column, or as much as there is room for.
    pub fn take(&mut self, column: u32, amount: i128) {
        let spare = self.spare(column).unwrap_or(amount);
        self.purchase_up_to(column, amount.min(spare), 0);
    }

    /// Puts `count` parcels that take `takes` each aboard without buying room, so that rows may be
    /// short until [`settle`](Self::settle).
    pub fn put(&mut self, takes: &[(u32, i64)], count: i64) {
        for &(row, amount) in takes {
            self.room[row as usize] -= i128::from(amount) * i128::from(count) * PARTS;
        }
    }

    /// Puts `count` parcels that take `takes` each aboard, buying room where it is short. Rows in
    /// which a parcel makes room never refuse it. Returns what the purchases cost, in [`PARTS`]
    /// of a cost unit; if a row stays short, nothing happens.
    pub fn board(&mut self, takes: &[(u32, i64)], count: i64) -> Result<i128, Full> {
        let mark = self.mark();
        for &(row, amount) in takes {
            self.change_room(row, -i128::from(amount) * i128::from(count) * PARTS);
        }
        let mut cost = 0;
        for &(row, amount) in takes {
            if amount > 0 && self.room(row) < 0 {
                match self.buy(row, 0) {
                    Ok(paid) => cost += paid,
                    Err(full) => {
                        self.roll_back(mark);
                        return Err(full);
                    }
                }
            }
        }
        Ok(cost)
    }

    /// What [`board`](Self::board) would cost.
    pub fn quote(&mut self, takes: &[(u32, i64)], count: i64) -> Result<i128, Full> {
        let mark = self.mark();
        let cost = self.board(takes, count)?;
        self.roll_back(mark);
        Ok(cost)
    }

    /// Buys what every row still lacks; the first row that stays short. What rows need for the goods
    /// themselves is bought first, and only then what they lack because of what was bought.
    pub fn settle(&mut self) -> Result<(), Full> {
        self.postpones = true;
        // what stays short here is bought, or found short, below
        let _ = self.buy_all();
        self.postpones = false;
        self.buy_all()
    }

    fn buy_all(&mut self) -> Result<(), Full> {
        let mut result = Ok(());
        for row in 0..self.room.len() as u32 {
            if self.room(row) < 0
                && let Err(full) = self.buy(row, 0)
            {
                result = result.and(Err(full));
            }
        }
        result
    }

    /// Where [`roll_back`](Self::roll_back) can return to.
    pub fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Takes back what was done since `mark`.
    pub fn roll_back(&mut self, mark: usize) {
        for former in self.undo.drain(mark..).rev() {
            match former {
                Former::Room(row, value) => self.room[row as usize] = value,
                Former::Bought(column, value) => self.bought[column as usize] = value,
            }
        }
    }

    /// Makes what was done final.
    pub fn commit(&mut self) {
        self.undo.clear();
    }

    /// The rows that were changed since the last [`commit`](Self::commit).
    pub fn touched(&self) -> impl Iterator<Item = u32> + '_ {
        self.undo.iter().filter_map(|former| match former {
            Former::Room(row, _) => Some(*row),
            Former::Bought(..) => None,
        })
    }

    fn change_room(&mut self, row: u32, by: i128) {
        self.undo.push(Former::Room(row, self.room(row)));
        self.room[row as usize] += by;
    }

    /// Buys until `row` is not short.
    fn buy(&mut self, row: u32, depth: usize) -> Result<i128, Full> {
        let mut cost = 0;
        for index in 0..self.sellers[row as usize].len() {
            let short = -self.room(row);
            if short <= 0 {
                break;
            }
            let (column, sold) = self.sellers[row as usize][index];
            let mut wanted = (short + sold - 1) / sold;
            if self.program.columns[column as usize].whole {
                wanted = (wanted + PARTS - 1) / PARTS * PARTS;
            }
            if let Some(spare) = self.spare(column) {
                wanted = wanted.min(spare);
            }
            cost += self.purchase_up_to(column, wanted, depth);
        }
        if self.room(row) < 0 {
            Err(Full { row })
        } else {
            Ok(cost)
        }
    }

    /// Buys so much of a column, or where rows have no room for that as much as they have room for.
    fn purchase_up_to(&mut self, column: u32, wanted: i128, depth: usize) -> i128 {
        let mark = self.mark();
        for amount in [wanted, self.fitting(column).min(wanted)] {
            if amount <= 0 {
                continue;
            }
            match self.purchase(column, amount, depth) {
                Ok(cost) => return cost,
                Err(_) => self.roll_back(mark),
            }
        }
        0
    }

    /// How much of a column the rows have room for in which it takes some.
    fn fitting(&self, column: u32) -> i128 {
        let data = &self.program.columns[column as usize];
        let taken = data.entries.iter().filter(|&&(_, b)| b > 0);
        let room = taken.map(|&(row, b)| self.room(row).max(0) / i128::from(b));
        let most = room.min().unwrap_or(i128::MAX);
        if data.whole {
            most / PARTS * PARTS
        } else {
            most
        }
    }

    /// Changes y of a column; rows in which it takes room must have it.
    fn purchase(&mut self, column: u32, amount: i128, depth: usize) -> Result<i128, Full> {
        let former = self.bought[column as usize];
        self.undo.push(Former::Bought(column, former));
        self.bought[column as usize] += amount;
        let program = self.program;
        let mut cost = i128::from(program.columns[column as usize].cost) * amount;
        for &(row, coefficient) in &program.columns[column as usize].entries {
            let change = -i128::from(coefficient) * amount;
            self.change_room(row, change);
            let is_left = self.postpones && !self.sellers[row as usize].is_empty();
            if change < 0 && amount > 0 && self.room(row) < 0 && !is_left {
                if depth == CHAIN {
                    return Err(Full { row });
                }
                cost += self.buy(row, depth + 1)?;
            }
        }
        Ok(cost)
    }
}

fn own_room(program: &Program) -> Vec<i128> {
    let rows = program.rows.iter();
    rows.map(|row| i128::from(row.upper) * PARTS).collect()
}

/// The most that can be had of each column: its bound, or what a row leaves it that holds no goods
/// and no other column.
fn most(program: &Program) -> Vec<Option<i128>> {
    let mut most: Vec<Option<i128>> = (program.columns.iter())
        .map(|column| column.upper.map(|upper| i128::from(upper) * PARTS))
        .collect();
    let mut holds: Vec<usize> = vec![0; program.rows.len()];
    for usage in &program.uses {
        holds[usage.row as usize] = usize::MAX;
    }
    for &(row, _) in program.columns.iter().flat_map(|column| &column.entries) {
        holds[row as usize] = holds[row as usize].saturating_add(1);
    }
    for (column, most) in program.columns.iter().zip(&mut most) {
        for &(row, b) in &column.entries {
            if b > 0 && holds[row as usize] == 1 {
                let upper = i128::from(program.rows[row as usize].upper.max(0)) * PARTS;
                let bound = upper / i128::from(b);
                let bound = if column.whole {
                    bound / PARTS * PARTS
                } else {
                    bound
                };
                *most = Some(most.map_or(bound, |most| most.min(bound)));
            }
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Row;

    /// Row 0 in grams, row 1 in cm³; one unit holds 1000 g and 6000 cm³ at 5 each, ten at most;
    /// a dearer one at 9.
    fn units() -> Program {
        let column = |cost, upper| Column {
            cost,
            upper,
            whole: false,
            entries: vec![(0, -1000), (1, -6000)],
        };
        Program {
            rows: vec![Row { upper: 0 }, Row { upper: 0 }],
            columns: vec![column(9, None), column(5, Some(10))],
            ..Program::default()
        }
    }

    #[test]
    fn one_unit_serves_weight_and_volume() {
        let program = units();
        let mut ledger = Ledger::new(&program);
        // Four parcels of 500 g and 1500 cm³ weigh 2000 g = 2 units and fill 6000 cm³ = 1 unit.
        assert_eq!(ledger.board(&[(0, 500), (1, 1500)], 4), Ok(2 * 5 * PARTS));
        // One of 100 g and 6000 cm³ fits into the volume that is left over; its 100 g cost a tenth.
        assert_eq!(ledger.board(&[(0, 100), (1, 6000)], 1), Ok(PARTS / 2));
        assert_eq!(ledger.bought(), [0, 2_100_000]);
    }

    #[test]
    fn dearer_tiers_come_after_cheaper_ones() {
        let program = units();
        let mut ledger = Ledger::new(&program);
        // 12 kg: ten units at 5, two at 9.
        assert_eq!(ledger.board(&[(0, 1000)], 12), Ok((50 + 18) * PARTS));
        assert_eq!(ledger.bought(), [2_000_000, 10_000_000]);
    }

    #[test]
    fn a_full_row_refuses_and_leaves_no_trace() {
        let mut program = units();
        program.columns.remove(0);
        let mut ledger = Ledger::new(&program);
        assert_eq!(ledger.board(&[(0, 1000)], 11), Err(Full { row: 0 }));
        assert_eq!((ledger.bought(), ledger.room(0)), (&[0][..], 0));
        assert_eq!(ledger.before_price_changes(0, 300), 33); // ⌊10 000 / 300⌋
    }

    #[test]
    fn amounts_round_up_and_whole_columns_to_units() {
        let mut program = units();
        // 1 g of 1000 g is 0.001; 1 cm³ of 6000 is 0.000167 (rounded up).
        let mut ledger = Ledger::new(&program);
        assert_eq!(ledger.board(&[(1, 1)], 1), Ok(5 * 167));
        program.columns[1].whole = true;
        let mut ledger = Ledger::new(&program);
        assert_eq!(ledger.board(&[(1, 1)], 1), Ok(5 * PARTS));
    }
}
