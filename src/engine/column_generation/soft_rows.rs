//! Rows that may be exceeded at a price which grows with their load.
//!
//! Row r with upper side u, load s, multiplier μ and width ω asks the price
//!
//! ```text
//! P(s) = μ φ′((s − u)/ω),   φ′(t) = 1/(1 − t) for t ≤ ½, 4t beyond
//! ```
//!
//! a logarithmic barrier that goes over into a quadratic penalty (A. Ben-Tal and M. Zibulevsky,
//! Penalty/barrier multiplier methods for convex programming problems, SIAM J. Optim. 7, 1997).
//! Where the load equals the room, the price is the multiplier, and from time to time the price
//! becomes the multiplier: a proximal step of the dual, so that prices move no further than loads
//! ask for. A row that stays on one side of its limit gets a narrower width and moves faster; one
//! that changes sides gets a wider one.

use super::search::Search;

/// Width of a row at most, as a share of what it can hold or of [`GROSS`] of what it is used for.
const WIDTH: f64 = 0.5;
const GROSS: f64 = 0.3;

/// What the width is multiplied by where the load changed sides.
const FLIP: f64 = 1.5;

/// The factor by which a multiplier changes at most at a time.
const MOST: f64 = 10.0;

/// The multiplier that none exceeds, in units of what a path costs in the mean.
const CEILING: f64 = 1e9;

/// How fast prices move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The multiplier that a row gets at least as soon as it is exceeded, in units of what a path
    /// costs in the mean.
    kick: f64,
    /// What the width is multiplied by where the load stayed on its side.
    same: f64,
    /// The least share of the widest that the width comes to.
    narrowest: f64,
}

/// Where all releases follow the same prices, these must not run ahead of them.
pub(super) const AT_ONCE: Pace = Pace {
    kick: 0.01,
    same: 0.9,
    narrowest: 0.1,
};

/// Where each release sees what those before have left.
pub(super) const IN_TURN: Pace = Pace {
    kick: 0.1,
    same: 0.8,
    narrowest: 0.03,
};

/// The share of the cost that all rows together are priced at where they have nothing to do, and
/// the least share of what they get once they are exceeded.
const FLOOR: f64 = 1e-5;
const LEAST: f64 = 1e-9;

/// A row that asks no more than this many times its floor has nothing to do.
const IDLE: f64 = 10.0;

/// One row.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// dP/ds.
    slope: f64,
    load: f64,
    upper: f64,
    width: f64,
    multiplier: f64,
    /// What the multiplier is at least, and at least once the row is exceeded.
    floor: f64,
    kick: f64,
    /// What a path costs in the mean, per unit of the row.
    mean: f64,
    /// What the row can hold with all that can be bought; zero for rows that are not held.
    size: f64,
    widest: f64,
    was_exceeded: bool,
    has_moved: bool,
}

impl Row {
    fn is_held(&self) -> bool {
        self.size > 0.0
    }

    fn is_exceeded(&self) -> bool {
        self.load > self.upper
    }

    /// Sets the slope and answers the price.
    #[inline]
    fn asked(&mut self) -> f64 {
        let t = (self.load - self.upper) / self.width;
        let (first, second) = if t <= 0.5 {
            let inverse = 1.0 / (1.0 - t);
            (inverse, inverse * inverse)
        } else {
            (4.0 * t, 4.0)
        };
        self.slope = self.multiplier * second / self.width;
        self.multiplier * first
    }

    fn set_multiplier(&mut self, multiplier: f64) {
        let least = if self.is_exceeded() {
            self.kick
        } else {
            self.floor
        };
        self.multiplier = multiplier.clamp(least, CEILING * self.mean);
    }
}

/// The held rows of a program; of the others, prices stay zero.
pub(super) struct SoftRows {
    rows: Vec<Row>,
    /// What each asks, close together for those who read nothing else.
    prices: Vec<f64>,
    pace: Pace,
    /// Rows whose load has changed since they were last taken.
    moved: Vec<u32>,
}

impl SoftRows {
    /// Rows at the prices and loads of a search.
    pub fn new(search: &Search, loads: &[f64], pace: Pace) -> Self {
        let reduced = &search.reduced;
        let mut sizes: Vec<f64> = reduced.upper.iter().map(|upper| upper.abs()).collect();
        for (index, column) in search.program.columns.iter().enumerate() {
            if !reduced.is_served(index) {
                let most = column.upper.map_or(0.0, |upper| upper as f64);
                for &(row, b) in column.entries.iter().filter(|entry| entry.1 < 0) {
                    sizes[row as usize] -= b as f64 * most;
                }
            }
        }
        let count = sizes.len() as f64;
        let row = |(row, size): (usize, f64)| {
            if !reduced.held[row] {
                return Row::default();
            }
            let unit = search.scale.rows[row];
            let size = size.max(unit);
            let mean = search.scale.cost / unit;
            let kick = pace.kick * search.scale.cost / unit;
            let share = FLOOR * search.best.value.abs() / (count * size);
            let mut this = Row {
                load: loads[row],
                upper: reduced.upper[row],
                width: WIDTH * size,
                widest: WIDTH * size,
                size,
                floor: share.clamp(LEAST * kick, kick),
                kick,
                mean,
                ..Row::default()
            };
            this.was_exceeded = this.is_exceeded();
            this.set_multiplier(search.best.prices[row] - reduced.base[row]);
            this
        };
        Self::of(sizes.into_iter().enumerate().map(row).collect(), pace)
    }

    fn of(rows: Vec<Row>, pace: Pace) -> Self {
        let prices = vec![0.0; rows.len()];
        let mut this = Self {
            rows,
            prices,
            pace,
            moved: Vec::new(),
        };
        this.ask();
        this
    }

