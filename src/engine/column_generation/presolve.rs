//! What the master need not know: rows that other rows imply, and columns that are always bought
//! to the last unit.
//!
//! A row is implied by another where some multiple θ > 0 of the other's entries covers its own, of
//! arcs and columns alike, and its upper side is no less than θ times the other's. It never binds,
//! so a price of zero is right for it. What a departure holds by weight is implied by what it
//! holds by volume where all goods are light.
//!
//! Where most goods are light and some are not, it is presumed to be: θ need cover only what goods
//! of the program's mix take of rows that relief is bought for. A presumption is looked at with the
//! flows of late masters and of every vertex; where it fails, the row is insisted on from then on.
//!
//! In a row without room of its own (u ≤ 0), the cheapest column that serves this row alone is
//! bought for exactly what paths put in: y = (Σ a x − u)/|b|. So every unit of the row costs at
//! least f/|b|, its base price, which paths bear like a cost of their own; what remains of the row
//! is Σ a x ≤ u + |b|·Y, or nothing where Y is unlimited.

use std::cmp::Ordering;

use crate::program::grouped::Grouped;
use crate::program::{Program, Row};

/// The share of its room at which a row is insisted on together with those that are exceeded.
const NEARLY: f64 = 0.97;

/// No row.
const NONE: u32 = u32::MAX;

/// The rows and columns that are left, and what the others come to.
#[derive(Clone, Debug)]
pub(super) struct Reduced {
    /// Whether the master may hold a row.
    pub held: Vec<bool>,
    /// Upper sides, after what columns always bought can add to them.
    pub upper: Vec<f64>,
    /// Base prices.
    pub base: Vec<f64>,
    /// The row for which a column is always bought, or [`NONE`].
    served: Vec<u32>,
    /// Rows presumed to be implied, and those that failed to be or nearly did, ascending.
    presumed: Vec<u32>,
    pub insisted: Vec<u32>,
}

impl Reduced {
    /// Presumes nothing of the rows insisted on.
    pub fn new(program: &Program, mut insisted: Vec<u32>) -> Self {
        insisted.sort_unstable();
        insisted.dedup();
        let mut work = Work::new(program);
        if program.amounts.iter().all(|&amount| amount >= 0) {
            work.drop_implied();
            work.presume(&insisted);
            work.serve();
            work.drop_implied();
        }
        let limit = |upper: Option<i128>| upper.map_or(f64::INFINITY, |upper| upper as f64);
        Self {
            upper: work.upper.into_iter().map(limit).collect(),
            held: work.held,
            base: work.base,
            served: work.served,
            presumed: work.presumed,
            insisted,
        }
    }

    /// The rows presumed to be implied that `loads` of paths fill, or nearly, if any are exceeded.
    pub fn failed(&self, program: &Program, loads: &[f64], columns: &[f64]) -> Vec<u32> {
        let mut rooms = vec![f64::INFINITY; program.rows.len()];
        for &row in &self.presumed {
            rooms[row as usize] = program.rows[row as usize].upper as f64;
        }
        for (column, y) in program.columns.iter().zip(columns) {
            for &(row, b) in &column.entries {
                rooms[row as usize] -= b as f64 * y;
            }
        }
        let filled = |share: f64| {
            let (loads, rooms) = (&loads, &rooms);
            let rows = self.presumed.iter().copied();
            rows.filter(move |&row| {
                let (load, room) = (loads[row as usize], rooms[row as usize]);
                load > 0.0 && is_exceeded(load, share * room)
            })
        };
        if filled(1.0).next().is_none() {
            return Vec::new();
        }
        filled(NEARLY).collect()
    }

    /// Whether a column is always bought, and so not the master's business.
    pub fn is_served(&self, column: usize) -> bool {
        self.served[column] != NONE
    }

    /// Brings prices to where they belong: base prices on rows that are not held, and no less than
    /// those on others.
    pub fn settle(&self, prices: &mut [f64]) {
        for ((price, &base), &held) in prices.iter_mut().zip(&self.base).zip(&self.held) {
            *price = if held { price.max(base) } else { base };
        }
    }

