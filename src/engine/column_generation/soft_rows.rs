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

/// What the width is multiplied by where the load stayed on its side, and where it did not, and
/// the least share of the widest that it comes to.
const SAME: f64 = 0.9;
const FLIP: f64 = 1.5;
const NARROWEST: f64 = 0.1;

/// The factor by which a multiplier changes at most at a time.
const MOST: f64 = 10.0;

/// The multiplier that a row gets at least as soon as it is exceeded, in scaled units, and what
/// none exceeds.
const KICK: f64 = 0.01;
const CEILING: f64 = 1e9;

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
    /// What the row can hold with all that can be bought; zero for rows that are not held.
    size: f64,
    widest: f64,
    was_exceeded: bool,
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
        self.multiplier = multiplier.clamp(least, self.kick * (CEILING / KICK));
    }
}

/// The held rows of a program; of the others, prices stay zero.
pub(super) struct SoftRows {
    rows: Vec<Row>,
    /// What each asks, close together for those who read nothing else.
    prices: Vec<f64>,
}

impl SoftRows {
    /// Rows at the prices and loads of a search.
    pub fn new(search: &Search, loads: &[f64]) -> Self {
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
            let kick = KICK * search.scale.cost / unit;
            let share = FLOOR * search.best.value.abs() / (count * size);
            let mut this = Row {
                load: loads[row],
                upper: reduced.upper[row],
                width: WIDTH * size,
                widest: WIDTH * size,
                size,
                floor: share.clamp(LEAST * kick, kick),
                kick,
                ..Row::default()
            };
            this.was_exceeded = this.is_exceeded();
            this.set_multiplier(search.best.prices[row] - reduced.base[row]);
            this
        };
        Self::of(sizes.into_iter().enumerate().map(row).collect())
    }

    fn of(rows: Vec<Row>) -> Self {
        let prices = vec![0.0; rows.len()];
        let mut this = Self { rows, prices };
        this.ask();
        this
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
                SAME
            } else {
                FLIP
            };
            row.was_exceeded = exceeded;
            row.width = (row.width * factor).clamp(NARROWEST * row.widest, row.widest);
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
        held.map(|row| (row.load - row.upper).max(0.0) * row.kick / KICK)
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
        let mut rows = SoftRows::of(vec![Row {
            upper: 100.0,
            width: 50.0,
            multiplier: 2.0,
            ..Row::default()
        }]);
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
            kick: 5.0 * KICK,
            load,
            ..Row::default()
        };
        assert_eq!(SoftRows::of(vec![row(130.0), row(90.0)]).excess(), 150.0);
    }
}