    /// Lets prices move at another pace.
    pub fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
        for row in &mut self.rows {
            row.kick = pace.kick * row.mean;
        }
    }

    /// Sets all prices.
    fn ask(&mut self) {
        let rows = self.rows.iter_mut().zip(&mut self.prices);
        for (row, price) in rows.filter(|(row, _)| row.is_held()) {
            *price = row.asked();
        }
    }

    #[inline]
    pub fn price(&self, row: u32) -> f64 {
        self.prices[row as usize]
    }

    #[inline]
    pub fn slope(&self, row: u32) -> f64 {
        self.rows[row as usize].slope
    }

    /// Adds to the load of a held row.
    #[inline]
    pub fn load(&mut self, row: u32, amount: f64) {
        let data = &mut self.rows[row as usize];
        data.load += amount;
        self.prices[row as usize] = data.asked();
        if !data.has_moved {
            data.has_moved = true;
            self.moved.push(row);
        }
    }

    /// Puts the rows whose load has changed since this was last asked into `moved`.
    pub fn take_moved(&mut self, moved: &mut Vec<u32>) {
        moved.clear();
        moved.append(&mut self.moved);
        for &row in moved.iter() {
            self.rows[row as usize].has_moved = false;
        }
    }

    /// Adds to `prices` what rows ask above them.
    pub fn add_all_to(&self, prices: &mut [f64]) {
        for (price, asked) in prices.iter_mut().zip(&self.prices) {
            *price += asked;
        }
    }

    /// Adds to `prices` what rows ask above them, except where they have nothing to do.
    pub fn add_to(&self, prices: &mut [f64]) {
        for ((price, row), asked) in prices.iter_mut().zip(&self.rows).zip(&self.prices) {
            if *asked > IDLE * row.floor {
                *price += asked;
            }
        }
    }

    /// Widens rows to what the flows of a search put into and take out of them: a row that is
    /// bought for as it is used has no room of its own to go by, and what limits a share adds up
    /// to little.
    pub fn widen(&mut self, search: &Search) {
        let pool = &search.pool;
        let mut gross = vec![0.0; self.rows.len()];
        for (column, &flow) in pool.flow.iter().enumerate().filter(|entry| *entry.1 > 0.0) {
            for (row, amount) in pool.entries(column) {
                gross[row as usize] += amount.abs() * flow;
            }
        }
        for (row, gross) in self.rows.iter_mut().zip(gross) {
            if row.is_held() {
                let widest = WIDTH * row.size.max(GROSS * gross);
                row.width *= widest / row.widest;
                row.widest = widest;
            }
        }
        self.ask();
    }

    /// Makes prices the multipliers.
    pub fn settle(&mut self) {
        let rows = self.rows.iter_mut().zip(&self.prices);
        for (row, price) in rows.filter(|(row, _)| row.is_held()) {
            let exceeded = row.is_exceeded();
            let factor = if exceeded == row.was_exceeded {
                self.pace.same
            } else {
                FLIP
            };
            row.was_exceeded = exceeded;
            row.width = (row.width * factor).clamp(self.pace.narrowest * row.widest, row.widest);
            let factor = (price / row.multiplier).clamp(1.0 / MOST, MOST);
            row.set_multiplier(row.multiplier * factor);
        }
        self.ask();
    }

    /// Σ λ |u − s| for prices λ above `base`: what rows that are not full, and are priced, and
    /// those that are exceeded, keep bound and cost apart.
    pub fn apart(&self, prices: &[f64], base: &[f64]) -> f64 {
        let rows = self.rows.iter().zip(prices.iter().zip(base));
        let held = rows.filter(|(row, _)| row.is_held());
        held.map(|(row, (price, base))| (price - base) * (row.upper - row.load).abs())
            .sum()
    }

    /// Σ c̄ (s − u) of rows that are exceeded, each unit at what a path costs in the mean: more than
    /// `apart` where prices are still small.
    pub fn excess(&self) -> f64 {
        let held = self.rows.iter().filter(|row| row.is_held());
        held.map(|row| (row.load - row.upper).max(0.0) * row.mean)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of 100 with width 50 and multiplier 2: at 100 the price is 2 with slope 2/50; at 75
    /// it is 2/(1 + ½); at 125, where both formulas meet, 2/(1 − ½) = 2·4·½ = 4; at 200, 2·4·2.
    #[test]
    fn price_grows_with_load() {
        let row = Row {
            upper: 100.0,
            width: 50.0,
            multiplier: 2.0,
            ..Row::default()
        };
        let mut rows = SoftRows::of(vec![row], AT_ONCE);
        let mut at = |load: f64| {
            let by = load - rows.rows[0].load;
            rows.load(0, by);
            (rows.price(0), rows.slope(0))
        };
        assert_eq!(at(100.0), (2.0, 0.04));
        assert_eq!(at(75.0).0, 2.0 / 1.5);
        assert_eq!(at(125.0).0, 4.0);
        assert_eq!(at(200.0), (16.0, 0.16));
    }

    /// 130 on a row of 100 is 30 too many, at 5 each; 90 on another of 100 is none.
    #[test]
    fn what_is_too_much_counts_at_the_cost_of_a_path() {
        let row = |load: f64| Row {
            upper: 100.0,
            width: 50.0,
            size: 100.0,
            mean: 5.0,
            load,
            ..Row::default()
        };
        assert_eq!(
            SoftRows::of(vec![row(130.0), row(90.0)], AT_ONCE).excess(),
            150.0
        );
    }
}