    /// f_j + Σ_r b_rj · base_r.
    pub fn column_cost(&self, program: &Program, column: usize) -> f64 {
        let column = &program.columns[column];
        let entries = column.entries.iter();
        let borne: f64 = entries
            .map(|&(row, b)| b as f64 * self.base[row as usize])
            .sum();
        column.cost as f64 + borne
    }

    /// Buys what is always bought: `loads` is what paths take from rows.
    pub fn buy(&self, program: &Program, loads: &[f64], columns: &mut [f64]) {
        let mut missing: Vec<f64> = (loads.iter().zip(&program.rows))
            .map(|(load, row)| load - row.upper as f64)
            .collect();
        for (index, column) in program.columns.iter().enumerate() {
            if !self.is_served(index) && columns[index] != 0.0 {
                for &(row, b) in &column.entries {
                    missing[row as usize] += b as f64 * columns[index];
                }
            }
        }
        for (index, column) in program.columns.iter().enumerate() {
            let served = self.served[index];
            if let Some(&(row, b)) = column.entries.iter().find(|entry| entry.0 == served) {
                let most = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
                columns[index] = (missing[row as usize] / -(b as f64)).clamp(0.0, most);
            }
        }
    }
}

/// Whether a load is above an upper side by more than rounding.
pub(super) fn is_exceeded(load: f64, upper: f64) -> bool {
    load > upper + 1e-10 * (load.abs() + upper.abs())
}

/// The rows while they are being reduced.
struct Work<'a> {
    program: &'a Program,
    /// Arcs and amounts of each row, arcs ascending.
    uses: Grouped<(u32, u32)>,
    /// Columns and entries of each row, columns ascending.
    columns: Vec<Vec<(u32, i64)>>,
    held: Vec<bool>,
    /// `None` where there is no limit.
    upper: Vec<Option<i128>>,
    base: Vec<f64>,
    served: Vec<u32>,
    presumed: Vec<u32>,
    /// Quantity of each class.
    mix: Vec<i128>,
}

/// Which goods must fit under a multiple of what they take of another row.
#[derive(Clone, Copy, Debug)]
enum Goods {
    Each,
    Mixed,
}

impl<'a> Work<'a> {
    fn new(program: &'a Program) -> Self {
        let rows = program.rows.len();
        let uses = (0..program.arcs()).flat_map(|arc| {
            let range = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
            let uses = program.uses[range].iter();
            uses.map(move |usage| (usage.row, (arc as u32, usage.amount)))
        });
        let mut columns = vec![Vec::new(); rows];
        for (index, column) in program.columns.iter().enumerate() {
            for &(row, b) in &column.entries {
                let known: &mut Vec<(u32, i64)> = &mut columns[row as usize];
                match known.last_mut() {
                    Some((last, sum)) if *last == index as u32 => *sum += b,
                    _ => known.push((index as u32, b)),
                }
            }
        }
        let upper = |row: &Row| Some(i128::from(row.upper));
        let mut mix = vec![0; program.classes];
        for release in &program.releases {
            mix[release.class as usize] += i128::from(release.quantity);
        }
        Self {
            program,
            mix,
            presumed: Vec::new(),
            uses: Grouped::new(rows, uses),
            columns,
            held: vec![true; rows],
            upper: program.rows.iter().map(upper).collect(),
            base: vec![0.0; rows],
            served: vec![NONE; program.columns.len()],
        }
    }

    fn uses_of(&self, row: usize) -> &[(u32, u32)] {
        self.uses.of(row as u32)
    }

    fn drop_implied(&mut self) {
        for row in 0..self.held.len() {
            let implied = self.any_beside(row, |other| self.implies(other, row, Goods::Each));
            self.held[row] &= !implied;
        }
    }

    /// Drops rows relieved by columns that would be implied if all goods were of the program's mix.
    fn presume(&mut self, insisted: &[u32]) {
        for row in 0..self.held.len() {
            if insisted.binary_search(&(row as u32)).is_ok() {
                continue;
            }
            let is_relieved = self.columns[row].iter().any(|&(_, b)| b < 0);
            if is_relieved && self.any_beside(row, |other| self.implies(other, row, Goods::Mixed)) {
                self.held[row] = false;
                self.presumed.push(row as u32);
            }
        }
    }

    /// Whether any other held row that the first arc of a held row uses `is_wanted`.
    fn any_beside(&self, row: usize, is_wanted: impl Fn(usize) -> bool) -> bool {
        let Some(&(arc, _)) = self.uses_of(row).first().filter(|_| self.held[row]) else {
            return false;
        };
        let range = self.program.use_starts[arc as usize] as usize
            ..self.program.use_starts[arc as usize + 1] as usize;
        let mut others = self.program.uses[range]
            .iter()
            .map(|usage| usage.row as usize);
        others.any(|other| other != row && self.held[other] && is_wanted(other))
    }

    /// Whether row `strong` implies row `weak`, for amounts that are never negative.
    fn implies(&self, strong: usize, weak: usize, goods: Goods) -> bool {
        let Some(upper) = self.upper[weak] else {
            return true;
        };
        let Some(limit) = self.upper[strong] else {
            return false;
        };
        let mut range = Factor::default();
        range.right_side(upper, limit);
        self.compare_uses(strong, weak, goods, &mut range)
            && self.compare_columns(strong, weak, &mut range)
            && range.is_possible()
    }

    /// a_weak ≤ θ·a_strong on every arc, for each class that may use it or for their mix.
    fn compare_uses(&self, strong: usize, weak: usize, goods: Goods, range: &mut Factor) -> bool {
        let program = self.program;
        let mut others = self.uses_of(strong).iter().peekable();
        let mut last = NONE;
        for &(arc, amount) in self.uses_of(weak) {
            while others.next_if(|other| other.0 < arc).is_some() {}
            let Some(&(_, cover)) = others.next_if(|other| other.0 == arc) else {
                return false;
            };
            if arc == last {
                return false;
            }
            last = arc;
            let classes = 0..program.classes;
            let allowed = classes.filter(|&class| program.cost(class, arc as usize).is_some());
            let taken = allowed.map(|class| {
                let entry = |entry: u32| {
                    i128::from(program.amounts[entry as usize * program.classes + class])
                };
                (entry(amount), entry(cover), self.mix[class])
            });
            let fits = match goods {
                Goods::Each => taken
                    .into_iter()
                    .all(|(a, cover, _)| range.covers(a, cover)),
                Goods::Mixed => {
                    let sums = taken.into_iter().try_fold((0i128, 0i128), |sums, taken| {
                        let (a, cover, quantity) = taken;
                        let sum = sums.0.checked_add(a.checked_mul(quantity)?)?;
                        Some((sum, sums.1.checked_add(cover.checked_mul(quantity)?)?))
                    });
                    sums.is_some_and(|(sum, cover)| range.covers(sum, cover))
                }
            };
            if !fits {
                return false;
            }
        }
        true
    }

    /// b_weak ≤ θ·b_strong in every column that is left.
    fn compare_columns(&self, strong: usize, weak: usize, range: &mut Factor) -> bool {
        let left = |row: usize| {
            let served = &self.served;
            let is_left = move |&&(column, _): &&(u32, i64)| served[column as usize] == NONE;
            self.columns[row].iter().filter(is_left)
        };
        let entry = |row: usize, column: u32| {
            let known = &self.columns[row];
            let place = known.binary_search_by_key(&column, |entry| entry.0);
            place.map_or(0, |place| known[place].1)
        };
        for &(column, b) in left(weak).filter(|entry| entry.1 > 0) {
            let cover = entry(strong, column);
            if cover <= 0 {
                return false;
            }
            range.at_least(i128::from(b), i128::from(cover));
        }
        for &(column, cover) in left(strong).filter(|entry| entry.1 < 0) {
            let b = entry(weak, column);
            if b >= 0 {
                return false;
            }
            range.at_most(-i128::from(b), -i128::from(cover));
        }
        true
    }

    fn is_single(&self, column: u32) -> bool {
        let entries = self.program.columns[column as usize].entries.iter();
        let live = entries.filter(|entry| self.held[entry.0 as usize] && entry.1 != 0);
        live.count() == 1
    }

    /// Gives rows without room of their own to the cheapest column that serves them alone.
    fn serve(&mut self) {
        for row in 0..self.held.len() {
            let roomless = self.upper[row].is_some_and(|upper| upper <= 0);
            if !self.held[row] || !roomless {
                continue;
            }
            let relieving = self.columns[row].iter().filter(|entry| entry.1 < 0);
            let mut relieving: Vec<(u32, i64)> = relieving.copied().collect();
            if relieving.is_empty() || !relieving.iter().all(|entry| self.is_single(entry.0)) {
                continue;
            }
            relieving.sort_by(|&a, &b| self.by_cost(a, b).then(a.0.cmp(&b.0)));
            if let [first, second, ..] = relieving[..]
                && self.by_cost(first, second) == Ordering::Equal
            {
                continue;
            }
            let (index, b) = relieving[0];
            let column = &self.program.columns[index as usize];
            self.served[index as usize] = row as u32;
            self.base[row] = column.cost as f64 / -(b as f64);
            let more = |upper: i128| {
                let most = column.upper?;
                Some(upper - i128::from(b) * i128::from(most))
            };
            self.upper[row] = self.upper[row].and_then(more);
            self.held[row] = self.upper[row].is_some();
        }
    }

    /// Compares f/|b|.
    fn by_cost(&self, (i, b): (u32, i64), (j, c): (u32, i64)) -> Ordering {
        let cost = |column: u32| i128::from(self.program.columns[column as usize].cost);
        (cost(i) * -i128::from(c)).cmp(&(cost(j) * -i128::from(b)))
    }
}

/// The range of θ > 0, in fractions.
#[derive(Clone, Copy, Debug, Default)]
struct Factor {
    least: Option<(i128, i128)>,
    most: Option<(i128, i128)>,
    impossible: bool,
}

impl Factor {
    fn at_least(&mut self, over: i128, under: i128) {
        let known = self.least;
        if known.is_none_or(|least| self.exceeds((over, under), least)) {
            self.least = Some((over, under));
        }
    }

    /// Takes in a ≤ θ·cover; answers whether any θ does.
    fn covers(&mut self, a: i128, cover: i128) -> bool {
        if a > 0 && cover > 0 {
            self.at_least(a, cover);
        }
        a <= 0 || cover > 0
    }

    fn at_most(&mut self, over: i128, under: i128) {
        let known = self.most;
        if known.is_none_or(|most| self.exceeds(most, (over, under))) {
            self.most = Some((over, under));
        }
    }

    /// u_weak ≥ θ·u_strong.
    fn right_side(&mut self, weak: i128, strong: i128) {
        match (strong.signum(), weak < 0) {
            (1, true) | (0, true) => self.impossible = true,
            (1, false) => self.at_most(weak, strong),
            (-1, true) => self.at_least(-weak, -strong),
            _ => {}
        }
    }

    fn is_possible(mut self) -> bool {
        let empty = match (self.least, self.most) {
            (Some(least), Some(most)) => self.exceeds(least, most),
            _ => false,
        };
        let zero = self.most.is_some_and(|(over, _)| over == 0);
        !self.impossible && !empty && !zero
    }

    /// Whether a/b > c/d, for positive denominators; where that cannot be told, there is no range.
    fn exceeds(&mut self, (a, b): (i128, i128), (c, d): (i128, i128)) -> bool {
        match (a.checked_mul(d), c.checked_mul(b)) {
            (Some(left), Some(right)) => left > right,
            _ => {
                self.impossible = true;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Column, Network, Release, Sink, Use};

    /// One departure for two classes: 2 g and 10 cm³, 1 g and 3 cm³. A unit holds 4 g and 8 cm³ at
    /// a cost of 24; at most five can be bought. Rows: weight and volume bought, weight and volume
    /// that the vehicle holds at all.
    fn departure(weight: i64, volume: i64, units: Option<i64>) -> Program {
        Program {
            network: Network {
                nodes: 2,
                tails: vec![0],
                heads: vec![1],
                time: Some(vec![0, 1]),
            },
            classes: 2,
            costs: vec![0, 0],
            use_starts: vec![0, 4],
            uses: (0..4)
                .map(|row| Use {
                    row,
                    amount: row % 2,
                })
                .collect(),
            amounts: vec![2, 1, 10, 3],
            rows: [0, 0, weight, volume].map(|upper| Row { upper }).to_vec(),
            columns: vec![Column {
                cost: 24,
                upper: units,
                whole: false,
                entries: vec![(0, -4), (1, -8)],
            }],
            sinks: vec![Sink { ends: vec![(1, 0)] }],
            releases: vec![Release {
                class: 0,
                origin: 0,
                sink: 0,
                quantity: 3,
                unserved_cost: Some(1000),
            }],
            constant: 0,
        }
    }

    #[test]
    fn weight_is_implied_by_volume() {
        // a gram takes 1/4 of a unit, a cm³ 1/8: 2/4 < 10/8 and 1/4 < 3/8. Five units hold
        // 40 cm³, less than the 50 of the vehicle, and a cm³ costs 24/8.
        let reduced = Reduced::new(&departure(15, 50, Some(5)), Vec::new());
        assert_eq!(reduced.held, [false, true, false, false]);
        assert_eq!(reduced.upper[1], 40.0);
        assert_eq!(reduced.base, [0.0, 3.0, 0.0, 0.0]);
        assert!(reduced.is_served(0));
    }

    #[test]
    fn the_tighter_limit_stays() {
        // the vehicle's 30 cm³ are less than the 40 that can be bought
        let reduced = Reduced::new(&departure(15, 30, Some(5)), Vec::new());
        assert_eq!(reduced.held, [false, false, false, true]);
        // the first class fills 2/8 of the weight and 10/30 of the volume, the second 1/8 and 3/30
        let reduced = Reduced::new(&departure(8, 30, Some(5)), Vec::new());
        assert_eq!(reduced.held, [false, false, true, true]);
        // unlimited units leave the vehicle alone
        let reduced = Reduced::new(&departure(20, 50, None), Vec::new());
        assert_eq!(reduced.held, [false, false, false, true]);
        assert_eq!(reduced.base[1], 3.0);
    }

    #[test]
    fn room_of_its_own_keeps_a_column() {
        let mut program = departure(15, 50, Some(5));
        (program.rows[0].upper, program.rows[1].upper) = (4, 8);
        let reduced = Reduced::new(&program, Vec::new());
        assert!(!reduced.is_served(0));
        assert_eq!(reduced.base, [0.0; 4]);
        assert!(!reduced.held[0] && reduced.held[1]);
    }

    #[test]
    fn weight_is_presumed_to_be_implied_until_it_fails() {
        // The second class weighs 6 g now, more than its 3 cm³ in units: 6/4 > 3/8. But three of
        // the first and one of the second weigh 3·2 + 6 = 12, 12/4 units, and fill 3·10 + 3 = 33,
        // 33/8 units.
        let mut program = departure(100, 100, None);
        program.amounts = vec![2, 6, 10, 3];
        program.releases.push(Release {
            class: 1,
            quantity: 1,
            ..program.releases[0]
        });
        let reduced = Reduced::new(&program, Vec::new());
        assert!(!reduced.held[0] && reduced.is_served(0));
        let fails = |reduced: &Reduced, loads: [f64; 4]| {
            let mut columns = [0.0];
            reduced.buy(&program, &loads, &mut columns);
            reduced.failed(&program, &loads, &columns)
        };
        assert!(fails(&reduced, [12.0, 33.0, 12.0, 33.0]).is_empty());
        // one of the second alone: 3/8 of a unit is bought, which holds 1.5 of its 6 g
        assert_eq!(fails(&reduced, [6.0, 3.0, 6.0, 3.0]), [0]);
        let reduced = Reduced::new(&program, vec![0]);
        assert!(reduced.held[0] && reduced.held[1] && !reduced.is_served(0));
        assert!(fails(&reduced, [6.0, 3.0, 6.0, 3.0]).is_empty());
    }

    #[test]
    fn what_is_carried_is_bought() {
        let program = departure(15, 50, Some(5));
        let reduced = Reduced::new(&program, Vec::new());
        let mut columns = [0.0];
        // 3 of the first class: 30 cm³ in units of 8
        reduced.buy(&program, &[6.0, 30.0, 6.0, 30.0], &mut columns);
        assert_eq!(columns, [3.75]);
    }
}
